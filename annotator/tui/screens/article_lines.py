"""The article screen: the verdict on every line of the source; a line can be switched, with undo."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType

from annotator.core.article import Article, LineVerdict
from annotator.session.action import Action, SetLineVerdict, UndoLineVerdict
from annotator.session.annotation_controller import AnnotationController
from annotator.tui.layout import article_lines as layout
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.status_rows import keys_row
from annotator.tui.screens.row_screen import RowScreen, hidden_bindings

_LINE_KEYS = [
    ("Esc", "back"), ("Space", "switch"), ("u", "undo"), ("b", "body"), ("x", "boilerplate"),
    ("h", "subhead"), ("t", "title"), ("c", "caption"), ("d", "deck"), ("y", "byline"), ("p", "dateline"),
]  # fmt: skip


class ArticleLinesScreen(RowScreen):
    """Lists the lines of the current article."""

    BINDINGS: ClassVar[list[BindingType]] = hidden_bindings({
        "up": "move(-1)", "down": "move(1)", "pageup,left_parenthesis": "move(-15)",
        "pagedown,right_parenthesis": "move(15)", "home": "move(-1000000)", "end": "move(1000000)",
        "space,enter": "switch", "u,ctrl+z": "undo", "f1": "app.keys",
        "semicolon,escape,number_sign,q,f3": "close",
    })  # fmt: skip

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

    def draw_rows(self, width: int, glyphs: Glyphs) -> None:
        """Draw the lines of this moment."""
        article, at = self._article, self._position
        warning = (styled.warn(f" ! {self._warning}"),) if self._warning else ()
        self.show_parts(
            layout.article_lines_header(article, width, glyphs),
            layout.article_line_rows(article, at, width, self.body_height, glyphs),
            warning or layout.verdict_reason_row(article, at, width, glyphs),
            keys_row(_LINE_KEYS, ("F1", "all keys"), width),
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

    def on_key(self, event: events.Key) -> None:
        """Give the line the verdict of a letter."""
        if event.character in layout.VERDICT_BY_LETTER:
            event.stop()
            self._set_verdict(layout.VERDICT_BY_LETTER[event.character])

    def _set_verdict(self, verdict: LineVerdict) -> None:
        self._warning = ""
        if self._article.lines[self._position].verdict is LineVerdict.BLANK:
            self._warning = "a blank line holds nothing to annotate"
        else:
            self._run(SetLineVerdict(self._position, verdict))
        self.draw()

    def action_undo(self) -> None:
        """Take the last switch of this article back."""
        self._run(UndoLineVerdict())
        self.draw()

    def _run(self, action: Action) -> None:
        message = self._controller.dispatch(action).message
        self._warning = message.text if message else ""
