"""Bare numbers: figures, number words, fractions, scales, ranges and results of votes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from annotator.core.phrases.en import numbers as en
from annotator.core.phrases.en import words
from annotator.core.phrases.view import DASHES, View, is_digits

_SHORT = re.compile(r"\d[\d,.]*(?:k|mn|bn|tn)")


@dataclass(frozen=True, slots=True)
class Cardinal:
    """A bare number, tokens ``[first, last)``."""

    first: int
    last: int
    form: str
    """``digits``, ``word``, ``scale`` (dozens), ``share`` (a third), ``odds`` (one in ten), ``range``
    or ``result`` (271-147)."""


def cardinal(features: View, i: int) -> Cardinal | None:
    """Return the bare number that starts at token ``i``."""
    if (end := _share(features, i)) > i:
        return Cardinal(i, end, "share")
    if (end := _plain(features, i)) == i:
        return None
    if features.word(end) == "in" and is_number(features, end + 1) and not is_digits(features.word(end + 1)):
        return Cardinal(i, _plain(features, end + 1), "odds")
    second, form = _second(features, i, end)
    if form:
        return Cardinal(i, second, form)
    if all(features.word(at) in en.SCALES | en.VAGUE | {"a", "of", "and"} for at in range(i, end)):
        return Cardinal(i, end, "scale")
    return Cardinal(i, end, "digits" if features.word(i)[0].isdigit() else "word")


def is_number(features: View, i: int) -> bool:
    """Whether token ``i`` is a number by itself."""
    word = features.word(i)
    if word == "scores":
        return features.word(i + 1) == "of"
    return bool(word) and (
        word in en.CARDINALS or word in en.PLURAL_SCALES or is_digits(word) or bool(_SHORT.fullmatch(word))
    )


def value(word: str) -> float:
    """Return the value of a number in digits; 0 where it is none."""
    try:
        return float(word.replace(",", ""))
    except ValueError:
        return 0.0


def _plain(features: View, i: int) -> int:
    """Return the end of figures and number words in a row, joined by hyphens, "and" and "of"."""
    at = _scale_start(features, i)
    if at == i and not is_number(features, i):
        return i
    while is_number(features, at) or (at > i and features.word(at) in en.SCALES):
        at = _over_joint(features, at + 1)
    half = features.word(at) == "and" and features.word(at + 1) == "a" and features.word(at + 2) in en.PARTS
    return at + 3 if half else at


def _scale_start(features: View, i: int) -> int:
    """Return the place of the scale in "a dozen" and "several hundred"; ``i`` where there is none."""
    if features.word(i) in en.VAGUE | {"a"} and features.word(i + 1) in en.SCALES:
        return i + 1
    return i


def _over_joint(features: View, at: int) -> int:
    """Return where the number goes on after a hyphen, an "and" or an "of"; ``at`` if it does not."""
    before, word = features.word(at - 1), features.word(at)
    if word in DASHES and features.is_attached(at) and features.is_attached(at + 1):
        return at + 1 if _spelled(before, features.word(at + 1)) else at
    if word == "and" and before in en.SINGULAR_SCALES and features.word(at + 1) in en.CARDINALS:
        return at + 1
    return at + (word == "of" and before in en.PLURAL_SCALES and features.word(at + 1) in en.PLURAL_SCALES)


def _spelled(before: str, after: str) -> bool:
    """Whether a hyphen joins one number in words: twenty-seven."""
    return before.endswith("ty") and after in en.CARDINALS


def _share(features: View, i: int) -> int:
    """Return the end of "half", "a third", "two-thirds"; ``i`` if none starts there."""
    word = features.word(i)
    if word == "half":
        return _half(features, i)
    if word not in ("a", "an", "one") and not is_number(features, i):
        return i
    at = i + 1 + (features.word(i + 1) in DASHES)
    part = features.word(at)
    if part == "half" and (dozen := _dozen(features, at + 1)):
        return dozen
    if part not in en.PARTS or features.word(at + 1) in DASHES:
        return i
    if part.endswith("s") or (word == "one" and at > i + 1) or _alone(features, at + 1):
        return at + 1
    return i


def _half(features: View, i: int) -> int:
    if dozen := _dozen(features, i + 1):
        return dozen
    if features.word(i - 1) in en.NO_HALF or (features.word(i + 1) in DASHES and features.is_attached(i + 1)):
        return i
    return i + 1


def _dozen(features: View, at: int) -> int:
    """Return the end of "-dozen" or "a dozen" after "half"; 0 where no dozen follows."""
    at += features.word(at) in DASHES or (features.word(at) == "a" and features.word(at + 1) in en.SCALES)
    return at + 1 if features.word(at) in en.SINGULAR_SCALES else 0


def _alone(features: View, at: int) -> bool:
    """Whether no noun stands at ``at``, so that "a third" before it is a share and no ordinal."""
    word = features.word(at)
    return (
        word in words.PREPOSITIONS | words.DETERMINERS | {"as", "and", "or", "lower", "higher"}
        or not word.isalnum()
    )


def _second(features: View, first: int, at: int) -> tuple[int, str]:
    """Return the end of a second number and what both are, range or result; no form if there is none."""
    word = features.word(at)
    dash = word in DASHES
    if not dash and word not in ("to", "or", "and"):
        return at, ""
    end = _plain(features, at + 1)
    if end == at + 1 or (dash and (features.word(end) in DASHES and features.is_attached(end))):
        return at, ""
    low, high = value(features.word(first)), value(features.word(at + 1))
    if dash:
        return end, "result" if low > high or not features.is_attached(at) else "range"
    if word == "and":
        return (end, "range") if features.word(first - 1) == "between" else (at, "")
    moved = word == "to" and features.word(first - 1) == "from" and features.word(first - 2) in en.MOVES
    return (at, "") if low > high or moved else (end, "range")
