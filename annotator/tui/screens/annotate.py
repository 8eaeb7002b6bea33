"""The annotate screen: routes keys to the session's pen and draws the state that comes of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal

from annotator.core.errors import AnnotatorError, RuleError
from annotator.core.journal_record import KeystrokeKind
from annotator.core.schema import Label
from annotator.session.annotation_controller import AnnotationController
from annotator.session.commands import COMMANDS_WITHOUT_SENTENCE, command_key_kind, footer_items
from annotator.session.state import StatusMessage, TaskState
from annotator.tui.layout.active_sentence import TEXT_COLUMN
from annotator.tui.layout.article_body import (
    BodyFrame,
    BodyRow,
    VisiblePage,
    active_row_on_page,
    active_start_row,
    body_rows,
    fully_visible_sentences,
    inactive_sentence_rows,
    visible_page,
)
from annotator.tui.layout.prompt import NEWCOMER_SPANS, welcome_row
from annotator.tui.layout.status_rows import empty_rule_row, header_row, keys_row, rule_row, side_panel_rows
from annotator.tui.layout.styled_text import CellStyle, StyledRow, StyledText, fit_row
from annotator.tui.layout.text_cells import screen_text, wrap_tokens
from annotator.tui.screens.command_handlers import handlers_by_command
from annotator.tui.screens.row_screen import RowScreen
from annotator.tui.screens.timers import MessageTimeout, Prefetcher
from annotator.tui.screens.tour import TourController
from annotator.tui.widgets import Body


class AnnotateScreen(RowScreen):
    """The screen that one sits at."""

    def __init__(self, controller: AnnotationController) -> None:
        """Draw what this pen does."""
        super().__init__()
        self.controller = controller
        self._session = controller.session
        self._last_arrival: tuple[object, ...] = ()
        self._active_row = 0
        self._page = VisiblePage(0, 0)
        self._drag_from: int | None = None
        self._drawn_state: TaskState | None = None
        self.pending_label_action: Callable[[Label], None] | None = None
        """What the next label key is for, where it was asked for instead of labelling."""

    def compose_body(self) -> ComposeResult:
        """Put the article beside the panel."""
        app = self.annotator
        with Horizontal(id="middle"):
            yield Body(id="body", schema=app.session.schema, palette=app.palette)
            yield self.rows("panel")

    @cached_property
    def _handlers(self) -> dict[str, Callable[[], object]]:
        return handlers_by_command(self)

    @cached_property
    def tour(self) -> TourController:
        """What leads a newcomer through the keys."""
        return TourController(self.annotator)

    @cached_property
    def _message_timeout(self) -> MessageTimeout:
        return MessageTimeout(self.annotator.message_timeout, self.set_timer, self._remove_message)

    @cached_property
    def _prefetcher(self) -> Prefetcher:
        return Prefetcher(self.set_timer, self._prefetch)

    def _remove_message(self, message: StatusMessage) -> None:
        """Draw without a message that has been there long enough, unless it is a question."""
        if self._session.message is message and self.pending_label_action is None:
            self._session.message = None
            if self.is_current:
                self.draw()

    # -- drawing -------------------------------------------------------------------------------

    def draw(self) -> None:
        """Draw the state of this moment."""
        width = self.size.width
        self._message_timeout.show(self._session.message)
        if not width:
            return
        if not self._session.article_sentences:
            self._draw_no_sentences(width)
            return
        state = self.controller.state()
        panel = side_panel_width(width)
        self.part("panel").styles.width = panel
        self.part("panel").display = panel > 0
        frame = self._frame(panel)
        self._arrive(state, frame)
        body = body_rows(state, frame, self._active_row)
        view = fully_visible_sentences(body, state, frame)
        if view != self.controller.visible:
            # The keys reach as far as the screen shows, which only the layout knows.
            self.controller.set_visible(view)
            old, state = state, self.controller.state()
            if self.controller.auto_accept_labels or old.next_suggestions != state.next_suggestions:
                body = body_rows(state, frame, self._active_row)
            self._prefetcher.plan(self._next_page())
        if self.tour.update(state):
            self.draw()
            return
        self._drawn_state = state
        self.query_one("#body", Body).show_body(body)
        self._draw_edges(state, panel)
        rule, keys = self.tour.rows(state, width) or (self._rule_row(state, panel), self._keys_row(state))
        self.part("rule").show_rows((self._rule_row(state, panel) if state.banner else rule,))
        self.part("keys").show_rows((keys,))
        self._prefetcher.postpone()

    def _next_page(self) -> range:
        """Return the sentences that the next keys may lead to: what is below, and a page of one-row ones."""
        here, shown = self._session.position.sentence, len(self.controller.visible)
        last = max(self.controller.visible, default=here) + max(shown, self.body_height)
        return range(here + 1, min(last, len(self._session.article_sentences)))

    def _prefetch(self, i: int) -> None:
        """Lay out a sentence that may come next, so that no key waits for its suggestions and hints."""
        state = self._drawn_state
        if (
            state
            and self.is_current
            and self._session.queue
            and self._session.article_sentences == state.annotated_sentences
        ):
            inactive_sentence_rows(state, i, self._frame(side_panel_width(self.size.width)))
            self.controller.prepare_sentence(i)

    def _draw_edges(self, state: TaskState, panel: int) -> None:
        """Draw what tells whether all is saved: the head row and the panel."""
        glyphs = self.annotator.glyphs
        self.part("head").show_rows((header_row(state, self.size.width, glyphs),))
        if panel:
            self.part("panel").show_rows(side_panel_rows(state, panel, self.body_height, glyphs))

    def draw_saved(self) -> None:
        """Draw what is on the disk now; nothing else has changed, unless saving has failed."""
        session, drawn = self._session, self._drawn_state
        if drawn is None or not self.is_current or drawn.banner != session.banner:
            self.draw()
            return
        self._drawn_state = replace(drawn, save_state=session.save_state, saved_at=session.saved_at)
        self._draw_edges(self._drawn_state, side_panel_width(self.size.width))

    def _arrive(self, state: TaskState, frame: BodyFrame) -> None:
        """Find the row of the active block: where it stays while one moves in view, else the anchor."""
        s = state.annotated.sentence
        arrived = (s.id, (s.article, self.size))
        strolling, turned = self.controller.keeps_page, self.controller.starts_new_page
        self.controller.keeps_page = self.controller.starts_new_page = (
            False  # said of this arrival, not of later ones
        )
        if arrived == self._last_arrival:
            return
        there = strolling and arrived[1:] == self._last_arrival[1:]
        stay = active_row_on_page(self._page, state, frame) if there else None
        self._last_arrival = arrived
        self._active_row = active_start_row(state, frame, turned=turned) if stay is None else stay
        if stay is None:
            self._page = visible_page(state, frame, self._active_row)

    def _draw_no_sentences(self, width: int) -> None:
        """Say that no line of the article is annotated, and what one can do."""
        article = self._session.article(self._session.current_article_id)
        title = StyledText(f" {screen_text(article.title or article.origin)}", CellStyle("title", bold=True))
        message = self._session.message.text if self._session.message else ""
        key = self.annotator.glyphs.key
        choices = [f"{key('lines')} shows its lines", f"{key('article_down')} next article"]
        choices += [f"{key('overview')} overview", f"{key('undo')} undo"]
        rows = (
            (),
            (StyledText("      no line of this article is annotated", CellStyle("text", bold=True)),),
            (StyledText(f"      {'   '.join(choices)}", CellStyle("muted")),),
            (StyledText(f"      {screen_text(message)}", CellStyle("warn")),),
        )
        self._last_arrival = ()
        self._drawn_state = None
        self.part("panel").display = False
        self.part("head").show_rows((fit_row((title,), width),))
        self.query_one("#body", Body).show_body(tuple(BodyRow(fit_row(row, width)) for row in rows))
        self.part("rule").show_rows((empty_rule_row(width, self.annotator.glyphs),))
        self.part("keys").show_rows((keys_row([], (self.annotator.glyphs.key("help"), "all keys"), width),))

    def _frame(self, panel: int) -> BodyFrame:
        width, height = self.size
        text = min(96, width - 10 - panel if panel else width - 8)
        app = self.annotator
        return BodyFrame(
            width - panel, self.body_height, max(2, text), height >= 36, app.glyphs, app.visible_hints
        )

    def _rule_row(self, state: TaskState, panel: int) -> StyledRow:
        width, glyphs = self.size.width, self.annotator.glyphs
        if state.banner:
            return fit_row(
                (StyledText(" " + screen_text(state.banner), CellStyle("warn", bold=True, reverse=True)),),
                width,
            )
        return empty_rule_row(width, glyphs) if panel else rule_row(state, width, glyphs)

    def _keys_row(self, state: TaskState) -> StyledRow:
        width = self.size.width
        if state.spans_made < NEWCOMER_SPANS and not state.selection:
            return fit_row(welcome_row(state, width, self.annotator.glyphs), width)
        glyphs = self.annotator.glyphs
        return keys_row(footer_items(glyphs.commands), (glyphs.key("help"), "all keys"), width)

    # -- keys ----------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Take a key as a hint that is due, a command, a label's key or a hint."""
        keyboard = self.annotator.keyboard
        char, name = _letter_or_digit(event), keyboard.command(event.key)
        if not char and not name:
            return
        event.stop()
        event.prevent_default()
        due = (
            bool(char)
            and not char.isdigit()
            and (bool(self.controller.typed_hint) or keyboard.letters.requested)
        )
        label = None if due or name else self._session.schema.by_key(char)
        plain = KeystrokeKind.LABEL if label else KeystrokeKind.SELECT
        self._session.count_keystroke(
            command_key_kind(name, on_span=self.controller.selection_is_span) if name and not due else plain
        )
        if name and not due:
            self.action_act(name)
        else:
            self._run_handler(lambda: self._press_label(label) if label else self._press_hint(char))

    def _press_label(self, label: Label) -> None:
        asked, self.pending_label_action = self.pending_label_action, None
        (asked or self.controller.label)(label)

    def _press_hint(self, char: str) -> None:
        letters = self.annotator.keyboard.letters
        if not letters.active:
            key = self.annotator.glyphs.key("letters")
            raise RuleError(f"{char} is no label's key, and the letters are off", do=f"{key} calls for them")
        known = self.controller.press_hint(char)
        if not self.controller.typed_hint:
            letters.used()
        if not known:
            raise RuleError(f"no word here has the letter {char}", do="the letters stand above the words")

    def action_act(self, name: str) -> None:
        """Carry out a command of the registry."""
        self.pending_label_action = None
        if name != "letters":
            self.annotator.keyboard.letters.used()
        if name != "let_go":
            self.controller.clear_typed_hint()
        self._run_handler(self._handlers[name], anywhere=name in COMMANDS_WITHOUT_SENTENCE)

    def _run_handler(self, handler: Callable[[], object], *, anywhere: bool = False) -> None:
        """Do something, say what rule forbids it if one does, and draw."""
        self._session.message = None
        if not self._session.article_sentences and not anywhere:
            return
        try:
            handler()
        except AnnotatorError as error:
            self._session.message = StatusMessage(str(error), warning=True)
        self.draw()

    # -- mouse ---------------------------------------------------------------------------------

    def on_body_pointed(self, message: Body.Pointed) -> None:
        """Select the word that was clicked, or go to the sentence that was."""
        if message.sentence != self._session.position.sentence:
            if message.first:
                self._drag_from = None
                self._run_handler(lambda: self.controller.move_within_view(message.sentence))
            return
        lines = wrap_tokens(
            self._session.annotated.sentence.tokens, self._frame(side_panel_width(self.size.width)).text_width
        )
        # The window may have changed its size since the mouse was pressed.
        there = 0 <= message.line < len(lines)
        token = lines[message.line].token_at(message.column - TEXT_COLUMN) if there else None
        if token is None:
            return
        if message.first:
            self._drag_from = token
            self._run_handler(lambda: self.controller.click(token))
        elif self._drag_from is not None and token != self._drag_from:
            start = self._drag_from
            self._run_handler(lambda: self.controller.drag(start, token))


def _letter_or_digit(event: events.Key) -> str:
    """Return the letter or digit from 1 that was pressed; empty for any other key."""
    char = event.character or ""
    held = event.key.startswith(("ctrl+", "alt+"))
    return char if char.isascii() and char.isalnum() and char != "0" and not held else ""


def side_panel_width(width: int) -> int:
    """Return the width of the side panel for a screen of ``width`` cells."""
    return 0 if width < 110 else 28 if width < 140 else 46
