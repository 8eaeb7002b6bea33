"""Which articles of neighbouring days may have many names in common, without comparing all with all."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from annotator.export.near import IndexPair


def candidate_pairs_by_day(
    names: Sequence[Sequence[int]], days: Sequence[int | None], min_shared: int, min_share: float
) -> Iterator[IndexPair]:
    """Yield the pairs at most a day apart that may share ``least`` names and that share of the fewer.

    All such pairs are among them (prefix filtering, Chaudhuri, Ganti and Kaushik 2006): of the names of
    the article that has fewer, ordered from rare to frequent, the last ones need not be looked up. So a
    name that half of the day's reports have costs nothing.
    """
    by_day: dict[int, list[int]] = defaultdict(list)
    for n, day in enumerate(days):
        if day is not None and len(names[n]) >= min_shared:
            by_day[day].append(n)
    often = Counter(chain.from_iterable(names[n] for found in by_day.values() for n in found))
    for day in sorted(by_day):
        old = set(by_day.get(day - 1, ()))
        order = sorted([*old, *by_day[day]], key=lambda n: (-len(names[n]), n))
        yield from _pairs_sharing_rare_names(order, old, names, often, min_shared, min_share)


def _pairs_sharing_rare_names(
    order: Sequence[int],
    previous_day: set[int],
    names: Sequence[Sequence[int]],
    frequency: Counter[int],
    min_shared: int,
    min_share: float,
) -> Iterator[IndexPair]:
    """Yield the pairs but those of two ``old`` ones; who has more names stands first in ``order``."""
    index: dict[int, list[int]] = {}
    for n in order:
        rare = sorted(names[n], key=lambda x: (frequency[x], x))
        wanted = max(min_shared, math.ceil(min_share * len(rare)))
        some = 1 + wanted // 4  # so many of a pair's names are among the rare ones
        looked_up = rare[: len(rare) - wanted + some]
        met = Counter(chain.from_iterable(index[x] for x in looked_up if x in index))
        yield from (
            (min(m, n), max(m, n)) for m, both in met.items() if both >= some and not (m in previous_day and n in previous_day)
        )
        for x in rare:
            index.setdefault(x, []).append(n)
