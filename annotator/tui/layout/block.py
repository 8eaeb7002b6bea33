"""The active block: for each wrapped line a hint row, the text and its lanes, with the prompt below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from annotator.core.annotation import Work
from annotator.core.hints import Hint
from annotator.core.repairs import unaligned
from annotator.core.schema import Schema
from annotator.core.tokens import Range
from annotator.session.state import TaskState
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.lanes import Mark, draw, place
from annotator.tui.layout.marks import cover, marks_of, offer_marks, tint_of
from annotator.tui.layout.row import Ink, Piece, Row, fit, merged, runs
from annotator.tui.layout.wrap import Line, wrap

TEXT_COLUMN = 6
"""Where the text begins: bar, answer, three for the number, a blank."""


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A row of the block and the wrapped line that it belongs to."""

    row: Row
    line: int


@lru_cache(maxsize=2)  # asked for several times a key, of one state
def block_rows(state: TaskState, width: int, glyphs: Glyphs, hint_mode: str = "all") -> tuple[BlockRow, ...]:
    """Return the rows of the active sentence, its text wrapped to ``width`` cells, without the prompt."""
    annotated = state.annotated
    lines = wrap(annotated.sentence.tokens, width)
    marks = (*marks_of(state.schema, annotated, state.selected_span), *offered(state, state.active, glyphs))
    styles = _Inks(state.schema, marks, _selected(state), _preview(state))
    out: list[BlockRow] = []
    for n, line in enumerate(lines):
        head = number_column(state, glyphs) if n == 0 else _edge(glyphs)
        rows = [
            (*_edge(glyphs), *hint_row(line, state, hint_mode)),
            (*head, *fit(text_row(line, styles), width, Ink("text", background="row"))),
            *((*_edge(glyphs), *lane) for lane in draw(place(line, marks), line.width, glyphs)),
        ]
        out.extend(BlockRow(row, n) for row in rows)
    return tuple(out)


def offered(state: TaskState, i: int, glyphs: Glyphs) -> tuple[Mark, ...]:
    """Return the marks of the suggestions for a sentence of the article, by index."""
    free = state.selection is None or state.span_just_made
    now = tuple((name, s) for name, (at, s) in state.next_suggestions.items() if at == i) if free else ()
    return offer_marks(state.schema, state.annotated_sentences[i], state.visible_suggestions(i), state.auto_accepted_suggestions(i), now, glyphs)


def line_of(state: TaskState, width: int) -> int:
    """Return the wrapped line on which the selection ends; the first one without a selection."""
    if state.selection is None:
        return 0
    token = state.selection.last - 1
    lines = wrap(state.annotated.sentence.tokens, width)
    return max((n for n, line in enumerate(lines) if line.column_of(token) is not None), default=0)


def reserve(lines: int) -> int:
    """Return the rows that a block of so many lines may need: two lanes a line, and the prompt."""
    return lines * 4 + 1


def _edge(glyphs: Glyphs) -> Row:
    return (Piece(glyphs.active, Ink("active")), Piece(" " * (TEXT_COLUMN - 1)))


def number_column(state: TaskState, glyphs: Glyphs) -> Row:
    """Return bar, answer and number of the active sentence."""
    answer = answer_piece(state.annotated.annotation.answer, glyphs)
    number = numbered(state.active, state.annotated, Ink("text", bold=True), glyphs)
    return (Piece(glyphs.active, Ink("active")), answer, *number)


def numbered(i: int, annotated: Work, style: Ink, glyphs: Glyphs) -> Row:
    """Return a sentence's number in four cells, with signs in those that are free.

    They are ``!`` (a span begins or ends inside a token), then ``f`` (flagged) or ``n`` (has a note).
    """
    annotation = annotated.annotation
    markers = [Piece(glyphs.problem, Ink("warn", bold=True))] if unaligned(annotated) else []
    if sign := "f" if annotation.flagged else "n" if annotation.note else "":
        markers.append(Piece(sign, Ink("likely", bold=True)))
    pieces = [Piece(char, style) for char in number_text(i)]
    for at, char in enumerate(pieces):
        if char.text == " " and markers:
            pieces[at] = markers.pop(0)
    return merged(pieces)


def number_text(i: int) -> str:
    """Return the number of a sentence in four cells: from 1000 on without the blank, at last its end."""
    return f"{i + 1:>3} " if i < 999 else str(i + 1)[-4:]


def answer_piece(answer: str | None, glyphs: Glyphs) -> Piece:
    """Return the mark of an answer; a blank for none."""
    if answer is None:
        return Piece(" ")
    char = {"accept": glyphs.accept, "reject": glyphs.reject}.get(answer, glyphs.ignore)
    return Piece(char, Ink({"accept": "ok", "reject": "warn"}.get(answer, "muted")))


# -- hints -------------------------------------------------------------------------------------


def hint_row(line: Line, state: TaskState, mode: str) -> Row:
    """Return the letters above a line; after a first letter only those that go on from it."""
    tokens, pieces, at = state.annotated.sentence.tokens, [], 0
    for cell in line.cells:
        if cell.token < 0 or cell.start != tokens[cell.token].start:
            continue
        hint = state.hints[cell.token]
        if hint.letters and _shown(hint, state.typed_hint, mode):
            pieces.append(Piece(" " * (cell.col + hint.cell - at)))
            pieces.extend(_letters(hint, state.typed_hint))
            at = cell.col + hint.cell + len(hint.letters)
    return merged(tuple(pieces))


def _shown(hint: Hint, typed: str, mode: str) -> bool:
    return hint.letters.startswith(typed) and (mode == "all" or (mode == "likely" and hint.likely))


def _letters(hint: Hint, typed: str) -> tuple[Piece, ...]:
    style = Ink("likely" if hint.likely else "hint")
    if not typed:
        return (Piece(hint.letters, style),)
    return (Piece(typed, Ink("hint")), Piece(hint.letters[len(typed) :], Ink("likely", bold=True)))


# -- text --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Inks:
    """What decides the ink of a cell of the active text."""

    schema: Schema
    marks: tuple[Mark, ...]
    selected_range: Range | None
    preview: tuple[Range, ...]


def _selected(state: TaskState) -> Range | None:
    return state.selection.range if state.selection and not state.selected_span else None


def _preview(state: TaskState) -> tuple[Range, ...]:
    """Return the tokens that Space would add: those before and after the selection.

    None for a span just made that only the whole sentence is left for: nobody means to take that.
    """
    selection, extent = state.selection, state.next_extent
    if selection is None or extent is None or (state.span_just_made and extent.kind == "sentence"):
        return ()
    parts = ((extent.first, selection.first), (selection.last, extent.last))
    return tuple(p for p in parts if p[0] < p[1])


def text_row(line: Line, styles: _Inks) -> Row:
    """Return the text of a line, each cell in the ink of what lies over it."""
    over = cover(line.cells, styles.marks)
    styles = replace(styles, selected_range=_there(line, styles.selected_range), preview=_all_there(line, styles.preview))
    return runs((cell.text, _ink(line, i, over[i], styles)) for i, cell in enumerate(line.cells))


def _ink(line: Line, i: int, over: Mark | None, styles: _Inks) -> Ink:
    if _within(line, i, styles.selected_range):
        return Ink("selection")
    style = tint_of(styles.schema, over)
    if any(_within(line, i, part) for part in styles.preview):
        return replace(style, underline=True)
    return style


def _there(line: Line, tokens: Range | None) -> Range | None:
    """Return the tokens if any of them may be on the line, so that other lines need not look."""
    if tokens is None or not line.cells:
        return None
    return tokens if tokens[0] <= line.cells[-1].token and line.cells[0].token < tokens[1] else None


def _all_there(line: Line, parts: tuple[Range, ...]) -> tuple[Range, ...]:
    return tuple(p for p in parts if _there(line, p))


def _within(line: Line, i: int, tokens: Range | None) -> bool:
    """Whether the i-th cell lies in a range of tokens, blanks between two of them included."""
    if tokens is None:
        return False
    token = line.cells[i].token
    if token >= 0:
        return tokens[0] <= token < tokens[1]
    before, after = line.cells[i - 1].token, line.cells[i + 1].token
    return tokens[0] <= before and after < tokens[1]
