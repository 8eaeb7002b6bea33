"""Repairs of spans that begin or end inside a token."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation import AnnotatedSentence, Annotation
from annotator.core.article import Sentence
from annotator.core.edits import Op
from annotator.core.errors import RuleError
from annotator.core.span_repair import (
    RepairKind,
    SpanRepair,
    misaligned_spans,
    misalignment_message,
    possible_repairs,
    split_text_at_span,
)
from annotator.core.spans import Span
from annotator.core.token_cuts import cut_tokens_at
from annotator.core.tokens import Token, build_tokens, is_aligned, tokens_text
from tests import builders

TOKENS = build_tokens(("Mayor", "Okafor", "-", "Lindqvist", "rowed."), (True, False, False, True, False))
TEXT = tokens_text(TOKENS)


SCHEMA = builders.news_schema()
EVERY = st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, len(TEXT)))


def _annotated(*spans: Span) -> AnnotatedSentence:
    return AnnotatedSentence(Sentence("a" * 12, 1, 0, len(TEXT), TEXT, TOKENS), Annotation().with_spans(spans))


def _by_cure(annotated: AnnotatedSentence, span: Span) -> dict[RepairKind, SpanRepair]:
    return {r.kind: r for r in possible_repairs(annotated, span, SCHEMA)}


def _after(repair: SpanRepair) -> AnnotatedSentence:
    assert repair.edit is not None
    assert repair.edit.op is Op.EDIT
    return repair.edit.after[0]


def test_each_repair_is_one_edit_and_says_what_it_gives() -> None:
    """Out to the tokens touched, in to those inside, the tokens cut, or the span gone; nothing else moves."""
    span, other = Span(8, 27, "PERSON"), Span(3, 29, "CLAIM")
    annotated = _annotated(span, other)
    assert misaligned_spans(annotated) == (other, span)
    made = _by_cure(annotated, span)
    out, in_ = _after(made[RepairKind.OUT]).annotation, _after(made[RepairKind.IN]).annotation
    assert [(s.start, s.end) for s in out.spans if s.label == "PERSON"] == [(6, 29)]
    assert made[RepairKind.OUT].result == ("Okafor-Lindqvist rowed.",)
    assert [(s.start, s.end) for s in in_.spans if s.label == "PERSON"] == [(12, 22)]
    assert made[RepairKind.IN].result == ("-Lindqvist",)
    cut = _after(made[RepairKind.SPLIT])
    assert cut.annotation == annotated.annotation
    assert made[RepairKind.SPLIT].result == ("Ok", "afor", "-", "Lindqvist", "rowe", "d.")
    assert [t.text for t in cut.sentence.tokens] == ["Mayor", *made[RepairKind.SPLIT].result]
    assert _after(made[RepairKind.DROP]).annotation.spans == (other,)
    assert all(other in _after(r).annotation.spans for r in made.values())


@pytest.mark.parametrize(
    ("spans", "cure", "why"),
    [
        ((Span(8, 10, "PERSON"),), RepairKind.IN, "no whole token is inside it"),
        ((Span(8, 12, "PERSON"), Span(6, 12, "PERSON")), RepairKind.OUT, "PERSON is there already"),
        (
            (Span(8, 12, "PERSON"), Span(6, 7, "VENUE")),
            RepairKind.OUT,
            "VENUE may not be inside PERSON (rule `inside`)",
        ),
    ],
)
def test_a_repair_that_makes_no_sense_says_why(spans: tuple[Span, ...], cure: RepairKind, why: str) -> None:
    """Nothing to snap in to, a double, a rule of the schema that held before: not offered."""
    repair = _by_cure(_annotated(*spans), spans[0])[cure]
    assert (repair.edit, repair.reason) == (None, why)


def test_a_rule_that_is_broken_already_is_no_reason() -> None:
    """What the file had against the schema may stay so: only a rule that held before forbids a repair."""
    span, round_it = Span(8, 12, "PERSON"), Span(0, 29, "COUNT")
    assert SCHEMA.find_violation(span, [round_it]) is not None
    assert _by_cure(_annotated(span, round_it), span)[RepairKind.OUT].edit is not None


def test_a_span_that_needs_none_is_reported() -> None:
    """Asking for repairs of a span on its tokens, or of none, is a mistake that is told."""
    with pytest.raises(RuleError, match="the span is on token edges already; go on to the next"):
        possible_repairs(_annotated(Span(6, 12, "PERSON")), Span(6, 12, "PERSON"), SCHEMA)
    with pytest.raises(RuleError, match="there is no such span"):
        possible_repairs(_annotated(), Span(8, 10, "PERSON"), SCHEMA)


def test_an_edge_in_white_space_is_reported() -> None:
    """A blank is no token that could be cut there: the split is not offered, snapping in is."""
    made = _by_cure(_annotated(Span(5, 12, "PERSON")), Span(5, 12, "PERSON"))
    assert made[RepairKind.SPLIT].reason == "an edge is in white space, not in a token"
    assert made[RepairKind.IN].result == ("Okafor",)


@pytest.mark.parametrize(
    ("span", "parts", "message"),
    [
        (Span(8, 12, "PERSON"), ("Ok", "afor", ""), "begins inside a token"),
        (Span(6, 8, "PERSON"), ("", "Ok", "afor"), "ends inside a token"),
        (Span(8, 15, "PERSON"), ("Ok", "afor-Li", "ndqvist"), "begins and ends inside a token"),
    ],
)
def test_what_is_wrong_is_reported(span: Span, parts: tuple[str, str, str], message: str) -> None:
    """The tokens are quoted whole, cut at the span's edges, with the edge that is at fault."""
    assert split_text_at_span(_annotated(span), span) == parts
    assert misalignment_message(_annotated(span), span) == message


@given(EVERY, st.lists(st.tuples(EVERY, st.sampled_from(["CLAIM", "VENUE"])), max_size=3))
def test_every_repair_mends_just_its_span(ends: tuple[int, int], more: list[Any]) -> None:
    """After a repair its span is mended, the tokens spell the text, no other span moves, undo is exact."""
    span, *others = (Span(min(a, b), max(a, b) + (a == b), label) for (a, b), label in [(ends, "PERSON"), *more])
    if is_aligned(TOKENS, span.start, span.end) or not TEXT[span.start : span.end].strip():
        return
    annotated = _annotated(span, *(o for o in others if o.end <= len(TEXT)))
    for repair in possible_repairs(annotated, span, SCHEMA):
        if repair.edit is None:
            assert repair.reason
            continue
        after = _after(repair)
        waiting = {s.key for s in misaligned_spans(after)}
        assert waiting <= {s.key for s in misaligned_spans(annotated)} - {span.key}
        assert tokens_text(after.sentence.tokens) == TEXT
        assert {s for s in annotated.annotation.spans if s.key != span.key} <= set(after.annotation.spans)
        assert len(after.annotation.spans) == len(annotated.annotation.spans) - (repair.kind is RepairKind.DROP)
        assert repair.edit.inverse().after == (annotated,)
    assert "".join(split_text_at_span(annotated, span)) in TEXT


@given(st.integers(-2, len(TEXT) + 2))
def test_a_cut_changes_no_letter(at: int) -> None:
    """Cutting a token leaves the text as it is, and at an edge nothing happens."""
    made = cut_tokens_at(TOKENS, (at,))
    assert tokens_text(made) == TEXT
    assert len(made) - len(TOKENS) == any(t.start < at < t.end for t in TOKENS)
    assert all(isinstance(t, Token) for t in made)
