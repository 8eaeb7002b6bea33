"""Widgets: they draw the rows that they get, and post what the user does with them."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from annotator.core.schema import Schema
from annotator.tui.colours import Palette, rich_style
from annotator.tui.layout.article_body import BodyRow
from annotator.tui.layout.styled_text import CellStyle, StyledRow
from annotator.tui.layout.text_cells import screen_text


class Rows(Widget):
    """Draws rows and redraws only those that have changed since."""

    def __init__(self, *, id: str, schema: Schema, palette: Palette) -> None:  # noqa: A002 - Textual's own name
        """Start with nothing to draw."""
        super().__init__(id=id)
        self._schema = schema
        self._palette = palette
        self._rows: tuple[StyledRow, ...] = ()
        self._strips: dict[StyledRow, Strip] = {}

    def show_rows(self, rows: tuple[StyledRow, ...]) -> None:
        """Draw these rows from now on."""
        old, self._rows = self._rows, rows
        if len(old) != len(rows):
            self.refresh()
            return
        changed = [Region(0, y, self.size.width, 1) for y, row in enumerate(rows) if row != old[y]]
        if changed:
            self.refresh(*changed)

    def show_palette(self, palette: Palette) -> None:
        """Draw with another theme from now on."""
        self._palette = palette
        self._strips.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one row as the terminal will show it."""
        row = self._rows[y] if y < len(self._rows) else ()
        strip = self._strips.get(row)
        if strip is None or strip.cell_length != self.size.width:
            if len(self._strips) > 512:
                self._strips.clear()
            strip = self._strips[row] = self._strip(row)
        return strip

    def _strip(self, row: StyledRow) -> Strip:
        segments = [Segment(p.text, rich_style(p.style, self._palette, self._schema)) for p in row]
        ground = rich_style(CellStyle(), self._palette, self._schema)
        return Strip(segments).adjust_cell_length(self.size.width, ground)


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


class LineInput(Input):
    """One row; what could command the terminal becomes visible characters as it comes in."""

    def __init__(self, value: str = "", *, id: str, max_length: int = 0) -> None:  # noqa: A002 - Textual's own name
        """Start with ``value``; ``most`` characters at the most, where it is not 0."""
        super().__init__(screen_text(value), id=id, max_length=max_length, compact=True)
        self.cursor_blink = False

    class Left(Message):
        """The line was left with ``;`` while nothing was typed, as every screen can be."""

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]  # Textual takes both kinds
        """Leave with ; as long as nothing is typed."""
        if event.character == ";" and not self.value:
            event.stop()
            event.prevent_default()
            self.post_message(self.Left())

    def replace(self, text: str, start: int, end: int) -> None:
        """Put ``text`` in place of a part; everything that is typed or pasted comes through here."""
        super().replace(screen_text(text), start, end)
