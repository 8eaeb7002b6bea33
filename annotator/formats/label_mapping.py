"""Labels of a file that the schema doesn't have: mapped, added to the schema, or listed."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import orjson
import tomlkit
from msgspec import Struct
from msgspec.structs import replace

from annotator.core.errors import UsageError
from annotator.core.schema import LABEL_COLOURS, MAX_LABEL_KEYS, Schema, is_label_name
from annotator.formats.document import Document

LabelRename = Callable[[str], str]
"""From a label of the file to the corpus's; empty where its spans are to be left out."""


MAX_NEW_LABELS = 1_000
"""The most labels that an import may add."""
_CLAUSE_BLANKS = 10
"""Blanks in a span that is a clause rather than a name."""


def parse_label_map(given: str) -> dict[str, str]:
    """Return the pairs of ``PER=PERSON,LOC=VENUE,MISC=``; raises UsageError for anything else.

    Labels with a comma or an equals sign in them are written as JSON: ``{"a, b": "C"}``.
    """
    if given.lstrip().startswith("{"):
        return _parse_json_map(given)
    pairs: dict[str, str] = {}
    for part in (p.strip() for p in given.split(",") if p.strip()):
        old, mark, new = (x.strip() for x in part.rpartition("="))
        if not mark or not old:
            raise UsageError(f"--map {part} is no pair", do="write OLD=NEW, or OLD= to leave OLD out")
        if pairs.setdefault(old, new) != new:
            raise UsageError(f"--map gives {old} two labels, {pairs[old]} and {new}", do="leave one out")
    return pairs


def _parse_json_map(given: str) -> dict[str, str]:
    try:
        pairs = orjson.loads(given)
    except orjson.JSONDecodeError:
        pairs = None
    if not isinstance(pairs, dict) or not all(isinstance(x, str) for x in pairs.values()):
        raise UsageError("--map is no JSON object of labels", do='write OLD=NEW,… or {"OLD": "NEW"}')
    return pairs


def names_taken_by_labels(schema: Schema) -> dict[str, str]:
    """Return by a name that no label can have, such as ``Work of art``, the label of the schema that takes it."""
    return {given: x.name for x in schema.labels for given in x.takes if not is_label_name(given)}


def rename_by_map(pairs: Mapping[str, str]) -> LabelRename:
    """Return the function that a label map is; labels that it doesn't name stay as they are."""
    return lambda label: pairs.get(label, label)


def count_labels(document: Document) -> Counter[str]:
    """Count the spans of a document by label, known-wrong ones too."""
    return Counter(s.label for s in (*document.spans, *document.rejected))


def labels_not_entities(document: Document) -> set[str]:
    """Return the labels that can't be entities: a span of theirs shares text with another or is long."""
    spans = sorted(document.spans, key=lambda s: (s.start, s.end))
    found = {s.label for s in spans if document.text.count(" ", s.start, s.end) >= _CLAUSE_BLANKS}
    reach, before = 0, dict[str, int]()
    for span in spans:
        if span.start < reach:
            found |= {span.label, *(label for label, end in before.items() if end > span.start)}
            before.clear()  # what is found, or ends before the spans that follow, is no longer relevant
        reach = max(reach, span.end)
        before[span.label] = max(before.get(span.label, 0), span.end)
    return found


def labels_missing_from_schema(counts: Mapping[str, int], schema: Schema) -> dict[str, int]:
    """Return the labels that the schema lacks, the most frequent first."""
    there = {x.name for x in schema.labels}
    lacking = [(label, n) for label, n in counts.items() if label not in there]
    return dict(sorted(lacking, key=lambda x: (-x[1], x[0])))


def suggested_map_option(lacking: Iterable[str], schema: Schema, given: Mapping[str, str] | None = None) -> str:
    """Return a ready-made ``--map`` for labels that the schema lacks, with the pairs that are ``given``.

    What a label takes by the schema itself (``takes``) is filled in, and what differs from a
    label in capitals alone; the others are left open, which means: left out.
    """
    folded = {x.name.upper(): x.name for x in schema.labels}
    wanted = {x: schema.label_taking(x) or folded.get(x.upper(), "") for x in lacking}
    kept = {old: wanted.get(new, new) if not old.isdecimal() else new for old, new in (given or {}).items()}
    named = {new for old, new in (given or {}).items() if not old.isdecimal()}
    pairs = kept | {x: new for x, new in wanted.items() if x not in named}
    if any("," in x or "=" in x or x != x.strip() for x in pairs):
        return f"--map {shlex.quote(orjson.dumps(pairs).decode())}"
    return f"--map {shlex.quote(','.join(f'{old}={new}' for old, new in pairs.items()))}"


def usable_label(label: str) -> str:
    """Return a label as a schema can have it: no blanks or control characters, 64 characters at most."""
    joined = "_".join(label.split())
    return "".join(c if c.isprintable() else "_" for c in joined)[:64] or "_"


def rename_to_usable(pairs: Mapping[str, str]) -> LabelRename:
    """Return the function that maps labels and turns those that it doesn't name into usable ones.

    Two labels never become one: of ``a b`` and ``a_b`` the one that comes second is ``a_b-2``.
    """
    names: dict[str, str] = {}
    owners: dict[str, str] = {}

    def rename(label: str) -> str:
        if label in pairs:
            return pairs[label]
        if label not in names:
            name, number = usable_label(label), 1
            while owners.setdefault(name, label) != label:
                number += 1
                name = f"{usable_label(label)[:60]}-{number}"
            names[label] = name
        return names[label]

    return rename


class NewLabel(Struct, frozen=True):
    """A label for a schema; key and colour are assigned where it has none, or one that is taken."""

    name: str
    key: str = ""
    colour: str = ""
    is_entity: bool = False
    takes: tuple[str, ...] = ()
    description: str = ""


def schema_with_labels(schema_text: str, schema: Schema, added: Sequence[NewLabel]) -> str:
    """Return the text of the schema's TOML file with further labels at its end.

    One without a key gets one that is free, the first letter of its own that is, and without a colour one that no other
    label has, as long as there are such. No other label takes (``takes``) one of them any more.
    """
    keys, owners = set(schema.keys), dict[str, str]()
    for label in added:
        if label.key and label.key not in keys and len(keys) < MAX_LABEL_KEYS:
            keys.add(label.key)
            owners[label.name] = label.key
    used = [x.colour for x in schema.labels]
    tables: list[str] = []
    for label in added:
        key = owners.get(label.name) or _free_key(label.name, keys)
        keys |= {key} if key else set()
        colour = label.colour or min(LABEL_COLOURS, key=lambda c: (used.count(c), LABEL_COLOURS.index(c)))
        used.append(colour)
        tables.append(_label_table(replace(label, key=key, colour=colour)))
    return _without_takes(schema_text, [x.name for x in added]).rstrip("\n") + "\n" + "".join(tables)


def _without_takes(schema_text: str, names: Iterable[str]) -> str:
    """Return the schema with no label that takes one of the names; layout and comments stay."""
    folded = {n.upper() for n in names}
    document = tomlkit.parse(schema_text)
    changed = False
    for label in document.get("label", ()):
        takes = label.get("takes", ())
        left = [t for t in takes if str(t).upper() not in folded]
        if len(left) < len(takes):
            label["takes"] = left
            changed = True
    return tomlkit.dumps(document) if changed else schema_text


def _free_key(name: str, taken: set[str]) -> str:
    """Return a letter that is free, of the name if possible; empty where all keys are given away."""
    if len(taken) >= MAX_LABEL_KEYS:
        return ""
    letters = [c for c in name.lower() if "a" <= c <= "z"] + [chr(c) for c in range(ord("a"), ord("z") + 1)]
    return next((c for c in letters if c not in taken), "")


def _label_table(label: NewLabel) -> str:
    rows = [
        f"name = {_toml_text(label.name)}",
        *([f'key = "{label.key}"'] if label.key else []),
        f'colour = "{label.colour}"',
        *(['target = "ents"'] if label.is_entity else []),
        *([f"takes = [{', '.join(map(_toml_text, label.takes))}]"] if label.takes else []),
        *([f"description = {_toml_text(label.description)}"] if label.description else []),
    ]
    return "\n[[label]]\n" + "\n".join(rows) + "\n"


def _toml_text(text: str) -> str:
    return tomlkit.string(text).as_string()
