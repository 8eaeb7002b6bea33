"""The units before the article's first paragraph: title, deck, byline, dateline, captions."""

from __future__ import annotations

from annotator.core.article import Line, Verdict
from annotator.ingest.clean.metadata import dated_author
from annotator.ingest.clean.outside import boilerplate, reason_outside
from annotator.ingest.clean.page import Page
from annotator.ingest.clean.shapes import is_byline, is_credit, is_date_line, is_name
from annotator.ingest.clean.title import same_title

ABOVE = 8
"""How many units above a headline a byline or date may still belong to it."""
DECKS = 2
"""How many lines of a deck there are at the most."""


def head_lines(page: Page, title: int | None, start: int) -> list[Line]:
    """Return the verdicts on the units before ``start``, the article's first unit."""
    lines = [_head_line(page, title, at) for at in range(start)]
    _promote_names(page, title, lines)
    _promote_captions(page, lines)
    _promote_decks(page, title, lines)
    return lines


def _head_line(page: Page, title: int | None, at: int) -> Line:
    """Return the verdict on one unit by its own shape."""
    text, one = page.units[at].text, page.measures[at]
    if title is not None and at == title:
        return Line(Verdict.TITLE, "the headline: its words come again in the article")
    if title is not None and same_title(page, title, at):
        return Line(Verdict.TITLE, "the title again")
    if title is not None and at < title - ABOVE:
        return boilerplate(reason_outside(page, at, "before the article"))
    if is_byline(text, one):
        return Line(Verdict.BYLINE, "names the author")
    if is_date_line(text, one):
        named = bool(dated_author(text))
        return (
            Line(Verdict.BYLINE, "names author and date")
            if named
            else Line(Verdict.DATELINE, "says where and when")
        )
    if page.doubled(at):
        return twice(page, at)
    if is_credit(text, one):
        return Line(Verdict.CAPTION, "a picture credit")
    if one.credits and one.words >= 4 and not one.furniture:
        return Line(Verdict.CAPTION, "a caption with its credit")
    return boilerplate(reason_outside(page, at, "before the article"))


def twice(page: Page, at: int) -> Line:
    """Return the verdict on a caption that stands twice."""
    again = page.repeats(at)
    return Line(Verdict.CAPTION, "the same caption again" if again else "a caption that stands twice")


def _promote_names(page: Page, title: int | None, lines: list[Line]) -> None:
    """Make bylines of bare names that stand between the title and the article beside a byline or date."""
    if title is None or any(
        line.reason == "names the author" and page.measures[at].words > 1 for at, line in enumerate(lines)
    ):
        return
    for at in range(title + 1, len(lines)):
        text, one = page.units[at].text, page.measures[at]
        if lines[at].verdict is not Verdict.BOILERPLATE or not is_name(text, one):
            continue
        beside = {lines[other].verdict for other in (at - 1, at + 1) if 0 <= other < len(lines)}
        first = at == title + 1 and one.capitals == 1.0 and one.words <= 3
        if beside & {Verdict.BYLINE, Verdict.DATELINE} or first or page.counts[one.key] > 1:
            lines[at] = Line(Verdict.BYLINE, "a name under the title")


def _promote_captions(page: Page, lines: list[Line]) -> None:
    """Make captions of the lines of text right before a picture credit."""
    for at in range(len(lines) - 1):
        credit = lines[at + 1].reason == "a picture credit"
        if credit and lines[at].verdict is Verdict.BOILERPLATE and page.measures[at].words >= 4:
            lines[at] = Line(Verdict.CAPTION, "stands before a picture credit")


def _promote_decks(page: Page, title: int | None, lines: list[Line]) -> None:
    """Make a deck of the lines of text between the title and a byline or date."""
    if title is None:
        return
    decks = 0
    for at in range(title + 1, len(lines)):
        one = page.measures[at]
        if lines[at].verdict in {Verdict.BYLINE, Verdict.DATELINE}:
            return
        wordy = one.words >= 5 and not (
            one.calls or one.legal or one.furniture or one.ending or one.separators
        )
        if lines[at].verdict is Verdict.BOILERPLATE and wordy and decks < DECKS and at <= title + 6:
            lines[at] = Line(Verdict.DECK, "a summary under the title")
            decks += 1
