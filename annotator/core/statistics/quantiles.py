"""Quantiles of samples, and of durations that were noted in whole seconds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The median of a sample with its quartiles."""

    median: float
    low: float
    """A quarter of the sample lies below."""
    high: float
    """A quarter lies above."""
    count: int


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return a quantile of sorted values, interpolated (type 7 of Hyndman and Fan 1996)."""
    at = share * (len(ordered) - 1)
    i = min(int(at), len(ordered) - 2)
    if len(ordered) == 1:
        return ordered[0]
    return ordered[i] + (at - i) * (ordered[i + 1] - ordered[i])


def grouped_quantile(ordered: Sequence[float], share: float) -> float:
    """Return a quantile of sorted whole numbers as that of grouped data, each a class of width 1.

    A gap of whole seconds stands for anything within half a second of it, and ties are many: the
    value is interpolated in its class, as the textbook median of grouped data is. Never below 0.
    """
    value = ordered[min(int(share * len(ordered)), len(ordered) - 1)]
    below, upto = bisect_left(ordered, value), bisect_right(ordered, value)
    return max(0.0, value - 0.5 + (share * len(ordered) - below) / (upto - below))


def quartiles(values: Sequence[float]) -> Quartiles | None:
    """Return median and quartiles of durations in whole seconds, or None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    low, median, high = (grouped_quantile(ordered, x) for x in (0.25, 0.5, 0.75))
    return Quartiles(median, low, high, len(ordered))
