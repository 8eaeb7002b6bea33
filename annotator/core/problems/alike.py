"""Which of many texts are nearly the same: an exact join by shared shingles.

Two texts are alike where their sets of shingles have a Jaccard index of ``share`` or more. Prefix
filtering (Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and Srikant 2007) finds all such pairs
without comparing all: of shingles ordered from rare to frequent, two alike sets share one of their
first ``n - ceil(share * n) + 1``, and of the shorter one fewer need to be looked up (Xiao et al. 2008).
Unlike MinHash it misses none and needs no random numbers, so the result is the same everywhere.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

_ROUNDING = 1e-9
"""Makes up for rounding where a share of a size is a whole number."""


@dataclass(frozen=True, slots=True)
class NearDuplicateGroup:
    """Texts that are linked by likeness, by their numbers in order, and the likeness of the best link."""

    members: tuple[int, ...]
    similarity: float


def near_duplicate_groups(sets: Sequence[frozenset[int]], min_jaccard: float) -> tuple[NearDuplicateGroup, ...]:
    """Return the groups of texts that are nearly the same, in the order of their first members.

    ``sets`` has the shingles of each text, ``share`` is a Jaccard index over 0. A text without
    shingles is like no other. Two that hang together already are not compared again.
    """
    forest = _DisjointSets(len(sets))
    best: dict[int, float] = {}
    for a, b, likeness in _similar_pairs(sets, min_jaccard, forest.root):
        forest.union(a, b)
        best[b] = max(best.get(b, 0.0), likeness)
    members: dict[int, list[int]] = {}
    for n in range(len(sets)):
        members.setdefault(forest.root(n), []).append(n)
    linked = [m for m in members.values() if len(m) > 1]
    return tuple(NearDuplicateGroup(tuple(m), max(best.get(n, 0.0) for n in m)) for m in linked)


def near_duplicate_pairs(sets: Sequence[frozenset[int]], min_jaccard: float) -> dict[tuple[int, int], float]:
    """Return the pairs of texts that are nearly the same, with their Jaccard index.

    Of texts with the same shingles each is paired with the first of them alone.
    """
    return {(a, b): likeness for a, b, likeness in _similar_pairs(sets, min_jaccard, lambda n: n)}


class _DisjointSets:
    """Which texts hang together; the first one of a group stands for it."""

    def __init__(self, size: int) -> None:
        self._parents = list(range(size))

    def root(self, n: int) -> int:
        """Return the first text of the group."""
        above = self._parents
        while above[n] != n:
            above[n] = above[above[n]]
            n = above[n]
        return n

    def union(self, a: int, b: int) -> None:
        """Make two groups one."""
        low, high = sorted((self.root(a), self.root(b)))
        self._parents[high] = low


def _similar_pairs(
    sets: Sequence[frozenset[int]], min_jaccard: float, group: Callable[[int], int]
) -> Iterator[tuple[int, int, float]]:
    """Yield pairs of texts that are alike, the lower number first, and none of two in one ``group``.

    Groups may grow while the pairs are taken; they never fall apart.
    """
    first: dict[frozenset[int], int] = {}
    for n, shingles in enumerate(sets):
        if shingles and (there := first.setdefault(shingles, n)) != n:
            yield there, n, 1.0
    yield from _join_by_prefix({n: sets[n] for n in first.values()}, min_jaccard, group)


def _shared_by_rarity(sets: Mapping[int, frozenset[int]]) -> dict[int, list[int]]:
    """Return each text's shingles that stand in another text too, the rarest first."""
    counts = Counter(chain.from_iterable(sets.values()))
    again = {shingle: (n, shingle) for shingle, n in counts.items() if n > 1}
    several = frozenset(again)
    return {n: sorted(several & s, key=again.__getitem__) for n, s in sets.items()}


def _join_by_prefix(
    sets: Mapping[int, frozenset[int]], min_jaccard: float, group: Callable[[int], int]
) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of different sets that are alike, shorter sets first.

    What stands in one text alone is the rarest, so it fills the prefix before what is shared.
    """
    index: dict[int, dict[int, list[int]]] = {}
    shared = _shared_by_rarity(sets)
    for n in sorted(sets, key=lambda n: (len(sets[n]), n)):
        size, common = len(sets[n]), shared[n]
        alone = size - len(common)
        looked_up = common[: max(0, _prefix_length(size, min_jaccard) - alone)]
        for m in _candidates_outside_group([index[x] for x in looked_up if x in index], n, group):
            if len(sets[m]) >= min_jaccard * size - _ROUNDING:
                both = len(sets[n] & sets[m])
                likeness = both / (size + len(sets[m]) - both)
                if likeness >= min_jaccard:
                    yield min(n, m), max(n, m), likeness
        # Those to come are longer, so that more must be shared with them: 2t/(1+t) of this one.
        for x in common[: max(0, _prefix_length(size, 2 * min_jaccard / (1 + min_jaccard)) - alone)]:
            index.setdefault(x, {}).setdefault(group(n), []).append(n)


def _candidates_outside_group(
    found: Iterable[Mapping[int, Sequence[int]]], n: int, group: Callable[[int], int]
) -> Iterator[int]:
    """Yield each text of the lists once, and no more of a group as soon as ``n`` belongs to it."""
    seen: set[int] = set()
    for groups_there in found:
        for members in groups_there.values():
            for m in members:
                if group(m) == group(n):
                    break
                if m not in seen:
                    seen.add(m)
                    yield m


def _prefix_length(size: int, min_share: float) -> int:
    """Return among how many of the rarest shingles one must be shared."""
    return size - math.ceil(min_share * size - _ROUNDING) + 1
