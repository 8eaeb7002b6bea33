"""Number phrases: approximator, number and what it counts, and how likely each is to be marked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from annotator.core.phrases.approximators import approximated, loose_words
from annotator.core.phrases.cardinals import Cardinal, cardinal, value
from annotator.core.phrases.counted import Counted, complement_end, counted
from annotator.core.phrases.en import numbers as en
from annotator.core.phrases.en import words
from annotator.core.phrases.en.number_scores import SCORES, WAYS
from annotator.core.phrases.reading import Reading
from annotator.core.phrases.uncounted import counts_nothing, no_number, titled
from annotator.core.phrases.view import DASHES, View


@dataclass(frozen=True, slots=True)
class NumberPhrase:
    """One number phrase; ``counts`` is False for dates, times, ages, durations and money."""

    first: int
    last: int
    counts: bool
    complement_end: int
    """The end with its complement: "20 percent of the country"; ``last`` if there is none."""
    number_start: int
    """Where the number starts, without approximators."""
    compound_end: int
    """The end of "12-member" in "12-member board"; else ``last``."""
    rule: str
    """What was seen: the kind of number, or of what it counts; empty where it counts nothing."""


@lru_cache(maxsize=64)  # hints, candidates, extents and readings all ask for those of one sentence
def number_phrases(features: View) -> tuple[NumberPhrase, ...]:
    """Return the number phrases of a sentence from left to right; no two overlap."""
    out: list[NumberPhrase] = []
    i = 0
    while i < len(features):
        number = cardinal(features, i)
        if number is None:
            i += 1
            continue
        phrase = _phrase(features, number, out[-1].last if out else 0)
        if phrase:
            out.append(_inner(phrase, out))
        i = max(number.last, phrase.last if phrase else 0)
    return tuple(out)


def _inner(phrase: NumberPhrase, before: list[NumberPhrase]) -> NumberPhrase:
    """Mark a phrase in the complement of another one: the "ten boats" of "two of the ten boats"."""
    if before and phrase.rule and before[-1].counts and phrase.last <= before[-1].complement_end:
        return replace(phrase, rule="inner")
    return phrase


def number_readings(features: View) -> tuple[Reading, ...]:
    """Return what may be a COUNT, with the share of such phrases that annotators keep as they are."""
    return tuple(r for p in number_phrases(features) if p.counts for r in _readings(features, p))


def _readings(features: View, p: NumberPhrase) -> list[Reading]:
    """Return the readings of one phrase: whole, with its "of …", without a loose word or a noun."""
    loose = loose_words(features, p.first)
    article = features.word(p.first) == "a" and features.word(p.first + 1) in en.SINGULAR_SCALES
    of = "" if p.complement_end == p.last else "of" if features.word(p.last) == "of" else "the"
    opening = _opening(features, p.first, loose) if loose else "a" if article else ""
    found = [(p.first, p.last, f"+{opening}" if opening else of and f"-{of}")]
    if opening:
        found.append((p.first + (loose or 1), p.last, f"-{opening}"))
    if of:
        found.append((p.first, p.complement_end, f"+{of}"))
    if p.compound_end < p.last:
        found.append((p.first, p.compound_end, "-noun"))
    return [Reading(a, b, "number", _score(p.rule, way), p.rule + way) for a, b, way in found]


def _opening(features: View, first: int, words_in: int) -> str:
    """Return the kind of the words at the start that some leave out: level (below), amount, loose (only)."""
    if features.word(first) in en.LEVELS:
        return "level"
    return "loose" if words_in == 1 else "amount"


def _score(rule: str, way: str) -> float:
    """Return the measured share for a rule and a way to cut, or for the way where that pair is rare."""
    return SCORES[rule + way] if rule + way in SCORES else WAYS[way]


def _phrase(features: View, number: Cardinal, floor: int) -> NumberPhrase | None:
    """Return the phrase around a bare number, or None where it is no number."""
    c = counted(features, number)
    if no_number(features, number, c):
        return None
    first = approximated(features, number, floor, c)
    c = _or_more(features, c, number)
    rule = "" if counts_nothing(features, number, c, first) else _rule(features, number, c, first)
    long = complement_end(features, c.last) if rule else c.last
    return NumberPhrase(first, c.last, bool(rule), long, number.first, c.compound_end, rule)


def _or_more(features: View, c: Counted, number: Cardinal) -> Counted:
    """Go on over "or more", "or so" and the noun after it."""
    if features.word(c.last) != "or" or features.word(c.last + 1) not in ("more", "less", "fewer", "so"):
        return c
    end = c.last + 2
    if c.kind != "none":
        return Counted(end, c.kind, end)
    more = counted(features, Cardinal(number.first, end, "word"))
    return more if more.kind != "none" else Counted(end, c.kind, end)


def _rule(features: View, number: Cardinal, c: Counted, first: int) -> str:
    """Return the rule of a phrase that counts; "" where it counts nothing after all."""
    one = number.last - number.first == 1 and features.word(number.first) in ("one", "1")
    if c.kind == "none":
        return _bare_one(features, number) if one else _bare(features, number, first)
    if c.kind != "noun":
        return c.kind
    if number.form == "result":
        return "result" if features.word(c.last - 1) in en.VOTES else ""
    if one:
        return "one noun"
    if first == number.first and _after_name(features, number):
        return "noun after name"
    return "noun" if c.last - number.last == 1 else "noun after words"


def _after_name(features: View, number: Cardinal) -> bool:
    """Whether the number may be the end of a name: S&P 500 stocks."""
    at = number.first - 1
    if features.is_capitalised(number.first) and number.first not in features.capital_positions:
        return features.word(at).isalpha() and not titled(features, at)
    named = features.is_capitalised(at) and at not in features.capital_positions and features.word(at) not in words.DATES
    return named and features.word(number.first)[0].isdigit() and not titled(features, at)


def _bare(features: View, number: Cardinal, first: int) -> str:
    """Return the rule of a number without a noun."""
    word, after = features.word(number.first), features.word(number.last)
    if number.form in ("share", "odds", "scale"):
        return number.form
    if number.form == "result":
        return "result" if features.word(number.first + 1) in DASHES else ""
    figures = [w for w in features.folded[number.first : number.last] if w[0].isdigit()]
    if len(figures) >= (number.last - number.first + 1) // 2:
        return _bare_digits(features, number, first, figures)
    if word == "zero":
        return "bare digits"
    if after == "of" or first < number.first or features.word(number.first - 1) in words.DETERMINERS:
        return "bare word, held"
    return "bare word"


def _bare_digits(features: View, number: Cardinal, first: int, figures: list[str]) -> str:
    """Return the rule of a number in figures without a noun; none for the prices of stocks, and ages."""
    before, after = features.word(number.first - 1), features.word(number.last)
    if any(w in en.SCALES for w in features.folded[number.first : number.last]):
        return "bare scaled"
    if any("/" in w or "." in w or not value(w) for w in figures):
        return ""
    if number.form == "range":
        return "bare range"
    if "," in figures[0] or after == "of" or first < number.first:
        return "bare digits, held"
    if "to" in (before, after):
        return "bare pair"
    if number.last - number.first > 1 or before == "at":
        return ""
    aged = before in words.AUXILIARIES and features.word(number.first - 2) in words.SUBJECTS
    return "" if aged else "bare digits"


def _bare_one(features: View, number: Cardinal) -> str:
    if features.word(number.last) == "of":
        return "one of"
    return "for one" if features.word(number.first - 1) == "for" else "one"
