"""Units inside the article's block that are not its text: buttons, links, appeals, times, captions."""

from __future__ import annotations

import re

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.clean import header, lexicon, line_features
from annotator.ingest.clean.body_segmentation import SegmentedPage
from annotator.ingest.clean.reader_appeals import appeal_reason

END_MARK = re.compile(r"^[\W_]*(?:ENDS?|[Ee]nds|(?<=[-–—])30(?=[-–—]))[\W_]*$")
MAX_CAPTION_WORDS = 60
"""A caption that ends with its credit has no more words than this."""


def intruder_verdict(page: SegmentedPage, at: int) -> SourceLine | None:
    """Return the verdict on a unit that is not the article's text wherever it is."""
    line = page.features[at]
    if line.is_furniture:
        return header.boilerplate_verdict("a button or label inside the article")
    if END_MARK.match(line.text):
        return header.boilerplate_verdict("the end mark of a press release")
    if not any(map(str.isalnum, line.text)):
        return header.boilerplate_verdict("a line without words")
    if lexicon.REPORTING_CREDIT.match(line.text) and line.words <= 40:
        return header.boilerplate_verdict("who reported and edited it")
    is_sentence = line.ends_sentence and (line.words > 8 or line.has_quotation)
    if line.is_ending and not is_sentence:
        return header.boilerplate_verdict("a link or heading of the page inside the article")
    reason = appeal_reason(line)
    if reason:
        return header.boilerplate_verdict(reason)
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
    dashed = not opening[0].rstrip().endswith(":") and (opening["place"] or "").isupper()
    dated = lexicon.DATE_PATTERN.search(page.features[at].text[-30:])
    return bool(opening["agency"] or opening["alone"] or dashed or dated)
