"""The text nodes of a web page with the paths that XPath gives them, without a parser's cost.

html.parser takes minutes for hostile pages. This follows the tags as a browser does for usual pages:
what a browser puts in by itself (``html``, ``head``, ``body``, ``tbody``) is in no path.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+|[!?])[^<>]*+>")
_VOID = re.compile("area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr")
_UNNAMED = frozenset(["html", "head", "body", "tbody"])
_CLOSING = frozenset(["p", "li", "tr", "td", "th", "dt", "dd", "option"])
"""What ends where the next of its kind begins."""
_ENDS_P = re.compile(
    "address|article|aside|blockquote|div|dl|fieldset|footer|form|h[1-6]|header|hr|main|nav|ol|p|pre|section|"
    "table|ul"
)
_STEP = re.compile(r"/(?:html|head|body|tbody)\[1\]")
_DEEPEST = 200
"""How deep paths are followed; what lies deeper has none."""


@dataclass(frozen=True, slots=True)
class Node:
    """A text node, references in its text as they stand; the path is empty for a line break."""

    path: str
    text: str


@dataclass(slots=True)
class _Element:
    tag: str
    path: str
    children: Counter[str] = field(default_factory=Counter)

    def child(self, tag: str) -> str:
        """Return the path of the next child of a kind."""
        self.children[tag] += 1
        return f"{self.path}/{tag}[{self.children[tag]}]"


def normal(path: object) -> str:
    """Return a path without the steps that a browser puts in by itself."""
    return _STEP.sub("", path) if isinstance(path, str) else ""


def nodes(page: str, line_break: str) -> Iterator[Node]:
    """Yield the text nodes of a page in their order; ``line_break`` is the text of a ``<br>``."""
    page = _uncommented(page)
    opened = [_Element("", "")]
    at = 0
    for tag in _TAG.finditer(page):
        if tag.start() > at:
            yield Node(opened[-1].child("text()"), page[at : tag.start()])
        at = tag.end()
        name = tag[2].lower()
        if name == "br" and line_break:
            yield Node("", line_break)
        if tag[1]:
            _close(opened, name)
        elif name not in {"!", "?"} and name not in _UNNAMED:
            _open(opened, name)
    if at < len(page):
        yield Node(opened[-1].child("text()"), page[at:])


def _open(opened: list[_Element], name: str) -> None:
    last = opened[-1].tag
    if (last == name and name in _CLOSING) or (last == "p" and _ENDS_P.fullmatch(name)):
        opened.pop()
    path = opened[-1].child(name)
    if not _VOID.fullmatch(name) and len(opened) < _DEEPEST:
        opened.append(_Element(name, path))


def _close(opened: list[_Element], name: str) -> None:
    """Close the last element of a name that is open, if there is one."""
    for n in range(len(opened) - 1, 0, -1):
        if opened[n].tag == name:
            del opened[n:]
            return


def _uncommented(page: str) -> str:
    """Return the page with each comment cut down to a mark, which parts text as comments do."""
    parts: list[str] = []
    at = 0
    while (start := page.find("<!--", at)) >= 0 and (end := page.find("-->", start)) >= 0:
        parts += [page[at:start], "<!>"]
        at = end + 3
    return "".join([*parts, page[at:]])
