"""A page as dumpers print it: its lines by the style of the dump, each with its gold role."""

from __future__ import annotations

import textwrap

from msgspec import Struct

from tests.ingest.own_pages.data import OwnPage, Part

STYLES = ("blocks", "dense", "inline", "terminal")
"""How a page is dumped as text.

``blocks`` has a blank line between blocks and menus a line an item, ``dense`` no blank line at all, ``inline`` menus
on one line and a picture's text in brackets, ``terminal`` 80 columns and marks of lists, as text browsers do.
"""
SEPARATORS = (" | ", "  ", " · ", " / ")
TERMINAL_WIDTH, AGENCY_WIDTH = 80, 69
"""At which columns a text browser and an agency's wire wrap lines."""


class TextPage(Struct, frozen=True):
    """The lines of a dump and the gold role of each; a blank line's is ``blank``."""

    lines: tuple[str, ...]
    roles: tuple[str, ...]

    @property
    def text(self) -> str:
        """The dump."""
        return "\n".join(self.lines)


Row = tuple[str, str]


def text_page(page: OwnPage, style: str) -> TextPage:
    """Return a page as a dump of this style, or of the only form that its text has."""
    separator = SEPARATORS[sum(map(ord, page.frame)) % len(SEPARATORS)]
    blocks = [_block(part, page.form or style, separator) for part in page.parts]
    rows: list[Row] = []
    for at, block in enumerate(blocks):
        if at and not _touch(page.parts[at - 1], page.parts[at], page.form or style):
            rows.append(("", "blank"))
        rows += block
    return TextPage(tuple(text for text, _ in rows), tuple(role for _, role in rows))


def _touch(one: Part, other: Part, style: str) -> bool:
    """Return whether no blank line is between two parts."""
    lists = {"li", "num", "item", "link", "menu"}
    return style == "dense" or (one.kind == other.kind and one.kind in lists)


def _block(part: Part, style: str, separator: str) -> list[Row]:
    """Return the lines of one part."""
    role = part.role
    pieces = [part.text]
    if part.kind == "menu":
        pieces = part.text.split(" / ")
        pieces = [separator.join(pieces)] if style == "inline" else pieces
    elif part.kind == "card":
        pieces = part.text.split(" // ")
    elif part.kind == "alt":
        pieces = [f"[{part.text}]"] if style in ("inline", "terminal") else [part.text]
    mark = _mark(part, style)
    lines = [mark + piece for piece in pieces]
    if style == "terminal":
        lines = [line for text in lines for line in _wrapped("   " + text, TERMINAL_WIDTH)]
    if style == "wrapped" and part.section == "article":
        lines = [line for text in lines for line in _wrapped(text, AGENCY_WIDTH)]
    return [(line, role) for line in lines]


def _mark(part: Part, style: str) -> str:
    """Return what a dumper prints before a part of this kind."""
    if style == "markdown":
        marks = {"title": "# ", "sub": "## ", "head": "## ", "item": "- ", "li": "- ", "num": "1. ", "menu": "* "}
        return marks.get(part.kind, "")
    if style == "terminal" and part.kind in ("menu", "item", "li"):
        return "  * "
    return "- " if part.kind == "item" and style != "dense" else ""


def _wrapped(text: str, width: int) -> list[str]:
    indent = " " * (len(text) - len(text.lstrip()))
    lines = textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return lines or [text]
