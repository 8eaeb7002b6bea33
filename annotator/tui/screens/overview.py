"""The overview: where the work stands, and a way to any sentence."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from annotator.session.pen import Pen
from annotator.tui.layout.bars import keys_row
from annotator.tui.layout.overview import (
    LIST_WIDTH,
    ArticleLine,
    article_rows,
    gauge_row,
    overview_head,
    sentence_rows,
)
from annotator.tui.layout.row import Ink, Piece
from annotator.tui.screens.base import RowScreen

_KEYS = [
    ("Enter", "open"),
    ("Up Down", "sentence"),
    ("PgUp PgDn", "article"),
    ("n", "next undone"),
    ("Esc", "back"),
]
WIDE = 110
"""From this width on the articles stand beside the sentences."""


class OverviewScreen(RowScreen):
    """Shows the sentences of the article in hand; moving here moves the session."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("left_parenthesis,pageup", "article(-1)", show=False),
        Binding("right_parenthesis,pagedown", "article(1)", show=False),
        Binding("home", "edge(0)", show=False),
        Binding("end", "edge(-1)", show=False),
        Binding("n", "undone", show=False),
        Binding("f1", "app.keys", show=False),
        Binding("enter,semicolon,escape,at,q,f2", "close", show=False),
    ]

    def __init__(self, pen: Pen) -> None:
        """Show the works of this pen's session."""
        super().__init__()
        self._pen = pen
        self._session = pen.session

    def compose_body(self) -> ComposeResult:
        """Put the list of articles beside the sentences."""
        with Horizontal(id="middle"):
            yield self.rows("articles")
            yield self.rows("body")

    def draw(self) -> None:
        """Draw the overview of this moment."""
        width, height = self.size.width, self.body_height
        if not width:
            return
        if not self._session.here:
            words = "  no line of this article is annotated: go on to another, or Esc and # for its lines"
            self.part("body").show_rows(((), (Piece(words, Ink("text")),)))
            return
        self._session.count()
        state, glyphs = self._pen.state(), self.annotator.glyphs
        beside = LIST_WIDTH if width >= WIDE else 0
        self.part("articles").display = beside > 0
        self.part("articles").styles.width = beside
        self.part("head").show_rows((overview_head(state, self._session.corpus.name, width, glyphs),))
        if beside:
            self.part("articles").show_rows(
                article_rows(self._articles(), self._session.place.article, beside, height, glyphs)
            )
        self.part("body").show_rows(sentence_rows(state, width - beside, height, glyphs))
        self.part("rule").show_rows((gauge_row(state, width, glyphs),))
        self.part("keys").show_rows((keys_row(_KEYS, ("F1", "all keys"), width),))

    def _articles(self) -> list[ArticleLine]:
        each = [(self._session.article(a), self._session.progress_of(a)) for a in self._session.queue]
        return [ArticleLine(a.title or a.origin, p.done, p.total) for a, p in each]

    def action_move(self, by: int) -> None:
        """Go to the sentence before or after."""
        self._session.move_sentence(by)
        self.draw()

    def action_article(self, by: int) -> None:
        """Go to the article before or after."""
        self._session.move_article(by)
        self.draw()

    def action_edge(self, to: int) -> None:
        """Go to the first or last sentence."""
        self._session.move_in_article(to)
        self.draw()

    def action_undone(self) -> None:
        """Go to the next sentence without an answer."""
        self._session.next_undone()
        self.draw()

    def action_close(self) -> None:
        """Go back to annotating, at the sentence in hand."""
        self.dismiss()
