"""Extents: the ranges around a selection that Space grows through, one inside the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from annotator.core.phrases.claims import claim_readings
from annotator.core.phrases.en import speech
from annotator.core.phrases.en import words as en
from annotator.core.phrases.growth import claim_ends
from annotator.core.phrases.names import names, title_start
from annotator.core.phrases.numbers import number_phrases
from annotator.core.phrases.verbs import is_verb
from annotator.core.phrases.view import DASHES, View, is_mark, view_of
from annotator.core.tokens import Range, Token

_CLAUSE_MARKS = frozenset({",", ";", ":", "(", ")", "[", "]", "–", "—", "--"})
_PHRASE = 3
"""Up to this many tokens a selection grows as a phrase unless it is a claim that the rules see."""
_PHRASE_BREAKS = (en.PREPOSITIONS | en.CONJUNCTIONS | en.AUXILIARIES | en.PRONOUNS | en.CUES | en.ADVERBS) - {
    "of"
}


@dataclass(frozen=True, slots=True)
class Extent:
    """A range ``[first, last)`` that holds the selection.

    ``kind``: ``name`` (with its title), ``number`` (with its "of …"), ``phrase``, ``clause``,
    ``quotation`` (inside its marks, then with them), ``sentence`` (without its stop, then whole).
    """

    first: int
    last: int
    kind: str


def extents(tokens: Sequence[Token], first: int, last: int) -> tuple[Extent, ...]:
    """Return strictly growing ranges that hold ``[first, last)`` and are not it.

    What may be a claim grows to the longer claims from its start, then to what holds it. Of others
    names, numbers, claims, quotations and sentences always count; a phrase or clause that would
    cross one of them does not, nor does a source with its verb.
    """
    return _extents(view_of(tokens), first, last)


@lru_cache(maxsize=256)  # what Space takes next is drawn at every key, and then it is pressed
def _extents(view: View, first: int, last: int) -> tuple[Extent, ...]:
    if _is_claim(view, first, last):
        found = [e for e in (*_longer(view, first), *_around(view)) if _holds(e, first, last)]
    else:
        held = [e for e in _firm(view) if _holds(e, first, last)]
        soft = [e for e in _soft(view, first, last) if _holds(e, first, last)]
        found = held + [e for e in soft if not any(_cross(e, h) for h in held) and not _cued(view, e)]
    return _chain(found)


def _chain(found: list[Extent]) -> tuple[Extent, ...]:
    """Return extents by length, each holding the one before it."""
    chain: list[Extent] = []
    for e in sorted(found, key=lambda e: (e.last - e.first, e.first)):
        if not chain or _holds(e, chain[-1].first, chain[-1].last):
            chain.append(e)
    return tuple(chain)


def _is_claim(view: View, first: int, last: int) -> bool:
    """Whether a selection is what a claim from its start may be, so that it grows as a claim."""
    if any((r.first, r.last) == (first, last) for r in claim_readings(view)):
        return True
    return last - first > _PHRASE and last in claim_ends(view, first)


def _longer(view: View, first: int) -> Iterator[Extent]:
    """Yield the longer claims from the same start."""
    for end in claim_ends(view, first):
        yield Extent(first, end, "clause")


def _around(view: View) -> Iterator[Extent]:
    """Yield what claims grow into: other claims, quotations, the sentence."""
    for r in claim_readings(view):
        yield Extent(r.first, r.last, "clause")
    yield from _wholes(view)


def _cued(view: View, e: Extent) -> bool:
    """Whether a clause holds a verb of speech without what it says: "Quist said"."""
    if e.kind != "clause" or any(r.first < e.last and e.first < r.last for r in claim_readings(view)):
        return False
    return any(view.word(i) in speech.SPOKEN and is_verb(view, i) for i in range(e.first, e.last))


def _holds(e: Extent, first: int, last: int) -> bool:
    return e.first <= first and last <= e.last and (e.first, e.last) != (first, last)


def _cross(a: Extent, b: Extent) -> bool:
    return a.first < b.first < a.last < b.last or b.first < a.first < b.last < a.last


@lru_cache(maxsize=64)
def _firm(view: View) -> tuple[Extent, ...]:
    """Return the extents that are there whatever is selected."""
    return tuple(_every_firm(view))


def _every_firm(view: View) -> Iterator[Extent]:
    for a, b in names(view):
        yield Extent(a, b, "name")
        yield Extent(title_start(view, a), b, "name")
    for p in number_phrases(view):
        yield Extent(p.first, p.last, "number")
        yield Extent(p.first, p.long, "number")
    for r in claim_readings(view):
        yield Extent(r.first, r.last, "clause")
    yield from _wholes(view)


def _wholes(view: View) -> Iterator[Extent]:
    """Yield the quotations and the sentence, each without and with its marks."""
    for q in view.quotes:
        yield Extent(*q.inside, "quotation")
        yield Extent(q.first, q.last, "quotation")
    yield Extent(0, view.last_word(), "sentence")
    yield Extent(0, len(view), "sentence")


def _soft(view: View, first: int, last: int) -> Iterator[Extent]:
    """Yield the phrase, the phrase with its "of …" and the clause around a selection."""
    a, b = _phrase(view, first, last)
    yield Extent(a, b, "phrase")
    yield Extent(*_with_of(view, a, b), "phrase")
    yield Extent(*_clause(view, first, last), "clause")


def _phrase(view: View, first: int, last: int) -> Range:
    """Widen over words up to the nearest preposition, conjunction, verb, pronoun or mark."""
    while first > 0 and not _ends_phrase(view, first - 1) and view.word(first) not in en.DETERMINERS:
        first -= 1
    while last < len(view) and not _ends_phrase(view, last) and view.word(last) not in en.DETERMINERS:
        last += 1
    return first, last


def _ends_phrase(view: View, i: int) -> bool:
    word = view.word(i)
    if word in ("of", "that") or word in _PHRASE_BREAKS or is_mark(view.tokens[i].text):
        return True
    return not word[:1].isalnum() and word not in en.PERCENT and not (word in DASHES and view.glued(i))


def _with_of(view: View, first: int, last: int) -> Range:
    if view.word(last) != "of" or last + 1 >= len(view) or view.word(last + 1) in en.PRONOUNS:
        return first, last
    at = last + 1
    while view.word(at) in en.DETERMINERS:
        at += 1
    while at < len(view) and not _ends_phrase(view, at):
        at += 1
    return first, at


def _clause(view: View, first: int, last: int) -> Range:
    """Widen to the nearest commas, brackets, dashes or quotation marks."""
    while first > 0 and not _ends_clause(view, first - 1):
        first -= 1
    while last < view.last_word() and not _ends_clause(view, last):
        last += 1
    return first, last


def _ends_clause(view: View, i: int) -> bool:
    text = view.tokens[i].text
    return is_mark(text) or text in _CLAUSE_MARKS or text in (".", "!", "?")
