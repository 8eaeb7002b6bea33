"""The records of a file that is JSONL or one JSON list, each with its place for messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from annotator.core.errors import SourceError
from annotator.formats.document import ConversionLog
from annotator.formats.jsons import parse_json
from annotator.formats.source import ImportSource

_JSON_ENDINGS = (".jsonl", ".json")


def may_hold_json(names: Iterable[str]) -> bool:
    """Whether a folder or zip with these files may hold records."""
    return any(_is_json_name(name) for name in names)


def _is_json_name(name: str) -> bool:
    return name.lower().endswith(_JSON_ENDINGS)


def json_files(source: ImportSource) -> list[ImportSource]:
    """Return the file, or the JSON files of a folder or zip; raises SourceError where it has none."""
    if not (source.is_folder or source.is_zip):
        return [source]
    found = [f for f in source.files() if _is_json_name(f.base)]
    if not found:
        raise source.error("there is no .jsonl or .json file in it", do="name the file itself")
    return found


def read_json_records(source: ImportSource, log: ConversionLog | None = None) -> Iterator[tuple[str, Any]]:
    """Yield (place, value) of each line that is not blank, or of each element of the file's one list.

    A file may also be one object over several lines.
    A list on the first line may also be the first of many records; it is where it is whole. Raises
    SourceError, with the line, for what is not JSON.
    """
    if _is_one_object(source):
        yield source.name, parse_json(source.read_bytes().removeprefix(b"\xef\xbb\xbf"), source.name, log)
        return
    if _is_one_list(source):
        value = parse_json(source.read_bytes().removeprefix(b"\xef\xbb\xbf"), source.name, log)
        found = [value] if _is_text_pair(value) else value
        yield from ((f"{source.name}, record {n}", x) for n, x in enumerate(found, 1))
        return
    for number, line in source.lines():
        if line.strip():
            yield source.where(number), parse_json(line, source.where(number), log)


def ambiguous_records(source: ImportSource, *, every: bool = False) -> Iterator[Any]:
    """Yield the records in whose texts two units of offsets may differ, or ``every`` one.

    What is no JSON is passed over: the reading tells it, with its place.
    """
    if _is_one_object(source) or _is_one_list(source):
        try:
            yield from (value for _, value in read_json_records(source))
        except SourceError:
            return
        return
    for _, line in source.lines():
        if every or _may_differ(line):
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError:
                continue


def _is_one_object(source: ImportSource) -> bool:
    """Whether the file is one JSON object over several lines."""
    if not source.sample().start.lstrip().startswith(b"{"):
        return False
    first = next((line for _, line in source.lines() if line.strip()), b"")
    return not first.rstrip().endswith(b"}")


def _is_one_list(source: ImportSource) -> bool:
    """Whether the file is one JSON list: a first line that is a list is JSONL where more follows."""
    start = source.sample().start.lstrip()
    if not start.startswith(b"["):
        return False
    first, _, rest = start.partition(b"\n")
    return not rest.strip() or not _is_json(first)


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def _is_text_pair(value: Any) -> bool:
    """Whether a list is itself a record: spaCy's ``[text, {…}]``."""
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)


def _may_differ(line: bytes) -> bool:
    return not line.isascii() or b"\\u" in line or b"\\r" in line
