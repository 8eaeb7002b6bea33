"""The annotation of one sentence by one annotator."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.article import Sentence
from annotator.core.spans import Span, reading_order


class Answer(StrEnum):
    """The verdict on a finished sentence; an unfinished one has none."""

    ACCEPT = "accept"
    REJECT = "reject"
    IGNORE = "ignore"


class Annotation(Struct, frozen=True, gc=False):
    """One annotator's spans and answer; ``answer`` is None while unfinished.

    Spans are kept in reading order (outer before inner) and no two share range and label.
    """

    spans: tuple[Span, ...] = ()
    answer: Answer | None = None
    rejected: tuple[Span, ...] = ()
    """Suggestions that the annotator has turned down: spans that are known to be wrong."""
    note: str = ""
    flagged: bool = False
    """Whether the annotator wants to come back to the sentence."""

    def with_spans(self, spans: list[Span] | tuple[Span, ...]) -> Annotation:
        """Return the annotation with these spans instead, ordered, doubles dropped."""
        return replace(self, spans=_deduplicated(spans))

    def with_rejected(self, rejected: list[Span] | tuple[Span, ...]) -> Annotation:
        """Return the annotation with these known-wrong spans instead, ordered, doubles dropped."""
        return replace(self, rejected=_deduplicated(rejected))

    def with_answer(self, answer: Answer | None) -> Annotation:
        """Return the annotation with this answer instead."""
        return replace(self, answer=answer)


def _deduplicated(spans: list[Span] | tuple[Span, ...]) -> tuple[Span, ...]:
    if len(spans) < 2:
        return tuple(spans)
    unique = {s.key: s for s in reversed(tuple(spans))}
    return reading_order(list(unique.values()))


class AnnotatedSentence(Struct, frozen=True, gc=False):
    """A sentence and its annotation: the unit that edits change."""

    sentence: Sentence
    annotation: Annotation = Annotation()

    @property
    def done(self) -> bool:
        """Whether the sentence has an answer."""
        return self.annotation.answer is not None

    def text_of(self, span: Span) -> str:
        """Return the characters that a span of this sentence covers."""
        return self.sentence.text[span.start : span.end]
