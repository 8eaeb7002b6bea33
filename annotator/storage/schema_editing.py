"""Edits the labels in a schema's TOML text and keeps all else: order, comments, layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import tomlkit
from msgspec import Struct, field

from annotator.core.errors import SchemaError
from annotator.core.schema import LABEL_COLOURS, MAX_LABEL_KEYS, Label, Schema
from annotator.storage.file_io import parse_toml
from annotator.storage.schemas import parse_schema_text

_LABEL_RULES = ("inside", "overlaps")


def rename_label_in_schema(text: str, old: str, new: str) -> str:
    """Return the schema with one label renamed, wherever it is named; raises SchemaError."""
    document = tomlkit.parse(text)
    _label_table(document, old)["name"] = new
    _replace_in_rules(document, [old], [new])
    _update_takes(document, new, [old])
    return _validated_text(document)


def merge_labels_in_schema(text: str, sources: Sequence[str], into: str) -> str:
    """Return the schema with several labels as one: rules, examples and takes together; raises SchemaError.

    It has the place, key and colour of ``into``, or of the first of the ``sources``.
    """
    document: Any = tomlkit.parse(text)
    names = [str(t["name"]) for t in document["label"]]
    head = into if into in names else sources[0]
    gone = [s for s in sources if s != head]
    kept = _label_table(document, head)
    for name in gone:
        _merge_tables(kept, _label_table(document, name))
    kept["name"] = into
    tables = document["label"]
    for name in gone:
        del tables[next(n for n, t in enumerate(tables) if t["name"] == name)]
    _replace_in_rules(document, [*gone, head], [into])
    _update_takes(document, into, sources)
    return _validated_text(document)


def split_label_in_schema(text: str, old: str, into: Sequence[str]) -> str:
    """Return the schema with copies of one label in its place, under new names; raises SchemaError.

    The first keeps key and colour; the others get a free colour. Every copy has the old guideline, for a
    person to rewrite.
    """
    document = tomlkit.parse(text)
    tables: Any = document["label"]
    at = next(n for n, t in enumerate(tables) if t["name"] == old)
    copies = [tomlkit.parse(tomlkit.dumps(tables[at])) for _ in into[1:]]
    tables[at]["name"] = into[0]
    used = {str(t.get("colour")) for t in tables}
    free = [c for c in LABEL_COLOURS if c not in used] or list(LABEL_COLOURS)
    for n, (name, copy) in enumerate(zip(into[1:], copies, strict=True)):
        table = tomlkit.table()
        for key, value in copy.items():
            if key not in {"key", "colour", "takes"}:
                table[key] = value
        table["name"], table["colour"] = name, free[n % len(free)]
        tables.insert(at + 1 + n, table)
    _assign_keys(tables, into[1:])
    _replace_in_rules(document, [old], into)
    _update_takes(document, into[0], [old])
    return _validated_text(document)


def _assign_keys(tables: Any, names: Sequence[str]) -> None:
    """Give each new label the first free letter of its name as key, while there are keys left."""
    for table in (t for t in tables if t["name"] in names):
        used = {str(t["key"]) for t in tables if t.get("key")}
        letters = (c for c in str(table["name"]).lower() if "a" <= c <= "z" and c not in used)
        key = next(letters, "")
        if key and len(used) < MAX_LABEL_KEYS:
            table["key"] = key


def _label_table(document: Any, name: str) -> Any:
    return next(t for t in document["label"] if t["name"] == name)


def _merge_tables(kept: Any, gone: Any) -> None:
    """Add the contents of one label's table to another's."""
    for rule in (*_LABEL_RULES, "takes"):
        there = list(kept.get(rule, []))
        more = [x for x in gone.get(rule, []) if x not in there]
        if more:
            kept[rule] = [*there, *more]
    if "excludes" in kept:  # what one of them may be is not excluded any more
        kept["excludes"] = [x for x in kept["excludes"] if x in gone.get("excludes", [])]
    examples = [e for e in gone.get("examples", []) if e not in list(kept.get("examples", []))]
    if examples and "examples" in kept:
        kept["examples"].extend(examples)
    elif examples:
        kept["examples"] = examples
    if about := str(gone.get("description", "")).strip():
        own = str(kept.get("description", "")).strip()
        both = "\n\n".join(x for x in (own, about) if x)
        kept["description"] = tomlkit.string(f"\n{both}\n", multiline=True)
    if "ents" in (gone.get("target"), kept.get("target")):
        kept["target"] = "ents"


def _replace_in_rules(document: Any, old: Sequence[str], new: Sequence[str]) -> None:
    """Put the new names into every rule that names an old one, each once."""
    for table in document["label"]:
        for rule in _LABEL_RULES:
            old_labels = [str(x) for x in table.get(rule, [])]
            if not set(old_labels) & set(old):
                continue
            labels = [n for x in old_labels for n in (new if x in old else [x])]
            table[rule] = list(dict.fromkeys(labels))


def _update_takes(document: Any, name: str, old: Iterable[str]) -> None:
    """Let a label take suggestions of its ``old`` names.

    In a schema without ``takes`` the labels' names alone decide, before and after.
    """
    tables = document["label"]
    if not any(t.get("takes") for t in tables):
        return
    for table in tables:
        given = [str(x) for x in table.get("takes", [])]
        others = {str(t["name"]).upper() for t in tables if t is not table}
        takes = [x for x in given if x.upper() not in others]
        if table["name"] == name:
            known = {x.upper() for x in (*takes, name)} | others
            takes += [x for x in dict.fromkeys(old) if x.upper() not in known]
        if takes != given:
            table["takes"] = takes


def _validated_text(document: Any) -> str:
    """Return the text of the document; raises SchemaError where it is no schema."""
    text = tomlkit.dumps(document)
    parse_schema_text(text, "the new schema")
    return text


# -- several schemas as one: missing labels are added, contradictions listed -----------------------

_LIST_FIELDS = ("inside", "overlaps", "takes")


class SchemaUnion(Struct):
    """A schema made of several."""

    text: str
    added: list[str] = field(default_factory=list)
    """Labels that the first schema lacks."""
    widened: list[str] = field(default_factory=list)
    """What a label of the first schema got besides: ``PERSON: inside CLAIM``."""
    clashes: list[str] = field(default_factory=list)
    """Contradictions, each with the other file."""
    left_out: list[str] = field(default_factory=list)
    """Names in ``takes`` that an earlier label has or takes already: ``HUMAN: takes PERSON``."""


def unite_schemas(texts: Sequence[tuple[str, str]]) -> SchemaUnion:
    """Return the union of schemas, given as (where, text); raises SchemaError for one that is none.

    Keys, colours and `excludes` are the first schema's. Two labels with one name must have the same description,
    target and marks in their examples; rules that allow more in one of them allow it in the union,
    because all data that were right stay right.
    """
    where, text = texts[0]
    union = SchemaUnion(text)
    for other, further in texts[1:]:
        _add_schema(union, where, other, further)
    return union


def _add_schema(union: SchemaUnion, where: str, other: str, text: str) -> None:
    base, new = parse_schema_text(union.text, where), parse_schema_text(text, other)
    tables = {t["name"]: t for t in parse_toml(text, other, SchemaError)["label"]}
    document = tomlkit.parse(union.text)
    changed = False
    for label in new.labels:
        mine = base.label(label.name)
        if mine is None:
            document["label"].append(_new_label_table(tables[label.name], base, document))
            union.added.append(label.name)
            changed = True
            continue
        union.clashes += [f"{other}: {label.name} has {what}" for what in _label_clashes(mine, label)]
        table = next(t for t in document["label"] if t["name"] == label.name)
        widened = list(_widen_label(table, mine, label, tables[label.name]))
        union.widened += [f"{label.name}: {x}" for x in widened]
        changed = changed or bool(widened)
    if changed:
        left = list(_remove_taken_names(document["label"]))
        union.left_out += left
        union.widened = [x for x in union.widened if x not in left]
        union.text = tomlkit.dumps(document)


def _label_clashes(a: Label, b: Label) -> Iterator[str]:
    """Yield the contradictions of two labels of one name."""
    if a.target != b.target:
        yield f"another target ({b.target}, not {a.target})"
    if " ".join(a.description.split()) != " ".join(b.description.split()):
        yield "another description"
    known = {e.text: e for e in a.examples}
    for e in b.examples:
        mine = known.get(e.text)
        if mine and (mine.marked, mine.wrong) != (e.marked, e.wrong):
            yield f"other marks in the example “{e.text}”"


def _widen_label(table: Any, a: Label, b: Label, theirs: dict[str, Any]) -> Iterator[str]:
    """Add to a table what only the other label has, and yield what was added."""
    for rule in _LIST_FIELDS:
        more = [x for x in getattr(b, rule) if x not in getattr(a, rule)]
        if more:
            table[rule] = [*getattr(a, rule), *more]
            yield f"{rule} {', '.join(more)}"
    known = {e.text for e in a.examples}
    rows = [row for row, e in zip(theirs.get("examples", ()), b.examples, strict=True) if e.text not in known]
    if rows and "examples" not in table:
        table["examples"] = tomlkit.array()
    for row in _inline_tables(rows):
        table["examples"].append(row)
    if rows:
        yield f"{len(rows)} more examples" if len(rows) > 1 else "1 more example"


def _remove_taken_names(tables: Any) -> Iterator[str]:
    """Remove from ``takes`` labels' own names and what an earlier label takes; yield what was removed."""
    owner = {str(t["name"]).upper(): str(t["name"]) for t in tables}
    for table in tables:
        name, given = str(table["name"]), [str(x) for x in table.get("takes", ())]
        kept = [x for x in given if owner.setdefault(x.upper(), name) == name]
        if kept != given:
            table["takes"] = kept
            yield f"{name}: takes {', '.join(x for x in given if x not in kept)}"


def _new_label_table(theirs: dict[str, Any], base: Schema, document: Any) -> Any:
    """Return a label's table for the union, without a key that another label has."""
    table = tomlkit.table()
    for name, value in theirs.items():
        if name == "examples":
            table[name] = tomlkit.array().multiline(multiline=True)
            table[name].extend(_inline_tables(value))
        else:
            table[name] = value
    taken = {str(t.get("key", "")) for t in document["label"]} | set(base.keys)
    if theirs.get("key") and (theirs["key"] in taken or len(taken - {""}) >= MAX_LABEL_KEYS):
        del table["key"]
    return table


def _inline_tables(rows: Iterable[dict[str, Any]]) -> Iterator[Any]:
    for row in rows:
        inline = tomlkit.inline_table()
        inline.update(row)
        yield inline
