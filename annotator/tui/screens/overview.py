"""The overview: how far the work is and a way to any sentence."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.worker import get_current_worker

from annotator.checks.consistency import InconsistencyGroup
from annotator.core.errors import AnnotatorError, RuleError
from annotator.core.span_repair import MisalignedSpan
from annotator.session.action import Action, GoToArticle, GoToNextOpen, MoveSentence, ShowMessage
from annotator.session.actions.annotation_actions import count_left
from annotator.session.annotation_controller import AnnotationController
from annotator.session.corpus_overview import ARTICLE_ORDERS, CorpusOverview
from annotator.session.screen_keys import OVERVIEW, textual_actions
from annotator.session.sentence_search import TouchedSentences
from annotator.session.state import StatusMessage
from annotator.tui.layout import overview as layout
from annotator.tui.layout.status_rows import keys_row
from annotator.tui.layout.styled_text import CellStyle, Glyphs, StyledText, fit_words, visible_range
from annotator.tui.layout.text_cells import screen_text
from annotator.tui.screens.row_screen import RowScreen, hidden_bindings

_OVERVIEW_KEYS = [
    ("Enter", "open"), ("↑↓", "sentence"), ("PgUp PgDn", "article"), ("Tab", "articles"), ("/", "search"),
    ("]", "worklist"), ("n", "next undone"), ("s", "sort"), ("o", "unsure first"), ("R", "repairs"),
    ("L", "left"),
]  # fmt: skip
SIDE_BY_SIDE_WIDTH = 110
"""From this width on the articles are beside the sentences."""
_REPORT_INTERVAL = 0.2
"""Seconds between two reports of the thread that reads the articles of a large corpus."""


class OverviewScreen(RowScreen):
    """Shows the sentences of the current article; moving here moves the session."""

    KEYS_TITLE = OVERVIEW
    BINDINGS: ClassVar[list[BindingType]] = hidden_bindings(textual_actions(OVERVIEW))

    @dataclass
    class Read(Message):
        """The thread has read this many articles of the queue."""

        count: int
        error: str = ""

    @dataclass
    class Searched(Message):
        """The thread has found the inconsistencies and the spans inside tokens."""

        groups: tuple[InconsistencyGroup, ...]
        misaligned_spans: tuple[MisalignedSpan, ...]
        left: int
        """How many suggestions accepts have left."""

    def __init__(self, controller: AnnotationController) -> None:
        """Show the sentences of this session."""
        super().__init__()
        self._controller = controller
        self._session = controller.session
        self._overview = CorpusOverview(controller.session)
        self._showing_articles = False
        self._message = ""

    def compose_body(self) -> ComposeResult:
        """Put the list of articles beside the sentences."""
        with Horizontal(id="middle"):
            yield self.rows("articles")
            yield self.rows("body")

    # -- what is found in the background ---------------------------------------------------------

    def on_screen_resume(self) -> None:
        """Read the articles that were not counted yet and look for problems in a thread, again after another screen."""
        navigation = self._session.navigation
        read = partial(self._read_in_thread, navigation.touched_sentences(), navigation.articles.members)
        self.run_worker(read, thread=True, exclusive=True, group="overview")

    def _read_in_thread(self, touched: TouchedSentences, queue: tuple[tuple[str, ...], ...]) -> None:
        navigation, last_report, worker = self._session.navigation, time.monotonic(), get_current_worker()
        problems = navigation.problem_finder
        try:
            left = count_left(problems.sentences_with_left(touched), self._session.label_pass)
            self.post_message(
                self.Searched(problems.inconsistencies(touched), problems.misaligned_spans(touched), left)
            )
            for n, articles in enumerate(queue):
                for article in articles:
                    navigation.sentence_search.article(article)
                    if worker.is_cancelled:
                        return
                if time.monotonic() - last_report > _REPORT_INTERVAL:
                    last_report = time.monotonic()
                    self.post_message(self.Read(n + 1))
                    time.sleep(0.005)  # the screen thread comes first
            self.post_message(self.Read(len(queue)))
        except AnnotatorError as error:
            self.post_message(self.Read(0, str(error)))

    def on_overview_screen_read(self, event: Read) -> None:
        """Count the articles that have been read; what is shown changes with an error, or when all are counted."""
        shown = (self._message, self._session.corpus_progress)
        self._message = event.error
        for article in self._session.queue[: event.count]:
            self._session.navigation.progress_of(article)
        if (self._message, self._session.corpus_progress) != shown:
            self.draw()

    def on_overview_screen_searched(self, event: Searched) -> None:
        """Draw the problems that were found."""
        changed = self._overview.set_problems(event.groups, event.misaligned_spans)
        if changed or self._overview.left != event.left:
            self._overview.left = event.left
            self.draw()

    # -- drawing -------------------------------------------------------------------------------

    def draw_rows(self, width: int, glyphs: Glyphs) -> None:
        """Draw the overview of this moment."""
        height = self.body_height
        beside = layout.ARTICLE_LIST_WIDTH if width >= SIDE_BY_SIDE_WIDTH else 0
        beside = width if self._showing_articles and not beside else beside
        self.part("articles").display = beside > 0
        self.part("articles").styles.width = beside
        if beside:
            self.part("articles").show_rows(layout.article_list_rows(self._articles(height), beside, height, glyphs))
        self.part("body").display = beside < width
        keys = [(glyphs.words(key), does) for key, does in _OVERVIEW_KEYS]
        self.part("keys").show_rows((keys_row(keys, ("F1", "all keys"), width),))
        state = self._controller.state()
        order = f" ({state.navigation_summary})" if state.navigation_summary else ""
        name = f"{self._session.corpus.name}{order}"
        self.part("head").show_rows((layout.overview_header(state, name, width, glyphs),))
        if not state.annotated_sentences:
            words = "  no line of this article is annotated; Esc and # show its lines"
            self.part("body").show_rows(((), (StyledText(words),)))
        elif beside < width:
            found = self._overview.current_problems()
            notices = {i: [layout.problem_text(p) for p in problems] for i, problems in found.items()}
            rows = layout.overview_sentence_rows(state, notices, width - beside, height, glyphs)
            self.part("body").show_rows(rows)
        message = StatusMessage(self._message, warning=True) if self._message else state.message
        if message:
            style = CellStyle("warn" if message.warning else "ok")
            rule = fit_words((StyledText(f" {screen_text(message.text)}", style),), width, glyphs.cut)
        else:
            rule = layout.progress_bars_row(state, width, glyphs, self._overview.left)
        self.part("rule").show_rows((rule,))

    def _articles(self, height: int) -> layout.ArticleList:
        """Return the articles that are on the screen; the others are not looked at."""
        order = self._overview.articles
        at = order.index(self._session.position.article)
        shown = visible_range(len(order), at, max(1, height - 2))
        items = [self._overview.summary_of(self._session.queue[order[i]]) for i in shown]
        return layout.ArticleList(items, at - shown.start, ARTICLE_ORDERS[self._overview.order])

    # -- keys ----------------------------------------------------------------------------------

    def _run(self, action: Action) -> None:
        self._message = ""
        if isinstance(action, str):
            self.annotator.run_command(action)
        else:
            self._controller.dispatch(action)
        if self.is_current:
            self.draw()

    def action_run(self, name: str) -> None:
        """Carry out a command of the registry, as its key does on the annotate screen."""
        self._run(name)

    def action_move(self, by: int) -> None:
        """Go to the sentence before or after, or to the article where these are listed."""
        if self._showing_articles and self.size.width < SIDE_BY_SIDE_WIDTH:
            self.action_article(by)
        else:
            self._run(MoveSentence(by))

    def action_article(self, by: int) -> None:
        """Go to the article before or after, in the order of the list."""
        if self._overview.order == 0:
            self._run("article_down" if by > 0 else "article_up")
            return
        number = self._overview.neighbour(by)
        self._run(ShowMessage() if number is None else GoToArticle(number))

    def action_articles(self) -> None:
        """Show the list of articles in place of the sentences where there is no room for both."""
        self._showing_articles = not self._showing_articles
        self.draw()

    def action_undone(self) -> None:
        """Go to the next sentence without an answer."""
        self._run(GoToNextOpen())

    def action_sort(self) -> None:
        """Sort the articles another way."""
        try:
            self._overview.sort_next()
        except RuleError as error:
            self._run(ShowMessage(str(error), warning=True))
        else:
            self._run(ShowMessage())
