"""A record as a journal line: Prodigy's fields, ours with an underscore, a CRC at the end."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
import orjson
from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.digest import text_digest
from annotator.core.edits import Op
from annotator.core.errors import JournalError, SourceError
from annotator.core.journal_record import JournalRecord, KeystrokeCounts, KeystrokeKind
from annotator.core.spans import Span
from annotator.core.tokens import Token, token_range, tokens_cover_text

# Stored tokens and sentences: ``sentences.jsonl`` and the journal write them alike.
#
# Lines are decoded typed, by msgspec, in a tenth of the time that it takes to look at each field by
# itself. Where it refuses one, the fields are looked at, to say what is wrong or to take what is not.


class DataError(ValueError):
    """Stored data that contradict each other or have the wrong type."""


Tokens = tuple[Token, ...]


class _TokenizedText(msgspec.Struct, gc=False):
    text: str
    tokens: Tokens


class _SentenceMeta(msgspec.Struct, gc=False):
    article: str
    index: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    start: int
    end: int


class _SentenceLine(msgspec.Struct, gc=False):
    id: str
    text: str
    tokens: Tokens
    meta: _SentenceMeta


_TEXT_DECODER = msgspec.json.Decoder(_TokenizedText)
_SENTENCE_DECODER = msgspec.json.Decoder(_SentenceLine)
_DECODE_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def encode_tokens(tokens: Sequence[Token]) -> list[dict[str, object]]:
    """Return the tokens with Prodigy's fields; offsets are code points of the sentence."""
    return [
        {"text": t.text, "start": t.start, "end": t.end, "id": i, "ws": t.ws} for i, t in enumerate(tokens)
    ]


def decode_tokenized_text(raw: bytes) -> tuple[str, Tokens]:
    """Return ``text`` and ``tokens`` of a JSON object; raises ValueError unless the one spells the other."""
    try:
        found = _TEXT_DECODER.decode(raw)
    except _DECODE_ERRORS:
        fields = orjson.loads(raw)
        text = require_str(fields, "text")
        return text, decode_tokens(fields.get("tokens"), text)
    if not tokens_cover_text(found.tokens, found.text):
        raise DataError("the tokens do not spell the text")
    return found.text, found.tokens


def decode_tokens(value: Any, text: str) -> Tokens:
    """Return the stored tokens; raises DataError unless they spell ``text`` exactly."""
    if not isinstance(value, list):
        raise DataError("`tokens` is no list")
    tokens = tuple(_decode_token(t) for t in value)
    if not tokens_cover_text(tokens, text):
        raise DataError("the tokens do not spell the text")
    return tokens


def _decode_token(value: Any) -> Token:
    if not isinstance(value, dict):
        raise DataError("a token is no object")
    return Token(
        require_str(value, "text"),
        require_int(value, "start"),
        require_int(value, "end"),
        require_bool(value, "ws"),
    )


def encode_sentence(sentence: Sentence) -> dict[str, object]:
    """Return a line of ``sentences.jsonl`` as an object; its place counts in the article's text."""
    return {
        "id": sentence.id,
        "text": sentence.text,
        "tokens": encode_tokens(sentence.tokens),
        "meta": {
            "article": sentence.article,
            "index": sentence.index,
            "start": sentence.start,
            "end": sentence.end,
        },
    }


def decode_sentence_fast(raw: bytes) -> Sentence | None:
    """Return the sentence of a line that is just as it should be; None where it has to be looked at."""
    try:
        found = _SENTENCE_DECODER.decode(raw)
    except _DECODE_ERRORS:
        return None
    at = found.meta
    sentence = Sentence(at.article, at.index, at.start, at.end, found.text, found.tokens)
    fits = at.start >= 0 and at.end - at.start == len(found.text) and found.id == sentence.id
    return sentence if fits and tokens_cover_text(found.tokens, found.text) else None


def decode_sentence(value: Mapping[str, Any]) -> Sentence:
    """Return the sentence of such a line; raises DataError where its parts contradict each other."""
    text = require_str(value, "text")
    sentence = build_sentence(require_dict(value, "meta"), text, decode_tokens(value.get("tokens"), text))
    if value.get("id") != sentence.id:
        raise DataError("`id` is not the place in `meta`")
    return sentence


def build_sentence(meta: Mapping[str, Any], text: str, tokens: Tokens) -> Sentence:
    """Return the sentence at the place that ``meta`` tells; raises DataError where the length differs."""
    start, end = require_int(meta, "start"), require_int(meta, "end")
    if start < 0 or end - start != len(text):
        raise DataError("`start` and `end` do not fit the text")
    return Sentence(require_str(meta, "article"), require_int(meta, "index"), start, end, text, tokens)


def require_str(value: Mapping[str, Any], key: str) -> str:
    """Return ``value[key]``; raises DataError unless it is a string."""
    found = value.get(key)
    if not isinstance(found, str):
        raise DataError(f"`{key}` is no text")
    return found


def require_int(value: Mapping[str, Any], key: str) -> int:
    """Return ``value[key]``; raises DataError unless it is a whole number."""
    found = value.get(key)
    if type(found) is not int:
        raise DataError(f"`{key}` is no whole number")
    return found


def require_bool(value: Mapping[str, Any], key: str) -> bool:
    """Return ``value[key]``; raises DataError unless it is true or false."""
    found = value.get(key)
    if not isinstance(found, bool):
        raise DataError(f"`{key}` is neither true nor false")
    return found


def require_dict(value: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return ``value[key]``; raises DataError unless it is an object."""
    found = value.get(key)
    if not isinstance(found, dict):
        raise DataError(f"`{key}` is no object")
    return found


JOURNAL_FORMAT = 1
"""The version that is written as ``_v``; a higher one is refused."""

_CRC_FIELD = re.compile(rb',"_crc":"([^"]{8})"\}\Z')
_BEFORE_SPANS = b'],"spans":['
"""Ends the part of a line that is the same in all records of a sentence (a quote in text is ``\\"``)."""


class RecordLineError(ValueError):
    """A line that is no valid record; ``torn`` where a write that was cut short can look like it."""

    def __init__(self, why: str, *, torn: bool = False) -> None:
        super().__init__(why)
        self.torn = torn


class NewerFormatError(ValueError):
    """A line of a format that this version does not know."""


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
    return b'%b,"_crc":"%08x"}\n' % (body, zlib.crc32(body))


def _record_fields(record: JournalRecord) -> dict[str, object]:
    s, annotation = record.annotated.sentence, record.annotated.annotation
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
        "_v": JOURNAL_FORMAT,
        "_seq": record.seq,
        "_digest": text_digest(s.text),
        "_op": record.op.value,
        "_parent": record.parent,
        "_batch": {"first": record.batch[0], "size": record.batch[1]} if record.batch else None,
    } | _optional_fields(s, annotation, record.keystrokes)


def _optional_fields(s: Sentence, annotation: Annotation, keys: KeystrokeCounts | None) -> dict[str, object]:
    """Return what few sentences have, so that the lines of the others stay short."""
    extras: dict[str, object] = {}
    if annotation.rejected:
        extras["rejected"] = [_encode_span(x, s) for x in annotation.rejected]
    if annotation.note:
        extras["note"] = annotation.note
    if annotation.flagged:
        extras["flagged"] = True
    if keys is not None:
        extras["_keys"] = {kind: n for kind, n in keys.counts().items() if n}
    return extras


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


class _RecordHead(Struct, frozen=True):
    """The part of a line before its spans, which is the same in all records of a sentence."""

    text: str
    digest: str
    tokens: tuple[Token, ...]


class RecordDecoder:
    """Turns lines into records; what records of one sentence share is parsed and kept once."""

    def __init__(self) -> None:
        self._heads: dict[bytes, _RecordHead] = {}

    def decode(self, raw: bytes) -> JournalRecord:
        """Return the record in a line (without LF); raises LineError or NewerError."""
        _check_crc(raw)
        at = raw.find(_BEFORE_SPANS)
        try:
            if at < 0:
                _refuse_newer(orjson.loads(raw))
                raise DataError("`spans` does not follow `tokens`")
            head = self._head(raw[: at + 1])
            return _build_record(orjson.loads(b"{" + raw[at + 2 :]), head)
        except NewerFormatError:
            raise
        except (ValueError, TypeError, SourceError) as error:
            raise RecordLineError(str(error)) from None

    def _head(self, raw: bytes) -> _RecordHead:
        key = hashlib.sha256(raw).digest()
        if key not in self._heads:
            text, tokens = decode_tokenized_text(raw + b"}")
            self._heads[key] = _RecordHead(text, text_digest(text), tokens)
        return self._heads[key]


def _build_record(fields: dict[str, Any], head: _RecordHead) -> JournalRecord:
    _refuse_newer(fields)
    if fields.get("_digest") != head.digest:
        raise DataError("the digest is not that of the text")
    meta = require_dict(fields, "meta")
    sentence = build_sentence(meta, head.text, head.tokens)
    if meta.get("sentence") != sentence.id:
        raise DataError("`sentence` is not the place in `meta`")
    answer = None if fields.get("answer") is None else Answer(require_str(fields, "answer"))
    spans = [_decode_span(x, len(head.text)) for x in fields["spans"]]
    rejected = [_decode_span(x, len(head.text)) for x in fields.get("rejected", ())]
    note = require_str(fields, "note") if "note" in fields else ""
    annotation = Annotation(answer=answer, note=note, flagged=fields.get("flagged") is True).with_spans(spans)
    seq = require_int(fields, "_seq")
    return JournalRecord(
        seq=seq,
        op=Op(require_str(fields, "_op")),
        annotated=AnnotatedSentence(sentence, annotation.with_rejected(rejected) if rejected else annotation),
        parent=_decode_parent(fields, seq),
        batch=_decode_batch(fields, seq),
        annotator=require_str(fields, "_annotator_id"),
        session=require_str(fields, "_session_id"),
        time=float(require_int(fields, "_timestamp")),
        keystrokes=_decode_keystroke_counts(fields),
    )


def _check_crc(raw: bytes) -> None:
    """Raise LineError or NewerError unless the line ends with the checksum of what stands before it."""
    found = _CRC_FIELD.search(raw, max(0, len(raw) - 32))
    if not found:
        raise _missing_crc_error(raw)
    if b"%08x" % zlib.crc32(memoryview(raw)[: found.start()]) != found.group(1):
        raise RecordLineError("the checksum is wrong", torn=True)


def _missing_crc_error(raw: bytes) -> RecordLineError:
    try:
        fields = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return RecordLineError("the line is cut short or overwritten", torn=True)
    _refuse_newer(fields)
    if isinstance(fields, dict) and fields.keys() & {"_v", "_seq"}:
        return RecordLineError("the checksum is missing", torn=True)
    return RecordLineError("this is JSON, but no journal line of Annotator")


def _refuse_newer(fields: Any) -> None:
    version = fields.get("_v") if isinstance(fields, dict) else None
    if isinstance(version, int) and version > JOURNAL_FORMAT:
        raise NewerFormatError(f"format {version}")
    op = fields.get("_op") if isinstance(fields, dict) else None
    if version == JOURNAL_FORMAT and isinstance(op, str) and op not in _KNOWN_OPS:
        raise NewerFormatError(f"`_op` {op!r}")


_KNOWN_OPS = frozenset(op.value for op in Op)


def _decode_span(value: Any, length: int) -> Span:
    if not isinstance(value, dict):
        raise DataError("a span is no object")
    source = value.get("source", "")
    span = Span(
        require_int(value, "start"), require_int(value, "end"), require_str(value, "label"), str(source)
    )
    if span.end > length:
        raise ValueError("a span ends after the text")
    return span


def _decode_parent(fields: Mapping[str, Any], seq: int) -> int | None:
    if fields.get("_parent") is None:
        return None
    parent = require_int(fields, "_parent")
    if not 1 <= parent < seq:
        raise ValueError("`_parent` is no earlier record")
    return parent


def _decode_batch(fields: Mapping[str, Any], seq: int) -> tuple[int, int] | None:
    if fields.get("_batch") is None:
        return None
    batch = require_dict(fields, "_batch")
    first, size = require_int(batch, "first"), require_int(batch, "size")
    if not first <= seq < first + size:
        raise ValueError("`_batch` does not hold its own record")
    return (first, size)


def _decode_keystroke_counts(fields: Mapping[str, Any]) -> KeystrokeCounts | None:
    """Return the counted keys; a kind that is not known is a key of another kind."""
    if fields.get("_keys") is None:
        return None
    counts = require_dict(fields, "_keys")
    known = {kind.value: require_int(counts, kind.value) for kind in KeystrokeKind if kind.value in counts}
    strange = sum(require_int(counts, kind) for kind in counts if kind not in known)
    keys = KeystrokeCounts(**known)
    if min(*keys.counts().values(), strange) < 0:
        raise ValueError("`_keys` counts below nothing")
    return replace(keys, other=keys.other + strange)
