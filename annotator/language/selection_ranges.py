"""What Tab and hints select, and the ranges around a selection that Space grows through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from annotator.core.tokens import Token, TokenRange
from annotator.language import english as en
from annotator.language.claims import claim_candidates, claim_ends, claim_ranges
from annotator.language.clauses import is_verb
from annotator.language.names import name_ranges, title_start
from annotator.language.number_phrases import number_phrases
from annotator.language.sentence_features import DASHES, SentenceFeatures, is_quotation_mark, sentence_features

# Candidates: what Tab offers and what a hint letter snaps to.


class SelectionCandidate(Struct, frozen=True):
    """A range ``[first, last)`` that an annotator may want.

    ``kind``: ``name`` (no title, no 's), ``number`` (with what it counts), ``quotation`` (with
    its marks), ``claim`` (what a verb of speech attributes to a source, without marks around).
    """

    first: int
    last: int
    kind: str


def selection_candidates(tokens: Sequence[Token]) -> tuple[SelectionCandidate, ...]:
    """Return the candidates of a sentence in reading order: by start, the longer first."""
    return candidates_in(sentence_features(tokens))


@lru_cache(maxsize=64)  # the hint layout and its hints need those of one sentence
def candidates_in(sent: SentenceFeatures) -> tuple[SelectionCandidate, ...]:
    """Return the candidates of a sentence, by its features."""
    found: dict[TokenRange, str] = {}
    for kind, ranges in (
        ("quotation", ((q.first, q.last) for q in sent.quotations)),
        ("claim", claim_ranges(sent)),
        ("number", _number_ranges(sent)),
        ("name", name_ranges(sent)),
    ):
        for r in ranges:
            found.setdefault(r, kind)
    order = sorted(found, key=lambda r: (r[0], -r[1]))
    return tuple(SelectionCandidate(first, last, found[first, last]) for first, last in order)


def _number_ranges(sent: SentenceFeatures) -> list[TokenRange]:
    counting = [p for p in number_phrases(sent) if p.counts]
    return [(p.first, end) for p in counting for end in sorted({p.complement_end, p.last}, reverse=True)]


def snap_to_phrase(tokens: Sequence[Token], i: int) -> TokenRange:
    """Return what the hint of token ``i`` selects.

    On an opening quotation mark the whole quotation; else the longest name, or the number phrase
    without its "of …", that starts there (money, dates and durations too); else the token alone.
    """
    sent = sentence_features(tokens)
    quotation = next(((q.first, q.last) for q in sent.quotations if q.first == i and q.has_opening), None)
    name = next((r for r in name_ranges(sent) if r[0] == i), None)
    number = next(((p.first, p.last) for p in number_phrases(sent) if p.first == i), None)
    return quotation or name or number or (i, i + 1)


_CLAUSE_MARKS = frozenset({",", ";", ":", "(", ")", "[", "]", "–", "—", "--"})
_MAX_PHRASE_TOKENS = 3
"""Up to this many tokens a selection grows as a phrase unless it is a claim that the rules see."""
_PHRASE_BREAKS = en.PREPOSITIONS | en.CONJUNCTIONS | en.AUXILIARIES | en.PRONOUNS | en.SPEECH_CUES | en.ADVERBS


class Expansion(SelectionCandidate, frozen=True):
    """A range ``[first, last)`` that holds the selection.

    ``kind``: ``name`` (with its title), ``number`` (with its "of …"), ``phrase``, ``clause``,
    ``quotation`` (inside its marks, then with them), ``sentence`` (without its stop, then whole).
    """


def selection_expansions(tokens: Sequence[Token], first: int, last: int) -> tuple[Expansion, ...]:
    """Return strictly growing ranges that hold ``[first, last)`` and are not it.

    What may be a claim grows to the longer claims from its start, then to what holds it. Of others
    names, numbers, claims, quotations and sentences always count; a phrase or clause that would
    cross one of them does not, nor does a source with its verb.
    """
    return _cached_expansions(sentence_features(tokens), first, last)


@lru_cache(maxsize=256)  # what Space takes next is drawn at every key, and then it is pressed
def _cached_expansions(sent: SentenceFeatures, first: int, last: int) -> tuple[Expansion, ...]:
    if _is_claim_range(sent, first, last):
        longer = (Expansion(first, end, "clause") for end in claim_ends(sent, first))
        found = [e for e in (*longer, *_enclosing_claims(sent)) if _holds(e, first, last)]
    else:
        held = [e for e in _fixed_expansions(sent) if _holds(e, first, last)]
        soft = [e for e in _phrase_and_clause(sent, first, last) if _holds(e, first, last)]
        found = held + [e for e in soft if not any(_cross(e, h) for h in held) and not _is_cue_without_content(sent, e)]
    return _nested_chain(found)


def _nested_chain(found: list[Expansion]) -> tuple[Expansion, ...]:
    """Return ranges by length, each containing the one before it."""
    chain: list[Expansion] = []
    for e in sorted(found, key=lambda e: (e.last - e.first, e.first)):
        if not chain or _holds(e, chain[-1].first, chain[-1].last):
            chain.append(e)
    return tuple(chain)


def _is_claim_range(sent: SentenceFeatures, first: int, last: int) -> bool:
    """Whether a selection is what a claim from its start may be, so that it grows as a claim."""
    if any((r.first, r.last) == (first, last) for r in claim_candidates(sent)):
        return True
    return last - first > _MAX_PHRASE_TOKENS and last in claim_ends(sent, first)


def _enclosing_claims(sent: SentenceFeatures) -> Iterator[Expansion]:
    """Yield what claims grow into: other claims, quotations, the sentence."""
    for r in claim_candidates(sent):
        yield Expansion(r.first, r.last, "clause")
    for q in sent.quotations:
        yield Expansion(*q.content, "quotation")
        yield Expansion(q.first, q.last, "quotation")
    yield Expansion(0, sent.content_end(), "sentence")
    yield Expansion(0, len(sent), "sentence")


def _is_cue_without_content(sent: SentenceFeatures, e: Expansion) -> bool:
    """Whether a clause holds a verb of speech without its content: "Quist said"."""
    if e.kind != "clause" or any(r.first < e.last and e.first < r.last for r in claim_candidates(sent)):
        return False
    return any(sent.word(i) in en.SPEECH_FORMS and is_verb(sent, i) for i in range(e.first, e.last))


def _holds(e: Expansion, first: int, last: int) -> bool:
    return e.first <= first and last <= e.last and (e.first, e.last) != (first, last)


def _cross(a: Expansion, b: Expansion) -> bool:
    return a.first < b.first < a.last < b.last or b.first < a.first < b.last < a.last


@lru_cache(maxsize=64)
def _fixed_expansions(sent: SentenceFeatures) -> tuple[Expansion, ...]:
    """Return the ranges that do not depend on the selection."""
    names = [Expansion(start, b, "name") for a, b in name_ranges(sent) for start in (a, title_start(sent, a))]
    numbers = [Expansion(p.first, end, "number") for p in number_phrases(sent) for end in (p.last, p.complement_end)]
    return (*names, *numbers, *_enclosing_claims(sent))


def _phrase_and_clause(sent: SentenceFeatures, first: int, last: int) -> Iterator[Expansion]:
    """Yield the phrase, the phrase with its "of …" and the clause around a selection."""
    a, b = _phrase_range(sent, first, last)
    yield Expansion(a, b, "phrase")
    yield Expansion(*_with_of_phrase(sent, a, b), "phrase")
    yield Expansion(*_clause_range(sent, first, last), "clause")


def _phrase_range(sent: SentenceFeatures, first: int, last: int) -> TokenRange:
    """Widen over words up to the nearest preposition, conjunction, verb, pronoun or mark."""
    while first > 0 and not _ends_phrase(sent, first - 1) and sent.word(first) not in en.DETERMINERS:
        first -= 1
    while last < len(sent) and not _ends_phrase(sent, last) and sent.word(last) not in en.DETERMINERS:
        last += 1
    return first, last


def _ends_phrase(sent: SentenceFeatures, i: int) -> bool:
    word = sent.word(i)
    if word in ("of", "that") or word in _PHRASE_BREAKS or sent.is_mark(i):
        return True
    return not word[:1].isalnum() and word not in en.PERCENT and not (word in DASHES and sent.is_attached(i))


def _with_of_phrase(sent: SentenceFeatures, first: int, last: int) -> TokenRange:
    if sent.word(last) != "of" or last + 1 >= len(sent) or sent.word(last + 1) in en.PRONOUNS:
        return first, last
    at = last + 1
    while sent.word(at) in en.DETERMINERS:
        at += 1
    while at < len(sent) and not _ends_phrase(sent, at):
        at += 1
    return first, at


def _clause_range(sent: SentenceFeatures, first: int, last: int) -> TokenRange:
    """Widen to the nearest commas, brackets, dashes or quotation marks."""
    while first > 0 and not _ends_clause(sent, first - 1):
        first -= 1
    while last < sent.content_end() and not _ends_clause(sent, last):
        last += 1
    return first, last


def _ends_clause(sent: SentenceFeatures, i: int) -> bool:
    text = sent.tokens[i].text
    return is_quotation_mark(text) or text in _CLAUSE_MARKS or text in (".", "!", "?")
