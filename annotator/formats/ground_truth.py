"""Amazon SageMaker Ground Truth's manifests of text spans: ``source`` and, by the job's name, ``annotations``.

The metadata of a job, under its name with ``-metadata``, states whether people have annotated a text. What a model
has labelled by itself is a prediction; a text that failed stays open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.formats import span_fields
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.json_records import may_hold_json
from annotator.formats.offset_units import CODE_POINTS, UTF16, OffsetUnit
from annotator.formats.predictions import predicted_span
from annotator.formats.timestamps import seconds_of_time

GROUND_TRUTH_UNITS = (CODE_POINTS, UTF16)

FAILED = "texts that the labelling job has not finished, left open: {n}"

_METADATA = "-metadata"
_EXPORT_AGAIN = "take the job's output.manifest again"


def detect(sample: FileSample) -> str:
    """Return what of a file is a manifest of text spans, empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold_json(sample.names):
        return ""
    rows = (row for row in sample.json_values() if isinstance(row, dict) and isinstance(row.get("source"), str))
    job = next((name for row in rows for name in _jobs(row) if _entities(row, name) is not None), "")
    return f"its records have `source` and the labels of the job {job}" if job else ""


def _jobs(row: Mapping[str, Any]) -> list[str]:
    """Return the names of the jobs of whose labels a record has the metadata."""
    return [k.removesuffix(_METADATA) for k, v in row.items() if k.endswith(_METADATA) and isinstance(v, dict)]


def _entities(row: Mapping[str, Any], job: str) -> list[Any] | None:
    """Return the spans of a job, None where it has none to judge."""
    labels = row.get(job)
    found = labels.get("annotations") if isinstance(labels, dict) else None
    entities = found.get("entities") if isinstance(found, dict) else None
    return entities if isinstance(entities, list) else None


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield a document for each job that has labelled a text; raises SourceError for what is no record."""
    unit, records = span_fields.read_records_with_unit(source, _quoted_texts, GROUND_TRUTH_UNITS, log)
    for where, row in records:
        text = row.get("source") if isinstance(row, dict) else None
        if not isinstance(text, str):
            raise SourceError("the record has no `source` with a text", where=where, do=_EXPORT_AGAIN)
        jobs = _jobs(row)
        known = {"source", *(name for job in jobs for name in (job, job + _METADATA))}
        rest = span_fields.storable_fields({k: v for k, v in row.items() if k not in known})
        for job in jobs or [""]:
            yield _document(row, job, Document(text, meta=rest, answer=None, where=where), unit, log)
    log.add_counted_notes()


def _document(row: Mapping[str, Any], job: str, whole: Document, unit: OffsetUnit, log: ConversionLog) -> Document:
    found, metadata = _entities(row, job), row.get(job + _METADATA) or {}
    is_human = span_fields.first_string(metadata, "human-annotated").lower() != "no"
    log.count_note(FAILED, found is None)
    raws = [span_fields.raw_span(x, ("startOffset",), ("endOffset",)) for x in found or ()]
    if not is_human:
        scores = metadata.get("entities")
        scores = scores if isinstance(scores, list) and len(scores) == len(raws) else [None] * len(raws)
        known = [x.get("confidence") if isinstance(x, dict) else None for x in scores]
        return replace(
            whole,
            predictions=tuple(
                predicted_span(raw, job, score, whole.text, whole.where, unit)
                for raw, score in zip(raws, known, strict=True)
            ),
        )
    return replace(
        whole,
        spans=span_fields.convert_spans(raws, whole.text, whole.where, log, unit),
        answer=None if found is None else Answer.ACCEPT,
        annotator=job,
        time=seconds_of_time(metadata.get("creation-date")),
    )


def _quoted_texts(row: Any) -> Iterator[span_fields.QuotedText]:
    if isinstance(row, dict) and isinstance(text := row.get("source"), str):
        for job in _jobs(row):
            raws = (span_fields.raw_span(x, ("startOffset",), ("endOffset",)) for x in _entities(row, job) or ())
            yield text, list(span_fields.quoted_ranges((raw, raw.quote) for raw in raws))
