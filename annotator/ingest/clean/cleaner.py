"""From the text of a page to its cleaned form."""

from __future__ import annotations

from annotator.core.article import SourceLine, LineVerdict
from annotator.ingest.clean.dates import is_clock_line, is_date_line
from annotator.ingest.clean.description import CleanedPage, describe_page
from annotator.ingest.clean.ending import trim_trailer
from annotator.ingest.clean.head import header_verdicts
from annotator.ingest.clean.inside import body_verdict
from annotator.ingest.clean.outside import boilerplate_verdict, boilerplate_reason
from annotator.ingest.clean.page import SegmentedPage, segment_page
from annotator.ingest.clean.shapes import is_headline_companion
from annotator.ingest.clean.title import find_title

BLANK_LINE = SourceLine(LineVerdict.BLANK, "nothing on it")


def clean(text: str) -> CleanedPage:
    """Return a verdict with its reason for every line of a page's text and the article's metadata."""
    rows = text.split("\n")
    page = segment_page(rows)
    verdicts = _unit_verdicts(page)
    lines = [BLANK_LINE] * len(rows)
    for unit, verdict in zip(page.units, verdicts, strict=True):
        lines[unit.first : unit.last + 1] = [verdict] * (unit.last + 1 - unit.first)
    return describe_page(page, verdicts, tuple(lines))


def _unit_verdicts(page: SegmentedPage) -> list[SourceLine]:
    """Return the verdict on each unit of a page."""
    if not page.body:
        return [boilerplate_verdict(boilerplate_reason(page, at, "no prose near it")) for at in range(len(page.units))]
    title = find_title(page)
    start = max(page.body_start, title + 1) if title is not None else page.body_start
    start = _start_after_deck(page, title, start)
    lines = header_verdicts(page, title, start)
    lines += [body_verdict(page, title, at) for at in range(start, page.body_end)]
    lines += [
        boilerplate_verdict(boilerplate_reason(page, at, "after the end of the article"))
        for at in range(page.body_end, len(page.units))
    ]
    return trim_trailer(page, lines)


def _start_after_deck(page: SegmentedPage, title: int | None, start: int) -> int:
    """Return the article's first unit: the one after a byline or date that follows a deck or two."""
    reach = range(start, min(start + 4, page.body_end) if title is not None else min(start + 1, page.body_end))
    marks = [at for at in reach if _ends_header(page, start, at)]
    return marks[-1] + 1 if marks and marks[-1] + 1 < page.body_end else start


def _ends_header(page: SegmentedPage, start: int, at: int) -> bool:
    """Return whether a unit is a byline or date of the head, not a heading of a diary or a live page.

    A time of day alone may stand in an article, as may a day without its year after a paragraph and
    days that come again and again.
    """
    text, one = page.units[at].text, page.features[at]
    if not is_headline_companion(text, one) or is_clock_line(text):
        return False
    if at == start or not is_date_line(text, one):
        return True
    others = range(at + 3, page.body_end)
    again = any(is_date_line(page.units[other].text, page.features[other]) for other in others)
    return not again and (one.has_date or not page.features[at - 1].ends_sentence)
