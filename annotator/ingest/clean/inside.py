"""The units of the article's block: body text, subheads, and what has slipped in between."""

from __future__ import annotations

from annotator.core.article import SourceLine, LineVerdict
from annotator.ingest.clean.blocks import PagePart
from annotator.ingest.clean.dates import is_clock_line, is_date_line
from annotator.ingest.clean.head import repeated_caption
from annotator.ingest.clean.outside import boilerplate_verdict, boilerplate_reason
from annotator.ingest.clean.page import SegmentedPage
from annotator.ingest.clean.patterns import BULLET, CROSSHEAD, DATE_PATTERN, DATELINE_PREFIX, QUOTATION_MARK, REPORTING_CREDIT, SIGN_OFF
from annotator.ingest.clean.shapes import ends_with_credit, is_photo_credit
from annotator.ingest.clean.title import is_same_title

MAX_SUBHEAD_WORDS = 14
"""A heading inside an article has no more words than this."""

MAX_CAPTION_WORDS = 60
"""A caption that ends with its credit has no more words than this."""


def body_verdict(page: SegmentedPage, title: int | None, at: int) -> SourceLine:
    """Return the verdict on a unit from the article's first to its last."""
    if title is not None and is_same_title(page, title, at):
        return SourceLine(LineVerdict.TITLE, "the headline" if at == title else "the title again")
    intruder = _intruder_verdict(page, at)
    if intruder is not None:
        return intruder
    if page.parts[at] is PagePart.GAP:
        return boilerplate_verdict(boilerplate_reason(page, at, "between two parts of the article"))
    if _is_subhead(page, at):
        return SourceLine(LineVerdict.SUBHEAD, "a short heading before a paragraph")
    return SourceLine(LineVerdict.BODY, _body_reason(page, at))


def _intruder_verdict(page: SegmentedPage, at: int) -> SourceLine | None:
    """Return the verdict on a unit that is not the article's text wherever it stands."""
    text, one = page.units[at].text, page.features[at]
    if one.is_furniture:
        return boilerplate_verdict("a button or label inside the article")
    if SIGN_OFF.match(text):
        return boilerplate_verdict("an agency's sign-off")
    if REPORTING_CREDIT.match(text) and one.words <= 40:
        return boilerplate_verdict("who reported and edited it")
    if one.is_ending and one.words <= 14 and not (one.ends_sentence and one.words > 8):
        return boilerplate_verdict("a link or heading of the page inside the article")
    if is_clock_line(text):
        return SourceLine(LineVerdict.DATELINE, "a time inside the article")
    return _caption_verdict(page, at)


def _caption_verdict(page: SegmentedPage, at: int) -> SourceLine | None:
    """Return the verdict caption for a picture's text or credit, None for other units."""
    text, one = page.units[at].text, page.features[at]
    if page.is_doubled(at):
        wordy = one.ends_sentence or one.words > 14
        return repeated_caption(page, at) if wordy else boilerplate_verdict("a link that stands twice")
    if is_photo_credit(text, one):
        return SourceLine(LineVerdict.CAPTION, "a picture credit")
    if (at == page.body_start or not one.ends_sentence) and _precedes_photo_credit(page, at):
        return SourceLine(LineVerdict.CAPTION, "stands before a picture credit")
    if at in page.body[:2] and _precedes_dateline(page, at):
        return SourceLine(LineVerdict.CAPTION, "stands before the paragraph that opens with a place")
    credited = one.credits and not one.has_quotation and (not one.ends_sentence or one.credits > 1)
    if credited or (one.words <= MAX_CAPTION_WORDS and ends_with_credit(text)):
        return SourceLine(LineVerdict.CAPTION, "a caption with its credit")
    return None


def _precedes_photo_credit(page: SegmentedPage, at: int) -> bool:
    """Return whether the next unit only says whose picture it was."""
    return at + 1 < len(page.units) and is_photo_credit(page.units[at + 1].text, page.features[at + 1])


def _precedes_dateline(page: SegmentedPage, at: int) -> bool:
    """Return whether the article opens with its place right after ``at``, which is then a picture's text.

    A place before a colon could be a speaker or a label: it counts only after a line that ends with a date.
    """
    opening = DATELINE_PREFIX.match(page.units[at + 1].text[:120]) if at + 1 < page.body_end else None
    if opening is None:
        return False
    dashed = not opening[0].rstrip().endswith(":") and opening["place"].isupper()
    return (
        bool(opening["agency"] or opening["alone"] or dashed)
        or DATE_PATTERN.search(page.units[at].text[-30:]) is not None
    )


def _is_subhead(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit is a heading: short, no sentence, alone, with a paragraph after it."""
    text, one = page.units[at].text, page.features[at]
    if one.words <= MAX_SUBHEAD_WORDS and len(text) <= 120 and CROSSHEAD.match(text):
        return True
    if one.words > MAX_SUBHEAD_WORDS or at + 1 >= page.body_end or (one.has_date and is_date_line(text, one)):
        return False
    if (one.ends_sentence and not text.rstrip().endswith("?")) or (QUOTATION_MARK.search(text) and one.ends_sentence):
        return False
    return text[:1] not in "-–—•*" and _is_paragraph(page, at + 1) and not _is_list_item(page, at)


def _is_paragraph(page: SegmentedPage, at: int) -> bool:
    one = page.features[at]
    return one.ends_sentence and (one.words >= 8 or one.has_quotation)


def _is_list_item(page: SegmentedPage, at: int) -> bool:
    """Return whether the unit before is a short line without a full stop too: then it is a list."""
    before = page.features[at - 1] if at > page.body_start else None
    return before is not None and not before.ends_sentence and before.words <= MAX_SUBHEAD_WORDS


def _body_reason(page: SegmentedPage, at: int) -> str:
    """Return the reason for body text."""
    text, one = page.units[at].text, page.features[at]
    if at == page.body_start:
        return "the article's first paragraph"
    if BULLET.match(text):
        return "an item of a list inside the article"
    if one.words < 12 and one.has_quotation:
        return "a short quotation inside the article"
    if one.words < 12:
        return "a short line inside the article"
    return "prose next to prose"
