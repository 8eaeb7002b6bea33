"""The text of a web page as Label Studio counts places in it: its text nodes, one after the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from typing import Any

from annotator.formats.labelstudio.keys import text_at
from annotator.formats.labelstudio.regions import Region, Result, place
from annotator.formats.labelstudio.tasks import Task
from annotator.formats.units import UTF16, to_code_points

_TAG = re.compile(r"<(/?[a-zA-Z]|[!?])[^<>]*>")
_BREAK = re.compile(r"(?i)<br\b")


def unpaged(task: Task, found: Sequence[Result], chosen: dict[str, str]) -> Task:
    """Return the task with the pages in which spans are marked as their texts."""
    regions = [r for result in found for r in result.spans if r.in_page]
    texts: dict[str, Any] = {}
    for key in {chosen[r.to] for r in regions}:
        page = text_at(task.data, key)
        if page and ("<" in page or "&" in page):
            texts[key] = _text(page, [r for r in regions if chosen[r.to] == key])
    return replace(task, data={**task.data, **texts}) if texts else task


def _text(page: str, regions: Sequence[Region]) -> str:
    """Return the text in which more quotes stand in their places: line breaks count as none, or one."""
    tried = [_content(page, line_break) for line_break in ("", "\n")]
    return max(tried, key=lambda text: sum(_fits(text, r) for r in regions))


def _content(page: str, line_break: str) -> str:
    """Return what is no markup, references resolved; html.parser takes minutes for hostile pages."""
    return unescape(_TAG.sub(lambda tag: line_break if _BREAK.match(tag[0]) else "", _uncommented(page)))


def _uncommented(page: str) -> str:
    parts: list[str] = []
    at = 0
    while (start := page.find("<!--", at)) >= 0 and (end := page.find("-->", start)) >= 0:
        parts.append(page[at:start])
        at = end + 3
    return "".join([*parts, page[at:]])


def _fits(text: str, region: Region) -> bool:
    """Whether a region's quote stands in its place, blanks levelled."""
    found = place(region)
    if found is None or not region.quote:
        return False
    try:
        start, end = to_code_points(text, *found, UTF16)
    except ValueError:
        return False
    return text[start:end].split() == region.quote.split()
