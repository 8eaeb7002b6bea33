"""Words before a number that belong to it: about, more than, at least."""

from __future__ import annotations

from collections.abc import Mapping

from annotator.core.phrases.cardinals import Cardinal
from annotator.core.phrases.counted import Counted
from annotator.core.phrases.en import numbers as en
from annotator.core.phrases.view import View

_Phrases = tuple[tuple[str, ...], ...]


def _by_last(phrases: _Phrases) -> Mapping[str, _Phrases]:
    """Return the phrases by their last word, so that a number asks only for those that can end at it."""
    lasts = dict.fromkeys(p[-1] for p in phrases)
    return {last: tuple(p for p in phrases if p[-1] == last) for last in lasts}


_BY_LAST = _by_last(en.FIRM + en.LOOSE)


def approximated(features: View, number: Cardinal, floor: int, c: Counted) -> int:
    """Return where the approximators before a number start; never before ``floor``."""
    start = number.first
    while size := _size(features, start, floor):
        if _elsewhere(features, start - size, c):
            break
        start -= size
    between = start > floor and features.word(start - 1) == "between"
    return start - 1 if between and "and" in features.folded[number.first : c.last] else start


def loose_words(features: View, first: int) -> int:
    """Return how many words at the start of a number phrase some annotators leave out: only, just."""
    return max((len(p) for p in en.LOOSE if features.folded[first : first + len(p)] == p), default=0)


def _size(features: View, end: int, floor: int) -> int:
    """Return the length of the longest approximator that ends before token ``end``."""
    fits = _BY_LAST.get(features.word(end - 1), ())
    return max((len(p) for p in fits if features.folded[max(floor, end - len(p)) : end] == p), default=0)


def _elsewhere(features: View, at: int, c: Counted) -> bool:
    """Whether the word at ``at`` belongs to the verb before it, or to a "the": rose up to 40 %."""
    word, moved = features.word(at), features.word(at - 1) in en.MOVES
    if word == "only" and features.word(at - 1) in en.OWNERS:
        return True
    if word == "over" and features.word(at - 1) in en.HANDS:
        return True
    return word in en.LEVELS and moved and c.kind != "noun"
