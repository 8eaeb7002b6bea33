"""Bare numbers: figures, number words, fractions, scales, ranges and results of votes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from annotator.core.phrases.en import numbers as en
from annotator.core.phrases.en import words
from annotator.core.phrases.view import DASHES, SentenceFeatures, is_digits

_SCALED_DIGITS = re.compile(r"\d[\d,.]*(?:k|mn|bn|tn)")


@dataclass(frozen=True, slots=True)
class Cardinal:
    """A bare number, tokens ``[first, last)``."""

    first: int
    last: int
    form: str
    """``digits``, ``word``, ``scale`` (dozens), ``share`` (a third), ``odds`` (one in ten), ``range``
    or ``result`` (271-147)."""


def cardinal_at(features: SentenceFeatures, i: int) -> Cardinal | None:
    """Return the bare number that starts at token ``i``."""
    if (end := _fraction_end(features, i)) > i:
        return Cardinal(i, end, "share")
    if (end := _plain_number_end(features, i)) == i:
        return None
    if features.word(end) == "in" and is_cardinal(features, end + 1) and not is_digits(features.word(end + 1)):
        return Cardinal(i, _plain_number_end(features, end + 1), "odds")
    second, form = _second_number(features, i, end)
    if form:
        return Cardinal(i, second, form)
    if all(features.word(at) in en.NUMBER_SCALES | en.VAGUE_QUANTIFIERS | {"a", "of", "and"} for at in range(i, end)):
        return Cardinal(i, end, "scale")
    return Cardinal(i, end, "digits" if features.word(i)[0].isdigit() else "word")


def is_cardinal(features: SentenceFeatures, i: int) -> bool:
    """Whether token ``i`` is a number by itself."""
    word = features.word(i)
    if word == "scores":
        return features.word(i + 1) == "of"
    return bool(word) and (
        word in en.CARDINALS or word in en.PLURAL_SCALES or is_digits(word) or bool(_SCALED_DIGITS.fullmatch(word))
    )


def number_value(word: str) -> float:
    """Return the value of a number in digits; 0 where it is none."""
    try:
        return float(word.replace(",", ""))
    except ValueError:
        return 0.0


def _plain_number_end(features: SentenceFeatures, i: int) -> int:
    """Return the end of figures and number words in a row, joined by hyphens, "and" and "of"."""
    at = _scale_start(features, i)
    if at == i and not is_cardinal(features, i):
        return i
    while is_cardinal(features, at) or (at > i and features.word(at) in en.NUMBER_SCALES):
        at = _skip_joint(features, at + 1)
    half = features.word(at) == "and" and features.word(at + 1) == "a" and features.word(at + 2) in en.FRACTION_NAMES
    return at + 3 if half else at


def _scale_start(features: SentenceFeatures, i: int) -> int:
    """Return the place of the scale in "a dozen" and "several hundred"; ``i`` where there is none."""
    if features.word(i) in en.VAGUE_QUANTIFIERS | {"a"} and features.word(i + 1) in en.NUMBER_SCALES:
        return i + 1
    return i


def _skip_joint(features: SentenceFeatures, at: int) -> int:
    """Return where the number goes on after a hyphen, an "and" or an "of"; ``at`` if it does not."""
    before, word = features.word(at - 1), features.word(at)
    if word in DASHES and features.is_attached(at) and features.is_attached(at + 1):
        return at + 1 if _is_hyphenated_number(before, features.word(at + 1)) else at
    if word == "and" and before in en.SINGULAR_SCALES and features.word(at + 1) in en.CARDINALS:
        return at + 1
    return at + (word == "of" and before in en.PLURAL_SCALES and features.word(at + 1) in en.PLURAL_SCALES)


def _is_hyphenated_number(before: str, after: str) -> bool:
    """Whether a hyphen joins one number in words: twenty-seven."""
    return before.endswith("ty") and after in en.CARDINALS


def _fraction_end(features: SentenceFeatures, i: int) -> int:
    """Return the end of "half", "a third", "two-thirds"; ``i`` if none starts there."""
    word = features.word(i)
    if word == "half":
        return _half_end(features, i)
    if word not in ("a", "an", "one") and not is_cardinal(features, i):
        return i
    at = i + 1 + (features.word(i + 1) in DASHES)
    part = features.word(at)
    if part == "half" and (dozen := _dozen_end(features, at + 1)):
        return dozen
    if part not in en.FRACTION_NAMES or features.word(at + 1) in DASHES:
        return i
    if part.endswith("s") or (word == "one" and at > i + 1) or _no_noun_at(features, at + 1):
        return at + 1
    return i


def _half_end(features: SentenceFeatures, i: int) -> int:
    if dozen := _dozen_end(features, i + 1):
        return dozen
    if features.word(i - 1) in en.BEFORE_HALF_AS_PART or (features.word(i + 1) in DASHES and features.is_attached(i + 1)):
        return i
    return i + 1


def _dozen_end(features: SentenceFeatures, at: int) -> int:
    """Return the end of "-dozen" or "a dozen" after "half"; 0 where no dozen follows."""
    at += features.word(at) in DASHES or (features.word(at) == "a" and features.word(at + 1) in en.NUMBER_SCALES)
    return at + 1 if features.word(at) in en.SINGULAR_SCALES else 0


def _no_noun_at(features: SentenceFeatures, at: int) -> bool:
    """Whether no noun stands at ``at``, so that "a third" before it is a share and no ordinal."""
    word = features.word(at)
    return (
        word in words.PREPOSITIONS | words.DETERMINERS | {"as", "and", "or", "lower", "higher"}
        or not word.isalnum()
    )


def _second_number(features: SentenceFeatures, first: int, at: int) -> tuple[int, str]:
    """Return the end of a second number and what both are, range or result; no form if there is none."""
    word = features.word(at)
    dash = word in DASHES
    if not dash and word not in ("to", "or", "and"):
        return at, ""
    end = _plain_number_end(features, at + 1)
    if end == at + 1 or (dash and (features.word(end) in DASHES and features.is_attached(end))):
        return at, ""
    low, high = number_value(features.word(first)), number_value(features.word(at + 1))
    if dash:
        return end, "result" if low > high or not features.is_attached(at) else "range"
    if word == "and":
        return (end, "range") if features.word(first - 1) == "between" else (at, "")
    moved = word == "to" and features.word(first - 1) == "from" and features.word(first - 2) in en.MOVEMENT_VERBS
    return (at, "") if low > high or moved else (end, "range")
