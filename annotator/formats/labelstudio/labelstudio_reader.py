"""From Label Studio's tasks to documents, one for each annotation of a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.errors import SourceError
from annotator.core.pluralize import pluralize
from annotator.core.spans import Span
from annotator.formats import span_fields
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.json_records import json_files, may_hold_json, read_json_records
from annotator.formats.labelstudio import text_fields
from annotator.formats.labelstudio.html_text import replace_pages_by_text
from annotator.formats.labelstudio.labelstudio_tasks import (
    EXPORT_PROJECT_AGAIN,
    LabelStudioTask,
    SortedResult,
    TaskAnnotation,
    TextRegion,
    detect_task,
    parse_task,
    sort_result,
    with_real_line_ends,
)
from annotator.formats.offset_units import (
    CODE_POINTS,
    CRLF_AS_ONE,
    UTF16,
    UTF16_CRLF_AS_ONE,
    OffsetUnit,
    OffsetUnitDetector,
    QuotedRange,
    UnitFit,
    get_requested_unit,
)

LABELSTUDIO_UNITS = (CODE_POINTS, UTF16, CRLF_AS_ONE, UTF16_CRLF_AS_ONE)

PAGE_TEXT_DIFFERS = "its place in the web page has other words"

PREDICTIONS_SKIPPED = "predictions are left out: {n} result{s} of models"
PREDICTION_ONLY = "a model's prediction on a task that nobody has annotated"
DIALOGUES_IN_UTF16 = "dialogues in whose paragraphs offsets count UTF-16 units: {n}"

_ANNOTATIONS_START = re.compile(r'"(?:annotations|completions)"\s*:\s*\[')
_RESULT_KEY = re.compile(r'"(?:was_cancelled|from_name|completed_by|lead_time)"\s*:')


def detect(sample: FileSample) -> str:
    """Return what of a file is Label Studio's, empty where nothing is."""
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
    tasks = [parse_task(row, where) for f in json_files(source) for where, row in read_json_records(f, log)]
    results = [[sort_result(annotation.results) for annotation in task.annotations] for task in tasks]
    keys = text_fields.TextFieldChooser()
    for task, found in zip(tasks, results, strict=True):
        keys.add_task(task.data, found)
    chosen = keys.choose(source.name) if tasks else {}
    pages = [replace_pages_by_text(task, found, chosen) for task, found in zip(tasks, results, strict=True)]
    reader = _LabelStudioReader(log, chosen)
    reader.unit = reader.file_unit([task for task, _ in pages], [found for _, found in pages], source.name)
    fields = sorted(set(chosen.values()))
    if fields not in ([], ["text"]):
        log.notes.append(f"texts are read from the field {', '.join(fields)}")
    for task, found in pages:
        yield from reader.documents(task, found)
    reader.add_notes()


class _LabelStudioReader(Struct):
    log: ConversionLog
    chosen: dict[str, str]
    """The key of the text by object of the labelling config."""
    unit: OffsetUnit = CODE_POINTS
    tally: span_fields.NoteCounter = field(default_factory=span_fields.NoteCounter)
    measured: Counter[OffsetUnit] = field(default_factory=Counter)

    # -- what the offsets count ----------------------------------------------------------------

    def file_unit(
        self, tasks: Sequence[LabelStudioTask], results: Sequence[Sequence[SortedResult]], where: str
    ) -> OffsetUnit:
        """Return the unit that most quotes of the file fit; without any, the one that word edges fit."""
        if requested := get_requested_unit():
            return requested
        fits: dict[OffsetUnit, UnitFit] = {}
        rest: list[span_fields.QuotedText] = []
        for task, found in zip(tasks, results, strict=True):
            for text, spans in self._evidence(task, found):
                if any(quote for _, _, quote in spans):
                    for unit, fit in _unit_fits(text, spans, CODE_POINTS).items():
                        fits[unit] = fits.get(unit, UnitFit()) + fit
                elif spans:
                    rest.append((text, spans))
        if fits:
            return max(LABELSTUDIO_UNITS, key=lambda u: fits.get(u, UnitFit()))
        return span_fields.unit_of_records(rest, lambda x: [x], LABELSTUDIO_UNITS, where, self.log)

    def _evidence(self, task: LabelStudioTask, found: Sequence[SortedResult]) -> Iterator[span_fields.QuotedText]:
        for result in found:
            for key in dict.fromkeys(self.chosen.values()):
                text = text_fields.field_text(task.data, key) or ""
                if _may_differ(text):
                    yield text, _quoted(text, (r for r in self._regions_in_text(result, key) if not r.paragraph))

    def _annotation_unit(self, text: str, regions: Sequence[TextRegion]) -> OffsetUnit:
        """Return the unit of one annotation: that of the file unless its own quotes fit another better."""
        quoted = _quoted(text, regions)
        if get_requested_unit() or not _may_differ(text) or not any(q for _, _, q in quoted):
            return self.unit
        fits = _unit_fits(text, quoted, self.unit)
        return max(fits, key=lambda u: (fits[u].exact_quotes, fits[u].near_quotes, u.scale == self.unit.scale))

    # -- documents -----------------------------------------------------------------------------

    def _regions_in_text(self, result: SortedResult, key: str) -> list[TextRegion]:
        return [r for r in result.spans if self.chosen[r.target] == key]

    def documents(self, task: LabelStudioTask, found: Sequence[SortedResult]) -> Iterator[Document]:
        """Yield a document for each annotation of each text of a task; an open one where there is none."""
        for thing, id_, size in task.others:
            self.tally.add(PREDICTIONS_SKIPPED, size if thing == "prediction" and task.annotations else 0)
            if thing == "prediction" and size and not task.annotations:
                self.log.leave_out(task.where, id_, PREDICTION_ONLY, kind=thing)
            if thing == "draft" and size:
                why = f"a draft that was never submitted ({pluralize(size, 'result')})"
                self.log.leave_out(task.where, id_, why, kind=thing)
        keys = list(dict.fromkeys(self.chosen.values()))
        pairs = list(zip(task.annotations, found, strict=True)) or [(TaskAnnotation([], answer=None), SortedResult())]
        for annotation, result in pairs:
            for thing, id_, why in result.others:
                self.log.leave_out(task.where, id_, why, kind=thing)
            for key in keys:
                yield from self._document(task, key, annotation, result, alone=len(keys) == 1)

    def _document(
        self, task: LabelStudioTask, key: str, annotation: TaskAnnotation, result: SortedResult, *, alone: bool
    ) -> Iterator[Document]:
        text, regions = text_fields.field_text(task.data, key), self._regions_in_text(result, key)
        if text is None:
            if regions:
                raise SourceError(f"the task has no text in `{key}`", where=task.where, do=EXPORT_PROJECT_AGAIN)
            self.tally.add("annotations whose texts are not in the file, with no span: {n}")
            return
        own = span_fields.first_string(task.data, "document_id") or task.id
        rest = {k: v for k, v in task.data.items() if k not in {key, "title", "document_id"}}
        yield Document(
            text,
            self._spans(task, key, text, regions),
            answer=annotation.answer,
            annotator=annotation.annotator,
            id=own if alone else f"{own}/{key}",
            title=span_fields.first_string(task.data, "title"),
            time=annotation.time,
            note="\n".join(result.notes),
            meta=span_fields.storable_fields(rest),
            where=task.where,
        )

    def _spans(self, task: LabelStudioTask, key: str, text: str, regions: Sequence[TextRegion]) -> tuple[Span, ...]:
        """Return the spans of one annotation, in the order of the file."""
        unit = self._annotation_unit(text, [r for r in regions if not r.paragraph])
        self.measured[unit] += bool(regions) and _may_differ(text)
        value = text_fields.field_value(task.data, key)
        inside = self._dialogue_unit(value, [r for r in regions if r.paragraph])
        out: list[Span] = []
        for region in regions:
            raw = _raw_span(region, value, inside)
            counted = CODE_POINTS if region.paragraph else unit
            span, _ = span_fields.convert_span(raw, text, task.where, counted)
            quote = with_real_line_ends(region.quote, text)
            wrong = span and quote and text[span.start : span.end].split() != quote.split()
            if region.in_page and (wrong or raw.start is None):
                self.log.read += 1
                id_ = span_fields.raw_span_id(region.raw)
                self.log.leave_out(task.where, id_, PAGE_TEXT_DIFFERS, region.quote or "")
                continue
            out += span_fields.convert_spans([replace(raw, quote=quote or "")], text, task.where, self.log, counted)
        return tuple(out)

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
        self.tally.add(DIALOGUES_IN_UTF16, unit == UTF16 and bool(regions) and _may_differ(text))
        return unit

    def add_notes(self) -> None:
        """Add the notes to the log."""
        self.tally.add_notes(self.log)
        if requested := get_requested_unit():
            self.log.notes.append(f"offsets count {requested}, as --offsets says")
        elif len({u for u, n in self.measured.items() if n}) > 1 or self.unit != CODE_POINTS:
            description = ", ".join(f"{u} in {n:,}" for u, n in self.measured.items() if n)
            self.log.notes.append(f"offsets are measured by quoted texts, annotation by annotation: {description}")


def _quoted(text: str, regions: Iterable[TextRegion]) -> list[QuotedRange]:
    """Return the ranges of regions with the texts that they quote."""
    return list(span_fields.quoted_ranges((r.raw, with_real_line_ends(r.quote, text)) for r in regions))


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


def _unit_fits(text: str, quoted: Sequence[QuotedRange], first: OffsetUnit) -> dict[OffsetUnit, UnitFit]:
    """Return how well the units fit one annotation; ``first`` alone where every quote is exactly there."""
    for units in ((first,), tuple(u for u in LABELSTUDIO_UNITS if "\r\n" in text or u in {CODE_POINTS, UTF16})):
        detector = OffsetUnitDetector(units)
        detector.add_text(text, quoted)
        if detector.fits[units[0]].exact_quotes == len(quoted):
            break
    return detector.fits
