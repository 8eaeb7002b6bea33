"""The body of the annotate screen: rows that say where they were clicked."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message

from annotator.core.schema import Schema
from annotator.tui.colours import Palette
from annotator.tui.layout.page import BodyRow
from annotator.tui.widgets.rows import Rows


class Body(Rows):
    """Draws the article with the active block and turns the mouse into messages."""

    @dataclass
    class Pointed(Message):
        """The mouse went down (``first``) or was dragged on over a place of a sentence's text."""

        sentence: int
        line: int
        column: int
        """The column on the screen, the edge of the body being 0."""
        first: bool

    def __init__(self, *, id: str, schema: Schema, palette: Palette) -> None:  # noqa: A002 - Textual's own name
        """Start empty."""
        super().__init__(id=id, schema=schema, palette=palette)
        self._body_rows: tuple[BodyRow, ...] = ()
        self._pressed = False

    def show_body(self, rows: tuple[BodyRow, ...]) -> None:
        """Draw these rows from now on."""
        self._body_rows = rows
        self.show_rows(tuple(r.row for r in rows))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a selection."""
        self._pressed = True
        self.capture_mouse()
        self._post_pointed(event, first=True)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Draw the selection on."""
        if self._pressed:
            self._post_pointed(event, first=False)

    def on_mouse_up(self) -> None:
        """End the selection."""
        self._pressed = False
        self.release_mouse()

    def _post_pointed(self, event: events.MouseEvent, *, first: bool) -> None:
        if 0 <= event.y < len(self._body_rows) and self._body_rows[event.y].sentence >= 0:
            place = self._body_rows[event.y]
            self.post_message(self.Pointed(place.sentence, place.line, event.x, first))
