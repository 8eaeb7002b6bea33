"""What each command of the registry does on the annotate screen: its id, and the call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from annotator.core.annotation import Answer
from annotator.tui.screens.ways import Ways

if TYPE_CHECKING:
    from annotator.session.pen import Pen
    from annotator.tui.app import AnnotatorApp
    from annotator.tui.screens.annotate import AnnotateScreen


Deeds = dict[str, Callable[[], object]]


def deeds(screen: AnnotateScreen) -> Deeds:
    """Return the call for each command id; a test holds it against the registry."""
    pen, app = screen.pen, screen.annotator
    tour: Deeds = {"let_go": screen.tour.let_go, "tour": screen.tour.toggle}
    return {
        **_of_hand(pen),
        **_of_labels(pen, app),
        **_of_place(pen),
        **_of_app(app),
        **Ways(app, pen).deeds(),
        **tour,
    }


def _of_hand(pen: Pen) -> Deeds:
    """Return what changes the selection."""
    return {
        "grow": pen.grow,
        "shrink": pen.shrink,
        "cursor_left": lambda: pen.step(-1),
        "cursor_right": lambda: pen.step(1),
        "right_less": lambda: pen.right_edge(-1),
        "right_more": lambda: pen.right_edge(1),
        "left_more": lambda: pen.left_edge(-1),
        "left_less": lambda: pen.left_edge(1),
        "next_stop": lambda: pen.visit(1),
        "previous_stop": lambda: pen.visit(-1),
    }


def _of_labels(pen: Pen, app: AnnotatorApp) -> Deeds:
    """Return what changes spans, answers and sentences."""
    return {
        "more_labels": app.show_labels,
        "remove": pen.remove,
        "everywhere": pen.everywhere,
        "undo": pen.undo,
        "redo": pen.redo,
        "accept": lambda: pen.answer(Answer.ACCEPT),
        "accept_view": pen.accept_view,
        "take": app.ask_take,
        "reject": lambda: pen.answer(Answer.REJECT),
        "ignore": lambda: pen.answer(Answer.IGNORE),
        "join": pen.join,
        "split": pen.split,
    }


def _of_place(pen: Pen) -> Deeds:
    """Return what goes to another sentence."""
    session = pen.session
    return {
        "sentence_up": lambda: pen.move(-1),
        "sentence_down": lambda: pen.move(1),
        "article_up": lambda: session.move_article(-1),
        "article_down": lambda: session.move_article(1),
        "first": lambda: session.move_in_article(0),
        "last": lambda: session.move_in_article(-1),
    }


def _of_app(app: AnnotatorApp) -> Deeds:
    """Return what opens another screen or changes how things look."""
    return {
        "overview": app.show_overview,
        "lines": app.show_lines,
        "stats": app.show_stats,
        "guide": app.show_guide,
        "help": app.show_keys,
        "palette": app.action_command_palette,
        "theme": app.next_theme,
        "proposals": app.switch_proposals,
        "letters": app.keyboard.letters.switch,
        "hints": app.next_hint_mode,
        "hint_mode": app.next_letter_mode,
        "hand": app.other_hand,
        "look_alikes": app.look_alikes,
        "quit": app.leave,
    }
