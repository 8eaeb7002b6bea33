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
_VOID_TAGS = re.compile("area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr")
_IMPLIED_TAGS = frozenset(["html", "head", "body", "tbody"])
_SELF_CLOSING_TAGS = frozenset(["p", "li", "tr", "td", "th", "dt", "dd", "option"])
"""What ends where the next of its kind begins."""
_ENDS_P = re.compile(
    "address|article|aside|blockquote|div|dl|fieldset|footer|form|h[1-6]|header|hr|main|nav|ol|p|pre|section|"
    "table|ul"
)
_IMPLIED_STEP = re.compile(r"/(?:html|head|body|tbody)\[1\]")
_MAX_PATH_DEPTH = 200
"""How deep paths are followed; what lies deeper has none."""


@dataclass(frozen=True, slots=True)
class TextNode:
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


def normal_path(path: object) -> str:
    """Return a path without the steps that a browser puts in by itself."""
    return _IMPLIED_STEP.sub("", path) if isinstance(path, str) else ""


def text_nodes(page: str, line_break: str) -> Iterator[TextNode]:
    """Yield the text nodes of a page in their order; ``line_break`` is the text of a ``<br>``."""
    page = _without_comments(page)
    opened = [_Element("", "")]
    at = 0
    for tag in _TAG.finditer(page):
        if tag.start() > at:
            yield TextNode(opened[-1].child("text()"), page[at : tag.start()])
        at = tag.end()
        name = tag[2].lower()
        if name == "br" and line_break:
            yield TextNode("", line_break)
        if tag[1]:
            _close_element(opened, name)
        elif name not in {"!", "?"} and name not in _IMPLIED_TAGS:
            _open_element(opened, name)
    if at < len(page):
        yield TextNode(opened[-1].child("text()"), page[at:])


def _open_element(opened: list[_Element], name: str) -> None:
    last = opened[-1].tag
    if (last == name and name in _SELF_CLOSING_TAGS) or (last == "p" and _ENDS_P.fullmatch(name)):
        opened.pop()
    path = opened[-1].child(name)
    if not _VOID_TAGS.fullmatch(name) and len(opened) < _MAX_PATH_DEPTH:
        opened.append(_Element(name, path))


def _close_element(opened: list[_Element], name: str) -> None:
    """Close the last element of a name that is open, if there is one."""
    for n in range(len(opened) - 1, 0, -1):
        if opened[n].tag == name:
            del opened[n:]
            return


def _without_comments(page: str) -> str:
    """Return the page with each comment cut down to a mark, which parts text as comments do."""
    parts: list[str] = []
    at = 0
    while (start := page.find("<!--", at)) >= 0 and (end := page.find("-->", start)) >= 0:
        parts += [page[at:start], "<!>"]
        at = end + 3
    return "".join([*parts, page[at:]])
