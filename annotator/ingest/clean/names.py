"""Bare names in an article's head: of authors, agencies and places, told by what stands beside them."""

from __future__ import annotations

from annotator.core.article import SourceLine, LineVerdict
from annotator.ingest.clean.dates import is_date_line
from annotator.ingest.clean.page import SegmentedPage
from annotator.ingest.clean.patterns import COMPANY_ENDING
from annotator.ingest.clean.shapes import is_agency_line, is_byline_line, is_headline_companion, is_person_name_line, is_section_line

MAX_AUTHOR_DISTANCE = 9
"""A bare name so many units below the title is not the author's."""
MAX_PLACE_WORDS = 4
"""A place on a line of its own has so many words at the most."""


def promote_agencies(page: SegmentedPage, title: int, lines: list[SourceLine]) -> None:
    """Make bylines of agencies beside a byline or date; elsewhere they are a picture's."""
    for at in range(title + 1, len(lines)):
        after = at - 1 == title or _is_byline_or_date(page, at - 1)
        dated = at + 1 < len(lines) and _is_byline_or_date(page, at + 1)
        if is_agency_line(page.units[at].text) and after and (dated or at - 1 != title):
            lines[at] = SourceLine(LineVerdict.BYLINE, "an agency under the title")


def promote_places(page: SegmentedPage, title: int, lines: list[SourceLine]) -> None:
    """Make datelines of places that stand alone before a date, or between a byline and the article.

    A place is told from an author by the article, in which it is named.
    """
    for at in range(title + 1, len(lines)):
        text = page.units[at].text
        if lines[at].verdict is not LineVerdict.BOILERPLATE or not _looks_like_place(text) or not page.mentions_text(text):
            continue
        if page.features[at].is_furniture or page.features[at].is_ending:
            continue
        dated = at + 1 < len(lines) and is_date_line(page.units[at + 1].text, page.features[at + 1])
        signed = at + 1 == len(lines) and (
            _is_byline_or_date(page, at - 1) or is_person_name_line(page.units[at - 1].text, page.features[at - 1])
        )
        if dated or signed:
            lines[at] = SourceLine(LineVerdict.DATELINE, "a place beside a byline or date")


def _looks_like_place(text: str) -> bool:
    words = text.replace(",", " ").split()
    plain = all(word.strip(".'’-").replace("-", "").replace("’", "").isalpha() for word in words)
    return 0 < len(words) <= MAX_PLACE_WORDS and plain and text.strip()[0].isupper() and not is_section_line(text)


def _is_byline_or_date(page: SegmentedPage, at: int) -> bool:
    return is_headline_companion(page.units[at].text, page.features[at])


def promote_names(page: SegmentedPage, title: int, lines: list[SourceLine]) -> None:
    """Make bylines of bare names that stand between the title and the article beside a byline or date."""
    if any(
        is_byline_line(page.units[at].text, page.features[at]) and page.features[at].words > 1
        for at, line in enumerate(lines)
        if line.verdict is LineVerdict.BYLINE
    ):
        return
    for at in range(title + 1, min(len(lines), title + MAX_AUTHOR_DISTANCE)):
        text, one = page.units[at].text, page.features[at]
        if lines[at].verdict is not LineVerdict.BOILERPLATE or not (
            is_person_name_line(text, one) or _is_name_with_company(page, at)
        ):
            continue
        beside = any(_is_header_line(page, other, lines) for other in (at - 1, at + 1) if 0 <= other < len(lines))
        first = at == title + 1 and one.capital_share == 1.0 and (one.words <= 3 or _is_name_with_company(page, at))
        if beside or first or page.text_counts[one.key] > 1:
            lines[at] = SourceLine(LineVerdict.BYLINE, "a name under the title")


def _is_header_line(page: SegmentedPage, at: int, lines: list[SourceLine]) -> bool:
    """Return whether a unit of the head is a byline or date."""
    return lines[at].verdict in {LineVerdict.BYLINE, LineVerdict.DATELINE} or _is_byline_or_date(page, at)


def _is_name_with_company(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit is a name and an agency or paper: "Ann Lee, Harbour News"."""
    name, comma, company = page.units[at].text.partition(",")
    return bool(comma) and is_person_name_line(name, page.features[at]) and COMPANY_ENDING.search(company.strip()) is not None
