"""A row of the screen: pieces of text, each with an ink that the theme knows how to show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from rich.cells import cell_len, set_cell_size, split_graphemes


@dataclass(frozen=True, slots=True)
class Ink:
    """How a piece looks, in terms that every theme, 16 colours and no colours can show."""

    role: str = "text"
    """What it is: text, context, hint, likely, number, key, muted, title, ok, warn, lane, quiet, …"""
    label: str = ""
    """The label whose colour it has, if any."""
    background: str = ""
    """The ground: row, leaf, container or focus."""
    bold: bool = False
    reverse: bool = False
    underline: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text in one ink."""

    text: str
    style: Ink = Ink()


Row = tuple[Piece, ...]


def width_of(row: Row) -> int:
    """Return how many cells a row takes."""
    return sum(cell_len(p.text) for p in row)


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """Return ``text`` in at most ``width`` cells, with a mark where something was cut off."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + ellipsis if width > 0 else ""


def fit(row: Row, width: int, background: Ink | None = None) -> Row:
    """Return the row padded with blanks or cut to exactly ``width`` cells."""
    left, out = width, []
    for piece in row:
        n = cell_len(piece.text)
        if n > left:
            out.append(replace(piece, text=set_cell_size(piece.text, left)))
            left = 0
            break
        out.append(piece)
        left -= n
    if left > 0:
        out.append(Piece(" " * left, background or Ink()))
    return tuple(out)


def clip(row: Row, width: int) -> Row:
    """Return the row cut to ``width`` cells where it is wider."""
    return row if width_of(row) <= width else fit(row, max(0, width))


@lru_cache(maxsize=256)
def filled(text: str, width: int) -> tuple[str, ...]:
    """Return a paragraph filled to ``width`` cells; at least one line."""
    return tuple(plain(row) for row in filled_row((Piece(text),), width))


def filled_row(row: Row, width: int) -> list[Row]:
    """Return a long row as rows of at most ``width`` cells, broken at blanks; at least one."""
    room = max(2, width)
    lines: list[list[Piece]] = [[]]
    col = 0
    for word in _words(row):
        need = width_of(word)
        if col and col + need > room:
            lines.append([])
            col = 0
        for char in [p for p in word if col or p.text != " "]:
            n = cell_len(char.text)
            if col + n > room:
                lines.append([])
                col = 0
            lines[-1].append(char)
            col += n
    return [merged(tuple(line)) for line in lines]


def _words(row: Row) -> list[Row]:
    """Return the words of a row, each with the blank before it, as pieces of one grapheme."""
    words: list[list[Piece]] = [[]]
    for piece in row:
        for a, b, _ in split_graphemes(piece.text)[0]:
            blank = piece.text[a:b] == " "
            if blank:
                words.append([])
            words[-1].append(Piece(piece.text[a:b], piece.style))
    return [tuple(w) for w in words if w and (len(w) > 1 or w[0].text != " ")]


def merged(row: Iterable[Piece]) -> Row:
    """Return the row with neighbouring pieces of one ink put together."""
    return runs((piece.text, piece.style) for piece in row if piece.text)


def runs(cells: Iterable[tuple[str, Ink]]) -> Row:
    """Return texts with their inks as a row, neighbours of one ink put together."""
    out: list[Piece] = []
    texts: list[str] = []
    last: Ink | None = None
    for text, style in cells:
        if style is not last and style != last:
            if last is not None:
                out.append(Piece("".join(texts), last))
            texts, last = [], style
        texts.append(text)
    if last is not None:
        out.append(Piece("".join(texts), last))
    return tuple(out)


def plain(row: Row) -> str:
    """Return the text of a row without blanks at its end, as tests and snapshots read it."""
    return "".join(p.text for p in row).rstrip()


def two_ended(left: Row, right: Row, width: int) -> Row:
    """Return ``left`` and ``right`` at the two ends of a row; ``left`` gives way."""
    room = max(0, width - width_of(right))
    return (*fit(left, room), *right)
