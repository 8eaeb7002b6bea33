"""Words before a number that belong to it: about, more than, at least."""

from __future__ import annotations

from collections.abc import Mapping

from annotator.core.phrases.cardinals import Cardinal
from annotator.core.phrases.counted import CountedNoun
from annotator.core.phrases.en import numbers as en
from annotator.core.phrases.view import SentenceFeatures

_Phrases = tuple[tuple[str, ...], ...]


def _group_by_last_word(phrases: _Phrases) -> Mapping[str, _Phrases]:
    """Return the phrases by their last word, so that a number asks only for those that can end at it."""
    lasts = dict.fromkeys(p[-1] for p in phrases)
    return {last: tuple(p for p in phrases if p[-1] == last) for last in lasts}


_APPROXIMATORS_BY_LAST_WORD = _group_by_last_word(en.APPROXIMATORS + en.OPTIONAL_APPROXIMATORS)


def approximator_start(features: SentenceFeatures, number: Cardinal, floor: int, c: CountedNoun) -> int:
    """Return where the approximators before a number start; never before ``floor``."""
    start = number.first
    while size := _approximator_length(features, start, floor):
        if _belongs_to_verb(features, start - size, c):
            break
        start -= size
    between = start > floor and features.word(start - 1) == "between"
    return start - 1 if between and "and" in features.folded[number.first : c.last] else start


def optional_word_count(features: SentenceFeatures, first: int) -> int:
    """Return how many words at the start of a number phrase some annotators leave out: only, just."""
    return max((len(p) for p in en.OPTIONAL_APPROXIMATORS if features.folded[first : first + len(p)] == p), default=0)


def _approximator_length(features: SentenceFeatures, end: int, floor: int) -> int:
    """Return the length of the longest approximator that ends before token ``end``."""
    fits = _APPROXIMATORS_BY_LAST_WORD.get(features.word(end - 1), ())
    return max((len(p) for p in fits if features.folded[max(floor, end - len(p)) : end] == p), default=0)


def _belongs_to_verb(features: SentenceFeatures, at: int, c: CountedNoun) -> bool:
    """Whether the word at ``at`` belongs to the verb before it, or to a "the": rose up to 40 %."""
    word, moved = features.word(at), features.word(at - 1) in en.MOVEMENT_VERBS
    if word == "only" and features.word(at - 1) in en.BEFORE_ADJECTIVE_ONLY:
        return True
    if word == "over" and features.word(at - 1) in en.HANDOVER_VERBS:
        return True
    return word in en.LEVEL_WORDS and moved and c.kind != "noun"
