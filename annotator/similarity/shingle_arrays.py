"""The exact join of many sets of shingles, by numpy: prefix filtering over sorted numbers.

Chaudhuri, Ganti and Kaushik (2006): of a text's shingles, ordered from rare to frequent, those at the end
need not be looked up where a pair needs at least one of the others too. A shingle that one text alone has
is the rarest; most do, so most texts look nothing up.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from annotator.similarity.shingles import SHINGLE_SIZE, SINGLE_CHARACTER_WORDS, shingle_hashes, shingle_words

# The shingles of many texts at once, by numpy: a tenth of the time that words and runs take one by one.
#
# Words and case are those of ``core/shingles.py``. A word's number is a polynomial of its characters modulo
# 2**64 (Karp and Rabin 1987), taken from running sums, so that no word is looked at by itself; a shingle's is
# one of the numbers of its words, of which the upper 32 bits are kept. They are other numbers than those of
# ``core/shingles.py``, but two texts share as many of them.


UInt64Array = npt.NDArray[np.uint64]
NumberArray = npt.NDArray[Any]
_BASE, _STEP, _MIX = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xFF51AFD7ED558CCD
"""Odd numbers of 64 bits: the bases of the two polynomials, and what bits are spread by."""


def shingle_many(texts: Sequence[str]) -> list[array[int]]:
    """Return the different shingles of each text, sorted; one of fewer words than a shingle has one."""
    folded = [text.casefold() for text in texts]
    codes = np.frombuffer("\n".join(folded).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    starts, ends = _word_bounds(codes)
    limits = np.cumsum([len(text) + 1 for text in folded])
    owners = np.searchsorted(limits, starts, side="right").astype(np.uint64)
    whole = owners[: 1 - SHINGLE_SIZE] == owners[SHINGLE_SIZE - 1 :]
    values = _shingle_hashes(_word_hashes(codes, starts, ends))[whole] >> np.uint64(32)
    keys = unique_sorted(owners[: 1 - SHINGLE_SIZE][whole] << np.uint64(32) | values)
    edges = np.searchsorted(keys, np.arange(len(texts) + 1, dtype=np.uint64) << np.uint64(32))
    low = keys.astype(np.uint32)
    each = (array("I", low[a:b].tobytes()) for a, b in pairwise(edges))
    return [found or array("I", shingle_hashes(shingle_words(text))) for text, found in zip(texts, each, strict=True)]


def unique_sorted(values: UInt64Array) -> UInt64Array:
    """Return the different values, sorted (numpy 2.3's own ``unique`` takes ten times as long)."""
    ordered = np.sort(values)
    new = np.ones(len(ordered), dtype=np.bool_)
    new[1:] = ordered[1:] != ordered[:-1]
    return ordered[new]


def _word_bounds(codes: NumberArray) -> tuple[NumberArray, NumberArray]:
    """Return where words start and end."""
    kinds = np.zeros(len(codes) + 2, dtype=np.int8)
    kinds[1:-1] = _character_kinds()[codes]
    before, after = kinds[:-1], kinds[1:]
    edges = (before != after) | (after == 2)
    return np.flatnonzero(edges & (after != 0)), np.flatnonzero(edges & (before != 0))


def _word_hashes(codes: NumberArray, starts: NumberArray, ends: NumberArray) -> UInt64Array:
    """Return the number of each word."""
    size = len(codes)
    sums = np.zeros(size + 1, dtype=np.uint64)
    np.cumsum(codes * _powers(_BASE, size), out=sums[1:])
    found = (sums[ends] - sums[starts]) * _powers(pow(_BASE, -1, 2**64), size + 1)[starts]
    return _mixed(found)


def _shingle_hashes(hashes: UInt64Array) -> UInt64Array:
    """Return the number of the run that begins at each word but the last ones."""
    size = max(0, len(hashes) - SHINGLE_SIZE + 1)
    out = np.zeros(size, dtype=np.uint64)
    for n in range(SHINGLE_SIZE):
        out = out * np.uint64(_STEP) + hashes[n : n + size]
    return _mixed(out)


def _mixed(values: UInt64Array) -> UInt64Array:
    values = (values ^ (values >> np.uint64(29))) * np.uint64(_MIX)
    return values ^ (values >> np.uint64(32))


def _powers(base: int, size: int) -> UInt64Array:
    """Return this many powers of an odd number, from the first: 1, base, ..."""
    room = 1 << max(18, size.bit_length())
    return _power_table(base, room)[:size]


@cache
def _power_table(base: int, room: int) -> UInt64Array:
    factors = np.full(room, base, dtype=np.uint64)
    factors[0] = 1
    return np.cumprod(factors)


@cache
def _character_kinds() -> npt.NDArray[np.int8]:
    """Return for each code point 0 where no word holds it, 1 where one does, 2 where it is one itself."""
    out = np.zeros(0x110000, dtype=np.int8)
    every = np.arange(len(out), dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    for match in re.finditer(r"\w+", every):
        out[match.start() : match.end()] = 1
    for match in re.finditer(f"[{SINGLE_CHARACTER_WORDS}]+", every):
        out[match.start() : match.end()] *= 2
    return out


_CHUNK_SIZE = 1_000_000
"""How many shingles are sorted at a time, and how many pairs are looked at at a time."""
_LOW_32_BITS = np.uint64(0xFFFFFFFF)


class _SharedShingles(NamedTuple):
    """The shingles that several texts have, each once for each of them; equal ones side by side."""

    owner: NumberArray
    """The text."""
    frequency: NumberArray
    """How many texts have the shingle."""
    run_start: NumberArray
    """Where the run of equal ones begins."""


def prefix_join(sets: Sequence[Collection[int]], min_shared: int, min_share: float) -> Iterator[tuple[int, int]]:
    """Yield the pairs of texts that share a shingle which a pair of them must share, in order.

    A pair has ``min_share`` of the shingles of the text with fewer in common, and ``min_shared`` or all of them.
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


def _shared_in_range(numbers: Sequence[array[int]], low: int, high: int) -> tuple[NumberArray, ...]:
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
    for part in np.split(
        looked_up, np.searchsorted(ends, np.arange(_CHUNK_SIZE, int(ends[-1]) if len(ends) else 0, _CHUNK_SIZE))
    ):
        times = shared.frequency[part]
        one = np.repeat(shared.owner[part], times)
        step = np.arange(len(one)) - np.repeat(np.cumsum(times) - times, times)
        other = shared.owner[np.repeat(shared.run_start[part], times) + step]
        right = (one != other) & (sizes[one] <= sizes[other])
        low, high = np.minimum(one, other)[right], np.maximum(one, other)[right]
        found.append(unique_sorted(low.astype(np.uint64) << np.uint64(32) | high.astype(np.uint64)))
    return unique_sorted(np.concatenate(found))
