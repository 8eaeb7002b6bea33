"""The exact join of texts that are nearly the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.similarity.near_duplicates import near_duplicate_groups, near_duplicate_pairs

SETS = st.lists(st.frozensets(st.integers(0, 12), max_size=8), max_size=12)


@given(SETS, st.sampled_from([0.3, 0.5, 0.7, 0.75, 1.0]))
def test_all_pairs_are_found_and_no_others(sets: list[frozenset[int]], share: float) -> None:
    """The join is what comparing each text with each other gives; equal ones hang on the first of them."""
    found = near_duplicate_pairs(sets, share)
    first = [sets.index(s) for s in sets]
    for b, one in enumerate(sets):
        for a, other in enumerate(sets[:b]):
            likeness = len(one & other) / len(one | other) if one | other else 0.0
            if one == other:
                wanted = bool(one) and first[b] == a
            else:
                wanted = likeness >= share and first[a] == a and first[b] == b
            assert ((a, b) in found) == wanted
            assert not wanted or found[a, b] == likeness


def test_what_hangs_together_is_one_group() -> None:
    """A chain of likenesses is one group, told with the likest pair."""
    sets = [frozenset({1, 2, 3, 4}), frozenset({9}), frozenset({2, 3, 4, 5}), frozenset({3, 4, 5, 6})]
    [found] = near_duplicate_groups(sets, 0.6)
    assert found.members == (0, 2, 3)
    assert found.similarity == 0.6


@given(SETS, st.sampled_from([0.3, 0.5, 0.75]))
def test_groups_are_what_the_pairs_link(sets: list[frozenset[int]], share: float) -> None:
    """Not comparing what hangs together already changes no group."""
    linked = [{a, b} for a, b in near_duplicate_pairs(sets, share)]
    wanted: list[set[int]] = []
    for link in linked:
        apart = [g for g in wanted if not g & link]
        wanted = [*apart, set.union(link, *(g for g in wanted if g & link))]
    assert [set(g.members) for g in near_duplicate_groups(sets, share)] == sorted(wanted, key=min)
