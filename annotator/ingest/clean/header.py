"""The units before the article's first paragraph: title, deck, byline, dateline, captions."""

from __future__ import annotations

from msgspec.structs import replace

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.clean import line_features
from annotator.ingest.clean.body_segmentation import SegmentedPage
from annotator.ingest.clean.headline import MAX_DECK_LINES, is_same_title
from annotator.ingest.clean.lexicon import COMPANY_ENDING, REPORTING_CREDIT, SIGN_OFF
from annotator.ingest.clean.line_features import content_words
from annotator.ingest.clean.metadata import author_in_dated_line

# Bare names in an article's head: of authors, agencies and places, by the lines beside them.


MAX_AUTHOR_DISTANCE = 9
"""A bare name this many units below the title is not the author's."""
MAX_PLACE_WORDS = 4
"""A place on a line of its own has this many words at the most."""
PICTURE_CREDIT = "a picture credit"
"""The reason of such a line; the line before it is a caption."""


def promote_agencies(page: SegmentedPage, title: int, lines: list[SourceLine]) -> None:
    """Make bylines of agencies beside a byline or date; elsewhere they are a picture's."""
    for at in range(title + 1, len(lines)):
        after = at - 1 == title or line_features.is_headline_companion(page.features[at - 1])
        dated = at + 1 < len(lines) and line_features.is_headline_companion(page.features[at + 1])
        if line_features.is_agency_line(page.features[at].text) and after and (dated or at - 1 != title):
            lines[at] = SourceLine(LineVerdict.BYLINE, "an agency under the title")


def promote_places(page: SegmentedPage, title: int, lines: list[SourceLine]) -> None:
    """Make datelines of places that are alone before a date.

    A place, unlike an author, is named in the article.
    """
    for at in range(title + 1, len(lines)):
        text, is_dropped = page.features[at].text, lines[at].verdict is LineVerdict.BOILERPLATE
        if not is_dropped or not _looks_like_place(text) or not page.mentions_text(text):
            continue
        if page.features[at].is_furniture or page.features[at].is_ending:
            continue
        dated = at + 1 < len(lines) and line_features.is_date_line(page.features[at + 1])
        if dated:
            lines[at] = SourceLine(LineVerdict.DATELINE, "a place beside a byline or date")


def _looks_like_place(text: str) -> bool:
    words = text.replace(",", " ").split()
    plain = all(word.strip(".'’-").replace("-", "").replace("’", "").isalpha() for word in words)
    capitalised = 0 < len(words) <= MAX_PLACE_WORDS and text.strip()[0].isupper()
    return plain and capitalised and not line_features.is_section_line(text)


def promote_names(page: SegmentedPage, title: int, lines: list[SourceLine]) -> None:
    """Make bylines of bare names that are between the title and the article beside a byline or date."""
    bylines = [page.features[at] for at, line in enumerate(lines) if line.verdict is LineVerdict.BYLINE]
    if any(line.words > 1 and line_features.is_byline_line(line) for line in bylines):
        return
    for at in range(title + 1, min(len(lines), title + MAX_AUTHOR_DISTANCE)):
        one, has_company = page.features[at], _is_name_with_company(page, at)
        is_name = has_company or line_features.is_person_name_line(one)
        if lines[at].verdict is not LineVerdict.BOILERPLATE or not is_name:
            continue
        beside = any(
            lines[other].verdict in {LineVerdict.BYLINE, LineVerdict.DATELINE}
            or line_features.is_headline_companion(page.features[other])
            for other in (at - 1, at + 1)
            if 0 <= other < len(lines)
        )
        first = at == title + 1 and one.capital_share == 1.0 and (one.words <= 3 or has_company)
        if beside or first or page.text_counts[one.key] > 1:
            lines[at] = SourceLine(LineVerdict.BYLINE, "a name under the title")


def _is_name_with_company(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit is a name and an agency or paper: "Ann Lee, Harbour News"."""
    name, comma, company = page.features[at].text.partition(",")
    is_company = bool(comma) and COMPANY_ENDING.search(company.strip()) is not None
    return is_company and line_features.is_person_name_line(replace(page.features[at], text=name))


# Why a unit is not part of the article.


def boilerplate_verdict(reason: str) -> SourceLine:
    """Return the verdict boilerplate with its reason."""
    return SourceLine(LineVerdict.BOILERPLATE, reason)


def dropped_verdict(page: SegmentedPage, at: int, place: str) -> SourceLine:
    """Return the verdict boilerplate on a unit; ``place`` is the reason where no better one is found."""
    return boilerplate_verdict(_boilerplate_reason(page, at) or place)


def _boilerplate_reason(page: SegmentedPage, at: int) -> str:
    """Return why a unit is dropped by its own shape, or "" where nothing shows a reason."""
    line = page.features[at]
    if SIGN_OFF.match(line.text):
        return "an agency's sign-off"
    if REPORTING_CREDIT.match(line.text):
        return "who reported and edited it"
    if line.legal >= 2 or (line.legal and line.words <= 15):
        return "legal text"
    if line.is_furniture:
        return "a button or label of the page"
    if line.calls:
        return "asks the reader to subscribe, sign in or click"
    if line.is_ending:
        return "a heading or link of the page"
    if line.biography >= 2:
        return "about the author"
    return _teaser_reason(page, at)


def _teaser_reason(page: SegmentedPage, at: int) -> str:
    """Return a reason that speaks of other articles, or "" where nothing shows one."""
    line = page.features[at]
    if line.is_truncated:
        return "a teaser that breaks off"
    if page.text_counts[line.key] > 1 and line.words >= 5:
        return "a teaser that occurs twice on the page"
    if line_features.is_date_line(line):
        return "the date of something else"
    if line.ends_sentence and line.words >= 8:
        return "prose apart from the article"
    return ""


MAX_LINES_ABOVE_TITLE = 8
"""How many units above a headline a byline or date may still belong to it."""
MAX_LEAD_DISTANCE = 15
"""How many units above the rest of the article its first paragraphs may be."""
MIN_LEAD_WORDS = 12
"""A paragraph there has this many words at least."""


def header_verdicts(page: SegmentedPage, title: int | None, start: int) -> list[SourceLine]:
    """Return the verdicts on the units before ``start``, the article's first unit."""
    lines = [_header_verdict(page, title, at) for at in range(start)]
    if title is not None:
        promote_agencies(page, title, lines)
        promote_places(page, title, lines)
        promote_names(page, title, lines)
    _promote_captions(page, lines)
    _promote_decks(page, title, lines)
    _promote_leads(page, title, lines)
    return lines


def _header_verdict(page: SegmentedPage, title: int | None, at: int) -> SourceLine:
    """Return the verdict on one unit by its own shape."""
    if title is not None and at == title:
        return SourceLine(LineVerdict.TITLE, "the headline")
    if title is not None and is_same_title(page, title, at):
        return SourceLine(LineVerdict.TITLE, "the title again")
    if title is not None and at < title - MAX_LINES_ABOVE_TITLE:
        return dropped_verdict(page, at, "before the article")
    return (
        _byline_or_date_verdict(page, at)
        or _picture_verdict(page, at)
        or dropped_verdict(page, at, "before the article")
    )


def _byline_or_date_verdict(page: SegmentedPage, at: int) -> SourceLine | None:
    """Return the verdict on a unit of author, date or place, None for others."""
    line = page.features[at]
    if line_features.is_byline_line(line):
        return SourceLine(LineVerdict.BYLINE, "names the author")
    if not line_features.is_date_line(line):
        return None
    if author_in_dated_line(line.text) and not line_features.dateline_place(line.text):
        return SourceLine(LineVerdict.BYLINE, "names author and date")
    if line_features.is_update_line(line):
        return boilerplate_verdict("when the page was published or changed")
    return SourceLine(LineVerdict.DATELINE, "a place and a date")


def _picture_verdict(page: SegmentedPage, at: int) -> SourceLine | None:
    """Return the verdict on a unit that belongs to a picture, None for others."""
    line = page.features[at]
    if line_features.is_photo_credit(line):
        return SourceLine(LineVerdict.CAPTION, PICTURE_CREDIT)
    if (line.credits or line_features.ends_with_credit(line.text)) and line.words >= 4 and not line.is_furniture:
        return SourceLine(LineVerdict.CAPTION, "a caption with its credit")
    return None


def repeated_caption(page: SegmentedPage, at: int) -> SourceLine:
    """Return the verdict on a caption that occurs twice."""
    again = page.repeats_recent(at)
    return SourceLine(LineVerdict.CAPTION, "the same caption again" if again else "a caption that occurs twice")


def _promote_captions(page: SegmentedPage, lines: list[SourceLine]) -> None:
    """Make captions of the lines of text right before a picture credit."""
    for at in range(len(lines) - 1):
        if lines[at].verdict is not LineVerdict.BOILERPLATE or page.features[at].words < 4:
            continue
        if lines[at + 1].reason == PICTURE_CREDIT:
            lines[at] = SourceLine(LineVerdict.CAPTION, "before a picture credit")


def _promote_decks(page: SegmentedPage, title: int | None, lines: list[SourceLine]) -> None:
    """Make a deck of the lines of text between the title and a byline or date."""
    if title is None:
        return
    decks = 0
    for at in range(title + 1, min(len(lines), title + 7)):
        if lines[at].verdict is LineVerdict.BYLINE or line_features.is_headline_companion(page.features[at]):
            return
        if lines[at].verdict is LineVerdict.BOILERPLATE and _is_text_line(page, at) and decks < MAX_DECK_LINES:
            lines[at] = SourceLine(LineVerdict.DECK, "a summary under the title")
            decks += 1


def _is_text_line(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit is text of some length and no part of the page's frame."""
    line = page.features[at]
    frame = line.calls or line.legal or line.is_furniture or line.is_ending or line.separators
    return line.words >= 5 and not frame


def _promote_leads(page: SegmentedPage, title: int | None, lines: list[SourceLine]) -> None:
    """Make body text of the paragraphs below the head that a gap divides from the rest of the article."""
    head = {LineVerdict.TITLE, LineVerdict.BYLINE, LineVerdict.DATELINE, LineVerdict.DECK}
    last = max((at for at, line in enumerate(lines) if line.verdict in head), default=-1)
    if title is None or last < title:
        return
    for at in range(max(last + 1, len(lines) - MAX_LEAD_DISTANCE), len(lines)):
        line = page.features[at]
        frame = line_features.is_page_frame(line, page.text_counts[line.key] > 1)
        if lines[at].verdict is not LineVerdict.BOILERPLATE or frame or not line.ends_sentence:
            continue
        if line.words >= MIN_LEAD_WORDS and len(content_words(line.text) & page.vocabulary) >= 2:
            lines[at] = SourceLine(LineVerdict.BODY, "the article's beginning, above a gap")
