"""The n-gram sizes, and what they cost and find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.export.training_config import choose_ngram_sizes

LENGTHS = st.dictionaries(st.sampled_from("ABCD"), st.lists(st.integers(1, 300), max_size=60), max_size=4)


@given(LENGTHS)
def test_the_ceiling_is_what_the_sizes_can_find(lengths: dict[str, list[int]]) -> None:
    """Sizes run from 1 without a gap, and the ceiling is the share of spans of such a length."""
    found = choose_ngram_sizes(lengths)
    every = [n for x in lengths.values() for n in x]
    assert (found is None) == (not every)
    if found:
        assert found.sizes == tuple(range(1, found.sizes[-1] + 1))
        assert found.overall == sum(n in found.sizes for n in every) / len(every)
        assert set(found.ceiling) == {x for x in lengths if lengths[x]}


@given(LENGTHS)
def test_at_least_nine_of_ten_are_found_unless_memory_forbids(lengths: dict[str, list[int]]) -> None:
    """The sizes reach the percentile that they claim, or stop at the bound of 49 tokens."""
    found = choose_ngram_sizes(lengths)
    if found:
        assert found.overall >= found.percentile / 100 >= 0.9 or found.sizes[-1] == 49
        assert found.sizes[-1] <= 49


def test_percentile_by_nearest_rank() -> None:
    """Of twenty lengths the 95th percentile is the nineteenth."""
    found = choose_ngram_sizes({"A": list(range(1, 21))})
    assert found
    assert (found.sizes[-1], found.percentile, found.overall) == (19, 95, 0.95)


def test_the_percentile_gives_way_before_the_bound() -> None:
    """A few giants among the last ten percent lower the percentile, not the sizes of the others."""
    found = choose_ngram_sizes({"A": [10] * 92 + [200] * 8})
    assert found
    assert (found.sizes[-1], found.percentile, found.overall) == (10, 92, 0.92)
