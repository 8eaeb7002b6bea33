"""A page as HTML: with elements and classes that say what a part is, or of divs alone."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from tests.ingest.own_pages.data import OwnPage, Part

_LISTS = {"item": "ul", "li": "ul", "num": "ol"}
_SECTIONS = {
    "top": '<header class="site-header">{}</header>',
    "side": '<aside class="sidebar">{}</aside>',
    "article": '<main><article class="story">{}</article></main>',
    "middle": '<aside class="inset">{}</aside>',
    "after": '<aside class="related">{}</aside>',
    "foot": '<footer class="site-footer">{}</footer>',
}
_ELEMENTS = {
    "title": '<h1 class="headline">{}</h1>',
    "deck": '<p class="standfirst">{}</p>',
    "byline": '<p class="byline">{}</p>',
    "date": "<p><time>{}</time></p>",
    "sub": "<h2>{}</h2>",
    "cap": '<figure><img src="p.jpg" alt=""><figcaption>{}</figcaption></figure>',
    "alt": '<div><img src="i.jpg" alt="{}"></div>',
    "head": "<h3>{}</h3>",
    "link": '<p><a href="/x">{}</a></p>',
    "button": '<button type="button">{}</button>',
    "line": "<div>{}</div>",
}
_DIVS = {"link": '<div><a href="/x">{}</a></div>', "alt": _ELEMENTS["alt"]}


def html_page(page: OwnPage, *, semantic: bool) -> str:
    """Return a page as HTML; of divs and links alone where it is not ``semantic``."""
    sections = [
        _section(name, "\n".join(_article(parts, semantic)), semantic)
        for name, parts in groupby(page.parts, lambda part: _place(part.section))
    ]
    title = escape(page.title)
    meta = f'<meta property="og:title" content="{title}">' if semantic and page.structure != "none" else ""
    head = f'<meta charset="utf-8"><title>{title} - {escape(page.frame)}</title>{meta}'
    body = "\n".join(sections)
    return f'<!DOCTYPE html>\n<html lang="{page.lang}"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _place(section: str) -> str:
    """Return the section as HTML has it: head, article, a box in it and its end are one element."""
    return "article" if section in ("head", "middle", "end") else section


def _section(name: str, inner: str, semantic: bool) -> str:
    return _SECTIONS[name].format(inner) if semantic else f'<div class="c{len(name)}">{inner}</div>'


def _article(parts: Iterator[Part], semantic: bool) -> Iterator[str]:
    """Yield the elements of a section; a box in an article is an element of its own, as is a run of items."""
    for box, inside in groupby(parts, lambda part: part.section == "middle"):
        runs = "\n".join(_run(kind, list(run), semantic) for kind, run in groupby(inside, lambda part: part.kind))
        yield _section("middle", runs, semantic) if box else runs


def _run(kind: str, run: list[Part], semantic: bool) -> str:
    """Return the elements of neighbours of one kind: one list of items, or each part's own."""
    if kind == "menu":
        return "\n".join(_items(part.text.split(" / "), "nav", semantic) for part in run)
    if kind in _LISTS:
        texts = [part.text for part in run]
        return _items(texts, "nav" if run[0].role == "boilerplate" else _LISTS[kind], semantic)
    return "\n".join(_element(part, semantic) for part in run)


def _items(texts: list[str], tag: str, semantic: bool) -> str:
    """Return a list; the items of a ``nav`` are links."""
    inner = [escape(text) for text in texts]
    if tag == "nav":
        inner = [f'<a href="/{at}">{text}</a>' for at, text in enumerate(inner)]
        tag = "ul"
    row = "li" if semantic else "div"
    return f"<{tag if semantic else row}>{''.join(f'<{row}>{x}</{row}>' for x in inner)}</{tag if semantic else row}>"


def _element(part: Part, semantic: bool) -> str:
    """Return the element of one part."""
    if part.kind == "card":
        head, *rest = (escape(text) for text in part.text.split(" // "))
        title, row = ("h4", "p") if semantic else ("div", "div")
        tail = "".join(f"<{row}>{text}</{row}>" for text in rest)
        return f'<div><{title}><a href="/t">{head}</a></{title}>{tail}</div>'
    forms = _ELEMENTS if semantic else _DIVS
    return forms.get(part.kind, "<p>{}</p>" if semantic else "<div>{}</div>").format(escape(part.text))
