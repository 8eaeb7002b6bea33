"""What the keys for the way of work do: search, filter, order, jump, flag, note and the worklists."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from annotator.core.annotation import Answer
from annotator.core.edits import set_flag
from annotator.core.errors import AnnotatorError
from annotator.core.search_query import SearchQuery
from annotator.session.annotation_controller import AnnotationController
from annotator.session.navigation import Navigation
from annotator.session.sentence_search import TouchedSentences
from annotator.session.state import StatusMessage

if TYPE_CHECKING:
    from annotator.session.annotation_controller import AnnotationController
    from annotator.tui.app import AnnotatorApp
    from annotator.tui.screens.annotate import AnnotateScreen


_RANKING_PAUSE = 0.002
"""Seconds that the thread which looks for unsure sentences leaves to the screen after each of them."""


class NavigationCommands:
    """The deeds of an app that concern where the work goes on; each screen that has their keys calls them."""

    def __init__(self, app: AnnotatorApp, controller: AnnotationController) -> None:
        """Serve this app, and the session of this pen."""
        self._app = app
        self._controller = controller
        self._session = controller.session

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the call for each command id of the registry that is about this."""
        return {
            "search": self.search,
            "next_hit": lambda: self.next_hit(1),
            "previous_hit": lambda: self.next_hit(-1),
            "jump": self.jump,
            "filter": self.filter,
            "order": self.order,
            "worklist": self.worklist,
            "repairs": self.repairs,
            "flag": self.flag,
            "note": self.note,
        }

    @property
    def _navigation(self) -> Navigation:
        return self._session.navigation

    def _set_message(self, words: str) -> None:
        self._session.message = StatusMessage(words)

    def search(self) -> None:
        """Open the search."""
        from annotator.tui.screens.search import SearchScreen

        self._app.push_screen(SearchScreen(self._controller))

    def next_hit(self, by: int) -> None:
        """Go to the next (1) or previous (-1) hit and select its words."""
        from annotator.tui.screens.search import select_hit_text

        select_hit_text(self._controller, self._navigation.go_to_next_hit(by))

    def filter(self) -> None:
        """Take the filter off, or put the last query on as one; without a query open the search."""
        if self._navigation.query:
            self._navigation.set_filter(SearchQuery())
            self._set_message("filter off: all sentences again")
        elif self._navigation.last_query:
            self._navigation.set_filter(self._navigation.last_query)
            self._set_message("filter on: Enter and the arrows go only through what matches")
        else:
            self.search()

    def order(self) -> None:
        """Go on with the least sure sentences first, or by article again."""
        self._navigation.uncertain_first = not self._navigation.uncertain_first
        if not self._navigation.uncertain_first:
            self._set_message("order: by article")
            return
        self._set_message("order: Enter goes on with the sentence whose suggestions are the least sure")
        look = partial(self._rank_in_thread, self._navigation.touched_sentences())
        self._app.run_worker(look, thread=True, exclusive=True, group="order")

    def _rank_in_thread(self, touched: TouchedSentences) -> None:
        """Look how unsure the sentences are, in a thread; the head row is drawn now and then."""
        last_report = time.monotonic()
        worker = get_current_worker()
        try:
            for _ in self._navigation.score_sentences(touched):
                time.sleep(_RANKING_PAUSE)
                if worker.is_cancelled or not self._navigation.uncertain_first:
                    return
                if time.monotonic() - last_report > 1:
                    last_report = time.monotonic()
                    self._app.post_message(self._app.SavedChanged())
        except AnnotatorError as error:
            self._app.call_from_thread(self._app.show_message, str(error), warning=True)
        self._app.post_message(self._app.SavedChanged())

    def jump(self) -> None:
        """Ask for a sentence by number."""
        from annotator.tui.screens.dialogs import JumpScreen

        self._app.push_screen(JumpScreen(self._controller))

    def flag(self) -> None:
        """Flag the sentence in hand, or take its flag off."""
        annotated = self._session.annotated
        self._session.apply_edit(set_flag(annotated, flagged=not annotated.annotation.flagged))

    def note(self) -> None:
        """Ask for a note on the sentence in hand."""
        from annotator.tui.screens.dialogs import NoteScreen

        self._app.push_screen(NoteScreen(self._session))

    def worklist(self) -> None:
        """Open the worklist of inconsistencies."""
        from annotator.tui.screens.worklists import ConsistencyScreen

        self._app.push_screen(ConsistencyScreen(self._controller))

    def repairs(self) -> None:
        """Open the worklist of spans that begin or end inside a token."""
        from annotator.tui.screens.worklists import RepairScreen

        self._app.push_screen(RepairScreen(self._controller))


def return_to_annotating(app: AnnotatorApp) -> None:
    """Close what lies over the annotate screen."""
    from annotator.tui.screens.annotate import AnnotateScreen

    app.controller.keeps_page = False
    over = [s for s in app.screen_stack[1:] if not isinstance(s, AnnotateScreen)]
    for _ in over:
        app.pop_screen()


# What each command of the registry does on the annotate screen: its id, and the call.


CommandHandlers = dict[str, Callable[[], object]]


def handlers_by_command(screen: AnnotateScreen) -> CommandHandlers:
    """Return the call for each command id; a test holds it against the registry."""
    controller, app = screen.controller, screen.annotator
    tour: CommandHandlers = {"let_go": screen.tour.let_go, "tour": screen.tour.toggle}
    return {
        **_selection_handlers(controller),
        **_label_handlers(controller, app),
        **_move_handlers(controller),
        **_app_handlers(app),
        **NavigationCommands(app, controller).handlers(),
        **tour,
    }


def _selection_handlers(controller: AnnotationController) -> CommandHandlers:
    """Return what changes the selection."""
    return {
        "grow": controller.grow,
        "shrink": controller.shrink,
        "cursor_left": lambda: controller.move_cursor(-1),
        "cursor_right": lambda: controller.move_cursor(1),
        "right_less": lambda: controller.move_right_edge(-1),
        "right_more": lambda: controller.move_right_edge(1),
        "left_more": lambda: controller.move_left_edge(-1),
        "left_less": lambda: controller.move_left_edge(1),
        "next_stop": lambda: controller.select_next_stop(1),
        "previous_stop": lambda: controller.select_next_stop(-1),
    }


def _label_handlers(controller: AnnotationController, app: AnnotatorApp) -> CommandHandlers:
    """Return what changes spans, answers and sentences."""
    return {
        "more_labels": app.show_labels,
        "remove": controller.remove,
        "everywhere": controller.label_all_mentions,
        "undo": controller.undo,
        "redo": controller.redo,
        "accept": lambda: controller.answer(Answer.ACCEPT),
        "accept_view": controller.accept_visible_sentences,
        "take": app.choose_auto_accept,
        "reject": lambda: controller.answer(Answer.REJECT),
        "ignore": lambda: controller.answer(Answer.IGNORE),
        "join": controller.join,
        "split": controller.split,
    }


def _move_handlers(controller: AnnotationController) -> CommandHandlers:
    """Return what goes to another sentence."""
    session = controller.session
    return {
        "sentence_up": lambda: controller.move(-1),
        "sentence_down": lambda: controller.move(1),
        "article_up": lambda: session.move_article(-1),
        "article_down": lambda: session.move_article(1),
        "first": lambda: session.move_in_article(0),
        "last": lambda: session.move_in_article(-1),
    }


def _app_handlers(app: AnnotatorApp) -> CommandHandlers:
    """Return what opens another screen or changes how things look."""
    return {
        "overview": app.show_overview,
        "lines": app.show_lines,
        "stats": app.show_stats,
        "guide": app.show_guide,
        "help": app.show_keys,
        "palette": app.action_command_palette,
        "theme": app.next_theme,
        "proposals": app.toggle_suggestions,
        "letters": app.keyboard.letters.toggle,
        "hints": app.next_hint_mode,
        "hint_mode": app.next_trigger_mode,
        "hand": app.switch_hand,
        "look_alikes": app.toggle_look_alikes,
        "quit": app.quit_app,
    }
