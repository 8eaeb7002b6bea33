"""The Textual app: one session, its screens, themes and the way out."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import ClassVar

from msgspec.structs import replace
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.screen import Screen
from textual.theme import Theme

from annotator.core.errors import AnnotatorError, CorpusError, RuleError
from annotator.core.schema import Label
from annotator.session.annotation_controller import AnnotationController
from annotator.session.keyboard import Keyboard
from annotator.session.keymap import HintSettings
from annotator.session.keymap_file import UserKeymap
from annotator.session.session import AnnotationSession
from annotator.session.state import SaveState
from annotator.session.state import StatusMessage as Told
from annotator.storage.user_files import Preferences, update_preferences
from annotator.tui.colours import DARK, DARK_HIGH, LIGHT, LIGHT_HIGH, NO_COLOUR, PALETTES, Palette
from annotator.tui.layout.glyphs import ASCII_GLYPHS, BOX_GLYPHS, Glyphs
from annotator.tui.layout.text_cells import screen_text, token_width
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.row_screen import RowScreen
from annotator.tui.terminal_driver import DisconnectSafeDriver

LEARNING_BATCH_SIZE = 40
"""How many works of a journal are learned from in one go: about 6 ms."""

HINT_VISIBILITY_MODES = ("all", "likely", "off")

_QUIT_MESSAGES = {
    SaveState.SAVED: "everything is saved",
    SaveState.SAVING: "the last decisions are still on their way to the disk, leaving waits for them",
    SaveState.FAILED: "NOT everything is saved, see the red row",
    SaveState.READ_ONLY: "nothing was changed",
}


def _textual_theme(palette: Palette, *, dark: bool) -> Theme:
    return Theme(
        name=palette.name,
        dark=dark,
        primary=palette.label("blue"),
        background=palette.background,
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
    ENABLE_COMMAND_PALETTE = False  # it would bind Ctrl+P, whatever the keymap says
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "ask_leave", show=False, priority=True)]

    class SavedChanged(Message):
        """The saver's thread says that the saved mark may have changed."""

    def __init__(
        self,
        session: AnnotationSession,
        preferences: Preferences,
        *,
        theme: str = "",
        ascii_glyphs: bool = False,
        tour: bool = False,
        keymap: UserKeymap | None = None,
    ) -> None:
        """Show this session with the user's preferences; ``theme`` wins over the remembered one.

        ``tour``: begin with the tour, unless there has been one.
        """
        small = bool(os.environ.get("NO_COLOR"))
        super().__init__(ansi_color=True if small else None)
        self.use_command_palette = True
        self.session = session
        hint_settings = HintSettings(preferences.hint_mode, preferences.hand, preferences.avoid)
        self.keyboard = Keyboard(session.schema, keymap or UserKeymap(), hint_settings)
        self.controller = AnnotationController(
            session, token_width, preferences.take.get(session.schema.name, ())
        )
        self.controller.suggestions_enabled = preferences.proposals
        self.glyphs: Glyphs = ASCII_GLYPHS if ascii_glyphs else BOX_GLYPHS
        self.hint_mode = preferences.hints if preferences.hints in HINT_VISIBILITY_MODES else "all"
        self._quit_pending = False
        self.message_timeout = preferences.fade
        self.tour_done = preferences.tour_done
        self._start_with_tour = tour and not self.tour_done and not session.read_only
        self._apply_keymap()
        for palette, dark in ((DARK, True), (LIGHT, False), (DARK_HIGH, True), (LIGHT_HIGH, False)):
            self.register_theme(_textual_theme(palette, dark=dark))
        name = theme or preferences.theme
        self.palette = NO_COLOUR if self.no_color else PALETTES.get(name, DARK)
        self.theme = "ansi-dark" if self.no_color else self.palette.name
        session.changed = self._notify_saved_changed

    def get_driver_class(self) -> type[Driver]:
        """Return the driver of a terminal; where another kind was asked for (a browser), that one."""
        found = super().get_driver_class()
        return DisconnectSafeDriver if found is LinuxDriver else found

    # -- life ----------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Open the annotate screen and listen for the signals that end a terminal."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, self._exit_on_signal, number)
        screen = AnnotateScreen(self.controller)
        self.push_screen(screen)
        if self._start_with_tour:
            screen.tour.toggle()
        self._learning_timer = self.set_interval(0.1, self._learn_batch)
        for warning in (*self.session.warnings, *self.keyboard.warnings):
            self.notify(screen_text(warning), severity="warning", timeout=10, markup=False)

    def _learn_batch(self) -> None:
        """Take in a little more of a long journal, so that no key waits for all of it."""
        if not self.session.suggestion_service.learn(LEARNING_BATCH_SIZE):
            self._learning_timer.stop()

    def _exit_on_signal(self, number: int) -> None:
        """Save everything before anything is written to a terminal that may be gone."""
        try:
            self.save_and_close()
        finally:
            self.exit(128 + number, return_code=128 + number)

    def save_and_close(self) -> bool:
        """Save what is left and remember the theme and the place; False where not all is saved."""
        saved = self.session.close()
        # The work is saved: a place that can't be remembered is no reason to fail.
        with suppress(CorpusError):
            update_preferences(self._updated_preferences)
        return saved

    def _updated_preferences(self, preferences: Preferences) -> Preferences:
        """Return the preferences as they are to be kept."""
        session = self.session
        kept = replace(
            preferences,
            hints=self.hint_mode,
            hint_mode=self.keyboard.saved_settings.mode,
            hand=self.keyboard.saved_settings.hand,
            avoid=self.keyboard.saved_settings.avoid,
            proposals=self.controller.suggestions_enabled,
            tour_done=preferences.tour_done or self.tour_done,
            take={**preferences.take, session.schema.name: tuple(sorted(self.controller.auto_accept_labels))},
        )
        if not self.no_color:
            kept = replace(kept, theme=self.palette.name)
        if session.queue and session.article_sentences:
            kept = kept.with_position(session.corpus.path, session.annotator, session.annotated.sentence.id)
        return kept

    def _notify_saved_changed(self) -> None:
        self.post_message(self.SavedChanged())

    def on_annotator_app_saved_changed(self) -> None:
        """Show what is on the disk now."""
        if isinstance(self.screen, AnnotateScreen):
            self.screen.draw_saved()
        elif isinstance(self.screen, RowScreen):
            self.screen.draw()

    # -- leaving -------------------------------------------------------------------------------

    def action_ask_leave(self) -> None:
        """Leave at the second Ctrl+C; the first says so."""
        if self._quit_pending:
            self.quit_app()
            return
        self._quit_pending = True
        self.set_timer(3.0, self._cancel_quit)
        self.show_message(f"Ctrl+C again to leave; {_QUIT_MESSAGES[self.session.save_state]}", warning=True)

    def _cancel_quit(self) -> None:
        self._quit_pending = False

    def quit_app(self) -> None:
        """Leave; saving is finished by whoever runs the app."""
        self.exit(0)

    def show_message(self, message: str, *, warning: bool = False) -> None:
        """Say something on the prompt row, or over another screen."""
        if isinstance(self.screen, AnnotateScreen):
            self.controller.clear_typed_hint()
            self.session.message = Told(message, warning)
            self.screen.draw()
        else:
            self.notify(screen_text(message), markup=False)

    # -- screens (loaded when they are first opened, not at the start) and settings ---------------

    def show_overview(self) -> None:
        """Open the overview."""
        from annotator.tui.screens.overview import OverviewScreen

        self.push_screen(OverviewScreen(self.controller))

    def show_lines(self) -> None:
        """Open the lines of the article in hand."""
        from annotator.tui.screens.article_lines import ArticleLinesScreen

        self.push_screen(ArticleLinesScreen(self.session))

    def show_stats(self) -> None:
        """Open the figures."""
        from annotator.tui.screens.statistics import StatsScreen

        self.push_screen(StatsScreen(self.session))

    def show_guide(self) -> None:
        """Open the guideline, at the label of the span in hand or the one last used."""
        from annotator.tui.layout.help_rows import guideline_rows
        from annotator.tui.screens.row_screen import TextScreen

        schema, glyphs, first = self.session.schema, self.glyphs, self.controller.current_label
        self.push_screen(
            TextScreen("Guideline", lambda w: guideline_rows(schema, first, w, glyphs), self.show_keys)
        )

    def show_keys(self) -> None:
        """Open the list of all keys."""
        from annotator.tui.layout.help_rows import key_help_rows
        from annotator.tui.screens.row_screen import TextScreen

        schema, glyphs = self.session.schema, self.glyphs
        self.push_screen(TextScreen("All keys", lambda w: key_help_rows(schema, w, glyphs), None))

    def action_keys(self) -> None:
        """Open the list of all keys from any screen."""
        self.show_keys()

    def show_labels(self) -> None:
        """Open the label menu for the selection."""
        if self.controller.selection is None:
            raise RuleError("nothing is selected", do="press a letter above a word, or Tab")
        from annotator.tui.screens.dialogs import LabelMenu

        self.push_screen(LabelMenu(self.session.schema), self._label_chosen)

    def _label_chosen(self, label: Label | None) -> None:
        if label is None:
            return
        try:
            self.session.message = None
            self.controller.label(label, beside=True)
        except AnnotatorError as error:
            self.session.message = Told(str(error), warning=True)
        if isinstance(self.screen, RowScreen):
            self.screen.draw()

    def choose_auto_accept(self) -> None:
        """Let the next label key say whose sure suggestions Enter takes."""
        if isinstance(self.screen, AnnotateScreen):
            self.screen.pending_label_action = self.controller.toggle_auto_accept
            names = ", ".join(sorted(self.controller.auto_accept_labels)) or "nothing"
            self.session.message = Told(f"Enter takes what is sure of: {names}. A label's key switches it")

    def toggle_suggestions(self) -> None:
        """Show suggestions, or no longer; it is remembered."""
        self.controller.suggestions_enabled = not self.controller.suggestions_enabled
        self.session.message = Told(
            f"suggestions are {'on' if self.controller.suggestions_enabled else 'off'}"
        )

    def next_theme(self) -> None:
        """Go to the next theme."""
        if self.no_color:
            self.show_message("NO_COLOR is set: there are no themes to choose from", warning=True)
            return
        names = list(PALETTES)
        self.palette = PALETTES[names[(names.index(self.palette.name) + 1) % len(names)]]
        self.theme = self.palette.name
        for screen in self.screen_stack:
            if isinstance(screen, RowScreen):
                screen.repaint()

    def next_hint_mode(self) -> None:
        """Go from all hints to the likely ones, to none, and back."""
        self.hint_mode = HINT_VISIBILITY_MODES[
            (HINT_VISIBILITY_MODES.index(self.hint_mode) + 1) % len(HINT_VISIBILITY_MODES)
        ]
        self.session.message = Told(f"hints: {self.hint_mode}")

    @property
    def visible_hints(self) -> str:
        """Which hints are drawn now: all, likely or off; none while letters are no hints."""
        return self.hint_mode if self.keyboard.letters.active else "off"

    def next_trigger_mode(self) -> None:
        """Go to the next way of having hints: always, called for, switched."""
        self._keymap_changed(self.keyboard.next_trigger_mode())

    def switch_hand(self) -> None:
        """Change hands: the letters of the likely words, and the label keys."""
        self._keymap_changed(self.keyboard.switch_hand())

    def toggle_look_alikes(self) -> None:
        """Leave letters that look alike out of the hints, or use them again."""
        self._keymap_changed(self.keyboard.toggle_look_alikes())

    def _keymap_changed(self, message: str) -> None:
        self._apply_keymap()
        self.session.message = Told(message)

    def _apply_keymap(self) -> None:
        """Let session, hints and what is drawn go by the keys in force."""
        keys = self.keyboard.keys
        self.session.schema = keys.schema
        self.glyphs = replace(self.glyphs, commands=keys.all_commands)
        self.controller.use_letters(keys.style, keys.label_keys)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Fill the command palette from the registry."""
        if isinstance(screen, AnnotateScreen):
            for c in self.keyboard.keys.commands:
                if c.id != "palette":
                    yield SystemCommand(
                        f"{c.description}  ·  {c.key_text}", c.group, self._palette_call(screen, c.id)
                    )

    def _palette_call(self, screen: AnnotateScreen, name: str) -> Callable[[], None]:
        return lambda: screen.action_act(name)
