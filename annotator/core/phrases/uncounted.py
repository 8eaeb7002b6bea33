"""Numbers that count nothing: money, dates, years, ages, durations, references, pronouns."""

from __future__ import annotations

from annotator.core.phrases.cardinals import Cardinal, number_value
from annotator.core.phrases.counted import CountedNoun
from annotator.core.phrases.en import numbers as en
from annotator.core.phrases.en import words
from annotator.core.phrases.nouns import is_plural
from annotator.core.phrases.view import DASHES, SentenceFeatures, is_digits

_BEFORE_YEARS = words.DETERMINERS | words.PREPOSITIONS | {"early", "late", "mid", "and", "'s"}
_MAX_DAY = 31
_MAX_AGE = 110
_HEADLINE_WINDOW = 8
"""How many words to each side tell whether a capital means anything."""

_MAX_MATCH_SCORE = 20
"""Two numbers with a dash that both stay below it are the result of a match."""


def is_not_number(features: SentenceFeatures, number: Cardinal, c: CountedNoun) -> bool:
    """Whether "one" is a pronoun, or part of "no one", "this one"."""
    if number.last - number.first != 1 or features.word(number.first) != "one" or c.kind != "none":
        return False
    before = features.word(number.first - 1)
    return before in en.BEFORE_PRONOUN_ONE or (features.word(number.last) != "of" and before != "for")


def counts_nothing(features: SentenceFeatures, number: Cardinal, c: CountedNoun, first: int) -> bool:
    """Whether the number ``[first, …)`` is no count."""
    return (
        c.kind in ("money", "duration", "clock")
        or _is_money(features, number)
        or _is_date(features, number)
        or _is_year(features, number, c, first)
        or _is_age(features, number, c)
        or _is_reference(features, number, c, first)
        or _is_match_result(features, number, c)
        or _is_list_marker(features, number, c)
        or (number.form == "share" and _is_share_of_time(features, number.last))
    )


def _is_money(features: SentenceFeatures, number: Cardinal) -> bool:
    before = features.word(number.first - 1)
    if features.word(number.last) == "of" and features.word(number.last + 1) in words.CURRENCIES:
        return True
    return before in words.CURRENCY_SIGNS or before.endswith(("$", "£", "€"))


def _is_date(features: SentenceFeatures, number: Cardinal) -> bool:
    """Whether the number is a date or a time of day."""
    word = features.word(number.first)
    if ":" in word:
        return True
    if not is_digits(word) or number_value(word) > _MAX_DAY:
        return False
    sides = (number.first - 1, number.last)
    return any(features.word(i) in words.MONTHS and features.is_capitalised(i) for i in sides)


def _is_year(features: SentenceFeatures, number: Cardinal, c: CountedNoun, first: int) -> bool:
    """Whether the number is a year: four digits without a comma where a year may stand."""
    if not _looks_like_year(features.word(number.first)):
        return False
    if number.last - number.first > 1 and _looks_like_year(features.word(number.last - 1)):
        return True
    before = features.word(number.first - 1)
    if c.kind in ("none", "compound") or before in words.MONTHS or not is_plural(features, c.last - 1):
        return True
    return first == number.first and before in _BEFORE_YEARS


def _looks_like_year(word: str) -> bool:
    return word.isdecimal() and len(word) == 4 and "1500" <= word <= "2099"


def _is_age(features: SentenceFeatures, number: Cardinal, c: CountedNoun) -> bool:
    """Whether the number is an age: between commas after a name, or after "aged"."""
    before, word = features.word(number.first - 1), features.word(number.first)
    if c.kind != "none" or number.last - number.first != 1:
        return False
    if before in en.AGE_WORDS or (before in ("and", "to") and features.word(number.first - 3) in en.AGE_WORDS):
        return True
    if not word.isdecimal() or number_value(word) > _MAX_AGE:
        return False
    if before != ",":
        return before == "now"
    after = features.word(number.last)
    return after == "," or (after in (".", "", ")") and features.is_capitalised(number.first - 2))


def _is_reference(features: SentenceFeatures, number: Cardinal, c: CountedNoun, first: int) -> bool:
    """Whether the number is part of a name or a reference: Article 5, Boeing 747, No. 3, Gang of Six."""
    at = number.first - 1
    if first < number.first or at < 0:
        return False
    before, proper = features.word(at), features.is_capitalised(at) and at not in features.capital_positions
    if before in DASHES and features.is_attached(number.first):
        return True
    if before in en.NUMBERED_NOUNS and (proper or c.kind == "none" or before.endswith(".")):
        return True
    if not is_digits(features.word(number.first)):
        named = features.is_capitalised(number.first) and number.first not in features.capital_positions and before.isalpha()
        return named and not is_plural(features, c.last - 1) and not in_headline(features, at)
    return proper and c.kind == "none" and not in_headline(features, at)


def in_headline(features: SentenceFeatures, at: int) -> bool:
    """Whether the words around ``at`` are written as in a headline: Two Men Held After Raid."""
    near = [
        t.text for t in features.tokens[max(0, at - _HEADLINE_WINDOW) : at + _HEADLINE_WINDOW] if len(t.text) > 3 and t.text.isalpha()
    ]
    return len(near) > 3 and sum(w[0].isupper() for w in near) >= 0.75 * len(near)


def _is_list_marker(features: SentenceFeatures, number: Cardinal, c: CountedNoun) -> bool:
    """Whether the number is that of a point in a list or of a note: "2.", "[3]"."""
    if c.kind != "none" or number.last - number.first > 1 or not is_digits(features.word(number.first)):
        return False
    opened = number.first == 0 or features.word(number.first - 1) in ("[", "(")
    return opened and features.word(number.last) in (".", ")", "]", "")


def _is_match_result(features: SentenceFeatures, number: Cardinal, c: CountedNoun) -> bool:
    """Whether two small numbers with a dash and no noun are the result of a match."""
    if number.form not in ("result", "range") or c.kind != "none":
        return False
    small = all(number_value(features.word(i)) < _MAX_MATCH_SCORE for i in (number.first, number.last - 1))
    return small and features.word(number.first + 1) in DASHES


def _is_share_of_time(features: SentenceFeatures, at: int) -> bool:
    """Whether a share is one of time: half an hour, a quarter of the year."""
    at += features.word(at) == "of"
    while features.word(at) in words.DETERMINERS or features.word(at) in en.CARDINALS:
        at += 1
    return features.word(at) in words.DURATIONS
