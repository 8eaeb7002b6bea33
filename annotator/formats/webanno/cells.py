"""The cells of WebAnno's TSV 3: stacked values, the numbers that join rows, and two sorts of escapes."""

from __future__ import annotations

import re
from dataclasses import dataclass

NO_ANNOTATION = "_"
NO_VALUE = "*"

_PIECE = re.compile(r"(?:\\.|[^\\|])+", re.DOTALL)
_VALUE = re.compile(r"((?:\\.|[^\\\[\]])*)(?:\[([0-9]{1,9})\])?", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED_JAVA = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_SPECIAL = re.compile(r"->|[\\\[\]|_;\t\n*]")
_CONTROLS = re.compile(r"[\x00-\x1f\\]")
_ESCAPE_LETTERS = {"\t": "t", "\n": "n"}
_TEXT_ESCAPE_LETTERS = {"\t": "t", "\n": "n", "\f": "f", "\r": "r", "\b": "b"}
_UNESCAPED = {name: char for char, name in _ESCAPE_LETTERS.items()}
_UNESCAPED_IN_TEXT = {name: char for char, name in _TEXT_ESCAPE_LETTERS.items()}


@dataclass(frozen=True, slots=True)
class CellValue:
    """One of the values that are stacked in a cell."""

    text: str | None
    """None where the annotation has no value of this feature."""
    number: int = 0
    """What joins it with the rows that have the same number; 0 where it stands alone."""


def parse_cell(cell: str) -> list[CellValue]:
    """Return the values of a cell, in their order; none where nothing is annotated."""
    return [] if cell == NO_ANNOTATION else [_parse_value(piece) for piece in _PIECE.findall(cell)]


def _parse_value(piece: str) -> CellValue:
    fits = _VALUE.fullmatch(piece)
    description, number = (fits[1], int(fits[2] or 0)) if fits else (piece, 0)
    return CellValue(None if description == NO_VALUE else _ESCAPED.sub(_unescape, description), number)


def _unescape(fits: re.Match[str]) -> str:
    return _UNESCAPED.get(fits[1], fits[1])


def format_cell(found: list[CellValue]) -> str:
    """Return the cell that holds the values: the inverse of ``values``."""
    return "|".join(_format_value(v) for v in found) or NO_ANNOTATION


def _format_value(value: CellValue) -> str:
    description = NO_VALUE if value.text is None else _SPECIAL.sub(_escape, value.text)
    return f"{description}[{value.number}]" if value.number else description


def _escape(fits: re.Match[str]) -> str:
    return "\\" + _ESCAPE_LETTERS.get(fits[0], fits[0])


def unescape_text(escaped: str, version: tuple[int, int]) -> str:
    """Return the text behind ``#Text=``; up to 3.1 it is escaped as in Java."""
    if version <= (3, 1):
        return _join_surrogates(_ESCAPED_JAVA.sub(_unescape_java, escaped))
    return _ESCAPED.sub(_unescape_in_text, escaped)


def _unescape_in_text(fits: re.Match[str]) -> str:
    char = fits[1]
    return char if char < " " or char == "\\" else _UNESCAPED_IN_TEXT.get(char, fits[0])


def _unescape_java(fits: re.Match[str]) -> str:
    found = fits[1]
    return chr(int(found[1:], 16)) if len(found) > 1 else _UNESCAPED_IN_TEXT.get(found, found)


def _join_surrogates(text: str) -> str:
    """Return the text with surrogates that Java escapes singly made characters; lone ones become U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def escape_text_line(text: str) -> str:
    """Return a line of text as it stands behind ``#Text=`` from 3.2 on: the inverse of ``text_of``."""
    return _CONTROLS.sub(lambda fits: "\\" + _TEXT_ESCAPE_LETTERS.get(fits[0], fits[0]), text)
