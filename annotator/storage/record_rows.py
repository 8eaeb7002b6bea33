"""Journal records as rows: an export of a million sentences reads them without the values of core.

That is for plain lines alone: any other is decoded as a record first, so it counts here where it counts there,
and has the same values.
"""

from __future__ import annotations

from hashlib import sha256

import msgspec
from msgspec import Struct, field

from annotator.core.digest import text_digest
from annotator.core.journal_record import JournalRecord
from annotator.core.tokens import Token, tokens_cover_text
from annotator.storage.codec import DECODE_ERRORS, RecordDecoder, RecordLineError, computed_crc


class SpanRow(Struct, gc=False):
    """A stored span; its tokens, the last one included, are None where it touches none, or they are unknown."""

    start: int
    end: int
    label: str
    token_start: int | None = None
    token_end: int | None = None
    source: str = ""
    group: str = ""


class RecordRow(Struct, gc=False):
    """One record, checked: the tokens spell the text, and the spans are in it."""

    text: str
    tokens: list[Token]
    spans: list[SpanRow]
    digest: str = field(name="_digest")
    rejected: list[SpanRow] = []
    note: str = ""
    flagged: bool = False
    covers: tuple[str, ...] | None = field(name="_covers", default=None)


_row_decoder = msgspec.json.Decoder(RecordRow)


def decode_row(raw: bytes, crc: int, length: int) -> RecordRow:
    """Return the record of a line (without LF) that an index has found with this CRC and text length.

    Raises RecordLineError where the line has changed since, or is no record.
    """
    if computed_crc(raw) != crc:
        raise RecordLineError("the journal has changed")
    try:
        row = _row_decoder.decode(raw)
        if _is_plain(row, length):
            return row
    except DECODE_ERRORS:
        pass
    return _record_row(RecordDecoder().decode(raw))


def _is_plain(row: RecordRow, length: int) -> bool:
    """Return True if a row that is read from the whole line is what its head and its tail hold.

    What a field before the tail can bring into the row alone must be empty; all else agrees with the text.
    """
    if row.rejected or row.note or row.flagged or row.covers is not None or len(row.text) != length:
        return False
    if sha256(row.text.encode()).hexdigest() != row.digest or not tokens_cover_text(row.tokens, row.text):
        return False
    return all([0 <= span.start < span.end <= length for span in row.spans])  # noqa: C419  (a generator takes longer)


def _record_row(record: JournalRecord) -> RecordRow:
    """Return a record as a row; its spans do not name their tokens."""
    sentence, annotation = record.annotated.sentence, record.annotated.annotation
    spans, rejected = (
        [SpanRow(s.start, s.end, s.label, source=s.source, group=s.group) for s in spans]
        for spans in (annotation.spans, annotation.rejected)
    )
    marks = (annotation.note, annotation.flagged, annotation.covers)
    return RecordRow(sentence.text, list(sentence.tokens), spans, text_digest(sentence.text), rejected, *marks)
