"""The text of a web page as Label Studio counts places in it: its text nodes, one after the other.

Old versions give a place by the path to its text node (XPath) and the offset inside it, and their paths
counted marks that were on the page by then. So a path counts where it leads to the words that are quoted;
else the words alone do, where they occur in the page exactly once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from html import unescape
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.formats.labelstudio.labelstudio_tasks import LabelStudioTask, SortedResult, TextRegion, region_offsets
from annotator.formats.labelstudio.text_fields import field_text
from annotator.formats.offset_units import UTF16, to_code_points

# The text nodes of a web page with the paths that XPath gives them, without a parser's cost.
#
# html.parser takes minutes for hostile pages. This follows the tags as a browser does for usual pages:
# what a browser puts in by itself (``html``, ``head``, ``body``, ``tbody``) is in no path.


_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+|[!?])[^<>]*+>")
_VOID_TAGS = re.compile("area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr")
_IMPLIED_TAGS = frozenset(["html", "head", "body", "tbody"])
_SELF_CLOSING_TAGS = frozenset(["p", "li", "tr", "td", "th", "dt", "dd", "option"])
"""What ends where the next of its kind begins."""
_ENDS_P = re.compile(
    "address|article|aside|blockquote|div|dl|fieldset|footer|form|h[1-6]|header|hr|main|nav|ol|p|pre|section|table|ul"
)
_IMPLIED_STEP = re.compile(r"/(?:html|head|body|tbody)\[1\]")
_MAX_PATH_DEPTH = 200
"""How deep paths are followed; what is deeper has none."""


class TextNode(Struct, frozen=True):
    """A text node, references in its text not resolved; the path is empty for a line break."""

    path: str
    text: str


class _Element(Struct):
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
        if tag[1]:  # it closes the last element of its name that is open, if there is one
            at_name = next((n for n in range(len(opened) - 1, 0, -1) if opened[n].tag == name), len(opened))
            del opened[at_name:]
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


def _without_comments(page: str) -> str:
    """Return the page with each comment cut down to a mark, which parts text as comments do."""
    parts: list[str] = []
    at = 0
    while (start := page.find("<!--", at)) >= 0 and (end := page.find("-->", start)) >= 0:
        parts += [page[at:start], "<!>"]
        at = end + 3
    return "".join([*parts, page[at:]])


def replace_pages_by_text(
    task: LabelStudioTask, found: Sequence[SortedResult], chosen: dict[str, str]
) -> tuple[LabelStudioTask, list[SortedResult]]:
    """Return the task with the text of each page in which spans are marked, and these in their places."""
    regions = [r for result in found for r in result.spans if r.in_page]
    texts: dict[str, Any] = {}
    moved: dict[int, TextRegion] = {}
    for key in {chosen[r.target] for r in regions}:
        mine = [r for r in regions if chosen[r.target] == key]
        if page := field_text(task.data, key):
            best = _best_page_reading(page, mine)
            texts[key] = best.text
            moved |= {id(r): best.place_region(r) for r in mine}
    if not texts:
        return task, list(found)
    results = [replace(x, spans=[moved.get(id(r), r) for r in x.spans]) for x in found]
    return replace(task, data={**task.data, **texts}), results


def _best_page_reading(page: str, regions: Sequence[TextRegion]) -> _PageReading:
    """Return the reading in which more quotes are in their places: line breaks count as none, or one."""
    if "<" not in page and "&" not in page:
        return _PageReading((TextNode("/text()[1]", page),))
    tried = [_PageReading(tuple(text_nodes(page, line_break))) for line_break in ("", "\n")]
    return max(tried, key=lambda read: sum(read.fits(read.place_region(r)) for r in regions))


class _PageReading(Struct, frozen=True, dict=True):
    """One reading of a page."""

    nodes: tuple[TextNode, ...]

    @cached_property
    def text(self) -> str:
        """What is no markup, references resolved."""
        return "".join(unescape(n.text) for n in self.nodes)

    @cached_property
    def starts(self) -> dict[str, int]:
        """By its path, where a text node begins, in UTF-16 units."""
        out: dict[str, int] = {}
        at = 0
        for node in self.nodes:
            if node.path:
                out[node.path] = at
            at += len(unescape(node.text).encode("utf-16-le", "surrogatepass")) // 2
        return out

    def place_region(self, region: TextRegion) -> TextRegion:
        """Return a region that names a path with offsets in the whole text, none where it has no place."""
        if region.path is None:
            return region
        first, last = (self.starts.get(normal_path(p)) for p in region.path)
        start, end = region.raw.start, region.raw.end
        if first is not None and last is not None and type(start) is int and type(end) is int:
            there = replace(region, raw=replace(region.raw, start=first + start, end=last + end), path=None)
            if not region.quote or self.fits(there):
                return there
        at = self.text.find(region.quote) if region.quote else -1
        if at < 0 or self.text.find(region.quote or "", at + 1) >= 0:
            return replace(region, raw=replace(region.raw, start=None, end=None), path=None)
        before, words = (len(x.encode("utf-16-le")) // 2 for x in (self.text[:at], region.quote or ""))
        return replace(region, raw=replace(region.raw, start=before, end=before + words), path=None)

    def fits(self, region: TextRegion) -> bool:
        """Return True if a region's quote is in its place, blanks levelled."""
        found = region_offsets(region)
        if found is None or not region.quote:
            return False
        try:
            start, end = to_code_points(self.text, *found, UTF16)
        except ValueError:
            return False
        return self.text[start:end].split() == region.quote.split()
