"""From doccano's rows to documents, one for each annotator of a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.formats.doccano import row as fields
from annotator.formats.document import ConversionLog, Document
from annotator.formats.evidence import unit_of_records
from annotator.formats.fields import RawSpan, NoteCounter, name_of, whole_number, convert_spans, first_string, record_unsupported
from annotator.formats.rows import ambiguous_records, json_files, may_hold_json, read_json_records
from annotator.formats.sample import FileSample
from annotator.formats.source import ImportSource
from annotator.formats.units import CODE_POINTS, CRLF_AS_ONE, GRAPHEMES, UTF16, OffsetUnit

DOCCANO_UNITS = (CODE_POINTS, GRAPHEMES, UTF16, CRLF_AS_ONE)

NO_RELATIONS = "relations between spans have no place here"
NO_TEXT_LABELS = "a label for the whole text has no place here"

OPEN_DOCCANO_TEXTS = (
    "texts without a span, which the file leaves open because doccano doesn't say whether anybody has read "
    "them: {n}"
)
NUMERIC_LABELS = (
    "labels are numbers, whose names stand in the project's label file; give them with --map: {n} span{s}"
)

_SHARED_FILE_NAMES = {"all", "unknown"}


def detect(sample: FileSample) -> str:
    """Return what of a file is doccano's, empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold_json(sample.names):
        return ""
    records = [r for r in sample.json_values() if isinstance(r, dict)]
    if any(r.keys() & {"_task_hash", "_input_hash"} or r.get("answer") in [*Answer] for r in records):
        return ""
    return next((why for why in map(_detect_row, records) if why), "")


def _detect_row(row: dict[str, Any]) -> str:
    is_text = bool(fields.text_field(row))
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
        if isinstance(found, list) and all(isinstance(x, list) and len(x) == 3 for x in found):
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
    files = json_files(source)
    names = _label_names(files) if packed else {}
    files = [f for f in files if not packed or not _label_definitions(f)]
    found = chain.from_iterable(ambiguous_records(f) for f in files)
    reader = _DoccanoReader(log, unit_of_records(found, fields.row_quoted_text, DOCCANO_UNITS, source.name, log), names)
    for file in files:
        who = file.base.rpartition(".")[0] if packed else ""
        for where, row in read_json_records(file, log):
            yield from reader.documents(row, "" if who in _SHARED_FILE_NAMES else who, where)
    reader.tally.add_notes(log)


def _label_names(files: list[ImportSource]) -> dict[str, str]:
    """Return the names of label ids, from the label files beside the rows."""
    return {name_of(d.get("id")): first_string(d, "text") for f in files for d in _label_definitions(f)}


def _label_definitions(file: ImportSource) -> list[dict[str, Any]]:
    """Return the label definitions of a label file, none for any other."""
    found = file.sample().json_values(most=10_000)
    are = found and all(isinstance(d, dict) and "id" in d and _LABEL_FILE_KEYS & d.keys() for d in found)
    return found if are else []


_LABEL_FILE_KEYS = {"background_color", "backgroundColor", "suffix_key", "suffixKey"}


@dataclass(slots=True)
class _DoccanoReader:
    log: ConversionLog
    unit: OffsetUnit
    names: dict[str, str]
    tally: NoteCounter = field(default_factory=NoteCounter)

    def documents(self, row: Any, who: str, where: str) -> Iterator[Document]:
        """Yield the documents of a row, one for each annotator whom its spans name."""
        if not isinstance(row, dict):
            raise SourceError("a row must be a JSON object", where=where, do=fields.EXPORT_AGAIN)
        text = fields.row_text(row, where)
        spans, labels = fields.row_spans(row, where)
        relations = row.get("relations")
        record_unsupported(relations if isinstance(relations, list) else [], "relation", NO_RELATIONS, where, self.log)
        record_unsupported(labels, "text label", NO_TEXT_LABELS, where, self.log)
        meta = fields.row_meta(row)
        for user, raw_spans in (spans or {"": []}).items():
            yield Document(
                text,
                convert_spans(map(self._named, raw_spans), text, where, self.log, self.unit),
                answer=Answer.ACCEPT if raw_spans else None,
                annotator=user or who,
                id=name_of(row.get("id")),
                title=first_string(meta, "title"),
                note=fields.row_note(row),
                meta=meta,
                where=where,
            )
            self.tally.add(OPEN_DOCCANO_TEXTS, not raw_spans)

    def _named(self, raw: RawSpan) -> RawSpan:
        """Return the span with its label's name, where the label is an id."""
        if whole_number(raw.label) is None:
            return raw
        description = self.names.get(name_of(raw.label))
        self.tally.add(NUMERIC_LABELS, not description)
        return RawSpan(raw.start, raw.end, description or raw.label, raw.source, raw.id)
