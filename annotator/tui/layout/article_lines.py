"""The lines of an article's source with their verdicts, and the doubt about them."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.core.article import Article, SourceLine
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.styled_text import CellStyle, Glyphs, StyledRow, StyledText, Styles
from annotator.tui.layout.text_cells import screen_text


def article_lines_header(article: Article, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the head row: the article, and how many of its lines are annotated."""
    kept = sum(line.verdict.annotated for line in article.lines)
    right = (styled.muted(f"{kept} of {len(article.lines)} lines are annotated "),)
    left = (styled.title(f" Lines {glyphs.dot} {screen_text(article.name)}"),)
    return styled.justify_row(left, (StyledText("  "), *right), width, glyphs.cut)


def article_line_rows(article: Article, at: int, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return exactly ``height`` rows: the doubt, where one is open, and the lines round number ``at`` (from 0).

    That line is shown whole, in half of the rows at most: a paragraph is judged by more than its beginning.
    """
    texts = article.text.split("\n")
    top = [_doubt_row(article, width, glyphs)] if article.doubt and height > 1 else []
    room = height - len(top)
    words = _wrapped(texts[at], max(1, width - _MARGIN), max(1, room // 2), glyphs)
    shown = styled.visible_range(len(texts), at, room - len(words) + 1)
    rows: list[StyledRow] = []
    for i in shown:
        active = i == at
        parts = words if active else _wrapped(texts[i], max(1, width - _MARGIN), 1, glyphs)
        rows += _article_line_rows(i, parts, article.lines[i], width, glyphs, active=active)
    return styled.fill_height((*top, *rows), height)


def _doubt_row(article: Article, width: int, glyphs: Glyphs) -> StyledRow:
    """Return why the lines may be wrong."""
    why = styled.warn_bold(" ! "), styled.warn(f"doubtful: {screen_text(article.doubt)}")
    return styled.fit_words(why, width, glyphs.cut)


_MARGIN = 19
"""The cells beside a line's words: its mark, number and verdict."""


def _wrapped(text: str, width: int, height: int, glyphs: Glyphs) -> tuple[str, ...]:
    """Return the first ``height`` rows of a line's words, of which the last is cut where there are more."""
    if height == 1:
        return (styled.truncate(screen_text(text), width, glyphs.cut),)
    rows = styled.wrap_paragraph(screen_text(text[: height * width + 1]), width)
    if len(rows) <= height:
        return rows
    return (*rows[: height - 1], styled.truncate(" ".join(rows[height - 1 :]), width, glyphs.cut))


def _article_line_rows(
    i: int, parts: tuple[str, ...], line: SourceLine, width: int, glyphs: Glyphs, *, active: bool
) -> Iterator[StyledRow]:
    """Yield the rows of one line; its number and verdict are on the first."""
    style = Styles.TEXT if line.verdict.annotated else Styles.CONTEXT
    style = CellStyle("text", background="row", bold=True) if active else style
    verdict = CellStyle("ok" if line.verdict.annotated else "muted")
    for n, part in enumerate(parts):
        row = (
            styled.mark_active(glyphs.active, active),
            styled.muted(f"{i + 1:>4} " if n == 0 else " " * 5),
            styled.likely_bold("*" if line.was and n == 0 else " "),
            StyledText(f"{line.verdict.value if n == 0 else '':<12}", verdict),
            StyledText(part, style),
        )
        yield styled.fit_row(row, width, style if active else None)


def verdict_reason_row(article: Article, at: int, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the rule row: why the current line has its verdict."""
    line = article.lines[at]
    was = f" (was {line.was.value})" if line.was else ""
    words = StyledText(f"{line.verdict.value}: {screen_text(line.reason)}{was}")
    reason = styled.clip_words((words,), width - 8, glyphs.cut)
    row = (styled.rule(glyphs.rule * 2 + " "), *reason, StyledText(" "), styled.rule(glyphs.rule * width))
    return styled.fit_row(row, width)
