"""From doccano's rows to documents, one for each annotator of a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.formats.doccano import row as fields
from annotator.formats.document import Account, Document
from annotator.formats.evidence import unit_of
from annotator.formats.fields import Raw, Tally, name, offset, spans_of, string, things
from annotator.formats.rows import differing, files_of, may_hold, rows
from annotator.formats.sample import Sample
from annotator.formats.source import Source
from annotator.formats.units import CODE_POINTS, CRLF_AS_ONE, GRAPHEMES, UTF16, Unit

ALLOWED = (CODE_POINTS, GRAPHEMES, UTF16, CRLF_AS_ONE)

RELATION = "relations between spans have no place here"
TEXT_LABEL = "a label for the whole text has no place here"

OPEN = (
    "texts without a span, which the file leaves open because doccano doesn't say whether anybody has read "
    "them: {n}"
)
NUMBERS = (
    "labels are numbers, whose names stand in the project's label file; give them with --map: {n} span{s}"
)

_EVERYBODY = {"all", "unknown"}


def looks(sample: Sample) -> str:
    """Return what of a file is doccano's, empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold(sample.names):
        return ""
    records = [r for r in sample.json_values() if isinstance(r, dict)]
    if any(r.keys() & {"_task_hash", "_input_hash"} or r.get("answer") in [*Answer] for r in records):
        return ""
    return next((why for why in map(_looks, records) if why), "")


def _looks(row: dict[str, Any]) -> str:
    is_text = bool(fields.text_key(row))
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


def read(source: Source, log: Account) -> Iterator[Document]:
    """Yield the documents of a JSONL file, a JSON list, a zip or a folder of them.

    Raises SourceError, with file and line, for a row that is not doccano's.
    """
    packed = source.is_folder or source.is_zip
    files = files_of(source)
    names = _label_names(files) if packed else {}
    files = [f for f in files if not packed or not _definitions(f)]
    found = chain.from_iterable(differing(f) for f in files)
    reader = _Reader(log, unit_of(found, fields.evidence, ALLOWED, source.name, log), names)
    for file in files:
        who = file.base.rpartition(".")[0] if packed else ""
        for where, row in rows(file, log):
            yield from reader.documents(row, "" if who in _EVERYBODY else who, where)
    reader.tally.add_notes(log)


def _label_names(files: list[Source]) -> dict[str, str]:
    """Return the names of label ids, from the label files beside the rows."""
    return {name(d.get("id")): string(d, "text") for f in files for d in _definitions(f)}


def _definitions(file: Source) -> list[dict[str, Any]]:
    """Return the label definitions of a label file, none for any other."""
    found = file.sample().json_values(most=10_000)
    are = found and all(isinstance(d, dict) and "id" in d and _COLOURS & d.keys() for d in found)
    return found if are else []


_COLOURS = {"background_color", "backgroundColor", "suffix_key", "suffixKey"}


@dataclass(slots=True)
class _Reader:
    log: Account
    unit: Unit
    names: dict[str, str]
    tally: Tally = field(default_factory=Tally)

    def documents(self, row: Any, who: str, where: str) -> Iterator[Document]:
        """Yield the documents of a row, one for each annotator whom its spans name."""
        if not isinstance(row, dict):
            raise SourceError("a row must be a JSON object", where=where, do=fields.AGAIN)
        text = fields.text_of(row, where)
        spans, labels = fields.spans_of_row(row, where)
        relations = row.get("relations")
        things(relations if isinstance(relations, list) else [], "relation", RELATION, where, self.log)
        things(labels, "text label", TEXT_LABEL, where, self.log)
        meta = fields.meta_of(row)
        for user, raw_spans in (spans or {"": []}).items():
            yield Document(
                text,
                spans_of(map(self._named, raw_spans), text, where, self.log, self.unit),
                answer=Answer.ACCEPT if raw_spans else None,
                annotator=user or who,
                id=name(row.get("id")),
                title=string(meta, "title"),
                note=fields.note_of(row),
                meta=meta,
                where=where,
            )
            self.tally.add(OPEN, not raw_spans)

    def _named(self, raw: Raw) -> Raw:
        """Return the span with its label's name, where the label is an id."""
        if offset(raw.label) is None:
            return raw
        description = self.names.get(name(raw.label))
        self.tally.add(NUMBERS, not description)
        return Raw(raw.start, raw.end, description or raw.label, raw.source, raw.id)
