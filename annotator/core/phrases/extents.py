"""Extents: the ranges around a selection that Space grows through, one inside the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotator.core.phrases.claims import claims
from annotator.core.phrases.en import words as en
from annotator.core.phrases.names import names, title_start
from annotator.core.phrases.numbers import number_phrases
from annotator.core.phrases.view import DASHES, View, is_mark, view_of
from annotator.core.tokens import Range, Token

_CLAUSE_MARKS = frozenset({",", ";", ":", "(", ")", "[", "]", "–", "—", "--"})
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

    Names, numbers, claims, quotations and sentences always count; a phrase or clause that would
    cross one of them does not.
    """
    view = view_of(tokens)
    held = [e for e in _firm(view) if _holds(e, first, last)]
    soft = [
        e for e in _soft(view, first, last) if _holds(e, first, last) and not any(_cross(e, h) for h in held)
    ]
    chain: list[Extent] = []
    for e in sorted(held + soft, key=lambda e: (e.last - e.first, e.first)):
        if not chain or (_holds(e, chain[-1].first, chain[-1].last)):
            chain.append(e)
    return tuple(chain)


def _holds(e: Extent, first: int, last: int) -> bool:
    return e.first <= first and last <= e.last and (e.first, e.last) != (first, last)


def _cross(a: Extent, b: Extent) -> bool:
    return a.first < b.first < a.last < b.last or b.first < a.first < b.last < a.last


def _firm(view: View) -> Iterator[Extent]:
    for a, b in names(view):
        yield Extent(a, b, "name")
        yield Extent(title_start(view, a), b, "name")
    for p in number_phrases(view):
        yield Extent(p.first, p.last, "number")
        yield Extent(p.first, p.long, "number")
    for a, b in claims(view):
        yield Extent(a, b, "clause")
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
