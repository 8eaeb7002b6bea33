"""Scores of spans against other spans of the same label: exact, overlapping and by character.

*Exact*: the range is the same. *Overlapping*: precision is the share of predicted spans that share a
character with a gold span, recall the share of gold spans that share one with a predicted span.
*Characters*: over the set of characters that are in any span. Precision, recall and F1 as in
Manning, Raghavan and Schütze, Introduction to Information Retrieval, 8.3; sums of scores are micro averages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct

from annotator.core.spans import Span, whole_spans

SpanOffsets = tuple[int, int]
"""A half-open range of code points."""
ScoredSpan = SpanOffsets | tuple[SpanOffsets, ...]
"""A span, or the parts of a discontinuous one in text order: it counts once, and is the same where all parts are."""


def scored_spans(spans: Iterable[Span], label: str) -> list[ScoredSpan]:
    """Return the spans of a label, a discontinuous one as one."""
    whole = whole_spans(s for s in spans if s.label == label)
    return [tuple(sorted(s.key[:2] for s in parts)) if len(parts) > 1 else parts[0].key[:2] for parts in whole]


class MatchCounts(Struct, frozen=True):
    """How many predicted items are right, and how many gold items are found."""

    correct: int = 0
    predicted: int = 0
    recalled: int = 0
    gold: int = 0

    def __add__(self, other: MatchCounts) -> MatchCounts:
        return MatchCounts(
            self.correct + other.correct,
            self.predicted + other.predicted,
            self.recalled + other.recalled,
            self.gold + other.gold,
        )

    @property
    def precision(self) -> float:
        """The share of predicted items that are right; 0 where nothing is predicted."""
        return self.correct / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """The share of gold items that are found; 0 where there are none."""
        return self.recalled / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def dice(self) -> float:
        """The share of all items of both sides that match: F1 without a gold side (Dice, 1945)."""
        both = self.predicted + self.gold
        return (self.correct + self.recalled) / both if both else 0.0

    def as_dict(self) -> dict[str, float]:
        """Return precision, recall and F1 for ``--json``, rounded to three digits."""
        return {"p": round(self.precision, 3), "r": round(self.recall, 3), "f1": round(self.f1, 3)}


class SpanScores(Struct, frozen=True):
    """The counts of one label in three ways of matching."""

    exact: MatchCounts = MatchCounts()
    overlapping: MatchCounts = MatchCounts()
    characters: MatchCounts = MatchCounts()

    def __add__(self, other: SpanScores) -> SpanScores:
        return SpanScores(
            self.exact + other.exact, self.overlapping + other.overlapping, self.characters + other.characters
        )

    def as_dict(self) -> dict[str, object]:
        """Return plain values for ``--json``."""
        return {
            "gold": self.exact.gold,
            "suggested": self.exact.predicted,
            "exact": self.exact.as_dict(),
            "overlapping": self.overlapping.as_dict(),
            "characters": self.characters.as_dict(),
        }


def score_spans(predicted: Collection[ScoredSpan], gold: Collection[ScoredSpan]) -> SpanScores:
    """Return the counts of one sentence, for the spans of one label."""
    same = len(set(predicted) & set(gold))
    ours, theirs = _characters(predicted), _characters(gold)
    return SpanScores(
        MatchCounts(same, len(predicted), same, len(gold)),
        MatchCounts(_overlaps(predicted, gold), len(predicted), _overlaps(gold, predicted), len(gold)),
        MatchCounts(len(ours & theirs), len(ours), len(ours & theirs), len(theirs)),
    )


def _overlaps(some: Collection[ScoredSpan], others: Collection[ScoredSpan]) -> int:
    """Return how many of some spans share a character with one of the others."""
    there = list(_ranges(others))
    return sum(any(a < d and c < b for a, b in _ranges([span]) for c, d in there) for span in some)


def _characters(spans: Collection[ScoredSpan]) -> set[int]:
    return {i for start, end in _ranges(spans) for i in range(start, end)}


def _ranges(spans: Iterable[ScoredSpan]) -> Iterator[SpanOffsets]:
    """Yield the ranges of spans, those of all parts of discontinuous ones."""
    for span in spans:
        match span:
            case (int(start), int(end)):
                yield start, end
            case _:
                yield from span
