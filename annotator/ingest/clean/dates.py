"""Lines that say when, and perhaps where, and nothing else."""

from __future__ import annotations

import re

from annotator.ingest.clean import lexicon
from annotator.ingest.clean.patterns import (
    AGENCY_DATELINE,
    TIME_AGO,
    CLOCK_TIME,
    DATE_PATTERN,
    DAY_PATTERN,
    MONTH_NUMBERS,
    PLACE_DAY,
    UPDATE_LABEL,
    WEEKDAY_REGEX,
    DATE_LINE_PARTS,
)
from annotator.ingest.clean.traits import LineFeatures

NOT_PLACE_START = re.compile(rf"^(?:{UPDATE_LABEL.pattern.removeprefix('^')}|by\b|from\b)", re.IGNORECASE)
"""The beginning of a line that is no place."""
TRAILING_WEEKDAY = re.compile(rf"(?:^|,?\s+){WEEKDAY_REGEX},?$")


def is_date_line(text: str, one: LineFeatures) -> bool:
    """Return whether a line says when, and perhaps where, and nothing else."""
    if one.words <= 12 and not one.ends_sentence and "(" in text and is_agency_dateline(text):
        return True
    if one.words <= 10 and (is_day_line(text) or dateline_place(text)):
        return True
    if is_update_line(text, one):
        return True
    if not one.has_date or one.words > 16 or one.calls:
        return False
    rest = TIME_AGO.sub("", CLOCK_TIME.sub("", DATE_PATTERN.sub("", text)))
    return sum(map(str.isalpha, rest)) <= 25


def is_update_line(text: str, one: LineFeatures) -> bool:
    """Return whether a line says when the page was published or changed, not when the report was written."""
    if one.words > 24 or one.calls or not UPDATE_LABEL.match(text):
        return False
    return one.has_date or DAY_PATTERN.search(text) is not None


def is_day_line(text: str) -> bool:
    """Return whether a line is a day, with its weekday, year or time of day perhaps, and nothing else."""
    if DAY_PATTERN.search(text) is None:
        return False
    return not any(map(str.isalnum, DATE_LINE_PARTS.sub("", CLOCK_TIME.sub("", DATE_PATTERN.sub("", text)))))


def dateline_place(text: str) -> str:
    """Return the place in a line of place and day ("Oslo, Friday, 3 March"), "" for other lines."""
    match = PLACE_DAY.match(text)
    if match is None or NOT_PLACE_START.match(text) or any(map(str.isalnum, CLOCK_TIME.sub("", match["rest"]))):
        return ""
    place = TRAILING_WEEKDAY.sub("", match["place"].strip(" ,")).strip(" ,")
    month = place.split()[-1].lower().strip(".") in MONTH_NUMBERS if place else True
    return "" if month or place in lexicon.news_agencies() else place


def is_agency_dateline(text: str) -> bool:
    """Return whether a line is a place with an agency in brackets, and a day at the most."""
    match = AGENCY_DATELINE.match(text)
    if match is None or not (match["agency"] in lexicon.news_agencies() or match["agency"].isupper()):
        return False
    return not match["rest"] or any(shape.search(match["rest"]) for shape in (DATE_PATTERN, DAY_PATTERN))


def is_clock_line(text: str) -> bool:
    """Return whether a line is a time of day and nothing else."""
    return len(text) <= 20 and CLOCK_TIME.fullmatch(text.strip(" :-–|")) is not None
