"""The units before the article's first paragraph: title, deck, byline, dateline, captions."""

from __future__ import annotations

from annotator.core.article import SourceLine, LineVerdict
from annotator.ingest.clean.dates import is_date_line, is_update_line, dateline_place
from annotator.ingest.clean.metadata import author_in_dated_line
from annotator.ingest.clean.names import promote_agencies, promote_names, promote_places
from annotator.ingest.clean.outside import boilerplate_verdict, boilerplate_reason
from annotator.ingest.clean.page import SegmentedPage
from annotator.ingest.clean.shapes import ends_with_credit, is_byline_line, is_photo_credit, is_headline_companion, is_person_name_line
from annotator.ingest.clean.title import is_same_title

MAX_LINES_ABOVE_TITLE = 8
"""How many units above a headline a byline or date may still belong to it."""
MAX_DECK_LINES = 2
"""How many lines of a deck there are at the most."""


def header_verdicts(page: SegmentedPage, title: int | None, start: int) -> list[SourceLine]:
    """Return the verdicts on the units before ``start``, the article's first unit."""
    lines = [_header_verdict(page, title, at) for at in range(start)]
    if title is not None:
        promote_agencies(page, title, lines)
        promote_places(page, title, lines)
        promote_names(page, title, lines)
    _promote_captions(page, title, lines)
    _promote_decks(page, title, lines)
    return lines


def _header_verdict(page: SegmentedPage, title: int | None, at: int) -> SourceLine:
    """Return the verdict on one unit by its own shape."""
    if title is not None and at == title:
        return SourceLine(LineVerdict.TITLE, "the headline")
    if title is not None and is_same_title(page, title, at):
        return SourceLine(LineVerdict.TITLE, "the title again")
    if title is not None and at < title - MAX_LINES_ABOVE_TITLE:
        return boilerplate_verdict(boilerplate_reason(page, at, "before the article"))
    return (
        _byline_or_date_verdict(page, at) or _picture_verdict(page, at) or boilerplate_verdict(boilerplate_reason(page, at, "before the article"))
    )


def _byline_or_date_verdict(page: SegmentedPage, at: int) -> SourceLine | None:
    """Return the verdict on a unit that says who, when or where, None for others."""
    text, one = page.units[at].text, page.features[at]
    if is_byline_line(text, one):
        return SourceLine(LineVerdict.BYLINE, "names the author")
    if not is_date_line(text, one):
        return None
    if author_in_dated_line(text) and not dateline_place(text):
        return SourceLine(LineVerdict.BYLINE, "names author and date")
    if is_update_line(text, one):
        return boilerplate_verdict("when the page was published or changed")
    return SourceLine(LineVerdict.DATELINE, "says where and when")


def _picture_verdict(page: SegmentedPage, at: int) -> SourceLine | None:
    """Return the verdict on a unit that belongs to a picture, None for others."""
    text, one = page.units[at].text, page.features[at]
    if page.is_doubled(at):
        return repeated_caption(page, at)
    if is_photo_credit(text, one):
        return SourceLine(LineVerdict.CAPTION, "a picture credit")
    if (one.credits or ends_with_credit(text)) and one.words >= 4 and not one.is_furniture:
        return SourceLine(LineVerdict.CAPTION, "a caption with its credit")
    return None


def repeated_caption(page: SegmentedPage, at: int) -> SourceLine:
    """Return the verdict on a caption that stands twice."""
    again = page.repeats_recent(at)
    return SourceLine(LineVerdict.CAPTION, "the same caption again" if again else "a caption that stands twice")


def _promote_captions(page: SegmentedPage, title: int | None, lines: list[SourceLine]) -> None:
    """Make captions of the lines of text right before a picture credit, which may be a bare name."""
    for at in range(len(lines) - 1):
        if lines[at].verdict is not LineVerdict.BOILERPLATE or page.features[at].words < 4:
            continue
        if lines[at + 1].reason == "a picture credit":
            lines[at] = SourceLine(LineVerdict.CAPTION, "stands before a picture credit")
        elif _is_caption_before_name(page, title, at, lines):
            lines[at] = SourceLine(LineVerdict.CAPTION, "stands before a photographer's name")
            lines[at + 1] = SourceLine(LineVerdict.CAPTION, "a photographer's name")


def _is_caption_before_name(page: SegmentedPage, title: int | None, at: int, lines: list[SourceLine]) -> bool:
    """Return whether a sentence and a bare name, below a byline, are the last lines of the head."""
    if title is None or at <= title or at + 2 != len(lines) or not _is_text_line(page, at):
        return False
    signed = any(line.verdict is LineVerdict.BYLINE for line in lines[title + 1 : at])
    loose = lines[at + 1].verdict is LineVerdict.BOILERPLATE
    return signed and loose and is_person_name_line(page.units[at + 1].text, page.features[at + 1])


def _promote_decks(page: SegmentedPage, title: int | None, lines: list[SourceLine]) -> None:
    """Make a deck of the lines of text between the title and a byline or date."""
    if title is None:
        return
    decks = 0
    for at in range(title + 1, min(len(lines), title + 7)):
        if lines[at].verdict is LineVerdict.BYLINE or is_headline_companion(page.units[at].text, page.features[at]):
            return
        if lines[at].verdict is LineVerdict.BOILERPLATE and _is_text_line(page, at) and decks < MAX_DECK_LINES:
            lines[at] = SourceLine(LineVerdict.DECK, "a summary under the title")
            decks += 1


def _is_text_line(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit is text of some length and no part of the page's frame."""
    one = page.features[at]
    frame = one.calls or one.legal or one.is_furniture or one.is_ending or one.separators
    return one.words >= 5 and not frame
