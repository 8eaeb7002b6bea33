"""Scores of spans: what counts as a match, and how scores add up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.scoring import MatchCounts, SpanScores, score_spans

RANGES = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 6)).map(lambda r: (r[0], r[0] + r[1])), max_size=5, unique=True
)


def test_three_ways_of_matching() -> None:
    """One span is right, one is too short, one is elsewhere; a gold span counts once however often met."""
    scores = score_spans([(0, 8), (45, 49), (9, 13)], [(0, 8), (42, 49)])
    assert scores.exact == MatchCounts(1, 3, 1, 2)
    assert scores.overlapping == MatchCounts(2, 3, 2, 2)
    assert scores.characters == MatchCounts(12, 16, 12, 15)
    assert scores.exact.as_dict() == {"p": 0.333, "r": 0.5, "f1": 0.4}


def test_nothing_is_no_division_by_zero() -> None:
    """Without spans all figures are zero."""
    nothing = SpanScores().exact
    assert (nothing.precision, nothing.recall, nothing.f1, nothing.dice) == (0, 0, 0, 0)


@given(RANGES, RANGES)
def test_scores_are_symmetric(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> None:
    """Precision one way is recall the other way, and F1 and Dice do not depend on the side."""
    one, other = score_spans(some, others), score_spans(others, some)
    for a, b in ((one.exact, other.exact), (one.overlapping, other.overlapping)):
        assert (a.precision, a.f1, a.dice) == (b.recall, b.f1, b.dice)
    assert abs(one.exact.dice - one.exact.f1) < 1e-9


@given(RANGES, RANGES)
def test_sums_are_micro_averages(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> None:
    """A sum counts the spans of both sentences."""
    both = score_spans(some, others) + score_spans(others, some)
    assert both.exact.predicted == both.exact.gold == len(some) + len(others)
    assert sum([score_spans(some, others)], start=SpanScores()) == score_spans(some, others)
