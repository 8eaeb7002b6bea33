"""How well suggestions meet a gold annotation: exact, overlapping and by character.

Of each label the likeliest suggestions that don't overlap are chosen, above a threshold. *Exact*: range
and label are the gold span's. *Overlapping*: precision is the share of chosen ones that share a
character with a gold span of the label, recall the share of gold spans that share one with a chosen
one. *Characters*: over the set of characters that lie in any span of the label. F1 is the harmonic
mean throughout; all figures are over the whole gold set (micro).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct, field

from annotator.core.article import Sentence
from annotator.core.suggestion import Suggestion

SCORE_THRESHOLD = 0.5
SpanOffsets = tuple[int, int]


class GoldSentence(Struct, frozen=True):
    """One sentence with the spans that are right: ``(start, end)`` in code points, by label."""

    sentence: Sentence
    spans: Mapping[str, Collection[SpanOffsets]]
    labels: frozenset[str]
    """The labels that were annotated here; of others nothing is known."""


class MatchCounts(Struct):
    """What was right of what was chosen, and of what is gold."""

    correct: int = 0
    predicted: int = 0
    recalled: int = 0
    gold: int = 0

    @property
    def precision(self) -> float:
        """The share of what was chosen that is right; 0 where nothing was chosen."""
        return self.correct / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """The share of the gold that was found; 0 where there is none."""
        return self.recalled / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def add(self, correct: int, predicted: int, recalled: int, gold: int) -> None:
        """Count one more sentence."""
        self.correct += correct
        self.predicted += predicted
        self.recalled += recalled
        self.gold += gold

    def as_dict(self) -> dict[str, float]:
        """Return the three shares, rounded to three digits."""
        return {"p": round(self.precision, 3), "r": round(self.recall, 3), "f1": round(self.f1, 3)}


class LabelEvaluation(Struct):
    """The figures of one label."""

    exact: MatchCounts = field(default_factory=MatchCounts)
    overlapping: MatchCounts = field(default_factory=MatchCounts)
    characters: MatchCounts = field(default_factory=MatchCounts)

    def add(self, chosen: Collection[SpanOffsets], gold: Collection[SpanOffsets]) -> None:
        """Count one more sentence."""
        n, m = len(chosen), len(gold)
        same = len(set(chosen) & set(gold))
        self.exact.add(same, n, same, m)
        self.overlapping.add(_overlap_count(chosen, gold), n, _overlap_count(gold, chosen), m)
        ours, theirs = _covered_characters(chosen), _covered_characters(gold)
        both = len(ours & theirs)
        self.characters.add(both, len(ours), both, len(theirs))

    def as_dict(self) -> dict[str, object]:
        """Return plain values for ``--json``."""
        counts = {"gold": self.exact.gold, "suggested": self.exact.predicted}
        kinds = {"exact": self.exact, "overlapping": self.overlapping, "characters": self.characters}
        return {**counts, **{name: hits.as_dict() for name, hits in kinds.items()}}


def _overlap_count(some: Iterable[SpanOffsets], others: Collection[SpanOffsets]) -> int:
    return sum(any(a < d and c < b for c, d in others) for a, b in some)


def _covered_characters(places: Iterable[SpanOffsets]) -> set[int]:
    return {i for a, b in places for i in range(a, b)}


def choose_suggestions(
    found: Iterable[Suggestion], threshold: float = SCORE_THRESHOLD
) -> dict[str, list[SpanOffsets]]:
    """Return of each label the likeliest suggestions that don't overlap; of equal ones the longer first."""
    out: dict[str, list[SpanOffsets]] = {}
    for s in sorted(found, key=lambda s: (-s.score, s.start, -s.end)):
        kept = out.setdefault(s.label, [])
        if s.score >= threshold and not any(s.start < b and a < s.end for a, b in kept):
            kept.append((s.start, s.end))
    return out


def evaluate_suggestions(
    rows: Iterable[tuple[GoldSentence, Sequence[Suggestion]]],
    labels: Sequence[str],
    threshold: float = SCORE_THRESHOLD,
) -> dict[str, LabelEvaluation]:
    """Return the figures of each label, in the order given; a label that no row covers is left out."""
    scores = {label: LabelEvaluation() for label in labels}
    covered = set()
    for gold, found in rows:
        ours = choose_suggestions(found, threshold)
        for label in labels:
            if label in gold.labels:
                covered.add(label)
                scores[label].add(ours.get(label, []), gold.spans.get(label, ()))
    return {label: score for label, score in scores.items() if label in covered}
