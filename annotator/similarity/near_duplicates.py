"""Which of many texts are nearly the same: an exact join by shared shingles.

Two texts are alike where their sets of shingles have a Jaccard index of ``share`` or more. Prefix
filtering (Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and Srikant 2007) finds all such pairs
without comparing all: of shingles ordered from rare to frequent, two alike sets share one of their
first ``n - ceil(share * n) + 1``, and of the shorter one fewer need to be looked up (Xiao et al. 2008).
Unlike MinHash it misses none and needs no random numbers, so the result is the same everywhere.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from itertools import chain

from msgspec import Struct

_ROUNDING = 1e-9
"""Makes up for rounding where a share of a size is a whole number."""


class NearDuplicateGroup(Struct, frozen=True):
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


class _DisjointSets:
    """Which texts are linked; the first one of a group represents it."""

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
    """Return each text's shingles that another text has too, the rarest first."""
    counts = Counter(chain.from_iterable(sets.values()))
    again = {shingle: (n, shingle) for shingle, n in counts.items() if n > 1}
    several = frozenset(again)
    return {n: sorted(several & s, key=again.__getitem__) for n, s in sets.items()}


def _join_by_prefix(
    sets: Mapping[int, frozenset[int]], min_jaccard: float, group: Callable[[int], int]
) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of different sets that are alike, shorter sets first.

    What one text alone has is the rarest, so it fills the prefix before what is shared.
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


# Which texts share many shingles: candidates for near-duplicates.
#
# Small collections are joined over an index from shingle to texts. That index would need gigabytes above
# ``COUNTING_LIMIT`` shingles; there numpy sorts all shingles and joins by prefix (``shingle_arrays.py``). Both
# are exact. Above ``EXACT_JOIN_LIMIT`` the sorting would need more memory than MinHash (datasketch, the extra
# ``large``) with locality sensitive hashing: 64 bands of two rows, each band sorted by itself, 512 bytes a
# text. A pair that has a quarter of its shingles in common (Jaccard) is found with probability 0.98, one with
# a half always. Candidates are only candidates: the caller compares the sets themselves. Whether two texts are
# a pair depends on those two alone, so a growing collection keeps its pairs.


COUNTING_LIMIT = 100_000
"""Up to how many shingles in all they are joined in Python."""
EXACT_JOIN_LIMIT = 100_000_000
"""Up to how many shingles in all the join is exact: of some 150,000 articles."""
_BANDS, _ROWS = 64, 2

IndexPair = tuple[int, int]
"""Two positions in a list, the earlier first."""


def candidate_pairs(
    sets: Sequence[Collection[int]],
    min_shared: int = 1,
    min_share: float = 0.0,
    *,
    counting_limit: int = COUNTING_LIMIT,
    exact_limit: int = EXACT_JOIN_LIMIT,
) -> Iterator[IndexPair]:
    """Yield the pairs of texts that may share this many shingles, each once.

    That is ``min_share`` of the text that has fewer, and ``min_shared``, or all where it has fewer. A text
    is given by its different shingles, as numbers of 32 bits.
    """
    total = sum(map(len, sets))
    if total <= counting_limit:
        order = sorted(range(len(sets)), key=lambda n: (-len(sets[n]), n))
        frequency = Counter(chain.from_iterable(sets))
        yield from sorted(_pairs_sharing_rare(order, frozenset(), sets, frequency, min_shared, min_share))
    elif total <= exact_limit or find_spec("datasketch") is None:
        from annotator.similarity.shingle_arrays import prefix_join

        yield from prefix_join(sets, min_shared, min_share)
    else:
        yield from _pairs_by_minhash(sets)


def _pairs_by_minhash(sets: Sequence[Collection[int]]) -> Iterator[IndexPair]:
    import numpy as np
    from datasketch import MinHash

    first = MinHash(num_perm=_BANDS * _ROWS, seed=1, hashfunc=int)
    full = [n for n, found in enumerate(sets) if found]
    values = np.empty((len(full), _BANDS, _ROWS), dtype=np.uint32)
    for row, n in enumerate(full):
        sketch = first.copy()
        sketch.update_batch(sets[n])
        values[row] = sketch.hashvalues.reshape(_BANDS, _ROWS)
    pairs: set[IndexPair] = set()
    for band in range(_BANDS):
        keys = values[:, band, 0].astype(np.uint64) << np.uint64(32) | values[:, band, 1]
        order = np.argsort(keys, kind="stable")
        same = np.flatnonzero(np.diff(keys[order]) == 0)
        pairs |= _pairs_in_equal_runs([int(i) for i in same], [full[int(i)] for i in order])
    yield from sorted(pairs)


def _pairs_in_equal_runs(same: Sequence[int], order: Sequence[int]) -> set[IndexPair]:
    """Return the pairs within each run of equal keys; ``same`` are the places whose next one is equal."""
    pairs: set[IndexPair] = set()
    first = last = -2
    for i in [*same, len(order)]:
        if i != last + 1:
            run = order[first : last + 2] if first >= 0 else ()
            pairs.update((a, b) for n, b in enumerate(run) for a in run[:n])
            first = i
        last = i
    return pairs


def candidate_pairs_by_day(
    names: Sequence[Sequence[int]], days: Sequence[int | None], min_shared: int, min_share: float
) -> Iterator[IndexPair]:
    """Yield the pairs at most a day apart that may share ``min_shared`` names and that share of the fewer."""
    by_day: dict[int, list[int]] = defaultdict(list)
    for n, day in enumerate(days):
        if day is not None and len(names[n]) >= min_shared:
            by_day[day].append(n)
    frequency = Counter(chain.from_iterable(names[n] for every in by_day.values() for n in every))
    for day in sorted(by_day):
        before = frozenset(by_day.get(day - 1, ()))
        order = sorted([*before, *by_day[day]], key=lambda n: (-len(names[n]), n))
        yield from _pairs_sharing_rare(order, before, names, frequency, min_shared, min_share)


def _pairs_sharing_rare(
    order: Sequence[int],
    before: frozenset[int],
    sets: Sequence[Collection[int]],
    frequency: Counter[int],
    min_shared: int,
    min_share: float,
) -> Iterator[IndexPair]:
    """Yield the pairs but those of two ``before``; of two sets the one with more comes first in ``order``.

    Prefix filtering (Chaudhuri, Ganti and Kaushik 2006): of the numbers of the smaller set, ordered from
    rare to frequent, the last ones need not be looked up. So a name that half of the day's reports have
    costs nothing.
    """
    index: dict[int, list[int]] = {}
    for n in order:
        rare = sorted(sets[n], key=lambda x: (frequency[x], x))
        wanted = max(1, min(min_shared, len(rare)), math.ceil(min_share * len(rare)))
        some = 1 + wanted // 4  # this many of a pair's numbers are among the rare ones
        looked_up = rare[: len(rare) - wanted + some]
        met = Counter(chain.from_iterable(index[x] for x in looked_up if x in index))
        found = (m for m, both in met.items() if both >= some and not (m in before and n in before))
        yield from ((min(m, n), max(m, n)) for m in found)
        for x in rare:
            index.setdefault(x, []).append(n)
