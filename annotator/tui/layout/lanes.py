"""Labelled lanes under a wrapped line: which lane a span gets, and how it is drawn.

Shorter spans lie nearer to the text. A span is drawn whole or, where it goes on over a line's
edge, with an open end. Links run up from a deeper lane's corners to the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from annotator.tui.layout.glyphs import Bar, Glyphs
from annotator.tui.layout.row import Ink, Row, runs
from annotator.tui.layout.wrap import Line, graphemes, token_width


@dataclass(frozen=True, slots=True)
class Mark:
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
class Placed:
    """A mark on one line: columns ``[first, last)``, lane from 0, and whether it goes on beyond."""

    mark: Mark
    first: int
    last: int
    lane: int
    open_left: bool
    open_right: bool


def place(line: Line, marks: Sequence[Mark]) -> tuple[Placed, ...]:
    """Return the marks that touch the line, each in a lane that it shares no cell of."""
    if not line.cells:
        return ()
    start, end = line.cells[0].start, line.cells[-1].end
    placed: list[Placed] = []
    there = [m for m in marks if m.start < end and start < m.end]
    for mark in sorted(there, key=lambda m: (m.length, m.start, m.end, m.label)):
        columns = line.columns(mark.start, mark.end)
        if columns is None:
            continue
        first, last = columns
        below = [p.lane for p in placed if p.first < last and first < p.last]
        lane = max(below, default=-1) + 1
        placed.append(Placed(mark, first, last, lane, mark.start < start, mark.end > end))
    return tuple(placed)


Grid = list[list[tuple[str, Ink]]]

_BLANK = (" ", Ink("lane"))


def draw(placed: Sequence[Placed], width: int, glyphs: Glyphs, role: str = "lane") -> tuple[Row, ...]:
    """Return the lane rows of a line, each ``width`` cells; at least one.

    ``role``: of the ink; ``lane``, or ``quiet`` where the sentence is not the active one.
    """
    depth = max((p.lane for p in placed), default=0) + 1
    grid: Grid = [[_BLANK] * width for _ in range(depth)]
    for p in placed:
        _draw_bar(grid[p.lane], p, glyphs, role)
    for p in placed:
        _draw_links(grid, p, glyphs, role)
    return tuple(runs(row) for row in grid)


def bar_of(state: str, glyphs: Glyphs) -> Bar:
    """Return the characters for a mark's state."""
    return {"focus": glyphs.focus, "proposal": glyphs.proposal}.get(state, glyphs.human)


def _draw_bar(row: list[tuple[str, Ink]], p: Placed, glyphs: Glyphs, role: str) -> None:
    style = Ink(role, p.mark.label, bold=p.mark.state == "focus", italic=p.mark.state == "proposal")
    name_ink = replace(style, reverse=True) if p.mark.state == "focus" else style
    bar = bar_of(p.mark.state, glyphs)
    left, name, tag, right = _parts(p, bar, glyphs)
    tag_ink = Ink("key", bold=True) if p.mark.next else style
    tag_ink = Ink("warn", bold=True) if p.mark.wrong else tag_ink
    fill = p.last - p.first - len(left) - len(name) - len(tag) - len(right)
    cells = [(c, style) for c in left] + [(c, name_ink) for c in name] + [(c, tag_ink) for c in tag]
    cells += [(c, style) for c in (*bar.line * fill, *right)]
    row[p.first : p.first + len(cells)] = cells


def _parts(p: Placed, bar: Bar, glyphs: Glyphs) -> tuple[str, tuple[str, ...], tuple[str, ...], str]:
    """Return the left end, the name's and the tag's cells as far as they fit, and the right end of a bar."""
    width = p.last - p.first
    tag_text = glyphs.problem if p.mark.wrong else p.mark.tag
    tag = () if p.open_left else _cells(tag_text, width)  # said once, where the span starts
    if width <= 2:
        alone = p.mark.next or (p.mark.wrong and width == 1)  # what is wrong matters more than the name
        short = "" if alone and tag else (p.mark.key or p.mark.label[:1]).upper()
        return "", _cells(short, width), tag[: width - len(short)], ""
    left = glyphs.open_end if p.open_left else (bar.left if width >= 5 else "")
    right = glyphs.open_end if p.open_right else (bar.right if width >= 5 else "")
    room = width - len(left) - len(right) - len(tag)
    if width < 5:
        return left, _cells(p.mark.label, room), tag, right
    apart = bool(tag) and p.mark.next  # a key stands apart from the name, if a short one
    name = _cells(p.mark.label if token_width(p.mark.label) + apart <= room else p.mark.short, room)
    gap = " " if apart and len(name) < room else ""
    return left, name, (*gap, *tag), right


def _cells(text: str, room: int) -> tuple[str, ...]:
    """Return what stands in each cell, at most ``room``; after a wide character comes an empty one."""
    out: list[str] = []
    for char, _, width in graphemes(text):
        if len(out) + width > room:
            break
        out += [char, *[""] * (width - 1)]
    return tuple(out)


def _draw_links(grid: Grid, p: Placed, glyphs: Glyphs, role: str) -> None:
    if p.last - p.first < 5:
        return
    style = Ink(role, p.mark.label, bold=p.mark.state == "focus")
    for col, is_open in ((p.first, p.open_left), (p.last - 1, p.open_right)):
        if is_open:
            continue
        for lane in range(p.lane - 1, -1, -1):
            char, old = grid[lane][col]
            linked = _linked(char, glyphs)
            if linked:
                grid[lane][col] = (linked, style if char == " " else old)


def _linked(char: str, glyphs: Glyphs) -> str:
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
