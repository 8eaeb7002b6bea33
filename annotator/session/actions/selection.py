"""The selection: a range of tokens that a hint, an arrow, Space or the mouse makes.

A selection is not stored; a label key turns it into a span. All ranges are token indexes.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from annotator.core.graphemes import tokens_inside_graphemes, widen_to_graphemes
from annotator.core.tokens import Token, TokenRange
from annotator.language import selection_expansions, snap_to_phrase


class SelectionStage(StrEnum):
    """How a selection came about, which decides what the next hint does to it."""

    SNAPPED = "snapped"
    """One hint was pressed: the same again takes the token alone, another the other end."""
    ALONE = "alone"
    """The same hint was pressed twice."""
    SET = "set"
    """Both ends were chosen: the next hint starts again."""


class Selection(Struct, frozen=True):
    """Tokens ``[first, last)``, the token that it began at and how it came about."""

    first: int
    last: int
    anchor: int
    stage: SelectionStage = SelectionStage.SET
    previous_ranges: tuple[TokenRange, ...] = ()
    """The ranges that it grew from, for shrinking back; the last one is the latest."""

    @property
    def range(self) -> TokenRange:
        """The tokens as a plain range."""
        return (self.first, self.last)


def explicit_selection(first: int, last: int) -> Selection:
    """Return a selection with both ends chosen, by Tab or by the mouse."""
    return Selection(first, last, anchor=first)


def selection_by_hint(old: Selection | None, tokens: Sequence[Token], i: int) -> Selection:
    """Return the selection after the hint of token ``i``: start, alone, other end, or a new one."""
    if old is None or old.stage is SelectionStage.SET:
        return Selection(*widen_to_graphemes(tokens, snap_to_phrase(tokens, i)), anchor=i, stage=SelectionStage.SNAPPED)
    if i == old.anchor:
        again = old.stage is SelectionStage.ALONE
        first, last = widen_to_graphemes(tokens, snap_to_phrase(tokens, i) if again else (i, i + 1))
        return Selection(first, last, anchor=i, stage=SelectionStage.SNAPPED if again else SelectionStage.ALONE)
    if i < old.anchor:
        return Selection(*widen_to_graphemes(tokens, (i, old.last)), anchor=i)
    return Selection(*widen_to_graphemes(tokens, (old.anchor, i + 1)), anchor=old.anchor)


def grown_selection(old: Selection | None, tokens: Sequence[Token]) -> Selection | None:
    """Return the selection grown to the next extent, or None where it is the sentence already."""
    if old is None:
        return None
    bigger = selection_expansions(tokens, old.first, old.last)
    if not bigger:
        return None
    first, last = widen_to_graphemes(tokens, (bigger[0].first, bigger[0].last))
    return Selection(first, last, old.anchor, SelectionStage.SET, (*old.previous_ranges, old.range))


def shrunk_selection(old: Selection, tokens: Sequence[Token] = ()) -> Selection:
    """Return the selection as it was before it grew, else without its last word."""
    if old.previous_ranges:
        *earlier, (first, last) = old.previous_ranges
        return Selection(first, last, old.anchor, SelectionStage.SET, tuple(earlier))
    last, cut = old.last - 1, tokens_inside_graphemes(tokens)
    while last in cut:
        last -= 1
    return explicit_selection(old.first, last if last > old.first else old.last)


def cursor_selection(old: Selection | None, tokens: Sequence[Token], by: int) -> Selection:
    """Return the token cursor: the word after (1) or before (-1) the selection."""
    before, after = (old.first - 1, old.last) if old else (len(tokens) - 1, 0)
    at, cut = after if by > 0 else before, tokens_inside_graphemes(tokens)
    while 0 <= at < len(tokens) and (at in cut or not tokens[at].text.strip()):
        at += by
    at = min(max(at, 0), len(tokens) - 1)
    return explicit_selection(*widen_to_graphemes(tokens, (at, at + 1)))


def with_right_edge_moved(old: Selection, tokens: Sequence[Token], by: int) -> Selection:
    """Return the selection with its right edge moved by a word; one word always stays."""
    last, cut = old.last + by, tokens_inside_graphemes(tokens)
    while old.first < last < len(tokens) and (last in cut or not tokens[last - 1].text.strip()):
        last += by
    last = min(max(last, old.first + 1), len(tokens))
    return Selection(*widen_to_graphemes(tokens, (old.first, last)), anchor=old.first)


def with_left_edge_moved(old: Selection, tokens: Sequence[Token], by: int) -> Selection:
    """Return the selection with its left edge moved by a word; one word always stays."""
    first, cut = old.first + by, tokens_inside_graphemes(tokens)
    while 0 < first < old.last and (first in cut or not tokens[first].text.strip()):
        first += by
    first, last = widen_to_graphemes(tokens, (min(max(first, 0), old.last - 1), old.last))
    return Selection(first, last, anchor=first)
