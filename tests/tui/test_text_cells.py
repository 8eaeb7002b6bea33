"""From tokens to cells: nothing is lost, doubled or wider than the screen; nothing commands the terminal."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from annotator.core.graphemes import unspaced_runs
from annotator.core.tokens import Token
from annotator.tui.layout.text_cells import drawable_graphemes, screen_text, token_width, wrap_tokens
from tests.hostile_text import commands_in, token_lists

WIDTHS = st.integers(2, 100)


@given(token_lists(), WIDTHS)
def test_every_grapheme_is_drawn_once_and_in_order(tokens: tuple[Token, ...], width: int) -> None:
    """The cells of all lines, blanks left out, cover the tokens in order and lie over nothing else."""
    cells = [c for line in wrap_tokens(tokens, width) for c in line.cells if c.token >= 0]
    points = [i for c in cells for i in range(c.start, c.end)]
    assert points == [i for t in tokens for i in range(t.start, t.end)]
    for cell in cells:
        shown = tokens[cell.token : cell.token + cell.more + 1]
        assert shown[0].start <= cell.start < shown[0].end
        assert cell.end <= shown[-1].end


@given(token_lists(), st.integers(24, 100))
def test_a_cell_is_what_a_reader_takes_for_one_character(tokens: tuple[Token, ...], width: int) -> None:
    """Cells are the graphemes of the text between two blanks, whichever tokens it was cut into."""
    cells = [c for line in wrap_tokens(tokens, width) for c in line.cells if c.token >= 0]
    runs = ["".join(tokens[i].text for i in run) for run in unspaced_runs(tokens)]
    assert [c.text for c in cells] == [g for run in runs for g, _, _ in drawable_graphemes(run)]


@given(token_lists(), WIDTHS)
def test_no_line_is_wider_than_the_screen(tokens: tuple[Token, ...], width: int) -> None:
    """Cells stand side by side from column 0, none beyond the width, and the terminal counts as we do."""
    for line in wrap_tokens(tokens, width):
        assert line.cells
        assert line.width <= width
        at = 0
        for cell in line.cells:
            assert cell.col == at
            assert cell.width >= 1
            at += cell.width
        assert sum(cell_len(c.text) for c in line.cells) == line.width
        assert cell_len("".join(c.text for c in line.cells)) == line.width, "no cell swallows the next"


@given(token_lists(), WIDTHS)
def test_lines_break_at_blanks_alone_where_that_is_possible(tokens: tuple[Token, ...], width: int) -> None:
    """Glued tokens stay on a line unless the run itself is wider than the line; no blank begins a line."""
    for line in wrap_tokens(tokens, width):
        assert line.cells[0].token >= 0
        assert line.cells[-1].token >= 0
    lines = {c.token: n for n, line in reversed(list(enumerate(wrap_tokens(tokens, width)))) for c in line.cells}
    for run in unspaced_runs(tokens):
        need = token_width("".join(tokens[i].text for i in run))
        assert need > width or len({lines[i] for i in run if i in lines}) == 1


@pytest.mark.parametrize("width", range(8, 60, 2))
def test_words_without_blanks_stay_whole_and_marks_with_them(width: int) -> None:
    """Japanese breaks between words: no line begins with a full stop or comma, none ends with an opening quote."""
    words = ["約", "六十", "人", "の", "船員", "が", "、", "「", "夜行", "便", "」", "を", "降り", "て", "から", "。"]
    ends = list(accumulate(map(len, words)))
    tokens = tuple(Token(w, end - len(w), end, ws=False) for w, end in zip(words, ends, strict=True))
    lines = ["".join(c.text for c in line.cells) for line in wrap_tokens(tokens, width)]
    assert "".join(lines) == "".join(words)
    assert not any(line[0] in "、」。" or line[-1] == "「" for line in lines)
    assert {sum(map(len, lines[: n + 1])) for n in range(len(lines))} <= set(ends)


@given(token_lists(), WIDTHS, st.integers(0, 120))
def test_a_click_finds_the_token_under_it(tokens: tuple[Token, ...], width: int, col: int) -> None:
    """The token at a column is the one drawn there; columns of a token lead back to it."""
    for line in wrap_tokens(tokens, width):
        under = [c.token for c in line.cells if c.col <= col < c.col + c.width]
        assert line.token_at(col) == (under[0] if under and under[0] >= 0 else None)
        for cell in line.cells:
            if cell.token >= 0:
                assert line.columns(cell.start, cell.end) == (cell.col, cell.col + cell.width)


def test_an_empty_sentence_is_one_empty_line() -> None:
    """Even nothing has a line to stand on."""
    assert [line.cells for line in wrap_tokens((), 10)] == [()]


def test_every_code_point_is_safe_to_draw() -> None:
    """The whole of Unicode goes through the door once."""
    for first in range(0, 0x110000, 0x1000):
        assert not commands_in(screen_text("".join(map(chr, range(first, first + 0x1000)))))
