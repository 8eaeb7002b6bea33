"""Where the nouns after a number end: before verbs, prepositions, pronouns and adverbs."""

from __future__ import annotations

import re

from msgspec import Struct

from annotator.language import english as en
from annotator.language.sentence_features import DASHES, SentenceFeatures, is_digits, is_quotation_mark

# Bare numbers: figures, number words, fractions, scales, ranges and results of votes.


_SCALED_DIGITS = re.compile(r"\d[\d,.]*(?:k|mn|bn|tn)")


class Cardinal(Struct, frozen=True):
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
    if (
        features.word(end) == "in"
        and is_cardinal(features, end + 1)
        and not is_digits(features.word(end + 1))
    ):
        return Cardinal(i, _plain_number_end(features, end + 1), "odds")
    second, form = _second_number(features, i, end)
    if form:
        return Cardinal(i, second, form)
    if all(
        features.word(at) in en.NUMBER_SCALES | en.VAGUE_QUANTIFIERS | {"a", "of", "and"}
        for at in range(i, end)
    ):
        return Cardinal(i, end, "scale")
    return Cardinal(i, end, "digits" if features.word(i)[0].isdigit() else "word")


def is_cardinal(features: SentenceFeatures, i: int) -> bool:
    """Whether token ``i`` is a number by itself."""
    word = features.word(i)
    if word == "scores":
        return features.word(i + 1) == "of"
    return bool(word) and (
        word in en.NUMBER_WORDS
        or word in en.PLURAL_SCALES
        or is_digits(word)
        or bool(_SCALED_DIGITS.fullmatch(word))
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
    half = (
        features.word(at) == "and"
        and features.word(at + 1) == "a"
        and features.word(at + 2) in en.FRACTION_NAMES
    )
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
    if word == "and" and before in en.SINGULAR_SCALES and features.word(at + 1) in en.NUMBER_WORDS:
        return at + 1
    return at + (word == "of" and before in en.PLURAL_SCALES and features.word(at + 1) in en.PLURAL_SCALES)


def _is_hyphenated_number(before: str, after: str) -> bool:
    """Whether a hyphen joins one number in words: twenty-seven."""
    return before.endswith("ty") and after in en.NUMBER_WORDS


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
    if features.word(i - 1) in en.BEFORE_HALF_AS_PART or (
        features.word(i + 1) in DASHES and features.is_attached(i + 1)
    ):
        return i
    return i + 1


def _dozen_end(features: SentenceFeatures, at: int) -> int:
    """Return the end of "-dozen" or "a dozen" after "half"; 0 where no dozen follows."""
    at += features.word(at) in DASHES or (
        features.word(at) == "a" and features.word(at + 1) in en.NUMBER_SCALES
    )
    return at + 1 if features.word(at) in en.SINGULAR_SCALES else 0


def _no_noun_at(features: SentenceFeatures, at: int) -> bool:
    """Whether no noun stands at ``at``, so that "a third" before it is a share and no ordinal."""
    word = features.word(at)
    return (
        word in en.PREPOSITIONS | en.DETERMINERS | {"as", "and", "or", "lower", "higher"}
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
    moved = (
        word == "to" and features.word(first - 1) == "from" and features.word(first - 2) in en.MOVEMENT_VERBS
    )
    return (at, "") if low > high or moved else (end, "range")


MAX_NOUN_DISTANCE = 7
"""How many words after a number may stand before the end of what it counts."""

_NOUN_SEARCH_STOPS = en.NOUN_SEARCH_STOPS | en.SPEECH_CUES
_FIRM_NOUN_SEARCH_STOPS = en.NOUN_SEARCH_STOPS - en.WEAK_NOUN_SEARCH_STOPS


def is_plural(features: SentenceFeatures, i: int) -> bool:
    """Whether the word looks like a plural noun."""
    word = features.word(i)
    if (
        word in en.IRREGULAR_PLURALS
        or word in en.PLURALS
        or (word.endswith("s") and word[:-1] in en.DEMONYMS)
    ):
        return True
    if len(word) < 3 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ous")):
        return False
    return word.isalpha() and word not in en.NOT_COUNTED_PLURALS and word not in en.FUNCTION_WORDS


def plural_noun_end(features: SentenceFeatures, start: int) -> int:
    """Return the end of nouns that more than one is counted of; ``start`` if there is no plural."""
    at = start
    heads = []
    while at < len(features) and at - start < MAX_NOUN_DISTANCE and in_counted_phrase(features, at, start):
        if is_head_noun(features, at):
            heads.append(at)
        if heads and at > heads[-1] and not _is_plural_modifier(features, heads[-1]):
            break
        at += 1
    if not heads:
        return _non_english_noun_end(features, start)
    return _last_head(features, heads) + 1


def _last_head(features: SentenceFeatures, heads: list[int]) -> int:
    """Return the head among plurals in reading order: over modifiers and over plurals in a row."""
    chosen = heads[0]
    for at in heads[1:]:
        if (at == chosen + 1 and features.word(at) != "others") or _is_plural_modifier(features, chosen):
            chosen = at
    return chosen


def _is_plural_modifier(features: SentenceFeatures, i: int) -> bool:
    """Whether a plural form may stand before the noun that is counted."""
    word = features.word(i)
    return word in en.PLURAL_MODIFIERS or (word in en.NAMES_IN_S and features.is_capitalised(i))


def _non_english_noun_end(features: SentenceFeatures, at: int) -> int:
    """In another language, the word after the number is what it counts."""
    if not features.is_english and features.word(at)[:4].isalpha() and len(features.word(at)) > 3:
        return at + (not features.word(at).endswith("ed") and features.word(at) not in _NOUN_SEARCH_STOPS)
    return at


def singular_noun_end(features: SentenceFeatures, start: int) -> int:
    """Return the end of a noun phrase in the singular; ``start`` if no noun follows."""
    at, word = start, features.word(start)
    if _is_regular_plural(features, at) or (
        word.endswith("ed") and not in_counted_phrase(features, at + 1, at)
    ):
        return at
    while at < len(features) and at - start < MAX_NOUN_DISTANCE and in_counted_phrase(features, at, start):
        if at > start and (
            _follows_singular_noun(features, at) or features.word(at) in ("and", "or", "'s", "'")
        ):
            break
        at += 1
    while at > start and (features.word(at - 1) in en.MODIFIERS or features.word(at - 1).endswith("ly")):
        at -= 1
    return at


def _is_regular_plural(features: SentenceFeatures, at: int) -> bool:
    """Whether the word is a plural in -s, or a verb, so that it cannot go on after "one"."""
    return (
        features.word(at).endswith("s")
        and is_plural(features, at)
        and features.word(at) not in en.PLURAL_MODIFIERS
    )


def _follows_singular_noun(features: SentenceFeatures, at: int) -> bool:
    """Whether the word at ``at`` seems to be a verb or a name after a noun in the singular."""
    word, before = features.word(at), features.word(at - 1)
    if word in en.ONE_VERBS or (
        word in en.TITLES and features.is_capitalised(at) and not features.is_capitalised(at - 1)
    ):
        return True
    if features.word(at + 1) in DASHES and features.is_attached(at + 1):
        return False
    if _is_regular_plural(features, at):
        return True
    if features.word(at - 2) in DASHES or before.endswith("ly") or before in en.MODIFIERS:
        return False
    if word.endswith("ly") and word not in en.LY_NOUNS:
        return not features.word(at + 1).endswith("ed")
    if word in en.ING_NOUNS:
        return False
    return word.endswith("ed") or (word.endswith("ing") and not in_counted_phrase(features, at + 1, at))


def in_counted_phrase(features: SentenceFeatures, at: int, start: int) -> bool:
    """Whether the word may stand between a number and what it counts, or be that."""
    word = features.word(at)
    if not word or (is_quotation_mark(features.tokens[at].text) and word != "'"):
        return False
    if features.word(at + 1) in DASHES and features.is_attached(at + 1) and features.is_attached(at + 2):
        return word[0].isalnum()
    if word in DASHES:
        return at > start and features.is_attached(at) and features.is_attached(at + 1)
    if word in en.MODIFIERS or is_plural(features, at):
        return True
    if word in ("and", "or"):
        return at > start and _joins_modifiers(features, at)
    if word in ("'s", "&"):
        return at > start and features.is_capitalised(at - 1)
    if word in en.FUNCTION_WORDS or is_cardinal(features, at):
        return False
    if word in _NOUN_SEARCH_STOPS and not features.is_capitalised(at):
        return word not in _FIRM_NOUN_SEARCH_STOPS and is_head_noun(features, at + 1)
    if word in en.DATES and features.is_capitalised(at):
        return False
    return word[0].isalpha()


def _joins_modifiers(features: SentenceFeatures, at: int) -> bool:
    """Whether "and" stands between two modifiers of one plural: 12 red and green boats."""
    after = at + 1
    if is_plural(features, at - 1) or is_cardinal(features, after):
        return False
    while features.word(after + 1) in DASHES and features.is_attached(after + 1):
        after += 2
    return (
        features.word(after)[:1].isalpha()
        and features.word(after) not in en.FUNCTION_WORDS
        and is_head_noun(features, after + 1)
    )


def is_head_noun(features: SentenceFeatures, at: int) -> bool:
    """Whether the word can be the plural that is counted: none that a hyphen or 's goes on after."""
    if not is_plural(features, at):
        return False
    after = features.word(at + 1)
    if after == "'s" and is_plural(features, at + 2):
        return not (features.is_capitalised(at) or features.word(at) in en.IRREGULAR_PLURALS)
    return not (after in DASHES and features.is_attached(at + 1) and features.is_attached(at + 2))


# What a number counts: where its noun phrase ends, or that it is a measure, a date or money.


_NOUN_KINDS = (
    ("duration", en.DURATIONS),
    ("money", en.CURRENCIES | en.MONEY_NOUNS),
    ("unit", en.MEASURES),
    ("times", en.REPETITION_NOUNS),
)
"""Kinds of nouns by the last word, the first that fits."""


class CountedNoun(Struct, frozen=True):
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
    for kind, names in (
        ("duration", en.DURATIONS),
        ("money", en.CURRENCIES),
        ("clock", en.CLOCK_WORDS),
    ):
        if word in names:
            return CountedNoun(at + 1, kind, at + 1)
    if word in DASHES and (
        features.word(at + 1) in en.COMPOUND_UNITS
        or (features.is_attached(at) and features.is_attached(at + 1))
    ):
        return _compound_noun(features, at + 2)
    one = number.last - number.first == 1 and features.word(number.first) in ("one", "1")
    if word in en.MEASURES and not one:
        return CountedNoun(at + 1, "unit", at + 1)
    if (
        word in en.COMPOUND_UNITS
        and not one
        and not is_plural(features, at + 1)
        and singular_noun_end(features, at + 1) > at + 1
    ):
        return _compound_noun(features, at + 1)
    if number.form == "result" and word in en.VOTE_NOUNS:
        return CountedNoun(at + 1, "noun", at + 1)
    end = singular_noun_end(features, at) if one else plural_noun_end(features, at)
    return CountedNoun(end, _noun_kind(features, at, end), end)


def complement_end(features: SentenceFeatures, last: int) -> int:
    """Return the end with "of the country" or "of them"; ``last`` if nothing of the kind follows."""
    half = features.word(last - 1) in ("half", "halves") and features.word(last) in en.DETERMINERS
    if features.word(last) != "of" and not half:
        return last
    start = _skip_determiners(features, last + (not half))
    if features.word(start) in en.PRONOUNS:
        return start + 1 if not half else last
    at = start
    while at - start < 2 * MAX_NOUN_DISTANCE and (
        in_counted_phrase(features, at, start) or is_cardinal(features, at) or _is_possessive(features, at)
    ):
        at += 1
        if (
            is_head_noun(features, at - 1)
            and features.word(at) not in ("'s", "'")
            and not is_head_noun(features, at)
        ):
            break
    at += at > start and is_cardinal(features, at - 1) and features.word(at) in en.PERCENT
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
    if features.word(at) not in en.PERCENT:
        return at
    joint, second = (
        features.word(at + 1),
        features.word(at + 3) in en.PERCENT and is_cardinal(features, at + 2),
    )
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
    if unit in en.DURATIONS or unit in en.CURRENCIES:
        return CountedNoun(at, "duration" if unit in en.DURATIONS else "money", at)
    end = at + 1 if is_plural(features, at) else singular_noun_end(features, at)
    kind = _noun_kind(features, at, end)
    return CountedNoun(end, kind if kind in ("duration", "money") else "compound", at)


def _is_possessive(features: SentenceFeatures, at: int) -> bool:
    return features.word(at) in ("'s", "'") and features.is_attached(at)


def _skip_determiners(features: SentenceFeatures, at: int) -> int:
    while features.word(at) in en.DETERMINERS:
        at += 1
    return at
