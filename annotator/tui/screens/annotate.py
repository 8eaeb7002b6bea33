"""The annotate screen: routes keys to the session's pen and draws the state that comes of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from annotator.core.errors import AnnotatorError, RuleError
from annotator.core.schema import Label
from annotator.session.pen import Pen
from annotator.session.state import Message, TaskState
from annotator.tui.commands import COMMANDS, WITHOUT_SENTENCE, footer_items
from annotator.tui.layout.bars import head_row, keys_row, plain_rule, rule_row
from annotator.tui.layout.block import TEXT_COLUMN
from annotator.tui.layout.page import BodyRow, Frame, body_rows, start_row
from annotator.tui.layout.panel import panel_rows
from annotator.tui.layout.prompt import NEWCOMER_SPANS, welcome_row
from annotator.tui.layout.row import Ink, Piece, Row, fit
from annotator.tui.layout.safe_text import screen_text
from annotator.tui.layout.wrap import wrap
from annotator.tui.screens.base import RowScreen
from annotator.tui.screens.deeds import deeds
from annotator.tui.widgets.body import Body

_BINDINGS: list[BindingType] = [
    Binding(key, f"act('{c.id}')", c.does, id=f"{c.id}.{key}", show=False) for c in COMMANDS for key in c.keys
]


class AnnotateScreen(RowScreen):
    """The screen that one sits at."""

    BINDINGS: ClassVar[list[BindingType]] = _BINDINGS

    def __init__(self, pen: Pen) -> None:
        """Draw what this pen does."""
        super().__init__()
        self.pen = pen
        self._session = pen.session
        self._arrived: tuple[object, ...] = ()
        self._start = 0
        self._drag_from: int | None = None

    def compose_body(self) -> ComposeResult:
        """Put the article beside the panel."""
        app = self.annotator
        with Horizontal(id="middle"):
            yield Body(id="body", schema=app.session.schema, palette=app.palette)
            yield self.rows("panel")

    @cached_property
    def _deeds(self) -> dict[str, Callable[[], object]]:
        return deeds(self)

    # -- drawing -------------------------------------------------------------------------------

    def draw(self) -> None:
        """Draw the state of this moment."""
        width = self.size.width
        if not width:
            return
        if not self._session.here:
            self._draw_nothing(width)
            return
        state, glyphs = self.pen.state(), self.annotator.glyphs
        panel = panel_width(width)
        self.part("panel").styles.width = panel
        self.part("panel").display = panel > 0
        frame = self._frame(panel)
        arrived = (state.work.sentence.id, self.size)
        if arrived != self._arrived:
            self._arrived, self._start = arrived, start_row(state, frame)
        self.part("head").show_rows((head_row(state, width, glyphs),))
        self.query_one("#body", Body).show_body(body_rows(state, frame, self._start))
        if panel:
            self.part("panel").show_rows(panel_rows(state, panel, self.body_height, glyphs))
        self.part("rule").show_rows((self._rule(state, panel),))
        self.part("keys").show_rows((self._keys(state),))

    def _draw_nothing(self, width: int) -> None:
        """Say that no line of the article is annotated, and what one can do."""
        article = self._session.article(self._session.current)
        title = Piece(f" {screen_text(article.title or article.origin)}", Ink("title", bold=True))
        said = self._session.message.text if self._session.message else ""
        rows = (
            (),
            (Piece("      no line of this article is annotated", Ink("text", bold=True)),),
            (Piece("      # shows its lines   ) next article   @ overview   Ctrl+Z undo", Ink("muted")),),
            (Piece(f"      {screen_text(said)}", Ink("warn")),),
        )
        self._arrived = ()
        self.part("panel").display = False
        self.part("head").show_rows((fit((title,), width),))
        self.query_one("#body", Body).show_body(tuple(BodyRow(fit(row, width)) for row in rows))
        self.part("rule").show_rows((plain_rule(width, self.annotator.glyphs),))
        self.part("keys").show_rows((keys_row([], ("F1", "all keys"), width),))

    def _frame(self, panel: int) -> Frame:
        width, height = self.size
        text = min(96, width - 10 - panel if panel else width - 8)
        app = self.annotator
        return Frame(width - panel, self.body_height, max(2, text), height >= 36, app.glyphs, app.hint_mode)

    def _rule(self, state: TaskState, panel: int) -> Row:
        width, glyphs = self.size.width, self.annotator.glyphs
        if state.banner:
            return fit((Piece(" " + screen_text(state.banner), Ink("warn", bold=True, reverse=True)),), width)
        return plain_rule(width, glyphs) if panel else rule_row(state, width, glyphs)

    def _keys(self, state: TaskState) -> Row:
        width = self.size.width
        if state.spans_made < NEWCOMER_SPANS and state.selection and not state.focus:
            return fit(welcome_row(state, width, self.annotator.glyphs), width)
        return keys_row(footer_items(), ("F1", "all keys"), width)

    # -- keys ----------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Take a letter or digit as a label key or a hint."""
        char = event.character
        if (
            char is None
            or not char.isascii()
            or not char.isalnum()
            or char == "0"
            or event.key.startswith(("ctrl+", "alt+"))
        ):
            return
        event.stop()
        event.prevent_default()
        label = None if self.pen.typed else self._session.schema.by_key(char)
        self._try(lambda: self._label(label) if label else self._hint(char))

    def _label(self, label: Label) -> None:
        self.pen.label(label)

    def _hint(self, char: str) -> None:
        if not self.pen.hint(char):
            raise RuleError(f"no word here has the letter {char}", do="the letters stand above the words")

    def action_act(self, name: str) -> None:
        """Carry out a command of the registry."""
        if self.pen.typed and name != "let_go":
            self.pen.typed = ""
        self._try(self._deeds[name], anywhere=name in WITHOUT_SENTENCE)

    def _try(self, deed: Callable[[], object], *, anywhere: bool = False) -> None:
        """Do something, say what rule forbids it if one does, and draw."""
        self._session.message = None
        if not self._session.here and not anywhere:
            return
        try:
            deed()
        except AnnotatorError as error:
            self._session.message = Message(str(error), warning=True)
        self.draw()

    # -- mouse ---------------------------------------------------------------------------------

    def on_body_pointed(self, message: Body.Pointed) -> None:
        """Select the word that was clicked, or go to the sentence that was."""
        if message.sentence != self._session.place.sentence:
            if message.first:
                self._drag_from = None
                self._try(lambda: self._session.move_in_article(message.sentence))
            return
        lines = wrap(self._session.work.sentence.tokens, self._frame(panel_width(self.size.width)).text_width)
        # The window may have changed its size since the mouse was pressed.
        there = 0 <= message.line < len(lines)
        token = lines[message.line].token_at(message.column - TEXT_COLUMN) if there else None
        if token is None:
            return
        if message.first:
            self._drag_from = token
            self._try(lambda: self.pen.click(token))
        elif self._drag_from is not None and token != self._drag_from:
            start = self._drag_from
            self._try(lambda: self.pen.drag(start, token))


def panel_width(width: int) -> int:
    """Return the width of the side panel for a screen of ``width`` cells."""
    return 0 if width < 110 else 28 if width < 140 else 46
