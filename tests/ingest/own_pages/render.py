"""A page as dumpers print it and as HTML: by the dump style, each line with its gold role."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

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


def html_page(page: OwnPage, *, semantic: bool) -> str:
    """Return a page as HTML: with elements and classes that say what a part is, or of divs and spans alone."""
    sections = [(name, list(parts)) for name, parts in groupby(page.parts, lambda part: _place(part.section))]
    inner = "\n".join(_section(name, parts, semantic) for name, parts in sections)
    title = escape(page.title)
    meta = f'<meta property="og:title" content="{title}">' if semantic and page.structure != "none" else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{page.lang}"><head><meta charset="utf-8"><title>{title} - {escape(page.frame)}</title>'
        f"{meta}<script>var loaded = true;</script><style>body {{ margin: 0 }}</style></head>\n<body>\n{inner}\n</body></html>\n"
    )


def _place(section: str) -> str:
    """Return the section as HTML has it: head, article, a box in it and its end are one element."""
    return "article" if section in ("head", "article", "middle", "end") else section


_SECTION_TAGS = {
    "top": ('<header class="site-header">', "</header>"),
    "side": ('<aside class="sidebar">', "</aside>"),
    "article": ('<main><article class="story">', "</article></main>"),
    "after": ('<aside class="related">', "</aside>"),
    "foot": ('<footer class="site-footer">', "</footer>"),
}


def _section(name: str, parts: list[Part], semantic: bool) -> str:
    opening, closing = _SECTION_TAGS[name] if semantic else (f'<div class="c{len(name)}">', "</div>")
    return opening + "\n" + "\n".join(_elements(parts, semantic)) + "\n" + closing


def _elements(parts: Iterable[Part], semantic: bool) -> Iterator[str]:
    """Yield the elements of a section; a box in the middle of an article and runs of items are elements of their own."""
    for box, inside in groupby(parts, lambda part: part.section == "middle"):
        runs = "\n".join(
            _list(kind, list(run), semantic)
            if kind in ("item", "num", "li")
            else "\n".join(_element(p, semantic) for p in run)
            for kind, run in groupby(inside, lambda part: part.kind)
        )
        if not box:
            yield runs
        else:
            yield f'<aside class="inset">{runs}</aside>' if semantic else f'<div class="c9">{runs}</div>'


def _list(kind: str, run: list[Part], semantic: bool) -> str:
    tag, row = (("ol" if kind == "num" else "ul"), "li") if semantic else ("div", "div")
    linked = run[0].role == "boilerplate"
    texts = (
        f'<a href="/{number}">{escape(part.text)}</a>' if linked else escape(part.text)
        for number, part in enumerate(run)
    )
    return f"<{tag}>" + "".join(f"<{row}>{text}</{row}>" for text in texts) + f"</{tag}>"


_TAGS = {
    "title": '<h1 class="headline">{}</h1>',
    "deck": '<p class="standfirst">{}</p>',
    "byline": '<p class="byline">{}</p>',
    "date": "<p><time>{}</time></p>",
    "sub": "<h2>{}</h2>",
    "cap": '<figure><img src="p.jpg" alt=""><figcaption>{}</figcaption></figure>',
    "head": "<h3>{}</h3>",
    "link": '<p><a href="/x">{}</a></p>',
    "button": '<button type="button">{}</button>',
    "line": "<div>{}</div>",
}


def _element(part: Part, semantic: bool) -> str:
    """Return the element of one part."""
    text = escape(part.text)
    if part.kind == "menu":
        return _menu(part.text.split(" / "), semantic)
    if part.kind == "card":
        return _card(part.text.split(" // "), semantic)
    if part.kind == "alt":
        return f'<div><img src="i.jpg" alt="{text}"></div>'
    if not semantic:
        return f'<div><a href="/x">{text}</a></div>' if part.kind in ("link", "button") else f"<div>{text}</div>"
    return _TAGS.get(part.kind, "<p>{}</p>").format(text)


def _menu(items: list[str], semantic: bool) -> str:
    links = [f'<a href="/{at}">{escape(item)}</a>' for at, item in enumerate(items)]
    if semantic:
        return "<nav><ul>" + "".join(f"<li>{link}</li>" for link in links) + "</ul></nav>"
    return "<div>" + "".join(f"<div>{link}</div>" for link in links) + "</div>"


def _card(pieces: list[str], semantic: bool) -> str:
    head, *rest = map(escape, pieces)
    if semantic:
        tail = "".join(f"<p>{text}</p>" for text in rest)
        return f'<div class="card"><h4><a href="/t">{head}</a></h4>{tail}</div>'
    return f'<div><div><a href="/t">{head}</a></div>' + "".join(f"<div>{text}</div>" for text in rest) + "</div>"
