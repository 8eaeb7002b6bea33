"""Potato's annotations: a line a text in ``annotated_instances.jsonl``, in a folder for each annotator.

Version 2 writes ``user_state.json`` and ``annotations.jsonl`` instead, whose spans name a text by its id alone: the
texts are in the project's data files, which must be in the folder. Offsets are counted in the text without the HTML
tags that it may be shown with.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.formats import span_fields
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.json_records import json_files, may_hold_json, read_json_records
from annotator.formats.offset_units import ALL_OFFSET_UNITS, CODE_POINTS, OffsetUnitDetector

OPEN_TEXTS = "texts on which no span is marked, in a file without any span, left open: {n}"
TAGS_TAKEN_OFF = "texts whose spans count them without HTML tags, which were taken off: {n}"
ALL_ANNOTATORS = (
    "annotated_instances.jsonl of all annotators is not read: the folders beside it have the same, by annotator"
)

_FILE = "annotated_instances.jsonl"
_USER_FILES = ("annotation_order.txt", "assigned_user_data.json", "user_state.json")
"""What Potato puts beside the file of one annotator."""
_STATE_SPANS = "instance_id_to_span_to_value"
_LABEL_KEYS = ("annotation", "label", "name")
_KNOWN_FIELDS = frozenset(
    {"id", "displayed_text", "span_annotations", "label_annotations", "behavioral_data", "instance_id", "user_id"}
    | {"labels", "spans", "links", "annotator_origin", "user"}
)
_EXPORT_AGAIN = "copy the project's folder `annotation_output` again"
_NO_TEXTS = "put the project's data files (with `id` and `text`) into the folder, and name the folder"
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


class PotatoRecord(Struct, frozen=True):
    """One annotator's work on one text."""

    where: str
    id: str
    annotator: str
    text: str | None
    """None where the file has its id alone."""
    spans: tuple[span_fields.RawSpan, ...]
    labels: tuple[str, ...]
    """The questions about the whole text that are answered."""
    meta: Mapping[str, Any]


def detect(sample: FileSample) -> str:
    """Return what of a file is Potato's, empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold_json(sample.names):
        return ""
    return next((why for row in sample.json_values() if isinstance(row, dict) and (why := _row_kind(row))), "")


def _row_kind(row: Mapping[str, Any]) -> str:
    """Return what makes a row Potato's; empty if nothing does."""
    if "displayed_text" in row and row.keys() & {"span_annotations", "label_annotations"}:
        return "its records have `displayed_text` and `span_annotations`"
    if _STATE_SPANS in row:
        return f"it has `{_STATE_SPANS}`"
    if {"instance_id", "user_id", "spans"} <= row.keys() and isinstance(row["spans"], dict):
        return "its records have `instance_id`, `user_id` and `spans`"
    return ""


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of a file, or of all annotators' files in a folder or a zip.

    Raises SourceError for spans whose texts are not there, and for what is no record.
    """
    texts: dict[str, str] = {}
    records = [r for file in _files(source, log) for r in _records(file, source, texts, log)]
    records = [_with_text(record, texts) for record in _each_once(records, texts)]
    has_spans = any(record.spans for record in records)
    plain = [_without_tags(record, log) for record in records]
    unit = span_fields.unit_of_records(plain, _quoted_texts, ALL_OFFSET_UNITS, source.name, log)
    for record in plain:
        text = record.text or ""
        names = [{"id": name} for name in record.labels]
        span_fields.record_unsupported(names, "text label", record.where, log)
        log.count_note(OPEN_TEXTS, not has_spans)
        yield Document(
            text,
            span_fields.convert_spans(record.spans, text, record.where, log, unit),
            answer=Answer.ACCEPT if has_spans else None,
            annotator=record.annotator,
            id=record.id,
            meta=span_fields.storable_fields(record.meta),
            where=record.where,
        )
    log.add_counted_notes()


def _files(source: ImportSource, log: ConversionLog) -> list[ImportSource]:
    """Return the files to read: that of all annotators only where none has one of their own."""
    files = json_files(source)
    own = [f for f in files if f.base == _FILE and _folder_in(f, source)]
    if not own or len(own) == len([f for f in files if f.base == _FILE]):
        return files
    log.notes.append(ALL_ANNOTATORS)
    return [f for f in files if f.base != _FILE or f in own]


def _folder_in(file: ImportSource, source: ImportSource) -> str:
    """Return the folder that a file is in, inside the source; of a file alone, its own if it is an annotator's."""
    if file == source:
        is_own = any((file.path.parent / name).is_file() for name in _USER_FILES)
        return file.path.parent.name if is_own else ""
    inside = file.member or str(file.path.relative_to(source.path))
    folder = inside.rpartition("/")[0].rpartition("/")[2]
    if folder or file.member:
        return folder
    return source.path.name if any((source.path / name).is_file() for name in _USER_FILES) else ""


def _records(
    file: ImportSource, source: ImportSource, texts: dict[str, str], log: ConversionLog
) -> Iterator[PotatoRecord]:
    """Yield the records of a file; of a data file, put its texts into ``texts`` by their ids."""
    who = _folder_in(file, source)
    for where, row in read_json_records(file, log):
        kind = _row_kind(row) if isinstance(row, dict) else ""
        if not kind and file == source:
            raise SourceError("the record is none of Potato's", where=where, do=_EXPORT_AGAIN)
        if kind and _STATE_SPANS in row:
            yield from _state_records(row, who, where)
        elif kind:
            yield _record(row, who, where)
        elif isinstance(row, dict) and (text := span_fields.first_string(row, "text")):
            texts[span_fields.name_of(row.get("id"))] = text


def _record(row: Mapping[str, Any], who: str, where: str) -> PotatoRecord:
    text = row.get("displayed_text")
    if text is not None and not isinstance(text, str):
        raise SourceError("`displayed_text` is no text", where=where, do="import projects with one text an instance")
    named = span_fields.first_value(row, ("user_id", "user"))
    answered = row.get("label_annotations", row.get("labels"))
    return PotatoRecord(
        where,
        span_fields.name_of(span_fields.first_value(row, ("id", "instance_id"))),
        span_fields.name_of(named) or who,
        text,
        tuple(_raw_spans(row.get("span_annotations", row.get("spans")), where)),
        tuple(k for k, v in answered.items() if v) if isinstance(answered, dict) else (),
        {k: v for k, v in row.items() if k not in _KNOWN_FIELDS},
    )


def _state_records(row: Mapping[str, Any], who: str, where: str) -> Iterator[PotatoRecord]:
    """Yield a record for each text in the state of one annotator."""
    user = span_fields.name_of(row.get("user_id")) or who
    spans, labels = (
        x if isinstance(x := row.get(k), dict) else {} for k in (_STATE_SPANS, "instance_id_to_label_to_value")
    )
    for name in dict.fromkeys([*spans, *labels]):
        answered = labels.get(name)
        asked = tuple(k for k, v in answered.items() if v) if isinstance(answered, dict) else ()
        place = f"{where}, {name}"
        yield PotatoRecord(place, name, user, None, tuple(_raw_spans(spans.get(name), place)), asked, {})


def _raw_spans(found: Any, where: str) -> Iterator[span_fields.RawSpan]:
    """Yield the spans of a text: a list, or lists by question; a span may have its value beside it."""
    items = [x for listed in found.values() for x in _listed(listed)] if isinstance(found, dict) else _listed(found)
    for item in items:
        span = item[0] if isinstance(item, list) and item else item
        if not isinstance(span, dict):
            raise SourceError("a span must be a JSON object", where=where, do=_EXPORT_AGAIN)
        quote = span_fields.first_string(span, "span", "text")
        yield replace(span_fields.raw_span(span, labels=_LABEL_KEYS), quote=quote)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _each_once(records: Sequence[PotatoRecord], texts: dict[str, str]) -> list[PotatoRecord]:
    """Return the records that no file of the annotator's has with its text; add these texts to ``texts``."""
    whole = {(r.annotator, r.id): r.text for r in records if r.text is not None}
    texts |= {id_: text for (_, id_), text in whole.items() if text is not None and id_ not in texts}
    return [r for r in records if r.text is not None or (r.annotator, r.id) not in whole]


def _with_text(record: PotatoRecord, texts: Mapping[str, str]) -> PotatoRecord:
    """Return the record with the text of its id; raises SourceError where that is not there."""
    if record.text is not None:
        return record
    if record.id not in texts:
        raise SourceError(f"the text of {record.id!r} is not in the file", where=record.where, do=_NO_TEXTS)
    return replace(record, text=texts[record.id])


def _without_tags(record: PotatoRecord, log: ConversionLog) -> PotatoRecord:
    """Return the record with its text as its spans count it: without HTML tags, if that has their words."""
    text = record.text or ""
    shown = html.unescape(_TAG.sub("", text))
    if shown == text or _fit(replace(record, text=shown)) <= _fit(record):
        return record
    log.count_note(TAGS_TAKEN_OFF)
    return replace(record, text=shown)


def _fit(record: PotatoRecord) -> int:
    """Return how many spans of a record are where the words are that they quote."""
    detector = OffsetUnitDetector((CODE_POINTS,))
    for text, quoted in _quoted_texts(record):
        detector.add_text(text, quoted)
    return sum(fit.exact_quotes for fit in detector.fits.values())


def _quoted_texts(record: PotatoRecord) -> Iterator[span_fields.QuotedText]:
    yield record.text or "", list(span_fields.quoted_ranges((raw, raw.quote) for raw in record.spans))
