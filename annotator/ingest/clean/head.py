"""The units before the article's first paragraph: title, deck, byline, dateline, captions."""

from __future__ import annotations

from annotator.core.article import Line, Verdict
from annotator.ingest.clean.dates import is_date_line, is_update, place_of
from annotator.ingest.clean.metadata import dated_author
from annotator.ingest.clean.names import promote_agencies, promote_names, promote_places
from annotator.ingest.clean.outside import boilerplate, reason_outside
from annotator.ingest.clean.page import Page
from annotator.ingest.clean.shapes import ends_with_credit, is_byline, is_credit, is_mark, is_name
from annotator.ingest.clean.title import same_title

ABOVE = 8
"""How many units above a headline a byline or date may still belong to it."""
DECKS = 2
"""How many lines of a deck there are at the most."""


def head_lines(page: Page, title: int | None, start: int) -> list[Line]:
    """Return the verdicts on the units before ``start``, the article's first unit."""
    lines = [_head_line(page, title, at) for at in range(start)]
    if title is not None:
        promote_agencies(page, title, lines)
        promote_places(page, title, lines)
        promote_names(page, title, lines)
    _promote_captions(page, title, lines)
    _promote_decks(page, title, lines)
    return lines


def _head_line(page: Page, title: int | None, at: int) -> Line:
    """Return the verdict on one unit by its own shape."""
    if title is not None and at == title:
        return Line(Verdict.TITLE, "the headline")
    if title is not None and same_title(page, title, at):
        return Line(Verdict.TITLE, "the title again")
    if title is not None and at < title - ABOVE:
        return boilerplate(reason_outside(page, at, "before the article"))
    return (
        _mark(page, at) or _picture(page, at) or boilerplate(reason_outside(page, at, "before the article"))
    )


def _mark(page: Page, at: int) -> Line | None:
    """Return the verdict on a unit that says who, when or where, None for others."""
    text, one = page.units[at].text, page.features[at]
    if is_byline(text, one):
        return Line(Verdict.BYLINE, "names the author")
    if not is_date_line(text, one):
        return None
    if dated_author(text) and not place_of(text):
        return Line(Verdict.BYLINE, "names author and date")
    if is_update(text, one):
        return boilerplate("when the page was published or changed")
    return Line(Verdict.DATELINE, "says where and when")


def _picture(page: Page, at: int) -> Line | None:
    """Return the verdict on a unit that belongs to a picture, None for others."""
    text, one = page.units[at].text, page.features[at]
    if page.is_doubled(at):
        return twice(page, at)
    if is_credit(text, one):
        return Line(Verdict.CAPTION, "a picture credit")
    if (one.credits or ends_with_credit(text)) and one.words >= 4 and not one.is_furniture:
        return Line(Verdict.CAPTION, "a caption with its credit")
    return None


def twice(page: Page, at: int) -> Line:
    """Return the verdict on a caption that stands twice."""
    again = page.repeats_recent(at)
    return Line(Verdict.CAPTION, "the same caption again" if again else "a caption that stands twice")


def _promote_captions(page: Page, title: int | None, lines: list[Line]) -> None:
    """Make captions of the lines of text right before a picture credit, which may be a bare name."""
    for at in range(len(lines) - 1):
        if lines[at].verdict is not Verdict.BOILERPLATE or page.features[at].words < 4:
            continue
        if lines[at + 1].reason == "a picture credit":
            lines[at] = Line(Verdict.CAPTION, "stands before a picture credit")
        elif _before_name(page, title, at, lines):
            lines[at] = Line(Verdict.CAPTION, "stands before a photographer's name")
            lines[at + 1] = Line(Verdict.CAPTION, "a photographer's name")


def _before_name(page: Page, title: int | None, at: int, lines: list[Line]) -> bool:
    """Return whether a sentence and a bare name, below a byline, are the last lines of the head."""
    if title is None or at <= title or at + 2 != len(lines) or not _wordy(page, at):
        return False
    signed = any(line.verdict is Verdict.BYLINE for line in lines[title + 1 : at])
    loose = lines[at + 1].verdict is Verdict.BOILERPLATE
    return signed and loose and is_name(page.units[at + 1].text, page.features[at + 1])


def _promote_decks(page: Page, title: int | None, lines: list[Line]) -> None:
    """Make a deck of the lines of text between the title and a byline or date."""
    if title is None:
        return
    decks = 0
    for at in range(title + 1, min(len(lines), title + 7)):
        if lines[at].verdict is Verdict.BYLINE or is_mark(page.units[at].text, page.features[at]):
            return
        if lines[at].verdict is Verdict.BOILERPLATE and _wordy(page, at) and decks < DECKS:
            lines[at] = Line(Verdict.DECK, "a summary under the title")
            decks += 1


def _wordy(page: Page, at: int) -> bool:
    """Return whether a unit is text of some length and no part of the page's frame."""
    one = page.features[at]
    frame = one.calls or one.legal or one.is_furniture or one.is_ending or one.separators
    return one.words >= 5 and not frame
