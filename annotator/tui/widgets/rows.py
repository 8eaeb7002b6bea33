"""The widget that everything on the annotate screen is drawn with: a list of rows."""

from __future__ import annotations

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from annotator.core.schema import Schema
from annotator.tui.colours import Palette, rich_style
from annotator.tui.layout.row import CellStyle, StyledRow


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
