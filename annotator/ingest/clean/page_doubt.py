"""Whether the choice of a page's lines may be wrong, by what else the page has.

Nobody looks at a warning that comes too often: each rule here is silent on nearly all pages on which the
choice is right, and none looks at how much prose comes after an article, which comments and teasers have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.clean.body_segmentation import SegmentedPage
from annotator.ingest.clean.line_features import (
    LineFeatures,
    content_words,
    extract_features,
    is_clock_line,
    page_function_words,
    text_units,
)

MIN_PROSE_WORDS = 8
"""A sentence of fewer words outside the article may be a headline or label."""
MAX_SHARE_BEFORE = 0.5
"""An article is the first prose of its page: more before it than half its words is rarely something else."""
SHORT_ARTICLE_WORDS = 60
"""An article with fewer words is doubted where more prose is outside: lists of teasers are as long."""
TWO_SENTENCES_WORDS = 25
MAX_TIMES_BELOW_HEAD = 3
"""A report of two sentences under its own head is doubted only beside more times as much prose."""
MIN_ARTICLE_WORDS = 15
"""The shortest report is one sentence of this many words; less of a page is a notice or a teaser."""
MIN_LEAD = 3.0
"""By how many log-odds the article must be ahead of a block that has more words, that is twenty times as likely."""
MIN_HEADLESS_SCORE = 10.0
"""With these log-odds, those of three or four paragraphs about one matter, an article needs no head."""
MIN_HEADLINES = 3
"""With as many headings and no more than one paragraph without, a page without an author may be a front page."""
MIN_FRAME_LINES = 3
"""With fewer dropped lines a text has no frame, and needs neither title nor length to be an article."""


def page_doubt(page: SegmentedPage, verdicts: list[SourceLine]) -> str:
    """Return why the verdicts on a page's units may be wrong, as a clause in small letters, else ""."""
    kept = [at for at, line in enumerate(verdicts) if line.verdict.annotated]
    if not kept:
        return "no article was found" if page.units else ""
    words = sum(page.features[at].words for at in kept)
    prose = [at for at, line in enumerate(verdicts) if _is_left_out(line) and _is_prose(page.features[at])]
    before = sum(page.features[at].words for at in prose if at < kept[0])
    if before > MAX_SHARE_BEFORE * words:
        return f"{before:.0f} words of prose come before the {words:.0f} words of the article"
    outside = sum(page.features[at].words for at in prose)
    is_clear = words >= TWO_SENTENCES_WORDS and _has_head(page, verdicts)
    if words < SHORT_ARTICLE_WORDS and outside > words * (MAX_TIMES_BELOW_HEAD if is_clear else 1):
        return f"the article has {words:.0f} words, the prose outside it {outside:.0f}"
    framed = sum(map(_is_left_out, verdicts)) >= MIN_FRAME_LINES
    found = _head_doubt(page, verdicts) if framed else ""
    if framed and not found and words < MIN_ARTICLE_WORDS:
        found = f"the article has {words:.0f} words"
    return found or _rival_doubt(page, words) or _end_doubt(page.features[kept[-1]], words)


def choice_doubt(rows: Sequence[str], verdicts: Sequence[SourceLine]) -> str:
    """Return why a choice of lines that other programs have made may be wrong, as `page_doubt` does."""
    kept = [row for row, line in zip(rows, verdicts, strict=True) if line.verdict.annotated]
    if not kept:
        return ""
    counts = Counter(line.verdict for line in verdicts)
    # The posts of a live blog have headings and times.
    is_live = sum(map(is_clock_line, rows)) >= MIN_HEADLINES
    is_signed = counts[LineVerdict.BYLINE] or counts[LineVerdict.DATELINE]
    found = "" if is_live or is_signed else _list_doubt(counts)
    units = text_units(kept)
    stops = page_function_words(units)
    features = [extract_features(unit, stops) for unit in units]
    return found or _end_doubt(features[-1], sum(line.words for line in features))


def _has_head(page: SegmentedPage, verdicts: list[SourceLine]) -> bool:
    """Return whether there is an author or date and a title with two words of the article."""
    signed = any(line.verdict in (LineVerdict.BYLINE, LineVerdict.DATELINE) for line in verdicts)
    titles = (unit.text for unit, line in zip(page.units, verdicts, strict=True) if line.verdict is LineVerdict.TITLE)
    return signed and any(len(content_words(title) & page.vocabulary) >= 2 for title in titles)


def _head_doubt(page: SegmentedPage, verdicts: list[SourceLine]) -> str:
    """Return that an article in a frame has nothing of a head, or is a list of headlines, or ""."""
    counts = Counter(line.verdict for line in verdicts)
    if counts[LineVerdict.BYLINE] or counts[LineVerdict.DATELINE]:
        return ""
    if not counts[LineVerdict.TITLE]:
        is_strong = page.candidates and page.candidates[0].score >= MIN_HEADLESS_SCORE
        return "" if is_strong else "neither a title nor an author or date was found"
    return _list_doubt(counts)


def _list_doubt(counts: Counter[LineVerdict]) -> str:
    """Return that the kept lines are a list of headlines, or ""."""
    headed = counts[LineVerdict.SUBHEAD] >= max(MIN_HEADLINES, counts[LineVerdict.BODY] - 1)
    return "each paragraph has a heading of its own, as in a list of articles" if headed else ""


def _rival_doubt(page: SegmentedPage, words: float) -> str:
    """Return that the next best block has more words and is nearly as likely, or ""."""
    if len(page.candidates) < 2:
        return ""
    best, other = page.candidates[:2]
    length = sum(page.features[at].words for at in range(other.first, other.last + 1))
    if best.score - other.score >= MIN_LEAD or length < words:
        return ""
    return f"another part of the page, of {length:.0f} words, is nearly as likely to be the article"


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
