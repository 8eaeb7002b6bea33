"""Where the nouns after a number end: before verbs, prepositions, pronouns and adverbs."""

from __future__ import annotations

import re

from msgspec import Struct

from annotator.language import english as en
from annotator.language.sentence_features import DASHES, SentenceFeatures, is_digits

# Bare numbers: figures, number words, fractions, scales, ranges and results of votes.


_SCALED_DIGITS = re.compile(r"\d[\d,.]*(?:k|mn|bn|tn)")


class Cardinal(Struct, frozen=True):
    """A bare number, tokens ``[first, last)``."""

    first: int
    last: int
    form: str
    """``digits``, ``word``, ``scale`` (dozens), ``share`` (a third), ``odds`` (one in ten), ``range``
    or ``result`` (271-147)."""


def cardinal_at(sent: SentenceFeatures, i: int) -> Cardinal | None:
    """Return the bare number that starts at token ``i``."""
    if (end := _fraction_end(sent, i)) > i:
        return Cardinal(i, end, "share")
    if (end := _plain_number_end(sent, i)) == i:
        return None
    if sent.word(end) == "in" and is_cardinal(sent, end + 1) and not is_digits(sent.word(end + 1)):
        return Cardinal(i, _plain_number_end(sent, end + 1), "odds")
    second, form = _second_number(sent, i, end)
    if form:
        return Cardinal(i, second, form)
    if all(sent.word(at) in en.NUMBER_SCALES | en.VAGUE_QUANTIFIERS | {"a", "of", "and"} for at in range(i, end)):
        return Cardinal(i, end, "scale")
    return Cardinal(i, end, "digits" if sent.word(i)[0].isdigit() else "word")


def is_cardinal(sent: SentenceFeatures, i: int) -> bool:
    """Whether token ``i`` is a number by itself."""
    word = sent.word(i)
    if word == "scores":
        return sent.word(i + 1) == "of"
    in_words = word in en.NUMBER_WORDS or word in en.PLURAL_SCALES
    return in_words or is_digits(word) or _SCALED_DIGITS.fullmatch(word) is not None


def number_value(word: str) -> float:
    """Return the value of a number in digits; 0 where it is none."""
    try:
        return float(word.replace(",", ""))
    except ValueError:
        return 0.0


def _plain_number_end(sent: SentenceFeatures, i: int) -> int:
    """Return the end of figures and number words in a row, joined by hyphens, "and" and "of"."""
    # "a dozen", "several hundred": the scale is the number
    at = i + (sent.word(i) in en.VAGUE_QUANTIFIERS | {"a"} and sent.word(i + 1) in en.NUMBER_SCALES)
    if at == i and not is_cardinal(sent, i):
        return i
    while is_cardinal(sent, at) or (at > i and sent.word(at) in en.NUMBER_SCALES):
        at = _skip_joint(sent, at + 1)
    half = sent.word(at) == "and" and sent.word(at + 1) == "a" and sent.word(at + 2) in en.FRACTION_NAMES
    return at + 3 if half else at


def _skip_joint(sent: SentenceFeatures, at: int) -> int:
    """Return where the number goes on after a hyphen, an "and" or an "of"; ``at`` if it does not."""
    before, word = sent.word(at - 1), sent.word(at)
    if sent.is_hyphen(at):
        # Whether a hyphen joins one number in words: twenty-seven
        return at + 1 if (before.endswith("ty") and sent.word(at + 1) in en.NUMBER_WORDS) else at
    if word == "and" and before in en.SINGULAR_SCALES and sent.word(at + 1) in en.NUMBER_WORDS:
        return at + 1
    return at + (word == "of" and before in en.PLURAL_SCALES and sent.word(at + 1) in en.PLURAL_SCALES)


def _fraction_end(sent: SentenceFeatures, i: int) -> int:
    """Return the end of "half", "a third", "two-thirds"; ``i`` if none starts there."""
    word = sent.word(i)
    if word == "half":
        return _half_end(sent, i)
    if word not in ("a", "an", "one") and not is_cardinal(sent, i):
        return i
    at = i + 1 + (sent.word(i + 1) in DASHES)
    part = sent.word(at)
    if part == "half" and (dozen := _dozen_end(sent, at + 1)):
        return dozen
    if part not in en.FRACTION_NAMES or sent.word(at + 1) in DASHES:
        return i
    if part.endswith("s") or (word == "one" and at > i + 1) or _no_noun_at(sent, at + 1):
        return at + 1
    return i


def _half_end(sent: SentenceFeatures, i: int) -> int:
    if dozen := _dozen_end(sent, i + 1):
        return dozen
    if sent.word(i - 1) in en.BEFORE_HALF_AS_PART or (sent.word(i + 1) in DASHES and sent.is_attached(i + 1)):
        return i
    return i + 1


def _dozen_end(sent: SentenceFeatures, at: int) -> int:
    """Return the end of "-dozen" or "a dozen" after "half"; 0 where no dozen follows."""
    at += sent.word(at) in DASHES or (sent.word(at) == "a" and sent.word(at + 1) in en.NUMBER_SCALES)
    return at + 1 if sent.word(at) in en.SINGULAR_SCALES else 0


def _no_noun_at(sent: SentenceFeatures, at: int) -> bool:
    """Whether no noun is at ``at``, so that "a third" before it is a share and no ordinal."""
    word = sent.word(at)
    return word in en.PREPOSITIONS | en.DETERMINERS | {"as", "and", "or", "lower", "higher"} or not word.isalnum()


def _second_number(sent: SentenceFeatures, first: int, at: int) -> tuple[int, str]:
    """Return the end of a second number and what both are, range or result; no form if there is none."""
    word = sent.word(at)
    dash = word in DASHES
    if not dash and word not in ("to", "or", "and"):
        return at, ""
    end = _plain_number_end(sent, at + 1)
    if end == at + 1 or (dash and (sent.word(end) in DASHES and sent.is_attached(end))):
        return at, ""
    low, high = number_value(sent.word(first)), number_value(sent.word(at + 1))
    if dash:
        return end, "result" if low > high or not sent.is_attached(at) else "range"
    if word == "and":
        return (end, "range") if sent.word(first - 1) == "between" else (at, "")
    moved = word == "to" and sent.word(first - 1) == "from" and sent.word(first - 2) in en.MOVEMENT_VERBS
    return (at, "") if low > high or moved else (end, "range")


MAX_NOUN_DISTANCE = 7
"""How many words after a number may be before the end of what it counts."""

_NOUN_SEARCH_STOPS = en.NOUN_SEARCH_STOPS | en.SPEECH_CUES
_FIRM_NOUN_SEARCH_STOPS = en.NOUN_SEARCH_STOPS - en.WEAK_NOUN_SEARCH_STOPS


def is_plural(sent: SentenceFeatures, i: int) -> bool:
    """Whether the word looks like a plural noun."""
    word = sent.word(i)
    if word in en.IRREGULAR_PLURALS or word in en.PLURALS or (word.endswith("s") and word[:-1] in en.DEMONYMS):
        return True
    if len(word) < 3 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ous")):
        return False
    return word.isalpha() and word not in en.NOT_COUNTED_PLURALS and word not in en.FUNCTION_WORDS


def plural_noun_end(sent: SentenceFeatures, start: int) -> int:
    """Return the end of nouns that more than one is counted of; ``start`` if there is no plural."""
    at = start
    heads = []
    while at < len(sent) and at - start < MAX_NOUN_DISTANCE and in_counted_phrase(sent, at, start):
        if is_head_noun(sent, at):
            heads.append(at)
        if heads and at > heads[-1] and not _is_plural_modifier(sent, heads[-1]):
            break
        at += 1
    if not heads:
        return _non_english_noun_end(sent, start)
    return _last_head(sent, heads) + 1


def _last_head(sent: SentenceFeatures, heads: list[int]) -> int:
    """Return the head among plurals in reading order: over modifiers and over plurals in a row."""
    chosen = heads[0]
    for at in heads[1:]:
        if (at == chosen + 1 and sent.word(at) != "others") or _is_plural_modifier(sent, chosen):
            chosen = at
    return chosen


def _is_plural_modifier(sent: SentenceFeatures, i: int) -> bool:
    """Whether a plural form may be before the noun that is counted."""
    word = sent.word(i)
    return word in en.PLURAL_MODIFIERS or (word in en.NAMES_IN_S and sent.is_capitalised(i))


def _non_english_noun_end(sent: SentenceFeatures, at: int) -> int:
    """In another language, the word after the number is what it counts."""
    if not sent.is_english and sent.word(at)[:4].isalpha() and len(sent.word(at)) > 3:
        return at + (not sent.word(at).endswith("ed") and sent.word(at) not in _NOUN_SEARCH_STOPS)
    return at


def singular_noun_end(sent: SentenceFeatures, start: int) -> int:
    """Return the end of a noun phrase in the singular; ``start`` if no noun follows."""
    at, word = start, sent.word(start)
    if _is_regular_plural(sent, at) or (word.endswith("ed") and not in_counted_phrase(sent, at + 1, at)):
        return at
    while at < len(sent) and at - start < MAX_NOUN_DISTANCE and in_counted_phrase(sent, at, start):
        if at > start and (_follows_singular_noun(sent, at) or sent.word(at) in ("and", "or", "'s", "'")):
            break
        at += 1
    while at > start and (sent.word(at - 1) in en.MODIFIERS or sent.word(at - 1).endswith("ly")):
        at -= 1
    return at


def _is_regular_plural(sent: SentenceFeatures, at: int) -> bool:
    """Whether the word is a plural in -s, or a verb, so that it cannot go on after "one"."""
    return sent.word(at).endswith("s") and is_plural(sent, at) and sent.word(at) not in en.PLURAL_MODIFIERS


def _follows_singular_noun(sent: SentenceFeatures, at: int) -> bool:
    """Whether the word at ``at`` seems to be a verb or a name after a noun in the singular."""
    word, before = sent.word(at), sent.word(at - 1)
    if word in en.ONE_VERBS or (word in en.TITLES and sent.is_capitalised(at) and not sent.is_capitalised(at - 1)):
        return True
    if sent.word(at + 1) in DASHES and sent.is_attached(at + 1):
        return False
    if _is_regular_plural(sent, at):
        return True
    if sent.word(at - 2) in DASHES or before.endswith("ly") or before in en.MODIFIERS:
        return False
    if word.endswith("ly") and word not in en.LY_NOUNS:
        return not sent.word(at + 1).endswith("ed")
    if word in en.ING_NOUNS:
        return False
    return word.endswith("ed") or (word.endswith("ing") and not in_counted_phrase(sent, at + 1, at))


def in_counted_phrase(sent: SentenceFeatures, at: int, start: int) -> bool:
    """Whether the word may be between a number and what it counts, or be that."""
    word = sent.word(at)
    if not word or (sent.is_mark(at) and word != "'"):
        return False
    if sent.is_hyphen(at + 1):
        return word[0].isalnum()
    if word in DASHES:
        return at > start and sent.is_hyphen(at)
    if word in en.MODIFIERS or is_plural(sent, at):
        return True
    if word in ("and", "or"):
        return at > start and _joins_modifiers(sent, at)
    if word in ("'s", "&"):
        return at > start and sent.is_capitalised(at - 1)
    if is_cardinal(sent, at) or (word in en.FUNCTION_WORDS and sent.tokens[at].text != "US"):
        return False
    if word in _NOUN_SEARCH_STOPS and not sent.is_capitalised(at):
        return word not in _FIRM_NOUN_SEARCH_STOPS and is_head_noun(sent, at + 1)
    if word in en.DATES and sent.is_capitalised(at):
        return False
    return word[0].isalpha()


def _joins_modifiers(sent: SentenceFeatures, at: int) -> bool:
    """Whether "and" is between two modifiers of one plural: 12 red and green boats."""
    after = at + 1
    if is_plural(sent, at - 1) or is_cardinal(sent, after):
        return False
    while sent.word(after + 1) in DASHES and sent.is_attached(after + 1):
        after += 2
    word = sent.word(after)
    return word[:1].isalpha() and word not in en.FUNCTION_WORDS and is_head_noun(sent, after + 1)


def is_head_noun(sent: SentenceFeatures, at: int) -> bool:
    """Whether the word can be the plural that is counted: none that a hyphen or 's goes on after."""
    if not is_plural(sent, at):
        return False
    after = sent.word(at + 1)
    if after == "'s" and is_plural(sent, at + 2):
        return not (sent.is_capitalised(at) or sent.word(at) in en.IRREGULAR_PLURALS)
    return not sent.is_hyphen(at + 1)


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


def counted_noun(sent: SentenceFeatures, number: Cardinal) -> CountedNoun:
    """Return what follows a bare number."""
    at, word = number.last, sent.word(number.last)
    if (end := _percent_end(sent, at)) > at:
        return CountedNoun(end, "percent", end)
    for kind, names in (("duration", en.DURATIONS), ("money", en.CURRENCIES), ("clock", en.CLOCK_WORDS)):
        if word in names:
            return CountedNoun(at + 1, kind, at + 1)
    attached = sent.is_attached(at) and sent.is_attached(at + 1)
    if word in DASHES and (attached or sent.word(at + 1) in en.COMPOUND_UNITS):
        return _compound_noun(sent, at + 2)
    one = number.last - number.first == 1 and sent.word(number.first) in ("one", "1")
    if word in en.MEASURES and not one:
        return CountedNoun(at + 1, "unit", at + 1)
    compound = word in en.COMPOUND_UNITS and not one and not is_plural(sent, at + 1)
    if compound and singular_noun_end(sent, at + 1) > at + 1:
        return _compound_noun(sent, at + 1)
    if number.form == "result" and word in en.VOTE_NOUNS:
        return CountedNoun(at + 1, "noun", at + 1)
    end = singular_noun_end(sent, at) if one else plural_noun_end(sent, at)
    return CountedNoun(end, _noun_kind(sent, at, end), end)


def complement_end(sent: SentenceFeatures, last: int) -> int:
    """Return the end with "of the country" or "of them"; ``last`` if nothing of the kind follows."""
    half = sent.word(last - 1) in ("half", "halves") and sent.word(last) in en.DETERMINERS
    if sent.word(last) != "of" and not half:
        return last
    start = last + (not half)
    while sent.word(start) in en.DETERMINERS:
        start += 1
    if sent.word(start) in en.PRONOUNS:
        return start + 1 if not half else last
    at = start
    while at - start < 2 * MAX_NOUN_DISTANCE and (
        in_counted_phrase(sent, at, start)
        or is_cardinal(sent, at)
        or (sent.word(at) in ("'s", "'") and sent.is_attached(at))
    ):
        at += 1
        if is_head_noun(sent, at - 1) and sent.word(at) not in ("'s", "'") and not is_head_noun(sent, at):
            break
    at += at > start and is_cardinal(sent, at - 1) and sent.word(at) in en.PERCENT
    return at if at > start else last


def _noun_kind(sent: SentenceFeatures, at: int, end: int) -> str:
    """Return the kind of the noun run ``[at, end)`` by its last word."""
    if end == at:
        return "none"
    last = sent.word(end - 1)
    return next((kind for kind, names in _NOUN_KINDS if last in names), "noun")


def _percent_end(sent: SentenceFeatures, at: int) -> int:
    """Return the end of "percent" and of a second percentage joined by "to", "or", "and" or a dash."""
    if sent.word(at) == "per" and sent.word(at + 1) == "cent":
        return at + 2
    if sent.word(at) not in en.PERCENT:
        return at
    joint, second = (sent.word(at + 1), sent.word(at + 3) in en.PERCENT and is_cardinal(sent, at + 2))
    if not second or joint not in ("to", "or", "and", *DASHES):
        return at + 1
    before = {sent.word(at - 2), sent.word(at - 3)}
    if (joint == "and" and "between" not in before) or "from" in before:
        return at + 1
    return at + 4


def _compound_noun(sent: SentenceFeatures, at: int) -> CountedNoun:
    """Return the end of "12-member board", whose part after the hyphen ends before ``at``."""
    unit = sent.word(at - 1)
    while sent.is_hyphen(at):
        at += 2
    if unit in en.DURATIONS or unit in en.CURRENCIES:
        return CountedNoun(at, "duration" if unit in en.DURATIONS else "money", at)
    end = at + 1 if is_plural(sent, at) else singular_noun_end(sent, at)
    kind = _noun_kind(sent, at, end)
    return CountedNoun(end, kind if kind in ("duration", "money") else "compound", at)
