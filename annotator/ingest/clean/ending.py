"""Where an article really ends: an author's portrait, appeals and loose headings are cut off its tail."""

from __future__ import annotations

import re

from annotator.core.article import Line, Verdict
from annotator.ingest.clean.metadata import author
from annotator.ingest.clean.outside import boilerplate, reason_outside
from annotator.ingest.clean.page import Page

AND = re.compile(r",\s*(?:and\s+)?|\s+and\s+|\s+&\s+", re.IGNORECASE)
APPEAL = re.compile(
    r"(?:^|[.?!:]\s+)(?:please\s+)?(?:(?:send|e-?mail|share)\s+(?:us\b|your\b)|(?:write|talk|get\s+in\s+touch)\b.*\b(?:us|newsroom|editor)\b"
    r"|tell\s+us\b|contact\s+(?:us|our|the\s+newsroom)\b|let\s+us\s+know\b|get\s+in\s+touch\b)",
    re.IGNORECASE,
)
"""A sentence that asks the reader to write: "Send your pictures to the newsroom."."""
CORRECTION = re.compile(
    r"^\W*(?:corrections?|clarifications?|editor['’]s\s+note)\b\W*(?::|\(|\d|an?\b|this\b|the\b)|^\W*this\s+(?:article|story|post)\s+(?:was|has\s+been)\s+(?:amended|corrected|updated)",
    re.IGNORECASE,
)
APPEAL_WORDS = 40
"""A line that turns to the reader or corrects the article has so many words at the most."""
PORTRAIT_WORDS = 80
"""A paragraph of such a portrait that begins with the author's name has so many words at the most."""
PORTRAIT = 5
"""How many units an author's portrait after the article has at the most."""


def trimmed(page: Page, lines: list[Line]) -> list[Line]:
    """Return the verdicts with the article cut before a portrait of its author, if that ends it."""
    cut = _portrait(page, lines)
    for at in range(cut, len(lines)):
        if lines[at].verdict is not Verdict.BOILERPLATE:
            lines[at] = boilerplate(
                "about the author" if at < cut + PORTRAIT else "after the end of the article"
            )
    return _without_loose_end(page, _without_appeal(page, lines))


def _portrait(page: Page, lines: list[Line]) -> int:
    """Return where the author's portrait begins, the number of units where there is none."""
    body = [at for at, line in enumerate(lines) if line.verdict.annotated]
    bylines = [author(page.units[at].text) for at, line in enumerate(lines) if line.verdict is Verdict.BYLINE]
    names = {name.strip().lower() for byline in bylines for name in AND.split(byline)} - {""}
    for at in body[-PORTRAIT:] if len(body) > PORTRAIT else []:
        one = page.features[at]
        named = any(name in one.key for name in names)
        headed = any(one.key.startswith(name) for name in names) and one.words <= 12 and not one.ends_sentence
        if headed or (one.biography >= 2 and not one.has_quotation and (named or one.biography >= 4)):
            return at
        if _presents(page, at, names) and not any(_named(page, body, at, name) for name in names):
            return at
    return len(lines)


def _presents(page: Page, at: int, names: set[str]) -> bool:
    """Return whether a unit without a quotation begins with an author's full name, as portraits do."""
    one = page.features[at]
    full = any(" " in name and one.key.startswith(f"{name} ") for name in names)
    return full and not one.has_quotation and one.words <= PORTRAIT_WORDS


def _named(page: Page, body: list[int], at: int, name: str) -> bool:
    """Return whether the article names its author before unit ``at``: then it may be about that person."""
    return any(name in page.features[other].key for other in body if other < at)


def _without_appeal(page: Page, lines: list[Line]) -> list[Line]:
    """Return the verdicts without the last paragraphs that turn to the reader or correct the article."""
    body = [at for at, line in enumerate(lines) if line.verdict is Verdict.BODY]
    for at in body[:0:-1]:
        text, one = page.units[at].text, page.features[at]
        if one.has_quotation or one.words > APPEAL_WORDS or not (APPEAL.search(text) or CORRECTION.match(text)):
            return lines
        lines[at] = boilerplate("turns to the reader" if APPEAL.search(text) else "corrects the article")
    return lines


def _without_loose_end(page: Page, lines: list[Line]) -> list[Line]:
    """Return the verdicts without headings behind which no paragraph comes."""
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].verdict is Verdict.BODY:
            return lines
        if lines[at].verdict is Verdict.SUBHEAD:
            lines[at] = boilerplate(reason_outside(page, at, "after the end of the article"))
    return lines
