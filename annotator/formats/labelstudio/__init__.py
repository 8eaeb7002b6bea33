"""Label Studio's JSON (tasks with annotations, older: completions), and JSON_MIN, CSV and TSV (a row an annotation).

Which field of a task is its text is defined in the labelling config, which no export holds; it follows
from the texts that spans quote. Offsets count code points, in older versions UTF-16 units, and one file may
hold both: each annotation whose spans quote their text is measured by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import orjson
from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.metadata_names import merge_metadata, user_metadata
from annotator.core.pluralize import pluralize
from annotator.core.spans import Span
from annotator.formats import span_fields
from annotator.formats.carried_metadata import record_lost_fields
from annotator.formats.document import ConversionLog, Document, PredictedSpan
from annotator.formats.format_writing import record_unsupported_fields, supported_spans, write_whole_file
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.json_records import json_files, may_hold_json, read_json_records
from annotator.formats.labelstudio import text_fields
from annotator.formats.labelstudio.labelstudio_tasks import (
    EXPORT_PROJECT_AGAIN,
    LabelStudioTask,
    SortedResult,
    TaskAnnotation,
    TextRegion,
    detect_task,
    parse_min_row,
    parse_task,
)
from annotator.formats.labelstudio.table_rows import detect_table, is_table_name, table_records
from annotator.formats.offset_units import (
    CODE_POINTS,
    CRLF_AS_ONE,
    QUOTED_UNITS,
    UTF16,
    UTF16_CRLF_AS_ONE,
    OffsetUnit,
    OffsetUnitDetector,
    QuotedRange,
    get_requested_unit,
    quotes_agree,
)
from annotator.formats.predictions import predicted_span
from annotator.formats.unread_files import note_unread_files

__all__ = ["detect", "read", "write"]


# From documents to Label Studio's tasks, with the labelling config that they need beside them.
#
# The annotator is in a field of ours: Label Studio refuses a whole import for the address of a user
# whom it doesn't know. A known-wrong span and a rejected text have no place.


_RESERVED_FIELDS = frozenset({"text", "title", "document_id"})
_INVALID_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write ``annotations.json``, a task a text with an annotation for each annotator, and the config."""
    tasks: dict[bytes, dict[str, Any]] = {}
    labels: set[str] = set()
    notes = False
    for n, document in enumerate(documents):
        data = _task_data(document)
        key = orjson.dumps(data) if document.id else b"%d" % n
        task = tasks.setdefault(key, {"id": len(tasks) + 1, "data": data, "annotations": []})
        spans = supported_spans(document, document.spans, log)
        labels |= {s.label for s in spans}
        notes = notes or bool(document.note)
        is_answered = document.answer is not None or spans or document.note
        restored = Answer.IGNORE if document.answer is Answer.IGNORE else Answer.ACCEPT if is_answered else None
        record_unsupported_fields(document, "Label Studio", log, restored, has_groups=True)
        if is_answered:
            task["annotations"].append(_task_annotation(document, spans))
        else:
            record_lost_fields(document, "a task without annotation", log, "annotator")
    config = _labelling_config(sorted(labels), notes=notes)
    listed = orjson.dumps(list(tasks.values()), option=orjson.OPT_INDENT_2) + b"\n"
    files = {"annotations.json": listed, "labelling-config.xml": config.encode()}
    return [write_whole_file(out / name, data) for name, data in files.items()]


def _task_data(document: Document) -> dict[str, Any]:
    own = {"text": document.text, "document_id": document.id, "title": document.title}
    return merge_metadata({k: v for k, v in own.items() if v or k == "text"}, document.meta, _RESERVED_FIELDS)


def _task_annotation(document: Document, spans: list[Span]) -> dict[str, Any]:
    results = [_span_result(document.text, s, n) for n, s in enumerate(spans, 1)]
    if document.note:
        note = {"id": "note", "type": "textarea", "from_name": "note", "to_name": "text"}
        results.append({**note, "value": {"text": [document.note]}})
    when = datetime.fromtimestamp(document.time, UTC).isoformat() if 0 < document.time < 1e11 else ""
    return {
        "result": results,
        "was_cancelled": document.answer is Answer.IGNORE,
        **({"annotator": document.annotator} if document.annotator else {}),
        **({"created_at": when} if when else {}),
    }


def _span_result(text: str, span: Span, number: int) -> dict[str, Any]:
    more = {name: value for name, value in (("source", span.source), ("group", span.group)) if value}
    return {
        "id": f"span-{number}",
        "type": "labels",
        "from_name": "label",
        "to_name": "text",
        "origin": "prediction" if span.source else "manual",
        **({"meta": more} if more else {}),
        "value": {"start": span.start, "end": span.end, "text": text[span.start : span.end], "labels": [span.label]},
    }


def _labelling_config(labels: list[str], *, notes: bool) -> str:
    """Return the labelling config: the labels, in order, over the text."""
    # Characters that XML cannot hold become U+FFFD.
    values = [quoteattr(_INVALID_IN_XML.sub("\ufffd", label)) for label in labels]
    rows = "".join(f"    <Label value={value}/>\n" for value in values)
    note = '  <TextArea name="note" toName="text" placeholder="Note"/>\n' if notes else ""
    head, text = '<View>\n  <Labels name="label" toName="text">\n', '  <Text name="text" value="$text"/>\n'
    return f"{head}{rows}  </Labels>\n{text}{note}</View>\n"


# From Label Studio's tasks to documents, one for each annotation of a text.


LABELSTUDIO_UNITS = (CODE_POINTS, UTF16, CRLF_AS_ONE, UTF16_CRLF_AS_ONE)

DIALOGUES_IN_UTF16 = "dialogues in whose paragraphs offsets count UTF-16 units: {n}"

_ANNOTATIONS_START = re.compile(r'"(?:annotations|completions)"\s*:\s*\[')
_RESULT_KEY = re.compile(r'"(?:was_cancelled|from_name|completed_by|lead_time)"\s*:')


def detect(sample: FileSample) -> str:
    """Return what of a file is Label Studio's, empty where nothing is."""
    if why := detect_table(sample):
        return why
    if (sample.is_folder or sample.is_zip) and not may_hold_json(sample.names):
        return ""
    found = sample.json_values()
    if why := next((why for why in map(detect_task, found) if why), ""):
        return why
    start = sample.text.lstrip()
    is_cut = not found and start[:1] in {"[", "{"}
    if is_cut and _ANNOTATIONS_START.search(start) and _RESULT_KEY.search(start):
        return "its first task has `annotations` with Label Studio's fields"
    return ""


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of a file, or of the JSON files in a folder or a zip.

    Raises SourceError for tasks without texts, such as those of pictures and sounds, and for what
    is no task.
    """
    tasks = list(_tasks(source, log))
    keys = text_fields.TextFieldChooser()
    for task in tasks:
        keys.add_task(task)
    chosen = keys.choose(source.name) if tasks else {}
    tasks = [text_fields.replace_pages_by_text(task, chosen) for task in tasks]
    reader = _LabelStudioReader(log, chosen)
    reader.unit = reader.file_unit(tasks, source.name)
    fields = sorted(set(chosen.values()))
    if fields not in ([], ["text"]):
        log.notes.append(f"texts are read from the field {', '.join(fields)}")
    for task in tasks:
        yield from reader.documents(task)
    reader.add_notes()


def _tasks(source: ImportSource, log: ConversionLog) -> Iterator[LabelStudioTask]:
    files, is_single = source.files(), not (source.is_folder or source.is_zip)
    tables = [f for f in files if (is_single or is_table_name(f.base)) and detect_table(f.sample())]
    records = [f for f in files if f not in tables and (is_single or may_hold_json([f.base]))]
    note_unread_files(files, [*tables, *records], log)
    for file in tables:
        yield from (parse_min_row(row, where) for where, row in table_records(file))
    for file in records if tables else json_files(source):
        yield from (parse_task(row, where) for where, row in read_json_records(file, log))


class _LabelStudioReader(Struct):
    log: ConversionLog
    chosen: dict[str, str]
    """The key of the text by object of the labelling config."""
    unit: OffsetUnit = CODE_POINTS
    measured: Counter[OffsetUnit] = field(default_factory=Counter)
    is_quoted: bool = False
    """Whether the unit was chosen by what spans quote."""

    # -- what the offsets count ----------------------------------------------------------------

    def file_unit(self, tasks: Iterable[LabelStudioTask], where: str) -> OffsetUnit:
        """Return the unit that most quotes of the file fit; without any, the one that word edges fit."""
        if requested := get_requested_unit():
            return requested
        detector = OffsetUnitDetector(LABELSTUDIO_UNITS, QUOTED_UNITS)
        rest: list[span_fields.QuotedText] = []
        for text, spans in chain.from_iterable(map(self._evidence, tasks)):
            if not any(quote for _, _, quote in spans):
                rest += [(text, spans)] if spans else []
            elif not _may_differ(text) and quotes_agree(text, spans):
                detector.add_agreeing(spans)
            else:
                detector.add_text(text, spans)
        self.is_quoted = detector.quotes > 0
        if self.is_quoted:
            return detector.best_unit()
        return span_fields.unit_of_records(rest, lambda x: [x], LABELSTUDIO_UNITS, where, self.log)

    def _evidence(self, task: LabelStudioTask) -> Iterator[span_fields.QuotedText]:
        for annotation in task.all_annotations:
            for key in dict.fromkeys(self.chosen.values()):
                text = text_fields.field_text(task.data, key) or ""
                yield text, _quoted(text, (r for r in self._regions_in_text(annotation, key) if not r.paragraph))

    def _annotation_unit(self, text: str, regions: Sequence[TextRegion]) -> OffsetUnit:
        """Return the unit of one annotation: that of the file unless its own quotes fit another better."""
        quoted = _quoted(text, regions)
        if get_requested_unit() or not any(q for _, _, q in quoted):
            return self.unit
        own = OffsetUnitDetector((self.unit,))
        own.add_text(text, quoted)
        if own.fits[self.unit].exact_quotes == sum(bool(q) for _, _, q in quoted):
            return self.unit
        detector = OffsetUnitDetector((self.unit, *(u for u in LABELSTUDIO_UNITS if u != self.unit)), QUOTED_UNITS)
        detector.add_text(text, quoted)
        return detector.best_unit()

    # -- documents -----------------------------------------------------------------------------

    def _regions_in_text(self, annotation: TaskAnnotation, key: str) -> list[TextRegion]:
        return [r for r in annotation.result.spans if text_fields.text_key(r, self.chosen) == key]

    def documents(self, task: LabelStudioTask) -> Iterator[Document]:
        """Yield a document for each annotation of each text of a task; an open one where there is none."""
        for id_, size in task.drafts:
            if size:
                why = f"a draft that was never submitted ({pluralize(size, 'result')})"
                self.log.leave_out(task.where, id_, why, kind="draft")
        others = sum(len(p.annotation.result.others) for p in task.predictions)
        self.log.count_note("results of models that are no spans, and left out: {n}", others)
        keys = list(dict.fromkeys(self.chosen.values()))
        for n, annotation in enumerate(task.annotations or [TaskAnnotation(SortedResult(), answer=None)]):
            for thing, id_, why in annotation.result.others:
                self.log.leave_out(task.where, id_, why, kind=thing)
            for key in keys:
                for document in self._document(task, key, annotation, alone=len(keys) == 1):
                    predicted = () if n else tuple(self._predicted_spans(task, key, document.text))
                    yield replace(document, predictions=predicted)

    def _document(
        self, task: LabelStudioTask, key: str, annotation: TaskAnnotation, *, alone: bool
    ) -> Iterator[Document]:
        text, regions = text_fields.field_text(task.data, key), self._regions_in_text(annotation, key)
        if text is None:
            if regions:
                raise SourceError(f"the task has no text in `{key}`", where=task.where, do=EXPORT_PROJECT_AGAIN)
            self.log.count_note("annotations whose texts are not in the file, with no span: {n}")
            return
        own = span_fields.first_string(task.data, "document_id") or task.id
        rest = {k: v for k, v in task.data.items() if k not in {key, "title", "document_id"}}
        rest = user_metadata(rest, _RESERVED_FIELDS)
        yield Document(
            text,
            self._spans(task, key, text, regions),
            answer=annotation.answer,
            annotator=annotation.annotator,
            id=own if alone else f"{own}/{key}",
            title=span_fields.first_string(task.data, "title"),
            time=annotation.time,
            note="\n".join(annotation.result.notes),
            meta=span_fields.storable_fields(rest),
            where=task.where,
        )

    def _spans(self, task: LabelStudioTask, key: str, text: str, regions: Sequence[TextRegion]) -> tuple[Span, ...]:
        """Return the spans of one annotation, in the order of the file."""
        unit = self._annotation_unit(text, [r for r in regions if not r.paragraph])
        self.measured[unit] += bool(regions) and (_may_differ(text) or unit not in LABELSTUDIO_UNITS)
        value = text_fields.field_value(task.data, key)
        in_paragraphs = [r for r in regions if r.paragraph]
        inside = self._dialogue_unit(value, in_paragraphs)
        found: tuple[Span, ...] = ()
        for group, counted in (([r for r in regions if not r.paragraph], unit), (in_paragraphs, CODE_POINTS)):
            raws = [replace(_raw_span(r, value, inside), quote=r.quote_for(text) or "") for r in group]
            found += span_fields.convert_spans(raws, text, task.where, self.log, counted)
        return found

    def _predicted_spans(self, task: LabelStudioTask, key: str, text: str) -> Iterator[PredictedSpan]:
        """Yield what models have predicted for a text; a region without a score has that of its prediction."""
        value = text_fields.field_value(task.data, key)
        for prediction in task.predictions:
            regions = self._regions_in_text(prediction.annotation, key)
            unit = self._annotation_unit(text, [r for r in regions if not r.paragraph])
            inside = self._dialogue_unit(value, [r for r in regions if r.paragraph])
            for region in regions:
                raw = replace(_raw_span(region, value, inside), quote=region.quote_for(text) or "", source="")
                score = prediction.score if region.score is None else region.score
                counted = CODE_POINTS if region.paragraph else unit
                yield predicted_span(raw, prediction.model, score, text, task.where, counted)

    def _dialogue_unit(self, value: Any, regions: Sequence[TextRegion]) -> OffsetUnit:
        """Return what offsets inside the paragraphs of a dialogue count, decided by their quotes.

        Label Studio counts UTF-16 units there, as browsers do; programs that write for it may not.
        """
        if requested := get_requested_unit():
            return requested
        tried = (UTF16, CODE_POINTS)
        text = "\n".join(text_fields.dialogue_paragraphs(value))
        fits = {u: sum(_is_quote_in_place(text, _raw_span(r, value, u), r) for r in regions) for u in tried}
        unit = max(tried, key=lambda u: fits[u])
        self.log.count_note(DIALOGUES_IN_UTF16, unit == UTF16 and bool(regions) and _may_differ(text))
        return unit

    def add_notes(self) -> None:
        """Add the notes to the log."""
        self.log.add_counted_notes()
        if requested := get_requested_unit():
            self.log.notes.append(f"offsets count {requested}, given by --offsets")
        elif self.is_quoted and (len({u for u, n in self.measured.items() if n}) > 1 or self.unit != CODE_POINTS):
            description = ", ".join(f"{u} in {n:,}" for u, n in self.measured.items() if n)
            self.log.notes.append(f"offsets are measured by quoted texts, annotation by annotation: {description}")


def _quoted(text: str, regions: Iterable[TextRegion]) -> list[QuotedRange]:
    """Return the ranges of regions with the texts that they quote."""
    return list(span_fields.quoted_ranges((r.raw, r.quote_for(text)) for r in regions))


def _raw_span(region: TextRegion, value: Any, unit: OffsetUnit) -> span_fields.RawSpan:
    """Return a region as the text counts it; ``unit`` is what counts inside a dialogue's paragraphs."""
    if region.paragraph is None:
        return region.raw
    start, end = text_fields.dialogue_offsets(value, region, unit)
    return replace(region.raw, start=start, end=end)


def _is_quote_in_place(text: str, raw: span_fields.RawSpan, region: TextRegion) -> bool:
    """Return True if a region's quote is at its place in the joined text, blanks levelled."""
    if raw.start is None or raw.end is None or not region.quote:
        return False
    return text[raw.start : raw.end].split() == region.quote.split()


def _may_differ(text: str) -> bool:
    return "\r\n" in text or max(text, default="") >= "\U00010000"
