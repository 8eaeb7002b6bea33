"""What copying does to a text file, undone: line endings, a byte order mark, another encoding, a tail of NULs."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise

from annotator.storage.journal_reader import MERGE_MARKERS


def undo_transport_damage(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return the bytes as they were written, as far as it shows, and what was undone."""
    done: list[str] = []
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        try:
            raw = raw.decode("utf-16").encode()
            done.append("turned UTF-16 into UTF-8")
        except UnicodeDecodeError:
            pass
    if raw.startswith(BOM_UTF8):
        raw = raw.removeprefix(BOM_UTF8)
        done.append("removed a byte order mark")
    if raw.endswith(b"\0"):
        raw = raw.rstrip(b"\0")
        done.append("removed zeros at the end")
    if b"\r\n" in raw:
        raw = raw.replace(b"\r\n", b"\n")
        done.append("turned line endings into LF")
    return raw, tuple(done)


def other_encodings(raw: bytes) -> Iterator[bytes]:
    """Yield what a text is if it was saved as Windows-1252 or Latin-1; nothing for UTF-8."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        for encoding in ("cp1252", "latin-1"):
            with suppress(UnicodeDecodeError):
                yield raw.decode(encoding).encode()


def without_doubled_line(raw: bytes) -> Iterator[bytes]:
    """Yield the text without one of two neighbouring lines that are alike, for each such pair."""
    lines = raw.split(b"\n")
    for n, (a, b) in enumerate(pairwise(lines)):
        if a == b:
            yield b"\n".join([*lines[:n], *lines[n + 1 :]])


def single_bit_flips(raw: bytes, most: int = 2**15) -> Iterator[bytes]:
    """Yield the bytes with each one of their bits changed; nothing for more than ``most`` bytes."""
    if len(raw) <= most:
        flipped = bytearray(raw)
        for at in range(len(raw)):
            for bit in range(8):
                flipped[at] ^= 1 << bit
                yield bytes(flipped)
                flipped[at] ^= 1 << bit


def merge_sides(raw: bytes) -> Iterator[bytes]:
    """Yield the one and the other side of a text that git could not merge; nothing where there is no marker."""
    sides: tuple[list[bytes], list[bytes]] = ([], [])
    into = {0, 1}
    marked = False
    for line in raw.split(b"\n"):
        if line.startswith(MERGE_MARKERS):
            marked = True
            into = {b"<": {0}, b"|": set(), b"=": {1}, b">": {0, 1}}[line[:1]]
            continue
        for n in into:
            sides[n].append(line)
    if marked:
        yield from (b"\n".join(side) for side in sides)
