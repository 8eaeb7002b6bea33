"""The units of the article's block: body text, subheads, and what has slipped in between."""

from __future__ import annotations

from msgspec.structs import replace

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.clean import header, lexicon, line_features
from annotator.ingest.clean.block_path import PagePart
from annotator.ingest.clean.body_segmentation import SegmentedPage, segment_page
from annotator.ingest.clean.file_header import file_header, with_header
from annotator.ingest.clean.gallery import gallery_verdicts
from annotator.ingest.clean.headline import find_title, is_same_title
from annotator.ingest.clean.inside_teasers import teaser_units
from annotator.ingest.clean.intruders import intruder_verdict
from annotator.ingest.clean.markdown_rows import shown_rows, with_marks
from annotator.ingest.clean.metadata import CleanedPage, describe_page
from annotator.ingest.clean.page_doubt import page_doubt
from annotator.ingest.clean.subheads import subhead_units
from annotator.ingest.clean.trailer import last_lines, trim_trailer


def body_verdicts(page: SegmentedPage, title: int | None, start: int) -> list[SourceLine]:
    """Return the verdicts on the units from the article's first, ``start``, to its last."""
    teasers, subheads = teaser_units(page), subhead_units(page)
    lines = [_body_verdict(page, title, at, teasers.get(at, ""), at in subheads) for at in range(start, page.body_end)]
    for at in range(len(lines) - 1):
        dropped = lines[at + 1].verdict is LineVerdict.BOILERPLATE and page.features[start + at + 1].ends_sentence
        if dropped and lines[at].verdict is LineVerdict.SUBHEAD:
            lines[at] = header.boilerplate_verdict("the heading of what is left out after it")
    return lines


def _body_verdict(page: SegmentedPage, title: int | None, at: int, teaser: str, is_subhead: bool) -> SourceLine:
    """Return the verdict on one unit inside the article; ``teaser`` is why it may be a teaser, or ""."""
    if title is not None and is_same_title(page, title, at):
        return SourceLine(LineVerdict.TITLE, "the headline" if at == title else "the title again")
    intruder = intruder_verdict(page, at)
    if intruder is not None:
        return intruder
    if teaser:
        return header.boilerplate_verdict(teaser)
    if page.parts[at] is PagePart.GAP:
        return header.dropped_verdict(page, at, "between two parts of the article")
    if is_subhead:
        return SourceLine(LineVerdict.SUBHEAD, "a short heading before a paragraph")
    return SourceLine(LineVerdict.BODY, _body_reason(page, at))


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


# From the text of a page to its cleaned form.


BLANK_LINE = SourceLine(LineVerdict.BLANK, "nothing on it")


def clean(text: str) -> CleanedPage:
    """Return a verdict with its reason for every line of a page's text and the article's metadata."""
    rows = text.split("\n")
    stated = file_header(rows)
    shown = shown_rows([""] * stated.rows + rows[stated.rows :])
    page = segment_page(shown.rows)
    verdicts = _unit_verdicts(page)
    lines = [BLANK_LINE] * len(rows)
    for unit, verdict in zip(page.units, verdicts, strict=True):
        lines[unit.first : unit.last + 1] = [verdict] * (unit.last + 1 - unit.first)
    described = describe_page(page, verdicts, with_marks(lines, rows, shown))
    described = replace(described, doubt=page_doubt(page, verdicts))
    return with_header(described, rows, stated)


def _unit_verdicts(page: SegmentedPage) -> list[SourceLine]:
    """Return the verdict on each unit of a page."""
    if not page.body:
        return [header.dropped_verdict(page, at, "no prose near it") for at in range(len(page.units))]
    title = find_title(page)
    start = max(page.body_start, title + 1) if title is not None else page.body_start
    # After a deck or two, a byline or date ends the head.
    reach = range(start, min(start + (1 if title is None else 4), page.body_end))
    end = max((at + 1 for at in reach if _ends_header(page, start, at)), default=start)
    start = end if end < page.body_end else start
    lines = header.header_verdicts(page, title, start)
    lines += body_verdicts(page, title, start)
    last = last_lines(page)
    lines += [_verdict_after(page, at, at in last) for at in range(page.body_end, len(page.units))]
    return trim_trailer(page, gallery_verdicts(page, lines))


def _verdict_after(page: SegmentedPage, at: int, is_last: bool) -> SourceLine:
    if is_last:
        return SourceLine(LineVerdict.BODY, "a short last line of the article")
    return header.dropped_verdict(page, at, "after the end of the article")


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
