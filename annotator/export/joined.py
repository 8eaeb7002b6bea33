"""The exact join of many sets of shingles, by numpy: prefix filtering over sorted numbers.

Chaudhuri, Ganti and Kaushik (2006): of a text's shingles, ordered from rare to frequent, so many at the end
need not be looked up that a pair could not do without the others. A shingle that stands in one text alone
is the rarest; most do, so most texts look nothing up.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from annotator.export.bulk import unique_sorted

NumberArray = npt.NDArray[Any]
_CHUNK_SIZE = 1_000_000
"""How many shingles are sorted at a time, and how many pairs are looked at at a time."""
_LOW_32_BITS = np.uint64(0xFFFFFFFF)


class _SharedShingles(NamedTuple):
    """The shingles that stand in several texts, each once for each of them; equal ones side by side."""

    owner: NumberArray
    """The text."""
    frequency: NumberArray
    """In how many texts the shingle stands."""
    run_start: NumberArray
    """Where the run of equal ones begins."""


def prefix_join(sets: Sequence[Collection[int]], min_shared: int, min_share: float) -> Iterator[tuple[int, int]]:
    """Yield the pairs of texts that share a shingle which a pair of them must share, in order.

    A pair has ``share`` of the shingles of the text with fewer in common, and ``least`` or all of them.
    """
    sizes = np.array([len(s) for s in sets], dtype=np.int32)
    shared = _shared_shingles(sets, int(sizes.sum()))
    wanted = np.maximum(np.minimum(max(1, min_shared), sizes), np.ceil(min_share * sizes).astype(np.int32))
    looked_up = np.flatnonzero(_rarity_ranks(shared, sizes) <= (sizes - wanted)[shared.owner])
    for key in _pair_keys(looked_up, shared, sizes):
        yield int(key >> np.uint64(32)), int(key & _LOW_32_BITS)


def _shared_shingles(sets: Sequence[Collection[int]], total: int) -> _SharedShingles:
    """Find what is shared, a slice of the numbers after the other, so that memory stays bounded."""
    numbers = [found if isinstance(found, array) else array("I", sorted(found)) for found in sets]
    parts = 1 + total // _CHUNK_SIZE
    edges = [n * 2**32 // parts for n in range(parts + 1)]
    slices = [_shared_in_range(numbers, low, high) for low, high in pairwise(edges)]
    owner, often, opens = (np.concatenate(columns) for columns in zip(*slices, strict=True))
    begin = np.maximum.accumulate(np.where(opens, np.arange(len(opens)), 0)).astype(np.int32)
    return _SharedShingles(owner, often, begin)


def _shared_in_range(numbers: Sequence[array[int]], low: int, high: int) -> tuple[NumberArray, NumberArray, NumberArray]:
    """Return texts, counts and whether a run opens, of the shared shingles between two numbers."""
    cuts = [(bisect_left(found, low), bisect_left(found, high)) for found in numbers]
    pieces = [np.frombuffer(f, np.uint32)[a:b] for f, (a, b) in zip(numbers, cuts, strict=True) if a < b]
    keys = np.concatenate([np.zeros(0, np.uint32), *pieces]).astype(np.uint64) << np.uint64(32)
    keys |= np.repeat(np.arange(len(numbers), dtype=np.uint64), [b - a for a, b in cuts])
    keys.sort()
    values = keys >> np.uint64(32)
    opens = np.ones(len(keys), dtype=np.bool_)
    opens[1:] = values[1:] != values[:-1]
    lengths = np.diff(np.flatnonzero(opens), append=len(keys))
    often = np.repeat(lengths, lengths)
    again = often > 1
    return (keys[again] & _LOW_32_BITS).astype(np.int32), often[again].astype(np.int32), opens[again]


def _rarity_ranks(shared: _SharedShingles, sizes: NumberArray) -> NumberArray:
    """Return the place of each shingle among those of its text, from rare to frequent, from 0."""
    mine = np.bincount(shared.owner, minlength=len(sizes)).astype(np.int32)
    order = np.lexsort((shared.run_start, shared.frequency, shared.owner))
    ranks = np.empty(len(order), dtype=np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    ranks -= (np.cumsum(mine, dtype=np.int32) - sizes)[shared.owner]
    return ranks


def _pair_keys(looked_up: NumberArray, shared: _SharedShingles, sizes: NumberArray) -> NumberArray:
    """Return each text of the shingles looked up with the larger ones that have them too, as sorted keys."""
    found = [np.zeros(0, np.uint64)]
    ends = np.cumsum(shared.frequency[looked_up])
    for part in np.split(looked_up, np.searchsorted(ends, np.arange(_CHUNK_SIZE, _last_value(ends), _CHUNK_SIZE))):
        times = shared.frequency[part]
        one = np.repeat(shared.owner[part], times)
        step = np.arange(len(one)) - np.repeat(np.cumsum(times) - times, times)
        other = shared.owner[np.repeat(shared.run_start[part], times) + step]
        right = (one != other) & (sizes[one] <= sizes[other])
        low, high = np.minimum(one, other)[right], np.maximum(one, other)[right]
        found.append(unique_sorted(low.astype(np.uint64) << np.uint64(32) | high.astype(np.uint64)))
    return unique_sorted(np.concatenate(found))


def _last_value(ends: NumberArray) -> int:
    return int(ends[-1]) if len(ends) else 0
