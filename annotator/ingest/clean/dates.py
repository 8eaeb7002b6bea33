"""Lines that say when, and perhaps where, and nothing else."""

from __future__ import annotations

import re

from annotator.ingest.clean import lexicon
from annotator.ingest.clean.patterns import (
    AGENCY_DATELINE,
    AGO,
    CLOCK,
    DATE,
    DAYS,
    MONTH_NUMBERS,
    PLACE_DAY,
    UPDATED,
    WEEKDAY,
    WHEN,
)
from annotator.ingest.clean.traits import Measure

LABEL = re.compile(rf"^(?:{UPDATED.pattern.removeprefix('^')}|by\b|from\b)", re.IGNORECASE)
"""The beginning of a line that is no place."""
LAST_WEEKDAY = re.compile(rf"(?:^|,?\s+){WEEKDAY},?$")


def is_date_line(text: str, one: Measure) -> bool:
    """Return whether a line says when, and perhaps where, and nothing else."""
    if one.words <= 12 and not one.ends_sentence and "(" in text and is_agency_dateline(text):
        return True
    if one.words <= 10 and (is_day(text) or place_of(text)):
        return True
    if is_update(text, one):
        return True
    if not one.has_date or one.words > 16 or one.calls:
        return False
    rest = AGO.sub("", CLOCK.sub("", DATE.sub("", text)))
    return sum(map(str.isalpha, rest)) <= 25


def is_update(text: str, one: Measure) -> bool:
    """Return whether a line says when the page was published or changed, not when the report was written."""
    if one.words > 24 or one.calls or not UPDATED.match(text):
        return False
    return one.has_date or DAYS.search(text) is not None


def is_day(text: str) -> bool:
    """Return whether a line is a day, with its weekday, year or time of day perhaps, and nothing else."""
    if DAYS.search(text) is None:
        return False
    return not any(map(str.isalnum, WHEN.sub("", CLOCK.sub("", DATE.sub("", text)))))


def place_of(text: str) -> str:
    """Return the place in a line of place and day ("Oslo, Friday, 3 March"), "" for other lines."""
    match = PLACE_DAY.match(text)
    if match is None or LABEL.match(text) or any(map(str.isalnum, CLOCK.sub("", match["rest"]))):
        return ""
    place = LAST_WEEKDAY.sub("", match["place"].strip(" ,")).strip(" ,")
    month = place.split()[-1].lower().strip(".") in MONTH_NUMBERS if place else True
    return "" if month or place in lexicon.agencies() else place


def is_agency_dateline(text: str) -> bool:
    """Return whether a line is a place with an agency in brackets, and a day at the most."""
    match = AGENCY_DATELINE.match(text)
    if match is None or not (match["agency"] in lexicon.agencies() or match["agency"].isupper()):
        return False
    return not match["rest"] or any(shape.search(match["rest"]) for shape in (DATE, DAYS))


def is_clock(text: str) -> bool:
    """Return whether a line is a time of day and nothing else."""
    return len(text) <= 20 and CLOCK.fullmatch(text.strip(" :-–|")) is not None
