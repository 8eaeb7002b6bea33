"""Galleries: pages whose captions are the article."""

from __future__ import annotations

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.clean import header
from annotator.ingest.clean.body_segmentation import SegmentedPage
from annotator.ingest.clean.line_features import ends_with_credit, is_page_frame

MIN_CAPTIONS = 3
"""So many captions with more words than the paragraphs round them are a gallery."""
MIN_CAPTION_WORDS = 6
MAX_COUNTER_WORDS = 3
"""Between captions are lines of so many words: "2/7", "Next"."""
GALLERY_CAPTION = SourceLine(LineVerdict.BODY, "a caption of a gallery")


def gallery_verdicts(page: SegmentedPage, lines: list[SourceLine]) -> list[SourceLine]:
    """Return the verdicts on all units of a page, with the captions as body text if they are the article."""
    captions = [
        at
        for at in range(page.body_start, page.body_end)
        if lines[at].verdict is LineVerdict.CAPTION and _is_caption(page, at) and not page.repeats_recent(at)
    ]
    captions += _captions_after(page)
    words = sum(page.features[at].words for at in captions)
    prose = sum(page.features[at].words for at, line in enumerate(lines) if line.verdict is LineVerdict.BODY)
    if len(captions) < MIN_CAPTIONS or words <= prose:
        return lines
    end = max(captions) + 1
    between = header.boilerplate_verdict("between the captions of a gallery")
    lines = [between if page.body_end <= at < end else line for at, line in enumerate(lines)]
    for at in captions:
        lines[at] = GALLERY_CAPTION
    return lines


def _captions_after(page: SegmentedPage) -> list[int]:
    """Return the captions with a credit that follow the article's block, with nothing but counters between them."""
    found = []
    for at in range(page.body_end, len(page.units) if page.body else 0):
        line = page.features[at]
        if _is_caption(page, at) and ends_with_credit(line.text) and page.text_counts[line.key] == 1:
            found.append(at)
        elif line.words > MAX_COUNTER_WORDS or (is_page_frame(line, again=False) and not line.is_furniture):
            break
    return found


def _is_caption(page: SegmentedPage, at: int) -> bool:
    return page.features[at].words >= MIN_CAPTION_WORDS
