"""The annotate screen: routes keys and the mouse to the controller and draws the state that it returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal

from annotator.core.article import Sentence
from annotator.session.action import Action, GoInView, SelectTokens, ShowMessage
from annotator.session.annotation_controller import AnnotationController
from annotator.session.commands import footer_items
from annotator.session.state import PageMotion, StatusMessage, TaskState
from annotator.tui.layout import article_body as layout
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.article_body import TEXT_COLUMN, BodyFrame, BodyRow
from annotator.tui.layout.help_rows import tour_rows
from annotator.tui.layout.prompt import NEWCOMER_SPANS, accept_words, welcome_row
from annotator.tui.layout.status_rows import empty_rule_row, header_row, keys_row, rule_row, side_panel_rows
from annotator.tui.layout.styled_text import StyledRow, StyledText
from annotator.tui.layout.text_cells import screen_text, wrap_tokens
from annotator.tui.screens.row_screen import Body, RowScreen

# -- messages that fade ------------------------------------------------------------------------


class StoppableTimer(Protocol):
    """A timer that has been set."""

    def stop(self) -> None:
        """Don't ring any more."""


class MessageTimeout:
    """Sets a timer while a message that fades is on the screen, and no timer else."""

    def __init__(
        self,
        seconds: float,
        set_timer: Callable[[float, Callable[[], None]], StoppableTimer],
        remove_message: Callable[[StatusMessage], None],
    ) -> None:
        """Call ``fade`` with a message that has been shown for this many seconds; never where they are 0."""
        self._seconds = seconds
        self._set_timer = set_timer
        self._remove_message = remove_message
        self._shown: StatusMessage | None = None
        self._timer: StoppableTimer | None = None

    def show(self, message: StatusMessage | None) -> None:
        """Take note of the message that is on the screen now, drawn again or not."""
        if message is self._shown:
            return
        if self._timer:
            self._timer.stop()
        self._shown, self._timer = message, None
        if message and not message.warning and not message.stays and self._seconds > 0:
            self._timer = self._set_timer(self._seconds, self._expire)

    def _expire(self) -> None:
        message, self._shown, self._timer = self._shown, None, None
        if message:
            self._remove_message(message)


# -- prefetching -------------------------------------------------------------------------------


PREFETCH_DELAY = 0.01
"""How many seconds after a key the first sentence is looked at: its paint must be out by then."""
PREFETCH_INTERVAL = 0.001
"""How many seconds are between two sentences, so that a key comes in between."""


class Prefetcher:
    """Holds which sentences are still to be prepared."""

    def __init__(
        self, set_timer: Callable[[float, Callable[[], None]], StoppableTimer], prepare: Callable[[int], None]
    ) -> None:
        """Start with none; ``set_timer`` calls back after some seconds."""
        self._set_timer = set_timer
        self._prepare = prepare
        self._pending: list[int] = []
        self._timer: StoppableTimer | None = None

    def plan(self, sentences: Iterable[int]) -> None:
        """Prepare these sentences of the article, by index, in place of what was planned."""
        self._pending = list(sentences)

    def postpone(self, seconds: float = PREFETCH_DELAY) -> None:
        """Go on only some seconds from now, because something is painted meanwhile."""
        if self._timer:
            self._timer.stop()
        self._timer = self._set_timer(seconds, self._next) if self._pending else None

    def _next(self) -> None:
        if self._pending:
            self._prepare(self._pending.pop(0))
        self.postpone(PREFETCH_INTERVAL)


class AnnotateScreen(RowScreen):
    """The screen on which one annotates."""

    def __init__(self, controller: AnnotationController) -> None:
        """Draw the state of this controller."""
        super().__init__()
        self.controller = controller
        self._session = controller.session
        self._last_arrival: tuple[object, ...] = ()
        self._active_row = 0
        self._page = layout.VisiblePage(0, 0)
        self._planned_page: tuple[object, ...] = ()
        self._drag: _Drag | None = None
        self._drawn_state: TaskState | None = None

    def compose_body(self) -> ComposeResult:
        """Put the article beside the panel."""
        app = self.annotator
        with Horizontal(id="middle"):
            yield Body(id="body", schema=app.controller.keyboard.keys.schema, palette=app.palette)
            yield self.rows("panel")

    @cached_property
    def _message_timeout(self) -> MessageTimeout:
        return MessageTimeout(self.annotator.message_seconds, self.set_timer, self._remove_message)

    @cached_property
    def _prefetcher(self) -> Prefetcher:
        return Prefetcher(self.set_timer, self._prefetch)

    def _remove_message(self, message: StatusMessage) -> None:
        """Draw without a message that has been there long enough; one that is covered has its time afterwards."""
        if self.controller.message is message and self.is_active:
            self.controller.dispatch(ShowMessage())
            self.draw()

    # -- drawing -------------------------------------------------------------------------------

    def draw(self) -> None:
        """Draw the state of this moment."""
        self._draw_state(self.controller.state())
        self._show_doubtful_lines()

    def _draw_state(self, state: TaskState) -> None:
        width = self.size.width
        self._message_timeout.show(state.message)
        if not width:
            return
        self.draw_banner()
        if not state.annotated_sentences:
            self._draw_no_sentences(state, width)
            return
        panel = side_panel_width(width)
        self.part("panel").styles.width = panel
        self.part("panel").display = panel > 0
        frame = self._frame(state, panel)
        self._arrive(state, frame)
        body = layout.body_rows(state, frame, self._active_row)
        view = layout.fully_visible_sentences(body, state, frame)
        old, state = state, self.controller.settle(state, view, *layout.lines_shown(body, state, frame))
        changed = old.next_suggestions != state.next_suggestions or old.message is not state.message
        changed = changed or old.more_lines != state.more_lines
        if state is not old and (changed or self.controller.settings.auto_accept_labels):
            body = layout.body_rows(state, frame, self._active_row)
        page = (state.article.id, len(state.annotated_sentences), view)
        if page != self._planned_page:
            self._planned_page = page
            self._prefetcher.plan(self._next_page())
        self._message_timeout.show(state.message)
        self._drawn_state = state
        self.query_one("#body", Body).show_body(body)
        self._draw_edges(state, panel)
        rule, keys = self._rule_row(state, panel), self._keys_row(state)
        if self.controller.tour:
            rule, keys = tour_rows(self.controller.tour, state, width, self.annotator.glyphs)
        self.annotator.remember_tour()
        self.part("rule").show_rows((rule,))
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
        if state and self.is_current and self._session.article_sentences == state.annotated_sentences:
            layout.inactive_sentence_rows(state, i, self._frame(state, side_panel_width(self.size.width)))
            self.controller.prepare_sentence(i)

    def _draw_edges(self, state: TaskState, panel: int) -> None:
        """Draw what shows whether all is saved: the head row and the panel."""
        glyphs = self.annotator.glyphs
        self.part("head").show_rows((header_row(state, self.size.width, glyphs),))
        if panel:
            self.part("panel").show_rows(side_panel_rows(state, panel, self.body_height, glyphs))

    def draw_saved(self) -> None:
        """Draw what is on the disk now; nothing else has changed, unless saving has failed."""
        drawn = self._drawn_state
        if drawn is None or not self.is_current or self._drawn_banner != self._session.banner:
            self.draw()
            return
        self._drawn_state = self.controller.saved_state(drawn)
        self._draw_edges(self._drawn_state, side_panel_width(self.size.width))

    def _arrive(self, state: TaskState, frame: BodyFrame) -> None:
        """Find the row of the active block: where it stays while one moves in view, else the anchor."""
        s = state.annotated.sentence
        arrived = (s.id, (s.article, self.size, self.body_height))
        if arrived == self._last_arrival:
            return
        there = state.page_motion is PageMotion.STAY and arrived[1:] == self._last_arrival[1:]
        stay = layout.active_row_on_page(self._page, state, frame) if there else None
        self._last_arrival = arrived
        if stay is None:
            turned = state.page_motion is PageMotion.TURN
            self._active_row = layout.active_start_row(state, frame, turned=turned)
            self._page = layout.visible_page(state, frame, self._active_row)
        else:
            self._active_row = stay

    def _draw_no_sentences(self, state: TaskState, width: int) -> None:
        """Show that no line of the article is annotated, and what one can do."""
        article = state.article
        title = styled.title(f" {screen_text(article.name)}")
        message = state.message.text if state.message else ""
        key = self.annotator.glyphs.key
        choices = [f"{key('lines')} shows its lines", f"{key('article_down')} next article"]
        choices += [f"{key('overview')} overview", f"{key('undo')} undo"]
        margin = StyledText(" " * min(6, width // 12))
        damaged = self._session.corpus.damaged_articles.get(article.id)
        what = (
            f"this article is damaged: {damaged.what}; {damaged.do}"
            if damaged
            else "no line of this article is annotated"
        )
        texts = [styled.bold(screen_text(what)), *map(styled.muted, choices)]
        texts += [styled.warn(screen_text(message))]
        rows = ((), *((margin, *row) for text in texts for row in styled.wrap_row((text,), width - len(margin.text))))
        self._last_arrival = ()
        self._drawn_state = None
        self.part("panel").display = False
        doubt = (styled.likely_bold(f" doubtful lines {self.annotator.glyphs.dot}"),) if article.doubt else ()
        self.part("head").show_rows((styled.fit_row((*doubt, title), width),))
        self.query_one("#body", Body).show_body(tuple(BodyRow(styled.fit_row(row, width)) for row in rows))
        self.part("rule").show_rows((empty_rule_row(width, self.annotator.glyphs),))
        self.part("keys").show_rows((keys_row([], (self.annotator.glyphs.key("help"), "all keys"), width),))

    def _frame(self, state: TaskState, panel: int) -> BodyFrame:
        width, height = self.size
        text = min(96, width - 10 - panel if panel else width - 8)
        app = self.annotator
        return BodyFrame(width - panel, self.body_height, max(2, text), height >= 36, app.glyphs, state.hint_visibility)

    def _rule_row(self, state: TaskState, panel: int) -> StyledRow:
        width, glyphs = self.size.width, self.annotator.glyphs
        return empty_rule_row(width, glyphs) if panel else rule_row(state, width, glyphs)

    def _keys_row(self, state: TaskState) -> StyledRow:
        width = self.size.width
        if state.spans_made < NEWCOMER_SPANS and not state.selection:
            return styled.fit_row(welcome_row(state, width, self.annotator.glyphs), width)
        glyphs = self.annotator.glyphs
        items = footer_items(glyphs.commands, state.has_effect, accept_words(state))
        return keys_row(items, (glyphs.key("help"), "all keys"), width)

    # -- keys ----------------------------------------------------------------------------------

    def take_key(self, event: events.Key) -> bool:
        """Carry out what the key means: a hint, a command or a label; return False for nothing."""
        action = self.controller.action_for_key(event.key, _letter_or_digit(event))
        if action is not None:
            self.perform(action)
        return action is not None

    def perform(self, action: Action) -> None:
        """Carry out an action: of a key, of a click, of the mouse."""
        if isinstance(action, str):
            self._draw_state(self.annotator.run_command(action))
        else:
            self._draw_state(self.controller.dispatch(action))
        self._show_doubtful_lines()

    def _show_doubtful_lines(self) -> None:
        """Show the lines of the article that was come to, where they are doubtful and no other screen is open."""
        if self.size.width and self.is_active:
            self.annotator.show_doubtful_lines(self._session.article(self._session.current_article_id))

    # -- mouse ---------------------------------------------------------------------------------

    def turn_wheel(self, by: int) -> None:
        """Go to the sentence after (1) or before (-1); it is no key that counts."""
        self.perform("sentence_down" if by > 0 else "sentence_up")

    def on_body_pointed(self, message: Body.Pointed) -> None:
        """Select the word that was clicked, or go to the sentence that was."""
        if message.sentence != self._session.position.sentence:
            if message.first:
                self._drag = None
                self.perform(GoInView(message.sentence))
            return
        frame = self._frame(self.controller.state(), side_panel_width(self.size.width))
        sentence = self._session.annotated.sentence
        lines = wrap_tokens(sentence.tokens, frame.text_width)
        # The window may have changed its size since the mouse was pressed.
        there = 0 <= message.line < len(lines)
        token = lines[message.line].token_at(message.column - TEXT_COLUMN) if there else None
        if token is None:
            return
        drag = self._drag
        if message.first:
            # What is selected first gets the armed label: only the release shows what that is.
            waits = bool(self.controller.selection_state.armed_label) and not message.alone
            self._drag = _Drag(sentence, token, token if message.alone else None, waits)
            if not waits:
                self.perform(self._drag.selection)
        elif drag and drag.sentence == sentence and token != (drag.first if drag.last is None else drag.last):
            drag.last = token
            if not drag.waits:
                self.perform(drag.selection)

    def on_body_released(self) -> None:
        """Label what was dragged over while a label was armed."""
        drag, self._drag = self._drag, None
        if drag and drag.waits and drag.sentence == self._session.annotated.sentence:
            self.perform(drag.selection)


@dataclass
class _Drag:
    """What the mouse has gone over since it went down: tokens of a sentence."""

    sentence: Sentence
    first: int
    last: int | None
    """None for a click."""
    waits: bool
    """Whether the selection is made at the release."""

    @property
    def selection(self) -> SelectTokens:
        """The action that selects it."""
        return SelectTokens(self.first, self.last)


def _letter_or_digit(event: events.Key) -> str:
    """Return the letter or digit from 1 that was pressed; empty for any other key."""
    char = event.character or ""
    held = event.key.startswith(("ctrl+", "alt+"))
    return char if char.isascii() and char.isalnum() and char != "0" and not held else ""


def side_panel_width(width: int) -> int:
    """Return the width of the side panel for a screen of ``width`` cells."""
    return 0 if width < 110 else 28 if width < 140 else 46
