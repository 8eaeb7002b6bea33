"""Label sets as lists: JSON of doccano, Prodigy, INCEpTION and Label Studio's projects, patterns, plain names."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import orjson

from annotator.core.errors import SourceError
from annotator.formats.json_records import parse_json_value, shortened_value
from annotator.formats.label_sets import labelstudio_config
from annotator.formats.label_sets.foreign_label import ForeignLabel, LabelSet

MAX_NAME_LENGTH = 100
"""The longest name of a label, in characters: what is longer is a text."""
_MAX_WORDS = 8
_MAX_SEARCHED = 20
"""How many entries of a list are searched for a project."""

NAME_FIELDS = ("text", "tag_name", "name", "label", "value", "title")
_KEY_FIELDS = ("suffix_key", "suffixKey", "hotkey", "key", "shortcut")
_COLOUR_FIELDS = ("background_color", "backgroundColor", "background", "color", "colour")
_DESCRIPTION_FIELDS = ("description", "tag_description")
ROW_FIELDS = (*NAME_FIELDS, *_KEY_FIELDS, *_COLOUR_FIELDS, *_DESCRIPTION_FIELDS)
_DATA_FIELDS = frozenset({"spans", "tokens", "entities", "annotations", "completions", "data", "meta", "labels"})
_LISTS = ("labels", "tags", "label", "config")
"""Where an object has its list of labels."""
_PARTS = re.compile(r"[,;\t]")
TAKE_FROM_DATA = "annotator import --add-labels takes the labels of annotated data"
_BULLET = re.compile(r"^(?:[-*•]|\d+[.)])\s+")


def parse_json(text: str, where: str) -> LabelSet:
    """Return the labels of a JSON value, or of JSON values on lines; raises SourceError for what holds none."""
    try:
        value: Any = orjson.loads(text.removeprefix("\ufeff"))
    except orjson.JSONDecodeError:
        lines = [x for x in text.removeprefix("\ufeff").splitlines() if x.strip()]
        value = parse_json_value(text, where) if len(lines) < 2 else [parse_json_value(x, where) for x in lines]
    return _label_set(value, where)


def _label_set(value: Any, where: str) -> LabelSet:
    if found := _project_of(value):
        return _from_object(found, where)
    if isinstance(value, dict):
        return _from_object(value, where)
    rows: Sequence[Any] = value if isinstance(value, list) else ()
    if rows and all(isinstance(x, str) for x in rows):
        return LabelSet("a list of labels", tuple(ForeignLabel(_checked_name(x, where)) for x in rows))
    if rows and all(isinstance(x, dict) and "pattern" in x and isinstance(x.get("label"), str) for x in rows):
        names = dict.fromkeys(_checked_name(x["label"], where) for x in rows)
        return LabelSet("match patterns", tuple(map(ForeignLabel, names)))
    if rows and all(isinstance(x, dict) for x in rows):
        return LabelSet("a list of labels", tuple(label_of_row(x, where, n) for n, x in enumerate(rows, 1)))
    what = f"this JSON is no list of labels ({shortened_value(value)})"
    raise SourceError(what, where=where, do='write ["PERSON", "VENUE"], or name another file')


def _project_of(value: Any, depth: int = 4) -> Mapping[str, Any] | None:
    """Return the first object in a JSON value that has Label Studio's configuration: a project, maybe of a task."""
    if isinstance(value, dict):
        if isinstance(value.get("label_config"), str):
            return value
        inner = list(value.values())
    else:
        inner = value[:_MAX_SEARCHED] if isinstance(value, list) else []
    return next((found for x in inner if depth and (found := _project_of(x, depth - 1))), None)


def _from_object(value: Mapping[str, Any], where: str) -> LabelSet:
    """Return the labels of a project of Label Studio, a tagset of INCEpTION, or a configuration of Prodigy."""
    name = next((str(value[x]) for x in ("title", "name") if isinstance(value.get(x), str)), "")
    if isinstance(config := value.get("label_config"), str):
        return labelstudio_config.parse_labelstudio_config(config, f"{where} (label_config)", name)
    for key in _LISTS:
        inner = value.get(key)
        if isinstance(inner, dict if key == "config" else list) and not isinstance(value.get("text"), str):
            found = _label_set(inner, where)
            return LabelSet("a tagset" if key == "tags" else found.kind, found.labels, found.notes, name or found.name)
    raise _no_label_set(value, where)


def label_of_row(row: Mapping[str, Any], where: str, number: int) -> ForeignLabel:
    """Return the label of an object or a row with the fields of ``ROW_FIELDS``; raises SourceError for other data."""
    name = next((row[x] for x in NAME_FIELDS if isinstance(row.get(x), str)), None)
    if name is None or _DATA_FIELDS & row.keys() or (isinstance(row.get("label"), list)):
        raise _no_label_set(row, f"{where}: entry {number}")
    fields = (_KEY_FIELDS, _COLOUR_FIELDS, _DESCRIPTION_FIELDS)
    key, colour, about = (next((str(row[x]) for x in names if row.get(x)), "") for names in fields)
    prefix = row.get("prefix_key") or row.get("prefixKey")
    return ForeignLabel(_checked_name(name, where), f"{prefix}+{key}" if prefix and key else key, colour, about)


def _no_label_set(value: Any, where: str) -> SourceError:
    what = f"this is data, or JSON without labels ({shortened_value(value)})"
    return SourceError(what, where=where, do=TAKE_FROM_DATA)


def _checked_name(name: str, where: str) -> str:
    """Return a name without blanks around it; raises SourceError for a text that is none."""
    name = name.strip()
    if not name or len(name) > MAX_NAME_LENGTH or len(name.split()) > _MAX_WORDS or name[0] in "[{<" or "\n" in name:
        what = f"{shortened_value(name)} is no name of a label" if name else "a name of a label is empty"
        raise SourceError(what, where=where, do=f"write names of at most {_MAX_WORDS} words, one a line")
    return name


def parse_lines(text: str, where: str) -> LabelSet:
    """Return names on lines, or with commas, semicolons or tabs between them, or the ``--label`` of a Prodigy command.

    Lines that begin with ``#`` are comments. Raises SourceError for a text that is no list of names.
    """
    if given := [x for line in text.replace("\\\n", " ").splitlines() for x in _command_labels(line)]:
        return LabelSet("a Prodigy command", tuple(_names(",".join(given), where)))
    labels: list[ForeignLabel] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            labels += _names(_BULLET.sub("", line.strip()), f"{where}:{number}")
    return LabelSet("a list of names", tuple(labels))


def _names(given: str, where: str) -> Iterator[ForeignLabel]:
    parts = (x.strip() for x in _PARTS.split(given))
    return (ForeignLabel(_checked_name(x.strip("\"'"), where)) for x in parts if x)


def _command_labels(line: str) -> Iterator[str]:
    """Yield what a line that calls Prodigy gives as ``--label`` or ``-l``."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        words = line.split()
    if "prodigy" in words:
        yield from (after for word, after in pairwise(words) if word in {"--label", "-l"})
        yield from (word.removeprefix("--label=") for word in words if word.startswith("--label="))
