"""From tokens to wrapped lines of cells.

Lines break at blanks, greedily; tokens without a blank between them stay together where they fit a line.
The result depends on the text and the width alone, never on spans, so nothing moves while one
annotates. A cell is one grapheme, so wide and combining characters move as a person sees them.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import attrgetter

from msgspec import Struct
from rich.cells import cell_len

from annotator.core import graphemes as core
from annotator.core.tokens import Token

# Corpus text becomes screen text by ``screen_text`` alone.
#
# Terminal escapes, control and bidirectional characters in an article could command the terminal
# or move what is drawn; each becomes one visible character, so no offset moves.


_ALLOWED_FORMAT_CHARACTERS = {"\u200c", "\u200d"}
"""Joiners: scripts and emoji need them, and they can't command a terminal."""


@lru_cache(maxsize=4096)
def _visible_character(char: str) -> str:
    point = ord(char)
    if char in "\n\r\t":
        return " "
    if char == "\x1b":
        return "␛"
    if point < 0x20:
        return chr(0x2400 + point)
    if 0x7F <= point <= 0x9F or 0xD800 <= point <= 0xDFFF:
        return "\ufffd"
    if unicodedata.category(char) in {"Cf", "Zl", "Zp"} and char not in _ALLOWED_FORMAT_CHARACTERS:
        return "◦"
    return char


def screen_text(text: str) -> str:
    """Return ``text`` with each character that is not safe to draw replaced by a visible one (1:1)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible_character, text))


_ZERO_WIDTH_JOINER = "\u200d"
"""At a grapheme's end it would swallow the next cell, for a terminal and for rich's count of cells."""


class TextCell(Struct, frozen=True):
    """One grapheme: what is drawn, which code points ``[start, end)`` of the sentence it shows, where."""

    text: str
    start: int
    end: int
    col: int
    width: int
    token: int
    """The index of the token that it begins; -1 for a blank between tokens."""
    more: int = 0
    """How many further tokens it shows: spaCy may cut a flag or an emoji into several."""


class WrappedLine(Struct, frozen=True):
    """One wrapped line of a sentence."""

    cells: tuple[TextCell, ...]

    @property
    def width(self) -> int:
        """How many cells the line takes."""
        return self.cells[-1].col + self.cells[-1].width if self.cells else 0

    def columns(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the columns ``[first, last)`` that code points ``[start, end)`` take on this line."""
        cells = self.cells
        if not cells or end <= cells[0].start or cells[-1].end <= start:
            return None
        first = bisect_right(cells, start, key=attrgetter("end"))
        last = bisect_left(cells, end, key=attrgetter("start"))
        inside = [c for c in cells[first:last] if c.token >= 0]
        return (inside[0].col, inside[-1].col + inside[-1].width) if inside else None

    def token_at(self, col: int) -> int | None:
        """Return the index of the token drawn at a column."""
        return next((c.token for c in self.cells if c.col <= col < c.col + c.width and c.token >= 0), None)

    def column_of(self, token: int) -> int | None:
        """Return the column at which a token, or the grapheme that holds its start, is on this line."""
        cells = self.cells
        if not cells or not cells[0].token <= token <= cells[-1].token + cells[-1].more:
            return None
        return next((c.col for c in cells if 0 <= c.token <= token <= c.token + c.more), None)


@lru_cache(maxsize=8192)
def drawable_graphemes(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return a text's graphemes as (text to draw, code points, cells); none has zero cells."""
    return tuple(_drawable_grapheme(g) for g in core.split_graphemes(text))


def _drawable_grapheme(grapheme: str) -> tuple[str, int, int]:
    safe = screen_text(grapheme).rstrip(_ZERO_WIDTH_JOINER)
    width = cell_len(safe)
    return (safe, len(grapheme), width) if width else ("◌" + safe, len(grapheme), 1)


def token_width(text: str) -> int:
    """Return how many cells a token takes."""
    return sum(w for _, _, w in drawable_graphemes(text))


@lru_cache(maxsize=512)
def wrap_tokens(tokens: tuple[Token, ...], width: int) -> tuple[WrappedLine, ...]:
    """Return the tokens as lines of at most ``width`` cells; at least one line, none empty but the first."""
    width = max(2, width)
    lines: list[list[TextCell]] = [[]]
    col, blank_at = 0, -1
    for group in (part for run in core.unspaced_runs(tokens) for part in _line_parts(tokens, run, width)):
        cells = list(_grapheme_cells(tokens, group, width))
        need = sum(c[3] for c in cells)
        lead = 1 if blank_at >= 0 and col else 0
        if col and col + lead + need > width:
            lines.append([])
            col, lead = 0, 0
        if lead:
            lines[-1].append(TextCell(" ", blank_at, blank_at + 1, col, 1, -1))
            col += 1
        for text, start, end, cell_width, token, more in cells:
            if col + cell_width > width and lines[-1]:
                lines.append([])
                col = 0
            lines[-1].append(TextCell(text, start, end, col, cell_width, token, more))
            col += cell_width
        last = tokens[group[-1]]
        blank_at = last.end if last.ws else -1
    return tuple(WrappedLine(tuple(cells)) for cells in lines)


def _line_parts(tokens: Sequence[Token], run: Sequence[int], width: int) -> Iterator[Sequence[int]]:
    """Yield glued tokens whole if they fit a line, else the parts between which one may break.

    Such are words of scripts without blanks; no line begins with a closing mark or ends with an opening one.
    """
    first = 0
    if len(run) > 1 and token_width("".join(tokens[i].text for i in run)) > width:
        inside = core.tokens_inside_graphemes(tokens)
        for n in range(1, len(run)):
            before, after = (unicodedata.category(c) for c in (tokens[run[n] - 1].text[-1], tokens[run[n]].text[0]))
            if run[n] not in inside and before not in _OPENING_MARKS and after not in _CLOSING_MARKS:
                yield run[first:n]
                first = n
    yield run[first:]


_OPENING_MARKS = {"Ps", "Pi"}
_CLOSING_MARKS = {"Pe", "Pf", "Po"}
"""Unicode's categories of the marks, full stops and commas among the latter."""


def _grapheme_cells(
    tokens: Sequence[Token], group: Sequence[int], room: int
) -> Iterator[tuple[str, int, int, int, int, int]]:
    """Yield (text, start, end, width, token, more) for each grapheme of glued tokens."""
    at, i, last = tokens[group[0]].start, group[0], group[-1]
    for text, points, width in _fitting_graphemes("".join([tokens[j].text for j in group]), room):
        while tokens[i].end <= at:
            i += 1
        end, through = at + points, i
        while through < last and tokens[through + 1].start < end:
            through += 1
        yield text, at, end, width, i, through - i
        at = end


def _fitting_graphemes(text: str, room: int) -> Iterator[tuple[str, int, int]]:
    """Yield graphemes as they are drawn; one that is wider than a line comes in its code points."""
    at = 0
    for drawn in drawable_graphemes(text):
        if drawn[2] <= room:
            yield drawn
        else:
            yield from map(_drawable_grapheme, text[at : at + drawn[1]])
        at += drawn[1]
