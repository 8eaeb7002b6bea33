"""JSON from a file that nobody vouches for: strict, bounded in depth, with doubled keys reported."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import orjson

from annotator.core.errors import SourceError
from annotator.formats.document import ConversionLog
from annotator.formats.import_source import ImportSource
from annotator.formats.unread_files import note_unread_files

_MAX_DEPTH = 1024
"""orjson's own bound on nesting."""


def parse_json_value(raw: bytes | str, where: str, log: ConversionLog | None = None) -> Any:
    """Return the JSON value; raises SourceError naming ``where`` for anything else.

    NaN, lone surrogates and bytes that are no UTF-8 are refused, as is nesting deeper than 1,024.
    With an ``log`` doubled keys are looked for: one that may hold text or spans is refused, of others
    the last one counts, as for JSON's readers, and a note in ``log`` reports it once.
    An integer beyond 64 bits comes as a float, so a caller that needs a whole number checks the type.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        what = f"this is not JSON ({error.msg} at {place})"
        raise SourceError(what, where=where, do="repair it, or export it again") from None
    if log is not None:
        _check_doubled_keys(raw, where, log)
    return value


def parse_json_object(raw: bytes | str, where: str, log: ConversionLog | None = None) -> dict[str, Any]:
    """Return the JSON object; raises SourceError as ``parse_json_value`` does, and for any other value."""
    value = parse_json_value(raw, where, log)
    if not isinstance(value, dict):
        raise SourceError("this is JSON, but no object", where=where, do="repair or remove it, or export it again")
    return value


def shortened_value(value: Any, limit: int = 40) -> str:
    """Return a value from a file as a message shows it, the first ``limit`` characters of it."""
    try:
        description = repr(value) if not isinstance(value, list | dict) else json.dumps(value, default=str)[: limit + 1]
    except RecursionError:  # orjson reads deeper than the standard library writes
        description = "[…]" if isinstance(value, list) else "{…}"
    return description if len(description) <= limit else description[: limit - 1] + "…"


_DOUBLED_KEY = "a key occurs twice in one object"
_TEXTS = ("text", "data", "sentence", "content", "document", "body", "passage", "context", "raw", "orth")
_LISTS = ("spans", "ner_spans", "entities", "ents", "mentions", "annotations", "completions", "result")
_LABELS = ("label", "labels", "type", "tag", "category", "class", "entity", "entity_group", "entity_type")
_STARTS = ("start", "start_offset", "start_char", "startOffset", "begin")
_ENDS = ("end", "end_offset", "end_char", "endOffset", "stop")
_CAS = ("%FEATURE_STRUCTURES", "%VIEWS", "%TYPES", "sofaString")
_OTHERS = ("answer", "cats", "ner", "paragraphs", "phrase", "source", "task", "value", "versions")
_NAMED_BY_TOOLS = ("displayed_text", "extraction_class", "extraction_text")
_CONTENT_KEYS = frozenset({*_TEXTS, *_LISTS, *_LABELS, *_STARTS, *_ENDS, *_CAS, *_OTHERS, *_NAMED_BY_TOOLS})
"""The keys that hold a text or its spans in one of the formats; a new format adds its own."""


def _check_doubled_keys(raw: bytes | str, where: str, log: ConversionLog) -> None:
    """Note a doubled key once; raises SourceError for one that holds a list, or text or spans by its name."""
    minor: list[str] = []

    def hook(pairs: list[tuple[str, Any]]) -> None:
        if len({key for key, _ in pairs}) == len(pairs):
            return
        counts = Counter(key for key, _ in pairs)
        for key, value in (x for x in pairs if counts[x[0]] > 1):
            if key in _CONTENT_KEYS or isinstance(value, list):
                raise _DoubledError(key)
            minor.append(key)

    try:
        json.loads(raw, object_pairs_hook=hook)
    except _DoubledError as error:
        what = f"{_DOUBLED_KEY} ({shortened_value(error.args[0])}), and one of the two would be lost"
        where = _place_of_doubled_key(raw, where, hook)
        raise SourceError(what, where=where, do="keep one of them, with what both hold") from None
    except (ValueError, RecursionError):
        return
    if minor and not any(_DOUBLED_KEY in note for note in log.notes):
        log.notes.append(f"{where}: {_DOUBLED_KEY} ({shortened_value(minor[0])}); the last one counts")


def _place_of_doubled_key(raw: bytes | str, where: str, hook: Callable[[list[tuple[str, Any]]], None]) -> str:
    """Return the place with the line of the record that ``hook`` refuses, where the file is one long list."""
    text = raw.decode() if isinstance(raw, bytes) else raw
    if "\n" not in text.strip() or not text.lstrip().startswith("["):
        return where
    decoder = json.JSONDecoder(object_pairs_hook=hook)
    at = text.index("[") + 1
    try:
        while start := _SEPARATORS.match(text, at):
            at = start.end()
            at = decoder.raw_decode(text, at)[1]
    except _DoubledError:
        return f"{where}:{text.count(chr(10), 0, at) + 1}"
    except ValueError:
        return where
    return where


_SEPARATORS = re.compile(r"[\s,]*")


class _DoubledError(Exception):
    """A doubled key, its one argument, of which no half can be left out."""


# The records of a file that is JSONL or one JSON list, each with its place for messages.


_JSON_ENDINGS = (".jsonl", ".json")


def may_hold_json(names: Iterable[str]) -> bool:
    """Return True if a folder or zip with these files may hold records."""
    return any(name.lower().endswith(_JSON_ENDINGS) for name in names)


def json_files(source: ImportSource, log: ConversionLog | None = None) -> list[ImportSource]:
    """Return the file, or the JSON files of a folder or zip; a note in ``log`` counts its other files.

    Raises SourceError where it has none.
    """
    if not (source.is_folder or source.is_zip):
        return [source]
    found = [f for f in source.files() if may_hold_json([f.base])]
    if not found:
        raise source.error("there is no .jsonl or .json file in it", do="name the file itself")
    if log is not None:
        note_unread_files(source.files(), found, log)
    return found


def read_json_records(source: ImportSource, log: ConversionLog | None = None) -> Iterator[tuple[str, Any]]:
    """Yield (place, value) of each line that is not blank, or of each element of the file's one list.

    A file may also be one object over several lines.
    A list on the first line may also be the first of many records; it is where it is whole. Raises
    SourceError, with the line, for what is not JSON.
    """
    if _is_one_value(source):
        value = parse_json_value(source.read_text_bytes(), source.name, log)
        if not isinstance(value, list):
            yield source.name, value
            return
        is_pair = len(value) == 2 and isinstance(value[0], str)  # a record itself: spaCy's ``[text, {…}]``
        records = [value] if is_pair else value
        yield from ((f"{source.name}, record {n}", x) for n, x in enumerate(records, 1))
        return
    for number, line in source.lines():
        if line.strip():
            yield source.where(number), parse_json_value(line, source.where(number), log)


def readable_records(source: ImportSource) -> Iterator[Any]:
    """Yield the records; what is no JSON is passed over: reading raises the error, with its place."""
    if _is_one_value(source):
        with suppress(SourceError):
            yield from (value for _, value in read_json_records(source))
        return
    for _, line in source.lines():
        with suppress(orjson.JSONDecodeError):
            yield orjson.loads(line)


def _is_one_value(source: ImportSource) -> bool:
    """Return True if the file is one JSON object over several lines, or one list.

    A first line that is a list is JSONL where more follows.
    """
    start = source.sample().start.lstrip()
    if start.startswith(b"{"):
        first = next((line for _, line in source.lines() if line.strip()), b"")
        return not first.rstrip().endswith(b"}")
    if not start.startswith(b"["):
        return False
    first, _, rest = start.partition(b"\n")
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        return True
    return not rest.strip()
