"""Lines that many articles have word for word: a source's footer makes no two of its articles copies.

A line is left out of the comparison where ten earlier articles had it. Where less than half of an article
would be left, it stays whole: it is one more copy of what was copied often. Only articles that came before
count, so that articles that come later change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zlib import crc32

BOILERPLATE_THRESHOLD = 10
"""In how many earlier articles a line of boilerplate has stood."""
_COUNTER_SLOTS = 2**24
"""Counters: for a million lines, ten different ones meet in one less than once in 10**18 times."""


class ComparableArticle(NamedTuple):
    """What of an article is looked at: its id, its lines as the cleaner left them, and its date."""

    article_id: str
    text: str
    date: str


def without_boilerplate(articles: Iterable[ComparableArticle]) -> Iterator[ComparableArticle]:
    """Yield the articles, in the order of ingest, without their boilerplate."""
    often = bytearray(_COUNTER_SLOTS)
    for one in articles:
        lines = one.text.split("\n")
        numbers = [crc32(line.encode("utf-8", "surrogatepass")) % _COUNTER_SLOTS for line in lines]
        kept = "\n".join(x for x, n in zip(lines, numbers, strict=True) if often[n] < BOILERPLATE_THRESHOLD)
        for n in set(numbers):
            often[n] = min(BOILERPLATE_THRESHOLD, often[n] + 1)
        yield one._replace(text=kept) if 2 * len(kept) >= len(one.text) else one
