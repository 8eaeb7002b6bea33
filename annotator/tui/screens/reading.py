"""Something to read: the guideline, or all keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from annotator.tui.layout.bars import keys_row, empty_rule_row
from annotator.tui.layout.row import CellStyle, StyledText, StyledRow, fit_row
from annotator.tui.screens.base import RowScreen


class TextScreen(RowScreen):
    """Shows rows that scroll; ``?`` goes on from the guideline to the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("semicolon,escape,enter,q,f1", "close", show=False),
        Binding("question_mark", "other", show=False),
        Binding("up", "scroll_by(-1)", show=False),
        Binding("down", "scroll_by(1)", show=False),
        Binding("pageup,left_parenthesis", "scroll_by(-15)", show=False),
        Binding("pagedown,right_parenthesis,space", "scroll_by(15)", show=False),
    ]

    def __init__(
        self, title: str, make_rows: Callable[[int], tuple[StyledRow, ...]], open_other: Callable[[], None] | None
    ) -> None:
        """Show the rows that ``make`` returns for a width; ``?`` calls ``other``."""
        super().__init__()
        self._title = title
        self._make_rows = make_rows
        self._open_other = open_other

    def compose_body(self) -> ComposeResult:
        """Put the rows into a box that scrolls."""
        with VerticalScroll(id="scroll", can_focus=False):
            yield self.rows("body")

    def draw(self) -> None:
        """Draw the text in the width of the screen."""
        width, glyphs = self.size.width, self.annotator.glyphs
        if not width:
            return
        rows = self._make_rows(max(20, min(100, width - 2)))
        self.part("body").styles.height = len(rows)
        self.part("head").show_rows((fit_row((StyledText(f" {self._title}", CellStyle("title", bold=True)),), width),))
        self.part("body").show_rows(rows)
        self.part("rule").show_rows((empty_rule_row(width, glyphs),))
        more = [("?", "all keys")] if self._open_other else []
        self.part("keys").show_rows((keys_row([("Up Down", "scroll"), *more], ("Esc", "back"), width),))

    def action_scroll_by(self, by: int) -> None:
        """Scroll by some rows."""
        self.query_one("#scroll", VerticalScroll).scroll_relative(y=by, animate=False)

    def action_other(self) -> None:
        """Go on to the other text, or back where there is none."""
        self.dismiss()
        if self._open_other:
            self._open_other()

    def action_close(self) -> None:
        """Go back to annotating."""
        self.dismiss()
