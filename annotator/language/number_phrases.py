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
from annotator.language.sentence_features import DASHES, SentenceFeatures, is_digits
from annotator.language.span_kinds import SpanCandidate

# Words before a number that belong to it: about, more than, at least.


def _phrases(words: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in words)


def _group_by_last_word(phrases: Iterable[tuple[str, ...]]) -> Mapping[str, Sequence[tuple[str, ...]]]:
    """Return the phrases by their last word, so that only those that can end at a number are compared."""
    groups: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        groups.setdefault(phrase[-1], []).append(phrase)
    return groups


_OPTIONAL_APPROXIMATORS = _phrases(en.OPTIONAL_APPROXIMATORS)
_APPROXIMATORS_BY_LAST_WORD = _group_by_last_word((*_phrases(en.APPROXIMATORS), *_OPTIONAL_APPROXIMATORS))
_RULE_SCORES = en.scores("NUMBER_RULE_SCORES")
_BOUNDARY_SCORES = en.scores("BOUNDARY_SCORES")


def approximator_start(sent: SentenceFeatures, number: Cardinal, floor: int, c: CountedNoun) -> int:
    """Return where the approximators before a number start; never before ``floor``."""
    start = number.first
    while size := _approximator_length(sent, start, floor):
        if _belongs_to_verb(sent, start - size, c):
            break
        start -= size
    between = start > floor and sent.word(start - 1) == "between"
    return start - 1 if between and "and" in sent.folded[number.first : c.last] else start


def _approximator_length(sent: SentenceFeatures, end: int, floor: int) -> int:
    """Return the length of the longest approximator that ends before token ``end``."""
    fits = _APPROXIMATORS_BY_LAST_WORD.get(sent.word(end - 1), ())
    return max((len(p) for p in fits if sent.folded[max(floor, end - len(p)) : end] == p), default=0)


def _belongs_to_verb(sent: SentenceFeatures, at: int, c: CountedNoun) -> bool:
    """Whether the word at ``at`` belongs to the verb before it, or to a "the": rose up to 40 %."""
    word, moved = sent.word(at), sent.word(at - 1) in en.MOVEMENT_VERBS
    if word == "only" and sent.word(at - 1) in en.BEFORE_ADJECTIVE_ONLY:
        return True
    if word == "over" and sent.word(at - 1) in en.HANDOVER_VERBS:
        return True
    return word in en.LEVEL_WORDS and moved and c.kind != "noun"


# Numbers that count nothing: money, dates, years, ages, durations, references, pronouns.


_BEFORE_YEARS = en.DETERMINERS | en.PREPOSITIONS | {"early", "late", "mid", "and", "'s"}
_MAX_DAY = 31
_MAX_AGE = 110
_HEADLINE_WINDOW = 8
"""How many words to each side show whether a capital means anything."""

_MAX_MATCH_SCORE = 20
"""Two numbers with a dash that both stay below it are the result of a match."""


def is_not_number(sent: SentenceFeatures, number: Cardinal, c: CountedNoun) -> bool:
    """Whether "one" is a pronoun, or part of "no one", "this one"."""
    if number.last - number.first != 1 or sent.word(number.first) != "one" or c.kind != "none":
        return False
    before = sent.word(number.first - 1)
    return before in en.BEFORE_PRONOUN_ONE or (sent.word(number.last) != "of" and before != "for")


def counts_nothing(sent: SentenceFeatures, number: Cardinal, c: CountedNoun, first: int) -> bool:
    """Whether the number ``[first, …)`` is no count."""
    return (
        c.kind in ("money", "duration", "clock")
        or _is_money(sent, number)
        or _is_date(sent, number)
        or _is_year(sent, number, c, first)
        or _is_age(sent, number, c)
        or _is_reference(sent, number, c, first)
        or _is_match_result(sent, number, c)
        or _is_list_marker(sent, number, c)
        or (number.form == "share" and _is_share_of_time(sent, number.last))
    )


def _is_money(sent: SentenceFeatures, number: Cardinal) -> bool:
    before = sent.word(number.first - 1)
    if sent.word(number.last) == "of" and sent.word(number.last + 1) in en.CURRENCIES:
        return True
    return before in en.CURRENCY_SIGNS or before.endswith(("$", "£", "€"))


def _is_date(sent: SentenceFeatures, number: Cardinal) -> bool:
    """Whether the number is a date or a time of day."""
    word = sent.word(number.first)
    if ":" in word:
        return True
    if not is_digits(word) or number_value(word) > _MAX_DAY:
        return False
    sides = (number.first - 1, number.last)
    return any(sent.word(i) in en.MONTHS and sent.is_capitalised(i) for i in sides)


def _is_year(sent: SentenceFeatures, number: Cardinal, c: CountedNoun, first: int) -> bool:
    """Whether the number is a year: four digits without a comma where a year may be."""
    if not _looks_like_year(sent.word(number.first)):
        return False
    if number.last - number.first > 1 and _looks_like_year(sent.word(number.last - 1)):
        return True
    before = sent.word(number.first - 1)
    if c.kind in ("none", "compound") or before in en.MONTHS or not is_plural(sent, c.last - 1):
        return True
    return first == number.first and before in _BEFORE_YEARS


def _looks_like_year(word: str) -> bool:
    return word.isdecimal() and len(word) == 4 and "1500" <= word <= "2099"


def _is_age(sent: SentenceFeatures, number: Cardinal, c: CountedNoun) -> bool:
    """Whether the number is an age: between commas after a name, or after "aged"."""
    before, word = sent.word(number.first - 1), sent.word(number.first)
    if c.kind != "none" or number.last - number.first != 1:
        return False
    if before in en.AGE_WORDS or (before in ("and", "to") and sent.word(number.first - 3) in en.AGE_WORDS):
        return True
    if not word.isdecimal() or number_value(word) > _MAX_AGE:
        return False
    if before != ",":
        return before == "now"
    after = sent.word(number.last)
    return after == "," or (after in (".", "", ")") and sent.is_capitalised(number.first - 2))


def _is_reference(sent: SentenceFeatures, number: Cardinal, c: CountedNoun, first: int) -> bool:
    """Whether the number is part of a name or a reference: Article 5, Boeing 747, No. 3, Gang of Six."""
    at = number.first - 1
    if first < number.first or at < 0:
        return False
    before, proper = sent.word(at), sent.is_capitalised(at) and at not in sent.capital_positions
    if before in DASHES and sent.is_attached(number.first):
        return True
    if before in en.NUMBERED_NOUNS and (proper or c.kind == "none" or before.endswith(".")):
        return True
    if not is_digits(sent.word(number.first)):
        named = sent.is_capitalised(number.first) and number.first not in sent.capital_positions and before.isalpha()
        return named and not is_plural(sent, c.last - 1) and not in_headline(sent, at)
    return proper and c.kind == "none" and not in_headline(sent, at)


def in_headline(sent: SentenceFeatures, at: int) -> bool:
    """Whether the words around ``at`` are written as in a headline: Two Men Held After Raid."""
    around = sent.tokens[max(0, at - _HEADLINE_WINDOW) : at + _HEADLINE_WINDOW]
    near = [t.text for t in around if len(t.text) > 3 and t.text.isalpha()]
    return len(near) > 3 and sum(w[0].isupper() for w in near) >= 0.75 * len(near)


def _is_list_marker(sent: SentenceFeatures, number: Cardinal, c: CountedNoun) -> bool:
    """Whether the number is that of a point in a list or of a note: "2.", "[3]"."""
    if c.kind != "none" or number.last - number.first > 1 or not is_digits(sent.word(number.first)):
        return False
    opened = number.first == 0 or sent.word(number.first - 1) in ("[", "(")
    return opened and sent.word(number.last) in (".", ")", "]", "")


def _is_match_result(sent: SentenceFeatures, number: Cardinal, c: CountedNoun) -> bool:
    """Whether two small numbers with a dash and no noun are the result of a match."""
    if number.form not in ("result", "range") or c.kind != "none":
        return False
    small = all(number_value(sent.word(i)) < _MAX_MATCH_SCORE for i in (number.first, number.last - 1))
    return small and sent.word(number.first + 1) in DASHES


def _is_share_of_time(sent: SentenceFeatures, at: int) -> bool:
    """Whether a share is one of time: half an hour, a quarter of the year."""
    at += sent.word(at) == "of"
    while sent.word(at) in en.DETERMINERS or sent.word(at) in en.NUMBER_WORDS:
        at += 1
    return sent.word(at) in en.DURATIONS


class NumberPhrase(Struct, frozen=True):
    """One number phrase; ``counts`` is False for dates, times, ages, durations and money."""

    first: int
    last: int
    counts: bool
    complement_end: int
    """The end with its complement: "20 percent of the country"; ``last`` if there is none."""
    compound_end: int
    """The end of "12-member" in "12-member board"; else ``last``."""
    rule: str
    """What was seen: the kind of number, or of what it counts; empty where it counts nothing."""


@lru_cache(maxsize=64)  # hints, candidates, extents and readings all ask for those of one sentence
def number_phrases(sent: SentenceFeatures) -> tuple[NumberPhrase, ...]:
    """Return the number phrases of a sentence from left to right; no two overlap."""
    out: list[NumberPhrase] = []
    i = 0
    while i < len(sent):
        number = cardinal_at(sent, i)
        if number is None:
            i += 1
            continue
        phrase = _phrase_around(sent, number, out[-1].last if out else 0)
        if phrase:
            if out and phrase.rule and out[-1].counts and phrase.last <= out[-1].complement_end:
                phrase = replace(phrase, rule="inner")  # the "ten boats" of "two of the ten boats"
            out.append(phrase)
        i = max(number.last, phrase.last if phrase else 0)
    return tuple(out)


def number_candidates(sent: SentenceFeatures) -> tuple[SpanCandidate, ...]:
    """Return what may be a COUNT, with the share of such phrases that annotators keep as they are."""
    return tuple(r for p in number_phrases(sent) if p.counts for r in _phrase_candidates(sent, p))


def _phrase_candidates(sent: SentenceFeatures, p: NumberPhrase) -> list[SpanCandidate]:
    """Return the readings of one phrase: whole, with its "of …", without a loose word or a noun."""
    # how many words at the start some annotators leave out: only, just
    fits = [len(words) for words in _OPTIONAL_APPROXIMATORS if sent.folded[p.first : p.first + len(words)] == words]
    loose = max(fits, default=0)
    of = "" if p.complement_end == p.last else "of" if sent.word(p.last) == "of" else "the"
    opening = ""  # the kind of the words at the start that some leave out: below, about, only, a
    if loose:
        opening = "level" if sent.word(p.first) in en.LEVEL_WORDS else "loose" if loose == 1 else "amount"
    elif sent.word(p.first) == "a" and sent.word(p.first + 1) in en.SINGULAR_SCALES:
        opening = "a"
    found = [(p.first, p.last, f"+{opening}" if opening else of and f"-{of}")]
    if opening:
        found.append((p.first + (loose or 1), p.last, f"-{opening}"))
    if of:
        found.append((p.first, p.complement_end, f"+{of}"))
    if p.compound_end < p.last:
        found.append((p.first, p.compound_end, "-noun"))
    return [SpanCandidate(a, b, "number", _boundary_score(p.rule, cut), p.rule + cut) for a, b, cut in found]


def _boundary_score(rule: str, cut: str) -> float:
    """Return the measured share for a rule and a cut of its phrase, or for the cut where that pair is rare."""
    share = _RULE_SCORES.get(rule + cut)
    return _BOUNDARY_SCORES[cut or "as is"] if share is None else share


def _phrase_around(sent: SentenceFeatures, number: Cardinal, floor: int) -> NumberPhrase | None:
    """Return the phrase around a bare number, or None where it is no number."""
    c = counted_noun(sent, number)
    if is_not_number(sent, number, c):
        return None
    first = approximator_start(sent, number, floor, c)
    c = _extend_or_more(sent, c, number)
    rule = "" if counts_nothing(sent, number, c, first) else _number_rule(sent, number, c, first)
    long = complement_end(sent, c.last) if rule else c.last
    return NumberPhrase(first, c.last, bool(rule), long, c.compound_end, rule)


def _extend_or_more(sent: SentenceFeatures, c: CountedNoun, number: Cardinal) -> CountedNoun:
    """Go on over "or more", "or so" and the noun after it."""
    if sent.word(c.last) != "or" or sent.word(c.last + 1) not in ("more", "less", "fewer", "so"):
        return c
    end = c.last + 2
    if c.kind != "none":
        return CountedNoun(end, c.kind, end)
    more = counted_noun(sent, Cardinal(number.first, end, "word"))
    return more if more.kind != "none" else CountedNoun(end, c.kind, end)


def _number_rule(sent: SentenceFeatures, number: Cardinal, c: CountedNoun, first: int) -> str:
    """Return the rule of a phrase that counts; "" where it counts nothing after all."""
    one = number.last - number.first == 1 and sent.word(number.first) in ("one", "1")
    if c.kind == "none":
        return _bare_one_rule(sent, number) if one else _bare_number_rule(sent, number, first)
    if c.kind != "noun":
        return c.kind
    if number.form == "result":
        return "result" if sent.word(c.last - 1) in en.VOTE_NOUNS else ""
    if one:
        return "one noun"
    if first == number.first and _may_end_name(sent, number):
        return "noun after name"
    return "noun" if c.last - number.last == 1 else "noun after words"


def _may_end_name(sent: SentenceFeatures, number: Cardinal) -> bool:
    """Whether the number may be the end of a name: S&P 500 stocks."""
    at = number.first - 1
    if sent.is_capitalised(number.first) and number.first not in sent.capital_positions:
        return sent.word(at).isalpha() and not in_headline(sent, at)
    named = sent.is_capitalised(at) and at not in sent.capital_positions and sent.word(at) not in en.DATES
    return named and sent.word(number.first)[0].isdigit() and not in_headline(sent, at)


def _bare_number_rule(sent: SentenceFeatures, number: Cardinal, first: int) -> str:
    """Return the rule of a number without a noun."""
    word, after = sent.word(number.first), sent.word(number.last)
    if number.form in ("share", "odds", "scale"):
        return number.form
    if number.form == "result":
        return "result" if sent.word(number.first + 1) in DASHES else ""
    figures = [w for w in sent.folded[number.first : number.last] if w[0].isdigit()]
    if len(figures) >= (number.last - number.first + 1) // 2:
        return _bare_digits_rule(sent, number, first, figures)
    if word == "zero":
        return "bare digits"
    if after == "of" or first < number.first or sent.word(number.first - 1) in en.DETERMINERS:
        return "bare word, held"
    return "bare word"


def _bare_digits_rule(sent: SentenceFeatures, number: Cardinal, first: int, figures: list[str]) -> str:
    """Return the rule of a number in figures without a noun; none for the prices of stocks, and ages."""
    before, after = sent.word(number.first - 1), sent.word(number.last)
    if any(w in en.NUMBER_SCALES for w in sent.folded[number.first : number.last]):
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
    aged = before in en.AUXILIARIES and sent.word(number.first - 2) in en.SUBJECT_WORDS
    return "" if aged else "bare digits"


def _bare_one_rule(sent: SentenceFeatures, number: Cardinal) -> str:
    if sent.word(number.last) == "of":
        return "one of"
    return "for one" if sent.word(number.first - 1) == "for" else "one"
