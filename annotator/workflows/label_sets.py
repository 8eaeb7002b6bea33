"""Schemas from other tools' label sets and from names, each written where no work of a person is overwritten."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from typing import Any

import tomlkit
from msgspec import Struct

from annotator.core.errors import CorpusError, SchemaError, SourceError, UsageError, path_text
from annotator.core.schema import LABEL_COLOURS, MAX_LABEL_KEYS, Schema, is_label_name
from annotator.formats.import_source import SAMPLE_BYTES
from annotator.formats.label_mapping import MAX_NEW_LABELS, NewLabel, rename_to_usable, schema_with_labels
from annotator.formats.label_sets import ForeignLabel, LabelSet, read_label_set
from annotator.formats.label_sets.label_colours import nearest_label_colour
from annotator.storage.atomic import write_atomic, write_new
from annotator.storage.corpus_layout import check_outside_corpus, is_corpus_folder, schema_name
from annotator.storage.file_io import read_text, translate_os_errors
from annotator.storage.schemas import parse_schema_text
from annotator.workflows.arguments import PathLike
from annotator.workflows.schema_listing import schema_as_dict

_OWN_SCHEMA = re.compile(r"^\s*\[\[\s*label\s*\]\]", re.MULTILINE)
_HEAD = re.compile(r"# Made by annotator schema \w+ from .*\n# Digest of what follows: (\w+)\n")
_FIELD_GUIDE = f"""\
# What each label may have (annotator help schema):
#   key          one small letter; {MAX_LABEL_KEYS} labels have one, the others are in a menu
#   colour       {" ".join(LABEL_COLOURS)}
#   target       "ents": also in doc.ents, where no two spans overlap; "spans": in the span group alone
#   inside       the labels that a span of it may be in, such as inside = ["CLAIM"]
#   overlaps     the labels that a span of it may cross
#   takes        what pipelines and other tools call it, such as takes = ["GPE", "LOC"]
#   description  the guideline, which key ? shows
#   examples     [{{ text = "talks in [[Port Amery]]" }}, {{ text = "Norhaven agreed", wrong = true }}]
"""


class ImportedSchema(Struct, frozen=True):
    """A schema made from a file of another tool."""

    file: str
    kind: str
    """What the file is."""
    schema: Schema
    text: str
    """The schema's TOML text."""
    notes: tuple[str, ...]
    """What was left out or called otherwise."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        return {"file": self.file, "kind": self.kind, "schema": schema_as_dict(self.schema), "notes": list(self.notes)}


def import_label_set(file: PathLike, out: PathLike | None = None, *, force: bool = False) -> ImportedSchema:
    """Return the schema of a file of another tool, and write it to ``out`` if that is given.

    Raises SourceError for a file without labels, CorpusError where a corpus keeps a file at ``out``, and SchemaError
    where ``out`` is there already, unless ``force`` or an earlier import has written it and nobody has changed it.
    """
    file = Path(file)
    with translate_os_errors("read", file, SourceError):
        imported = _own_schema(file) or _foreign_schema(file)
    if out is not None:
        write_schema_file(out, imported.text, force=force)
    return imported


def _own_schema(file: Path) -> ImportedSchema | None:
    """Return what is a schema already, as it is; None for what is none."""
    with file.open("rb") if file.is_file() else nullcontext(BytesIO()) as opened:
        head = opened.read(SAMPLE_BYTES).decode(errors="replace")
    if file.suffix != ".toml" and not _OWN_SCHEMA.search(head):
        return None
    text = read_text(file, SchemaError)
    schema = parse_schema_text(text, path_text(file))
    note = "this is a schema already, which --schema takes as it is"
    return ImportedSchema(path_text(file), "a schema of annotator", schema, text, (note,))


def _foreign_schema(file: Path) -> ImportedSchema:
    found = read_label_set(file)
    if len(found.labels) > MAX_NEW_LABELS:
        what = f"it holds {len(found.labels):,} labels, more than {MAX_NEW_LABELS:,}"
        raise SourceError(what, where=path_text(file), do="name a file with the labels alone")
    labels, notes = _new_labels(found)
    body = schema_with_labels(_title(found.name or file.resolve().stem), Schema("", "1", ()), labels)
    text = _with_head(f"import from {_one_line(file.name)}, {found.kind}", body)
    schema = parse_schema_text(text, path_text(file))
    return ImportedSchema(path_text(file), found.kind, schema, text, (*found.notes, *notes))


def _new_labels(found: LabelSet) -> tuple[list[NewLabel], list[str]]:
    """Return the labels as a schema can have them, and notes on names and keys that had to change."""
    unique: dict[str, ForeignLabel] = {}
    for x in found.labels:
        unique.setdefault(x.name, x)
    doubles = [x for x in unique if sum(y.name == x for y in found.labels) > 1]
    rename = rename_to_usable({})
    names = {x: rename(x) for x in sorted(unique, key=lambda x: not is_label_name(x))}  # usable ones keep their names
    keys, lost_keys = _kept_keys(unique.values(), names)
    used: list[str] = []
    takes = _foreign_names(names)
    labels = []
    for x in unique.values():
        colour = nearest_label_colour(x.colour, used)
        used += [colour] if colour else []
        label = NewLabel(names[x.name], keys.get(x.name, ""), colour, True, takes.get(x.name, ()), x.description)
        labels.append(label)
    notes = [f"there more than once, taken once: {', '.join(map(_one_line, doubles))}"] if doubles else []
    if renamed := [f"{_one_line(old)} is {new}" for old, new in names.items() if old != new]:
        notes.append(f"no label can be called so: {', '.join(renamed)}; imports of that tool's files know both names")
    if untaken := [x for x in names if names[x] != x and x not in takes]:
        pairs = ",".join(f"{x}={names[x]}" for x in untaken)
        notes.append(f"differ in capitals alone, so that an import needs --map '{pairs}'")
    if lost_keys:
        notes.append(f"other keys in the place of hotkeys that are no free letter: {', '.join(lost_keys)}")
    return labels, notes


def _foreign_names(names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return by the file's name what the label takes: that name, where no label can have it and no other takes it."""
    taken = {x.upper() for x in names.values()}
    found: dict[str, tuple[str, ...]] = {}
    for old in (x for x in names if names[x] != x):
        if old.upper() not in taken:
            found[old] = (old,)
            taken.add(old.upper())
    return found


def _kept_keys(labels: Iterable[ForeignLabel], names: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the hotkeys that a schema can have, by the file's name, and the others with their labels."""
    kept: dict[str, str] = {}
    lost: list[str] = []
    for x in labels:
        key = x.key.lower()
        if len(key) == 1 and "a" <= key <= "z" and key not in kept.values() and len(kept) < MAX_LABEL_KEYS:
            kept[x.name] = key
        elif key and not key.isdecimal():  # digits choose a label by its place anyway
            lost.append(f"{_one_line(x.key)} of {names[x.name]}")
    return kept, lost


def new_schema_text(names: Sequence[str], name: str = "labels") -> str:
    """Return the text of a schema with these labels, and comments on what a label may have.

    Raises UsageError for a name that no label can have, and for one that is named twice.
    """
    given = [part.strip() for text in names for part in text.split(",") if part.strip()]
    if not given:
        raise UsageError("no label is named", do="name some, such as PERSON VENUE")
    if unusable := next((x for x in given if not is_label_name(x)), None):
        do = "leave out blanks and control characters, and write 64 characters at most"
        raise UsageError(f"{unusable!r} is no name for a label", do=do)
    if double := next((x for x in given if given.count(x) > 1), None):
        raise UsageError(f"{double} is named twice", do="name it once")
    guide = _title(name) + "\n" + _FIELD_GUIDE
    labels = [NewLabel(x, is_entity=True, description=f"Write here what is {x}, and what is not.") for x in given]
    text = schema_with_labels(guide, Schema("", "1", ()), labels)
    parse_schema_text(text, "the new schema")
    return text


def _title(name: str) -> str:
    return f'name = {tomlkit.string(name).as_string()}\nversion = "1"\n'


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in path_text(text)).split())


def _with_head(origin: str, body: str) -> str:
    return f"# Made by annotator schema {origin}\n# Digest of what follows: {_digest(body)}\n{body}"


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def write_schema_file(out: PathLike, text: str, *, force: bool = False) -> None:
    """Write a schema file; raises SchemaError for one that is there, unless ``force`` or it is as an import left it.

    Raises CorpusError for a file of a corpus, ``force`` or not: its annotations have the labels of its own schema.
    """
    path = Path(out)
    _check_no_corpus_file(path)
    with translate_os_errors("write", path, SchemaError):
        if force or (path.is_file() and _is_unchanged(path)):
            write_atomic(path, text.encode())
            return
        try:
            write_new(path, text.encode())
        except FileExistsError:
            what = "there is such a file already, and somebody may have changed it"
            raise SchemaError(what, where=path_text(path), do="give another name, or --force to overwrite it") from None


def _check_no_corpus_file(path: Path) -> None:
    corpus = path.resolve().parent
    if is_corpus_folder(corpus) and path.resolve().name == schema_name(corpus):
        do = f"write another file, and give it with `annotator annotate {path_text(corpus)} --schema FILE`"
        raise CorpusError("this is the schema of a corpus", where=path_text(path), do=do)
    check_outside_corpus(path)


def _is_unchanged(path: Path) -> bool:
    """Return True if an import has made the file and nobody has changed it since."""
    try:
        text = path.read_text("utf-8")
    except ValueError:
        return False
    head = _HEAD.match(text)
    return head is not None and head[1] == _digest(text[head.end() :])
