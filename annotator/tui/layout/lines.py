"""The article screen: every physical line of the source with its verdict and the reason for it."""

from __future__ import annotations

from annotator.core.article import Article, Line, Verdict
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.row import Ink, Piece, Row, cut, fit, two_ended
from annotator.tui.layout.safe_text import screen_text

LETTERS = {
    "b": Verdict.BODY,
    "h": Verdict.SUBHEAD,
    "t": Verdict.TITLE,
    "d": Verdict.DECK,
    "y": Verdict.BYLINE,
    "p": Verdict.DATELINE,
    "c": Verdict.CAPTION,
    "x": Verdict.BOILERPLATE,
}
"""The key that gives a line each verdict."""


def lines_head(article: Article, width: int, glyphs: Glyphs) -> Row:
    """Return the head row: the article, and how many of its lines are annotated."""
    kept = sum(line.verdict.annotated for line in article.lines)
    right = (Piece(f"{kept} of {len(article.lines)} lines are annotated ", Ink("muted")),)
    left = (
        Piece(f" Lines {glyphs.dot} {screen_text(article.title or article.origin)}", Ink("title", bold=True)),
    )
    return two_ended(left, (Piece("  "), *right), width)


def line_rows(article: Article, at: int, width: int, height: int, glyphs: Glyphs) -> tuple[Row, ...]:
    """Return exactly ``height`` rows: the lines round number ``at`` (from 0)."""
    texts = article.text.split("\n")
    first = max(0, min(at - height // 2, len(texts) - height))
    rows = [
        _row(i, texts[i], article.lines[i], width, glyphs, active=i == at)
        for i in range(first, min(len(texts), first + height))
    ]
    return tuple(rows + [()] * (height - len(rows)))[:height]


def _row(i: int, text: str, line: Line, width: int, glyphs: Glyphs, *, active: bool) -> Row:
    style = Ink("text") if line.verdict.annotated else Ink("context")
    style = Ink("text", background="row", bold=True) if active else style
    verdict = Ink("ok" if line.verdict.annotated else "muted")
    mark = Piece("*" if line.was else " ", Ink("likely", bold=True))
    head: Row = (
        Piece(glyphs.active if active else " ", Ink("active")),
        Piece(f"{i + 1:>4} ", Ink("muted")),
        mark,
        Piece(f"{line.verdict.value:<12}", verdict),
    )
    room = max(1, width - 19)
    return fit((*head, Piece(cut(screen_text(text), room, glyphs.cut), style)), width, style if active else None)


def reason_row(article: Article, at: int, width: int, glyphs: Glyphs) -> Row:
    """Return the rule row: why the line in hand has its verdict."""
    line = article.lines[at]
    was = f" (was {line.was.value})" if line.was else ""
    words = cut(f"{line.verdict.value}: {screen_text(line.reason)}{was}", width - 8, glyphs.cut)
    return fit(
        (
            Piece(glyphs.rule * 2 + " ", Ink("rule")),
            Piece(words + " ", Ink("text")),
            Piece(glyphs.rule * width, Ink("rule")),
        ),
        width,
    )
