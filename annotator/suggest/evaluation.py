"""How well suggestions match gold annotations, label by label, and from which score on they match best."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from annotator.core.article import Sentence
from annotator.core.scoring import MatchCounts, SpanOffsets, SpanScores, score_spans
from annotator.core.suggestion import Suggestion

SCORE_THRESHOLD = 0.5
_TRIED_THRESHOLDS = tuple(n / 20 for n in range(20))


class GoldSentence(Struct, frozen=True):
    """One sentence with its gold spans by label."""

    sentence: Sentence
    spans: Mapping[str, Collection[SpanOffsets]]
    labels: frozenset[str]
    """The labels that were annotated here; of others nothing is known."""


EvaluatedRow = tuple[GoldSentence, Sequence[Suggestion]]
"""A gold sentence, and what is suggested for it."""


def choose_suggestions(
    suggestions: Iterable[Suggestion], threshold: float = SCORE_THRESHOLD
) -> dict[str, list[SpanOffsets]]:
    """Return of each label the likeliest suggestions that don't overlap; of equal ones the longer first.

    A suggestion counts from a score of ``threshold`` on, and always where its source gives no score.
    """
    chosen: dict[str, list[SpanOffsets]] = {}
    for s in sorted(suggestions, key=lambda s: (-s.score, s.start, -s.end)):
        kept = chosen.setdefault(s.label, [])
        if (s.estimated or s.score >= threshold) and not any(s.start < b and a < s.end for a, b in kept):
            kept.append((s.start, s.end))
    return chosen


def evaluate_suggestions(
    rows: Iterable[EvaluatedRow], labels: Sequence[str], threshold: float = SCORE_THRESHOLD
) -> dict[str, SpanScores]:
    """Return the scores of each label, in the order given; a label that no row covers is left out."""
    scores: dict[str, SpanScores] = {}
    for gold, suggestions in rows:
        chosen = choose_suggestions(suggestions, threshold)
        for label in gold.labels.intersection(labels):
            row = score_spans(chosen.get(label, ()), gold.spans.get(label, ()))
            scores[label] = scores.get(label, SpanScores()) + row
    return {label: scores[label] for label in labels if label in scores}


class ThresholdScore(Struct, frozen=True):
    """The exact F1 over all labels (micro average) at a threshold."""

    threshold: float
    f1: float


def best_threshold(rows: Sequence[EvaluatedRow], labels: Sequence[str]) -> ThresholdScore | None:
    """Return the threshold of the best F1, in steps of 0.05, the lowest of equal ones; it is fitted on these rows.

    None where no suggestion has a score of its own.
    """
    if all(s.estimated for _, suggestions in rows for s in suggestions):
        return None
    tried = (ThresholdScore(t, _exact_counts(rows, labels, t).f1) for t in _TRIED_THRESHOLDS)
    return max(tried, key=lambda x: x.f1)


def _exact_counts(rows: Sequence[EvaluatedRow], labels: Sequence[str], threshold: float) -> MatchCounts:
    correct = predicted = gold = 0
    for row, suggestions in rows:
        chosen = choose_suggestions(suggestions, threshold) if suggestions else {}
        for label in row.labels.intersection(labels):
            ours, theirs = chosen.get(label, ()), row.spans.get(label, ())
            correct += len(set(ours) & set(theirs))
            predicted += len(ours)
            gold += len(theirs)
    return MatchCounts(correct, predicted, correct, gold)


def micro_f1(scores: Iterable[SpanScores]) -> float:
    """Return the exact F1 over all labels."""
    return sum((s.exact for s in scores), MatchCounts()).f1
