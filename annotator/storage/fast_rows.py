"""Journal lines decoded for an export of a million sentences: typed, checked, without the objects of core.

A record is decoded when its turn comes, from the place that the index (``fast_index.py``) has noted.
Nothing is taken but what is plain: anything else raises OddError, and the caller reads the journal
as everybody does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from annotator.storage.fast_index import Index, OddError, body_of, fast_crc

_BEFORE_SPANS = b'],"spans":['
_READ = 1 << 18
"""How many bytes of a journal are read at a time."""


class Token(msgspec.Struct, gc=False):
    """A stored token."""

    text: str
    start: int
    end: int
    ws: bool


class Mark(msgspec.Struct, gc=False):
    """A stored span; its tokens, the last one included, are None where it has none."""

    start: int
    end: int
    label: str
    token_start: int | None = None
    token_end: int | None = None
    source: str = ""


class Row(msgspec.Struct, gc=False):
    """One record; from ``decode_row`` it is checked: the tokens spell the text, the spans lie in it."""

    text: str
    tokens: list[Token]
    spans: list[Mark]
    digest: str = msgspec.field(name="_digest")
    rejected: list[Mark] = []
    note: str = ""
    flagged: bool = False


_decode = msgspec.json.Decoder(Row).decode


def decode_row(raw: bytes, length: int) -> Row:
    """Return the record of a line that ``check_line`` has seen, whose sentence has ``length`` code points.

    Raises OddError for what contradicts itself.
    """
    try:
        row = _decode(raw)
        digest = hashlib.sha256(row.text.encode()).hexdigest()
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise OddError(str(error)) from None
    if digest != row.digest or length != len(row.text):
        raise OddError("the digest or the place is not the text's")
    for mark in row.spans:
        if not 0 <= mark.start < mark.end <= length:
            raise OddError("a span ends after the text, or before it starts")
    if row.rejected and b'"rejected":' in raw[: raw.find(_BEFORE_SPANS)]:
        raise OddError("`rejected` stands before `spans`")
    for mark in row.rejected:
        if not 0 <= mark.start < mark.end <= length:
            raise OddError("a known-wrong span ends after the text, or before it starts")
    _check_tiles(row.text, row.tokens)
    return row


def _check_tiles(text: str, tokens: list[Token]) -> None:
    """Raise OddError unless the tokens stand one after the other, none empty, and spell the text."""
    at = 0
    for token in tokens:
        start, end = token.start, token.end
        if start != at or end <= at or text[at:end] != token.text:
            raise OddError("the tokens do not spell the text")
        at = end
        if token.ws:
            if text[at : at + 1] != " ":
                raise OddError("the tokens do not spell the text")
            at += 1
    if at != len(text):
        raise OddError("the tokens do not spell the text")


class Reader:
    """Reads records of journals by their place in the file."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._open: dict[str, tuple[BinaryIO, Callable[[bytes], int]]] = {}

    def row(self, path: str, offset: int, size: int, crc: int, length: int) -> Row:
        """Return the record there, whose sentence has ``length`` code points.

        Raises OddError where it is not as the index found it, and OSError.
        """
        if path not in self._open:
            self._open[path] = (Path(path).open("rb", buffering=_READ), fast_crc())  # noqa: SIM115  (see close)
        file, checksum = self._open[path]
        file.seek(offset)
        raw = file.read(size)
        if checksum(body_of(raw)) != crc:
            raise OddError("the journal has changed")
        return decode_row(raw, length)

    def close(self) -> None:
        """Let the files go."""
        for file, _ in self._open.values():
            file.close()
        self._open.clear()


def check_old(index: Index) -> None:
    """Check the records of a journal that are in force no more as well; raises OddError, OSError."""
    reader = Reader()
    try:
        for n in index.old:
            length = index.ends[n] - index.starts[n]
            reader.row(str(index.path), index.offsets[n], index.sizes[n], index.crcs[n], length)
    finally:
        reader.close()
