"""Number phrases: approximator, number and what it counts; dates, money and ages set apart."""

from __future__ import annotations

from dataclasses import dataclass

from annotator.core.phrases.en import words as en
from annotator.core.phrases.view import DASHES, View, is_digits

_REACH = 4
"""How many words after a number may stand before what it counts."""

_YEAR_CUES = frozenset(
    [
        "in",
        "since",
        "by",
        "until",
        "till",
        "from",
        "of",
        "during",
        "before",
        "after",
        "between",
        "early",
        "late",
        "mid",
        "the",
        "for",
        "and",
        "to",
    ]
)


@dataclass(frozen=True, slots=True)
class NumberPhrase:
    """One number phrase; ``counts`` is False for dates, times, ages, durations and money."""

    first: int
    last: int
    counts: bool
    long: int
    """The end with its complement: "20 percent of the country"; ``last`` if there is none."""


def number_phrases(view: View) -> tuple[NumberPhrase, ...]:
    """Return the number phrases of a sentence from left to right; no two overlap."""
    out: list[NumberPhrase] = []
    i = 0
    while i < len(view):
        core = _core_end(view, i)
        if core == i:
            i += 1
            continue
        floor = out[-1].last if out else 0
        phrase = _phrase(view, _approximated(view, i, floor), i, core)
        if phrase:
            out.append(phrase)
        i = max(core, phrase.last if phrase else core)
    return tuple(out)


def _core_end(view: View, i: int) -> int:
    """Return the end of the bare number that starts at ``i``; ``i`` itself if none does."""
    at = _fraction_end(view, i) or _plain_end(view, i)
    if at == i:
        return i
    while (more := _range_end(view, at)) > at:
        at = more
    return at


def _plain_end(view: View, i: int) -> int:
    at = i
    while view.number(at):
        at += 1
        if (
            (view.word(at) in DASHES and view.glued(at) and view.glued(at + 1) and view.number(at + 1))
            or (at > i and view.word(at) == "and" and _scaled(view, at - 1) and view.number(at + 1))
            or (view.word(at) == "of" and view.word(at - 1) in en.SCALES and view.word(at + 1) in en.SCALES)
        ):
            at += 1
    return at


def _scaled(view: View, i: int) -> bool:
    return view.word(i) in en.SCALES


def _fraction_end(view: View, i: int) -> int:
    """Return the end of "half", "a third", "two-thirds", "half a million"; 0 if there is none."""
    word = view.word(i)
    if word in ("half", "halves") and view.word(i - 1) not in ("first", "second", "other", "better"):
        return i + 3 if view.word(i + 1) in ("a", "the") and view.word(i + 2) in en.SCALES else i + 1
    if word in ("a", "an", "one") or view.number(i):
        at = i + 1 + (view.word(i + 1) in DASHES)
        if view.word(at) in en.FRACTIONS and (at > i + 1 or _alone(view, at + 1)):
            return at + 1
        if word in ("a", "an") and view.word(at) in en.SCALES | {"half"}:
            return at + 1
    return 0


def _alone(view: View, at: int) -> bool:
    """Whether no noun stands at ``at``, so that "a third" before it is a share and no ordinal."""
    word = view.word(at)
    return word in en.PREPOSITIONS or word in en.DETERMINERS or word in (".", "")


def _range_end(view: View, at: int) -> int:
    """Return the end of a second number joined by "to", "or", "and" (between) or a dash."""
    if view.word(at) == "in" and view.number(at + 1):
        return _plain_end(view, at + 1) if not is_digits(view.word(at + 1)) else at
    if view.word(at) in ("to", "or") or (view.word(at) in DASHES and view.glued(at)):
        end = _plain_end(view, at + 1)
        counted = end > at + 1 and (view.word(at) != "to" or _counted(view, at + 1, end)[0] > end)
        return end if counted else at
    return at


def _approximated(view: View, i: int, floor: int) -> int:
    """Return where the approximators before a number start; never before ``floor``."""
    start = i
    while True:
        fits = [a for a in en.APPROXIMATORS if view.low[max(floor, start - len(a)) : start] == a]
        if not fits:
            return start
        start -= max(map(len, fits))


def _phrase(view: View, first: int, number: int, core: int) -> NumberPhrase | None:
    """Return the phrase around the number ``[number, core)``, or None where it is no phrase."""
    last, unit = _counted(view, number, core)
    if view.word(last) == "or" and view.word(last + 1) in ("more", "less", "fewer", "so"):
        last += 2
    if _vague_one(view, number, core, last):
        return None
    counts = not (
        _money(view, number, core)
        or _dated(view, number, core)
        or unit in en.DURATIONS
        or (last > core and view.word(last - 1) in en.DURATIONS)
        or _year(view, first, number, core, last)
        or _age(view, number, core)
        or _named(view, first, number, core, last)
    )
    one = view.word(number) == "one" and last == number + 1
    return NumberPhrase(first, last, counts, _with_complement(view, last) if counts and not one else last)


def _counted(view: View, number: int, core: int) -> tuple[int, str]:
    """Return the end of what is counted and its unit ("" if there is nothing)."""
    word = view.word(core)
    if word in en.PERCENT:
        return _percent_range(view, core + 1), word
    if word == "per" and view.word(core + 1) == "cent":
        return core + 2, "percent"
    if word in en.DURATIONS or word in en.CURRENCIES or word in en.TIMES:
        return core + 1, word
    if word in DASHES and view.glued(core) and view.glued(core + 1):
        return _hyphenated(view, core)
    if word in en.UNITS:
        return core + 1, word
    return _noun_end(view, number, core), ""


def _percent_range(view: View, at: int) -> int:
    """Go on over "to 15 percent" after a first percentage."""
    if view.word(at) in ("to", "or") and view.word(at + 2) in en.PERCENT and view.number(at + 1):
        return at + 3
    return at


def _hyphenated(view: View, core: int) -> tuple[int, str]:
    """Return the end of "six-member" or "six-bottle cases"."""
    at = core + 2
    unit = view.word(core + 1)
    while view.word(at) in DASHES and view.glued(at) and view.glued(at + 1):
        at += 2
    return (at + 1 if _plural(view, at) else at), unit


def _noun_end(view: View, number: int, core: int) -> int:
    """Return the end of the counted nouns: up to the first plural within reach."""
    single = core - number == 1 and view.word(number) in ("one", "1")
    for at in range(core, min(core + _REACH, len(view))):
        if not _modifier(view, at):
            break
        if _plural(view, at) and not single:
            return at + 1 + (view.word(at + 1) in en.PLURALS and _modifier(view, at + 1))
        if single and (not _modifier(view, at + 1) or view.word(at + 1).endswith("ed")):
            return at + 1
    if not view.english and view.word(core)[:4].isalpha() and len(view.word(core)) > 3:
        return core + 1
    return core


def _modifier(view: View, at: int) -> bool:
    """Whether the word may stand between a number and what it counts, or be that."""
    word = view.word(at)
    if word in en.COUNT_MODIFIERS or word in en.PLURALS or _noun_not_cue(view, at):
        return True
    if word and view.word(at + 1) in DASHES and view.glued(at + 1) and view.glued(at + 2):
        return word[0].isalpha()
    if not word or word in en.FUNCTION or word in en.CUES or word in en.NUMBER_STOPS or view.number(at):
        return False
    return word[0].isalpha() or (word in DASHES and view.glued(at) and view.glued(at + 1))


def _noun_not_cue(view: View, at: int) -> bool:
    """Whether a verb of speech is a noun or an adjective here: two points, 300 pledged delegates."""
    word = view.word(at)
    if word in en.SPEECH_NOUNS:
        return view.word(at + 1) != "that"
    return word in en.SPEECH_THAT and word.endswith("ed") and _plural(view, at + 1)


def _plural(view: View, at: int) -> bool:
    """Whether the word looks like a plural noun."""
    word = view.word(at)
    if word in en.PLURALS:
        return True
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ous")):
        return False
    return word.isalpha() and word not in en.NO_PLURALS and word not in en.FUNCTION


def _with_complement(view: View, last: int) -> int:
    """Return the end with "of the country" or "of them"; ``last`` if nothing of the kind follows."""
    half = view.word(last - 1) in ("half", "halves") and view.word(last) in en.DETERMINERS
    if view.word(last) != "of" and not half:
        return last
    at = last + (not half)
    while view.word(at) in en.DETERMINERS:
        at += 1
    if view.word(at) in en.PRONOUNS:
        return at + 1
    start = at
    while at < len(view) and at - start < 2 * _REACH and (_modifier(view, at) or view.number(at)):
        at += 1
        if _plural(view, at - 1) and view.word(at) not in ("'s", "'"):
            break
        at += view.word(at) in ("'s", "'")
    return at if at > start else last


def _vague_one(view: View, number: int, core: int, last: int) -> bool:
    """Whether "one" is a pronoun, or "no one", "this one": it counts nothing."""
    if core - number != 1 or view.word(number) != "one":
        return False
    if view.word(number - 1) in ("no", "this", "that", "any", "every", "each", "which", "another", "the"):
        return last == core
    return last == core and view.word(core) not in ("of", "in")


def _money(view: View, number: int, core: int) -> bool:
    before = view.word(number - 1)
    if view.word(core) == "of" and view.word(core + 1) in en.CURRENCIES:
        return True
    return before in en.CURRENCY_SIGNS or before.endswith(("$", "£", "€")) or view.word(core) in en.CURRENCIES


def _dated(view: View, number: int, core: int) -> bool:
    """Whether the number is a date or a time of day."""
    if view.word(core) in en.TIMES or ":" in view.word(number):
        return True
    before, after = view.word(number - 1), view.word(core)
    return is_digits(view.word(number)) and (
        (before in en.MONTHS and view.capital(number - 1)) or (after in en.MONTHS and view.capital(core))
    )


def _year(view: View, first: int, number: int, core: int, last: int) -> bool:
    """Whether the number is a year: four digits, no approximator and nothing plural after it."""
    word = view.word(number)
    if not (word.isdecimal() and len(word) == 4 and "1500" <= word <= "2099"):
        return False
    before = view.word(number - 1)
    return first == number and (
        last == core or before in _YEAR_CUES or before in en.DETERMINERS or before == "'s"
    )


def _age(view: View, number: int, core: int) -> bool:
    """Whether the number stands between commas after a name: ", 35,"."""
    if core - number != 1 or view.word(number - 1) != "," or not view.word(number).isdecimal():
        return False
    return view.word(core) in (",", ".", "", ")") and view.capital(number - 2)


def _named(view: View, first: int, number: int, core: int, last: int) -> bool:
    """Whether the number is part of a name or a reference: Article 5, Boeing 747, No. 3."""
    if first < number or number == 0:
        return False
    if view.word(number - 1) in en.NUMBERED:
        return True
    if view.word(number - 1) in DASHES and view.glued(number):
        return True
    return (
        last == core
        and view.capital(number - 1)
        and number - 1 not in view.firsts
        and is_digits(view.word(number))
    )
