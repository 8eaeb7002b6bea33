"""What each command of the registry does on the annotate screen: its id, and the call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from annotator.core.annotation import Answer

if TYPE_CHECKING:
    from annotator.tui.screens.annotate import AnnotateScreen


def deeds(screen: AnnotateScreen) -> dict[str, Callable[[], object]]:
    """Return the call for each command id; a test holds it against the registry."""
    pen, session, app = screen.pen, screen.pen.session, screen.annotator
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
        "let_go": pen.let_go,
        "more_labels": app.show_labels,
        "remove": pen.remove,
        "undo": pen.undo,
        "redo": pen.redo,
        "accept": lambda: pen.answer(Answer.ACCEPT),
        "reject": lambda: pen.answer(Answer.REJECT),
        "ignore": lambda: pen.answer(Answer.IGNORE),
        "join": pen.join,
        "split": pen.split,
        "sentence_up": lambda: session.move_sentence(-1),
        "sentence_down": lambda: session.move_sentence(1),
        "article_up": lambda: session.move_article(-1),
        "article_down": lambda: session.move_article(1),
        "first": lambda: session.move_in_article(0),
        "last": lambda: session.move_in_article(-1),
        "overview": app.show_overview,
        "lines": app.show_lines,
        "guide": app.show_guide,
        "help": app.show_keys,
        "palette": app.action_command_palette,
        "theme": app.next_theme,
        "hints": app.next_hint_mode,
        "quit": app.leave,
    }
