"""What all screens share: a head row, a body, a rule row and a row of keys, drawn in one theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.screen import Screen

from annotator.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from annotator.tui.app import AnnotatorApp


class RowScreen(Screen[None]):
    """A screen that is drawn from rows; ``draw`` is called when its size or its state changes."""

    AUTO_FOCUS = ""

    @property
    def annotator(self) -> AnnotatorApp:
        """The app, as what it is."""
        return cast("AnnotatorApp", self.app)

    def rows(self, name: str) -> Rows:
        """Return a new rows widget of this screen."""
        return Rows(id=name, schema=self.annotator.session.schema, palette=self.annotator.palette)

    def compose(self) -> ComposeResult:
        """Put head, body, rule and keys below each other."""
        yield self.rows("head")
        yield from self.compose_body()
        yield self.rows("rule")
        yield self.rows("keys")

    def compose_body(self) -> ComposeResult:
        """Put the body between head and rule."""
        yield self.rows("body")

    def part(self, name: str) -> Rows:
        """Return one of the screen's rows widgets."""
        return self.query_one(f"#{name}", Rows)

    @property
    def body_height(self) -> int:
        """How many rows the body has."""
        return max(1, self.size.height - 3)

    def on_mount(self) -> None:
        """Draw for the first time."""
        self.draw()

    def on_resize(self) -> None:
        """Draw in the new size."""
        self.draw()

    def on_screen_resume(self) -> None:
        """Draw what may have changed meanwhile."""
        self.draw()

    def draw(self) -> None:
        """Draw everything anew; unchanged rows cost nothing."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Draw in the theme that the app has now."""
        for rows in self.query(Rows):
            rows.show_palette(self.annotator.palette)
        self.draw()
