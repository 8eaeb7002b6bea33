"""Scores of spans against other spans of the same label: exact, overlapping and by character.

*Exact*: the range is the same. *Overlapping*: precision is the share of predicted spans that share a
character with a gold span, recall the share of gold spans that share one with a predicted span.
*Characters*: over the set of characters that are in any span. Precision, recall and F1 as in
Manning, Raghavan and Schütze, Introduction to Information Retrieval, 8.3; sums of scores are micro averages.
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

SpanOffsets = tuple[int, int]
"""A half-open range of code points."""


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


def score_spans(predicted: Collection[SpanOffsets], gold: Collection[SpanOffsets]) -> SpanScores:
    """Return the counts of one sentence, for the spans of one label."""
    same = len(set(predicted) & set(gold))
    ours, theirs = _characters(predicted), _characters(gold)
    return SpanScores(
        MatchCounts(same, len(predicted), same, len(gold)),
        MatchCounts(_overlaps(predicted, gold), len(predicted), _overlaps(gold, predicted), len(gold)),
        MatchCounts(len(ours & theirs), len(ours), len(ours & theirs), len(theirs)),
    )


def _overlaps(some: Collection[SpanOffsets], others: Collection[SpanOffsets]) -> int:
    """Return how many of some spans share a character with one of the others."""
    return sum(any(a < d and c < b for c, d in others) for a, b in some)


def _characters(spans: Collection[SpanOffsets]) -> set[int]:
    return {i for start, end in spans for i in range(start, end)}
