"""Byline, place, date and source out of the lines that state them."""

from __future__ import annotations

import re
from datetime import date

from annotator.ingest.clean import lexicon
from annotator.ingest.clean.patterns import AGENCY_DATELINE, DATE, MONTHS, OFFICE, PREFIX

MONTH_NUMBERS = {name[:3]: number for number, name in enumerate(MONTHS.split("|")[:12], 1)}
LEAD = re.compile(
    r"^\W*(?:(?:written|reported|story|words|text|analysis|column)?\s*(?i:by|von|par|por)\b:?\s*"
    r"|(?i:reporter|author):\s*)"
)
CUT = re.compile(r"\s*(?:\||•|·|»|\s[-–—]\s|,\s*(?=\D*$)|;).*$")


def parse_date(text: str) -> str:
    """Return the first date in a text as ``yyyy-mm-dd``, "" where there is none that is certain.

    A date in figures with strokes counts only where it can be read in one way.
    """
    for match in DATE.finditer(text):
        found = _iso(match.groupdict())
        if found:
            return found
    return ""


def _iso(parts: dict[str, str | None]) -> str:
    """Return the date of a match's named parts, "" for one that no calendar has."""
    try:
        if parts["iso"]:
            return date.fromisoformat(parts["iso"]).isoformat()
        for year, month, day in (("y1", "m1", "d1"), ("y2", "m2", "d2")):
            if parts[year]:
                number = MONTH_NUMBERS[(parts[month] or "")[:3].lower()]
                return date(int(parts[year] or 0), number, int(parts[day] or 0)).isoformat()
        if parts["y3"]:
            return date(int(parts["y3"]), int(parts["m3"] or 0), int(parts["d3"] or 0)).isoformat()
        return _strokes(int(parts["a4"] or 0), int(parts["b4"] or 0), int(parts["y4"] or 0))
    except ValueError:
        return ""


def _strokes(first: int, second: int, year: int) -> str:
    """Return the date of ``first/second/year``, "" where day and month could be exchanged."""
    full = year if year > 99 else 2000 + year
    if first > 12 or first == second:
        return date(full, second, first).isoformat()
    return date(full, first, second).isoformat() if second > 12 else ""


def author(text: str) -> str:
    """Return the names in a byline as printed, without "By", date and office."""
    rest = LEAD.sub("", text.strip())
    match = DATE.search(rest)
    rest = (rest[: match.start()] if match else rest).strip(" -–—|,·:")
    parts = [part.strip() for part in rest.split(",")]
    names = [part for at, part in enumerate(parts) if at == 0 or not _is_office(part)]
    return CUT.sub("", ", ".join(names) if len(names) > 1 else names[0]) if len(names) == 1 else ", ".join(names)


def _is_office(part: str) -> bool:
    """Return whether a part of a byline after a comma is an office or a paper, not a second name."""
    words = part.split()
    return bool(OFFICE.search(part)) or not 2 <= len(words) <= 4 or part.isupper() or part in lexicon.agencies()


def place_and_agency(text: str) -> tuple[str, str]:
    """Return place and agency of a dateline or of the prefix of a first paragraph, "" each if unsaid."""
    match = AGENCY_DATELINE.match(text)
    if match:
        return match["place"].strip(" ,"), match["agency"]
    match = PREFIX.match(text[:120])
    if match is None:
        return "", ""
    place = (match["place"] or "").strip(" ,")
    agency = match["agency"] or match["alone"] or ""
    return (place, agency) if _believable(place, agency) else ("", "")


def _believable(place: str, agency: str) -> bool:
    """Return whether a paragraph's prefix is a dateline, not the start of a sentence or a label."""
    return bool(agency) or 0 < len(place.split()) <= 4
