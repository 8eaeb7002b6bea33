"""What each command of the registry does on the annotate screen: its id, and the call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from annotator.core.annotation import Answer
from annotator.tui.screens.ways import Ways

if TYPE_CHECKING:
    from annotator.tui.screens.annotate import AnnotateScreen


def deeds(screen: AnnotateScreen) -> dict[str, Callable[[], object]]:
    """Return the call for each command id; a test holds it against the registry."""
    pen, session, app = screen.pen, screen.pen.session, screen.annotator
    ways = Ways(app)
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
        "let_go": lambda: screen.tour.left() or pen.let_go(),
        "more_labels": app.show_labels,
        "remove": pen.remove,
        "undo": pen.undo,
        "redo": pen.redo,
        "everywhere": pen.everywhere,
        "accept_view": pen.accept_view,
        "take": app.ask_take,
        "proposals": pen.toggle_proposals,
        "accept": lambda: pen.answer(Answer.ACCEPT),
        "reject": lambda: pen.answer(Answer.REJECT),
        "ignore": lambda: pen.answer(Answer.IGNORE),
        "join": pen.join,
        "split": pen.split,
        "sentence_up": lambda: pen.move(-1),
        "sentence_down": lambda: pen.move(1),
        "article_up": lambda: session.move_article(-1),
        "article_down": lambda: session.move_article(1),
        "first": lambda: session.move_in_article(0),
        "last": lambda: session.move_in_article(-1),
        "overview": app.show_overview,
        "search": ways.search,
        "next_hit": lambda: ways.next_hit(1),
        "previous_hit": lambda: ways.next_hit(-1),
        "jump": ways.jump,
        "filter": ways.filter,
        "order": ways.order,
        "worklist": ways.worklist,
        "flag": ways.flag,
        "note": ways.note,
        "lines": app.show_lines,
        "stats": app.show_stats,
        "guide": app.show_guide,
        "help": app.show_keys,
        "tour": lambda: screen.tour.toggle(),
        "palette": app.action_command_palette,
        "theme": app.next_theme,
        "letters": app.keyboard.letters.switch,
        "hints": app.next_hint_mode,
        "hint_mode": app.next_letter_mode,
        "hand": app.other_hand,
        "look_alikes": app.look_alikes,
        "quit": app.leave,
    }
