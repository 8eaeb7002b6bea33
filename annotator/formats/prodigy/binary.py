"""Binary answers: several tasks on one text become one document.

Each of them speaks of its own spans alone, and nobody has said that the text holds no other: so it
stays open, with the accepted spans in it and the rejected ones known to be wrong. ``ignore`` says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from annotator.core.annotation import Answer
from annotator.core.spans import Span
from annotator.formats.document import ConversionLog, Document, ConversionLogEntry, ConversionOutcome

ANSWERED_TWICE = "the same answer to the same span stands there twice"
ACCEPTED_AND_REJECTED = "the same span was accepted and rejected; the later answer stands"
ANSWERED_IGNORE = "it was answered with ignore"

AnsweredSpanKey = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class SpanAnswer:
    """What somebody said of one span."""

    span: Span
    answer: Answer
    where: str
    time: float = 0.0
    """Seconds since 1970 (UTC), 0 where the file has none."""
    moved: ConversionLogEntry | None = None
    """The line of the ledger where its offsets counted something else than code points."""


@dataclass(slots=True)
class _TextAnswers:
    """One annotator's answers on one text."""

    document: Document
    answers: dict[AnsweredSpanKey, SpanAnswer] = field(default_factory=dict)
    ignored: list[SpanAnswer] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class BinaryAnswers:
    """Gathers binary answers by text and annotator."""

    def __init__(self, log: ConversionLog) -> None:
        """Begin with none; what cannot be carried over is listed in ``account``."""
        self._log = log
        self._texts: dict[tuple[str, str], _TextAnswers] = {}

    def add(self, document: Document, verdicts: list[SpanAnswer]) -> None:
        """Take in a task: its text and fields as a document without spans, and what it says of its spans."""
        text = self._texts.setdefault((document.text, document.annotator), _TextAnswers(document))
        flagged = text.document.flagged or document.flagged
        text.document = replace(text.document, flagged=flagged, time=max(text.document.time, document.time))
        text.document = replace(text.document, tokens=text.document.tokens or document.tokens)
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
            self._record_entry(text, new, ConversionOutcome.DOUBLE, ANSWERED_TWICE)
        else:
            later, earlier = (old, new) if new.time < old.time else (new, old)
            text.answers[new.span.key] = later
            self._record_entry(text, earlier, ConversionOutcome.LEFT_OUT, ACCEPTED_AND_REJECTED)

    def documents(self) -> Iterator[Document]:
        """Yield one document for each text and annotator, in the file's order."""
        for text in self._texts.values():
            yield self._document(text)

    def _document(self, text: _TextAnswers) -> Document:
        note = "\n".join(text.notes)
        if not text.answers:
            self._record_moved(text.ignored)
            spans = tuple(v.span for v in text.ignored)
            return replace(text.document, spans=spans, answer=Answer.IGNORE, note=note)
        for verdict in text.ignored:
            self._record_entry(text, verdict, ConversionOutcome.LEFT_OUT, ANSWERED_IGNORE)
        every = list(text.answers.values())
        self._record_moved(every)
        spans = tuple(v.span for v in every if v.answer is Answer.ACCEPT)
        rejected = tuple(v.span for v in every if v.answer is Answer.REJECT)
        return replace(text.document, spans=spans, rejected=rejected, answer=None, note=note)

    def _record_moved(self, verdicts: list[SpanAnswer]) -> None:
        for verdict in verdicts:
            if verdict.moved:
                self._log.record(verdict.moved)

    def _record_entry(self, text: _TextAnswers, verdict: SpanAnswer, outcome: ConversionOutcome, why: str) -> None:
        span = verdict.span
        id_ = f"{span.start}-{span.end}:{span.label}"
        covered = text.document.text[span.start : span.end]
        self._log.record(ConversionLogEntry(verdict.where, id_, outcome, why, covered))
