"""What becomes of each span of an accepted sentence: kept, trimmed, demoted or left out.

``doc.spans`` takes every span whose label the schema has and whose edges are token edges.
``doc.ents`` is flat and refuses entities with white space at an edge (spaCy's NER cannot learn
them, ``spacy debug data`` fails), so it takes the labels with ``target = "ents"``, without
blank tokens at their edges, and of two that overlap the one with more tokens; of equal ones the
earlier, then the one whose label comes first in the schema (``spacy.util.filter_spans`` ranks
alike). What has no place in ``doc.ents`` stays whole in ``doc.spans``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence
from annotator.core.coverage import Coverage
from annotator.core.ledger import Outcome
from annotator.core.schema import Schema
from annotator.core.spans import Span, reading_order, span_id
from annotator.core.tokens import Token, TokenRange, is_aligned, token_range
from annotator.export.coverage_classes import ClassView
from annotator.export.options import ExportItem

EXPORT_OUTCOMES = (Outcome.KEPT, Outcome.TRIMMED, Outcome.DEMOTED, Outcome.LEFT_OUT)
"""What an export does with a span."""
UNKNOWN_LABEL = "the schema has no such label"
OFF_TOKEN_EDGES = "not on token edges"
BLANK_EDGE = "white space at an edge: doc.ents holds it without, doc.spans as it is"
NOT_COVERED = "its sentence was not read for its label"
ONLY_WHITE_SPACE = "nothing but white space: doc.spans holds it alone"
OVERLAPS_LONGER_ENTITY = "overlaps another entity that stays in doc.ents; doc.spans holds both"


class SpanOutcome(Struct, frozen=True):
    """What became of one span; ranges are token indexes in its sentence."""

    span: Span
    kind: Outcome
    why: str = ""
    tokens: TokenRange | None = None
    """Its tokens in ``doc.spans``; None if left out."""
    ent: TokenRange | None = None
    """Its tokens in ``doc.ents``; None if it is not there."""
    replaced_by: str = ""
    """The id of the span that stays in ``doc.ents`` in place of this one."""

    @property
    def stored_in(self) -> tuple[str, ...]:
        """The places of the span in the Doc."""
        return ("ents",) * (self.ent is not None) + ("spans",) * (self.tokens is not None)


def span_outcomes(annotated: AnnotatedSentence, schema: Schema) -> tuple[SpanOutcome, ...]:
    """Return the outcome of each span of a sentence, in reading order."""
    ranks = {x.name: n for n, x in enumerate(schema.labels)}
    flat = {x.name for x in schema.labels if x.target == "ents"}
    tokens = annotated.sentence.tokens
    out: dict[Span, SpanOutcome] = {}
    rivals: list[SpanOutcome] = []
    for span in reading_order(list({s.key: s for s in reversed(annotated.annotation.spans)}.values())):
        outcome = _span_outcome(span, tokens, ranks, flat)
        out[span] = outcome
        if outcome.ent:
            rivals.append(outcome)
    out.update(_demoted_outcomes(rivals, ranks, annotated.sentence.id))
    return tuple(out.values())


def class_outcomes(annotated: AnnotatedSentence, view: ClassView, covers: Coverage) -> tuple[SpanOutcome, ...]:
    """Return the outcomes of the spans that a class takes, after those that no class takes where it is the first."""
    spans = annotated.annotation.spans
    left_out = view.left_out_labels([s.label for s in spans], covers)
    kept = annotated.annotation.with_spans([s for s in spans if view.keeps(s.label, covers)])
    uncovered = (SpanOutcome(s, Outcome.LEFT_OUT, NOT_COVERED) for s in spans if s.label in left_out)
    return (*uncovered, *span_outcomes(AnnotatedSentence(annotated.sentence, kept), view.schema))


def _span_outcome(
    span: Span, tokens: Sequence[Token], label_ranks: Mapping[str, int], entity_labels: set[str]
) -> SpanOutcome:
    if span.label not in label_ranks:
        return SpanOutcome(span, Outcome.LEFT_OUT, UNKNOWN_LABEL)
    if not is_aligned(tokens, span.start, span.end):
        return SpanOutcome(span, Outcome.LEFT_OUT, OFF_TOKEN_EDGES)
    whole = token_range(tokens, span.start, span.end)
    if span.label not in entity_labels:
        return SpanOutcome(span, Outcome.KEPT, tokens=whole)
    first, last = _trim_blank_tokens(tokens, whole)
    if first == last:
        return SpanOutcome(span, Outcome.DEMOTED, ONLY_WHITE_SPACE, whole)
    if (first, last) != whole:
        return SpanOutcome(span, Outcome.TRIMMED, BLANK_EDGE, whole, (first, last))
    return SpanOutcome(span, Outcome.KEPT, tokens=whole, ent=whole)


def _trim_blank_tokens(tokens: Sequence[Token], whole: TokenRange) -> TokenRange:
    first, last = whole
    while first < last and tokens[first].text.isspace():
        first += 1
    while first < last and tokens[last - 1].text.isspace():
        last -= 1
    return first, last


def _demoted_outcomes(
    candidates: list[SpanOutcome], ranks: Mapping[str, int], sentence: str
) -> dict[Span, SpanOutcome]:
    """Return the outcomes of those that lose their place in ``doc.ents`` to a longer one."""
    owner: dict[int, Span] = {}
    demoted: dict[Span, SpanOutcome] = {}
    for outcome in sorted(candidates, key=lambda f: _entity_rank(f, ranks)):
        first, last = outcome.ent or (0, 0)
        winner = next((owner[i] for i in range(first, last) if i in owner), None)
        if winner:
            by = span_id(sentence, winner)
            why = OVERLAPS_LONGER_ENTITY
            demoted[outcome.span] = SpanOutcome(outcome.span, Outcome.DEMOTED, why, outcome.tokens, replaced_by=by)
        else:
            owner.update(dict.fromkeys(range(first, last), outcome.span))
    return demoted


def _entity_rank(outcome: SpanOutcome, ranks: Mapping[str, int]) -> tuple[int, int, int]:
    first, last = outcome.ent or (0, 0)
    return (first - last, first, ranks[outcome.span.label])


# Known-wrong spans: suggestions that an annotator has turned down, as spaCy's ner learns from them.
#
# ``ner`` reads the span group that its ``incorrect_spans_key`` names and makes a parse that holds one of
# its spans cost something, even where the tokens are missing (https://spacy.io/api/entityrecognizer). It
# raises an error for one that is an entity as well, so those are left out.


INCORRECT_SPANS_KEY = "incorrect_spans"
"""The name of the span group."""

IncorrectSpan = tuple[TokenRange, str]
"""Token indexes in the sentence, and the label that is wrong there."""


def incorrect_spans(items: Iterable[ExportItem], schema: Schema) -> Mapping[str, tuple[IncorrectSpan, ...]]:
    """Return, by sentence id, what anybody has turned down and nobody has given this label.

    Labels that are no entities (``target = "spans"``) and spans off the token edges stay out.
    """
    flat = {x.name for x in schema.labels if x.target == "ents"}
    down: dict[str, dict[IncorrectSpan, None]] = {}
    kept: dict[str, set[IncorrectSpan]] = {}
    for item in items:
        work = item.annotated
        down.setdefault(work.sentence.id, {}).update(dict.fromkeys(_labelled_ranges(work, flat, rejected=True)))
        kept.setdefault(work.sentence.id, set()).update(_labelled_ranges(work, flat, rejected=False))
    left = {id_: tuple(w for w in sorted(found) if w not in kept[id_]) for id_, found in down.items()}
    return {id_: found for id_, found in left.items() if found}


def _labelled_ranges(annotated: AnnotatedSentence, entity_labels: set[str], *, rejected: bool) -> list[IncorrectSpan]:
    spans = annotated.annotation.rejected if rejected else annotated.annotation.spans
    tokens = annotated.sentence.tokens
    ents = (s for s in spans if s.label in entity_labels and is_aligned(tokens, s.start, s.end))
    return [(token_range(tokens, s.start, s.end), s.label) for s in ents]
