"""The body of the annotate screen: the active block in its place among the article's sentences.

The block starts in natural flow from the top until the anchor and stays at that row from then
on, so the article scrolls and the eye stays. Inside a sentence nothing above the block moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import Article
from annotator.core.schema import Schema
from annotator.session.state import TaskState
from annotator.tui.layout import active_sentence
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.active_sentence import TEXT_COLUMN
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.prompt import prompt_rows
from annotator.tui.layout.span_lanes import SpanMark, draw_lanes, marks_over_cells, place_marks, span_marks
from annotator.tui.layout.styled_text import CellStyle, StyledRow, StyledText, Styles
from annotator.tui.layout.text_cells import WrappedLine, screen_text, wrap_tokens


class BodyFrame(Struct, frozen=True):
    """The size of the body in cells and how it is drawn."""

    width: int
    height: int
    text_width: int
    spaced: bool
    glyphs: Glyphs
    hint_mode: str = "all"


class BodyRow(Struct, frozen=True):
    """A row of the body: what is drawn, and which sentence and wrapped line a click on it means."""

    row: StyledRow
    sentence: int = -1
    line: int = -1


NEW_PAGE_ROW = 0
"""At which row a new page starts: the old one has just been accepted, so all rows are for the new."""


def active_start_row(state: TaskState, frame: BodyFrame, *, turned: bool = False) -> int:
    """Return the row at which the active block starts, worked out once on arrival.

    It is the anchor, or near the top where a whole page has been accepted: what is next should show.
    """
    anchor = NEW_PAGE_ROW if turned else frame.height // (3 if frame.spaced else 4)
    above = len(_rows_above(state, frame, anchor))
    lines = len(wrap_tokens(state.annotated.sentence.tokens, frame.text_width))
    return max(0, min(above, anchor, frame.height - active_sentence.reserved_height(lines)))


class VisiblePage(Struct, frozen=True):
    """What stays while one moves in view: the first sentence that is shown whole, and the rows above it."""

    first_sentence: int
    rows_before: int


def visible_page(state: TaskState, frame: BodyFrame, start: int) -> VisiblePage:
    """Return the page that is shown when the active block starts at row ``start``."""
    room, top = max(0, start - 1), state.active
    while top > 0:
        need = len(inactive_sentence_rows(state, top - 1, frame)) + int(frame.spaced and top < state.active)
        if need > room:
            break
        room, top = room - need, top - 1
    # A blank row comes between a cut sentence and the top one as soon as that is no longer the active one.
    return VisiblePage(top, room + int(frame.spaced and 0 < top == state.active))


def active_row_on_page(page: VisiblePage, state: TaskState, frame: BodyFrame) -> int | None:
    """Return the row of the active block if the page stays; None if the block would not be on it whole."""
    if state.active < page.first_sentence:
        return None
    gap, above = int(frame.spaced), page.rows_before
    for i in range(page.first_sentence, state.active):
        above += len(inactive_sentence_rows(state, i, frame)) + gap
        if above > frame.height:
            return None
    start = 1 + max(0, above - (gap if state.active else 0))
    block = active_sentence.active_sentence_rows(state, frame.text_width, frame.glyphs, frame.hint_mode)
    return start if start + len(block) + 1 <= frame.height else None


def fully_visible_sentences(rows: tuple[BodyRow, ...], state: TaskState, frame: BodyFrame) -> tuple[int, ...]:
    """Return the sentences of which every row is among ``rows``, by index; none in a window too narrow."""
    if TEXT_COLUMN + frame.text_width > frame.width:
        return ()
    counts = Counter(r.sentence for r in rows if r.line >= 0)
    whole = [i for i in counts if i != state.active and counts[i] == len(inactive_sentence_rows(state, i, frame))]
    block = active_sentence.active_sentence_rows(state, frame.text_width, frame.glyphs, frame.hint_mode)
    if counts[state.active] >= len(block):
        whole.append(state.active)
    return tuple(sorted(whole))


def body_rows(state: TaskState, frame: BodyFrame, start: int) -> tuple[BodyRow, ...]:
    """Return exactly ``frame.height`` rows with the active block at row ``start``."""
    above = _rows_above(state, frame, start)[-start:] if start else ()
    room = frame.height - len(above)
    prompt = prompt_rows(state, frame.width - 1, frame.glyphs)[: max(1, room // 2)]
    whole_block = active_sentence.active_sentence_rows(state, frame.text_width, frame.glyphs, frame.hint_mode)
    block = _visible_rows(whole_block, state, frame, room - len(prompt))
    here = [BodyRow(r.row, state.active, r.line) for r in block]
    here += [BodyRow(row, state.active) for row in prompt]
    below = _rows_below(state, frame, room - len(here))
    rows = [*above, *here, *below]
    rows += [BodyRow(())] * (frame.height - len(rows))
    return tuple(_clip_body_row(r, frame) for r in rows[: frame.height])


def _clip_body_row(row: BodyRow, frame: BodyFrame) -> BodyRow:
    """Return a row cut to the width of the body; rows of text are no wider than the text anyway."""
    if row.line >= 0 and TEXT_COLUMN + frame.text_width <= frame.width:
        return row
    return replace(row, row=styled.clip_row(row.row, frame.width))


def _visible_rows(
    rows: tuple[active_sentence.ActiveSentenceRow, ...], state: TaskState, frame: BodyFrame, room: int
) -> tuple[active_sentence.ActiveSentenceRow, ...]:
    """Return the rows that fit, with the line of the selection among them."""
    if len(rows) <= room:
        return rows
    here = active_sentence.selection_line(state, frame.text_width)
    wanted = [i for i, r in enumerate(rows) if r.line == here]
    top = max(0, wanted[-1] + 1 - room)
    first = wanted[0] + (room < 2)  # in the last row of all the text matters more than its hints
    return rows[min(top, first) :][: max(1, room)]


def _rows_above(state: TaskState, frame: BodyFrame, enough: int) -> tuple[BodyRow, ...]:
    """Return the rows before the block, at least ``enough`` of them if there are as many."""
    groups: list[Sequence[BodyRow]] = [[BodyRow(())]]
    count = 1
    for i in range(state.active - 1, -1, -1):
        if count >= enough:
            break
        group = inactive_sentence_rows(state, i, frame)
        groups.append([*group, BodyRow(())] if frame.spaced and i < state.active - 1 else group)
        count += len(groups[-1])
    else:
        groups.append(_byline_rows(state, frame))
    return tuple(row for group in reversed(groups) for row in group)


def _rows_below(state: TaskState, frame: BodyFrame, room: int) -> list[BodyRow]:
    # On a low screen a row is worth more than a gap: the bar beside the block ends it as well.
    rows = [BodyRow(())] if frame.spaced else []
    for i in range(state.active + 1, len(state.annotated_sentences)):
        if len(rows) >= room:
            break
        rows += inactive_sentence_rows(state, i, frame)
        rows += [BodyRow(())] if frame.spaced else []
    return rows[: max(0, room)]


def _byline_rows(state: TaskState, frame: BodyFrame) -> list[BodyRow]:
    words = byline_text(state.article, frame.glyphs)
    if not words:
        return []
    row = (StyledText(" " * TEXT_COLUMN), styled.muted(words[: frame.text_width]))
    return [BodyRow(row)] + ([BodyRow(())] if frame.spaced else [])


def byline_text(article: Article, glyphs: Glyphs) -> str:
    """Return who wrote an article, where and when, as far as it is known."""
    parts = (f"By {article.byline}" if article.byline else "", article.dateline, article.date)
    return f" {glyphs.dot} ".join(screen_text(p) for p in parts if p)


@lru_cache(maxsize=256)  # asked for several times a key, of one state
def inactive_sentence_rows(state: TaskState, i: int, frame: BodyFrame) -> tuple[BodyRow, ...]:
    """Return the rows of a sentence that is not active, with lanes where it is open."""
    annotated = state.annotated_sentences[i]
    marks: tuple[SpanMark, ...] = ()
    if not annotated.done:
        suggested = active_sentence.sentence_suggestion_marks(state, i, frame.glyphs)
        marks = (*span_marks(state.schema, annotated), *suggested)
    rows = _inactive_rows(state.schema, annotated, i, frame.text_width, frame.glyphs, marks)
    return tuple(BodyRow(row, i, n) for n, row in rows)


@lru_cache(maxsize=2048)
def _inactive_rows(
    schema: Schema, annotated: AnnotatedSentence, i: int, width: int, glyphs: Glyphs, marks: tuple[SpanMark, ...]
) -> tuple[tuple[int, StyledRow], ...]:
    answer = active_sentence.answer_indicator(annotated.annotation.answer, glyphs)
    number = active_sentence.sentence_number_cells(i, annotated, Styles.NUMBER, glyphs)
    head: StyledRow = (StyledText(" "), answer, *number)
    rest: StyledRow = (StyledText(" " * TEXT_COLUMN),)
    out: list[tuple[int, StyledRow]] = []
    for n, line in enumerate(wrap_tokens(annotated.sentence.tokens, width)):
        out.append((n, (*(head if n == 0 else rest), *_inactive_text_row(schema, annotated, line))))
        placed = place_marks(line, marks)
        if placed:
            out += [(n, (*rest, *lane)) for lane in draw_lanes(placed, line.width, glyphs, "quiet")]
    return tuple(out)


def _inactive_text_row(schema: Schema, annotated: AnnotatedSentence, line: WrappedLine) -> StyledRow:
    over = marks_over_cells(line.cells, span_marks(schema, annotated))
    cells = zip(line.cells, over, strict=True)
    return styled.row_of_cells((cell.text, CellStyle("context", mark.label if mark else "")) for cell, mark in cells)
