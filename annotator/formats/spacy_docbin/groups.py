"""The span groups of a Doc as a DocBin holds them, in each of the three forms that spaCy has written."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from annotator.formats.spacy_docbin.payload import msgpack

_SPAN = struct.Struct(">QQQllll")


@dataclass(frozen=True, slots=True)
class Packed:
    """A span of a group: the ids of its label and its link, token indexes and code points."""

    label: int
    kb_id: int
    first: int
    last: int
    """The token after it."""
    start: int
    end: int


def groups_of(data: bytes, where: str) -> Iterator[tuple[str, list[Packed]]]:
    """Yield (key, spans) of each group: a map from groups to keys, or an older list of groups by name.

    Raises SourceError for what is neither.
    """
    found = msgpack(data, where) if data else ()
    pairs = found.items() if isinstance(found, dict) else ((group, None) for group in _listed(found))
    for group, keys in pairs:
        body = msgpack(group, where) if isinstance(group, bytes) else None
        if isinstance(body, dict):
            spans = [
                _span(x) for x in _listed(body.get("spans")) if isinstance(x, bytes) and len(x) == _SPAN.size
            ]
            names = keys if isinstance(keys, tuple) else (body.get("name"),)
            yield from ((name if isinstance(name, str) else "", spans) for name in names)


def _listed(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _span(data: bytes) -> Packed:
    _, link, label, first, last, start, end = _SPAN.unpack(data)
    return Packed(label, link, first, last, start, end)
