"""Where an article really ends: an author's portrait, appeals and loose headings are cut off its tail."""

from __future__ import annotations

import re

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.clean import header, line_features
from annotator.ingest.clean.body_segmentation import SegmentedPage
from annotator.ingest.clean.metadata import parse_author
from annotator.ingest.clean.reader_appeals import MAX_APPEAL_WORDS, READER_APPEAL, appeal_reason

AUTHOR_SEPARATOR = re.compile(r",\s*(?:and\s+)?|\s+and\s+|\s+&\s+", re.IGNORECASE)
MAX_BIOGRAPHY_WORDS = 80
"""A paragraph of such a portrait that begins with the author's name has this many words at the most."""
CONTACT_HEADING = re.compile(
    r"^\W*(?:for\s+)?(?:[\w&/]+\s+){0,2}(?:contacts?|inquiries|enquiries|ansprechpartner(?:in)?|pressekontakt|kontakt)"
    r"(?:\s+(?:information|details))?\W*$",
    re.IGNORECASE,
)
"""The heading over a press office's address: "Media contact:", "For press enquiries:"."""
MAX_CONTACT_LINES = 8
"""How many lines such an address has at the most."""
MAX_CONTACT_WORDS = 12
"""How many words each of them has at the most."""
MIN_SHARED_WORDS = 2
MAX_LAST_LINES = 6
"""How many units after the block are looked at."""
MAX_BIOGRAPHY_UNITS = 5
"""How many units an author's portrait after the article has at the most."""


def last_lines(page: SegmentedPage) -> list[int]:
    """Return the units of short sentences that follow the article's block.

    They score too little to be found as a part of it, but nothing of the page's frame divides them from it;
    after a link or appeal only sentences that share words with the article count.
    """
    found: list[int] = []
    skipped = False
    for at in range(page.body_end, min(page.body_end + MAX_LAST_LINES, len(page.units)) if page.body else 0):
        line = page.features[at]
        if appeal_reason(line):
            skipped = True
            continue
        frame = line_features.is_page_frame(line, page.text_counts[line.key] > 1)
        if frame or not line.ends_sentence or line.text.rstrip()[-1] in ":;":
            break
        if skipped and len(line_features.topic_words(line.text) & page.vocabulary) < MIN_SHARED_WORDS:
            break
        found.append(at)
    return found


def trim_trailer(page: SegmentedPage, lines: list[SourceLine]) -> list[SourceLine]:
    """Return the verdicts with the article cut before a portrait of its author, if that ends it."""
    cut = _biography_start(page, lines)
    for at in range(cut, len(lines)):
        if lines[at].verdict is not LineVerdict.BOILERPLATE:
            near = at < cut + MAX_BIOGRAPHY_UNITS
            lines[at] = header.boilerplate_verdict("about the author" if near else "after the end of the article")
    _drop_contacts(page, lines)
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
        if one.biography >= 2 and not one.has_quotation and named:
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


def _drop_contacts(page: SegmentedPage, lines: list[SourceLine]) -> None:
    """Drop the short lines at the article's end that are below a heading such as "Media contact:"."""
    body = [at for at, line in enumerate(lines) if line.verdict.annotated][-MAX_CONTACT_LINES:]
    headings = [at for at in body[1:] if CONTACT_HEADING.match(page.features[at].text)]
    if headings and all(page.features[at].words <= MAX_CONTACT_WORDS for at in body if at >= headings[-1]):
        for at in range(headings[-1], body[-1] + 1):
            lines[at] = header.boilerplate_verdict("how to reach somebody")


def _drop_appeals(page: SegmentedPage, lines: list[SourceLine]) -> None:
    """Drop the last paragraphs that ask the reader to write, in whatever words."""
    body = [at for at, line in enumerate(lines) if line.verdict is LineVerdict.BODY]
    for at in body[:0:-1]:
        one = page.features[at]
        if one.has_quotation or one.words > MAX_APPEAL_WORDS or not READER_APPEAL.search(one.text):
            return
        lines[at] = header.boilerplate_verdict("turns to the reader")
