"""Rows of plain text in terminal cells; each piece has a role, for which the screen has a colour."""

from __future__ import annotations

import textwrap
import unicodedata

from msgspec import Struct

_ZERO_WIDTH = {"Mn", "Me"}
_JOINERS = "\u200c\u200d"


class PlainText(Struct, frozen=True):
    """A piece of text of one kind."""

    text: str
    role: str = "text"
    """What it is: text, title, muted, context, rule, ok, likely, warn; lane: the colour of ``label``."""
    label: str = ""
    bold: bool = False


PlainRow = tuple[PlainText, ...]


def text_width(text: str) -> int:
    """Return how many terminal cells a text takes (Unicode annex 11); a control character takes one."""
    return len(text) if text.isascii() else sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if char in _JOINERS or unicodedata.category(char) in _ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def truncate_text(text: str, width: int, ellipsis: str) -> str:
    """Return ``text`` in at most ``width`` cells, with ``ellipsis`` where something was cut off."""
    if text_width(text) <= width:
        return text
    return _first_cells(text, width - 1).rstrip() + ellipsis if width > 0 else ""


def _first_cells(text: str, width: int) -> str:
    """Return the longest start of ``text`` that takes at most ``width`` cells."""
    end = room = 0
    for char in text:
        room += _char_width(char)
        if room > width:
            break
        end += 1
    return text[:end]


def clip_plain_row(row: PlainRow, width: int) -> PlainRow:
    """Return the row cut to at most ``width`` cells."""
    out: list[PlainText] = []
    for piece in row:
        text = _first_cells(piece.text, width)
        out.append(PlainText(text, piece.role, piece.label, piece.bold))
        width -= text_width(text)
    return tuple(out)


def pad_plain_row(row: PlainRow, width: int) -> PlainRow:
    """Return the row cut or padded with blanks to exactly ``width`` cells."""
    row = clip_plain_row(row, width)
    return (*row, PlainText(" " * (width - sum(text_width(p.text) for p in row))))


def wrap_text(text: str, width: int) -> list[str]:
    """Return a paragraph of ASCII words as lines of at most ``width`` cells."""
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def plain_row_text(row: PlainRow) -> str:
    """Return the text of a row without blanks at its end."""
    return "".join(p.text for p in row).rstrip()
