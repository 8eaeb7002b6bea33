"""From the text of a page to its cleaned form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from annotator.core.article import Line, Verdict
from annotator.ingest.clean.dates import is_clock, is_update
from annotator.ingest.clean.ending import trimmed
from annotator.ingest.clean.head import head_lines
from annotator.ingest.clean.inside import inside_line
from annotator.ingest.clean.metadata import agency_in, author, parse_date, place_and_agency, site_in
from annotator.ingest.clean.outside import boilerplate, reason_outside
from annotator.ingest.clean.page import Page, read
from annotator.ingest.clean.shapes import is_mark
from annotator.ingest.clean.title import find_title

UPDATE_REACH = 20
"""How many units from the title a line on the page's date may stand."""
FIRST = re.compile(r"^\W*(?:first\s+)?(?:published|posted|created|publié|publicado)", re.IGNORECASE)
"""The label of a page's first date; others are of its changes."""
BLANK = Line(Verdict.BLANK, "nothing on it")


@dataclass(frozen=True, slots=True)
class CleanedPage:
    r"""The verdicts on a page's lines and what the page says about its article.

    ``lines[i]`` is for ``text.split("\n")[i]``; ``date`` is ``yyyy-mm-dd``; what is not stated is "".
    """

    lines: tuple[Line, ...]
    title: str
    byline: str
    dateline: str
    date: str
    source: str


def clean(text: str) -> CleanedPage:
    """Return a verdict with its reason for every line of a page's text and the article's metadata."""
    rows = text.split("\n")
    page = read(rows)
    verdicts = _verdicts(page)
    lines = [BLANK] * len(rows)
    for unit, verdict in zip(page.units, verdicts, strict=True):
        lines[unit.first : unit.last + 1] = [verdict] * (unit.last + 1 - unit.first)
    return _described(page, verdicts, tuple(lines))


def _verdicts(page: Page) -> list[Line]:
    """Return the verdict on each unit of a page."""
    if not page.body:
        return [boilerplate(reason_outside(page, at, "no prose near it")) for at in range(len(page.units))]
    title = find_title(page)
    start = max(page.start, title + 1) if title is not None else page.start
    start = _after_deck(page, title, start)
    lines = head_lines(page, title, start)
    lines += [inside_line(page, title, at) for at in range(start, page.stop)]
    lines += [
        boilerplate(reason_outside(page, at, "after the end of the article"))
        for at in range(page.stop, len(page.units))
    ]
    return trimmed(page, lines)


def _after_deck(page: Page, title: int | None, start: int) -> int:
    """Return the article's first unit: the one after a byline or date that follows a deck or two."""
    reach = range(start, min(start + 4, page.stop) if title is not None else min(start + 1, page.stop))
    marks = [at for at in reach if _is_head_mark(page, at)]
    return marks[-1] + 1 if marks and marks[-1] + 1 < page.stop else start


def _is_head_mark(page: Page, at: int) -> bool:
    """Return whether a unit is a byline or date; a time of day alone may stand in an article."""
    text, one = page.units[at].text, page.measures[at]
    return is_mark(text, one) and not is_clock(text)


def _described(page: Page, verdicts: list[Line], lines: tuple[Line, ...]) -> CleanedPage:
    """Return the cleaned page with the metadata out of the lines that state them."""
    texts = _Texts(page, verdicts)
    opening = texts.of(Verdict.BODY)[:1]
    datelines = texts.of(Verdict.DATELINE)
    bylines = texts.of(Verdict.BYLINE)
    places = [place_and_agency(text, opening=False) for text in datelines]
    places += [place_and_agency(text, opening=True) for text in opening]
    agencies = [agency for _, agency in places] + [agency_in(text) for text in (*bylines, *datelines)]
    sites = [site_in(unit.text) for unit in page.units[page.stop :]]
    return CleanedPage(
        lines=lines,
        title=min(texts.of(Verdict.TITLE), key=len, default=""),
        byline=next(filter(None, map(author, bylines)), ""),
        dateline=next((place for place, _ in places if place), ""),
        date=next(filter(None, map(parse_date, (*datelines, *bylines, *texts.updates()))), ""),
        source=next(filter(None, (*agencies, *sites)), ""),
    )


class _Texts:
    """The texts of a page's units by verdict, those after the title first."""

    def __init__(self, page: Page, verdicts: list[Line]) -> None:
        titles = [at for at, line in enumerate(verdicts) if line.verdict is Verdict.TITLE]
        turn = titles[0] if titles else 0
        order = [*range(turn, len(verdicts)), *range(turn)]
        self._updates = [
            page.units[at].text
            for at in sorted(order[: page.start], key=lambda at: FIRST.search(page.units[at].text) is None)
            if is_update(page.units[at].text, page.measures[at]) and abs(at - turn) <= UPDATE_REACH
        ]
        self._rows = [(verdicts[at].verdict, page.units[at].text) for at in order]

    def of(self, wanted: Verdict) -> list[str]:
        """Return the texts with a verdict."""
        return [text for verdict, text in self._rows if verdict is wanted]

    def updates(self) -> list[str]:
        """Return the lines near the title that say when the page was published, then those of its changes."""
        return self._updates
