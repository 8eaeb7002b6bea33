"""JSONL, or a JSON list, of ``{"text", "spans"}`` as people, and language models, write it themselves.

``text`` may be called ``document``, ``sentence`` or ``content``, and ``spans`` ``entities``, ``ents``,
``annotations`` or ``mentions``. A span is ``[start, end, label]``, perhaps with the label first or a quote behind, or
an object whose keys have one of several names, a length in place of the end among them; or a label with the words
that it is on, and no offsets. ``spans`` may also be an object of what there is of each label. The unit of the offsets
follows from the texts that spans quote, if they do, else from the edges of words: code points unless another unit is
plainly better.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.tokens import Token
from annotator.formats import argilla, doccano, prodigy, span_fields
from annotator.formats.document import ConversionLog, Document
from annotator.formats.format_writing import record_unsupported_fields, supported_spans, write_json_lines
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.json_records import may_hold_json
from annotator.formats.offset_units import ALL_OFFSET_UNITS, OffsetUnit
from annotator.formats.span_alignment import find_words, spelling_tokens
from annotator.formats.unread_spans import END_KEYS, LABEL_KEYS, START_KEYS, record_unread_spans

PLAIN_UNITS = ALL_OFFSET_UNITS

TOKENS_SKIPPED = "texts whose tokens do not spell them, so that the tokens were not taken: {n}"
PREDICTED_TEXTS = "texts whose spans a model has made, with `score` and `word`, which stay open: {n}"
OPEN_TEXTS = "texts without information on spans, which the file leaves open: {n}"

_TEXT_KEYS = ("text", "document", "sentence", "content")
_SPAN_KEYS = ("spans", "entities", "ents")
_OTHER_SPAN_KEYS = ("annotations", "annotation", "mentions")
"""Keys of spans where their lists hold some."""
_LENGTH_KEYS = ("length", "len")
_UNPLACED_QUOTE_KEYS = ("entity", "value", "name", "span", "phrase")
"""What the words are called too, where a span has no offsets."""
_KNOWN_KEYS = frozenset({"text", "id", "meta", "tokens", "title", "annotator", "note", "flagged", "time", *_SPAN_KEYS})
_OTHER_TOOL_KEYS = frozenset({"annotation_id", "lead_time", "paragraphs"})
_EXPECTED_RECORD = "give each text as {“text”: …, “spans”: [[start, end, label], …]}"


def detect(sample: FileSample) -> str:
    """Return what of a file makes it texts with spans, empty where nothing or another tool does."""
    if (sample.is_folder or sample.is_zip) and not may_hold_json(sample.names):
        return ""
    if prodigy.detect(sample) or doccano.detect(sample) or argilla.detect(sample):
        return ""
    return next((why for why in map(_detect_row, sample.json_values()) if why), "")


def _detect_row(row: Any) -> str:
    text = _text_key(row) if isinstance(row, dict) else ""
    if not text or row.keys() & _OTHER_TOOL_KEYS:
        return ""
    if isinstance(row.get("ents"), list) and "tokens" in row:
        return ""  # spaCy's own
    listed = ((k, _span_list(row[k])) for k in _span_fields(row))
    key, found = next(((k, found) for k, found in listed if found is not None), ("", []))
    return f"its records have `{text}` and `{key}`" if key and all(map(_looks_like_span, found)) else ""


def _text_key(row: Mapping[str, Any]) -> str:
    """Return the key of a record's text; empty where it has none."""
    keys = _TEXT_KEYS if row.get("text") is None else ("text",)
    return next((k for k in keys if isinstance(row.get(k), str)), "")


def _looks_like_span(item: Any) -> bool:
    if isinstance(item, list):
        return len(item) == 3 or (len(item) == 4 and isinstance(item[3], str))
    return isinstance(item, dict) and (any(key in item for key in START_KEYS) or _is_quoted_label(item))


def _is_quoted_label(item: dict[str, Any]) -> bool:
    """Return True if an object is a label with the words that it is on."""
    return any(raw.quote.strip() and span_fields.name_of(raw.label).strip() for raw in _raw_spans(item))


def _span_fields(row: Mapping[str, Any]) -> list[str]:
    """Return the fields that hold the spans of a record."""
    found = [k for k in _SPAN_KEYS if row.get(k) is not None]
    others = (
        k for k in _OTHER_SPAN_KEYS if isinstance(row.get(k), list) and row[k] and all(map(_looks_like_span, row[k]))
    )
    return [*found, *others]


def _span_list(value: Any) -> list[Any] | None:
    """Return a list of spans, which may be an object of what there is of each label; None for anything else."""
    if isinstance(value, list) or not isinstance(value, dict):
        return value if isinstance(value, list) else None
    found = ((label, x) for label, listed in value.items() for x in (listed if isinstance(listed, list) else [listed]))
    items = [_labelled_item(label, x) for label, x in found if x is not None]
    return items if None not in items else None


def _labelled_item(label: str, item: Any) -> Any:
    """Return a span of a label that is its words, its offsets or an object; None for anything else."""
    if isinstance(item, str):
        return {"text": item, "label": label}
    if isinstance(item, list):
        return [*item, label] if len(item) == 2 and all(type(n) is int for n in item) else None
    return {"label": label, **item} if isinstance(item, dict) else None


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of a file; raises SourceError, with its place, for what is no text with spans."""
    unit, records = span_fields.read_records_with_unit(source, _quoted_texts, PLAIN_UNITS, log)
    for where, row in records:
        yield _document(row, where, unit, log)
    log.add_counted_notes()


def _document(row: Any, where: str, unit: OffsetUnit, log: ConversionLog) -> Document:
    key = _text_key(row) if isinstance(row, dict) else ""
    if not key:
        raise SourceError("the record has no `text`", where=where, do=_EXPECTED_RECORD)
    text = row[key]
    found = _spans_of_record(row, where)
    log.count_note(OPEN_TEXTS, found is None)
    is_predicted = bool(found) and all(map(_is_of_pipeline, found or ()))
    log.count_note(PREDICTED_TEXTS, is_predicted)
    own = span_fields.storable_fields(row.get("meta"))
    known = {*_KNOWN_KEYS, key, *_span_fields(row)}
    record_unread_spans(row, known, text, where, log, unit)
    return Document(
        text,
        span_fields.convert_spans((raw for x in found or () for raw in _raw_spans(x, text)), text, where, log, unit),
        tokens=_record_tokens(row, text, log),
        answer=None if found is None or is_predicted else Answer.ACCEPT,
        annotator=span_fields.first_string(row, "annotator"),
        id=span_fields.name_of(row.get("id")) or span_fields.name_of(own.get("id")),
        title=span_fields.first_string(row, "title") or span_fields.first_string(own, "title"),
        time=span_fields.seconds_of(row.get("time")),
        note=span_fields.first_string(row, "note"),
        flagged=row.get("flagged") is True,
        meta={**span_fields.storable_fields({k: v for k, v in row.items() if k not in known}), **own},
        where=where,
    )


def _is_of_pipeline(item: Any) -> bool:
    """Return True if a span is as pipelines of transformers return it."""
    return (
        isinstance(item, dict) and item.keys() >= {"score", "word"} and bool(item.keys() & {"entity", "entity_group"})
    )


def _spans_of_record(row: Mapping[str, Any], where: str) -> list[Any] | None:
    """Return the spans under all the names that they may have, None where there is no such field."""
    lists = [_span_list(row[k]) for k in _span_fields(row)]
    if None in lists:
        raise SourceError("`spans` must be a list", where=where, do=_EXPECTED_RECORD)
    return [item for found in lists for item in found or ()] if lists else None


def _raw_spans(item: Any, text: str = "") -> Iterator[span_fields.RawSpan]:
    """Yield a span for each label of an item, one without a label where there is none."""
    raw = _raw_span(item, text)
    several = item.get("labels") if isinstance(item, dict) and raw.label is None else None
    for label in several if isinstance(several, list) and several else [raw.label]:
        yield replace(raw, label=label)


def _raw_span(item: Any, text: str) -> span_fields.RawSpan:
    if isinstance(item, dict):
        raw = span_fields.raw_span(item, START_KEYS, END_KEYS, LABEL_KEYS)
        start, end = span_fields.offset_number(raw.start), raw.end
        size = span_fields.offset_number(span_fields.first_value(item, _LENGTH_KEYS))
        if end is None and start is not None and size is not None:
            end = start + size
        source, group = span_fields.first_string(item, "source"), span_fields.first_string(item, "group")
        raw = replace(raw, end=end, source=source, group=group)
        return _with_quote(raw, item) if raw.start is None and end is None and not raw.quote else raw
    return _listed_span(item, text)


def _listed_span(item: Any, text: str) -> span_fields.RawSpan:
    """Return a span that is a list: two offsets, a label, and perhaps the words, in any order of the names.

    Of two names the one that is at the offsets, whatever their unit, is the words; else the one behind the other.
    """
    raw = span_fields.raw_span(item)
    values = item if isinstance(item, list) else []
    numbers = [x for x in values if isinstance(x, int) and not isinstance(x, bool)]
    names = [x for x in values if isinstance(x, str)]
    if len(numbers) != 2 or not names or len(values) > 4:
        quote = values[3] if len(values) > 3 and isinstance(values[3], str) else ""
        return replace(raw, quote=quote, is_quote_sure=False)
    first, last = names[0], names[1] if len(names) > 1 else ""
    start, end = numbers
    there = text[max(start - 1, 0) : max(end + 1, 0)]
    is_first = len(first) >= end - start - 1 and first in there and last not in there
    label, quote = (last, first) if last and is_first else (first, last)
    return span_fields.RawSpan(start, end, label, quote=quote, is_quote_sure=False)


def _with_quote(raw: span_fields.RawSpan, item: dict[str, Any]) -> span_fields.RawSpan:
    """Return a span without offsets with its words, which may be under a name that is a label's elsewhere."""
    key = next((k for k in _UNPLACED_QUOTE_KEYS if isinstance(item.get(k), str)), "")
    label = span_fields.first_value(item, (k for k in LABEL_KEYS if k != key))
    is_labelled = label is not None or isinstance(item.get("labels"), list)
    return replace(raw, quote=item[key], label=label) if key and is_labelled else raw


def _quoted_texts(row: Any) -> Iterator[span_fields.QuotedText]:
    key = _text_key(row) if isinstance(row, dict) else ""
    if not key:
        return
    lists = [_span_list(row[k]) for k in _span_fields(row)]
    pairs = [(_raw_span(x, row[key]), x) for found in lists for x in found or ()]
    may_be_quotes = ((raw, raw.quote or (x.get("value") if isinstance(x, dict) else None)) for raw, x in pairs)
    yield row[key], list(span_fields.quoted_ranges(may_be_quotes))


def _record_tokens(row: Mapping[str, Any], text: str, log: ConversionLog) -> tuple[Token, ...]:
    """Return the record's tokens, words or objects, by finding them in the text one after the other."""
    found = row.get("tokens")
    if not isinstance(found, list) or not found:
        return ()
    words = [span_fields.first_string(x, "text") if isinstance(x, dict) else x for x in found]
    is_text = all(isinstance(w, str) and w for w in words)
    ranges = find_words(text, words, to_end=False) if is_text else None
    log.count_note(TOKENS_SKIPPED, ranges is None)
    return spelling_tokens(text, ranges or ())


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write ``annotations.jsonl`` to the folder ``out``: a text with its spans a line, each quoted."""
    return write_json_lines(out / "annotations.jsonl", (_plain_record(d, log) for d in documents))


def _plain_record(document: Document, log: ConversionLog) -> dict[str, Any]:
    record_unsupported_fields(document, "plain", log, has_groups=True)
    spans = []
    for s in supported_spans(document, document.spans, log):
        more = {name: value for name, value in (("source", s.source), ("group", s.group)) if value}
        quote = document.text[s.start : s.end]
        spans.append({"start": s.start, "end": s.end, "label": s.label, "text": quote, **more})
    row = {
        "id": document.id,
        "text": document.text,
        "spans": spans,
        "title": document.title,
        "annotator": document.annotator,
        "note": document.note,
        "meta": dict(document.meta),
    }
    return {key: value for key, value in row.items() if value or key in {"text", "spans"}}
