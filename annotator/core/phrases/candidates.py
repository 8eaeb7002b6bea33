"""Candidates: what Tab offers and what a hint letter snaps to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from annotator.core.phrases.claims import claims
from annotator.core.phrases.names import names
from annotator.core.phrases.numbers import number_phrases
from annotator.core.phrases.view import View, view_of
from annotator.core.tokens import Range, Token


@dataclass(frozen=True, slots=True)
class Candidate:
    """A range ``[first, last)`` that an annotator may want.

    ``kind``: ``name`` (no title, no 's), ``number`` (with what it counts), ``quotation`` (with
    its marks), ``claim`` (what a verb of speech attributes to a source, without marks around).
    """

    first: int
    last: int
    kind: str


def candidates(tokens: Sequence[Token]) -> tuple[Candidate, ...]:
    """Return the candidates of a sentence in reading order: by start, the longer first."""
    return of_view(view_of(tokens))


@lru_cache(maxsize=64)  # the sheet and its hints ask for those of one sentence
def of_view(features: View) -> tuple[Candidate, ...]:
    """Return the candidates of a sentence that has been looked at."""
    found: dict[Range, str] = {}
    for kind, ranges in (
        ("quotation", ((q.first, q.last) for q in features.quotations)),
        ("claim", claims(features)),
        ("number", _numbers(features)),
        ("name", names(features)),
    ):
        for r in ranges:
            found.setdefault(r, kind)
    order = sorted(found, key=lambda r: (r[0], -r[1]))
    return tuple(Candidate(first, last, found[first, last]) for first, last in order)


def _numbers(features: View) -> list[Range]:
    counting = [p for p in number_phrases(features) if p.counts]
    return [(p.first, end) for p in counting for end in sorted({p.complement_end, p.last}, reverse=True)]


def snap(tokens: Sequence[Token], i: int) -> Range:
    """Return what the hint of token ``i`` selects.

    On an opening quotation mark the whole quotation; else the longest name, or the number phrase
    without its "of …", that starts there (money, dates and durations too); else the token alone.
    """
    features = view_of(tokens)
    quotation = next(((q.first, q.last) for q in features.quotations if q.first == i and q.has_opening), None)
    name = next((r for r in names(features) if r[0] == i), None)
    number = next(((p.first, p.last) for p in number_phrases(features) if p.first == i), None)
    return quotation or name or number or (i, i + 1)
