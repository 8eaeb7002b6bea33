"""Repairs of spans that begin or end inside a token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation import Annotation, Work
from annotator.core.article import Sentence
from annotator.core.errors import RuleError
from annotator.core.repairs import cut_at, repairs, unaligned
from annotator.core.spans import Span
from annotator.core.tokens import Token, is_aligned, text_of, tokens_of

TOKENS = tokens_of(("Mayor", "Okafor", "-", "Lindqvist", "rowed."), (True, False, False, True, False))
TEXT = text_of(TOKENS)


def _work(*spans: Span) -> Work:
    return Work(Sentence("a" * 12, 1, 0, len(TEXT), TEXT, TOKENS), Annotation().with_spans(spans))


def test_each_repair_is_one_edit() -> None:
    """Out to the tokens touched, in to those inside, the tokens cut, or the span gone; nothing else moves."""
    span, other = Span(8, 27, "PERSON"), Span(23, 29, "CLAIM")
    work = _work(span, other)
    assert unaligned(work) == (span,)
    made = repairs(work, span)
    assert made.snap_out is not None
    assert made.snap_in is not None
    assert made.split_tokens is not None
    out, in_, split, gone = (e.after[0] for e in (made.snap_out, made.snap_in, made.split_tokens, made.drop))
    assert (out.annotation.spans[0].start, out.annotation.spans[0].end) == (6, 29)
    assert (in_.annotation.spans[0].start, in_.annotation.spans[0].end) == (12, 22)
    assert split.annotation.spans == work.annotation.spans
    assert [t.text for t in split.sentence.tokens] == [
        "Mayor",
        "Ok",
        "afor",
        "-",
        "Lindqvist",
        "rowe",
        "d.",
    ]
    assert gone.annotation.spans == (other,)


def test_a_span_inside_one_token_cannot_snap_in() -> None:
    """There is no whole token in it, so that repair is not offered."""
    made = repairs(_work(Span(8, 10, "PERSON")), Span(8, 10, "PERSON"))
    assert made.snap_in is None
    assert made.snap_out is not None


def test_a_repair_never_makes_a_double() -> None:
    """Where the same span stands on the tokens already, snapping out is not offered: drop is."""
    made = repairs(_work(Span(6, 12, "PERSON"), Span(8, 12, "PERSON")), Span(8, 12, "PERSON"))
    assert made.snap_out is None


def test_an_aligned_span_needs_none() -> None:
    """Asking for repairs of a span on its tokens is a mistake that is told."""
    with pytest.raises(RuleError, match="the span is on token edges already; go on to the next"):
        repairs(_work(Span(6, 12, "PERSON")), Span(6, 12, "PERSON"))


@given(st.integers(0, len(TEXT) - 1), st.integers(1, len(TEXT)))
def test_every_repair_aligns_the_span(a: int, b: int) -> None:
    """After each repair that is offered the span is on token edges and the tokens spell the text."""
    span = Span(min(a, b), max(a, b) + (a == b), "PERSON")
    if (
        span.end > len(TEXT)
        or is_aligned(TOKENS, span.start, span.end)
        or not TEXT[span.start : span.end].strip()
    ):
        return
    made = repairs(_work(span), span)
    for edit in (made.snap_out, made.snap_in, made.split_tokens, made.drop):
        for work in edit.after if edit else ():
            assert unaligned(work) == ()
            assert text_of(work.sentence.tokens) == TEXT


@given(st.integers(-2, len(TEXT) + 2))
def test_a_cut_changes_no_letter(at: int) -> None:
    """Cutting a token leaves the text as it is, and at an edge nothing happens."""
    made = cut_at(TOKENS, at)
    assert text_of(made) == TEXT
    assert len(made) - len(TOKENS) == any(t.start < at < t.end for t in TOKENS)
    assert all(isinstance(t, Token) for t in made)
