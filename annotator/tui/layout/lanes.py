"""Labelled lanes under a wrapped line: which lane a span gets, and how it is drawn.

Shorter spans lie nearer to the text. A span is drawn whole or, where it goes on over a line's
edge, with an open end. Links run up from a deeper lane's corners to the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from annotator.tui.layout.glyphs import LaneGlyphs, Glyphs
from annotator.tui.layout.row import CellStyle, StyledRow, row_of_cells
from annotator.tui.layout.wrap import WrappedLine, drawable_graphemes, token_width


@dataclass(frozen=True, slots=True)
class SpanMark:
    """A span to draw: code points ``[start, end)``, its length in tokens, its names and its state."""

    start: int
    end: int
    length: int
    label: str
    short: str
    key: str
    state: str = "human"
    """human, focus or proposal."""
    tag: str = ""
    """What stands behind a proposal's name: ``?``, the sign of Enter, or the keys that take it now."""
    next: bool = False
    """Whether a key takes the proposal now."""
    wrong: bool = False
    """Whether the span begins or ends inside a token."""


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """A mark on one line: columns ``[first, last)``, lane from 0, and whether it goes on beyond."""

    mark: SpanMark
    first: int
    last: int
    lane: int
    open_left: bool
    open_right: bool


def place_marks(line: WrappedLine, marks: Sequence[SpanMark]) -> tuple[PlacedMark, ...]:
    """Return the marks that touch the line, each in a lane that it shares no cell of."""
    if not line.cells:
        return ()
    start, end = line.cells[0].start, line.cells[-1].end
    placed: list[PlacedMark] = []
    there = [m for m in marks if m.start < end and start < m.end]
    for mark in sorted(there, key=lambda m: (m.length, m.start, m.end, m.label)):
        columns = line.columns(mark.start, mark.end)
        if columns is None:
            continue
        first, last = columns
        below = [p.lane for p in placed if p.first < last and first < p.last]
        lane = max(below, default=-1) + 1
        placed.append(PlacedMark(mark, first, last, lane, mark.start < start, mark.end > end))
    return tuple(placed)


LaneGrid = list[list[tuple[str, CellStyle]]]

_BLANK_CELL = (" ", CellStyle("lane"))


def draw_lanes(placed: Sequence[PlacedMark], width: int, glyphs: Glyphs, role: str = "lane") -> tuple[StyledRow, ...]:
    """Return the lane rows of a line, each ``width`` cells; at least one.

    ``role``: of the ink; ``lane``, or ``quiet`` where the sentence is not the active one.
    """
    depth = max((p.lane for p in placed), default=0) + 1
    grid: LaneGrid = [[_BLANK_CELL] * width for _ in range(depth)]
    for p in placed:
        _draw_mark(grid[p.lane], p, glyphs, role)
    for p in placed:
        _draw_links(grid, p, glyphs, role)
    return tuple(row_of_cells(row) for row in grid)


def lane_glyphs(state: str, glyphs: Glyphs) -> LaneGlyphs:
    """Return the characters for a mark's state."""
    return {"focus": glyphs.focus, "proposal": glyphs.proposal}.get(state, glyphs.human)


def _draw_mark(row: list[tuple[str, CellStyle]], p: PlacedMark, glyphs: Glyphs, role: str) -> None:
    style = CellStyle(role, p.mark.label, bold=p.mark.state == "focus", italic=p.mark.state == "proposal")
    name_ink = replace(style, reverse=True) if p.mark.state == "focus" else style
    bar = lane_glyphs(p.mark.state, glyphs)
    left, name, tag, right = _mark_parts(p, bar, glyphs)
    tag_ink = CellStyle("key", bold=True) if p.mark.next else style
    tag_ink = CellStyle("warn", bold=True) if p.mark.wrong else tag_ink
    fill = p.last - p.first - len(left) - len(name) - len(tag) - len(right)
    cells = [(c, style) for c in left] + [(c, name_ink) for c in name] + [(c, tag_ink) for c in tag]
    cells += [(c, style) for c in (*bar.line * fill, *right)]
    row[p.first : p.first + len(cells)] = cells


def _mark_parts(p: PlacedMark, bar: LaneGlyphs, glyphs: Glyphs) -> tuple[str, tuple[str, ...], tuple[str, ...], str]:
    """Return the left end, the name's and the tag's cells as far as they fit, and the right end of a bar."""
    width = p.last - p.first
    tag_text = glyphs.problem if p.mark.wrong else p.mark.tag
    tag = () if p.open_left else _characters_in_cells(tag_text, width)  # said once, where the span starts
    if width <= 2:
        alone = p.mark.next or (p.mark.wrong and width == 1)  # what is wrong matters more than the name
        short = "" if alone and tag else (p.mark.key or p.mark.label[:1]).upper()
        return "", _characters_in_cells(short, width), tag[: width - len(short)], ""
    left = glyphs.open_end if p.open_left else (bar.left if width >= 5 else "")
    right = glyphs.open_end if p.open_right else (bar.right if width >= 5 else "")
    room = width - len(left) - len(right) - len(tag)
    if width < 5:
        return left, _characters_in_cells(p.mark.label, room), tag, right
    apart = bool(tag) and p.mark.next  # a key stands apart from the name, if a short one
    name = _characters_in_cells(p.mark.label if token_width(p.mark.label) + apart <= room else p.mark.short, room)
    gap = " " if apart and len(name) < room else ""
    return left, name, (*gap, *tag), right


def _characters_in_cells(text: str, room: int) -> tuple[str, ...]:
    """Return what stands in each cell, at most ``room``; after a wide character comes an empty one."""
    out: list[str] = []
    for char, _, width in drawable_graphemes(text):
        if len(out) + width > room:
            break
        out += [char, *[""] * (width - 1)]
    return tuple(out)


def _draw_links(grid: LaneGrid, p: PlacedMark, glyphs: Glyphs, role: str) -> None:
    if p.last - p.first < 5:
        return
    style = CellStyle(role, p.mark.label, bold=p.mark.state == "focus")
    for col, is_open in ((p.first, p.open_left), (p.last - 1, p.open_right)):
        if is_open:
            continue
        for lane in range(p.lane - 1, -1, -1):
            char, old = grid[lane][col]
            linked = _crossing_glyph(char, glyphs)
            if linked:
                grid[lane][col] = (linked, style if char == " " else old)


def _crossing_glyph(char: str, glyphs: Glyphs) -> str:
    """Return what a character becomes where a link runs over it; nothing over letters."""
    if char == " ":
        return glyphs.link
    for bar in (glyphs.human, glyphs.focus, glyphs.proposal):
        if char == bar.left:
            return glyphs.link_left
        if char == bar.right:
            return glyphs.link_right
        if char == bar.line:
            return glyphs.cross
    return ""
