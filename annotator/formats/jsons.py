"""JSON from a file that nobody vouches for: strict, bounded in depth, doubled keys told."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import orjson

from annotator.core.errors import SourceError
from annotator.formats.document import ConversionLog

_MAX_DEPTH = 1024
"""orjson's own bound on nesting."""


def parse_json(raw: bytes | str, where: str, log: ConversionLog | None = None) -> Any:
    """Return the JSON value; raises SourceError naming ``where`` for anything else.

    NaN, lone surrogates and bytes that are no UTF-8 are refused, as is nesting deeper than 1,024.
    With an ``account`` doubled keys are looked for: one that may hold text or spans is refused, of others
    the last one counts, as for JSON's readers, and a note in ``account`` tells it once.
    An integer beyond 64 bits comes as a float, so whoever needs a whole number checks the type.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        raise SourceError(
            f"this is not JSON ({error.msg} at {place})", where=where, do="repair it, or export it again"
        ) from None
    if log is not None:
        _check_doubled_keys(raw, where, log)
    return value


def parse_json_object(raw: bytes | str, where: str, log: ConversionLog | None = None) -> dict[str, Any]:
    """Return the JSON object; raises SourceError as ``parse`` does, and for any other value."""
    value = parse_json(raw, where, log)
    if not isinstance(value, dict):
        raise SourceError(
            "this is JSON, but no object", where=where, do="repair or remove it, or export it again"
        )
    return value


def json_integer(value: Any) -> int | None:
    """Return a whole number as it stands in JSON; None for anything else (true and 3.0 too)."""
    return value if type(value) is int else None


def shortened(value: Any, limit: int = 40) -> str:
    """Return a value from a file as a message shows it, the first ``most`` characters of it."""
    try:
        description = (
            repr(value) if not isinstance(value, list | dict) else json.dumps(value, default=str)[: limit + 1]
        )
    except RecursionError:  # orjson reads deeper than the standard library writes
        description = "[…]" if isinstance(value, list) else "{…}"
    return description if len(description) <= limit else description[: limit - 1] + "…"


_DOUBLED_KEY = "a key stands twice in one object"
_TEXTS = ("text", "data", "sentence", "content", "document", "body", "passage", "context", "raw", "orth")
_LISTS = ("spans", "ner_spans", "entities", "ents", "mentions", "annotations", "completions", "result")
_LABELS = ("label", "labels", "type", "tag", "category", "class", "entity", "entity_group", "entity_type")
_STARTS = ("start", "start_offset", "start_char", "startOffset", "begin")
_ENDS = ("end", "end_offset", "end_char", "endOffset", "stop")
_CAS = ("%FEATURE_STRUCTURES", "%VIEWS", "%TYPES", "sofaString")
_OTHERS = ("answer", "cats", "ner", "paragraphs", "phrase", "task", "value", "versions")
_CONTENT_KEYS = frozenset({*_TEXTS, *_LISTS, *_LABELS, *_STARTS, *_ENDS, *_CAS, *_OTHERS})
"""The keys that hold a text or its spans in one of the formats."""


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
        what = f"{_DOUBLED_KEY} ({shortened(error.key)}), and one of the two would be lost"
        raise SourceError(
            what, where=_place_of_doubled_key(raw, where, hook), do="keep one of them, with what both hold"
        ) from None
    except (ValueError, RecursionError):
        return
    if minor and not any(_DOUBLED_KEY in note for note in log.notes):
        log.notes.append(f"{where}: {_DOUBLED_KEY} ({shortened(minor[0])}); the last one counts")


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
    """A doubled key of which no half can be left out."""

    def __init__(self, key: str) -> None:
        """Keep the key."""
        self.key = key
