"""Number phrases: approximator, number and what it counts, and how likely each is to be marked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from annotator.core.phrases.approximators import approximator_start, optional_word_count
from annotator.core.phrases.cardinals import Cardinal, cardinal_at, number_value
from annotator.core.phrases.counted import CountedNoun, complement_end, counted_noun
from annotator.core.phrases.en import numbers as en
from annotator.core.phrases.en import words
from annotator.core.phrases.en.number_scores import NUMBER_RULE_SCORES, BOUNDARY_SCORES
from annotator.core.phrases.reading import SpanCandidate
from annotator.core.phrases.uncounted import counts_nothing, is_not_number, in_headline
from annotator.core.phrases.view import DASHES, SentenceFeatures


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
def number_phrases(features: SentenceFeatures) -> tuple[NumberPhrase, ...]:
    """Return the number phrases of a sentence from left to right; no two overlap."""
    out: list[NumberPhrase] = []
    i = 0
    while i < len(features):
        number = cardinal_at(features, i)
        if number is None:
            i += 1
            continue
        phrase = _phrase_around(features, number, out[-1].last if out else 0)
        if phrase:
            out.append(_mark_nested(phrase, out))
        i = max(number.last, phrase.last if phrase else 0)
    return tuple(out)


def _mark_nested(phrase: NumberPhrase, before: list[NumberPhrase]) -> NumberPhrase:
    """Mark a phrase in the complement of another one: the "ten boats" of "two of the ten boats"."""
    if before and phrase.rule and before[-1].counts and phrase.last <= before[-1].complement_end:
        return replace(phrase, rule="inner")
    return phrase


def number_candidates(features: SentenceFeatures) -> tuple[SpanCandidate, ...]:
    """Return what may be a COUNT, with the share of such phrases that annotators keep as they are."""
    return tuple(r for p in number_phrases(features) if p.counts for r in _phrase_candidates(features, p))


def _phrase_candidates(features: SentenceFeatures, p: NumberPhrase) -> list[SpanCandidate]:
    """Return the readings of one phrase: whole, with its "of …", without a loose word or a noun."""
    loose = optional_word_count(features, p.first)
    article = features.word(p.first) == "a" and features.word(p.first + 1) in en.SINGULAR_SCALES
    of = "" if p.complement_end == p.last else "of" if features.word(p.last) == "of" else "the"
    opening = _opening_kind(features, p.first, loose) if loose else "a" if article else ""
    found = [(p.first, p.last, f"+{opening}" if opening else of and f"-{of}")]
    if opening:
        found.append((p.first + (loose or 1), p.last, f"-{opening}"))
    if of:
        found.append((p.first, p.complement_end, f"+{of}"))
    if p.compound_end < p.last:
        found.append((p.first, p.compound_end, "-noun"))
    return [SpanCandidate(a, b, "number", _boundary_score(p.rule, way), p.rule + way) for a, b, way in found]


def _opening_kind(features: SentenceFeatures, first: int, words_in: int) -> str:
    """Return the kind of the words at the start that some leave out: level (below), amount, loose (only)."""
    if features.word(first) in en.LEVEL_WORDS:
        return "level"
    return "loose" if words_in == 1 else "amount"


def _boundary_score(rule: str, way: str) -> float:
    """Return the measured share for a rule and a way to cut, or for the way where that pair is rare."""
    return NUMBER_RULE_SCORES[rule + way] if rule + way in NUMBER_RULE_SCORES else BOUNDARY_SCORES[way]


def _phrase_around(features: SentenceFeatures, number: Cardinal, floor: int) -> NumberPhrase | None:
    """Return the phrase around a bare number, or None where it is no number."""
    c = counted_noun(features, number)
    if is_not_number(features, number, c):
        return None
    first = approximator_start(features, number, floor, c)
    c = _extend_or_more(features, c, number)
    rule = "" if counts_nothing(features, number, c, first) else _number_rule(features, number, c, first)
    long = complement_end(features, c.last) if rule else c.last
    return NumberPhrase(first, c.last, bool(rule), long, number.first, c.compound_end, rule)


def _extend_or_more(features: SentenceFeatures, c: CountedNoun, number: Cardinal) -> CountedNoun:
    """Go on over "or more", "or so" and the noun after it."""
    if features.word(c.last) != "or" or features.word(c.last + 1) not in ("more", "less", "fewer", "so"):
        return c
    end = c.last + 2
    if c.kind != "none":
        return CountedNoun(end, c.kind, end)
    more = counted_noun(features, Cardinal(number.first, end, "word"))
    return more if more.kind != "none" else CountedNoun(end, c.kind, end)


def _number_rule(features: SentenceFeatures, number: Cardinal, c: CountedNoun, first: int) -> str:
    """Return the rule of a phrase that counts; "" where it counts nothing after all."""
    one = number.last - number.first == 1 and features.word(number.first) in ("one", "1")
    if c.kind == "none":
        return _bare_one_rule(features, number) if one else _bare_number_rule(features, number, first)
    if c.kind != "noun":
        return c.kind
    if number.form == "result":
        return "result" if features.word(c.last - 1) in en.VOTE_NOUNS else ""
    if one:
        return "one noun"
    if first == number.first and _may_end_name(features, number):
        return "noun after name"
    return "noun" if c.last - number.last == 1 else "noun after words"


def _may_end_name(features: SentenceFeatures, number: Cardinal) -> bool:
    """Whether the number may be the end of a name: S&P 500 stocks."""
    at = number.first - 1
    if features.is_capitalised(number.first) and number.first not in features.capital_positions:
        return features.word(at).isalpha() and not in_headline(features, at)
    named = features.is_capitalised(at) and at not in features.capital_positions and features.word(at) not in words.DATES
    return named and features.word(number.first)[0].isdigit() and not in_headline(features, at)


def _bare_number_rule(features: SentenceFeatures, number: Cardinal, first: int) -> str:
    """Return the rule of a number without a noun."""
    word, after = features.word(number.first), features.word(number.last)
    if number.form in ("share", "odds", "scale"):
        return number.form
    if number.form == "result":
        return "result" if features.word(number.first + 1) in DASHES else ""
    figures = [w for w in features.folded[number.first : number.last] if w[0].isdigit()]
    if len(figures) >= (number.last - number.first + 1) // 2:
        return _bare_digits_rule(features, number, first, figures)
    if word == "zero":
        return "bare digits"
    if after == "of" or first < number.first or features.word(number.first - 1) in words.DETERMINERS:
        return "bare word, held"
    return "bare word"


def _bare_digits_rule(features: SentenceFeatures, number: Cardinal, first: int, figures: list[str]) -> str:
    """Return the rule of a number in figures without a noun; none for the prices of stocks, and ages."""
    before, after = features.word(number.first - 1), features.word(number.last)
    if any(w in en.NUMBER_SCALES for w in features.folded[number.first : number.last]):
        return "bare scaled"
    if any("/" in w or "." in w or not number_value(w) for w in figures):
        return ""
    if number.form == "range":
        return "bare range"
    if "," in figures[0] or after == "of" or first < number.first:
        return "bare digits, held"
    if "to" in (before, after):
        return "bare pair"
    if number.last - number.first > 1 or before == "at":
        return ""
    aged = before in words.AUXILIARIES and features.word(number.first - 2) in words.SUBJECT_WORDS
    return "" if aged else "bare digits"


def _bare_one_rule(features: SentenceFeatures, number: Cardinal) -> str:
    if features.word(number.last) == "of":
        return "one of"
    return "for one" if features.word(number.first - 1) == "for" else "one"
