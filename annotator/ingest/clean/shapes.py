"""What a single line is by its own shape, wherever it stands."""

from __future__ import annotations

from annotator.ingest.clean import lexicon
from annotator.ingest.clean.patterns import (
    AGENCY_DATELINE,
    AGO,
    BYLINE,
    CLOCK,
    DATE,
    MONTH_NUMBERS,
    OFFICE,
    PLACE_DAY,
    REPORTED,
    SIGN_OFF,
    UPDATED,
)
from annotator.ingest.clean.traits import Measure


def is_frame(text: str, one: Measure, again: bool) -> bool:
    """Return whether a unit is surely not running text, so that an article does not reach beyond it."""
    shape = one.furniture or one.ending or one.ago or one.truncated or again
    words = one.legal or one.calls or (one.biography >= 2 and not one.quoted)
    return bool(
        shape
        or words
        or is_date_line(text, one)
        or is_byline(text, one)
        or is_credit(text, one)
        or SIGN_OFF.match(text)
        or REPORTED.match(text)
    )


def is_date_line(text: str, one: Measure) -> bool:
    """Return whether a line says when, and perhaps where, and nothing else."""
    if one.words <= 12 and not one.ended and "(" in text and is_agency_dateline(text):
        return True
    if one.words <= 8 and is_place_day(text):
        return True
    if not one.dated or one.words > 16 or one.calls:
        return False
    rest = AGO.sub("", CLOCK.sub("", DATE.sub("", text)))
    return sum(map(str.isalpha, rest)) <= 25 or bool(UPDATED.match(text))


def is_place_day(text: str) -> bool:
    """Return whether a line is a place and a day and nothing else; a month's name is no place."""
    match = PLACE_DAY.match(text)
    return match is not None and match["place"].split()[-1].lower().strip(".") not in MONTH_NUMBERS


def is_agency_dateline(text: str) -> bool:
    """Return whether a line is a place with an agency in brackets, and a date at the most."""
    match = AGENCY_DATELINE.match(text)
    if match is None or not (match["agency"] in lexicon.agencies() or match["agency"].isupper()):
        return False
    return not match["rest"] or DATE.search(match["rest"]) is not None


def is_clock(text: str) -> bool:
    """Return whether a line is a time of day and nothing else."""
    return len(text) <= 20 and CLOCK.fullmatch(text.strip(" :-–|")) is not None


def is_byline(text: str, one: Measure) -> bool:
    """Return whether a line names an author by its shape alone."""
    if one.words > 16 or one.ended:
        return False
    if text.strip().lower() in {"by", "by:"} or BYLINE.match(text):
        return True
    return bool(OFFICE.search(text)) and one.capitals >= 0.5 and "," in text and 3 <= one.words <= 12


def is_name(text: str, one: Measure) -> bool:
    """Return whether a line could be a person's name: two to four capitalised words."""
    words = text.replace(",", " ").split()
    plain = all(word[0].isupper() and word.strip(".'’-").replace("-", "").isalpha() for word in words)
    return 2 <= len(words) <= 4 and plain and not one.furniture and not one.ending


def is_credit(text: str, one: Measure) -> bool:
    """Return whether a short line only says whose picture it was."""
    bare = text.strip(" ()[].|/©")
    owner = bare.rsplit(",", 1)[-1].strip()
    known = bool({bare, owner, bare.title()} & lexicon.agencies()) and one.words <= 7
    return known or (one.credits > 0 and one.words <= 8) or (text.lstrip().startswith("©") and one.words <= 5)
