"""Byline, place, date and source out of the lines that state them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from annotator.ingest.clean import lexicon
from annotator.ingest.clean.dates import dateline_place
from annotator.ingest.clean.patterns import (
    AGENCY_DATELINE,
    CLOCK_TIME,
    COMPANY_ENDING,
    DATE_PATTERN,
    MONTH_NUMBERS,
    NAME_REGEX,
    OFFICE_WORD,
    DATELINE_PREFIX,
    UPDATE_LABEL,
)

BYLINE_LEAD = re.compile(
    r"^\W*(?:(?:(?i:written|reported|story|words|text|analysis|column|posted|published)\s+)?(?i:by|von|par|por)\b:?\s*"
    r"|(?i:reporter|author):\s*|From\s+(?=[A-ZÀ-Þ]))"
)
BYLINE_STOP = re.compile(r"\s*(?:\||•|·|»|\s[-–—]\s|\b(?i:updated|published|posted)\b).*$")
WEEKDAY_OR_ZONE = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thurs?|fri|sat(?:ur)?|sun)day\b|(?-i:\b(?:[A-Z]{1,3}T|GMT|UTC)\b)",
    re.IGNORECASE,
)
AFTER_AUTHOR = re.compile(rf"\s+(?:(?:in|at)\s+(?:the\s+)?{NAME_REGEX}.*|on|@\w+.*)$")
"""What may follow an author's name: from where, the "on" before a date, a handle."""
SALUTATION = re.compile(r"dear\b", re.IGNORECASE)
AUTHOR_LINK = re.compile(r"(?<=[a-zà-þ])(?:View|See|Follow|Read)\s.*$")
"""A link to an author's articles that has run together with the name."""
MISSING_SPACE = re.compile(r"(?<=[a-zà-þ]{2})(?=[A-Z])")
"""Where a page's parts have run together: "Ann LeeStaff Writer"."""
BY_AUTHOR = re.compile(rf"\b(?:by|By)\s+({NAME_REGEX}(?:\s+{NAME_REGEX}){{1,3}})\s*$")
FULL_NAME = re.compile(rf"{NAME_REGEX}(?:\s+{NAME_REGEX}){{1,3}}")
MACHINE_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{8}$")
"""A date as a computer writes it, with or without a time."""
YEAR_FIRST_SLASHES = re.compile(r"\b((?:19|20)\d\d)/(\d\d)/(\d\d)\b")
UNIX_TIMESTAMP = re.compile(r"[1-9]\d{9}(?:\d{3})?")
YEARS_REGEX = r"(?:19|20)\d\d(?:\s*[-–]\s*(?:19|20)\d\d)?"
COPYRIGHT_LEAD = re.compile(rf"(?:©|\(c\)|copyright)\W*{YEARS_REGEX}\W+|©\s*", re.IGNORECASE)
COPYRIGHT_END = re.compile(rf"[.,](?:\s|$)|[|•·(]|\s[-–—]\s|\ball rights\b|\blimited\b|{YEARS_REGEX}", re.IGNORECASE)


def parse_date(text: str) -> str:
    """Return the first date in a text as ``yyyy-mm-dd``, "" where there is none that is certain.

    A date in figures with strokes counts only where it can be read in one way.
    """
    return next(filter(None, (_iso_date(match.groupdict()) for match in DATE_PATTERN.finditer(text))), "")


def normalize_date(text: str) -> str:
    """Return a date that a record states as ``yyyy-mm-dd``, or as it stands where it is not certain.

    A number of ten digits counts the seconds since 1970, one of thirteen the milliseconds.
    """
    if UNIX_TIMESTAMP.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC).date().isoformat()
    years_first = YEAR_FIRST_SLASHES.sub(r"\1-\2-\3", text)
    return text if MACHINE_DATE.match(text) else parse_date(years_first) or text


def _iso_date(parts: dict[str, str | None]) -> str:
    """Return the date of a match's named parts, "" for one that no calendar has."""
    try:
        if parts["iso"]:
            return date.fromisoformat(parts["iso"]).isoformat()
        for year, month, day in (("y1", "m1", "d1"), ("y2", "m2", "d2")):
            if parts[year]:
                number = MONTH_NUMBERS[(parts[month] or "").lower()]
                return date(int(parts[year] or 0), number, int(parts[day] or 0)).isoformat()
        if parts["y3"]:
            return date(int(parts["y3"]), int(parts["m3"] or 0), int(parts["d3"] or 0)).isoformat()
        return _slashed_date(int(parts["a4"] or 0), int(parts["b4"] or 0), int(parts["y4"] or 0))
    except ValueError:
        return ""


def _slashed_date(first: int, second: int, year: int) -> str:
    """Return the date of ``first/second/year``, "" where day and month could be exchanged."""
    full = year if year > 99 else 2000 + year
    if first > 12 or first == second:
        return date(full, second, first).isoformat()
    return date(full, first, second).isoformat() if second > 12 else ""


def parse_author(text: str) -> str:
    """Return the names in a byline as printed, without "By", date and office."""
    rest = BYLINE_LEAD.sub("", author_in_dated_line(text) or text.strip())
    match = DATE_PATTERN.search(rest)
    rest = BYLINE_STOP.sub("", rest[: match.start()] if match else rest)
    if OFFICE_WORD.search(rest) and len(MISSING_SPACE.split(rest)) > 1 and len(MISSING_SPACE.split(rest)[0].split()) >= 2:
        rest = MISSING_SPACE.split(rest)[0]
    rest = AUTHOR_LINK.sub("", rest)
    parts = [part.strip() for part in AFTER_AUTHOR.sub("", rest.strip(" -–—|,·:")).split(",")]
    return _without_agency(", ".join(part for at, part in enumerate(parts) if at == 0 or _is_second_author(part)))


def _without_agency(name: str) -> str:
    """Return a person's name without an agency that has run together with it ("Ann Lee Reuters")."""
    words = name.split()
    for cut in range(2, len(words)):
        if " ".join(words[cut:]) in lexicon.news_agencies():
            return " ".join(words[:cut])
    return name


def _is_second_author(part: str) -> bool:
    """Return whether a part of a byline after a comma is a second name, not an office or a paper."""
    if OFFICE_WORD.search(part) or COMPANY_ENDING.search(part) or part in lexicon.news_agencies():
        return False
    return all(2 <= len(name.split()) <= 4 for name in re.split(r"\s+and\s+", part.removeprefix("and ")))


def author_in_dated_line(text: str) -> str:
    """Return the name in a line of name and date ("Ann Lee - May 4, 2031", "… by Ann Lee"), else ""."""
    if not DATE_PATTERN.search(text):
        return ""
    named = BY_AUTHOR.search(text)
    if named:
        return named[1]
    if UPDATE_LABEL.match(text):
        return ""
    rest = WEEKDAY_OR_ZONE.sub("", CLOCK_TIME.sub("", DATE_PATTERN.sub("", text))).strip(" -–—|,·:•/@")
    known = rest in lexicon.news_agencies() or OFFICE_WORD.search(rest) or "News" in rest
    return rest if FULL_NAME.fullmatch(rest) and not known else ""


def place_and_agency(text: str, opening: bool) -> tuple[str, str]:
    """Return place and agency of a dateline or of an ``opening`` paragraph's prefix, "" each if unsaid."""
    match = AGENCY_DATELINE.match(text)
    if match and not opening:
        return match["place"].strip(" ,"), match["agency"]
    if not opening:
        return dateline_place(text) or _place_without_date(text), ""
    match = DATELINE_PREFIX.match(text[:120])
    if match is None or SALUTATION.match(text):
        return "", ""
    place = (match["place"] or "").strip(" ,")
    agency = match["agency"] or match["alone"] or ""
    return (place, agency) if agency or 0 < len(place.split()) <= 4 else ("", "")


def _place_without_date(text: str) -> str:
    """Return a dateline that is a few words without a figure, as places are, else ""."""
    short = len(text.split()) <= 4 and not any(map(str.isdigit, text)) and text.strip()[:1].isupper()
    return text.strip() if short else ""


def find_agency(text: str) -> str:
    """Return the first and longest name of a news agency in a line, "" where there is none."""
    words = [word.strip(" ,.;:()|/") for word in text.split()[:30]]
    for start in range(len(words)):
        for stop in range(min(start + 4, len(words)), start, -1):
            if " ".join(words[start:stop]) in lexicon.news_agencies():
                return " ".join(words[start:stop])
    return ""


def find_site(text: str) -> str:
    """Return the owner that a copyright line names, "" where it names none."""
    match = COPYRIGHT_LEAD.search(text[:300])
    if match is None:
        return ""
    rest = COPYRIGHT_END.split(text[match.end() : match.end() + 80], maxsplit=1)[0].strip(" -–—")
    return rest if 0 < len(rest.split()) <= 5 and rest[0].isupper() else ""
