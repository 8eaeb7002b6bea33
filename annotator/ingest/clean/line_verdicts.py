"""The units of the article's block: body text, subheads, and what has slipped in between."""

from __future__ import annotations

import re

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.clean import header, lexicon, line_features
from annotator.ingest.clean.block_path import PagePart
from annotator.ingest.clean.body_segmentation import SegmentedPage, segment_page
from annotator.ingest.clean.metadata import CleanedPage, describe_page, parse_author

MAX_SUBHEAD_WORDS = 14
"""A heading inside an article has no more words than this."""

MAX_CAPTION_WORDS = 60
"""A caption that ends with its credit has no more words than this."""


def body_verdict(page: SegmentedPage, title: int | None, at: int) -> SourceLine:
    """Return the verdict on a unit from the article's first to its last."""
    if title is not None and header.is_same_title(page, title, at):
        return SourceLine(LineVerdict.TITLE, "the headline" if at == title else "the title again")
    intruder = _intruder_verdict(page, at)
    if intruder is not None:
        return intruder
    if page.parts[at] is PagePart.GAP:
        return header.dropped_verdict(page, at, "between two parts of the article")
    if _is_subhead(page, at):
        return SourceLine(LineVerdict.SUBHEAD, "a short heading before a paragraph")
    return SourceLine(LineVerdict.BODY, _body_reason(page, at))


def _intruder_verdict(page: SegmentedPage, at: int) -> SourceLine | None:
    """Return the verdict on a unit that is not the article's text wherever it is."""
    line = page.features[at]
    if line.is_furniture:
        return header.boilerplate_verdict("a button or label inside the article")
    if lexicon.SIGN_OFF.match(line.text):
        return header.boilerplate_verdict("an agency's sign-off")
    if lexicon.REPORTING_CREDIT.match(line.text) and line.words <= 40:
        return header.boilerplate_verdict("who reported and edited it")
    if line.is_ending and line.words <= 14 and not (line.ends_sentence and line.words > 8):
        return header.boilerplate_verdict("a link or heading of the page inside the article")
    if line_features.is_clock_line(line.text):
        return SourceLine(LineVerdict.DATELINE, "a time inside the article")
    return _caption_verdict(page, at)


def _caption_verdict(page: SegmentedPage, at: int) -> SourceLine | None:
    """Return the verdict caption for a picture's text or credit, None for other units."""
    line = page.features[at]
    if page.is_doubled(at):
        wordy = line.ends_sentence or line.words > 14
        return header.repeated_caption(page, at) if wordy else header.boilerplate_verdict("a repeated link")
    if line_features.is_photo_credit(line):
        return SourceLine(LineVerdict.CAPTION, header.PICTURE_CREDIT)
    precedes_credit = at + 1 < len(page.units) and line_features.is_photo_credit(page.features[at + 1])
    if (at == page.body_start or not line.ends_sentence) and precedes_credit:
        return SourceLine(LineVerdict.CAPTION, "before a picture credit")
    if at in page.body[:2] and _precedes_dateline(page, at):
        return SourceLine(LineVerdict.CAPTION, "before the paragraph that opens with a place")
    credited = line.credits and not line.has_quotation and (not line.ends_sentence or line.credits > 1)
    if credited or (line.words <= MAX_CAPTION_WORDS and line_features.ends_with_credit(line.text)):
        return SourceLine(LineVerdict.CAPTION, "a caption with its credit")
    return None


def _precedes_dateline(page: SegmentedPage, at: int) -> bool:
    """Return whether the article opens with its place right after ``at``, which is then a picture's text.

    A place before a colon could be a speaker or a label: it counts only after a line that ends with a date.
    """
    opening = lexicon.DATELINE_PREFIX.match(page.features[at + 1].text[:120]) if at + 1 < page.body_end else None
    if opening is None:
        return False
    dashed = not opening[0].rstrip().endswith(":") and opening["place"].isupper()
    dated = lexicon.DATE_PATTERN.search(page.features[at].text[-30:])
    return bool(opening["agency"] or opening["alone"] or dashed or dated)


def _is_subhead(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit is a heading: short, no sentence, alone, with a paragraph after it."""
    line = page.features[at]
    if line.words <= MAX_SUBHEAD_WORDS and len(line.text) <= 120 and lexicon.CROSSHEAD.match(line.text):
        return True
    is_dated = line.has_date and line_features.is_date_line(line)
    if line.words > MAX_SUBHEAD_WORDS or at + 1 >= page.body_end or is_dated:
        return False
    asks = line.text.rstrip().endswith("?") and not lexicon.QUOTATION_MARK.search(line.text)
    if line.ends_sentence and not asks:
        return False
    return line.text[:1] not in "-–—•*" and _is_paragraph(page, at + 1) and not _is_list_item(page, at)


def _is_paragraph(page: SegmentedPage, at: int) -> bool:
    line = page.features[at]
    return line.ends_sentence and (line.words >= 8 or line.has_quotation)


def _is_list_item(page: SegmentedPage, at: int) -> bool:
    """Return whether the unit before is a short line without a full stop too: then it is a list."""
    before = page.features[at - 1] if at > page.body_start else None
    return before is not None and not before.ends_sentence and before.words <= MAX_SUBHEAD_WORDS


def _body_reason(page: SegmentedPage, at: int) -> str:
    """Return the reason for body text."""
    line = page.features[at]
    if at == page.body_start:
        return "the article's first paragraph"
    if lexicon.BULLET.match(line.text):
        return "an item of a list inside the article"
    if line.words < 12 and line.has_quotation:
        return "a short quotation inside the article"
    if line.words < 12:
        return "a short line inside the article"
    return "prose next to prose"


# Where an article really ends: an author's portrait, appeals and loose headings are cut off its tail.


AUTHOR_SEPARATOR = re.compile(r",\s*(?:and\s+)?|\s+and\s+|\s+&\s+", re.IGNORECASE)
READER_APPEAL = re.compile(
    r"(?:^|[.?!:]\s+)(?:please\s+)?(?:(?:send|e-?mail|share)\s+(?:us\b|your\b)|(?:write|talk|get\s+in\s+touch)\b.*\b(?:us|newsroom|editor)\b"
    r"|tell\s+us\b|contact\s+(?:us|our|the\s+newsroom)\b|let\s+us\s+know\b|get\s+in\s+touch\b)",
    re.IGNORECASE,
)
"""A sentence that asks the reader to write: "Send your pictures to the newsroom."."""
CORRECTION_NOTE = re.compile(
    r"^\W*(?:corrections?|clarifications?|editor['’]s\s+note)\b\W*(?::|\(|\d|an?\b|this\b|the\b)|^\W*this\s+(?:article|story|post)\s+(?:was|has\s+been)\s+(?:amended|corrected|updated)",
    re.IGNORECASE,
)
MAX_APPEAL_WORDS = 40
"""A line that turns to the reader or corrects the article has this many words at the most."""
MAX_BIOGRAPHY_WORDS = 80
"""A paragraph of such a portrait that begins with the author's name has this many words at the most."""
MAX_BIOGRAPHY_UNITS = 5
"""How many units an author's portrait after the article has at the most."""


def trim_trailer(page: SegmentedPage, lines: list[SourceLine]) -> list[SourceLine]:
    """Return the verdicts with the article cut before a portrait of its author, if that ends it."""
    cut = _biography_start(page, lines)
    for at in range(cut, len(lines)):
        if lines[at].verdict is not LineVerdict.BOILERPLATE:
            near = at < cut + MAX_BIOGRAPHY_UNITS
            lines[at] = header.boilerplate_verdict("about the author" if near else "after the end of the article")
    _drop_appeals(page, lines)
    # Headings after which no paragraph comes.
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].verdict is LineVerdict.BODY:
            break
        if lines[at].verdict is LineVerdict.SUBHEAD:
            lines[at] = header.dropped_verdict(page, at, "after the end of the article")
    return lines


def _biography_start(page: SegmentedPage, lines: list[SourceLine]) -> int:
    """Return where the author's portrait begins, the number of units where there is none."""
    body = [at for at, line in enumerate(lines) if line.verdict.annotated]
    signed = [at for at, line in enumerate(lines) if line.verdict is LineVerdict.BYLINE]
    bylines = (parse_author(page.features[at].text) for at in signed)
    names = {name.strip().lower() for byline in bylines for name in AUTHOR_SEPARATOR.split(byline)} - {""}
    for at in body[-MAX_BIOGRAPHY_UNITS:] if len(body) > MAX_BIOGRAPHY_UNITS else []:
        one = page.features[at]
        named = any(name in one.key for name in names)
        headed = any(one.key.startswith(name) for name in names) and one.words <= 12 and not one.ends_sentence
        if headed or (one.biography >= 2 and not one.has_quotation and (named or one.biography >= 4)):
            return at
        before = (page.features[other].key for other in body if other < at)
        if _starts_with_author(page, at, names) and not any(name in key for key in before for name in names):
            return at
    return len(lines)


def _starts_with_author(page: SegmentedPage, at: int, names: set[str]) -> bool:
    """Return whether a unit without a quotation begins with an author's full name, as portraits do."""
    line = page.features[at]
    full = any(" " in name and line.key.startswith(f"{name} ") for name in names)
    return full and not line.has_quotation and line.words <= MAX_BIOGRAPHY_WORDS


def _drop_appeals(page: SegmentedPage, lines: list[SourceLine]) -> None:
    """Drop the last paragraphs that turn to the reader or correct the article."""
    body = [at for at, line in enumerate(lines) if line.verdict is LineVerdict.BODY]
    for at in body[:0:-1]:
        one = page.features[at]
        appeals = READER_APPEAL.search(one.text)
        if one.has_quotation or one.words > MAX_APPEAL_WORDS or not (appeals or CORRECTION_NOTE.match(one.text)):
            return
        lines[at] = header.boilerplate_verdict("turns to the reader" if appeals else "corrects the article")


# From the text of a page to its cleaned form.


BLANK_LINE = SourceLine(LineVerdict.BLANK, "nothing on it")


def clean(text: str) -> CleanedPage:
    """Return a verdict with its reason for every line of a page's text and the article's metadata."""
    rows = text.split("\n")
    page = segment_page(rows)
    verdicts = _unit_verdicts(page)
    lines = [BLANK_LINE] * len(rows)
    for unit, verdict in zip(page.units, verdicts, strict=True):
        lines[unit.first : unit.last + 1] = [verdict] * (unit.last + 1 - unit.first)
    return describe_page(page, verdicts, tuple(lines))


def _unit_verdicts(page: SegmentedPage) -> list[SourceLine]:
    """Return the verdict on each unit of a page."""
    if not page.body:
        return [header.dropped_verdict(page, at, "no prose near it") for at in range(len(page.units))]
    title = header.find_title(page)
    start = max(page.body_start, title + 1) if title is not None else page.body_start
    # After a deck or two, a byline or date ends the head.
    reach = range(start, min(start + (1 if title is None else 4), page.body_end))
    end = max((at + 1 for at in reach if _ends_header(page, start, at)), default=start)
    start = end if end < page.body_end else start
    lines = header.header_verdicts(page, title, start)
    lines += [body_verdict(page, title, at) for at in range(start, page.body_end)]
    after = range(page.body_end, len(page.units))
    lines += [header.dropped_verdict(page, at, "after the end of the article") for at in after]
    return trim_trailer(page, lines)


def _ends_header(page: SegmentedPage, start: int, at: int) -> bool:
    """Return whether a unit is a byline or date of the head, not a heading of a diary or a live page.

    A time of day alone may be in an article, as may a day without its year after a paragraph and
    days that come again and again.
    """
    line = page.features[at]
    if not line_features.is_headline_companion(line) or line_features.is_clock_line(line.text):
        return False
    if at == start or not line_features.is_date_line(line):
        return True
    others = range(at + 3, page.body_end)
    again = any(line_features.is_date_line(page.features[other]) for other in others)
    return not again and (line.has_date or not page.features[at - 1].ends_sentence)
