"""A record as a journal line: Prodigy's fields, ours with an underscore, a CRC at the end."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Mapping
from typing import Any

import orjson

from annotator.core.annotation import Annotation, Answer, Work
from annotator.core.article import Sentence
from annotator.core.digest import digest_of
from annotator.core.edits import Op
from annotator.core.errors import JournalError, SourceError
from annotator.core.record import Record
from annotator.core.spans import Span
from annotator.core.tokens import Token, token_range
from annotator.storage.tokens import (
    DataError,
    decode_tokens,
    encode_tokens,
    sentence_at,
    take_dict,
    take_int,
    take_str,
)

FORMAT = 1
"""The version that is written as ``_v``; a higher one is refused."""

_CRC = re.compile(rb',"_crc":"([^"]{8})"\}\Z')
_BEFORE_SPANS = b'],"spans":['
"""Ends the part of a line that is the same in all records of a sentence (a quote in text is ``\\"``)."""


class LineError(ValueError):
    """A line that is no valid record; ``torn`` where a write that was cut short can look like it."""

    def __init__(self, why: str, *, torn: bool = False) -> None:
        super().__init__(why)
        self.torn = torn


class NewerError(ValueError):
    """A line of a format that this version does not know."""


def encode(record: Record) -> bytes:
    """Return the record as a line with its LF.

    Raises JournalError for what JSON can't hold, such as a lone surrogate, or a span outside its text.
    """
    try:
        body = orjson.dumps(_fields(record))[:-1]
    except (TypeError, ValueError, OverflowError, SourceError) as error:
        why = error.what if isinstance(error, SourceError) else str(error)
        where = f"sentence {record.work.sentence.id}"
        raise JournalError(f"this cannot be stored: {why}", where=where, do="correct the source") from None
    return b'%b,"_crc":"%08x"}\n' % (body, zlib.crc32(body))


def _fields(record: Record) -> dict[str, object]:
    s, annotation = record.work.sentence, record.work.annotation
    return {
        "text": s.text,
        "tokens": encode_tokens(s.tokens),
        "spans": [_encode_span(x, s) for x in annotation.spans],
        "answer": annotation.answer.value if annotation.answer else None,
        "meta": {"article": s.article, "sentence": s.id, "index": s.index, "start": s.start, "end": s.end},
        "_annotator_id": record.annotator,
        "_session_id": record.session,
        "_timestamp": int(record.time),
        "_view_id": "spans_manual",
        "_v": FORMAT,
        "_seq": record.seq,
        "_digest": digest_of(s.text),
        "_op": record.op.value,
        "_parent": record.parent,
        "_batch": {"first": record.batch[0], "size": record.batch[1]} if record.batch else None,
    }


def _encode_span(span: Span, s: Sentence) -> dict[str, object]:
    if span.end > len(s.text):
        raise ValueError(f"the span {span.start}-{span.end} ends after the sentence")
    first, last = token_range(s.tokens, span.start, span.end)
    fields: dict[str, object] = {
        "start": span.start,
        "end": span.end,
        "token_start": first if first < last else None,
        "token_end": last - 1 if first < last else None,
        "label": span.label,
    }
    return fields | {"source": span.source} if span.source else fields


class Decoder:
    """Turns lines into records; records of one sentence share its text and tokens in memory."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[Token, ...]] = {}

    def decode(self, raw: bytes) -> Record:
        """Return the record in a line (without LF); raises LineError or NewerError."""
        fields = _checked(raw)
        try:
            return self._record(fields, raw)
        except (ValueError, SourceError) as error:
            raise LineError(str(error)) from None

    def _record(self, fields: dict[str, Any], raw: bytes) -> Record:
        text = take_str(fields, "text")
        if fields.get("_digest") != digest_of(text):
            raise ValueError("the digest is not that of the text")
        sentence = sentence_at(take_dict(fields, "meta"), text, self._tokens(fields, text, raw))
        if fields["meta"].get("sentence") != sentence.id:
            raise ValueError("`sentence` is not the place in `meta`")
        answer = None if fields.get("answer") is None else Answer(take_str(fields, "answer"))
        spans = [_decode_span(x, len(text)) for x in fields["spans"]]
        seq = take_int(fields, "_seq")
        return Record(
            seq=seq,
            op=Op(take_str(fields, "_op")),
            work=Work(sentence, Annotation(answer=answer).with_spans(spans)),
            parent=_parent(fields, seq),
            batch=_batch(fields, seq),
            annotator=take_str(fields, "_annotator_id"),
            session=take_str(fields, "_session_id"),
            time=float(take_int(fields, "_timestamp")),
        )

    def _tokens(self, fields: Mapping[str, Any], text: str, raw: bytes) -> tuple[Token, ...]:
        at = raw.find(_BEFORE_SPANS)
        if at < 0 or not isinstance(fields.get("spans"), list):
            raise ValueError("`tokens` or `spans` is no list")
        key = hashlib.sha256(memoryview(raw)[:at]).digest()
        if key not in self._known:
            self._known[key] = decode_tokens(fields.get("tokens"), text)
        return self._known[key]


def _checked(raw: bytes) -> dict[str, Any]:
    """Return the fields of a line whose CRC is right and whose format is known."""
    found = _CRC.search(raw, max(0, len(raw) - 32))
    if not found:
        raise _without_crc(raw)
    if b"%08x" % zlib.crc32(memoryview(raw)[: found.start()]) != found.group(1):
        raise LineError("the checksum is wrong", torn=True)
    try:
        fields: dict[str, Any] = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise LineError("the checksum is right, but this is no JSON") from None
    _refuse_newer(fields)
    return fields


def _without_crc(raw: bytes) -> LineError:
    try:
        fields = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return LineError("the line is cut short or overwritten", torn=True)
    _refuse_newer(fields)
    if isinstance(fields, dict) and fields.keys() & {"_v", "_seq"}:
        return LineError("the checksum is missing", torn=True)
    return LineError("this is JSON, but no journal line of Annotator")


def _refuse_newer(fields: Any) -> None:
    version = fields.get("_v") if isinstance(fields, dict) else None
    if isinstance(version, int) and version > FORMAT:
        raise NewerError(f"format {version}")
    op = fields.get("_op") if isinstance(fields, dict) else None
    if version == FORMAT and isinstance(op, str) and op not in _OPS:
        raise NewerError(f"`_op` {op!r}")


_OPS = frozenset(op.value for op in Op)


def _decode_span(value: Any, length: int) -> Span:
    if not isinstance(value, dict):
        raise DataError("a span is no object")
    source = value.get("source", "")
    span = Span(take_int(value, "start"), take_int(value, "end"), take_str(value, "label"), str(source))
    if span.end > length:
        raise ValueError("a span ends after the text")
    return span


def _parent(fields: Mapping[str, Any], seq: int) -> int | None:
    if fields.get("_parent") is None:
        return None
    parent = take_int(fields, "_parent")
    if not 1 <= parent < seq:
        raise ValueError("`_parent` is no earlier record")
    return parent


def _batch(fields: Mapping[str, Any], seq: int) -> tuple[int, int] | None:
    if fields.get("_batch") is None:
        return None
    batch = take_dict(fields, "_batch")
    first, size = take_int(batch, "first"), take_int(batch, "size")
    if not first <= seq < first + size:
        raise ValueError("`_batch` does not hold its own record")
    return (first, size)
