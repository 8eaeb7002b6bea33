"""How well suggestions match gold annotations, label by label."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from annotator.core.article import Sentence
from annotator.core.scoring import SpanOffsets, SpanScores, score_spans
from annotator.core.suggestion import Suggestion

SCORE_THRESHOLD = 0.5


class GoldSentence(Struct, frozen=True):
    """One sentence with its gold spans by label."""

    sentence: Sentence
    spans: Mapping[str, Collection[SpanOffsets]]
    labels: frozenset[str]
    """The labels that were annotated here; of others nothing is known."""


def choose_suggestions(
    suggestions: Iterable[Suggestion], threshold: float = SCORE_THRESHOLD
) -> dict[str, list[SpanOffsets]]:
    """Return of each label the likeliest suggestions that don't overlap; of equal ones the longer first."""
    chosen: dict[str, list[SpanOffsets]] = {}
    for s in sorted(suggestions, key=lambda s: (-s.score, s.start, -s.end)):
        kept = chosen.setdefault(s.label, [])
        if s.score >= threshold and not any(s.start < b and a < s.end for a, b in kept):
            kept.append((s.start, s.end))
    return chosen


def evaluate_suggestions(
    rows: Iterable[tuple[GoldSentence, Sequence[Suggestion]]], labels: Sequence[str], threshold: float = SCORE_THRESHOLD
) -> dict[str, SpanScores]:
    """Return the scores of each label, in the order given; a label that no row covers is left out."""
    scores: dict[str, SpanScores] = {}
    for gold, suggestions in rows:
        chosen = choose_suggestions(suggestions, threshold)
        for label in gold.labels.intersection(labels):
            row = score_spans(chosen.get(label, ()), gold.spans.get(label, ()))
            scores[label] = scores.get(label, SpanScores()) + row
    return {label: scores[label] for label in labels if label in scores}
