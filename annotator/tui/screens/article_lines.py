"""The lines of an article with their verdicts: switched by hand, and shown by themselves where they are doubtful."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType

from annotator.core.article import Article, LineVerdict
from annotator.session.action import Action, SetLineVerdict, SettleDoubt, UndoLineVerdict
from annotator.session.annotation_controller import AnnotationController
from annotator.session.screen_keys import LINES, textual_actions
from annotator.tui.layout import article_lines as layout
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.status_rows import keys_row
from annotator.tui.layout.styled_text import Glyphs
from annotator.tui.screens.row_screen import RowScreen, hidden_bindings

_LINE_KEYS = [
    ("Esc", "back"), ("Space", "switch"), ("u", "undo"), ("b", "body"), ("x", "boilerplate"),
    ("h", "subhead"), ("t", "title"), ("c", "caption"), ("d", "deck"), ("y", "byline"), ("p", "dateline"),
]  # fmt: skip


_SETTLE_KEY = ("K", "lines are right")


class ArticleLinesScreen(RowScreen):
    """Lists the lines of the current article."""

    KEYS_TITLE = LINES
    BINDINGS: ClassVar[list[BindingType]] = hidden_bindings(textual_actions(LINES))

    def __init__(self, controller: AnnotationController) -> None:
        """Show the lines of the session's article, from the line of the active sentence on."""
        super().__init__()
        self._controller = controller
        self._session = session = controller.session
        self._warning = ""
        start = session.annotated.sentence.start if session.article_sentences else 0
        self._position = max(0, sum(s <= start for s in self._article.line_starts()) - 1)

    @property
    def _article(self) -> Article:
        return self._session.article(self._session.current_article_id)

    @property
    def _keys(self) -> list[tuple[str, str]]:
        """The keys of the lowest row, those first that matter most."""
        return [*_LINE_KEYS[:1], *([_SETTLE_KEY] if self._article.doubt else []), *_LINE_KEYS[1:]]

    def draw_rows(self, width: int, glyphs: Glyphs) -> None:
        """Draw the lines of this moment."""
        article, at = self._article, self._position
        warning = (styled.warn(f" ! {self._warning}"),) if self._warning else ()
        self.show_parts(
            layout.article_lines_header(article, width, glyphs),
            layout.article_line_rows(article, at, width, self.body_height, glyphs),
            warning or layout.verdict_reason_row(article, at, width, glyphs),
            keys_row(self._keys, ("F1", "all keys"), width),
        )

    def action_move(self, by: int) -> None:
        """Go some lines on."""
        self._warning = ""
        self._position = min(max(0, self._position + by), len(self._article.lines) - 1)
        self.draw()

    def action_switch(self) -> None:
        """Switch the line between being annotated and not."""
        line = self._article.lines[self._position]
        off = line.was if line.was and not line.was.annotated else LineVerdict.BOILERPLATE
        self._set_verdict(off if line.verdict.annotated else LineVerdict.BODY)

    def action_verdict(self, verdict: str) -> None:
        """Give the line a verdict."""
        self._set_verdict(LineVerdict(verdict))

    def _set_verdict(self, verdict: LineVerdict) -> None:
        self._warning = ""
        if self._article.lines[self._position].verdict is LineVerdict.BLANK:
            self._warning = "a blank line holds nothing to annotate"
        else:
            self._run(SetLineVerdict(self._position, verdict))
        self.draw()

    def action_settle(self) -> None:
        """Settle the doubt about the lines and go back; where there is none, stay with a message."""
        state = self._controller.dispatch(SettleDoubt())
        if state.message and state.message.warning:
            self._warning = state.message.text
            self.draw()
        else:
            self.dismiss()

    def action_undo(self) -> None:
        """Take back the last switch of this article, or the settling of its doubt."""
        self._run(UndoLineVerdict())
        self.draw()

    def _run(self, action: Action) -> None:
        message = self._controller.dispatch(action).message
        self._warning = message.text if message else ""


_KEYS_AT_ONCE = frozenset({
    "up", "down", "pageup", "left_parenthesis", "pagedown", "right_parenthesis", "home", "end", "K",
    "semicolon", "escape", "f1",
})  # fmt: skip
"""The keys that act on a screen that has opened by itself; those that free the others are ``_FREEING_KEYS``."""
_FREEING_KEYS = frozenset({"number_sign", "f3"})


class DoubtfulLinesScreen(ArticleLinesScreen):
    """Opens by itself on an article whose lines are doubtful.

    Somebody may be typing the letters and Enter of the annotate screen: no key acts that could be one of those, until
    the key comes that opens the lines there.
    """

    _is_free = False

    @property
    def _keys(self) -> list[tuple[str, str]]:
        if self._is_free:
            return super()._keys
        return [(";", "annotate"), _SETTLE_KEY, ("#", "switch lines"), ("↑↓", "line"), ("PgUp PgDn", "page")]

    def on_key(self, event: events.Key) -> None:
        """Let no key through that may be meant for the annotate screen."""
        if self._is_free or event.key in _KEYS_AT_ONCE:
            return
        event.stop()
        self._is_free = event.key in _FREEING_KEYS
        self._warning = "" if self._is_free else "these lines opened by themselves: # lets keys switch them, ; goes on"
        self.draw()

    def action_close(self) -> None:
        """Go back; a message of the annotate screen that nobody has seen yet stays."""
        self.dismiss()
