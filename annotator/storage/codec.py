"""The one codec of what a corpus stores line by line: sentences, and the records of a journal.

A journal line has Prodigy's fields, ours with an underscore, and a CRC at the end. msgspec decodes each line
straight into the values of core and checks the types; what types cannot express (the tokens spell the text,
ids, offsets and digests agree) is checked here, by the same functions for every reader.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Literal

import msgspec
import orjson
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.digest import text_digest
from annotator.core.edits import Op
from annotator.core.errors import JournalError, SourceError
from annotator.core.journal_record import Assistance, JournalRecord, KeystrokeCounts, KeystrokeKind
from annotator.core.spans import Span
from annotator.core.suggestion import LeftSuggestion
from annotator.core.tokens import Token, token_range, tokens_cover_text

try:  # several times as fast; an extra, and the standard library computes the same
    from isal.isal_zlib import crc32
except ImportError:
    from zlib import crc32

JOURNAL_FORMAT = 2
"""The highest version that is read and written as ``_v``. A line has the lowest one that can hold it."""

_FORMAT_2_OPS = frozenset({Op.CARRY, Op.ADJUDICATE})

CRC_LENGTH = len(b',"_crc":"00000000"}')
"""How many bytes at the end of a journal line its checksum does not cover."""

_Integer = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
_MAX_TIME = 2**63 - 1
"""The last second that JSON's integers can hold: a float near it is rounded beyond."""
_Offset = Annotated[int, Meta(ge=0, le=2**32 - 1)]
DECODE_ERRORS = (msgspec.MsgspecError, UnicodeError, RecursionError)
"""What a typed decoder raises for bytes that are no JSON of its type."""


class DataError(ValueError):
    """Stored data that contradict each other or have the wrong type."""


class RecordLineError(ValueError):
    """A line that is no valid record; ``torn`` where a write that was cut short can look like it."""

    def __init__(self, why: str, *, torn: bool = False) -> None:
        super().__init__(why)
        self.torn = torn


class NewerFormatError(ValueError):
    """A line of a format that this version does not know."""


# -- tokens and sentences ------------------------------------------------------------------------


class _TokenizedText(Struct, frozen=True, gc=False):
    """What a line of ``sentences.jsonl`` and a journal line begin with."""

    text: str
    tokens: tuple[Token, ...]


class _SentenceMeta(Struct, frozen=True, gc=False):
    article: str
    index: _Integer
    start: _Offset
    end: _Offset
    sentence: str = ""
    """The id of the sentence, in a journal line."""


class _SentenceLine(Struct, frozen=True, gc=False):
    id: str
    text: str
    tokens: tuple[Token, ...]
    meta: _SentenceMeta


_text_decoder = msgspec.json.Decoder(_TokenizedText)
_sentence_decoder = msgspec.json.Decoder(_SentenceLine)


def encode_tokens(tokens: Sequence[Token]) -> list[dict[str, object]]:
    """Return the tokens with Prodigy's fields; offsets are code points of the sentence."""
    return [{"text": t.text, "start": t.start, "end": t.end, "id": i, "ws": t.ws} for i, t in enumerate(tokens)]


def decode_tokenized_text(raw: bytes) -> tuple[str, tuple[Token, ...]]:
    """Return ``text`` and ``tokens`` of a JSON object; raises DataError unless they agree."""
    try:
        found = _text_decoder.decode(raw)
    except DECODE_ERRORS as error:
        raise DataError(str(error)) from None
    _check_tokens(found.tokens, found.text)
    return found.text, found.tokens


def encode_sentence(sentence: Sentence) -> dict[str, object]:
    """Return a line of ``sentences.jsonl`` as an object; ``meta`` has code points of the article."""
    s = sentence
    meta = {"article": s.article, "index": s.index, "start": s.start, "end": s.end}
    return {"id": s.id, "text": s.text, "tokens": encode_tokens(s.tokens), "meta": meta}


def decode_sentence(raw: bytes) -> Sentence:
    """Return the sentence of a line; raises DataError where its parts contradict each other."""
    try:
        line = _sentence_decoder.decode(raw)
    except DECODE_ERRORS as error:
        raise DataError(str(error)) from None
    meta = line.meta
    _check_place(line.text, meta)
    sentence = Sentence(meta.article, meta.index, meta.start, meta.end, line.text, line.tokens)
    if line.id != sentence.id:
        raise DataError("`id` is not the place in `meta`")
    _check_tokens(line.tokens, line.text)
    return sentence


def _check_tokens(tokens: Sequence[Token], text: str) -> None:
    if not tokens_cover_text(tokens, text):
        raise DataError("the tokens do not spell the text")


def _check_place(text: str, meta: _SentenceMeta) -> None:
    if meta.end - meta.start != len(text):
        raise DataError("`start` and `end` do not fit the text")


# -- journal records: writing --------------------------------------------------------------------


def encode_record(record: JournalRecord) -> bytes:
    """Return the record as a line with its LF.

    Raises JournalError for what JSON can't hold, such as a lone surrogate, or a span outside its text.
    """
    try:
        body = orjson.dumps(_record_fields(record))[:-1]
    except (TypeError, ValueError, OverflowError, SourceError) as error:
        why = error.what if isinstance(error, SourceError) else str(error)
        where = f"sentence {record.annotated.sentence.id}"
        raise JournalError(f"this cannot be stored: {why}", where=where, do="correct the source") from None
    return with_crc(body) + b"\n"


def with_crc(body: bytes) -> bytes:
    """Return a line, without LF, of the bytes before its checksum."""
    return b'%b,"_crc":"%08x"}' % (body, crc32(body))


def renumber_line(raw: bytes, seq: int, parent: int | None, first: int) -> bytes:
    """Return a valid line (without LF) with another number, parent and first number of its batch.

    All else stays, fields of later versions too.
    """
    fields = orjson.loads(raw)
    del fields["_crc"]
    fields |= {"_seq": seq, "_parent": parent}
    if fields.get("_batch"):
        fields["_batch"] = {**fields["_batch"], "first": first}
    return with_crc(orjson.dumps(fields)[:-1])


def _record_fields(record: JournalRecord) -> dict[str, object]:
    s, annotation = record.annotated.sentence, record.annotated.annotation
    fields: dict[str, object] = {
        "text": s.text,
        "tokens": encode_tokens(s.tokens),
        "spans": [_encode_span(x, s) for x in annotation.spans],
        "answer": annotation.answer.value if annotation.answer else None,
        "meta": {"article": s.article, "sentence": s.id, "index": s.index, "start": s.start, "end": s.end},
        "_annotator_id": record.annotator,
        "_session_id": record.session,
        "_timestamp": max(-_MAX_TIME, min(_MAX_TIME, int(record.time))),
        "_view_id": "spans_manual",
        "_v": 1,
        "_seq": record.seq,
        "_digest": text_digest(s.text),
        "_op": record.op.value,
        "_parent": record.parent,
        "_batch": {"first": record.batch[0], "size": record.batch[1]} if record.batch else None,
    }
    # What few sentences have comes last, so that the lines of the others stay short.
    if annotation.rejected:
        fields["rejected"] = [_encode_span(x, s) for x in annotation.rejected]
    if annotation.note:
        fields["note"] = annotation.note
    if annotation.flagged:
        fields["flagged"] = True
    if record.keystrokes is not None:
        fields["_keys"] = {kind: n for kind, n in record.keystrokes.counts().items() if n}
    size = len(fields)
    _add_format_2(fields, record)
    if len(fields) > size or record.op in _FORMAT_2_OPS or _is_grouped(annotation.spans, annotation.rejected):
        fields["_v"] = 2
    return fields


def _is_grouped(*spans: tuple[Span, ...]) -> bool:
    """Return True if a span has a field of format 2."""
    for each in spans:
        for span in each:
            if span.group or span.of:
                return True
    return False


def _add_format_2(fields: dict[str, object], record: JournalRecord) -> None:
    """Add the fields of format 2 that a record has."""
    annotation, assistance = record.annotated.annotation, record.assistance
    if annotation.left:
        _check_ends(annotation.left, len(record.annotated.sentence.text))
        fields["_left"] = [msgspec.to_builtins(x) for x in annotation.left]
    if annotation.covers is not None:
        fields["_covers"] = annotation.covers
    if assistance is not None:
        mode = "shown" if assistance.shown else "hidden"
        fields["_assist"] = {"suggestions": mode, "sources": dict(assistance.sources)}
    if record.carried_from:
        fields["_from"] = record.carried_from
    if record.compared:
        fields["_of"] = dict(record.compared)


def _check_ends(spans: Sequence[Span | LeftSuggestion], length: int) -> None:
    for span in spans:
        if span.end > length:
            raise _outside_error(span)


def _outside_error(span: Span | LeftSuggestion) -> DataError:
    return DataError(f"the span {span.start}-{span.end} ends after the sentence")


def _encode_span(span: Span, s: Sentence) -> dict[str, object]:
    if span.end > len(s.text):
        raise _outside_error(span)
    first, last = token_range(s.tokens, span.start, span.end)
    fields: dict[str, object] = {
        "start": span.start,
        "end": span.end,
        "token_start": first if first < last else None,
        "token_end": last - 1 if first < last else None,
        "label": span.label,
    }
    if span.source:
        fields["source"] = span.source
    if span.group:
        fields["group"] = span.group
    if span.of:
        fields["of"] = span.of
    return fields


# -- journal records: reading --------------------------------------------------------------------
#
# A line has two parts. Its head, ``text`` and ``tokens``, is the same in all records of a sentence, so
# the decoder keeps it. Its tail begins with ``spans``. The reader of a line decides by ``RecordDecoder``
# whether it counts: an index reads the same tail, and a row that is not plain comes from the record.

_SPANS_START = b'],"spans":['
"""What precedes the tail. Inside a text or a label, JSON writes a backslash before the quotation mark."""


class _Batch(Struct, frozen=True, gc=False):
    first: _Integer
    size: _Integer


class _Misplaced(Struct, frozen=True, gc=False):
    """The type of a field that a tail must not have: it accepts neither a text nor a list."""


class _Assist(Struct, frozen=True, gc=False):
    suggestions: Literal["shown", "hidden"]
    sources: dict[str, str] = {}


class RecordTail(Struct, frozen=True, gc=False):
    """What a journal line has after its tokens."""

    meta: _SentenceMeta
    annotator: str = field(name="_annotator_id")
    session: str = field(name="_session_id")
    time: _Integer = field(name="_timestamp")
    seq: _Integer = field(name="_seq")
    digest: str = field(name="_digest")
    op: Op = field(name="_op")
    version: _Integer = field(name="_v", default=1)
    answer: Answer | None = None
    spans: tuple[Span, ...] = ()
    parent: _Integer | None = field(name="_parent", default=None)
    batch: _Batch | None = field(name="_batch", default=None)
    rejected: tuple[Span, ...] = ()
    note: str = ""
    flagged: bool = False
    keys: dict[str, _Integer] | None = field(name="_keys", default=None)
    left: tuple[LeftSuggestion, ...] = field(name="_left", default=())
    covers: tuple[str, ...] | None = field(name="_covers", default=None)
    assist: _Assist | None = field(name="_assist", default=None)
    carried_from: str = field(name="_from", default="")
    compared: dict[str, _Integer] | None = field(name="_of", default=None)
    text: _Misplaced | None = None
    tokens: _Misplaced | None = None


_tail_decoder = msgspec.json.Decoder(RecordTail)


class RecordDecoder:
    """Turns journal lines into records; the tokens that records of one sentence share are kept once."""

    def __init__(self) -> None:
        self._heads: dict[bytes, tuple[str, tuple[Token, ...], str]] = {}

    def decode(self, raw: bytes) -> JournalRecord:
        """Return the record in a line (without LF); raises RecordLineError or NewerFormatError."""
        if not has_valid_crc(raw):
            raise _crc_error(raw)
        try:
            return self._decode(raw)
        except (DataError, SourceError) as error:
            _refuse_newer(raw)
            raise RecordLineError(str(error)) from None

    def _decode(self, raw: bytes) -> JournalRecord:
        tail, size = _decode_tail(raw)
        text, tokens, digest = self._head(raw[:size])
        if tail.digest != digest:
            raise DataError("the digest is not that of the text")
        _check_place(text, tail.meta)
        return _build_record(text, tokens, tail)

    def _head(self, raw: bytes) -> tuple[str, tuple[Token, ...], str]:
        """Return text, tokens and digest of the text from the first part of a line."""
        key = sha256(raw).digest()
        head = self._heads.get(key)
        if head is None:
            text, tokens = decode_tokenized_text(raw + b"}")
            head = self._heads[key] = (text, tokens, text_digest(text))
        return head


def decode_tail(raw: bytes) -> RecordTail:
    """Return what a line (without LF) has after its tokens; raises RecordLineError or NewerFormatError."""
    if not has_valid_crc(raw):
        raise _crc_error(raw)
    try:
        return _decode_tail(raw)[0]
    except DataError as error:
        _refuse_newer(raw)
        raise RecordLineError(str(error)) from None


def _decode_tail(raw: bytes) -> tuple[RecordTail, int]:
    """Return the checked tail of a line, and the length of its head in bytes; raises DataError."""
    size = raw.find(_SPANS_START) + 1
    if not size:
        raise DataError("`spans` does not follow `tokens`")
    try:
        tail = _tail_decoder.decode(b"{" + raw[size + 1 :])
    except DECODE_ERRORS as error:
        raise DataError(str(error)) from None
    meta, batch = tail.meta, tail.batch
    if tail.version > JOURNAL_FORMAT:
        raise DataError("the format is newer")
    if meta.sentence != f"{meta.article}:{meta.start}-{meta.end}":
        raise DataError("`sentence` is not the place in `meta`")
    if tail.parent is not None and not 1 <= tail.parent < tail.seq:
        raise DataError("`_parent` is no earlier record")
    if batch is not None and not batch.first <= tail.seq < batch.first + batch.size:
        raise DataError("`_batch` does not hold its own record")
    if tail.keys and min(tail.keys.values()) < 0:
        raise DataError("`_keys` counts below nothing")
    for spans in (tail.spans, tail.rejected, tail.left):
        _check_ends(spans, meta.end - meta.start)
    return tail, size


def _build_record(text: str, tokens: tuple[Token, ...], tail: RecordTail) -> JournalRecord:
    meta, batch = tail.meta, tail.batch
    annotation = Annotation((), tail.answer, (), tail.note, tail.flagged).with_spans(tail.spans)
    if tail.rejected:
        annotation = annotation.with_rejected(tail.rejected)
    if tail.left or tail.covers is not None:
        annotation = replace(annotation, left=tail.left, covers=tail.covers)
    sentence = Sentence(meta.article, meta.index, meta.start, meta.end, text, tokens)
    return JournalRecord(
        seq=tail.seq,
        op=tail.op,
        annotated=AnnotatedSentence(sentence, annotation),
        parent=tail.parent,
        batch=(batch.first, batch.size) if batch is not None else None,
        annotator=tail.annotator,
        session=tail.session,
        time=float(tail.time),
        keystrokes=None if tail.keys is None else _keystroke_counts(tail.keys),
        assistance=_assistance(tail.assist) if tail.assist else None,
        carried_from=tail.carried_from,
        compared=tuple(sorted(tail.compared.items())) if tail.compared else (),
    )


def _assistance(assist: _Assist) -> Assistance:
    return Assistance(assist.suggestions == "shown", tuple(sorted(assist.sources.items())))


def _keystroke_counts(counts: dict[str, int]) -> KeystrokeCounts:
    """Return counted keys; a kind that this version does not know is a key of another kind."""
    known = {kind.value: counts.pop(kind.value, 0) for kind in KeystrokeKind}
    known[KeystrokeKind.OTHER.value] += sum(counts.values())
    return KeystrokeCounts(**known)


_KNOWN_OPS = frozenset(Op)
CRC_FIELD = re.compile(rb',"_crc":"[^"]{8}"\}\Z')


def has_valid_crc(raw: bytes) -> bool:
    """Return True if a line (without LF) ends with the checksum of what precedes it."""
    return raw[-CRC_LENGTH:] == b',"_crc":"%08x"}' % computed_crc(raw)


def computed_crc(raw: bytes) -> int:
    """Return the checksum that a line (without LF) should end with."""
    return crc32(raw[:-CRC_LENGTH])


def line_crc(raw: bytes) -> int:
    """Return the checksum that a line (without LF) with a valid one ends with."""
    return int(raw[-10:-2], 16)


def _crc_error(raw: bytes) -> RecordLineError:
    """Return why a line has no valid checksum; raises NewerFormatError."""
    if CRC_FIELD.search(raw):
        return RecordLineError("the checksum is wrong", torn=True)
    try:
        fields = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return RecordLineError("the line is cut short or overwritten", torn=True)
    _refuse_newer(raw)
    if isinstance(fields, dict) and fields.keys() & {"_v", "_seq"}:
        return RecordLineError("the checksum is missing", torn=True)
    return RecordLineError("this is JSON, but no journal line of Annotator")


def _refuse_newer(raw: bytes) -> None:
    """Raise NewerFormatError for a line that a later version has written."""
    try:
        fields = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return
    version = fields.get("_v") if isinstance(fields, dict) else None
    if isinstance(version, int) and version > JOURNAL_FORMAT:
        raise NewerFormatError(f"format {version}")
    op = fields.get("_op") if isinstance(fields, dict) else None
    if isinstance(version, int) and isinstance(op, str) and op not in _KNOWN_OPS:
        raise NewerFormatError(f"`_op` {op!r}")
