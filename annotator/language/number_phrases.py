"""Number phrases: approximator, number and what it counts, and how likely each is to be marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from annotator.language import english as en
from annotator.language.quantities import (
    Cardinal,
    CountedNoun,
    cardinal_at,
    complement_end,
    counted_noun,
    is_plural,
    number_value,
)
from annotator.language.scoring import SpanCandidate
from annotator.language.sentence_features import DASHES, SentenceFeatures, is_digits

# Words before a number that belong to it: about, more than, at least.


def _phrases(words: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in words)


def _group_by_last_word(
    phrases: Iterable[tuple[str, ...]],
) -> Mapping[str, Sequence[tuple[str, ...]]]:
    """Return the phrases by their last word, so that a number asks only for those that can end at it."""
    groups: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        groups.setdefault(phrase[-1], []).append(phrase)
    return groups


_OPTIONAL_APPROXIMATORS = _phrases(en.OPTIONAL_APPROXIMATORS)
_APPROXIMATORS_BY_LAST_WORD = _group_by_last_word((*_phrases(en.APPROXIMATORS), *_OPTIONAL_APPROXIMATORS))
_RULE_SCORES = en.scores("NUMBER_RULE_SCORES")
_BOUNDARY_SCORES = en.scores("BOUNDARY_SCORES")


def approximator_start(features: SentenceFeatures, number: Cardinal, floor: int, c: CountedNoun) -> int:
    """Return where the approximators before a number start; never before ``floor``."""
    start = number.first
    while size := _approximator_length(features, start, floor):
        if _belongs_to_verb(features, start - size, c):
            break
        start -= size
    between = start > floor and features.word(start - 1) == "between"
    return start - 1 if between and "and" in features.folded[number.first : c.last] else start


def optional_word_count(features: SentenceFeatures, first: int) -> int:
    """Return how many words at the start of a number phrase some annotators leave out: only, just."""
    return max(
        (len(p) for p in _OPTIONAL_APPROXIMATORS if features.folded[first : first + len(p)] == p), default=0
    )


def _approximator_length(features: SentenceFeatures, end: int, floor: int) -> int:
    """Return the length of the longest approximator that ends before token ``end``."""
    fits = _APPROXIMATORS_BY_LAST_WORD.get(features.word(end - 1), ())
    return max((len(p) for p in fits if features.folded[max(floor, end - len(p)) : end] == p), default=0)


def _belongs_to_verb(features: SentenceFeatures, at: int, c: CountedNoun) -> bool:
    """Whether the word at ``at`` belongs to the verb before it, or to a "the": rose up to 40 %."""
    word, moved = features.word(at), features.word(at - 1) in en.MOVEMENT_VERBS
    if word == "only" and features.word(at - 1) in en.BEFORE_ADJECTIVE_ONLY:
        return True
    if word == "over" and features.word(at - 1) in en.HANDOVER_VERBS:
        return True
    return word in en.LEVEL_WORDS and moved and c.kind != "noun"


# Numbers that count nothing: money, dates, years, ages, durations, references, pronouns.


_BEFORE_YEARS = en.DETERMINERS | en.PREPOSITIONS | {"early", "late", "mid", "and", "'s"}
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
    if features.word(number.last) == "of" and features.word(number.last + 1) in en.CURRENCIES:
        return True
    return before in en.CURRENCY_SIGNS or before.endswith(("$", "£", "€"))


def _is_date(features: SentenceFeatures, number: Cardinal) -> bool:
    """Whether the number is a date or a time of day."""
    word = features.word(number.first)
    if ":" in word:
        return True
    if not is_digits(word) or number_value(word) > _MAX_DAY:
        return False
    sides = (number.first - 1, number.last)
    return any(features.word(i) in en.MONTHS and features.is_capitalised(i) for i in sides)


def _is_year(features: SentenceFeatures, number: Cardinal, c: CountedNoun, first: int) -> bool:
    """Whether the number is a year: four digits without a comma where a year may stand."""
    if not _looks_like_year(features.word(number.first)):
        return False
    if number.last - number.first > 1 and _looks_like_year(features.word(number.last - 1)):
        return True
    before = features.word(number.first - 1)
    if c.kind in ("none", "compound") or before in en.MONTHS or not is_plural(features, c.last - 1):
        return True
    return first == number.first and before in _BEFORE_YEARS


def _looks_like_year(word: str) -> bool:
    return word.isdecimal() and len(word) == 4 and "1500" <= word <= "2099"


def _is_age(features: SentenceFeatures, number: Cardinal, c: CountedNoun) -> bool:
    """Whether the number is an age: between commas after a name, or after "aged"."""
    before, word = features.word(number.first - 1), features.word(number.first)
    if c.kind != "none" or number.last - number.first != 1:
        return False
    if before in en.AGE_WORDS or (
        before in ("and", "to") and features.word(number.first - 3) in en.AGE_WORDS
    ):
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
        named = (
            features.is_capitalised(number.first)
            and number.first not in features.capital_positions
            and before.isalpha()
        )
        return named and not is_plural(features, c.last - 1) and not in_headline(features, at)
    return proper and c.kind == "none" and not in_headline(features, at)


def in_headline(features: SentenceFeatures, at: int) -> bool:
    """Whether the words around ``at`` are written as in a headline: Two Men Held After Raid."""
    near = [
        t.text
        for t in features.tokens[max(0, at - _HEADLINE_WINDOW) : at + _HEADLINE_WINDOW]
        if len(t.text) > 3 and t.text.isalpha()
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
    while features.word(at) in en.DETERMINERS or features.word(at) in en.NUMBER_WORDS:
        at += 1
    return features.word(at) in en.DURATIONS


class NumberPhrase(Struct, frozen=True):
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
    share = _RULE_SCORES.get(rule + way)
    return _BOUNDARY_SCORES[way or "as is"] if share is None else share


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
    named = (
        features.is_capitalised(at)
        and at not in features.capital_positions
        and features.word(at) not in en.DATES
    )
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
    if after == "of" or first < number.first or features.word(number.first - 1) in en.DETERMINERS:
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
    aged = before in en.AUXILIARIES and features.word(number.first - 2) in en.SUBJECT_WORDS
    return "" if aged else "bare digits"


def _bare_one_rule(features: SentenceFeatures, number: Cardinal) -> str:
    if features.word(number.last) == "of":
        return "one of"
    return "for one" if features.word(number.first - 1) == "for" else "one"
