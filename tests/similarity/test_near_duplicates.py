"""The exact join of texts that are nearly the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.similarity.near_duplicates import near_duplicate_groups

SETS = st.lists(st.frozensets(st.integers(0, 12), max_size=8), max_size=12)


def test_what_hangs_together_is_one_group() -> None:
    """A chain of likenesses is one group, told with the likest pair."""
    sets = [frozenset({1, 2, 3, 4}), frozenset({9}), frozenset({2, 3, 4, 5}), frozenset({3, 4, 5, 6})]
    [found] = near_duplicate_groups(sets, 0.6)
    assert found.members == (0, 2, 3)
    assert found.similarity == 0.6


@given(SETS, st.sampled_from([0.3, 0.5, 0.7, 0.75, 1.0]))
def test_groups_are_what_the_pairs_link(sets: list[frozenset[int]], share: float) -> None:
    """The groups are what comparing each text with each other gives, and so is the likeness of two."""
    wanted: list[set[int]] = []
    for b, one in enumerate(sets):
        for a, other in enumerate(sets[:b]):
            if one & other and len(one & other) / len(one | other) >= share:
                wanted = [*(g for g in wanted if not g & {a, b}), {a, b}.union(*(g for g in wanted if g & {a, b}))]
    groups = near_duplicate_groups(sets, share)
    assert [set(g.members) for g in groups] == sorted(wanted, key=min)
    for g in groups:
        if len(g.members) == 2:
            one, other = (sets[n] for n in g.members)
            assert g.similarity == len(one & other) / len(one | other)
