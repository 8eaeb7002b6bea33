"""Which texts share many shingles: candidates for near-duplicates.

Small collections are counted out over an index from shingle to texts. That index would need gigabytes
above ``SMALL`` shingles; there numpy sorts all shingles and joins by prefix (``joined.py``). Both are exact.
Above ``EXACT`` the sorting would need more memory than MinHash (datasketch, the extra ``large``) with
locality sensitive hashing: 64 bands of two rows, each band sorted by itself, 512 bytes a text. A pair that
has a quarter of its shingles in common (Jaccard) is found with probability 0.98, one with a half always.
Every way candidates are only candidates: the caller compares the sets themselves. Whether two texts are a
pair depends on those two alone, so a growing collection keeps its pairs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from importlib.util import find_spec

COUNTING_LIMIT = 100_000
"""Up to how many shingles in all they are counted out."""
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
    """Yield the pairs of texts that may share so many shingles, each once.

    That is ``share`` of the text that has fewer, and ``least``, or all where it has not so many. A text is
    given by its different shingles, as numbers of 32 bits.
    """
    total = sum(map(len, sets))
    if total <= counting_limit:
        yield from _pairs_by_counting(sets)
    elif total <= exact_limit or find_spec("datasketch") is None:
        from annotator.export.joined import prefix_join

        yield from prefix_join(sets, min_shared, min_share)
    else:
        yield from _pairs_by_minhash(sets)


def _pairs_by_counting(sets: Sequence[Collection[int]]) -> Iterator[IndexPair]:
    index: dict[int, list[int]] = defaultdict(list)
    for n, found in enumerate(sets):
        shared = Counter(earlier for shingle in found for earlier in index.get(shingle, ()))
        yield from ((earlier, n) for earlier in sorted(shared))
        for shingle in found:
            index[shingle].append(n)


def _pairs_by_minhash(sets: Sequence[Collection[int]]) -> Iterator[IndexPair]:
    import numpy as np
    from datasketch import MinHash

    first = MinHash(num_perm=_BANDS * _ROWS, seed=1, hashfunc=_identity)
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


def _identity(shingle: int) -> int:
    return shingle
