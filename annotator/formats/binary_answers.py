"""Binary answers: several tasks on one text become one document.

Each task is about its own spans alone, and not about the text's other spans, so the document stays open, with the
accepted spans in it and the rejected ones known to be wrong. ``ignore`` has no effect.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.ledger import Outcome
from annotator.core.spans import Span
from annotator.formats.document import ANSWERED_IGNORE, ConversionLog, ConversionLogEntry, Document, span_entry

ANSWERED_TWICE = "the same answer to the same span occurs twice"
ACCEPTED_AND_REJECTED = "the same span was accepted and rejected; the later answer counts"

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
    listed: list[ConversionLogEntry] = field(default_factory=list)
    """The lines of the ledger for spans without a sure place."""


class BinaryAnswers(Struct):
    """Gathers binary answers by text and annotator."""

    log: ConversionLog
    """Where what cannot be carried over is listed."""
    texts: dict[tuple[str, str], _TextAnswers] = field(default_factory=dict)

    def add(self, document: Document, verdicts: list[SpanAnswer], listed: list[ConversionLogEntry]) -> None:
        """Take in a task: its text and fields as a document without spans, its answers, and what is not sure."""
        text = self.texts.setdefault((document.text, document.annotator), _TextAnswers(document))
        text.listed += listed
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
        yield from map(self._document, self.texts.values())

    def _document(self, text: _TextAnswers) -> Document:
        note = "\n".join(text.notes)
        for entry in text.listed:
            self.log.record(entry)
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
                self.log.record(verdict.moved)

    def _record_entry(self, text: _TextAnswers, verdict: SpanAnswer, outcome: Outcome, why: str) -> None:
        document = replace(text.document, where=verdict.where)
        self.log.record(span_entry(document, verdict.span, outcome, why))
