"""The span groups of a Doc as a DocBin holds them, in each of the three forms that spaCy has written."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from annotator.formats.spacy_docbin.payload import unpack_msgpack

_SPAN_STRUCT = struct.Struct(">QQQllll")


@dataclass(frozen=True, slots=True)
class PackedSpan:
    """A span of a group: the ids of its label and its link, token indexes and code points."""

    label: int
    kb_id: int
    first: int
    last: int
    """The token after it."""
    start: int
    end: int


def read_span_groups(data: bytes, where: str) -> Iterator[tuple[str, list[PackedSpan]]]:
    """Yield (key, spans) of each group: a map from groups to keys, or an older list of groups by name.

    Raises SourceError for what is neither.
    """
    found = unpack_msgpack(data, where) if data else ()
    pairs = found.items() if isinstance(found, dict) else ((group, None) for group in _as_tuple(found))
    for group, keys in pairs:
        body = unpack_msgpack(group, where) if isinstance(group, bytes) else None
        if isinstance(body, dict):
            spans = [
                _unpack_span(x) for x in _as_tuple(body.get("spans")) if isinstance(x, bytes) and len(x) == _SPAN_STRUCT.size
            ]
            names = keys if isinstance(keys, tuple) else (body.get("name"),)
            yield from ((name if isinstance(name, str) else "", spans) for name in names)


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _unpack_span(data: bytes) -> PackedSpan:
    _, link, label, first, last, start, end = _SPAN_STRUCT.unpack(data)
    return PackedSpan(label, link, first, last, start, end)
