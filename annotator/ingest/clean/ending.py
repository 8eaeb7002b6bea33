"""Where an article really ends: an author's portrait, appeals and loose headings are cut off its tail."""

from __future__ import annotations

import re

from annotator.core.article import SourceLine, LineVerdict
from annotator.ingest.clean.metadata import parse_author
from annotator.ingest.clean.outside import boilerplate_verdict, boilerplate_reason
from annotator.ingest.clean.page import SegmentedPage

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
"""A line that turns to the reader or corrects the article has so many words at the most."""
MAX_BIOGRAPHY_WORDS = 80
"""A paragraph of such a portrait that begins with the author's name has so many words at the most."""
MAX_BIOGRAPHY_UNITS = 5
"""How many units an author's portrait after the article has at the most."""


def trim_trailer(page: SegmentedPage, lines: list[SourceLine]) -> list[SourceLine]:
    """Return the verdicts with the article cut before a portrait of its author, if that ends it."""
    cut = _biography_start(page, lines)
    for at in range(cut, len(lines)):
        if lines[at].verdict is not LineVerdict.BOILERPLATE:
            lines[at] = boilerplate_verdict(
                "about the author" if at < cut + MAX_BIOGRAPHY_UNITS else "after the end of the article"
            )
    return _without_trailing_subheads(page, _without_appeal(page, lines))


def _biography_start(page: SegmentedPage, lines: list[SourceLine]) -> int:
    """Return where the author's portrait begins, the number of units where there is none."""
    body = [at for at, line in enumerate(lines) if line.verdict.annotated]
    bylines = [parse_author(page.units[at].text) for at, line in enumerate(lines) if line.verdict is LineVerdict.BYLINE]
    names = {name.strip().lower() for byline in bylines for name in AUTHOR_SEPARATOR.split(byline)} - {""}
    for at in body[-MAX_BIOGRAPHY_UNITS:] if len(body) > MAX_BIOGRAPHY_UNITS else []:
        one = page.features[at]
        named = any(name in one.key for name in names)
        headed = any(one.key.startswith(name) for name in names) and one.words <= 12 and not one.ends_sentence
        if headed or (one.biography >= 2 and not one.has_quotation and (named or one.biography >= 4)):
            return at
        if _starts_with_author(page, at, names) and not any(_mentioned_before(page, body, at, name) for name in names):
            return at
    return len(lines)


def _starts_with_author(page: SegmentedPage, at: int, names: set[str]) -> bool:
    """Return whether a unit without a quotation begins with an author's full name, as portraits do."""
    one = page.features[at]
    full = any(" " in name and one.key.startswith(f"{name} ") for name in names)
    return full and not one.has_quotation and one.words <= MAX_BIOGRAPHY_WORDS


def _mentioned_before(page: SegmentedPage, body: list[int], at: int, name: str) -> bool:
    """Return whether the article names its author before unit ``at``: then it may be about that person."""
    return any(name in page.features[other].key for other in body if other < at)


def _without_appeal(page: SegmentedPage, lines: list[SourceLine]) -> list[SourceLine]:
    """Return the verdicts without the last paragraphs that turn to the reader or correct the article."""
    body = [at for at, line in enumerate(lines) if line.verdict is LineVerdict.BODY]
    for at in body[:0:-1]:
        text, one = page.units[at].text, page.features[at]
        if one.has_quotation or one.words > MAX_APPEAL_WORDS or not (READER_APPEAL.search(text) or CORRECTION_NOTE.match(text)):
            return lines
        lines[at] = boilerplate_verdict("turns to the reader" if READER_APPEAL.search(text) else "corrects the article")
    return lines


def _without_trailing_subheads(page: SegmentedPage, lines: list[SourceLine]) -> list[SourceLine]:
    """Return the verdicts without headings behind which no paragraph comes."""
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].verdict is LineVerdict.BODY:
            return lines
        if lines[at].verdict is LineVerdict.SUBHEAD:
            lines[at] = boilerplate_verdict(boilerplate_reason(page, at, "after the end of the article"))
    return lines
