"""Mending files that are read whole, the settings, the schema, JSON: to the one text that can be read.

No digest proves them. So a text is accepted only where copying explains it, where another file of the corpus has it,
or where one single bit, and no other one, makes the line readable that was not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct

from annotator.core.errors import AnnotatorError
from annotator.storage.transport_damage import (
    merge_sides,
    other_encodings,
    single_bit_flips,
    undo_transport_damage,
    without_doubled_line,
)

Decode = Callable[[bytes], Any]
"""Returns what a file holds; raises AnnotatorError with the line."""


class MendedDocument(Struct, frozen=True):
    """What mending a file came to."""

    data: bytes | None = None
    """What it is to hold; None where it stays as it is."""
    done: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()


def mend_document(
    raw: bytes, decode: Decode, others: Iterable[tuple[str, bytes]] = (), strict: Decode | None = None
) -> MendedDocument:
    """Return a file that ``decode`` reads; ``others`` are further texts that it may have, each with a word on it.

    ``strict`` also refuses what no program writes there, so that it finds which bit has flipped.
    """
    clean, done = undo_transport_damage(raw)
    if (error := _error(decode, clean)) is None:
        return MendedDocument(clean, done) if done else MendedDocument()
    if error.do.startswith("update Annotator"):  # a newer version wrote it: nothing is known to be wrong
        return MendedDocument(stays=(f"{error.what}; {error.do}",))
    sides = list(merge_sides(clean))
    readable = [side for side in sides if _error(decode, side) is None]
    if readable:
        stays = ("the two sides of a merge differ: the first one is in force",) if readable[1:] else ()
        return MendedDocument(readable[0], (*done, "removed the markers of a merge"), stays)
    for what, candidate in _rewritten(clean):
        if _error(decode, candidate) is None:
            return MendedDocument(candidate, (*done, what))
    if flipped := _only_flip(clean, strict or decode, _line(error)):
        return MendedDocument(flipped, (*done, "corrected the one bit that makes it readable"))
    for what, candidate in others:
        if _error(decode, candidate) is None:
            return MendedDocument(candidate, (*done, what))
    line = f"line {_line(error)}: " if _line(error) else ""
    return MendedDocument(stays=(f"{line}{error.what}; {error.do}",))


def _rewritten(clean: bytes) -> Iterator[tuple[str, bytes]]:
    yield from (("turned another encoding into UTF-8", x) for x in other_encodings(clean))
    yield from (("removed a line that was there twice", x) for x in without_doubled_line(clean))


def _error(decode: Decode, raw: bytes) -> AnnotatorError | None:
    try:
        decode(raw)
    except AnnotatorError as error:
        return error
    return None


def _line(error: AnnotatorError) -> int:
    """Return the line that an error names, 0 for none."""
    found = re.search(r":(\d+)\Z", error.where)
    return int(found[1]) if found else 0


def _only_flip(clean: bytes, decode: Decode, line: int) -> bytes | None:
    """Return the text with one bit changed, if all changes of a bit that make it readable come to the same."""
    lines = clean.split(b"\n")
    near = [line - 2, line - 1] if line else range(len(lines)) if len(lines) < 2 else ()
    found: list[tuple[Any, bytes]] = []
    for n in (n for n in near if 0 <= n < len(lines)):
        for flipped in single_bit_flips(lines[n], 2**11):
            text = b"\n".join([*lines[:n], flipped, *lines[n + 1 :]])
            try:
                value = decode(text)
            except AnnotatorError:
                continue
            if all(value != other for other, _ in found):
                found.append((value, text))
    return found[0][1] if len(found) == 1 else None
