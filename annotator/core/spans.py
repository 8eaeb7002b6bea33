"""Spans: half-open ranges of code points in a sentence, each with a label."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace


class Span(Struct, frozen=True, order=True, gc=False):
    """One labelled range ``[start, end)`` in code points of its sentence's text."""

    start: int
    end: int
    label: str
    source: str = ""
    """Where an accepted suggestion came from; empty for the annotator's own."""
    group: str = ""
    """What the parts of one discontinuous span share, unique in the article; empty for a whole span."""
    of: tuple[str, ...] = ()
    """The annotators whose span an adjudicator has taken."""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not [{self.start}, {self.end})")

    @property
    def key(self) -> tuple[int, int, str]:
        """What makes two spans the same annotation: range and label, not the source."""
        return (self.start, self.end, self.label)

    def contains(self, other: Span) -> bool:
        """Whether ``other`` is in this span; equal ranges contain each other."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one code point."""
        return self.start < other.end and other.start < self.end

    def crosses(self, other: Span) -> bool:
        """Whether the two overlap and neither contains the other."""
        return self.overlaps(other) and not self.contains(other) and not other.contains(self)

    def shifted(self, by: int) -> Span:
        """Return the span shifted by ``by`` code points (for join and split)."""
        return Span(self.start + by, self.end + by, self.label, self.source, self.group, self.of)


def without_lone_part(spans: list[Span], group: str) -> list[Span]:
    """Return the spans of a sentence, the only one that is left of a group as a whole span."""
    parts = [s for s in spans if group and s.group == group]
    return [replace(s, group="") if parts == [s] else s for s in spans]


def whole_spans(spans: Iterable[Span]) -> list[tuple[Span, ...]]:
    """Return the spans in their order, the parts of a discontinuous one as one."""
    whole: dict[object, list[Span]] = {}
    for span in spans:
        whole.setdefault((span.group, span.label) if span.group else span.key, []).append(span)
    return [tuple(parts) for parts in whole.values()]


def reading_order(spans: tuple[Span, ...] | list[Span]) -> tuple[Span, ...]:
    """Return the spans by start, the longer one first, then by label: outer before inner."""
    return tuple(sorted(spans, key=lambda s: (s.start, -s.end, s.label)))


def overlap_finder(ranges: Iterable[tuple[int, int]]) -> Callable[[int, int], bool]:
    """Return a function that finds by bisection whether start and end share text with one of the ranges."""
    every = sorted(ranges)
    starts, ends = [start for start, _ in every], [0, *accumulate((end for _, end in every), max)]
    return lambda start, end: ends[bisect_left(starts, end)] > start


def span_id(sentence_id: str, span: Span) -> str:
    """Return the id that the ledger names a span by: ``sentence:start-end:label``."""
    return f"{sentence_id}:{span.start}-{span.end}:{span.label}"
