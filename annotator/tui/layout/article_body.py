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
from annotator.core.label_pass import LabelPass
from annotator.core.schema import Schema
from annotator.core.span_repair import misaligned_spans
from annotator.core.tokens import TokenRange
from annotator.session.actions.hints import Hint, is_hint_drawn
from annotator.session.state import TaskState
from annotator.tui.layout import span_lanes
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.prompt import prompt_rows
from annotator.tui.layout.span_lanes import SpanMark, draw_lanes, marks_over_cells, place_marks, span_marks
from annotator.tui.layout.styled_text import CellStyle, Glyphs, StyledRow, StyledText, Styles
from annotator.tui.layout.text_cells import WrappedLine, screen_text, wrap_tokens

# -- the active block: for each wrapped line a hint row, the text and its lanes -----------------


TEXT_COLUMN = 6
"""Where the text begins: bar, answer, three for the number, a blank."""


class ActiveSentenceRow(Struct, frozen=True):
    """A row of the block and the wrapped line that it belongs to."""

    row: StyledRow
    line: int


@lru_cache(maxsize=2)  # asked for several times a key, of one state
def active_sentence_rows(
    state: TaskState, width: int, glyphs: Glyphs, hint_mode: str = "all"
) -> tuple[ActiveSentenceRow, ...]:
    """Return the rows of the active sentence, its text wrapped to ``width`` cells, without the prompt."""
    annotated = state.annotated
    lines = wrap_tokens(annotated.sentence.tokens, width)
    marks = (
        *span_lanes.span_marks(
            state.schema, annotated, state.selected_span, fresh=state.span_just_made, label_pass=state.label_pass
        ),
        *sentence_suggestion_marks(state, state.active, glyphs),
    )
    selected = state.selection.range if state.selection and not state.selected_span else None
    styles = _TextStyles(state.schema, marks, selected, _growth_preview(state))
    out: list[ActiveSentenceRow] = []
    margin: StyledRow = (styled.active(glyphs.active), StyledText(" " * (TEXT_COLUMN - 1)))
    for n, line in enumerate(lines):
        head = number_column(state, glyphs) if n == 0 else margin
        text = styled.fit_row(active_text_row(line, styles), width, CellStyle("text", background="row"))
        lanes = span_lanes.draw_lanes(span_lanes.place_marks(line, marks), line.width, glyphs)
        rows = [(*margin, *hint_row(line, state, hint_mode)), (*head, *text), *((*margin, *lane) for lane in lanes)]
        out.extend(ActiveSentenceRow(row, n) for row in rows)
    return tuple(out)


def sentence_suggestion_marks(state: TaskState, i: int, glyphs: Glyphs) -> tuple[SpanMark, ...]:
    """Return the marks of the suggestions for a sentence of the article, by index."""
    now = tuple((name, s) for name, (at, s) in state.next_suggestions.items() if at == i)
    visible, accepted = state.visible_suggestions(i), state.auto_accepted_suggestions(i)
    return span_lanes.suggestion_marks(state.schema, state.annotated_sentences[i], visible, accepted, now, glyphs)


def selection_line(state: TaskState, width: int) -> int:
    """Return the wrapped line on which the selection ends; the first one to show without a selection."""
    if state.selection is None:
        return state.top_line
    token = state.selection.last - 1
    lines = wrap_tokens(state.annotated.sentence.tokens, width)
    return max((n for n, line in enumerate(lines) if line.column_of(token) is not None), default=0)


def reserved_height(lines: int) -> int:
    """Return the rows that a block of this many lines may need: two lanes a line, and the prompt."""
    return lines * 4 + 1


def number_column(state: TaskState, glyphs: Glyphs) -> StyledRow:
    """Return bar, answer and number of the active sentence."""
    answer = answer_indicator(state.answer_of(state.active), glyphs)
    number = sentence_number_cells(state.active, state.annotated, Styles.BOLD, glyphs)
    return (styled.active(glyphs.active), answer, *number)


def sentence_number_cells(i: int, annotated: AnnotatedSentence, style: CellStyle, glyphs: Glyphs) -> StyledRow:
    """Return a sentence's number in four cells, with signs in those that are free.

    They are ``!`` (a span begins or ends inside a token), ``f`` (flagged), then ``n`` (has a note).
    """
    annotation = annotated.annotation
    markers = [styled.warn_bold(glyphs.problem)] if misaligned_spans(annotated) else []
    markers += [styled.likely_bold(sign) for sign, on in (("f", annotation.flagged), ("n", annotation.note)) if on]
    pieces = [StyledText(char, style) for char in sentence_number_text(i)]
    for at, char in enumerate(pieces):
        if char.text == " " and markers:
            pieces[at] = markers.pop(0)
    return styled.merge_styles(pieces)


def sentence_number_text(i: int) -> str:
    """Return the number of a sentence in four cells: from 1000 on without the blank, at last its end."""
    return f"{i + 1:>3} " if i < 999 else str(i + 1)[-4:]


def answer_indicator(answer: str | None, glyphs: Glyphs) -> StyledText:
    """Return the mark of an answer; a blank for none."""
    if answer is None:
        return StyledText(" ")
    char = {"accept": glyphs.accept, "reject": glyphs.reject}.get(answer, glyphs.ignore)
    return StyledText(char, CellStyle({"accept": "ok", "reject": "warn"}.get(answer, "muted")))


def hint_row(line: WrappedLine, state: TaskState, mode: str) -> StyledRow:
    """Return the letters above a line; after a first letter only those that go on from it."""
    tokens, pieces, at = state.annotated.sentence.tokens, [], 0
    for cell in line.cells:
        if cell.token < 0 or cell.start != tokens[cell.token].start:
            continue
        hint = state.hints[cell.token]
        if is_hint_drawn(hint, mode) and hint.letters.startswith(state.typed_hint):
            pieces.append(StyledText(" " * (cell.col + hint.cell - at)))
            pieces.extend(_hint_letters(hint, state.typed_hint))
            at = cell.col + hint.cell + len(hint.letters)
    return styled.merge_styles(tuple(pieces))


def _hint_letters(hint: Hint, typed: str) -> tuple[StyledText, ...]:
    style = CellStyle("likely" if hint.likely else "hint")
    if not typed:
        return (StyledText(hint.letters, style),)
    return (styled.hint(typed), styled.likely_bold(hint.letters[len(typed) :]))


class _TextStyles(Struct, frozen=True):
    """What decides the style of a cell of the active text."""

    schema: Schema
    marks: tuple[SpanMark, ...]
    selected_range: TokenRange | None
    preview: tuple[TokenRange, ...]


def _growth_preview(state: TaskState) -> tuple[TokenRange, ...]:
    """Return the tokens that Space would add: those before and after the selection.

    None for a span just made that only the whole sentence is left for: nobody means to take that.
    """
    selection, extent = state.selection, state.next_extent
    if selection is None or extent is None or (state.span_just_made and extent.kind == "sentence"):
        return ()
    parts = ((extent.first, selection.first), (selection.last, extent.last))
    return tuple(p for p in parts if p[0] < p[1])


def active_text_row(line: WrappedLine, styles: _TextStyles) -> StyledRow:
    """Return the text of a line, each cell in the style of what is over it."""
    over = span_lanes.marks_over_cells(line.cells, styles.marks)
    styles = replace(
        styles,
        selected_range=_range_on_line(line, styles.selected_range),
        preview=tuple(p for p in styles.preview if _range_on_line(line, p)),
    )
    return styled.row_of_cells((cell.text, _cell_style(line, i, over[i], styles)) for i, cell in enumerate(line.cells))


def _cell_style(line: WrappedLine, i: int, over: SpanMark | None, styles: _TextStyles) -> CellStyle:
    if _cell_in_range(line, i, styles.selected_range):
        return CellStyle("selection")
    style = span_lanes.style_under_mark(styles.schema, over)
    if any(_cell_in_range(line, i, part) for part in styles.preview):
        return replace(style, underline=True)
    return style


def _range_on_line(line: WrappedLine, tokens: TokenRange | None) -> TokenRange | None:
    """Return the tokens if any of them may be on the line, so that other lines need not look."""
    if tokens is None or not line.cells:
        return None
    return tokens if tokens[0] <= line.cells[-1].token and line.cells[0].token < tokens[1] else None


def _cell_in_range(line: WrappedLine, i: int, tokens: TokenRange | None) -> bool:
    """Whether the i-th cell is in a range of tokens, blanks between two of them included."""
    if tokens is None:
        return False
    token = line.cells[i].token
    if token >= 0:
        return tokens[0] <= token < tokens[1]
    before, after = line.cells[i - 1].token, line.cells[i + 1].token
    return tokens[0] <= before and after < tokens[1]


# -- the block among the other sentences --------------------------------------------------------


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
    return max(0, min(above, anchor, frame.height - reserved_height(lines)))


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
    block = active_sentence_rows(state, frame.text_width, frame.glyphs, frame.hint_mode)
    below = 2 if state.annotated.annotation.note else 1
    return start if start + len(block) + below <= frame.height else None


def fully_visible_sentences(rows: tuple[BodyRow, ...], state: TaskState, frame: BodyFrame) -> tuple[int, ...]:
    """Return the sentences of which every row is among ``rows``, by index; none in a window too narrow."""
    if TEXT_COLUMN + frame.text_width > frame.width:
        return ()
    counts = Counter(r.sentence for r in rows if r.line >= 0)
    whole = [i for i in counts if i != state.active and counts[i] == len(inactive_sentence_rows(state, i, frame))]
    block = active_sentence_rows(state, frame.text_width, frame.glyphs, frame.hint_mode)
    if counts[state.active] >= len(block):
        whole.append(state.active)
    return tuple(sorted(whole))


def lines_shown(rows: tuple[BodyRow, ...], state: TaskState, frame: BodyFrame) -> tuple[set[int], int]:
    """Return the wrapped lines of the active sentence that are whole on the screen, and how many it has.

    Where there is room for none the first counts, so that one gets on.
    """
    block = active_sentence_rows(state, frame.text_width, frame.glyphs, frame.hint_mode)
    shown = Counter(r.line for r in rows if r.sentence == state.active and r.line >= 0)
    need = Counter(r.line for r in block)
    whole = {line for line in shown if shown[line] >= need[line]}
    return whole or set(list(shown)[:1]), max(need) + 1


def body_rows(state: TaskState, frame: BodyFrame, start: int) -> tuple[BodyRow, ...]:
    """Return exactly ``frame.height`` rows with the active block at row ``start``."""
    above = _rows_above(state, frame, start)[-start:] if start else ()
    room = frame.height - len(above)
    # The prompt leaves a line its hints, its text and a lane.
    prompt = prompt_rows(state, frame.width - 1, frame.glyphs, max(1, room - 3))
    whole_block = active_sentence_rows(state, frame.text_width, frame.glyphs, frame.hint_mode)
    block = _visible_rows(whole_block, state, frame, room - len(prompt))
    here = [BodyRow(r.row, state.active, r.line) for r in block]
    here += [BodyRow(row, state.active) for row in prompt]
    # Where the end of the block is cut off no other sentence follows: it would read as the next words.
    below = _rows_below(state, frame, room - len(here)) if block[-1:] == whole_block[-1:] else []
    rows = [*above, *here, *below]
    rows += [BodyRow(())] * (frame.height - len(rows))
    return tuple(_clip_body_row(r, frame) for r in rows[: frame.height])


def _clip_body_row(row: BodyRow, frame: BodyFrame) -> BodyRow:
    """Return a row cut to the width of the body; rows of text are no wider than the text anyway."""
    if row.line >= 0 and TEXT_COLUMN + frame.text_width <= frame.width:
        return row
    return replace(row, row=styled.clip_row(row.row, frame.width))


def _visible_rows(
    rows: tuple[ActiveSentenceRow, ...], state: TaskState, frame: BodyFrame, room: int
) -> tuple[ActiveSentenceRow, ...]:
    """Return the rows that fit, with the line of the selection among them; hints and lanes only with their text."""
    if len(rows) <= room:
        return rows
    if state.top_line and state.selection is None:
        return tuple(r for r in rows if r.line >= state.top_line)[: max(1, room)]
    here = selection_line(state, frame.text_width)
    wanted = [i for i, r in enumerate(rows) if r.line == here]
    top = max(0, wanted[-1] + 1 - room)
    first = wanted[0] + (room < 2)  # in the last row of all the text matters more than its hints
    start = min(top, first)
    texts = {r.line: i + 1 for i, r in reversed(list(enumerate(rows)))}  # a line begins with its hints
    shown = range(start, min(len(rows), start + max(1, room)))
    return tuple(rows[i] for i in shown if texts[rows[i].line] in shown)


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
    if state.answer_of(i) is None:
        suggested = sentence_suggestion_marks(state, i, frame.glyphs)
        marks = (*span_marks(state.schema, annotated, label_pass=state.label_pass), *suggested)
    rows = _inactive_rows(state.schema, state.label_pass, annotated, i, frame.text_width, frame.glyphs, marks)
    return tuple(BodyRow(row, i, n) for n, row in rows)


@lru_cache(maxsize=256)
def _inactive_rows(
    schema: Schema,
    label_pass: LabelPass,
    annotated: AnnotatedSentence,
    i: int,
    width: int,
    glyphs: Glyphs,
    marks: tuple[SpanMark, ...],
) -> tuple[tuple[int, StyledRow], ...]:
    done = label_pass.is_done(annotated.annotation)
    answer = answer_indicator(annotated.annotation.answer if done else None, glyphs)
    number = sentence_number_cells(i, annotated, Styles.NUMBER, glyphs)
    head: StyledRow = (StyledText(" "), answer, *number)
    rest: StyledRow = (StyledText(" " * TEXT_COLUMN),)
    out: list[tuple[int, StyledRow]] = []
    for n, line in enumerate(wrap_tokens(annotated.sentence.tokens, width)):
        out.append((n, (*(head if n == 0 else rest), *_inactive_text_row(schema, label_pass, annotated, line))))
        placed = place_marks(line, marks)
        if placed:
            out += [(n, (*rest, *lane)) for lane in draw_lanes(placed, line.width, glyphs, "quiet")]
    return tuple(out)


def _inactive_text_row(
    schema: Schema, label_pass: LabelPass, annotated: AnnotatedSentence, line: WrappedLine
) -> StyledRow:
    over = marks_over_cells(line.cells, span_marks(schema, annotated, label_pass=label_pass))
    cells = zip(line.cells, over, strict=True)
    return styled.row_of_cells((cell.text, CellStyle("context", mark.label if mark else "")) for cell, mark in cells)
