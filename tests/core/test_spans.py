"""Ranges of text: which share some."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.spans import overlap_finder

RANGES = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)).map(lambda x: (x[0], x[0] + x[1])), max_size=12)


@given(ranges=RANGES, asked=RANGES)
def test_what_is_found_by_bisection_is_what_shares_text(
    ranges: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    """Ranges that overlap each other, or are one inside another, hide none."""
    overlaps = overlap_finder(ranges)
    for start, end in asked:
        assert overlaps(start, end) == any(a < end and start < b for a, b in ranges)
