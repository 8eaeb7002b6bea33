"""The text of a web page as Label Studio counts places in it: its text nodes, one after the other.

Old versions say a place by the path to its text node (XPath) and the offset inside it, and their paths
counted marks that were on the page by then. So a path counts where it leads to the words that are quoted;
else the words alone do, where they stand in the page just once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import unescape
from typing import Any

from annotator.formats.labelstudio.keys import field_text
from annotator.formats.labelstudio.nodes import TextNode, text_nodes, normal_path
from annotator.formats.labelstudio.regions import TextRegion, SortedResult, region_offsets
from annotator.formats.labelstudio.tasks import LabelStudioTask
from annotator.formats.units import UTF16, to_code_points


def replace_pages_by_text(task: LabelStudioTask, found: Sequence[SortedResult], chosen: dict[str, str]) -> tuple[LabelStudioTask, list[SortedResult]]:
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
    """Return the reading in which more quotes stand in their places: line breaks count as none, or one."""
    if "<" not in page and "&" not in page:
        return _PageReading((TextNode("/text()[1]", page),))
    tried = [_PageReading(tuple(text_nodes(page, line_break))) for line_break in ("", "\n")]
    return max(tried, key=lambda read: sum(read.fits(read.place_region(r)) for r in regions))


@dataclass(frozen=True)
class _PageReading:
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
        """Whether a region's quote stands in its place, blanks levelled."""
        found = region_offsets(region)
        if found is None or not region.quote:
            return False
        try:
            start, end = to_code_points(self.text, *found, UTF16)
        except ValueError:
            return False
        return self.text[start:end].split() == region.quote.split()
