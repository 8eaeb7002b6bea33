"""Candidates: what Tab offers and what a hint letter snaps to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from annotator.core.phrases.claims import claim_ranges
from annotator.core.phrases.names import name_ranges
from annotator.core.phrases.numbers import number_phrases
from annotator.core.phrases.view import SentenceFeatures, sentence_features
from annotator.core.tokens import TokenRange, Token


@dataclass(frozen=True, slots=True)
class SelectionCandidate:
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


@lru_cache(maxsize=64)  # the sheet and its hints ask for those of one sentence
def candidates_in(features: SentenceFeatures) -> tuple[SelectionCandidate, ...]:
    """Return the candidates of a sentence that has been looked at."""
    found: dict[TokenRange, str] = {}
    for kind, ranges in (
        ("quotation", ((q.first, q.last) for q in features.quotations)),
        ("claim", claim_ranges(features)),
        ("number", _number_ranges(features)),
        ("name", name_ranges(features)),
    ):
        for r in ranges:
            found.setdefault(r, kind)
    order = sorted(found, key=lambda r: (r[0], -r[1]))
    return tuple(SelectionCandidate(first, last, found[first, last]) for first, last in order)


def _number_ranges(features: SentenceFeatures) -> list[TokenRange]:
    counting = [p for p in number_phrases(features) if p.counts]
    return [(p.first, end) for p in counting for end in sorted({p.complement_end, p.last}, reverse=True)]


def snap_to_phrase(tokens: Sequence[Token], i: int) -> TokenRange:
    """Return what the hint of token ``i`` selects.

    On an opening quotation mark the whole quotation; else the longest name, or the number phrase
    without its "of …", that starts there (money, dates and durations too); else the token alone.
    """
    features = sentence_features(tokens)
    quotation = next(((q.first, q.last) for q in features.quotations if q.first == i and q.has_opening), None)
    name = next((r for r in name_ranges(features) if r[0] == i), None)
    number = next(((p.first, p.last) for p in number_phrases(features) if p.first == i), None)
    return quotation or name or number or (i, i + 1)
