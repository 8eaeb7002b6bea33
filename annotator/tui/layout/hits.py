"""The search: hits in their context with the words lit, and how a query is written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rich.cells import cell_len

from annotator.core.search import Place
from annotator.session.finder import Hit
from annotator.tui.layout.block import answer_piece
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.row import Ink, Piece, Row, cut, fit, runs
from annotator.tui.layout.safe_text import screen_text

LIT = Ink("likely", bold=True, underline=True)
"""What was looked for; underlined too, for screens without colours."""

_HELP = (
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


def help_rows(width: int) -> tuple[Row, ...]:
    """Return how a query is written, in rows of at most ``width`` cells."""
    head = (Piece("  all of what is written must hold:", Ink("muted")),)
    key = Ink("key", bold=True)
    rows = [(Piece(f"  {term:<15}", key), Piece(does, Ink("context"))) for term, does in _HELP]
    return tuple(fit(row, width) for row in ((), head, (), *rows))


def hit_rows(hits: Sequence[Hit], at: int, width: int, height: int, glyphs: Glyphs) -> tuple[Row, ...]:
    """Return exactly ``height`` rows: the hits round number ``at`` (from 0), one a row."""
    first = max(0, min(at - height // 2, len(hits) - height))
    rows = [
        _hit(hits[i], width, glyphs, active=i == at) for i in range(first, min(len(hits), first + height))
    ]
    return tuple(rows + [()] * (height - len(rows)))[:height]


def _hit(hit: Hit, width: int, glyphs: Glyphs, *, active: bool) -> Row:
    style = Ink("text", background="row") if active else Ink("context")
    title = max(0, min(24, width // 5))
    head: Row = (
        Piece(glyphs.active if active else " ", Ink("active")),
        Piece(f"{f'{hit.article + 1}.{hit.index + 1}':>7} ", Ink("number")),
        answer_piece(hit.annotated.annotation.answer, glyphs),
        *fit((Piece(" " + cut(screen_text(hit.title), title - 1, glyphs.cut), Ink("muted")),), title + 1),
        Piece(" "),
    )
    room = max(4, width - title - 12)
    return fit((*head, *context_row(hit.annotated.sentence.text, hit.highlights, room, style, glyphs)), width, style)


@lru_cache(maxsize=1024)
def context_row(text: str, highlighted: tuple[Place, ...], room: int, style: Ink, glyphs: Glyphs) -> Row:
    """Return what fits of a text into ``room`` cells, round the first of its lit places (code points)."""
    safe = screen_text(text)
    start = _start(safe, highlighted, room)
    over = [False] * len(safe)
    for a, b in highlighted:
        over[a:b] = [True] * (b - a)
    cells = [(safe[i], LIT if over[i] else style) for i in range(start, len(safe))]
    more = cell_len(safe[start:]) > room - bool(start)
    lead: Row = (Piece(glyphs.cut, Ink("muted")),) if start else ()
    if not more:
        return (*lead, *runs(cells))
    return (*fit((*lead, *runs(cells)), max(1, room - 1)), Piece(glyphs.cut, Ink("muted")))


def _start(text: str, highlighted: tuple[Place, ...], room: int) -> int:
    """Return the code point at which the shown part starts, at a word where there is one."""
    if not highlighted or cell_len(text) <= room or cell_len(text[: highlighted[0][1]]) <= room - 1:
        return 0
    start = max(0, highlighted[0][0] - room // 3)
    fuller = max(0, min(start, len(text) - room + 1))
    if cell_len(text[fuller : highlighted[0][1]]) <= room - 2:
        start = fuller  # a short end leaves room for more of what is before it
    blank = text.find(" ", start, highlighted[0][0])
    return blank + 1 if blank >= 0 else start


def hits_head(name: str, count_text: str, width: int, glyphs: Glyphs) -> Row:
    """Return the head row: what this is, and how many hits there are."""
    right = Piece(f" {count_text} ", Ink("muted"))
    left = cut(f" Search {glyphs.dot} {screen_text(name)}", width - cell_len(right.text), glyphs.cut)
    return (*fit((Piece(left, Ink("title", bold=True)),), width - cell_len(right.text)), right)
