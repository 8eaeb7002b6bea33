"""The overview: the article's sentences with answer and label counts, the articles beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.core.schema import Schema
from annotator.session.state import TaskState
from annotator.tui.layout.bars import label_counts
from annotator.tui.layout.block import answer_piece
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.page import byline_of
from annotator.tui.layout.row import Ink, Piece, Row, cut, fit, two_ended
from annotator.tui.layout.safe_text import screen_text

LIST_WIDTH = 44
"""The list of articles stands at the left where there are so many cells more than a page needs."""


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article as the list shows it."""

    title: str
    done: int
    total: int


def overview_head(state: TaskState, name: str, width: int, glyphs: Glyphs) -> Row:
    """Return the head row: what this is, and how far the corpus is."""
    left = (Piece(f" Overview {glyphs.dot} {screen_text(name)}", Ink("title", bold=True)),)
    article = f"article {state.article_number}/{state.article_count}"
    sentences = f"{state.done} of {state.total} sentences"
    facts = (article, sentences, f"{percent(state.done, state.total)} % ")
    right = (Piece(f" {glyphs.dot} ".join(facts), Ink("muted")),)
    return two_ended(left, right, width)


def percent(done: int, total: int) -> int:
    """Return the share in whole percent; 0 of nothing."""
    return done * 100 // total if total else 0


def sentence_rows(state: TaskState, width: int, height: int, glyphs: Glyphs) -> tuple[Row, ...]:
    """Return exactly ``height`` rows: title, byline, a heading and the sentences round the active one."""
    shorts = [x for x in state.schema.labels if x.key]
    text = max(10, width - 7 - 4 * len(shorts) - 4)
    a = state.article
    byline = byline_of(a, glyphs)
    names = tuple(Piece(f"{state.schema.short(x.name):>4}", Ink("lane", x.name)) for x in shorts)
    top: list[Row] = [
        (Piece(" " + cut(screen_text(a.title or a.origin), width - 2, glyphs.cut), Ink("text", bold=True)),),
        (Piece(" " + cut(byline, width - 2, glyphs.cut), Ink("muted")),),
        (Piece(f"{'       sentence':<{text + 7}}", Ink("muted")), *names),
    ]
    room = max(1, height - len(top))
    first = max(0, min(state.active - room // 2, len(state.works) - room))
    rows = [_sentence(state, i, text, glyphs) for i in range(first, min(len(state.works), first + room))]
    return tuple(top + rows + [()] * (height - len(top) - len(rows)))[:height]


def _sentence(state: TaskState, i: int, width: int, glyphs: Glyphs) -> Row:
    work, active = state.works[i], i == state.active
    ink = Ink("text", tint="row", bold=True) if active else Ink("context")
    mark = (
        Piece(glyphs.here, Ink("active"))
        if active and not work.done
        else answer_piece(work.annotation.answer, glyphs)
    )
    words = cut(" ".join(screen_text(work.sentence.text).split()), width, glyphs.cut)
    head: Row = (Piece(glyphs.active if active else " ", Ink("active")), mark, Piece(f"{i + 1:>3}  ", ink))
    return (
        *head,
        *fit((Piece(words, ink),), width, ink),
        *_counts(state.schema, label_counts(state.schema, [work]), glyphs),
    )


def _counts(schema: Schema, counts: dict[str, int], glyphs: Glyphs) -> Row:
    return tuple(
        Piece(f"{counts[x.name]:>4}", Ink("lane", x.name))
        if counts[x.name]
        else Piece(f"   {glyphs.dot}", Ink("muted"))
        for x in schema.labels
        if x.key
    )


def article_rows(
    articles: Sequence[ArticleLine], current: int, width: int, height: int, glyphs: Glyphs
) -> tuple[Row, ...]:
    """Return exactly ``height`` rows: the articles round the current one with how far each is."""
    room = max(1, height - 2)
    first = max(0, min(current - room // 2, len(articles) - room))
    rows: list[Row] = [
        (),
        two_ended((Piece(" ARTICLES", Ink("muted")),), (Piece("done ", Ink("muted")),), width),
    ]
    for i, a in list(enumerate(articles))[first : first + room]:
        ink = Ink("text", bold=True) if i == current else Ink("context")
        mark = (
            glyphs.here if i == current else (glyphs.accept if a.total and a.done == a.total else glyphs.dot)
        )
        count = (Piece(f" {a.done}/{a.total} ", ink),)
        title = cut(screen_text(a.title), width - 4 - len(count[0].text), glyphs.cut)
        rows.append(
            two_ended(
                (Piece(f" {mark} ", Ink("active" if i == current else "ok")), Piece(title, ink)), count, width
            )
        )
    return tuple(rows + [()] * (height - len(rows)))[:height]


def gauge_row(state: TaskState, width: int, glyphs: Glyphs) -> Row:
    """Return the rule row with the corpus's progress as a gauge."""
    bar = max(4, min(40, width - 24))
    full = bar * state.done // state.total if state.total else 0
    row: Row = (
        Piece(glyphs.rule * 2 + " ", Ink("rule")),
        Piece("corpus ", Ink("muted")),
        Piece(glyphs.gauge * full, Ink("ok")),
        Piece(glyphs.gauge_rest * (bar - full), Ink("rule")),
        Piece(f" {percent(state.done, state.total)} % ", Ink("muted")),
    )
    return fit((*row, Piece(glyphs.rule * width, Ink("rule"))), width)
