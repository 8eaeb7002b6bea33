"""The annotation of one sentence by one annotator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.article import Sentence
from annotator.core.spans import Span, reading_order
from annotator.core.suggestion import LeftSuggestion, SuggestionT


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
    """Suggestions that the annotator has turned down: spans that are known to be wrong, none of ``spans``."""
    note: str = ""
    flagged: bool = False
    """Whether the annotator wants to come back to the sentence."""
    left: tuple[LeftSuggestion, ...] = ()
    """What was suggested and neither taken nor turned down when the sentence was accepted, in reading order."""
    covers: tuple[str, ...] | None = None
    """The labels that accepted passes have looked at; None for all of the schema at that time.

    Without an answer it is what earlier passes have covered of the same text, and None for nothing.
    """

    @property
    def looked_at(self) -> tuple[str, ...] | None:
        """The labels of which every span is found, as far as the annotator knows; None for all labels."""
        if self.covers is None and self.answer is not Answer.ACCEPT:
            return ()
        return self.covers

    def with_spans(self, spans: list[Span] | tuple[Span, ...]) -> Annotation:
        """Return the annotation with these spans instead, ordered, doubles dropped."""
        return _without_decided(replace(self, spans=_deduplicated(spans)))

    def with_rejected(self, rejected: list[Span] | tuple[Span, ...]) -> Annotation:
        """Return the annotation with these known-wrong spans instead, ordered, doubles dropped."""
        return _without_decided(replace(self, rejected=_deduplicated(rejected)))

    def without_remarks(self) -> Annotation:
        """Return a copy without note and flag."""
        return replace(self, note="", flagged=False)

    def with_remarks_of(self, other: Annotation) -> Annotation:
        """Return a copy with note and flag of another one too: of two notes both, unless one has the other."""
        notes = (self.note, other.note)
        longer, shorter = sorted(notes, key=len, reverse=True)
        note = longer if f" {shorter} " in f" {longer} " or not shorter else " ".join(notes)
        return replace(self, note=note, flagged=self.flagged or other.flagged)

    def with_answer(self, answer: Answer | None, left: Iterable[LeftSuggestion] = ()) -> Annotation:
        """Return the annotation with this answer instead, and what was left when it was given."""
        return replace(self, answer=answer, left=tuple(left))


def _without_decided(annotation: Annotation) -> Annotation:
    """Return the annotation without what is labelled from what was turned down, and what is decided from what was left.

    A label that is given later takes its rejection back.
    """
    if annotation.rejected and annotation.spans:
        labelled = {s.key for s in annotation.spans}
        annotation = replace(annotation, rejected=tuple(s for s in annotation.rejected if s.key not in labelled))
    return replace(annotation, left=tuple(undecided(annotation.left, annotation))) if annotation.left else annotation


def undecided(found: Iterable[SuggestionT], annotation: Annotation) -> Iterator[SuggestionT]:
    """Yield the suggestions that are neither labelled nor turned down.

    A stretch that has a label already is decided, under another label too, and so is what shares text with a
    span of the same label.
    """
    labelled = {(s.start, s.end) for s in annotation.spans}
    rejected = {s.key for s in annotation.rejected}
    return (
        s
        for s in found
        if (s.start, s.end) not in labelled
        and (s.start, s.end, s.label) not in rejected
        and not any(s.label == x.label and s.start < x.end and x.start < s.end for x in annotation.spans)
    )


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
