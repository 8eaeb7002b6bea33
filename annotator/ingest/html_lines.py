"""From HTML to the lines that a reader sees, in the page's order."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from msgspec import Struct, field

from annotator.core.errors import SourceError
from annotator.ingest.clean.lexicon import word_groups

_TAGS = word_groups("html_tags")
_BLOCKS, _HIDDEN = frozenset(_TAGS["block"]), frozenset(_TAGS["hidden"])
_UNSEEN_CLASSES = frozenset(_TAGS["unseen-class"])
_TITLED_TAGS = ("figcaption", "h1", "h2", "h3", "h4", "h5", "h6")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SOFT_HYPHEN = "\u00ad"
"""Where a browser may break a word; a reader sees nothing of it."""


class VisibleLine(Struct, frozen=True):
    """A line as a reader sees it and the heading or figcaption that it is in, if any."""

    text: str
    tag: str = ""


def import_extra(name: str, where: str) -> ModuleType:
    """Import a module of the html extra, late, or raise an error with how to install it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        do = "run pip install 'article-annotator[html]' (in a checkout: pip install '.[html]')"
        raise SourceError("reading HTML needs an extra that is not installed", where=where, do=do) from None


def parse_html(html: str, where: str) -> Any:
    """Parse a page; the text is passed as UTF-8 so that a wrong declaration in it does no harm.

    Tags that nobody closes nest by the hundred; without ``huge_tree`` the parser gives up at 256.
    """
    parser = import_extra("lxml.html", where)
    data = html.encode("utf-8", "replace")
    try:
        return parser.document_fromstring(data, parser=parser.HTMLParser(encoding="utf-8", huge_tree=True))
    except (ValueError, parser.etree.ParserError):
        raise SourceError("the page shows no text", where=where, do="save the page as text instead") from None


class _LineCollector(Struct):
    """The text of the current line and what is open round it: headings, and preformatted text."""

    as_before: bool = False
    pieces: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    preformatted: int = 0

    def add(self, text: str | None) -> Iterator[VisibleLine]:
        """Add text to the current line; in preformatted text a line break ends it."""
        first, *more = (text or "").split("\n") if self.preformatted else (text or "",)
        self.pieces.append(first)
        for row in more:
            yield from self.line()
            self.pieces.append(row)

    def line(self) -> Iterator[VisibleLine]:
        """Yield the current line if there is anything on it, and begin a new one."""
        joined = "".join(self.pieces)
        text = " ".join((joined if self.as_before else joined.replace(_SOFT_HYPHEN, "")).split())
        self.pieces.clear()
        if text:
            yield VisibleLine(text, self.open[-1] if self.open else "")


def visible_lines(tree: Any, *, as_before: bool = False) -> Iterator[VisibleLine]:
    """Yield the lines of a parsed page: a line for each stretch of inline text between blocks.

    Scripts, styles, form fields, closed dialogs and what ``hidden``, an inline style or a class for
    screen readers hides are left out. ``as_before`` gives the lines of version 0.2.0, by which a corpus knows a page:
    what classes and dialogs hide is there, soft hyphens too, and preformatted text is one line.
    """
    etree = importlib.import_module("lxml.etree")
    walk = _LineCollector(as_before)
    steps = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, node in steps:
        tag = node.tag if event in ("start", "end") else ""
        if tag in _BLOCKS:
            yield from walk.line()
        if event == "start" and _is_hidden(node, as_before):
            steps.skip_subtree()
        elif event == "start":
            walk.open += [tag] if tag in _TITLED_TAGS else []
            walk.preformatted += tag == "pre" and not as_before
            yield from walk.add(node.text)
        else:
            if tag in _TITLED_TAGS and tag in walk.open:
                walk.open.remove(tag)
            walk.preformatted -= tag == "pre" and walk.preformatted > 0
            yield from walk.add(node.tail)
    yield from walk.line()


def _is_hidden(node: Any, as_before: bool) -> bool:
    """Whether a browser shows nothing of an element, as far as its own attributes show."""
    if node.tag in _HIDDEN or node.get("hidden") is not None:
        return True
    is_closed = node.tag == "dialog" and node.get("open") is None
    is_unseen = not _UNSEEN_CLASSES.isdisjoint((node.get("class") or "").lower().split())
    if (is_closed or is_unseen) and not as_before:
        return True
    return bool(_HIDDEN_STYLE.search(node.get("style") or ""))
