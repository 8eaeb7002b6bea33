"""What a cleaned page says about its article, out of the lines that state it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from annotator.core.article import SourceLine, LineVerdict
from annotator.ingest.clean.dates import is_update_line
from annotator.ingest.clean.metadata import find_agency, parse_author, parse_date, place_and_agency, find_site
from annotator.ingest.clean.page import SegmentedPage

MAX_UPDATE_DISTANCE = 20
"""How many units from the title a line on the page's date may stand."""
FIRST_PUBLISHED = re.compile(r"^\W*(?:first\s+)?(?:published|posted|created|publié|publicado)", re.IGNORECASE)
"""The label of a page's first date; others are of its changes."""


@dataclass(frozen=True, slots=True)
class CleanedPage:
    r"""The verdicts on a page's lines and what the page says about its article.

    ``lines[i]`` is for ``text.split("\n")[i]``; ``date`` is ``yyyy-mm-dd``; what is not stated is "".
    """

    lines: tuple[SourceLine, ...]
    title: str
    byline: str
    dateline: str
    date: str
    source: str


def describe_page(page: SegmentedPage, verdicts: list[SourceLine], lines: tuple[SourceLine, ...]) -> CleanedPage:
    """Return the cleaned page; ``verdicts`` are those on its units, ``lines`` those on its physical lines."""
    texts = _texts_by_verdict(page, verdicts)
    opening = texts[LineVerdict.BODY][:1]
    datelines, bylines = texts[LineVerdict.DATELINE], texts[LineVerdict.BYLINE]
    places = [place_and_agency(text, opening=False) for text in datelines]
    places += [place_and_agency(text, opening=True) for text in opening if not _opens_with_speaker(texts[LineVerdict.BODY])]
    agencies = [agency for _, agency in places] + [find_agency(text) for text in (*bylines, *datelines)]
    sites = [find_site(unit.text) for unit in page.units[page.body_end :]]
    stated = (*datelines, *bylines, *_publication_lines(page, verdicts))
    return CleanedPage(
        lines=lines,
        title=min(texts[LineVerdict.TITLE], key=len, default=""),
        byline=next(filter(None, map(parse_author, bylines)), ""),
        dateline=next((place for place, _ in places if place), ""),
        date=next(filter(None, map(parse_date, stated)), ""),
        source=next(filter(None, (*agencies, *sites)), ""),
    )


def _opens_with_speaker(body: list[str]) -> bool:
    """Return whether the first paragraph's words before a colon open another one: a speaker, no place."""
    name, colon, _ = body[0][:80].partition(":")
    return bool(colon) and any(text.startswith(name + colon) for text in body[1:])


def _last_title_index(verdicts: list[SourceLine]) -> int:
    """Return the number of the last title before the article, 0 where there is none."""
    body = next((at for at, line in enumerate(verdicts) if line.verdict is LineVerdict.BODY), len(verdicts))
    return max((at for at in range(body) if verdicts[at].verdict is LineVerdict.TITLE), default=0)


def _texts_by_verdict(page: SegmentedPage, verdicts: list[SourceLine]) -> dict[LineVerdict, list[str]]:
    """Return the texts of a page's units by verdict, those after the title first."""
    turn = _last_title_index(verdicts)
    texts: dict[LineVerdict, list[str]] = {verdict: [] for verdict in LineVerdict}
    for at in (*range(turn, len(verdicts)), *range(turn)):
        texts[verdicts[at].verdict].append(page.units[at].text)
    return texts


def _publication_lines(page: SegmentedPage, verdicts: list[SourceLine]) -> list[str]:
    """Return the lines near the title that say when the page was published, then those of its changes."""
    turn = _last_title_index(verdicts)
    near = range(max(0, turn - MAX_UPDATE_DISTANCE), min(len(verdicts), turn + MAX_UPDATE_DISTANCE))
    texts = [page.units[at].text for at in near if is_update_line(page.units[at].text, page.features[at])]
    return sorted(texts, key=lambda text: FIRST_PUBLISHED.match(text) is None)
