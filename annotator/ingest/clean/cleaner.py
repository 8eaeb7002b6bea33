"""From the text of a page to its cleaned form."""

from __future__ import annotations

from annotator.core.article import Line, Verdict
from annotator.ingest.clean.dates import is_clock, is_date_line
from annotator.ingest.clean.description import CleanedPage, described
from annotator.ingest.clean.ending import trimmed
from annotator.ingest.clean.head import head_lines
from annotator.ingest.clean.inside import inside_line
from annotator.ingest.clean.outside import boilerplate, reason_outside
from annotator.ingest.clean.page import Page, read
from annotator.ingest.clean.shapes import is_mark
from annotator.ingest.clean.title import find_title

BLANK = Line(Verdict.BLANK, "nothing on it")


def clean(text: str) -> CleanedPage:
    """Return a verdict with its reason for every line of a page's text and the article's metadata."""
    rows = text.split("\n")
    page = read(rows)
    verdicts = _verdicts(page)
    lines = [BLANK] * len(rows)
    for unit, verdict in zip(page.units, verdicts, strict=True):
        lines[unit.first : unit.last + 1] = [verdict] * (unit.last + 1 - unit.first)
    return described(page, verdicts, tuple(lines))


def _verdicts(page: Page) -> list[Line]:
    """Return the verdict on each unit of a page."""
    if not page.body:
        return [boilerplate(reason_outside(page, at, "no prose near it")) for at in range(len(page.units))]
    title = find_title(page)
    start = max(page.body_start, title + 1) if title is not None else page.body_start
    start = _after_deck(page, title, start)
    lines = head_lines(page, title, start)
    lines += [inside_line(page, title, at) for at in range(start, page.body_end)]
    lines += [
        boilerplate(reason_outside(page, at, "after the end of the article"))
        for at in range(page.body_end, len(page.units))
    ]
    return trimmed(page, lines)


def _after_deck(page: Page, title: int | None, start: int) -> int:
    """Return the article's first unit: the one after a byline or date that follows a deck or two."""
    reach = range(start, min(start + 4, page.body_end) if title is not None else min(start + 1, page.body_end))
    marks = [at for at in reach if _ends_head(page, start, at)]
    return marks[-1] + 1 if marks and marks[-1] + 1 < page.body_end else start


def _ends_head(page: Page, start: int, at: int) -> bool:
    """Return whether a unit is a byline or date of the head, not a heading of a diary or a live page.

    A time of day alone may stand in an article, as may a day without its year after a paragraph and
    days that come again and again.
    """
    text, one = page.units[at].text, page.features[at]
    if not is_mark(text, one) or is_clock(text):
        return False
    if at == start or not is_date_line(text, one):
        return True
    others = range(at + 3, page.body_end)
    again = any(is_date_line(page.units[other].text, page.features[other]) for other in others)
    return not again and (one.has_date or not page.features[at - 1].ends_sentence)
