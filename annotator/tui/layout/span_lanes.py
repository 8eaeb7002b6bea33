"""Labelled lanes under a wrapped line: which lane a span gets, and how it is drawn.

Shorter spans are nearer to the text. A span is drawn whole or, where it goes on over a line's
edge, with an open end. Links run up from a deeper lane's corners to the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.label_pass import ALL_LABELS, LabelPass
from annotator.core.schema import Schema
from annotator.core.span_repair import MisalignedSpan, misalignment_message, split_text_at_span
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import is_aligned, token_range
from annotator.session.actions.selection import likeliest_by_range
from annotator.tui.layout.styled_text import CellStyle, Glyphs, LaneGlyphs, StyledRow, Styles, row_of_cells
from annotator.tui.layout.text_cells import TextCell, WrappedLine, drawable_graphemes, token_width


class SpanMark(Struct, frozen=True):
    """A span to draw: code points ``[start, end)``, its length in tokens, its names and its state."""

    start: int
    end: int
    length: int
    label: str
    short: str
    key: str
    state: str = "human"
    """human, focus, made (in focus and just made: a label's key does not relabel it), proposal, or other (of a label
    that is not looked at)."""
    tag: str = ""
    """What is behind a proposal's name: ``?``, the sign of Enter, or the keys that take it now."""
    next: bool = False
    """Whether a key takes the proposal now."""
    wrong: bool = False
    """Whether the span begins or ends inside a token."""


FOCUS_STATES = frozenset({"focus", "made"})
"""The states of the span that the keys act on; the name is reversed only where a label's key relabels it."""


class PlacedMark(Struct, frozen=True):
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

    ``role``: of the style; ``lane``, or ``quiet`` where the sentence is not the active one.
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
    return {"focus": glyphs.focus, "made": glyphs.focus, "proposal": glyphs.proposal, "other": glyphs.other}.get(
        state, glyphs.human
    )


def _draw_mark(row: list[tuple[str, CellStyle]], p: PlacedMark, glyphs: Glyphs, role: str) -> None:
    style = Styles.MUTED if p.mark.state == "other" else CellStyle(role, p.mark.label)
    style = replace(style, bold=p.mark.state in FOCUS_STATES, italic=p.mark.state == "proposal")
    name_ink = replace(style, reverse=True) if p.mark.state == "focus" else style
    bar = lane_glyphs(p.mark.state, glyphs)
    left, name, tag, right = _mark_parts(p, bar, glyphs)
    tag_ink = Styles.KEY if p.mark.next else style
    tag_ink = Styles.WARN_BOLD if p.mark.wrong else tag_ink
    fill = p.last - p.first - len(left) - len(name) - len(tag) - len(right)
    cells = [(c, style) for c in left] + [(c, name_ink) for c in name] + [(c, tag_ink) for c in tag]
    cells += [(c, style) for c in (*bar.line * fill, *right)]
    row[p.first : p.first + len(cells)] = cells


def _mark_parts(p: PlacedMark, bar: LaneGlyphs, glyphs: Glyphs) -> tuple[str, tuple[str, ...], tuple[str, ...], str]:
    """Return the left end, the name's and the tag's cells as far as they fit, and the right end of a bar."""
    width = p.last - p.first
    tag_text = glyphs.problem if p.mark.wrong else p.mark.tag
    tag = () if p.open_left else _characters_in_cells(tag_text, width)  # once, where the span starts
    if width <= 2:
        alone = p.mark.next or (p.mark.wrong and width == 1)  # what is wrong matters more than the name
        short = "" if alone and tag else (p.mark.key or p.mark.label[:1]).upper()
        return "", _characters_in_cells(short, width), tag[: width - len(short)], ""
    left = glyphs.open_end if p.open_left else (bar.left if width >= 5 else "")
    right = glyphs.open_end if p.open_right else (bar.right if width >= 5 else "")
    room = width - len(left) - len(right) - len(tag)
    if width < 5:
        return left, _characters_in_cells(p.mark.label, room), tag, right
    apart = bool(tag) and p.mark.next  # a key is apart from the name, if a short one
    name = _characters_in_cells(p.mark.label if token_width(p.mark.label) + apart <= room else p.mark.short, room)
    gap = " " if apart and len(name) < room else ""
    return left, name, (*gap, *tag), right


def _characters_in_cells(text: str, room: int) -> tuple[str, ...]:
    """Return the text of each cell, at most ``room``; after a wide character comes an empty one."""
    out: list[str] = []
    for char, _, width in drawable_graphemes(text):
        if len(out) + width > room:
            break
        out += [char, *[""] * (width - 1)]
    return tuple(out)


def _draw_links(grid: LaneGrid, p: PlacedMark, glyphs: Glyphs, role: str) -> None:
    if p.last - p.first < 5:
        return
    style = Styles.MUTED if p.mark.state == "other" else CellStyle(role, p.mark.label)
    style = replace(style, bold=p.mark.state in FOCUS_STATES)
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


# -- marks -------------------------------------------------------------------------------------


SPAN_EDGE = "|"
"""Marks a span's edges in words, and between tokens: on every screen and in every colour."""


@lru_cache(maxsize=256)
def span_marks(
    schema: Schema,
    annotated: AnnotatedSentence,
    focus: Span | None = None,
    *,
    fresh: bool = False,
    label_pass: LabelPass = ALL_LABELS,
) -> tuple[SpanMark, ...]:
    """Return the marks of a sentence's spans: the one in focus, or just made (``fresh``), and those of other labels."""

    def state(span: Span) -> str:
        if span == focus:
            return "made" if fresh else "focus"
        return "human" if label_pass.includes(span.label) else "other"

    return tuple(_span_mark(schema, annotated, s, state(s)) for s in annotated.annotation.spans)


def _span_mark(schema: Schema, annotated: AnnotatedSentence, span: Span, state: str) -> SpanMark:
    first, last = token_range(annotated.sentence.tokens, span.start, span.end)
    label = schema.label(span.label)
    return SpanMark(
        span.start,
        span.end,
        last - first,
        span.label,
        schema.short_name(span.label),
        label.key if label else "",
        state,
        wrong=not is_aligned(annotated.sentence.tokens, span.start, span.end),
    )


@lru_cache(maxsize=256)
def suggestion_marks(
    schema: Schema,
    annotated: AnnotatedSentence,
    suggestions: tuple[Suggestion, ...],
    taken: tuple[Suggestion, ...],
    next_ones: tuple[tuple[str, Suggestion], ...],
    glyphs: Glyphs,
) -> tuple[SpanMark, ...]:
    """Return the marks of a sentence's suggestions: one a stretch, under its likeliest label.

    ``next_ones``: the label and suggestion of each label's key that takes one of them now.
    """
    keys: dict[tuple[int, int], str] = {}
    for name, s in next_ones:
        label = schema.label(name)
        keys[s.start, s.end] = keys.get((s.start, s.end), "") + (label.key if label else "")
    return tuple(
        _suggestion_mark(schema, annotated, s, s in taken, keys.get(place, ""), glyphs)
        for place, s in likeliest_by_range(suggestions).items()
    )


def _suggestion_mark(
    schema: Schema, annotated: AnnotatedSentence, s: Suggestion, taken: bool, keys: str, glyphs: Glyphs
) -> SpanMark:
    mark = _span_mark(schema, annotated, Span(s.start, s.end, s.label), "proposal")
    tag = (glyphs.taken if taken else "") + keys or "?"
    return replace(mark, tag=tag, next=bool(keys), wrong=False)


def drawable_text(text: str) -> str:
    """Return a text as it is drawn where it is apart: a mark without a letter before it has a circle."""
    return "".join(shown for shown, _, _ in drawable_graphemes(text))


def text_with_span_edges(annotated: AnnotatedSentence, span: Span) -> str:
    """Return the tokens that a span touches as they are drawn, with bars at its edges: ``Ros|avik|'s``."""
    return SPAN_EDGE.join(map(drawable_text, split_text_at_span(annotated, span)))


def misaligned_span_text(case: MisalignedSpan) -> str:
    """Return what is wrong with a span inside a token: ``Ros|avik|'s: VENUE begins inside a token``."""
    message = f"{case.span.label} {misalignment_message(case.annotated, case.span)}"
    return f"{text_with_span_edges(case.annotated, case.span)}: {message}"


def marks_over_cells(cells: Sequence[TextCell], marks: Sequence[SpanMark]) -> list[SpanMark | None]:
    """Return what each cell shows: the span in focus, else the shortest one over it, else None."""
    out: list[SpanMark | None] = [None] * len(cells)
    drawn = (m for m in marks if m.state not in {"proposal", "other"})
    there = [m for m in drawn if cells and m.start < cells[-1].end and cells[0].start < m.end]
    for mark in sorted(there, key=lambda m: (m.state in FOCUS_STATES, -m.length)):
        for i, cell in enumerate(cells):
            if mark.start <= cell.start and cell.end <= mark.end:
                out[i] = mark
    return out


@lru_cache(maxsize=1024)
def style_under_mark(schema: Schema, mark: SpanMark | None) -> CellStyle:
    """Return the style of text under a mark in the active sentence."""
    if mark is None:
        return CellStyle("text", background="row")
    if mark.state in FOCUS_STATES:
        return CellStyle("text", mark.label, background="focus", bold=True)
    return CellStyle("text", mark.label, background="container" if mark.label in schema.containers else "leaf")
