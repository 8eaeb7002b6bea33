"""Numbers that count nothing: money, dates, years, ages, durations, references, pronouns."""

from __future__ import annotations

from annotator.core.phrases.cardinals import Cardinal, value
from annotator.core.phrases.counted import Counted
from annotator.core.phrases.en import numbers as en
from annotator.core.phrases.en import words
from annotator.core.phrases.nouns import plural
from annotator.core.phrases.view import DASHES, View, is_digits

_YEAR_CUES = words.DETERMINERS | words.PREPOSITIONS | {"early", "late", "mid", "and", "'s"}
_LAST_DAY = 31
_OLDEST = 110
_NEAR = 8
"""How many words to each side tell whether a capital means anything."""

_MATCH = 20
"""Two numbers with a dash that both stay below it are the result of a match."""


def no_number(view: View, number: Cardinal, c: Counted) -> bool:
    """Whether "one" is a pronoun, or part of "no one", "this one"."""
    if number.last - number.first != 1 or view.word(number.first) != "one" or c.kind != "none":
        return False
    before = view.word(number.first - 1)
    return before in en.NO_ONE or (view.word(number.last) != "of" and before != "for")


def counts_nothing(view: View, number: Cardinal, c: Counted, first: int) -> bool:
    """Whether the number ``[first, …)`` is no count."""
    return (
        c.kind in ("money", "duration", "clock")
        or _money(view, number)
        or _dated(view, number)
        or _year(view, number, c, first)
        or _age(view, number, c)
        or _named(view, number, c, first)
        or _match(view, number, c)
        or _listed(view, number, c)
        or (number.form == "share" and _of_time(view, number.last))
    )


def _money(view: View, number: Cardinal) -> bool:
    before = view.word(number.first - 1)
    if view.word(number.last) == "of" and view.word(number.last + 1) in words.CURRENCIES:
        return True
    return before in words.CURRENCY_SIGNS or before.endswith(("$", "£", "€"))


def _dated(view: View, number: Cardinal) -> bool:
    """Whether the number is a date or a time of day."""
    word = view.word(number.first)
    if ":" in word:
        return True
    if not is_digits(word) or value(word) > _LAST_DAY:
        return False
    sides = (number.first - 1, number.last)
    return any(view.word(i) in words.MONTHS and view.capital(i) for i in sides)


def _year(view: View, number: Cardinal, c: Counted, first: int) -> bool:
    """Whether the number is a year: four digits without a comma where a year may stand."""
    if not _yearlike(view.word(number.first)):
        return False
    if number.last - number.first > 1 and _yearlike(view.word(number.last - 1)):
        return True
    before = view.word(number.first - 1)
    if c.kind in ("none", "compound") or before in words.MONTHS or not plural(view, c.last - 1):
        return True
    return first == number.first and before in _YEAR_CUES


def _yearlike(word: str) -> bool:
    return word.isdecimal() and len(word) == 4 and "1500" <= word <= "2099"


def _age(view: View, number: Cardinal, c: Counted) -> bool:
    """Whether the number is an age: between commas after a name, or after "aged"."""
    before, word = view.word(number.first - 1), view.word(number.first)
    if c.kind != "none" or number.last - number.first != 1:
        return False
    if before in en.AGES or (before in ("and", "to") and view.word(number.first - 3) in en.AGES):
        return True
    if not word.isdecimal() or value(word) > _OLDEST:
        return False
    if before != ",":
        return before == "now"
    after = view.word(number.last)
    return after == "," or (after in (".", "", ")") and view.capital(number.first - 2))


def _named(view: View, number: Cardinal, c: Counted, first: int) -> bool:
    """Whether the number is part of a name or a reference: Article 5, Boeing 747, No. 3, Gang of Six."""
    at = number.first - 1
    if first < number.first or at < 0:
        return False
    before, proper = view.word(at), view.capital(at) and at not in view.firsts
    if before in DASHES and view.glued(number.first):
        return True
    if before in en.NUMBERED and (proper or c.kind == "none" or before.endswith(".")):
        return True
    if not is_digits(view.word(number.first)):
        named = view.capital(number.first) and number.first not in view.firsts and before.isalpha()
        return named and not plural(view, c.last - 1) and not titled(view, at)
    return proper and c.kind == "none" and not titled(view, at)


def titled(view: View, at: int) -> bool:
    """Whether the words around ``at`` are written as in a headline: Two Men Held After Raid."""
    near = [
        t.text for t in view.tokens[max(0, at - _NEAR) : at + _NEAR] if len(t.text) > 3 and t.text.isalpha()
    ]
    return len(near) > 3 and sum(w[0].isupper() for w in near) >= 0.75 * len(near)


def _listed(view: View, number: Cardinal, c: Counted) -> bool:
    """Whether the number is that of a point in a list or of a note: "2.", "[3]"."""
    if c.kind != "none" or number.last - number.first > 1 or not is_digits(view.word(number.first)):
        return False
    opened = number.first == 0 or view.word(number.first - 1) in ("[", "(")
    return opened and view.word(number.last) in (".", ")", "]", "")


def _match(view: View, number: Cardinal, c: Counted) -> bool:
    """Whether two small numbers with a dash and no noun are the result of a match."""
    if number.form not in ("result", "range") or c.kind != "none":
        return False
    small = all(value(view.word(i)) < _MATCH for i in (number.first, number.last - 1))
    return small and view.word(number.first + 1) in DASHES


def _of_time(view: View, at: int) -> bool:
    """Whether a share is one of time: half an hour, a quarter of the year."""
    at += view.word(at) == "of"
    while view.word(at) in words.DETERMINERS or view.word(at) in en.CARDINALS:
        at += 1
    return view.word(at) in words.DURATIONS
