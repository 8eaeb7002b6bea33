"""Several label schemas as one: labels that one lacks are added, what contradicts is listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import tomlkit

from annotator.core.errors import SchemaError
from annotator.core.schema import MAX_LABEL_KEYS, Label, Schema
from annotator.storage.schemas import parse_schema_text
from annotator.storage.toml import parse_toml

_LIST_FIELDS = ("inside", "overlaps", "takes")


@dataclass(slots=True)
class SchemaUnion:
    """A schema made of several."""

    text: str
    added: list[str] = field(default_factory=list)
    """Labels that the first schema lacks."""
    widened: list[str] = field(default_factory=list)
    """What a label of the first schema got besides: ``PERSON: inside CLAIM``."""
    clashes: list[str] = field(default_factory=list)
    """What contradicts, each with the file that says otherwise."""
    left_out: list[str] = field(default_factory=list)
    """What others call a thing, where a label before it is called so already: ``HUMAN: takes PERSON``."""


def unite_schemas(texts: Sequence[tuple[str, str]]) -> SchemaUnion:
    """Return the union of schemas, given as (where, text); raises SchemaError for one that is none.

    Keys and colours are the first schema's. Two labels with one name must have the same description,
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
    """Yield what two labels of one name contradict each other in."""
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
    """Add to a table what only the other label has, and yield what that was."""
    for rule in _LIST_FIELDS:
        more = [x for x in getattr(b, rule) if x not in getattr(a, rule)]
        if more:
            table[rule] = [*getattr(a, rule), *more]
            yield f"{rule} {', '.join(more)}"
    known = {e.text for e in a.examples}
    rows = [row for row, e in zip(theirs.get("examples", ()), b.examples, strict=True) if e.text not in known]
    for row in rows:
        if "examples" not in table:
            table["examples"] = tomlkit.array()
        inline = tomlkit.inline_table()
        inline.update(row)
        table["examples"].append(inline)
    if rows:
        yield f"{len(rows)} more examples" if len(rows) > 1 else "1 more example"


def _remove_taken_names(tables: Any) -> Iterator[str]:
    """Leave out of ``takes`` what is a label's own name or what a label before takes; yield what that was."""
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
        table[name] = _inline_tables(value) if name == "examples" else value
    taken = {str(t.get("key", "")) for t in document["label"]} | set(base.keys)
    if theirs.get("key") and (theirs["key"] in taken or len(taken - {""}) >= MAX_LABEL_KEYS):
        del table["key"]
    return table


def _inline_tables(rows: list[dict[str, Any]]) -> Any:
    array = tomlkit.array()
    for row in rows:
        inline = tomlkit.inline_table()
        inline.update(row)
        array.append(inline)
    return array.multiline(multiline=True)
