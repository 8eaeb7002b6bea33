"""Byline, place, date and source out of the lines that state them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from msgspec import Struct

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.clean import lexicon
from annotator.ingest.clean.body_segmentation import SegmentedPage
from annotator.ingest.clean.foreign_bylines import foreign_author
from annotator.ingest.clean.line_features import dateline_place, is_update_line

BYLINE_LEAD = re.compile(
    r"^\W*(?:(?:(?i:written|reported|story|words|text|analysis|column|posted|published|interview|review|recipe|compiled|commentary)\s+)?"
    r"(?i:by|von|par|por)\b:?\s*|(?i:reporter|author|autor|autorin|interview|text|words|story):\s*|From\s+(?=[A-ZÀ-Þ]))"
)
BYLINE_STOP = re.compile(r"\s*(?:\||•|·|»|\s[-–—]\s|\b(?i:updated|published|posted)\b).*$")
WEEKDAY_OR_ZONE = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thurs?|fri|sat(?:ur)?|sun)day\b|(?-i:\b(?:[A-Z]{1,3}T|GMT|UTC)\b)", re.IGNORECASE
)
AFTER_AUTHOR = re.compile(rf"\s+(?:(?:in|at)\s+(?:the\s+)?{lexicon.NAME_REGEX}.*|on|@\w+.*)$")
"""What may follow an author's name: from where, the "on" before a date, a handle."""
SALUTATION = re.compile(r"dear\b", re.IGNORECASE)
AUTHOR_LINK = re.compile(r"(?<=[a-zà-þ])(?:View|See|Follow|Read)\s.*$")
"""A link to an author's articles that has run together with the name."""
MISSING_SPACE = re.compile(r"(?<=[a-zà-þ]{2})(?=[A-Z])")
"""Where a page's parts have run together: "Ann LeeStaff Writer"."""
BY_AUTHOR = re.compile(
    rf"(?:\b[bB]y|(?:^|[|·•,–-]\s*)(?:[vV]on|[pP]ar|[pP]or))\s+({lexicon.NAME_REGEX}(?:\s+{lexicon.NAME_REGEX}){{1,3}})\s*$"
)
FULL_NAME = re.compile(rf"{lexicon.NAME_REGEX}(?:\s+{lexicon.NAME_REGEX}){{1,3}}")
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
    return next(filter(None, (_iso_date(match.groupdict()) for match in lexicon.DATE_PATTERN.finditer(text))), "")


def normalize_date(text: str) -> str:
    """Return a date that a record states as ``yyyy-mm-dd``, or as it is where it is not certain.

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
                number = lexicon.MONTH_NUMBERS[(parts[month] or "").lower()]
                return date(int(parts[year] or 0), number, int(parts[day] or 0)).isoformat()
        for year, month, day in (("y3", "m3", "d3"), ("y5", "m5", "d5"), ("y6", "m6", "d6")):
            if parts[year]:
                return date(int(parts[year] or 0), int(parts[month] or 0), int(parts[day] or 0)).isoformat()
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
    if foreign := foreign_author(text):
        return foreign
    rest = BYLINE_LEAD.sub("", author_in_dated_line(text) or text.strip())
    match = lexicon.DATE_PATTERN.search(rest)
    rest = BYLINE_STOP.sub("", rest[: match.start()] if match else rest)
    name, *more = MISSING_SPACE.split(rest)
    if more and len(name.split()) >= 2 and lexicon.OFFICE_WORD.search(rest):
        rest = name
    rest = AUTHOR_LINK.sub("", rest)
    parts = [part.strip() for part in AFTER_AUTHOR.sub("", rest.strip(" -–—|,·:*_")).split(",")]
    return _without_agency(", ".join(part for at, part in enumerate(parts) if at == 0 or _is_second_author(part)))


def _without_agency(name: str) -> str:
    """Return a person's name without an agency that has run together with it ("Ann Lee Reuters")."""
    words = name.split()
    for cut in range(2, len(words)):
        if " ".join(words[cut:]) in lexicon.word_set("agencies"):
            return " ".join(words[:cut])
    return name


def _is_second_author(part: str) -> bool:
    """Return whether a part of a byline after a comma is a second name, not an office or a paper."""
    if lexicon.OFFICE_WORD.search(part) or lexicon.COMPANY_ENDING.search(part) or part in lexicon.word_set("agencies"):
        return False
    return all(2 <= len(name.split()) <= 4 for name in re.split(r"\s+and\s+", part.removeprefix("and ")))


def author_in_dated_line(text: str) -> str:
    """Return the name in a line of name and date ("Ann Lee - May 4, 2031", "… by Ann Lee"), else ""."""
    if not lexicon.DATE_PATTERN.search(text):
        return ""
    named = BY_AUTHOR.search(text)
    if named:
        return named[1]
    if lexicon.UPDATE_LABEL.match(text):
        return ""
    rest = WEEKDAY_OR_ZONE.sub("", lexicon.without_dates(text)).strip(" -–—|,·:•/@")
    known = rest in lexicon.word_set("agencies") or lexicon.OFFICE_WORD.search(rest) or "News" in rest
    return rest if FULL_NAME.fullmatch(rest) and not known else ""


def place_and_agency(text: str, opening: bool) -> tuple[str, str]:
    """Return place and agency of a dateline or of an ``opening`` paragraph's prefix, "" each if unsaid."""
    match = lexicon.AGENCY_DATELINE.match(text)
    if match and not opening:
        return match["place"].strip(" ,"), match["agency"]
    if not opening:
        # Without a date it is a place if it is a few words without a figure.
        short = len(text.split()) <= 4 and not any(map(str.isdigit, text)) and text.strip()[:1].isupper()
        return dateline_place(text) or text.strip() * short, ""
    match = lexicon.DATELINE_PREFIX.match(text[:120])
    if match is None or SALUTATION.match(text):
        return "", ""
    place = (match["place"] or "").strip(" ,")
    agency = match["agency"] or match["wire"] or match["alone"] or ""
    return (place, agency) if agency or 0 < len(place.split()) <= 4 else ("", "")


def find_agency(text: str) -> str:
    """Return the first and longest name of a news agency in a line, "" where there is none."""
    words = [word.strip(" ,.;:()|/") for word in text.split()[:30]]
    for start in range(len(words)):
        for stop in range(min(start + 4, len(words)), start, -1):
            if " ".join(words[start:stop]) in lexicon.word_set("agencies"):
                return " ".join(words[start:stop])
    return ""


def find_site(text: str) -> str:
    """Return the owner that a copyright line names, "" where it names none."""
    match = COPYRIGHT_LEAD.search(text[:300])
    if match is None:
        return ""
    rest = COPYRIGHT_END.split(text[match.end() : match.end() + 80], maxsplit=1)[0].strip(" -–—")
    return rest if 0 < len(rest.split()) <= 5 and rest[0].isupper() else ""


# What a cleaned page has about its article, out of the lines that state it.


MAX_SITE_LENGTH = 50
"""How many code points a site's name after a headline has at the most."""
HEADING_MARK = re.compile(r"^#{1,6}\s+|^=+\s|\s#+$")
SITE_AFTER_DASH = re.compile(r"\s+[-–—]\s+(?P<site>[A-ZÀ-Þ][\w.&'’]*(?:\s+[A-ZÀ-Þ][\w.&'’]*){0,4})$")
MAX_UPDATE_DISTANCE = 20
"""How many units from the title a line on the page's date may be."""


class CleanedPage(Struct, frozen=True):
    r"""The verdicts on a page's lines and what the page has about its article.

    ``lines[i]`` is for ``text.split("\n")[i]``; ``date`` is ``yyyy-mm-dd``; what is not stated is "".
    """

    lines: tuple[SourceLine, ...]
    title: str
    byline: str
    dateline: str
    date: str
    source: str
    doubt: str = ""
    """Why the verdicts may be wrong, a clause; empty where there is no doubt."""


def describe_page(page: SegmentedPage, verdicts: list[SourceLine], lines: tuple[SourceLine, ...]) -> CleanedPage:
    """Return the cleaned page; ``verdicts`` are those on its units, ``lines`` those on its physical lines."""
    texts = _texts_by_verdict(page, verdicts)
    opening = texts[LineVerdict.BODY][:1]
    datelines, bylines = texts[LineVerdict.DATELINE], texts[LineVerdict.BYLINE]
    places = [place_and_agency(text, opening=False) for text in datelines]
    if opening and not _opens_with_speaker(texts[LineVerdict.BODY]):
        places.append(place_and_agency(opening[0], opening=True))
    agencies = [agency for _, agency in places] + [find_agency(text) for text in (*bylines, *datelines)]
    sites = [find_site(unit.text) for unit in page.units[page.body_end :]]
    prefix = lexicon.DATELINE_PREFIX.match(opening[0][:120]) if opening and any(places[len(datelines) :]) else None
    stated = (*datelines, *bylines, prefix[0] if prefix else "", *_publication_lines(page, verdicts))
    return CleanedPage(
        lines=lines,
        title=_bare_title(page, min(texts[LineVerdict.TITLE], key=len, default="")),
        byline=next(filter(None, map(parse_author, bylines)), ""),
        dateline=next((place for place, _ in places if place), ""),
        date=next(filter(None, map(parse_date, stated)), ""),
        source=next(filter(None, (*agencies, *sites)), ""),
    )


def _bare_title(page: SegmentedPage, text: str) -> str:
    """Return a headline without markdown's marks and without the site's name after it.

    A name after a dash could be a part of the headline: it must be on the page once more.
    """
    title = HEADING_MARK.sub("", text.strip())
    stroke = re.search(r"\s+[|»]\s", title)
    if stroke and len(title[: stroke.start()].split()) >= 3 and len(title) - stroke.end() <= MAX_SITE_LENGTH:
        return title[: stroke.start()]
    name = SITE_AFTER_DASH.search(title)
    if name is None or len(title[: name.start()].split()) < 3:
        return title
    low = name["site"].lower()
    again = any(low in line.key and line.key != " ".join(text.lower().split()) for line in page.features)
    return title[: name.start()] if again else title


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
        texts[verdicts[at].verdict].append(page.features[at].text)
    return texts


def _publication_lines(page: SegmentedPage, verdicts: list[SourceLine]) -> list[str]:
    """Return the lines near the title with the date of publication, then those of its changes."""
    turn = _last_title_index(verdicts)
    near = range(max(0, turn - MAX_UPDATE_DISTANCE), min(len(verdicts), turn + MAX_UPDATE_DISTANCE))
    texts = [page.features[at].text for at in near if is_update_line(page.features[at])]
    return sorted(texts, key=lambda text: lexicon.PUBLISHED_LABEL.match(text) is None)
