"""Which suggestions of a sentence are offered: those that are still open, of each label the best apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from annotator.core.annotation import AnnotatedSentence
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion, span_from_suggestion

MIN_VISIBLE_SCORE = 0.35
"""A suggestion of a lower score is not drawn; a hint and the label's key still find it."""

AUTO_ACCEPT_SCORE = 0.8
"""From this score on Enter takes a suggestion, where the user has switched its label to that."""


def open_suggestions(
    found: Iterable[Suggestion], annotated: AnnotatedSentence, schema: Schema
) -> tuple[Suggestion, ...]:
    """Return the suggestions that are neither labelled nor turned down and that the schema allows.

    A stretch that has a label already is not offered under another one.
    """
    annotation = annotated.annotation
    labelled = {(s.start, s.end) for s in annotation.spans}
    rejected = {s.key for s in annotation.rejected}
    length = len(annotated.sentence.text)
    # Whether a span of the same label is over, in or across the suggestion: it has been decided
    return tuple(
        s
        for s in found
        if s.end <= length
        and (s.start, s.end) not in labelled
        and (s.start, s.end, s.label) not in rejected
        and not any(s.label == x.label and s.start < x.end and x.start < s.end for x in annotation.spans)
        and schema.find_violation(span_from_suggestion(s), annotation.spans) is None
    )


@lru_cache(maxsize=512)
def select_visible_suggestions(
    found: tuple[Suggestion, ...], annotated: AnnotatedSentence, schema: Schema
) -> tuple[Suggestion, ...]:
    """Return the open suggestions that are drawn; the screen asks for the same ones many times a key."""
    return best_non_overlapping(open_suggestions(found, annotated, schema))


def best_non_overlapping(found: Iterable[Suggestion], at_least: float = MIN_VISIBLE_SCORE) -> tuple[Suggestion, ...]:
    """Return of each label the best suggestions that don't overlap, in reading order, outer before inner."""
    kept: dict[str, list[Suggestion]] = {}
    for s in sorted(found, key=lambda s: (-s.score, s.start, -s.end, s.label)):
        mine = kept.setdefault(s.label, [])
        if s.score >= at_least and not any(s.start < k.end and k.start < s.end for k in mine):
            mine.append(s)
    return tuple(sorted((s for mine in kept.values() for s in mine), key=lambda s: (s.start, -s.end, s.label)))


def likeliest_by_range(suggestions: Iterable[Suggestion]) -> dict[tuple[int, int], Suggestion]:
    """Return the likeliest suggestion of each stretch (code points), the likeliest stretch first."""
    best: dict[tuple[int, int], Suggestion] = {}
    for s in sorted(suggestions, key=lambda s: -s.score):
        best.setdefault((s.start, s.end), s)
    return best


def select_auto_accepted(
    suggestions: Sequence[Suggestion], annotated: AnnotatedSentence, schema: Schema, labels: Collection[str]
) -> tuple[Suggestion, ...]:
    """Return the drawn suggestions that Enter takes: sure ones of the labels in ``take``.

    Of a stretch only the likeliest, which is the one drawn, and none that another one forbids.
    """
    best = likeliest_by_range(suggestions)
    kept, out = list(annotated.annotation.spans), []
    sure = [s for s in suggestions if s is best[s.start, s.end] and s.score >= AUTO_ACCEPT_SCORE]
    for s in sure:
        if s.label in labels and schema.find_violation(span_from_suggestion(s), kept) is None:
            kept.append(span_from_suggestion(s))
            out.append(s)
    return tuple(out)
