"""The body of the annotate screen: the active block in its place among the article's sentences.

The block starts in natural flow from the top until the anchor and stays at that row from then
on, so the article scrolls and the eye stays. Inside a sentence nothing above the block moves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from annotator.core.annotation import Work
from annotator.core.article import Article
from annotator.core.schema import Schema
from annotator.session.state import TaskState
from annotator.tui.layout.block import TEXT_COLUMN, BlockRow, answer_piece, block_rows, line_of, reserve
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.marks import cover, marks_of
from annotator.tui.layout.prompt import prompt_rows
from annotator.tui.layout.row import Ink, Piece, Row, clip, runs
from annotator.tui.layout.safe_text import screen_text
from annotator.tui.layout.wrap import Line, wrap


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of the body in cells and how it is drawn."""

    width: int
    height: int
    text_width: int
    spaced: bool
    glyphs: Glyphs
    hint_mode: str = "all"


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A row of the body: what is drawn, and which sentence and wrapped line a click on it means."""

    row: Row
    sentence: int = -1
    line: int = -1


def start_row(state: TaskState, frame: Frame) -> int:
    """Return the row at which the active block starts, worked out once on arrival."""
    anchor = frame.height // (3 if frame.spaced else 4)
    above = len(_above(state, frame, anchor))
    lines = len(wrap(state.work.sentence.tokens, frame.text_width))
    return max(0, min(above, anchor, frame.height - reserve(lines)))


def body_rows(state: TaskState, frame: Frame, start: int) -> tuple[BodyRow, ...]:
    """Return exactly ``frame.height`` rows with the active block at row ``start``."""
    above = _above(state, frame, start)[-start:] if start else ()
    room = frame.height - len(above)
    prompt = prompt_rows(state, frame.width - 1, frame.glyphs)[: max(1, room // 2)]
    block = _window(
        block_rows(state, frame.text_width, frame.glyphs, frame.hint_mode), state, frame, room - len(prompt)
    )
    here = [BodyRow(r.row, state.active, r.line) for r in block]
    here += [BodyRow(row, state.active) for row in prompt]
    below = _below(state, frame, room - len(here))
    rows = [*above, *here, *below]
    rows += [BodyRow(())] * (frame.height - len(rows))
    return tuple(replace(r, row=clip(r.row, frame.width)) for r in rows[: frame.height])


def _window(rows: tuple[BlockRow, ...], state: TaskState, frame: Frame, room: int) -> tuple[BlockRow, ...]:
    """Return the rows that fit, with the line of the selection among them."""
    if len(rows) <= room:
        return rows
    wanted = [i for i, r in enumerate(rows) if r.line == line_of(state, frame.text_width)]
    top = max(0, wanted[-1] + 1 - room)
    first = wanted[0] + (room < 2)  # in the last row of all the text matters more than its hints
    return rows[min(top, first) :][: max(1, room)]


def _above(state: TaskState, frame: Frame, enough: int) -> tuple[BodyRow, ...]:
    """Return the rows before the block, at least ``enough`` of them if there are so many."""
    groups: list[list[BodyRow]] = [[BodyRow(())]]
    count = 1
    for i in range(state.active - 1, -1, -1):
        if count >= enough:
            break
        group = context_rows(state, i, frame)
        groups.append([*group, BodyRow(())] if frame.spaced and i < state.active - 1 else group)
        count += len(groups[-1])
    else:
        groups.append(_byline(state, frame))
    return tuple(row for group in reversed(groups) for row in group)


def _below(state: TaskState, frame: Frame, room: int) -> list[BodyRow]:
    rows = [BodyRow(())]
    for i in range(state.active + 1, len(state.works)):
        if len(rows) >= room:
            break
        rows += context_rows(state, i, frame)
        rows += [BodyRow(())] if frame.spaced else []
    return rows[: max(0, room)]


def _byline(state: TaskState, frame: Frame) -> list[BodyRow]:
    words = byline_of(state.article, frame.glyphs)
    if not words:
        return []
    row = (Piece(" " * TEXT_COLUMN), Piece(words[: frame.text_width], Ink("muted")))
    return [BodyRow(row)] + ([BodyRow(())] if frame.spaced else [])


def byline_of(article: Article, glyphs: Glyphs) -> str:
    """Return who wrote an article, where and when, as far as it is known."""
    parts = (f"By {article.byline}" if article.byline else "", article.dateline, article.date)
    return f" {glyphs.dot} ".join(screen_text(p) for p in parts if p)


def context_rows(state: TaskState, i: int, frame: Frame) -> list[BodyRow]:
    """Return the rows of a sentence that is not active."""
    rows = _context(state.schema, state.works[i], i, frame.text_width, frame.glyphs)
    return [BodyRow(row, i, n) for n, row in enumerate(rows)]


@lru_cache(maxsize=2048)
def _context(schema: Schema, work: Work, i: int, width: int, glyphs: Glyphs) -> tuple[Row, ...]:
    answer = answer_piece(work.annotation.answer, glyphs)
    head: Row = (Piece(" "), answer, Piece(f"{i + 1:>3} ", Ink("number")))
    rest: Row = (Piece(" " * TEXT_COLUMN),)
    lines = wrap(work.sentence.tokens, width)
    return tuple(
        (*(head if n == 0 else rest), *_context_text(schema, work, line)) for n, line in enumerate(lines)
    )


def _context_text(schema: Schema, work: Work, line: Line) -> Row:
    over = cover(line.cells, marks_of(schema, work))
    return runs(
        (cell.text, Ink("context", mark.label if mark else ""))
        for cell, mark in zip(line.cells, over, strict=True)
    )
