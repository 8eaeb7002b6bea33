"""From Prodigy's tasks to documents, every span counted.

Manual tasks are yielded as they come. Binary ones are merged by text and annotator and follow at
the end. A reviewed task yields the reviewer's document and one for each session of its versions.
What a task asks beside spans (a choice, a label for the text, relations) is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.tokens import Token
from annotator.formats.align import tiled
from annotator.formats.document import Account, Document
from annotator.formats.evidence import unit_of
from annotator.formats.fields import (
    Raw,
    Tally,
    list_misquoted,
    name,
    objects,
    span_of,
    spans_of,
    string,
    things,
)
from annotator.formats.prodigy import record as fields
from annotator.formats.prodigy.binary import Binary, Verdict
from annotator.formats.prodigy.record import AGAIN, Place
from annotator.formats.prodigy.views import View, view_of
from annotator.formats.rows import differing, files_of, may_hold, rows
from annotator.formats.sample import Sample
from annotator.formats.source import Source
from annotator.formats.units import CODE_POINTS, UTF16, Unit

ALLOWED = (CODE_POINTS, UTF16)
"""Prodigy counts code points; files that went through JavaScript may not."""

RELATION = "relations between spans have no place here"
CHOICE = "a choice among options has no place here"
TEXT_LABEL = "a label for the whole text has no place here"

NO_SPANS = "no task of the file has spans: texts and answers alone were read"
TOKENS = "texts whose tokens do not spell them, so that the tokens were not taken: {n}"
INDEXES = "spans that lie elsewhere by their token indexes than by their offsets, which were taken: {n}"
BINARY = "binary answers, merged by text (they say nothing of other spans there): {n}"
WHOLE = "tasks that ask about the whole text and say nothing of spans, which the file leaves open: {n}"
VERSIONS = "reviewed versions, read as the work of their sessions: {n}"

_HASHES = ("_input_hash", "_task_hash", "_is_binary", "_view_id", "_session_id", "_annotator_id")


def looks(sample: Sample) -> str:
    """Return what of a file is Prodigy's, empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold(sample.names):
        return ""
    records = [r for r in sample.json_values() if isinstance(r, dict)]
    if any(is_journal(r) for r in records):
        return ""
    hashes = [k for k in _HASHES if any(k in r for r in records)]
    if hashes:
        return f"its lines have `{hashes[0]}`"
    answered = [r for r in records if "text" in r and r.get("answer") in [*Answer]]
    return "its lines have an `answer` (accept, reject or ignore)" if answered else ""


def read(source: Source, log: Account) -> Iterator[Document]:
    """Yield the documents of a file; raises SourceError, with file and line, for what is no task."""
    files = files_of(source)
    found = chain.from_iterable(map(differing, files))
    unit = unit_of(found, fields.evidence, ALLOWED, source.name, log)
    yield from documents(chain.from_iterable(rows(f, log) for f in files), log, unit)


def documents(
    records: Iterable[tuple[str, Any]], log: Account, unit: Unit = CODE_POINTS
) -> Iterator[Document]:
    """Yield the documents of tasks, each with its place for messages; raises SourceError as ``read`` does."""
    reader = _Reader(log, unit, Binary(log))
    for where, record in records:
        if not isinstance(record, dict):
            raise SourceError("a task must be a JSON object", where=where, do="repair or remove it")
        yield from reader.documents(record, where)
    yield from reader.binary.documents()
    if not log.read:
        reader.tally.add(NO_SPANS)
    reader.tally.add_notes(log)


def is_journal(record: Any) -> bool:
    """Whether a line is one of this program's journals, where only the last one of a sentence counts."""
    return isinstance(record, dict) and "_seq" in record and "_crc" in record


@dataclass(frozen=True, slots=True)
class _Task:
    """A task, or a version in one, with its place in the file."""

    record: dict[str, Any]
    text: str
    places: list[Place | None]
    """Where its tokens stand."""
    where: str


@dataclass(slots=True)
class _Reader:
    log: Account
    unit: Unit
    binary: Binary
    tally: Tally = field(default_factory=Tally)

    def documents(self, record: dict[str, Any], where: str) -> Iterator[Document]:
        """Yield the document of a task, and those of the versions that it was reviewed from."""
        if is_journal(record):
            raise SourceError(
                "this is an annotator's journal, not an export", where=where, do="merge its corpus instead"
            )
        if not fields.is_review(record):
            yield from self._document(record, fields.annotator_of(record), where)
            return
        versions = objects(record, "versions", where, AGAIN)
        names = {s for v in versions for s in fields.sessions_of(v)}
        yield from self._document(record, fields.reviewer_of(record, names), where)
        shared: dict[str, Any] = {
            k: record[k] for k in ("text", "meta", "id", "view_id", "_is_binary") if k in record
        }
        for version in versions:
            for session in fields.sessions_of(version):
                self.tally.add(VERSIONS)
                yield from self._document({**shared, **version}, session, where)

    def _document(self, record: dict[str, Any], annotator: str, where: str) -> Iterator[Document]:
        text = fields.text_of(record, where)
        task = _Task(record, text, fields.token_places(record, text, self.unit, where), where)
        found = objects(record, "spans", where, AGAIN)
        self._record_others(task)
        self._check_quotes(task, found)
        empty = Document(
            text,
            tokens=self._tokens(task),
            answer=fields.answer_of(record.get("answer"), where),
            annotator=annotator,
            where=where,
            **fields.about(record),
        )
        if fields.asks_of_text(record):
            self.tally.add(WHOLE)
            empty = replace(empty, answer=None)
        if view_of(record, found) is View.BINARY:
            self.tally.add(BINARY)
            self.binary.add(empty, list(self._span_answers(task, found, empty)))
        else:
            wrong = objects(record, "rejected", where, AGAIN)
            yield replace(empty, spans=self._spans(task, found), rejected=self._spans(task, wrong))

    def _spans(self, task: _Task, found: list[dict[str, Any]]) -> Any:
        raw_spans = (_raw(span, task.places, self.unit) for span in found)
        return spans_of(raw_spans, task.text, task.where, self.log, self.unit)

    def _span_answers(self, task: _Task, found: list[dict[str, Any]], of: Document) -> Iterator[Verdict]:
        """Yield what a binary task says of each span: by the span's own answer, else by the task's."""
        for span in found:
            self.log.read += 1
            made, entry = span_of(_raw(span, task.places, self.unit), task.text, task.where, self.unit)
            answer = fields.answer_of(span.get("answer"), task.where) or of.answer or Answer.ACCEPT
            if made:
                yield Verdict(made, answer, task.where, of.time, entry)
            elif entry:
                self.log.record(entry)

    def _check_quotes(self, task: _Task, found: list[dict[str, Any]]) -> None:
        """List the spans whose quote says something else than their offsets, count those whose indexes do."""
        for span in found:
            place = fields.place_of(span, task.text, self.unit)
            if place:
                raw = replace(_raw(span, task.places, self.unit), quote=string(span, "text"))
                list_misquoted(raw, task.text[slice(*place)], task.where, self.log)
            by_tokens = fields.named(span, task.places)
            if place and by_tokens and by_tokens != place:
                self.tally.add(INDEXES)

    def _tokens(self, task: _Task) -> tuple[Token, ...]:
        """Return the task's tokens, none where they do not spell its text."""
        whole = [Token(task.text[slice(*p)], *p, ws=False) for p in task.places if p]
        fits = tiled(task.text, whole, 0, len(task.text)) if len(whole) == len(task.places) else None
        if task.places and not fits:
            self.tally.add(TOKENS)
        return fits or ()

    def _record_others(self, task: _Task) -> None:
        for key, thing, why in (("relations", "relation", RELATION), ("accept", "choice", CHOICE)):
            found = task.record.get(key)
            things(found if isinstance(found, list) else [], thing, why, task.where, self.log)
        label = task.record.get("label")
        labels = label if isinstance(label, list) else [label] if isinstance(label, str) and label else []
        things(labels, "text label", TEXT_LABEL, task.where, self.log)


def _raw(span: dict[str, Any], places: list[Place | None], unit: Unit) -> Raw:
    start, end = span.get("start"), span.get("end")
    by_tokens = fields.named(span, places) if start is None and end is None and unit == CODE_POINTS else None
    start, end = by_tokens or (start, end)
    return Raw(start, end, span.get("label"), string(span, "source"), name(span.get("id")))
