"""Dataturks' JSON lines: ``content`` with ``annotation``, a list of labels and the points that they are on.

The end of a point is its last character, and each point quotes its words. A record whose ``annotation`` is null has
not been annotated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.formats import span_fields
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.json_records import may_hold_json
from annotator.formats.offset_units import ALL_OFFSET_UNITS, INCLUSIVE, UTF16_INCLUSIVE
from annotator.formats.timestamps import seconds_of_time

DATATURKS_UNITS = (INCLUSIVE, UTF16_INCLUSIVE, *(u for u in ALL_OFFSET_UNITS if u not in {INCLUSIVE, UTF16_INCLUSIVE}))
"""What the offsets may count, the tool's own unit first."""

NOT_ANNOTATED = "records that nobody has annotated, left open: {n}"

_KNOWN_FIELDS = frozenset({"content", "annotation", "extras", "metadata", "id"})
_TOOL_METADATA = frozenset(
    {"first_done_at", "last_updated_at", "sec_taken", "last_updated_by", "status", "evaluation", "evaluation_count"}
)
_EXPORT_AGAIN = "export the project from Dataturks again (JSON)"


def detect(sample: FileSample) -> str:
    """Return what of a file is Dataturks', empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold_json(sample.names):
        return ""
    rows = sample.json_values()
    return "its records have `content` and `annotation` with `points`" if any(map(_looks_alike, rows)) else ""


def _looks_alike(row: Any) -> bool:
    if not isinstance(row, dict) or not isinstance(row.get("content"), str) or "annotation" not in row:
        return False
    found = row["annotation"]
    if isinstance(found, list) and found:
        return any(isinstance(x, dict) and "points" in x for x in found)
    return found in (None, []) and ("extras" in row or isinstance(row.get("metadata"), dict))


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of a file; raises SourceError, with its place, for pictures and for what is no record."""
    unit, records = span_fields.read_records_with_unit(source, _quoted_texts, DATATURKS_UNITS, log)
    for where, row in records:
        text, found = _text(row, where), _annotations(row, where)
        metadata = row.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        raws = [raw for item in found or () for raw in _raw_spans(item, where, log)]
        log.count_note(NOT_ANNOTATED, found is None)
        rest = {k: v for k, v in row.items() if k not in _KNOWN_FIELDS}
        rest |= {k: v for k, v in metadata.items() if k not in _TOOL_METADATA}
        yield Document(
            text,
            span_fields.convert_spans(raws, text, where, log, unit),
            answer=_answer(found, metadata),
            annotator=span_fields.name_of(metadata.get("last_updated_by")),
            id=span_fields.name_of(row.get("id")),
            time=seconds_of_time(metadata.get("last_updated_at")),
            meta=span_fields.storable_fields({**rest, "extras": row["extras"]} if row.get("extras") else rest),
            where=where,
        )
    log.add_counted_notes()


def _text(row: Any, where: str) -> str:
    text = row.get("content") if isinstance(row, dict) else None
    if not isinstance(text, str):
        raise SourceError("the record has no `content`", where=where, do=_EXPORT_AGAIN)
    return text


def _annotations(row: Mapping[str, Any], where: str) -> list[dict[str, Any]] | None:
    """Return the record's annotations; None where nobody has annotated it."""
    found = row.get("annotation")
    if found is not None and not (isinstance(found, list) and all(isinstance(x, dict) for x in found)):
        raise SourceError("`annotation` must be a list of objects", where=where, do=_EXPORT_AGAIN)
    return found


def _answer(found: list[dict[str, Any]] | None, metadata: Mapping[str, Any]) -> Answer | None:
    status = span_fields.first_string(metadata, "status").lower()
    if status == "skipped":
        return Answer.IGNORE
    return Answer.ACCEPT if found is not None and status in {"", "done"} else None


def _labels(item: Mapping[str, Any]) -> list[Any]:
    """Return the labels of an annotation, None for one without."""
    found = item.get("label")
    labels = found if isinstance(found, list) else [found]
    return labels or [None]


def _raw_spans(item: Mapping[str, Any], where: str, log: ConversionLog) -> Iterator[span_fields.RawSpan]:
    """Yield a span for each label of each point; labels without points are of the whole text."""
    points = item.get("points")
    if not points:
        names = [{"id": label} for label in _labels(item) if label is not None]
        span_fields.record_unsupported(names, "text label", where, log)
        return
    if not isinstance(points, list) or not all(isinstance(p, dict) and "start" in p for p in points):
        raise SourceError("the points are no places in a text", where=where, do="import projects with texts only")
    for point in points:
        for label in _labels(item):
            quote = span_fields.first_string(point, "text")
            yield span_fields.RawSpan(point.get("start"), point.get("end"), label, quote=quote)


def _quoted_texts(row: Any) -> Iterator[span_fields.QuotedText]:
    try:
        text, found = _text(row, ""), _annotations(row, "")
        raws = [raw for item in found or () for raw in _raw_spans(item, "", ConversionLog())]
    except SourceError:  # reading raises the error, with its place
        return
    yield text, list(span_fields.quoted_ranges((raw, raw.quote) for raw in raws))
