"""The search: hits in their context with the words highlighted, and how a query is written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rich.cells import cell_len

from annotator.core.search_query import HighlightRange
from annotator.session.sentence_search import SearchHit
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.active_sentence import answer_indicator
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.styled_text import CellStyle, StyledRow, StyledText, Styles
from annotator.tui.layout.text_cells import screen_text

HIGHLIGHT_STYLE = CellStyle("likely", bold=True, underline=True)
"""What was looked for; underlined too, for screens without colours."""

_QUERY_HELP = (
    ("harbour", "the word or a part of it, in capitals or not"),
    ('"Port Amery"', "exactly these characters"),
    ("label:PERSON", "a span of that label; label: has any span"),
    ("answer:open", "or accept, reject, ignore; answer: has any answer"),
    ("flag   note", "is flagged; has a note"),
    ("note:check", "the word stands in the note"),
    ("problem", "is not labelled alike elsewhere, or has a span inside a token"),
    ("article:ferry", "the article's title or source has the word"),
    ("-word  -flag", "not that"),
)


def query_help_rows(width: int) -> tuple[StyledRow, ...]:
    """Return how a query is written, in rows of at most ``width`` cells."""
    head = (styled.muted("  all of what is written must hold:"),)
    key = Styles.KEY
    rows = [(StyledText(f"  {term:<15}", key), styled.context(does)) for term, does in _QUERY_HELP]
    return tuple(styled.fit_row(row, width) for row in ((), head, (), *rows))


def search_hit_rows(
    hits: Sequence[SearchHit], at: int, width: int, height: int, glyphs: Glyphs
) -> tuple[StyledRow, ...]:
    """Return exactly ``height`` rows: the hits round number ``at`` (from 0), one a row."""
    shown = styled.visible_range(len(hits), at, height)
    return styled.fill_height((_search_hit_row(hits[i], width, glyphs, active=i == at) for i in shown), height)


def _search_hit_row(hit: SearchHit, width: int, glyphs: Glyphs, *, active: bool) -> StyledRow:
    style = CellStyle("text", background="row") if active else Styles.CONTEXT
    title = max(0, min(24, width // 5))
    head: StyledRow = (
        styled.active(glyphs.active if active else " "),
        styled.number(f"{f'{hit.article + 1}.{hit.index + 1}':>7} "),
        answer_indicator(hit.annotated.annotation.answer, glyphs),
        *styled.fit_row(
            (styled.muted(" " + styled.truncate(screen_text(hit.title), title - 1, glyphs.cut)),), title + 1
        ),
        StyledText(" "),
    )
    room = max(4, width - title - 12)
    return styled.fit_row(
        (*head, *highlighted_text_row(hit.annotated.sentence.text, hit.highlights, room, style, glyphs)), width, style
    )


@lru_cache(maxsize=1024)
def highlighted_text_row(
    text: str, highlighted: tuple[HighlightRange, ...], room: int, style: CellStyle, glyphs: Glyphs
) -> StyledRow:
    """Return what fits of a text into ``room`` cells, round the first highlighted place (code points)."""
    safe = screen_text(text)
    start = _excerpt_start(safe, highlighted, room)
    over = [False] * len(safe)
    for a, b in highlighted:
        over[a:b] = [True] * (b - a)
    cells = [(safe[i], HIGHLIGHT_STYLE if over[i] else style) for i in range(start, len(safe))]
    more = cell_len(safe[start:]) > room - bool(start)
    lead: StyledRow = (styled.muted(glyphs.cut),) if start else ()
    if not more:
        return (*lead, *styled.row_of_cells(cells))
    return (*styled.fit_row((*lead, *styled.row_of_cells(cells)), max(1, room - 1)), styled.muted(glyphs.cut))


def _excerpt_start(text: str, highlighted: tuple[HighlightRange, ...], room: int) -> int:
    """Return the code point at which the shown part starts, at a word where there is one."""
    if not highlighted or cell_len(text) <= room or cell_len(text[: highlighted[0][1]]) <= room - 1:
        return 0
    start = max(0, highlighted[0][0] - room // 3)
    fuller = max(0, min(start, len(text) - room + 1))
    if cell_len(text[fuller : highlighted[0][1]]) <= room - 2:
        start = fuller  # a short end leaves room for more of what is before it
    blank = text.find(" ", start, highlighted[0][0])
    return blank + 1 if blank >= 0 else start


def search_header(name: str, count_text: str, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the head row: what this is, and how many hits there are."""
    right = styled.muted(f" {count_text} ")
    left = styled.truncate(f" Search {glyphs.dot} {screen_text(name)}", width - cell_len(right.text), glyphs.cut)
    return (*styled.fit_row((styled.title(left),), width - cell_len(right.text)), right)
