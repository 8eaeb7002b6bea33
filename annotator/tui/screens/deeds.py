"""What each command of the registry does on the annotate screen: its id, and the call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from annotator.core.annotation import Answer
from annotator.tui.screens.ways import NavigationCommands

if TYPE_CHECKING:
    from annotator.session.pen import AnnotationController
    from annotator.tui.app import AnnotatorApp
    from annotator.tui.screens.annotate import AnnotateScreen


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
