"""From tokens to wrapped lines of cells.

Lines break at blanks, greedily; tokens that stand without a blank between them stay together.
The result depends on the text and the width alone, never on spans, so nothing moves while one
works. A cell is one grapheme, so wide and combining characters move as a person sees them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.cells import split_graphemes

from annotator.core.tokens import Token
from annotator.tui.layout.safe_text import screen_text


@dataclass(frozen=True, slots=True)
class Cell:
    """One grapheme: what is drawn, which code points ``[start, end)`` of the sentence it shows, where."""

    text: str
    start: int
    end: int
    col: int
    width: int
    token: int
    """The token's index; -1 for a blank between tokens."""


@dataclass(frozen=True, slots=True)
class Line:
    """One wrapped line of a sentence."""

    cells: tuple[Cell, ...]

    @property
    def width(self) -> int:
        """How many cells the line takes."""
        return self.cells[-1].col + self.cells[-1].width if self.cells else 0

    def columns(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the columns ``[first, last)`` that code points ``[start, end)`` take on this line."""
        inside = [c for c in self.cells if c.start < end and start < c.end and c.token >= 0]
        return (inside[0].col, inside[-1].col + inside[-1].width) if inside else None

    def token_at(self, col: int) -> int | None:
        """Return the index of the token drawn at a column."""
        return next((c.token for c in self.cells if c.col <= col < c.col + c.width and c.token >= 0), None)

    def column_of(self, token: int) -> int | None:
        """Return the column at which a token starts on this line."""
        return next((c.col for c in self.cells if c.token == token), None)


@lru_cache(maxsize=8192)
def graphemes(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return a token's graphemes as (text to draw, code points, cells); none has zero cells."""
    safe = screen_text(text)
    spans, _ = split_graphemes(safe)
    return tuple((safe[a:b], b - a, w) if w else ("◌" + safe[a:b], b - a, 1) for a, b, w in spans)


def token_width(text: str) -> int:
    """Return how many cells a token takes."""
    return sum(w for _, _, w in graphemes(text))


@lru_cache(maxsize=2048)
def wrap(tokens: tuple[Token, ...], width: int) -> tuple[Line, ...]:
    """Return the tokens as lines of at most ``width`` cells; at least one line, none empty but the first."""
    width = max(2, width)
    lines: list[list[Cell]] = [[]]
    col, blank_at = 0, -1
    for group in _groups(tokens):
        need = sum(token_width(tokens[i].text) for i in group)
        lead = 1 if blank_at >= 0 and col else 0
        if col and col + lead + need > width:
            lines.append([])
            col, lead = 0, 0
        if lead:
            lines[-1].append(Cell(" ", blank_at, blank_at + 1, col, 1, -1))
            col += 1
        for cell in _cells(tokens, group):
            if col + cell.width > width and lines[-1]:
                lines.append([])
                col = 0
            lines[-1].append(Cell(cell.text, cell.start, cell.end, col, cell.width, cell.token))
            col += cell.width
        last = tokens[group[-1]]
        blank_at = last.end if last.ws else -1
    return tuple(Line(tuple(cells)) for cells in lines)


def _groups(tokens: Sequence[Token]) -> Iterator[list[int]]:
    """Yield the runs of tokens that must not be parted: no blank between them."""
    group: list[int] = []
    for i, token in enumerate(tokens):
        blank = not token.text.strip()
        if blank and group:
            yield group
            group = []
        group.append(i)
        if token.ws or blank:
            yield group
            group = []
    if group:
        yield group


def _cells(tokens: Sequence[Token], group: Sequence[int]) -> Iterator[Cell]:
    for i in group:
        at = tokens[i].start
        for text, points, width in graphemes(tokens[i].text):
            yield Cell(text, at, at + points, 0, width, i)
            at += points
