"""Where an article really ends: loose headings and an author's portrait are cut off its tail."""

from __future__ import annotations

from annotator.core.article import Line, Verdict
from annotator.ingest.clean.metadata import author
from annotator.ingest.clean.outside import boilerplate, reason_outside
from annotator.ingest.clean.page import Page

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
    return _without_loose_end(page, lines)


def _portrait(page: Page, lines: list[Line]) -> int:
    """Return where the author's portrait begins, the number of units where there is none."""
    body = [at for at, line in enumerate(lines) if line.verdict.annotated]
    names = {
        author(page.units[at].text).lower() for at, line in enumerate(lines) if line.verdict is Verdict.BYLINE
    }
    names -= {""}
    for at in body[-PORTRAIT:] if len(body) > PORTRAIT else []:
        one = page.measures[at]
        named = any(name in one.key for name in names)
        headed = any(one.key.startswith(name) for name in names) and one.words <= 12 and not one.ended
        if headed or (one.biography >= 2 and not one.quoted and (named or one.biography >= 4)):
            return at
    return len(lines)


def _without_loose_end(page: Page, lines: list[Line]) -> list[Line]:
    """Return the verdicts without headings behind which no paragraph comes."""
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].verdict is Verdict.BODY:
            return lines
        if lines[at].verdict is Verdict.SUBHEAD:
            lines[at] = boilerplate(reason_outside(page, at, "after the end of the article"))
    return lines
