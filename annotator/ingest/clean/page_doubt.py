"""Whether the choice of a page's lines may be wrong, by what else the page has.

Nobody looks at a warning that comes too often: each rule here is silent on nearly all pages on which the
choice is right, and none looks at how much prose comes after an article, which comments and teasers have.
"""

from __future__ import annotations

from collections import Counter

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.clean.body_segmentation import SegmentedPage
from annotator.ingest.clean.line_features import LineFeatures

MIN_PROSE_WORDS = 8
"""A sentence of fewer words outside the article may be a headline or label."""
MAX_SHARE_BEFORE = 0.3
"""An article is the first prose of its page: more prose before it, by its own words, is rarely something else."""
SHORT_ARTICLE_WORDS = 60
"""An article with fewer words is doubted where more prose is outside: lists of teasers are as long."""
MIN_LEAD = 2.0
"""By how many log-odds the article must be ahead of the next best block, that is seven times as likely."""
MIN_HEADLINES = 3
"""With as many headings and no more than one paragraph without, a page without an author may be a front page."""
MIN_FRAME_LINES = 3
"""With fewer dropped lines a text has no frame, and needs neither title nor author to be an article."""


def page_doubt(page: SegmentedPage, verdicts: list[SourceLine]) -> str:
    """Return why the verdicts on a page's units may be wrong, as a clause in small letters, "" where nothing shows it."""
    kept = [at for at, line in enumerate(verdicts) if line.verdict.annotated]
    if not kept:
        return "no article was found" if page.units else ""
    words = sum(page.features[at].words for at in kept)
    prose = [at for at, line in enumerate(verdicts) if _is_left_out(line) and _is_prose(page.features[at])]
    before = sum(page.features[at].words for at in prose if at < kept[0])
    if before > MAX_SHARE_BEFORE * words:
        return f"{before:.0f} words of prose come before the {words:.0f} words of the article"
    outside = sum(page.features[at].words for at in prose)
    if words < SHORT_ARTICLE_WORDS and outside > words:
        return f"the article has {words:.0f} words, the prose outside it {outside:.0f}"
    if len(page.candidates) > 1 and page.candidates[0].score - page.candidates[1].score < MIN_LEAD:
        return "another part of the page is nearly as likely to be the article"
    return _head_doubt(verdicts) or _end_doubt(page.features[kept[-1]], words)


def _head_doubt(verdicts: list[SourceLine]) -> str:
    """Return that an article in a frame has nothing of a head, or is a list of headlines, or ""."""
    counts = Counter(line.verdict for line in verdicts)
    signed = counts[LineVerdict.BYLINE] or counts[LineVerdict.DATELINE]
    if counts[LineVerdict.BOILERPLATE] < MIN_FRAME_LINES or signed:
        return ""
    if not counts[LineVerdict.TITLE]:
        return "neither a title nor an author or date was found"
    headed = counts[LineVerdict.SUBHEAD] >= max(MIN_HEADLINES, counts[LineVerdict.BODY] - 1)
    return "each paragraph has a heading of its own, as in a list of articles" if headed else ""


def _end_doubt(last: LineFeatures, words: float) -> str:
    """Return that a short article breaks off, as before a pay wall, or ""."""
    broken = last.is_truncated or last.calls > 0
    return "the article breaks off" if broken and words < SHORT_ARTICLE_WORDS else ""


def _is_left_out(line: SourceLine) -> bool:
    return line.verdict is LineVerdict.BOILERPLATE


def _is_prose(line: LineFeatures) -> bool:
    """Return whether a unit reads like a paragraph, and not like a notice or an appeal of the site."""
    notice = line.is_truncated or line.is_furniture or line.legal or line.calls
    return line.ends_sentence and line.words >= MIN_PROSE_WORDS and not notice
