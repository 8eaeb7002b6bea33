"""Which units inside the article are its headings."""

from __future__ import annotations

import re

from annotator.ingest.clean import lexicon, line_features
from annotator.ingest.clean.body_segmentation import SegmentedPage

MAX_SUBHEAD_WORDS = 14
"""A heading inside an article has no more words than this."""
MIN_INTERVIEW_QUESTIONS = 3
"""So many questions in one article are an interview's, not headings."""
MAX_QUESTION_WORDS = 40
FIGURES = re.compile(r"\d+(?:[.,:]\d+)*")


def subhead_units(page: SegmentedPage) -> frozenset[int]:
    """Return the units that are headings: short, no sentence, alone, with a paragraph after it."""
    block = range(page.body_start, page.body_end)
    questions = sum(_asks(page, at) and page.features[at].words <= MAX_QUESTION_WORDS for at in block)
    return frozenset(at for at in block if _is_subhead(page, at, questions >= MIN_INTERVIEW_QUESTIONS))


def _is_subhead(page: SegmentedPage, at: int, is_interview: bool) -> bool:
    """Return whether a unit is a heading, given whether the article is an interview."""
    line = page.features[at]
    if line.words > MAX_SUBHEAD_WORDS:
        return False
    if len(line.text) <= 120 and lexicon.CROSSHEAD.match(line.text):
        return True
    is_dated = line.has_date and line_features.is_date_line(line)
    if at + 1 >= page.body_end or is_dated or (line.ends_sentence and (is_interview or not _asks(page, at))):
        return False
    # Scores, results and prices have two figures.
    if line.text[:1] in "-–—•*[(" or len(FIGURES.findall(line.text)) >= 2:
        return False
    return _is_paragraph(page, at + 1) and not _is_list_item(page, at)


def _asks(page: SegmentedPage, at: int) -> bool:
    line = page.features[at]
    return line.text.rstrip().endswith(("?", "？")) and not line.has_quotation


def _is_paragraph(page: SegmentedPage, at: int) -> bool:
    line = page.features[at]
    return line.ends_sentence and (line.words >= 8 or line.has_quotation)


def _is_list_item(page: SegmentedPage, at: int) -> bool:
    """Return whether the unit before is a short line without a full stop too: then it is a list."""
    before = page.features[at - 1] if at > page.body_start else None
    return before is not None and not before.ends_sentence and before.words <= MAX_SUBHEAD_WORDS
