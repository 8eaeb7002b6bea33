"""What becomes of each span of an accepted sentence: kept, trimmed, demoted or left out.

``doc.spans`` takes every span whose label the schema has and whose edges are token edges.
``doc.ents`` is flat and refuses entities with white space at an edge (spaCy's NER cannot learn
them, ``spacy debug data`` fails), so it takes the labels with ``target = "ents"``, without
blank tokens at their edges, and of two that overlap the one with more tokens; of equal ones the
earlier, then the one whose label stands first in the schema (``spacy.util.filter_spans`` ranks
the same way). What has no place in ``doc.ents`` stays whole in ``doc.spans``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from annotator.core.annotation import Work
from annotator.core.schema import Schema
from annotator.core.spans import Span, reading_order, span_id
from annotator.core.tokens import Range, Token, is_aligned, token_range


class What(StrEnum):
    """What an export did with a span."""

    KEPT = "kept"
    TRIMMED = "trimmed"
    DEMOTED = "demoted"
    LEFT_OUT = "left out"


UNKNOWN = "the schema has no such label"
UNALIGNED = "not on token edges"
BLANK_EDGE = "white space at an edge: doc.ents holds it without, doc.spans as it is"
BLANK = "nothing but white space: doc.spans holds it alone"
OVERLAP = "overlaps another entity that stays in doc.ents; doc.spans holds both"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one span; ranges are token indexes in its sentence."""

    span: Span
    kind: What
    why: str = ""
    tokens: Range | None = None
    """Its tokens in ``doc.spans``; None if left out."""
    ent: Range | None = None
    """Its tokens in ``doc.ents``; None if it is not there."""
    replaced_by: str = ""
    """The id of the span that stays in ``doc.ents`` in place of this one."""

    @property
    def stored_in(self) -> tuple[str, ...]:
        """Where the span stands in the Doc."""
        return ("ents",) * (self.ent is not None) + ("spans",) * (self.tokens is not None)


def fates(annotated: Work, schema: Schema) -> tuple[Fate, ...]:
    """Decide what becomes of each span of a sentence; one fate each, in reading order."""
    ranks = {x.name: n for n, x in enumerate(schema.labels)}
    flat = {x.name for x in schema.labels if x.target == "ents"}
    tokens = annotated.sentence.tokens
    out: dict[Span, Fate] = {}
    rivals: list[Fate] = []
    for span in _unique(annotated.annotation.spans):
        outcome = _fate(span, tokens, ranks, flat)
        out[span] = outcome
        if outcome.ent:
            rivals.append(outcome)
    out.update(_flat(rivals, ranks, annotated.sentence.id))
    return tuple(out.values())


def _unique(spans: Sequence[Span]) -> tuple[Span, ...]:
    return reading_order(list({s.key: s for s in reversed(spans)}.values()))


def _fate(span: Span, tokens: Sequence[Token], label_ranks: Mapping[str, int], entity_labels: set[str]) -> Fate:
    if span.label not in label_ranks:
        return Fate(span, What.LEFT_OUT, UNKNOWN)
    if not is_aligned(tokens, span.start, span.end):
        return Fate(span, What.LEFT_OUT, UNALIGNED)
    whole = token_range(tokens, span.start, span.end)
    if span.label not in entity_labels:
        return Fate(span, What.KEPT, tokens=whole)
    first, last = _without_blanks(tokens, whole)
    if first == last:
        return Fate(span, What.DEMOTED, BLANK, whole)
    if (first, last) != whole:
        return Fate(span, What.TRIMMED, BLANK_EDGE, whole, (first, last))
    return Fate(span, What.KEPT, tokens=whole, ent=whole)


def _without_blanks(tokens: Sequence[Token], whole: Range) -> Range:
    first, last = whole
    while first < last and tokens[first].text.isspace():
        first += 1
    while first < last and tokens[last - 1].text.isspace():
        last -= 1
    return first, last


def _flat(candidates: list[Fate], ranks: Mapping[str, int], sentence: str) -> dict[Span, Fate]:
    """Return the fates of those that lose their place in ``doc.ents`` to a longer one."""
    owner: dict[int, Span] = {}
    demoted: dict[Span, Fate] = {}
    for outcome in sorted(candidates, key=lambda f: _rank(f, ranks)):
        first, last = outcome.ent or (0, 0)
        winner = next((owner[i] for i in range(first, last) if i in owner), None)
        if winner:
            by = span_id(sentence, winner)
            demoted[outcome.span] = Fate(outcome.span, What.DEMOTED, OVERLAP, outcome.tokens, replaced_by=by)
        else:
            owner.update(dict.fromkeys(range(first, last), outcome.span))
    return demoted


def _rank(outcome: Fate, ranks: Mapping[str, int]) -> tuple[int, int, int]:
    first, last = outcome.ent or (0, 0)
    return (first - last, first, ranks[outcome.span.label])
