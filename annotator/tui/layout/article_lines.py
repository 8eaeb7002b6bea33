"""The lines of an article's source with their verdicts, and the doubt about them."""

from __future__ import annotations

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
    """Return exactly ``height`` rows: the doubt, where one is open, and the lines round number ``at`` (from 0)."""
    texts = article.text.split("\n")
    top = [_doubt_row(article, width, glyphs)] if article.doubt and height > 1 else []
    shown = styled.visible_range(len(texts), at, height - len(top))
    rows = (_article_line_row(i, texts[i], article.lines[i], width, glyphs, active=i == at) for i in shown)
    return styled.fill_height((*top, *rows), height)


def _doubt_row(article: Article, width: int, glyphs: Glyphs) -> StyledRow:
    """Return why the lines may be wrong, and the key that goes on."""
    key = (styled.key("  ; "), styled.muted("goes on "))
    why = styled.warn_bold(" ! "), styled.warn(f"doubtful: {screen_text(article.doubt)}")
    return styled.clip_row(styled.justify_row(why, key, width, glyphs.cut), width)


def _article_line_row(i: int, text: str, line: SourceLine, width: int, glyphs: Glyphs, *, active: bool) -> StyledRow:
    style = Styles.TEXT if line.verdict.annotated else Styles.CONTEXT
    style = CellStyle("text", background="row", bold=True) if active else style
    verdict = CellStyle("ok" if line.verdict.annotated else "muted")
    row = (
        styled.mark_active(glyphs.active, active),
        styled.muted(f"{i + 1:>4} "),
        styled.likely_bold("*" if line.was else " "),
        StyledText(f"{line.verdict.value:<12}", verdict),
        StyledText(styled.truncate(screen_text(text), max(1, width - 19), glyphs.cut), style),
    )
    return styled.fit_row(row, width, style if active else None)


def verdict_reason_row(article: Article, at: int, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the rule row: why the current line has its verdict."""
    line = article.lines[at]
    was = f" (was {line.was.value})" if line.was else ""
    words = StyledText(f"{line.verdict.value}: {screen_text(line.reason)}{was}")
    reason = styled.clip_words((words,), width - 8, glyphs.cut)
    row = (styled.rule(glyphs.rule * 2 + " "), *reason, StyledText(" "), styled.rule(glyphs.rule * width))
    return styled.fit_row(row, width)
