"""The n-gram sizes of spancat's suggester, chosen from the gold lengths within a bound of memory.

spancat copies the vectors of every n-gram of a batch: a batch of W words with the sizes 1 to n
holds about W·n(n+1)/2 vectors of 96 floats, several times over. ``VECTORS`` bounds that product.
n is the 95th percentile of the gold lengths, down to the 90th where a batch of ``_LEAST`` words
would exceed the bound, and never more than fits in such a batch (49 tokens).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain

from annotator.export.values import NgramSuggester

MAX_NGRAM_VECTORS = 250_000
"""The most vectors that the n-grams of one batch may hold; training peaked at 0.3 to 0.7 GB on news."""

_MIN_BATCH_WORDS = 200


def choose_ngram_sizes(lengths: Mapping[str, Sequence[int]]) -> NgramSuggester | None:
    """Choose the n-gram sizes for the gold lengths (tokens, by label); None without spans."""
    every = sorted(chain.from_iterable(lengths.values()))
    if not every:
        return None
    percentile, longest = _longest_ngram(every)
    return NgramSuggester(
        tuple(range(1, longest + 1)),
        percentile,
        {label: _share_within(sizes, longest) for label, sizes in lengths.items() if sizes},
        _share_within(every, longest),
    )


def _longest_ngram(every: Sequence[int]) -> tuple[int, int]:
    """Return the percentile taken and the longest size (nearest rank), bounded by memory."""
    percentile = next((p for p in range(95, 90, -1) if _fits_in_memory(_percentile_length(every, p))), 90)
    longest = _percentile_length(every, percentile)
    while not _fits_in_memory(longest):
        longest -= 1
    return percentile, longest


def _percentile_length(every: Sequence[int], percentile: int) -> int:
    return every[math.ceil(len(every) * percentile / 100) - 1]


def _fits_in_memory(longest: int) -> bool:
    return ngram_vectors(longest) * _MIN_BATCH_WORDS <= MAX_NGRAM_VECTORS


def ngram_vectors(longest: int) -> int:
    """Return how many vectors the n-grams that start at one word hold."""
    return longest * (longest + 1) // 2


def _share_within(sizes: Sequence[int], longest: int) -> float:
    return sum(n <= longest for n in sizes) / len(sizes)
