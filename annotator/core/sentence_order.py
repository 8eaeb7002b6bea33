"""The order of work: how unsure the sources are of a sentence, and places that one can name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from math import log2
from typing import TypeVar

from annotator.core.errors import RuleError
from annotator.core.suggestion import Suggestion

_ItemT = TypeVar("_ItemT")
_SENTENCE_NUMBER = re.compile(r"\s*(?:(\d{1,9})\s*[./]\s*)?(\d{0,9})\s*")


def suggestion_uncertainty(suggestions: Sequence[Suggestion]) -> float:
    """Return how many bits a person's answer adds: 0 where nothing is suggested or all is sure.

    Each range and label counts the entropy of its score (the best one where several sources agree),
    and each pair of sources that contradict each other one bit: two labels on one range, or
    ranges that cross. (Uncertainty and disagreement sampling: B. Settles, Active Learning, 2012.)
    """
    best: dict[tuple[int, int, str], float] = {}
    for s in suggestions:
        key = (s.start, s.end, s.label)
        best[key] = max(s.score, best.get(key, 0.0))
    return sum(_entropy(p) for p in best.values()) + _count_contradictions(suggestions)


def _entropy(p: float) -> float:
    """Return the entropy of a yes with probability ``p``, in bits."""
    return 0.0 if not 0 < p < 1 else -p * log2(p) - (1 - p) * log2(1 - p)


def _count_contradictions(suggestions: Sequence[Suggestion]) -> int:
    """Return how many pairs of different sources contradict each other."""
    ordered = sorted(suggestions, key=lambda s: (s.start, s.end, s.label, s.source))
    found = 0
    for i, a in enumerate(ordered):
        for b in ordered[i + 1 :]:
            if b.start >= a.end:
                break
            found += a.source != b.source and _is_contradiction(a, b)
    return found


def _is_contradiction(a: Suggestion, b: Suggestion) -> bool:
    """Whether the two, ``a`` starting first, are two labels on one range or cross."""
    if (a.start, a.end) == (b.start, b.end):
        return a.label != b.label
    return a.start < b.start < a.end < b.end


def sorted_descending(ids: Iterable[_ItemT], key: Callable[[_ItemT], float]) -> list[_ItemT]:
    """Return the ids with the highest key first, those of one key in the order that they came in."""
    return sorted(ids, key=lambda x: -key(x))


def parse_sentence_number(text: str) -> tuple[int | None, int | None]:
    """Return the article and the sentence that ``12``, ``3.12`` or ``3.`` names, each from 1, or None.

    Raises RuleError where it names neither.
    """
    m = _SENTENCE_NUMBER.fullmatch(text)
    if m is None or not (m.group(1) or m.group(2)):
        raise RuleError("that is no place", do="type 12 for a sentence, 3.12 for article 3, sentence 12")
    return (int(m.group(1)) if m.group(1) else None, int(m.group(2)) if m.group(2) else None)
