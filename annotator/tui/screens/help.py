"""The list of keys: a card of the first ones, and all others by task and screen, each task folded."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll

from annotator.session.screen_keys import HELP, KeySection, textual_actions
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.key_help import KeyHelp, key_help
from annotator.tui.layout.status_rows import empty_rule_row, keys_row
from annotator.tui.layout.styled_text import Glyphs
from annotator.tui.screens.row_screen import ScrollScreen, hidden_bindings


class HelpScreen(ScrollScreen):
    """Shows the keys; opened on another screen it begins at the keys of that screen."""

    BINDINGS: ClassVar[list[BindingType]] = hidden_bindings(textual_actions(HELP))

    def __init__(self, sections: tuple[KeySection, ...], title: str = "") -> None:
        """Begin with the section of this title unfolded; with none, at the card."""
        super().__init__()
        self._sections = sections
        titles = [s.title for s in sections]
        self._active = titles.index(title) if title in titles else -1
        self._opened = {self._active} - {-1}

    def on_mount(self) -> None:
        """Draw, and scroll to the section with which the screen begins."""
        super().on_mount()
        self._reveal(at_top=True)

    def draw_rows(self, width: int, glyphs: Glyphs) -> None:
        """Draw the list in the width of the screen."""
        keys = [("↑↓", "task"), ("Enter", "open"), ("*", "all"), ("PgUp PgDn", "scroll")]
        self.show_parts(
            styled.fit_row((styled.title(" Keys"),), width),
            self._help().rows,
            empty_rule_row(width, glyphs),
            keys_row([(glyphs.words(key), does) for key, does in keys], ("Esc", "back"), width),
        )

    def _help(self) -> KeyHelp:
        schema = self.annotator.controller.keyboard.keys.schema
        width = max(20, min(100, self.size.width - 2))
        return key_help(schema, self._sections, self._opened, self._active, width, self.annotator.glyphs)

    def _reveal(self, *, at_top: bool = False) -> None:
        """Scroll so that the active section is on the screen, its title before its end."""
        self.call_after_refresh(self._scroll_to_active, at_top)

    def _scroll_to_active(self, at_top: bool) -> None:
        scroll = self.query_one("#scroll", VerticalScroll)
        place = self._help().sections[self._active] if self._active >= 0 else range(1)
        room = self.body_height
        lowest = place.start if at_top else min(place.start, max(scroll.scroll_offset.y, place.stop - room))
        scroll.scroll_to(y=lowest, animate=False)

    def action_choose(self, by: int) -> None:
        """Go to the section before or after; the card is before all of them."""
        self._active = max(-1, min(self._active + by, len(self._sections) - 1))
        self.draw()
        self._reveal()

    def action_fold(self) -> None:
        """Show or hide the keys of the active section; on the card, of the first."""
        self._active = max(0, self._active)
        self._opened ^= {self._active}
        self.draw()
        self._reveal()

    def action_fold_all(self) -> None:
        """Show or hide the keys of all sections."""
        everything = set(range(len(self._sections)))
        self._opened = set() if self._opened == everything else everything
        self.draw()
        self._reveal()
