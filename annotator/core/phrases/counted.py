"""What a number counts: where its noun phrase ends, or that it is a measure, a date or money."""

from __future__ import annotations

from dataclasses import dataclass

from annotator.core.phrases.cardinals import Cardinal, is_cardinal
from annotator.core.phrases.en import numbers as en
from annotator.core.phrases.en import words
from annotator.core.phrases.nouns import MAX_NOUN_DISTANCE, is_head_noun, in_counted_phrase, plural_noun_end, singular_noun_end, is_plural
from annotator.core.phrases.view import DASHES, SentenceFeatures

_NOUN_KINDS = (
    ("duration", words.DURATIONS),
    ("money", words.CURRENCIES | en.MONEY_NOUNS),
    ("unit", en.MEASURES),
    ("times", en.REPETITION_NOUNS),
)
"""Kinds of nouns by the last word, the first that fits."""


@dataclass(frozen=True, slots=True)
class CountedNoun:
    """The end of a number with what it counts."""

    last: int
    kind: str
    """``percent``, ``noun``, ``compound`` (a 12-member board), ``unit`` (a measure), ``times``, ``none``;
    ``money``, ``duration`` and ``clock`` count nothing."""
    compound_end: int
    """The end without the noun after a compound; else ``last``."""


def counted_noun(features: SentenceFeatures, number: Cardinal) -> CountedNoun:
    """Return what follows a bare number."""
    at, word = number.last, features.word(number.last)
    if (end := _percent_end(features, at)) > at:
        return CountedNoun(end, "percent", end)
    for kind, names in (("duration", words.DURATIONS), ("money", words.CURRENCIES), ("clock", words.CLOCK_WORDS)):
        if word in names:
            return CountedNoun(at + 1, kind, at + 1)
    if word in DASHES and (features.word(at + 1) in en.COMPOUND_UNITS or (features.is_attached(at) and features.is_attached(at + 1))):
        return _compound_noun(features, at + 2)
    one = number.last - number.first == 1 and features.word(number.first) in ("one", "1")
    if word in en.MEASURES and not one:
        return CountedNoun(at + 1, "unit", at + 1)
    if word in en.COMPOUND_UNITS and not one and not is_plural(features, at + 1) and singular_noun_end(features, at + 1) > at + 1:
        return _compound_noun(features, at + 1)
    if number.form == "result" and word in en.VOTE_NOUNS:
        return CountedNoun(at + 1, "noun", at + 1)
    end = singular_noun_end(features, at) if one else plural_noun_end(features, at)
    return CountedNoun(end, _noun_kind(features, at, end), end)


def complement_end(features: SentenceFeatures, last: int) -> int:
    """Return the end with "of the country" or "of them"; ``last`` if nothing of the kind follows."""
    half = features.word(last - 1) in ("half", "halves") and features.word(last) in words.DETERMINERS
    if features.word(last) != "of" and not half:
        return last
    start = _skip_determiners(features, last + (not half))
    if features.word(start) in words.PRONOUNS:
        return start + 1 if not half else last
    at = start
    while at - start < 2 * MAX_NOUN_DISTANCE and (in_counted_phrase(features, at, start) or is_cardinal(features, at) or _is_possessive(features, at)):
        at += 1
        if is_head_noun(features, at - 1) and features.word(at) not in ("'s", "'") and not is_head_noun(features, at):
            break
    at += at > start and is_cardinal(features, at - 1) and features.word(at) in words.PERCENT
    return at if at > start else last


def _noun_kind(features: SentenceFeatures, at: int, end: int) -> str:
    """Return the kind of the noun run ``[at, end)`` by its last word."""
    if end == at:
        return "none"
    last = features.word(end - 1)
    return next((kind for kind, names in _NOUN_KINDS if last in names), "noun")


def _percent_end(features: SentenceFeatures, at: int) -> int:
    """Return the end of "percent" and of a second percentage joined by "to", "or", "and" or a dash."""
    if features.word(at) == "per" and features.word(at + 1) == "cent":
        return at + 2
    if features.word(at) not in words.PERCENT:
        return at
    joint, second = features.word(at + 1), features.word(at + 3) in words.PERCENT and is_cardinal(features, at + 2)
    if not second or joint not in ("to", "or", "and", *DASHES):
        return at + 1
    before = {features.word(at - 2), features.word(at - 3)}
    if (joint == "and" and "between" not in before) or "from" in before:
        return at + 1
    return at + 4


def _compound_noun(features: SentenceFeatures, at: int) -> CountedNoun:
    """Return the end of "12-member board", whose part after the hyphen ends before ``at``."""
    unit = features.word(at - 1)
    while features.word(at) in DASHES and features.is_attached(at) and features.is_attached(at + 1):
        at += 2
    if unit in words.DURATIONS or unit in words.CURRENCIES:
        return CountedNoun(at, "duration" if unit in words.DURATIONS else "money", at)
    end = at + 1 if is_plural(features, at) else singular_noun_end(features, at)
    kind = _noun_kind(features, at, end)
    return CountedNoun(end, kind if kind in ("duration", "money") else "compound", at)


def _is_possessive(features: SentenceFeatures, at: int) -> bool:
    return features.word(at) in ("'s", "'") and features.is_attached(at)


def _skip_determiners(features: SentenceFeatures, at: int) -> int:
    while features.word(at) in words.DETERMINERS:
        at += 1
    return at
