"""The active block: for each wrapped line a hint row, the text and its lanes, with the prompt below."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.schema import Schema
from annotator.core.span_repair import misaligned_spans
from annotator.core.tokens import TokenRange
from annotator.session.actions.hints import Hint
from annotator.session.state import TaskState
from annotator.tui.layout import span_lanes
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.span_lanes import SpanMark
from annotator.tui.layout.styled_text import CellStyle, StyledRow, StyledText, Styles
from annotator.tui.layout.text_cells import WrappedLine, wrap_tokens

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
        *span_lanes.span_marks(state.schema, annotated, state.selected_span),
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
    free = state.selection is None or state.span_just_made
    now = tuple((name, s) for name, (at, s) in state.next_suggestions.items() if at == i) if free else ()
    visible, accepted = state.visible_suggestions(i), state.auto_accepted_suggestions(i)
    return span_lanes.suggestion_marks(state.schema, state.annotated_sentences[i], visible, accepted, now, glyphs)


def selection_line(state: TaskState, width: int) -> int:
    """Return the wrapped line on which the selection ends; the first one without a selection."""
    if state.selection is None:
        return 0
    token = state.selection.last - 1
    lines = wrap_tokens(state.annotated.sentence.tokens, width)
    return max((n for n, line in enumerate(lines) if line.column_of(token) is not None), default=0)


def reserved_height(lines: int) -> int:
    """Return the rows that a block of this many lines may need: two lanes a line, and the prompt."""
    return lines * 4 + 1


def number_column(state: TaskState, glyphs: Glyphs) -> StyledRow:
    """Return bar, answer and number of the active sentence."""
    answer = answer_indicator(state.annotated.annotation.answer, glyphs)
    number = sentence_number_cells(state.active, state.annotated, Styles.BOLD, glyphs)
    return (styled.active(glyphs.active), answer, *number)


def sentence_number_cells(i: int, annotated: AnnotatedSentence, style: CellStyle, glyphs: Glyphs) -> StyledRow:
    """Return a sentence's number in four cells, with signs in those that are free.

    They are ``!`` (a span begins or ends inside a token), then ``f`` (flagged) or ``n`` (has a note).
    """
    annotation = annotated.annotation
    markers = [styled.warn_bold(glyphs.problem)] if misaligned_spans(annotated) else []
    if sign := "f" if annotation.flagged else "n" if annotation.note else "":
        markers.append(styled.likely_bold(sign))
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


# -- hints -------------------------------------------------------------------------------------


def hint_row(line: WrappedLine, state: TaskState, mode: str) -> StyledRow:
    """Return the letters above a line; after a first letter only those that go on from it."""
    tokens, pieces, at = state.annotated.sentence.tokens, [], 0
    for cell in line.cells:
        if cell.token < 0 or cell.start != tokens[cell.token].start:
            continue
        hint = state.hints[cell.token]
        visible = mode == "all" or (mode == "likely" and hint.likely)
        if hint.letters and visible and hint.letters.startswith(state.typed_hint):
            pieces.append(StyledText(" " * (cell.col + hint.cell - at)))
            pieces.extend(_hint_letters(hint, state.typed_hint))
            at = cell.col + hint.cell + len(hint.letters)
    return styled.merge_styles(tuple(pieces))


def _hint_letters(hint: Hint, typed: str) -> tuple[StyledText, ...]:
    style = CellStyle("likely" if hint.likely else "hint")
    if not typed:
        return (StyledText(hint.letters, style),)
    return (styled.hint(typed), styled.likely_bold(hint.letters[len(typed) :]))


# -- text --------------------------------------------------------------------------------------


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
