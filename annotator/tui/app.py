"""The Textual app: one session, its screens, themes and the way out."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.theme import Theme

from annotator.core.errors import AnnotatorError, CorpusError, RuleError
from annotator.core.schema import Label
from annotator.session.pen import Pen
from annotator.session.session import Session
from annotator.session.state import Message as Told
from annotator.session.state import Saved
from annotator.storage.prefs import Preferences, update_preferences
from annotator.tui.colours import DARK, LIGHT, NO_COLOUR, PALETTES, Palette
from annotator.tui.commands import COMMANDS
from annotator.tui.layout.glyphs import ASCII, BOX, Glyphs
from annotator.tui.layout.safe_text import screen_text
from annotator.tui.layout.wrap import token_width
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.base import RowScreen

HINT_MODES = ("all", "likely", "off")

_LEAVING = {
    Saved.SAVED: "everything is saved",
    Saved.SAVING: "the last decisions are still on their way to the disk, leaving waits for them",
    Saved.FAILED: "NOT everything is saved, see the red row",
    Saved.READ_ONLY: "nothing was changed",
}


def _theme(palette: Palette, *, dark: bool) -> Theme:
    return Theme(
        name=palette.name,
        dark=dark,
        primary=palette.label("blue"),
        background=palette.ground,
        surface=palette.row,
        panel=palette.row,
        foreground=palette.text,
        success=palette.ok,
        warning=palette.likely,
        error=palette.warn,
    )


class AnnotatorApp(App[int], inherit_bindings=False):
    """Shows one annotator's session; everything is drawn by its screens."""

    TITLE = "Annotator"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "ask_leave", show=False, priority=True)]

    class SavedChanged(Message):
        """The saver's thread says that the saved mark may have changed."""

    def __init__(
        self, session: Session, preferences: Preferences, *, theme: str = "", ascii_glyphs: bool = False
    ) -> None:
        """Show this session with the user's preferences; ``theme`` wins over the remembered one."""
        small = bool(os.environ.get("NO_COLOR"))
        super().__init__(ansi_color=True if small else None)
        self.session = session
        self.pen = Pen(session, cells=token_width)
        self.glyphs: Glyphs = ASCII if ascii_glyphs else BOX
        self.hint_mode = preferences.hints if preferences.hints in HINT_MODES else "all"
        self._leaving = False
        self.register_theme(_theme(DARK, dark=True))
        self.register_theme(_theme(LIGHT, dark=False))
        name = theme or preferences.theme
        self.palette = NO_COLOUR if self.no_color else PALETTES.get(name, DARK)
        self.theme = "ansi-dark" if self.no_color else self.palette.name
        session.changed = self._from_saver

    # -- life ----------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Open the annotate screen and listen for the signals that end a terminal."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, self._ended_by, number)
        self.push_screen(AnnotateScreen(self.pen))
        for warning in self.session.warnings:
            self.notify(screen_text(warning), severity="warning", timeout=10, markup=False)

    def _ended_by(self, number: int) -> None:
        """Save everything before anything is written to a terminal that may be gone."""
        try:
            self.finish()
        finally:
            self.exit(128 + number, return_code=128 + number)

    def finish(self) -> bool:
        """Save what is left and remember the theme and the place; False where not all is saved."""
        saved = self.session.close()
        # The work is saved: a place that can't be remembered is no reason to fail.
        with suppress(CorpusError):
            update_preferences(self._remembered)
        return saved

    def _remembered(self, preferences: Preferences) -> Preferences:
        """Return the preferences as they are to be kept."""
        session = self.session
        kept = replace(preferences, hints=self.hint_mode)
        if not self.no_color:
            kept = replace(kept, theme=self.palette.name)
        if session.queue and session.here:
            kept = kept.with_position(session.corpus.path, session.annotator, session.work.sentence.id)
        return kept

    def _from_saver(self) -> None:
        self.post_message(self.SavedChanged())

    def on_annotator_app_saved_changed(self) -> None:
        """Show what is on the disk now."""
        if isinstance(self.screen, RowScreen):
            self.screen.draw()

    # -- leaving -------------------------------------------------------------------------------

    def action_ask_leave(self) -> None:
        """Leave at the second Ctrl+C; the first says so."""
        if self._leaving:
            self.leave()
            return
        self._leaving = True
        self.set_timer(3.0, self._stay)
        self.say(f"Ctrl+C again to leave; {_LEAVING[self.session.saved]}", warning=True)

    def _stay(self) -> None:
        self._leaving = False

    def leave(self) -> None:
        """Leave; saving is finished by whoever runs the app."""
        self.exit(0)

    def say(self, words: str, *, warning: bool = False) -> None:
        """Say something on the prompt row, or over another screen."""
        if isinstance(self.screen, AnnotateScreen):
            self.pen.typed = ""
            self.session.message = Told(words, warning)
            self.screen.draw()
        else:
            self.notify(screen_text(words), markup=False)

    # -- screens (loaded when they are first opened, not at the start) and settings ---------------

    def show_overview(self) -> None:
        """Open the overview."""
        from annotator.tui.screens.overview import OverviewScreen

        self.push_screen(OverviewScreen(self.pen))

    def show_lines(self) -> None:
        """Open the lines of the article in hand."""
        from annotator.tui.screens.lines import LinesScreen

        self.push_screen(LinesScreen(self.session))

    def show_guide(self) -> None:
        """Open the guideline, at the label of the span in hand or the one last used."""
        from annotator.tui.layout.guide import guide_screen_rows
        from annotator.tui.screens.reading import ReadingScreen

        schema, glyphs, first = self.session.schema, self.glyphs, self.pen.label_in_hand
        self.push_screen(
            ReadingScreen("Guideline", lambda w: guide_screen_rows(schema, first, w, glyphs), self.show_keys)
        )

    def show_keys(self) -> None:
        """Open the list of all keys."""
        from annotator.tui.layout.guide import key_rows
        from annotator.tui.screens.reading import ReadingScreen

        self.push_screen(
            ReadingScreen("All keys", lambda w: key_rows(self.session.schema, w, self.glyphs), None)
        )

    def action_keys(self) -> None:
        """Open the list of all keys from any screen."""
        self.show_keys()

    def show_labels(self) -> None:
        """Open the label menu for the selection."""
        if self.pen.selection is None:
            raise RuleError("nothing is selected", do="press a letter above a word, or Tab")
        from annotator.tui.screens.labels import LabelMenu

        self.push_screen(LabelMenu(self.session.schema), self._chosen)

    def _chosen(self, label: Label | None) -> None:
        if label is None:
            return
        try:
            self.session.message = None
            self.pen.label(label)
        except AnnotatorError as error:
            self.session.message = Told(str(error), warning=True)
        if isinstance(self.screen, RowScreen):
            self.screen.draw()

    def next_theme(self) -> None:
        """Go to the next theme."""
        if self.no_color:
            self.say("NO_COLOR is set: there are no themes to choose from", warning=True)
            return
        names = list(PALETTES)
        self.palette = PALETTES[names[(names.index(self.palette.name) + 1) % len(names)]]
        self.theme = self.palette.name
        for screen in self.screen_stack:
            if isinstance(screen, RowScreen):
                screen.repaint()

    def next_hint_mode(self) -> None:
        """Go from all hints to the likely ones, to none, and back."""
        self.hint_mode = HINT_MODES[(HINT_MODES.index(self.hint_mode) + 1) % len(HINT_MODES)]
        self.session.message = Told(f"hints: {self.hint_mode}")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Fill the command palette from the registry."""
        if isinstance(screen, AnnotateScreen):
            for c in COMMANDS:
                if c.id != "palette":
                    yield SystemCommand(f"{c.does}  ·  {c.shown}", c.group, self._palette_call(screen, c.id))

    def _palette_call(self, screen: AnnotateScreen, name: str) -> Callable[[], None]:
        return lambda: screen.action_act(name)
