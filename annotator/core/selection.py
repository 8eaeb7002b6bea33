"""The selection: a range of tokens that a hint, an arrow, Space or the mouse makes.

A selection is not stored; a label key turns it into a span. All ranges are token indexes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from annotator.core.graphemes import parted, whole
from annotator.core.phrases import extents, snap
from annotator.core.tokens import Range, Token


class Stage(StrEnum):
    """How a selection came about, which decides what the next hint does to it."""

    OFFERED = "offered"
    """A candidate was offered: the first hint after it starts anew."""
    SNAPPED = "snapped"
    """One hint was pressed: the same again takes the token alone, another the other end."""
    ALONE = "alone"
    """The same hint was pressed twice."""
    SET = "set"
    """Both ends were chosen: the next hint starts anew."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Tokens ``[first, last)``, the token that it began at and how it came about."""

    first: int
    last: int
    anchor: int
    stage: Stage = Stage.SET
    previous_ranges: tuple[Range, ...] = ()
    """The ranges that it grew from, for shrinking back; the last one is the latest."""

    @property
    def range(self) -> Range:
        """The tokens as a plain range."""
        return (self.first, self.last)


def offer(tokens: Range) -> Selection:
    """Return the selection of a candidate that nobody asked for."""
    return Selection(*tokens, anchor=tokens[0], stage=Stage.OFFERED)


def chosen(first: int, last: int) -> Selection:
    """Return a selection with both ends chosen, by Tab or by the mouse."""
    return Selection(first, last, anchor=first)


def press(old: Selection | None, tokens: Sequence[Token], i: int) -> Selection:
    """Return the selection after the hint of token ``i``: start, alone, other end, or anew."""
    if old is None or old.stage in {Stage.OFFERED, Stage.SET}:
        return Selection(*whole(tokens, snap(tokens, i)), anchor=i, stage=Stage.SNAPPED)
    if i == old.anchor:
        again = old.stage is Stage.ALONE
        first, last = whole(tokens, snap(tokens, i) if again else (i, i + 1))
        return Selection(first, last, anchor=i, stage=Stage.SNAPPED if again else Stage.ALONE)
    if i < old.anchor:
        return Selection(*whole(tokens, (i, old.last)), anchor=i)
    return Selection(*whole(tokens, (old.anchor, i + 1)), anchor=old.anchor)


def grow(old: Selection | None, tokens: Sequence[Token]) -> Selection | None:
    """Return the selection grown to the next extent, or None where it is the sentence already."""
    if old is None:
        return None
    bigger = extents(tokens, old.first, old.last)
    if not bigger:
        return None
    first, last = whole(tokens, (bigger[0].first, bigger[0].last))
    return Selection(first, last, old.anchor, Stage.SET, (*old.previous_ranges, old.range))


def shrink(old: Selection, tokens: Sequence[Token] = ()) -> Selection:
    """Return the selection as it was before it grew, else without its last word."""
    if old.previous_ranges:
        return replace(
            old, first=old.previous_ranges[-1][0], last=old.previous_ranges[-1][1], stage=Stage.SET, previous_ranges=old.previous_ranges[:-1]
        )
    last, cut = old.last - 1, parted(tokens)
    while last in cut:
        last -= 1
    return chosen(old.first, last if last > old.first else old.last)


def step(old: Selection | None, tokens: Sequence[Token], by: int) -> Selection:
    """Return the token cursor: the word after (1) or before (-1) the selection."""
    before, after = (old.first - 1, old.last) if old else (len(tokens) - 1, 0)
    at, cut = after if by > 0 else before, parted(tokens)
    while 0 <= at < len(tokens) and (at in cut or not tokens[at].text.strip()):
        at += by
    at = min(max(at, 0), len(tokens) - 1)
    return chosen(*whole(tokens, (at, at + 1)))


def move_right_edge(old: Selection, tokens: Sequence[Token], by: int) -> Selection:
    """Return the selection with its right edge moved by a word; one word always stays."""
    last, cut = old.last + by, parted(tokens)
    while old.first < last < len(tokens) and (last in cut or not tokens[last - 1].text.strip()):
        last += by
    last = min(max(last, old.first + 1), len(tokens))
    return Selection(*whole(tokens, (old.first, last)), anchor=old.first)


def move_left_edge(old: Selection, tokens: Sequence[Token], by: int) -> Selection:
    """Return the selection with its left edge moved by a word; one word always stays."""
    first, cut = old.first + by, parted(tokens)
    while 0 < first < old.last and (first in cut or not tokens[first].text.strip()):
        first += by
    first, last = whole(tokens, (min(max(first, 0), old.last - 1), old.last))
    return Selection(first, last, anchor=first)
