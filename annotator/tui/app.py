"""The Textual app: one session, its screens, themes and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import ClassVar

from msgspec.structs import replace
from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.theme import Theme
from textual.widgets import Input
from textual.worker import get_current_worker

from annotator.core.article import Article
from annotator.core.errors import AnnotatorError, CorpusError
from annotator.session.action import PressLabel, ShowMessage
from annotator.session.annotation_controller import AnnotationController
from annotator.session.article_lines import ShownDoubts
from annotator.session.keymap import EffectiveKeymap
from annotator.session.keymap_file import UserKeymap, textual_key_name
from annotator.session.screen_keys import key_sections
from annotator.session.sentence_search import TouchedSentences
from annotator.session.session import AnnotationSession
from annotator.session.state import SaveState, TaskState
from annotator.storage.user_files import Preferences, update_preferences
from annotator.tui.colours import DARK, DARK_HIGH, LIGHT, LIGHT_HIGH, NO_COLOUR, PALETTES, Palette
from annotator.tui.end_signals import EndSignals
from annotator.tui.layout.help_rows import guideline_rows
from annotator.tui.layout.styled_text import ASCII_GLYPHS, BOX_GLYPHS, Glyphs
from annotator.tui.layout.text_cells import screen_text, token_width
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.row_screen import RowScreen, TextScreen
from annotator.tui.suggestion_watch import SuggestionWatch
from annotator.tui.terminal_driver import DisconnectSafeDriver

SIGNAL_SAVE_SECONDS = 0.5
"""How many seconds the disk has for what is left when a signal ends the program: it ends within two."""

BURST_SECONDS = 0.06
"""After how many seconds of keys without a pause there is one, to paint and to hear signals."""
PAINT_SECONDS = 0.012
"""How long that pause is: a frame, and some more for those who draw it."""

_RANKING_PAUSE = 0.002
"""Seconds that the thread that scores sentences leaves to the screen after each of them."""

_SCREENS = {
    "overview": "overview:OverviewScreen", "lines": "article_lines:ArticleLinesScreen",
    "stats": "statistics:StatsScreen", "search": "search:SearchScreen", "jump": "dialogs:JumpScreen",
    "note": "dialogs:NoteScreen", "worklist": "worklists:ConsistencyScreen", "repairs": "worklists:RepairScreen",
    "left_suggestions": "worklists:LeftScreen", "two_machines": "worklists:TwoMachinesScreen",
}  # fmt: skip
"""Command → module and class of the screen that it opens, loaded when it is first opened, not at the start."""

_NEVER_WAIT = {"escape", "ctrl+c"}
"""The keys that leave even a screen that is not ready; what was typed for it is forgotten."""

_QUIT_MESSAGES = {
    SaveState.SAVED: "everything is saved",
    SaveState.SAVING: "the last decisions are still on their way to the disk, leaving waits for them",
    SaveState.FAILED: "NOT everything is saved, see the red rows",
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
    ENABLE_COMMAND_PALETTE = False  # it would bind Ctrl+P, whatever the keymap has
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "ask_leave", show=False, priority=True)]

    class SavedChanged(Message):
        """The saver's thread reports that the saved mark may have changed."""

    def __init__(
        self,
        session: AnnotationSession,
        preferences: Preferences,
        *,
        theme: str = "",
        ascii_glyphs: bool = False,
        tour: bool = False,
        keymap: UserKeymap | None = None,
        notice: str = "",
    ) -> None:
        """Show this session with the user's preferences; ``theme`` wins over the remembered one.

        ``tour``: begin with the tour, unless there has been one. ``notice``: the first message.
        """
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        self.session = session
        self.controller = AnnotationController(session, token_width, preferences, keymap, notice)
        self._base_glyphs: Glyphs = ASCII_GLYPHS if ascii_glyphs else BOX_GLYPHS
        self._keys_in_force: EffectiveKeymap | None = None
        self._use_keymap()
        self._quit_pending = False
        self._asking_to_leave = False
        self._unsaved_before = session.unsaved_reason
        self.end_signals = EndSignals(self._force_end)
        self._saved_changed = False
        self._rested_at = 0.0
        """When the loop could paint last, in seconds of ``time.monotonic``."""
        self._waiting_keys: list[events.Key] = []
        self._key_under_way = False
        self.message_seconds = preferences.fade
        self._shown_doubts = ShownDoubts(session, preferences)
        self._tour_remembered = preferences.tour_done
        self._place_is_stored = bool(preferences.position(session.corpus.path, session.annotator))
        self._start_with_tour = tour and not preferences.tour_done and not session.read_only
        for palette, dark in ((DARK, True), (LIGHT, False), (DARK_HIGH, True), (LIGHT_HIGH, False)):
            self.register_theme(_textual_theme(palette, dark=dark))
        name = theme or preferences.theme
        self.palette = NO_COLOUR if self.no_color else PALETTES.get(name, DARK)
        self.theme = "ansi-dark" if self.no_color else self.palette.name
        self._openers: dict[str, Callable[[], object]] = {
            **{command: partial(self.open_screen, command) for command in _SCREENS},
            "more_labels": self.show_labels,
            "guide": self.show_guide,
            "help": self.show_keys,
            "manual": self.show_manual,
            "palette": self.show_commands,
            "theme": self.next_theme,
            "order": self._rank_if_uncertain_first,
            "suspend": self.suspend_to_shell,
            "quit": self.quit_app,
        }
        session.on_saved(self._notify_saved_changed)

    def get_driver_class(self) -> type[Driver]:
        """Return the driver of a terminal; where another kind was asked for (a browser), that one."""
        found = super().get_driver_class()
        return DisconnectSafeDriver if found is LinuxDriver else found

    def is_alt_key(self, char: str) -> bool:
        """Return True if Alt and a character is a key of its own; else it is Esc, then the character.

        It is where it is bound, and any letter or Backspace in a line that one types in; on macOS f and b are
        Option + arrow.
        """
        typing = any(isinstance(s.focused, Input) for s in self.screen_stack[-1:])
        if (typing and (char.isalnum() or char == "\x7f")) or (sys.platform == "darwin" and char in "fb"):
            return True
        return bool(self.controller.keyboard.command(textual_key_name(f"alt+{char}")))

    # -- life ----------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Open the annotate screen and listen for the signals that end a terminal."""
        self.end_signals.attach(asyncio.get_running_loop(), self._exit_on_signal)
        if self._start_with_tour:
            self.controller.dispatch("tour")
        self.push_screen(AnnotateScreen(self.controller))
        self.suggestion_watch = SuggestionWatch(self, self.session, self.controller)
        for warning in (*self.session.warnings, *self.controller.keyboard.warnings):
            self._show_warning(warning)
        self.session.on_warning(self._show_warning)

    def _show_warning(self, text: str) -> None:
        self.notify(screen_text(text), severity="warning", timeout=10, markup=False)

    def _exit_on_signal(self, number: int) -> None:
        """Save everything before anything is written to a terminal that may be gone."""
        try:
            self.save_and_close(SIGNAL_SAVE_SECONDS)
        finally:
            self.exit(128 + number, return_code=128 + number)

    def _force_end(self, number: int) -> None:
        """End the process where the loop does not: the terminal takes nothing, or a key never ends."""
        try:
            self.session.close(SIGNAL_SAVE_SECONDS)
        finally:
            if isinstance(self._driver, DisconnectSafeDriver):
                self._driver.give_back_terminal()
            os._exit(128 + number)

    def save_and_close(self, timeout: float = 10.0) -> bool:
        """Save what is left and remember the theme and the place; False where not all is saved.

        A disk that hangs has ``timeout`` seconds.
        """
        saved = self.session.close(timeout)
        # The work is saved: a place that can't be remembered is no reason to fail.
        with suppress(CorpusError):
            update_preferences(self._updated_preferences)
        return saved

    def remember_tour(self) -> None:
        """Remember at once that the tour was left, so that not even a kill brings it back."""
        if self.controller.tour_guide.done and not self._tour_remembered:
            self._tour_remembered = True
            with suppress(CorpusError):
                update_preferences(lambda kept: replace(kept, tour_done=True))

    def _forget_stored_place(self) -> None:
        """Forget the place that was left last at the first edit: after a kill work goes on at the last one."""
        if self._place_is_stored and self.session.saved_at:
            self._place_is_stored = False
            path, annotator = self.session.corpus.path, self.session.annotator
            with suppress(CorpusError):
                update_preferences(lambda kept: kept.with_position(path, annotator, ""))

    def _updated_preferences(self, preferences: Preferences) -> Preferences:
        """Return the preferences as they are to be kept."""
        kept = self.controller.updated_preferences(preferences)
        return kept if self.no_color else replace(kept, theme=self.palette.name)

    def _notify_saved_changed(self) -> None:
        if not self._saved_changed:
            self._saved_changed = True
            self.post_message(self.SavedChanged())

    def on_annotator_app_saved_changed(self) -> None:
        """Show what is on the disk now."""
        self._saved_changed = False
        self._forget_stored_place()
        failed_before, self._unsaved_before = self._unsaved_before, self.session.unsaved_reason
        if self._unsaved_before and not failed_before:
            self.clear_notifications()  # they would cover its reason and its file
        if failed_before and not self._unsaved_before:
            self.show_message("saving works again: everything is saved")
        if isinstance(self.screen, AnnotateScreen):
            self.screen.draw_saved()
        elif isinstance(self.screen, RowScreen) and self.screen.is_mounted:
            self.screen.draw()

    # -- leaving -------------------------------------------------------------------------------

    def action_ask_leave(self) -> None:
        """Leave at the second Ctrl+C; the first shows a message."""
        if self._quit_pending:
            self.quit_app()
            return
        self._quit_pending = True
        self.set_timer(3.0, self._cancel_quit)
        self.show_message(f"Ctrl+C again to leave; {_QUIT_MESSAGES[self.session.save_state]}", warning=True)

    def _cancel_quit(self) -> None:
        self._quit_pending = False

    def quit_app(self) -> None:
        """Leave, after a question where work would be lost; the caller of ``run`` finishes saving."""
        unsaved = 0 if self.session.save_state is SaveState.SAVED else self.session.secure()
        if not unsaved:
            self.exit(0)
        elif not self._asking_to_leave:
            from annotator.tui.screens.choice import leave_list

            self._asking_to_leave = True
            self.push_screen(leave_list(unsaved), self._leave_chosen)

    def _leave_chosen(self, choice: str | None) -> None:
        self._asking_to_leave = False
        if choice == "save":
            self.run_command("save")
        elif choice == "discard":
            self.exit(0)

    def suspend_to_shell(self) -> None:
        """Save and stop, until the shell continues this process; refused where no shell could."""
        if os.getpgrp() == os.getsid(0):
            self.show_message("no shell started this program that could continue it: leave instead", warning=True)
            return
        self.session.flush()
        os.kill(0, signal.SIGTSTP)  # to all of the shell's job: uv or a script may be above this process

    def show_message(self, message: str, *, warning: bool = False) -> None:
        """Show a message on the prompt row, or over another screen."""
        if isinstance(self.screen, AnnotateScreen):
            self.controller.clear_typed_hint()
            self.controller.dispatch(ShowMessage(message, warning))
            self.screen.draw()
        else:
            self.notify(screen_text(message), markup=False)

    # -- keys ----------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Carry out keys, but none behind the one that leaves, and paint now and then while they wait in a row."""
        if not isinstance(event, events.InputEvent):
            await super().on_event(event)
            return
        if self.return_code is not None:
            return
        await self._carry_out(event)
        if self.message_queue_size and time.monotonic() - self._rested_at > BURST_SECONDS:
            if self._saved_changed:  # its message waits behind the keys
                self.on_annotator_app_saved_changed()
            await asyncio.sleep(PAINT_SECONDS)
            self._rested_at = time.monotonic()
        elif not self.message_queue_size:
            self._rested_at = time.monotonic()

    async def _carry_out(self, event: events.Event) -> None:
        """Carry out one key after the other: each is for the screen to which those before it lead.

        Else a search that comes in one packet would label words, and what follows an Enter would be typed.
        """
        if not isinstance(event, events.Key) or event.is_forwarded or not self.screen_stack:
            await super().on_event(event)
            return
        if event.key in _NEVER_WAIT and not self._takes_keys:
            self._waiting_keys.clear()
            await super().on_event(event)
            return
        self._waiting_keys.append(event)
        await self._press_waiting_keys()

    @property
    def _takes_keys(self) -> bool:
        screen = self.screen
        return not isinstance(screen, RowScreen) or screen.takes_keys

    async def _press_waiting_keys(self) -> None:
        """Carry out the keys that wait, up to one that a screen carries out on its own time."""
        while self._waiting_keys and not self._key_under_way and self._takes_keys:
            event, screen = self._waiting_keys.pop(0), self.screen
            if isinstance(screen, AnnotateScreen) and screen.take_key(event):
                continue
            self._key_under_way = True
            target = screen.focused or screen
            await super().on_event(event)
            # A key goes up to the app, then what it made its widget post; the app carries a choice out at last.
            await self._finish_key([*target.ancestors_with_self, *target.ancestors_with_self, self])

    async def _finish_key(self, queues: list[DOMNode]) -> None:
        """Go on with the waiting keys when all that is in these queues is done."""
        while queues:
            if queues.pop(0).call_later(self._finish_key, queues):
                return
        self._key_under_way = False
        await self._press_waiting_keys()

    def press_waiting_keys(self) -> None:
        """Go on with the waiting keys: a screen takes keys now."""
        self.call_later(self._press_waiting_keys)

    # -- commands ------------------------------------------------------------------------------

    def run_command(self, name: str) -> TaskState:
        """Carry out a command of the registry, open the screen that it names, and return the state."""
        go = self.session.navigation
        if name == "filter" and not (go.query or go.last_query):
            name = "search"
        available = self.controller.is_available(name)
        state = self.controller.dispatch(name)
        self._use_keymap()
        opener = self._openers.get(name)
        if opener is None or not available or (state.message and state.message.warning):
            return state
        opener()
        return self.controller.state()

    def _use_keymap(self) -> None:
        """Write the keys in force on the screen; the same keys stay one value, which caches know."""
        keys = self.controller.keyboard.keys
        if keys is not self._keys_in_force:
            self._keys_in_force = keys
            self.glyphs = replace(self._base_glyphs, commands=keys.all_commands)

    def return_to_annotating(self) -> None:
        """Close all screens over the annotate screen."""
        for _ in [s for s in self.screen_stack[1:] if not isinstance(s, AnnotateScreen)]:
            self.pop_screen()

    def _rank_if_uncertain_first(self) -> None:
        navigation = self.session.navigation
        if navigation.uncertain_first:
            rank = partial(self._rank_in_thread, navigation.touched_sentences())
            self.run_worker(rank, thread=True, exclusive=True, group="order")

    def _rank_in_thread(self, touched: TouchedSentences) -> None:
        """Score the uncertainty of the sentences in a thread; the head row is drawn now and then."""
        navigation, last_report, worker = self.session.navigation, time.monotonic(), get_current_worker()
        try:
            for _ in navigation.ranking.score(touched):
                time.sleep(_RANKING_PAUSE)
                if worker.is_cancelled or not navigation.uncertain_first:
                    return
                if time.monotonic() - last_report > 1:
                    last_report = time.monotonic()
                    self.post_message(self.SavedChanged())
        except AnnotatorError as error:
            self.call_from_thread(self.show_message, str(error), warning=True)
        self.post_message(self.SavedChanged())

    # -- screens and themes ----------------------------------------------------------------------

    def open_screen(self, command: str) -> None:
        """Open the screen of a command."""
        module, name = _SCREENS[command].split(":")
        self.push_screen(getattr(import_module(f"annotator.tui.screens.{module}"), name)(self.controller))

    def show_doubtful_lines(self, article: Article) -> None:
        """Open the lines of an article by themselves where they are doubtful, once for each annotator."""
        if not self.controller.tour and self._shown_doubts.take(article):
            from annotator.tui.screens.article_lines import DoubtfulLinesScreen

            self.push_screen(DoubtfulLinesScreen(self.controller), lambda _: self._shown_doubts.remember(article))

    def show_guide(self) -> None:
        """Open the guideline, at the label of the selected span or the one last used."""
        state, glyphs = self.controller.state(), self.glyphs
        rows = partial(guideline_rows, state.schema, state.guideline_label, glyphs=glyphs)
        self.push_screen(TextScreen("Guideline", rows, self.show_keys))

    def action_keys(self) -> None:
        """Open the list of keys at those of the screen that is shown."""
        self.show_keys(getattr(self.screen, "KEYS_TITLE", ""))

    def show_keys(self, title: str = "") -> None:
        """Open the list of keys, at the section of this title."""
        from annotator.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(tuple(key_sections(self.glyphs.commands)), title))

    def show_manual(self) -> None:
        """Open the list of the manual's pages."""
        from annotator.tui.screens.choice import manual_list

        self.push_screen(manual_list(), self._page_chosen)

    def _page_chosen(self, topic: str | None) -> None:
        """Open the page of the manual that was chosen."""
        from annotator.tui.screens.dialogs import manual_rows

        if topic:
            self.push_screen(TextScreen("Manual", partial(manual_rows, topic, glyphs=self.glyphs)))

    def show_labels(self) -> None:
        """Open the label menu for the selection."""
        from annotator.tui.screens.choice import label_list

        self.push_screen(label_list(self.controller), self._label_chosen)

    def _label_chosen(self, label: str | None) -> None:
        if label:
            self.controller.dispatch(PressLabel(label, beside=True))
        if isinstance(self.screen, RowScreen):
            self.screen.draw()

    def show_commands(self) -> None:
        """Open the command palette."""
        from annotator.tui.screens.choice import command_list

        self.push_screen(command_list(self.controller.keyboard.keys.commands), self._command_chosen)

    def _command_chosen(self, command: str | None) -> None:
        screen = self.screen_stack[1] if len(self.screen_stack) > 1 else None
        if command and isinstance(screen, AnnotateScreen):
            self.call_later(screen.perform, command)

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
        self.show_message(f"theme: {self.palette.name}")
