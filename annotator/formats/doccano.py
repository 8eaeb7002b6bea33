"""doccano's JSONL: ``label`` with ``[start, end, "LABEL"]``, or ``entities``, or the old ``annotations``.

The text is ``text``, in some exports ``data``.

An export is a zip with one member an annotator, or ``all.jsonl``. Nothing in it quotes the text, and
offsets count code points, graphemes (``grapheme_mode``) or, in files that went through JavaScript,
UTF-16 units; where texts have characters that make a difference, the words at the spans' edges decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.metadata_names import merge_metadata, user_metadata
from annotator.formats import format_writing, span_fields
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.json_records import json_files, may_hold_json, read_json_records, readable_records
from annotator.formats.offset_units import CODE_POINTS, CRLF_AS_ONE, GRAPHEMES, UTF16, OffsetUnit
from annotator.formats.unread_spans import record_unread_spans

# -- the fields of a row, of whatever version --

EXPORT_AGAIN = "export the project from doccano again (JSONL)"

_SPAN_KEYS = ("label", "labels", "entities", "annotations")
_KNOWN_KEYS = frozenset({*_SPAN_KEYS, "text", "relations", "Comments", "comments", "meta", "id"})

_TOOL_KEYS = frozenset({"data", "filename", "answer", "annotation_approver", "_input_hash", "_task_hash"})
_RESERVED_COLUMNS = _KNOWN_KEYS | _TOOL_KEYS | {"annotator"}
"""What a row has of its own, and what would make it look like another tool's."""

SpansByAnnotator = dict[str, list[span_fields.RawSpan]]
"""Spans by annotator; the name is empty where the row names nobody."""


def text_field(row: dict[str, Any]) -> str:
    """Return the name of the field with the text: ``data`` in some exports; empty where none is one."""
    if isinstance(row.get("text"), str):
        return "text"
    is_data = row.get("text") is None and isinstance(row.get("data"), str) and row.keys() & {*_SPAN_KEYS}
    return "data" if is_data else ""


def doccano_text(row: dict[str, Any], where: str) -> str:
    """Return the row's text; raises SourceError for a project that has pictures or sounds."""
    if key := text_field(row):
        return str(row[key])
    if isinstance(row.get("filename"), str):
        raise SourceError("the row names a file, not a text", where=where, do="import projects with texts only")
    raise SourceError("the row has no `text`", where=where, do=EXPORT_AGAIN)


def row_spans(row: dict[str, Any], where: str) -> tuple[SpansByAnnotator, list[Any]]:
    """Return the spans by annotator, and what is a label of the whole text.

    Raises SourceError where a list of spans is something else.
    """
    spans: SpansByAnnotator = {}
    others: list[Any] = []
    for key in _SPAN_KEYS:
        found = row.get(key)
        if found is None:
            continue
        if not isinstance(found, list):
            if key not in {"label", "labels"} or isinstance(found, dict):
                raise SourceError(f"`{key}` must be a list", where=where, do=EXPORT_AGAIN)
            found = [found]
        for item in found:
            is_text_label = isinstance(item, dict) and "label" in item and not _OFFSET_KEYS & item.keys()
            if isinstance(item, list | dict) and not is_text_label:
                who = span_fields.name_of(item.get("user")) if isinstance(item, dict) else ""
                raw = span_fields.raw_span(item, ("start_offset", "start"), ("end_offset", "end"))
                spans.setdefault(who, []).append(raw)
            else:
                others.append(item)
    return spans, others


_OFFSET_KEYS = {"start_offset", "end_offset", "start", "end"}


def row_note(row: dict[str, Any]) -> str:
    """Return the comments, a line each."""
    found = row.get("Comments", row.get("comments"))
    listed = found if isinstance(found, list) else [found]
    texts = (span_fields.first_string(x, "text", "comment") if isinstance(x, dict) else x for x in listed)
    return "\n".join(x for x in texts if isinstance(x, str) and x)


def row_meta(row: dict[str, Any], annotator: str = "") -> dict[str, Any]:
    """Return the metadata: the old ``meta`` and the columns of newer versions, without the annotator's name."""
    own = row.get("meta")
    columns = {k: v for k, v in row.items() if k not in _KNOWN_KEYS and k != text_field(row)}
    if annotator and columns.get("annotator") == annotator:
        del columns["annotator"]
    fields = {**columns, **(own if isinstance(own, dict) else {})}
    return span_fields.storable_fields(user_metadata(fields, _RESERVED_COLUMNS | {"title"}))


def row_quoted_text(row: Any) -> Iterator[span_fields.QuotedText]:
    """Yield the text of a row and the ranges of its spans; doccano itself quotes nothing."""
    if not isinstance(row, dict) or not (key := text_field(row)):
        return
    try:
        spans, _ = row_spans(row, "")
    except SourceError:  # reading raises the error, with its place
        return
    for raw_spans in spans.values():
        yield row[key], list(span_fields.quoted_ranges((raw, raw.quote) for raw in raw_spans))


def _annotator_name(row: dict[str, Any], file: str) -> str:
    """Return the annotator of a row: the file's, whose name may be that of the column made safe."""
    column = span_fields.first_string(row, "annotator")
    return column if column and file in {"", format_writing.safe_file_name(column)} else file


# From documents to doccano's rows: JSONL as its importer takes it, one file an annotator.


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write ``<annotator>.jsonl``, or ``all.jsonl`` for nobody's, to the folder ``out``; return the files."""
    rows: dict[str, list[bytes]] = {}
    for document in documents:
        row = orjson.dumps(doccano_row(document, log)) + b"\n"
        rows.setdefault(format_writing.safe_file_name(document.annotator) or "all", []).append(row)
    files = {out / f"{name}.jsonl": b"".join(lines) for name, lines in (rows or {"all": []}).items()}
    return [format_writing.write_whole_file(path, data) for path, data in files.items()]


def doccano_row(document: Document, log: ConversionLog) -> dict[str, Any]:
    """Return the row of a document; what it cannot hold is listed."""
    spans = format_writing.supported_spans(document, document.spans, log)
    format_writing.record_unsupported_fields(document, "doccano", log, "accept" if spans else None)
    names = {"id": document.id, "title": document.title, "annotator": document.annotator}
    own = {k: v for k, v in names.items() if v}
    labels = [[s.start, s.end, s.label] for s in spans]
    comments = [document.note] if document.note else []
    columns = {"text": document.text, "label": labels, "Comments": comments}
    return {**merge_metadata(own, document.meta, _RESERVED_COLUMNS, {"title"}), **columns}


# From doccano's rows to documents, one for each annotator of a text.


DOCCANO_UNITS = (CODE_POINTS, GRAPHEMES, UTF16, CRLF_AS_ONE)


OPEN_DOCCANO_TEXTS = (
    "texts without a span, which the file leaves open because doccano doesn't record whether anybody has read them: {n}"
)
NUMERIC_LABELS = "labels are numbers, whose names are in the project's label file; give them with --map: {n} span{s}"

_SHARED_FILE_NAMES = {"all", "unknown"}


def detect(sample: FileSample) -> str:
    """Return what of a file is doccano's, empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold_json(sample.names):
        return ""
    records = [r for r in sample.json_values() if isinstance(r, dict)]
    if any(r.keys() & {"_task_hash", "_input_hash"} or r.get("answer") in [*Answer] for r in records):
        return ""
    listed = [(k, r[k]) for r in records for k in ("label", "labels") if text_field(r) and isinstance(r.get(k), list)]
    has_objects = any(isinstance(x, dict) for _, found in listed for x in found)
    empty = next((f"its lines have `{k}` with nothing in it" for k, found in listed if not found), "")
    return next((why for why in map(_detect_row, records) if why), "" if has_objects else empty)


def _detect_row(row: dict[str, Any]) -> str:
    is_text = bool(text_field(row))
    if not is_text and not isinstance(row.get("filename"), str):
        return ""
    if isinstance(row.get("Comments"), list):
        return "its lines have `Comments`"
    if "annotation_approver" in row:
        return "its lines have `annotation_approver`"
    if not is_text:
        return ""
    for key in ("label", "labels"):
        found = row.get(key)
        if isinstance(found, list) and found and all(isinstance(x, list) and len(x) == 3 for x in found):
            return f"its lines have `{key}` with [start, end, label]"
    for key in ("entities", "annotations"):
        found = row.get(key)
        if isinstance(found, list) and any(isinstance(x, dict) and "start_offset" in x for x in found):
            return f"its lines have `{key}` with `start_offset`"
    return ""


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of a JSONL file, a JSON list, a zip or a folder of them.

    Raises SourceError, with file and line, for a row that is not doccano's.
    """
    packed = source.is_folder or source.is_zip
    files = json_files(source, log)
    definitions = [d for f in files for d in _label_definitions(f)] if packed else []
    names = {span_fields.name_of(d.get("id")): span_fields.first_string(d, "text") for d in definitions}
    files = [f for f in files if not packed or not _label_definitions(f)]
    found = chain.from_iterable(readable_records(f) for f in files)
    unit = span_fields.unit_of_records(found, row_quoted_text, DOCCANO_UNITS, source.name, log)
    reader = _DoccanoReader(log, unit, names)
    for file in files:
        who = file.base.rpartition(".")[0] if packed else ""
        for where, row in read_json_records(file, log):
            yield from reader.documents(row, "" if who in _SHARED_FILE_NAMES else who, where)
    log.add_counted_notes()


def _label_definitions(file: ImportSource) -> list[dict[str, Any]]:
    """Return the label definitions of a label file, none for any other."""
    found = file.sample().json_values(most=10_000)
    are = found and all(isinstance(d, dict) and "id" in d and _LABEL_FILE_KEYS & d.keys() for d in found)
    return found if are else []


_LABEL_FILE_KEYS = {"background_color", "backgroundColor", "suffix_key", "suffixKey"}


class _DoccanoReader(Struct):
    log: ConversionLog
    unit: OffsetUnit
    names: dict[str, str]

    def documents(self, row: Any, who: str, where: str) -> Iterator[Document]:
        """Yield the documents of a row, one for each annotator whom its spans name."""
        if not isinstance(row, dict):
            raise SourceError("a row must be a JSON object", where=where, do=EXPORT_AGAIN)
        text = doccano_text(row, where)
        spans, labels = row_spans(row, where)
        span_fields.record_unsupported(row.get("relations"), "relation", where, self.log)
        span_fields.record_unsupported(labels, "text label", where, self.log)
        record_unread_spans(row, _SPAN_KEYS, text, where, self.log, self.unit)
        for user, raw_spans in (spans or {"": []}).items():
            annotator = user or _annotator_name(row, who)
            meta = row_meta(row, annotator)
            yield Document(
                text,
                span_fields.convert_spans(map(self._named, raw_spans), text, where, self.log, self.unit),
                answer=Answer.ACCEPT if raw_spans else None,
                annotator=annotator,
                id=span_fields.name_of(row.get("id")),
                title=span_fields.first_string(row, "title") or span_fields.first_string(meta, "title"),
                note=row_note(row),
                meta=meta,
                where=where,
            )
            self.log.count_note(OPEN_DOCCANO_TEXTS, not raw_spans)

    def _named(self, raw: span_fields.RawSpan) -> span_fields.RawSpan:
        """Return the span with its label's name, where the label is an id."""
        if span_fields.whole_number(raw.label) is None:
            return raw
        description = self.names.get(span_fields.name_of(raw.label))
        self.log.count_note(NUMERIC_LABELS, not description)
        return replace(raw, label=description or raw.label)
