"""Which lines of an HTML page are its article: the extractor's, or a majority where it may be wrong.

The extractor is trafilatura (Barbaresi, ACL 2021). Where it and the cleaner of text dumps keep other
lines, one of them is lost on the page: then a third program reads it, readability-lxml, and each line
is kept that two of the three keep. An extract is laid back onto the lines by aligning the two word by word,
in order, so that a teaser which repeats a sentence of the article is not taken for it.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from difflib import SequenceMatcher

from msgspec import Struct

from annotator.core.article import LineVerdict, SourceLine
from annotator.core.errors import SourceError
from annotator.ingest.html_lines import import_extra, parse_html, visible_lines

_WORD_PATTERN = re.compile(r"\w+")
MIN_COVERED_SHARE = 0.5
"""A line is in the extract if more than this share of its words is."""
MAX_ALIGNMENT_PAIRS = 20_000_000
"""How many pairs of equal words are aligned (about 10 s); beyond, equal lines count."""
MIN_AGREEMENT = 0.9
"""With less agreement the extractor alone decides no longer."""
MIN_CONFIRMATION = 0.8
"""With less agreement the choice is doubted, if no other program confirms it."""
MAX_MARKUP = 3_000_000
"""Of longer pages (code points) no third reading is made: its time grows faster than the page."""


class BodyVote(Struct, frozen=True):
    """Which lines are the article, who decides that, and how far the readings agree."""

    kept: list[bool]
    agreement: float
    """The F1 of the words that extractor and cleaner keep, 0 to 1."""
    votes: list[int] | None = None
    """How many of three readings keep each line, where they have voted."""
    reader: str = "the extractor"
    """Who decides without a vote."""
    is_confirmed: bool = False
    """Whether another program that reads markup keeps what the extractor keeps."""

    @property
    def doubt(self) -> str:
        """Why the choice may be wrong, "" where the extractor is not alone."""
        if self.agreement >= MIN_CONFIRMATION or self.is_confirmed:
            return ""
        return f"two ways of reading the page agree on {self.agreement:.0%} of the words"

    def verdict(self, at: int, is_heading: bool) -> SourceLine:
        """Return the verdict on line ``at``, which is no title, byline or caption."""
        who = self.reader if self.votes is None else _VOTERS[self.votes[at]]
        if not self.kept[at]:
            return SourceLine(LineVerdict.BOILERPLATE, f"left out by {who}")
        if is_heading:
            return SourceLine(LineVerdict.SUBHEAD, f"a heading kept by {who}")
        return SourceLine(LineVerdict.BODY, f"kept by {who}")


_VOTERS = ("all three readings", "two of three readings", "two of three readings", "all three readings")
"""Who decides on a line that none, one, two or all of the readings keep."""


class PageReadings(Struct, frozen=True):
    """The visible lines of a page and what two programs keep of them, lists of one length."""

    html: str
    where: str
    lines: list[str]
    weights: list[int]
    """What a line counts where readings are compared: nothing where it is title, byline or caption anyhow."""
    extracted: list[bool]
    cleaned: list[bool]
    headings: list[bool]
    """Which lines are headings in the article or round it."""
    title: int | None
    """The number of the title's line."""
    has_paragraphs: bool
    """Whether prose is in paragraph elements, without which extractors of markup err alike."""


def vote_on_lines(page: PageReadings) -> BodyVote:
    """Return which of a page's lines are its article."""
    agreement = reading_agreement(page.weights, page.extracted, page.cleaned)
    if agreement >= MIN_AGREEMENT or len(page.html) > MAX_MARKUP:
        return BodyVote(_with_headings(page, page.extracted), agreement)
    third = covered_lines(page.lines, _third_reading(page.html, page.where))
    votes = [sum(flags) for flags in zip(page.extracted, page.cleaned, third, strict=True)]
    kept = [count >= 2 for count in votes]
    is_apart = not _shared_weight(page.weights, kept, page.cleaned)
    if (is_apart or not page.has_paragraphs) and _cleaned_opens_first(page, kept):
        return BodyVote(page.cleaned, agreement, reader="the reading that begins below the title")
    is_confirmed = reading_agreement(page.weights, page.extracted, third) >= MIN_CONFIRMATION
    return BodyVote(_with_headings(page, kept), agreement, votes, is_confirmed=is_confirmed and page.has_paragraphs)


def _with_headings(page: PageReadings, kept: list[bool]) -> list[bool]:
    """Return a choice with the headings that the cleaner keeps right above a paragraph of the choice."""
    below = [*kept[1:], False]
    return [
        flag or (page.headings[at] and page.cleaned[at] and below[at] and not page.headings[at + 1])
        for at, flag in enumerate(kept)
    ]


def _cleaned_opens_first(page: PageReadings, other: list[bool]) -> bool:
    """Return whether below the title the cleaner's first line comes no later than that of another choice."""
    if page.title is None:
        return False
    below = range(page.title + 1, len(other))
    return next((page.cleaned[at] for at in below if page.cleaned[at] or other[at]), False)


def reading_agreement(weights: list[int], one: list[bool], other: list[bool]) -> float:
    """Return the F1 of two choices of lines by the lines' weights, 1 where both are empty."""
    both = _shared_weight(weights, one, other)
    total = sum(n * (a + b) for n, a, b in zip(weights, one, other, strict=True))
    return 2 * both / total if total else 1.0


def _shared_weight(weights: list[int], one: list[bool], other: list[bool]) -> int:
    return sum(n for n, a, b in zip(weights, one, other, strict=True) if a and b)


def _third_reading(html: str, where: str) -> str:
    """Return the article's text as readability-lxml finds it, "" where it fails."""
    readability = import_extra("readability", where)
    # It logs its failures with their traceback, which the root logger would print.
    logging.getLogger("readability").setLevel(logging.CRITICAL + 1)
    try:
        summary = readability.Document(html).summary(html_partial=True)
        return "\n".join(line.text for line in visible_lines(parse_html(summary, where)))
    except (readability.readability.Unparseable, SourceError, ValueError, RecursionError):
        return ""


def alignment_words(text: str) -> list[str]:
    """Return the words of a text in small letters, without punctuation."""
    return _WORD_PATTERN.findall(text.lower())


def covered_lines(lines: list[str], extract: str) -> list[bool]:
    """Return for each line whether the extract holds it.

    The words of all lines are aligned with those of the extract by longest matching blocks
    (Ratcliff and Obershelp), which keep the order of both: of two equal lines the one whose
    neighbours are in the extract counts. A line without words is in if both neighbours are.
    """
    counts = [len(alignment_words(line)) for line in lines]
    page, part = [w for line in lines for w in alignment_words(line)], alignment_words(extract)
    there = Counter(part)
    if sum(n * there[word] for word, n in Counter(page).items()) > MAX_ALIGNMENT_PAIRS:
        kept = {tuple(alignment_words(line)) for line in extract.split("\n")}
        return [tuple(alignment_words(line)) in kept for line in lines]
    hits = _aligned_words(page, part)
    at = 0
    shares: list[float | None] = []
    for n in counts:
        shares.append(sum(hits[at : at + n]) / n if n else None)
        at += n
    return [_is_covered(shares, i) for i in range(len(shares))]


def _aligned_words(page: list[str], extract: list[str]) -> list[bool]:
    """Return for each word of the page whether the alignment uses it; single words don't count."""
    hits = [False] * len(page)
    blocks = SequenceMatcher(None, page, extract, autojunk=False).get_matching_blocks()
    for a, _, n in blocks:
        if n > 1:
            hits[a : a + n] = [True] * n
    return hits


def _is_covered(shares: list[float | None], i: int) -> bool:
    share = shares[i]
    if share is not None:
        return share > MIN_COVERED_SHARE
    around = [s for s in (*shares[i - 1 : i], *shares[i + 1 : i + 2]) if s is not None]
    return len(around) == 2 and all(s > MIN_COVERED_SHARE for s in around)
