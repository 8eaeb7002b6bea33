"""Journal lines decoded for an export of a million sentences: typed, checked, without the objects of core.

A record is decoded when its turn comes, from the place that the index (``fast_index.py``) has noted.
Nothing is taken but what is plain: anything else raises OddError, and the caller reads the journal
as everybody does.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256 as _sha256
from pathlib import Path
from typing import BinaryIO

import msgspec

from annotator.storage.fast_index import CRC_LENGTH, JournalIndex, FastReadError, fast_crc

_BEFORE_SPANS = b'],"spans":['
_RECORD_READ_SIZE = 1 << 18
"""How many bytes of a journal are read at a time."""


class FastToken(msgspec.Struct, gc=False):
    """A stored token."""

    text: str
    start: int
    end: int
    ws: bool


class FastSpan(msgspec.Struct, gc=False):
    """A stored span; its tokens, the last one included, are None where it has none."""

    start: int
    end: int
    label: str
    token_start: int | None = None
    token_end: int | None = None
    source: str = ""


class FastRecord(msgspec.Struct, gc=False):
    """One record; from ``decode_row`` it is checked: the tokens spell the text, the spans lie in it."""

    text: str
    tokens: list[FastToken]
    spans: list[FastSpan]
    digest: str = msgspec.field(name="_digest")
    rejected: list[FastSpan] = []
    note: str = ""
    flagged: bool = False


_decode_fast_record = msgspec.json.Decoder(FastRecord).decode


def decode_fast_records(raws: Sequence[bytes], lengths: Sequence[int]) -> list[FastRecord]:
    """Return the records of lines that ``check_lines`` has seen, whose sentences have so many code points.

    Raises OddError for what contradicts itself. One step after the other for all: so each runs fastest.
    """
    try:
        records = [_decode_fast_record(raw) for raw in raws]
        digests = [_sha256(record.text.encode()).hexdigest() for record in records]
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise FastReadError(str(error)) from None
    if digests != [record.digest for record in records] or list(lengths) != [len(record.text) for record in records]:
        raise FastReadError("the digest or the place is not the text's")
    for raw, record in zip(raws, records, strict=True):
        if record.rejected and b'"rejected":' in raw[: raw.find(_BEFORE_SPANS)]:
            raise FastReadError("`rejected` stands before `spans`")
        check_fast_spans(record.spans, len(record.text))
        check_fast_spans(record.rejected, len(record.text))
    for record in records:
        _check_tokens_cover_text(record.text, record.tokens)
    return records


def check_fast_spans(spans: list[FastSpan], length: int) -> None:
    """Raise OddError unless spans lie in a sentence of ``length`` code points."""
    for span in spans:
        if not 0 <= span.start < span.end <= length:
            raise FastReadError("a span ends after the text, or before it starts")


def _check_tokens_cover_text(text: str, tokens: list[FastToken]) -> None:
    """Raise OddError unless the tokens stand one after the other, none empty, and spell the text."""
    position = 0
    for token in tokens:
        end = token.end
        if token.start != position or end <= position or text[position:end] != token.text:
            raise FastReadError("the tokens do not spell the text")
        position = end
        if token.ws:
            if text[end : end + 1] != " ":
                raise FastReadError("the tokens do not spell the text")
            position += 1
    if position != len(text):
        raise FastReadError("the tokens do not spell the text")


class FastRecordReader:
    """Reads records of journals by their place in the file."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._open_files: dict[str, BinaryIO] = {}
        self._checksum = fast_crc()

    def read_records(self, path: str, locations: Sequence[tuple[int, int, int]], lengths: Sequence[int]) -> list[FastRecord]:
        """Return the records of these offsets, sizes and checksums; sentences of so many code points.

        Raises OddError where one is not as the index found it, and OSError.
        """
        if path not in self._open_files:
            self._open_files[path] = Path(path).open("rb", buffering=_RECORD_READ_SIZE)  # noqa: SIM115  (see close)
        file = self._open_files[path]
        raws = []
        for offset, size, _ in locations:
            file.seek(offset)
            raws.append(file.read(size))
        if [self._checksum(raw[: -CRC_LENGTH - 1]) for raw in raws] != [crc for _, _, crc in locations]:
            raise FastReadError("the journal has changed")
        return decode_fast_records(raws, lengths)

    def close(self) -> None:
        """Let the files go."""
        for file in self._open_files.values():
            file.close()
        self._open_files.clear()


def check_superseded_records(index: JournalIndex) -> None:
    """Check the records of a journal that are in force no more as well; raises OddError, OSError."""
    reader = FastRecordReader()
    try:
        for n in index.superseded:
            at = (index.offsets[n], index.sizes[n], index.crcs[n])
            reader.read_records(str(index.path), [at], [index.ends[n] - index.starts[n]])
    finally:
        reader.close()
