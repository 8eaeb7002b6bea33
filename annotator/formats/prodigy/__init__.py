"""Prodigy's JSONL: one task a line, offsets in code points, ``token_end`` inclusive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.ledger import Outcome
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.formats import span_fields
from annotator.formats.document import ANSWERED_IGNORE, ConversionLog, ConversionLogEntry, Document, span_entry
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.json_records import may_hold_json
from annotator.formats.offset_units import CODE_POINTS, UTF16, OffsetUnit
from annotator.formats.prodigy import prodigy_task as fields
from annotator.formats.prodigy.prodigy_task import EXPORT_TASKS_AGAIN, TaskRange, TaskView, task_view, write
from annotator.formats.span_alignment import spelling_tokens

__all__ = ["detect", "read", "write"]


# From Prodigy's tasks to documents, every span counted.
#
# Manual tasks are yielded as they come. Binary ones are merged by text and annotator and follow at
# the end. A reviewed task yields the reviewer's document and one for each session of its versions.
# What a task asks beside spans (a choice, a label for the text, relations) is listed.


# Binary answers: several tasks on one text become one document.
#
# Each task is about its own spans alone, and not about the text's other spans, so the document
# stays open, with the accepted spans in it and the rejected ones known to be wrong. ``ignore`` has no effect.


ANSWERED_TWICE = "the same answer to the same span stands there twice"
ACCEPTED_AND_REJECTED = "the same span was accepted and rejected; the later answer stands"

AnsweredSpanKey = tuple[int, int, str]


class SpanAnswer(Struct, frozen=True):
    """One annotator's answer on one span."""

    span: Span
    answer: Answer
    where: str
    time: float = 0.0
    """Seconds since 1970 (UTC), 0 where the file has none."""
    moved: ConversionLogEntry | None = None
    """The line of the ledger where its offsets counted something else than code points."""


class _TextAnswers(Struct):
    """One annotator's answers on one text."""

    document: Document
    answers: dict[AnsweredSpanKey, SpanAnswer] = field(default_factory=dict)
    ignored: list[SpanAnswer] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class BinaryAnswers:
    """Gathers binary answers by text and annotator."""

    def __init__(self, log: ConversionLog) -> None:
        """Begin with none; what cannot be carried over is listed in ``log``."""
        self._log = log
        self._texts: dict[tuple[str, str], _TextAnswers] = {}

    def add(self, document: Document, verdicts: list[SpanAnswer]) -> None:
        """Take in a task: its text and fields as a document without spans, and its answers on its spans."""
        text = self._texts.setdefault((document.text, document.annotator), _TextAnswers(document))
        flagged = text.document.flagged or document.flagged
        time, tokens = max(text.document.time, document.time), text.document.tokens or document.tokens
        text.document = replace(text.document, flagged=flagged, time=time, tokens=tokens)
        if document.note and document.note not in text.notes:
            text.notes.append(document.note)
        for verdict in verdicts:
            self._add_answer(text, verdict)

    def _add_answer(self, text: _TextAnswers, new: SpanAnswer) -> None:
        if new.answer is Answer.IGNORE:
            text.ignored.append(new)
            return
        old = text.answers.get(new.span.key)
        if old is None:
            text.answers[new.span.key] = new
        elif old.answer is new.answer:
            self._record_entry(text, new, Outcome.DOUBLE, ANSWERED_TWICE)
        else:
            later, earlier = (old, new) if new.time < old.time else (new, old)
            text.answers[new.span.key] = later
            self._record_entry(text, earlier, Outcome.LEFT_OUT, ACCEPTED_AND_REJECTED)

    def documents(self) -> Iterator[Document]:
        """Yield one document for each text and annotator, in the file's order."""
        yield from map(self._document, self._texts.values())

    def _document(self, text: _TextAnswers) -> Document:
        note = "\n".join(text.notes)
        if not text.answers:
            self._record_moved(text.ignored)
            spans = tuple(v.span for v in text.ignored)
            return replace(text.document, spans=spans, answer=Answer.IGNORE, note=note)
        for verdict in text.ignored:
            self._record_entry(text, verdict, Outcome.LEFT_OUT, ANSWERED_IGNORE)
        every = list(text.answers.values())
        self._record_moved(every)
        spans = tuple(v.span for v in every if v.answer is Answer.ACCEPT)
        rejected = tuple(v.span for v in every if v.answer is Answer.REJECT)
        return replace(text.document, spans=spans, rejected=rejected, answer=None, note=note)

    def _record_moved(self, verdicts: list[SpanAnswer]) -> None:
        for verdict in verdicts:
            if verdict.moved:
                self._log.record(verdict.moved)

    def _record_entry(self, text: _TextAnswers, verdict: SpanAnswer, outcome: Outcome, why: str) -> None:
        document = replace(text.document, where=verdict.where)
        self._log.record(span_entry(document, verdict.span, outcome, why))


PRODIGY_UNITS = (CODE_POINTS, UTF16)
"""Prodigy counts code points; files that went through JavaScript may not."""


NO_SPANS_IN_FILE = "no task of the file has spans: texts and answers alone were read"
TOKENS_DO_NOT_SPELL = "texts whose tokens do not spell them, so that the tokens were not taken: {n}"
TOKEN_INDEXES_DIFFER = "spans that lie elsewhere by their token indexes than by their offsets, which were taken: {n}"
BINARY_ANSWERS = "binary answers, merged by text (they say nothing of other spans there): {n}"
WHOLE_TEXT_TASKS = "tasks that ask about the whole text and say nothing of spans, which the file leaves open: {n}"

_PRODIGY_KEYS = ("_input_hash", "_task_hash", "_is_binary", "_view_id", "_session_id", "_annotator_id")


def detect(sample: FileSample) -> str:
    """Return what of a file is Prodigy's, empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold_json(sample.names):
        return ""
    records = [r for r in sample.json_values() if isinstance(r, dict)]
    if any(is_journal_line(r) for r in records):
        return ""
    hashes = [k for k in _PRODIGY_KEYS if any(k in r for r in records)]
    if hashes:
        return f"its lines have `{hashes[0]}`"
    answered = [r for r in records if "text" in r and r.get("answer") in [*Answer]]
    return "its lines have an `answer` (accept, reject or ignore)" if answered else ""


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of a file; raises SourceError, with file and line, for what is no task."""
    unit, records = span_fields.read_records_with_unit(
        source, fields.task_quoted_texts, PRODIGY_UNITS, log, every=False
    )
    yield from documents_of_tasks(records, log, unit)


def documents_of_tasks(
    records: Iterable[tuple[str, Any]], log: ConversionLog, unit: OffsetUnit = CODE_POINTS
) -> Iterator[Document]:
    """Yield the documents of tasks, each with its place for messages; raises SourceError as ``read`` does."""
    reader = _ProdigyReader(log, unit, BinaryAnswers(log))
    for where, record in records:
        if not isinstance(record, dict):
            raise SourceError("a task must be a JSON object", where=where, do="repair or remove it")
        yield from reader.documents(record, where)
    yield from reader.binary.documents()
    reader.tally.add(NO_SPANS_IN_FILE, not log.read)
    reader.tally.add_notes(log)


def is_journal_line(record: Any) -> bool:
    """Whether a line is one of this program's journals, where only the last one of a sentence counts."""
    return isinstance(record, dict) and "_seq" in record and "_crc" in record


class _LocatedTask(Struct, frozen=True):
    """A task, or a version in one, with its place in the file."""

    record: dict[str, Any]
    text: str
    places: list[TaskRange | None]
    """The ranges of its tokens."""
    where: str


class _ProdigyReader(Struct):
    log: ConversionLog
    unit: OffsetUnit
    binary: BinaryAnswers
    tally: span_fields.NoteCounter = field(default_factory=span_fields.NoteCounter)

    def documents(self, record: dict[str, Any], where: str) -> Iterator[Document]:
        """Yield the document of a task, and those of the versions that it was reviewed from."""
        if is_journal_line(record):
            raise SourceError(
                "this is an annotator's journal, not an export", where=where, do="merge its corpus instead"
            )
        if not fields.is_review_task(record):
            yield from self._document(record, fields.task_annotator(record), where)
            return
        versions = span_fields.object_list(record, "versions", where, EXPORT_TASKS_AGAIN)
        names = {s for v in versions for s in fields.version_sessions(v)}
        yield from self._document(record, fields.reviewer_name(record, names), where)
        shared: dict[str, Any] = {k: record[k] for k in ("text", "meta", "id", "view_id", "_is_binary") if k in record}
        for version in versions:
            for session in fields.version_sessions(version):
                self.tally.add("reviewed versions, read as the work of their sessions: {n}")
                yield from self._document({**shared, **version}, session, where)

    def _document(self, record: dict[str, Any], annotator: str, where: str) -> Iterator[Document]:
        text = fields.task_text(record, where)
        task = _LocatedTask(record, text, fields.token_ranges(record, text, self.unit, where), where)
        found = span_fields.object_list(record, "spans", where, EXPORT_TASKS_AGAIN)
        self._record_others(task)
        self._check_quotes(task, found)
        empty = Document(
            text,
            tokens=self._tokens(task),
            answer=fields.task_answer(record.get("answer"), where),
            annotator=annotator,
            where=where,
            **fields.document_fields(record),
        )
        if fields.asks_about_whole_text(record):
            self.tally.add(WHOLE_TEXT_TASKS)
            empty = replace(empty, answer=None)
        if task_view(record, found) is TaskView.BINARY:
            self.tally.add(BINARY_ANSWERS)
            self.binary.add(empty, list(self._span_answers(task, found, empty)))
        else:
            wrong = span_fields.object_list(record, "rejected", where, EXPORT_TASKS_AGAIN)
            yield replace(empty, spans=self._spans(task, found), rejected=self._spans(task, wrong))

    def _spans(self, task: _LocatedTask, found: list[dict[str, Any]]) -> Any:
        raw_spans = (_raw_span(span, task.places, self.unit) for span in found)
        return span_fields.convert_spans(raw_spans, task.text, task.where, self.log, self.unit)

    def _span_answers(self, task: _LocatedTask, found: list[dict[str, Any]], of: Document) -> Iterator[SpanAnswer]:
        """Yield a binary task's answer on each span: by the span's own answer, else by the task's."""
        for span in found:
            self.log.read += 1
            made, entry = span_fields.convert_span(
                _raw_span(span, task.places, self.unit), task.text, task.where, self.unit
            )
            answer = fields.task_answer(span.get("answer"), task.where) or of.answer or Answer.ACCEPT
            if made:
                yield SpanAnswer(made, answer, task.where, of.time, entry)
            elif entry:
                self.log.record(entry)

    def _check_quotes(self, task: _LocatedTask, found: list[dict[str, Any]]) -> None:
        """List the spans whose quote differs from the text at their offsets, count those whose indexes do."""
        for span in found:
            place = fields.checked_range(span, task.text, self.unit)
            if place:
                raw = replace(_raw_span(span, task.places, self.unit), quote=span_fields.first_string(span, "text"))
                span_fields.record_misquoted(raw, task.text[slice(*place)], task.where, self.log)
            by_tokens = fields.range_by_token_indexes(span, task.places)
            self.tally.add(TOKEN_INDEXES_DIFFER, bool(place and by_tokens and by_tokens != place))

    def _tokens(self, task: _LocatedTask) -> tuple[Token, ...]:
        """Return the task's tokens, none where they do not spell its text."""
        whole = [p for p in task.places if p]
        fits = spelling_tokens(task.text, whole) if len(whole) == len(task.places) else ()
        self.tally.add(TOKENS_DO_NOT_SPELL, bool(task.places) and not fits)
        return fits

    def _record_others(self, task: _LocatedTask) -> None:
        label = task.record.get("label")
        labels = [label] if isinstance(label, str) and label else label
        span_fields.record_unsupported(task.record.get("relations"), "relation", task.where, self.log)
        span_fields.record_unsupported(task.record.get("accept"), "choice", task.where, self.log)
        span_fields.record_unsupported(labels, "text label", task.where, self.log)


def _raw_span(span: dict[str, Any], places: list[TaskRange | None], unit: OffsetUnit) -> span_fields.RawSpan:
    raw = replace(span_fields.raw_span(span), source=span_fields.first_string(span, "source"))
    if raw.start is None and raw.end is None and unit == CODE_POINTS:
        start, end = fields.range_by_token_indexes(span, places) or (None, None)
        return replace(raw, start=start, end=end)
    return raw
