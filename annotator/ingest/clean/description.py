"""What a cleaned page says about its article, out of the lines that state it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from annotator.core.article import Line, Verdict
from annotator.ingest.clean.dates import is_update
from annotator.ingest.clean.metadata import agency_in, author, parse_date, place_and_agency, site_in
from annotator.ingest.clean.page import Page

UPDATE_REACH = 20
"""How many units from the title a line on the page's date may stand."""
FIRST = re.compile(r"^\W*(?:first\s+)?(?:published|posted|created|publié|publicado)", re.IGNORECASE)
"""The label of a page's first date; others are of its changes."""


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


def described(page: Page, verdicts: list[Line], lines: tuple[Line, ...]) -> CleanedPage:
    """Return the cleaned page; ``verdicts`` are those on its units, ``lines`` those on its physical lines."""
    texts = _in_order(page, verdicts)
    opening = texts[Verdict.BODY][:1]
    datelines, bylines = texts[Verdict.DATELINE], texts[Verdict.BYLINE]
    places = [place_and_agency(text, opening=False) for text in datelines]
    places += [place_and_agency(text, opening=True) for text in opening if not _speaks(texts[Verdict.BODY])]
    agencies = [agency for _, agency in places] + [agency_in(text) for text in (*bylines, *datelines)]
    sites = [site_in(unit.text) for unit in page.units[page.body_end :]]
    stated = (*datelines, *bylines, *_updates(page, verdicts))
    return CleanedPage(
        lines=lines,
        title=min(texts[Verdict.TITLE], key=len, default=""),
        byline=next(filter(None, map(author, bylines)), ""),
        dateline=next((place for place, _ in places if place), ""),
        date=next(filter(None, map(parse_date, stated)), ""),
        source=next(filter(None, (*agencies, *sites)), ""),
    )


def _speaks(body: list[str]) -> bool:
    """Return whether the first paragraph's words before a colon open another one: a speaker, no place."""
    name, colon, _ = body[0][:80].partition(":")
    return bool(colon) and any(text.startswith(name + colon) for text in body[1:])


def _turn(verdicts: list[Line]) -> int:
    """Return the number of the last title before the article, 0 where there is none."""
    body = next((at for at, line in enumerate(verdicts) if line.verdict is Verdict.BODY), len(verdicts))
    return max((at for at in range(body) if verdicts[at].verdict is Verdict.TITLE), default=0)


def _in_order(page: Page, verdicts: list[Line]) -> dict[Verdict, list[str]]:
    """Return the texts of a page's units by verdict, those after the title first."""
    turn = _turn(verdicts)
    texts: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    for at in (*range(turn, len(verdicts)), *range(turn)):
        texts[verdicts[at].verdict].append(page.units[at].text)
    return texts


def _updates(page: Page, verdicts: list[Line]) -> list[str]:
    """Return the lines near the title that say when the page was published, then those of its changes."""
    turn = _turn(verdicts)
    near = range(max(0, turn - UPDATE_REACH), min(len(verdicts), turn + UPDATE_REACH))
    texts = [page.units[at].text for at in near if is_update(page.units[at].text, page.features[at])]
    return sorted(texts, key=lambda text: FIRST.match(text) is None)
