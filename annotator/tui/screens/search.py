"""The search: a query, and while it is typed all sentences that it holds for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.worker import get_current_worker

from annotator.core.errors import AnnotatorError
from annotator.core.search_query import SearchQuery, parse_query
from annotator.core.tokens import token_range
from annotator.session.annotation_controller import AnnotationController
from annotator.session.sentence_search import SearchHit, TouchedSentences
from annotator.tui.layout.search_results import query_help_rows, search_header, search_hit_rows
from annotator.tui.layout.status_rows import empty_rule_row, keys_row
from annotator.tui.layout.styled_text import CellStyle, StyledText, fit_row
from annotator.tui.layout.text_cells import screen_text
from annotator.tui.screens.command_handlers import return_to_annotating
from annotator.tui.screens.row_screen import RowScreen
from annotator.tui.widgets import LineInput

MAX_LISTED_HITS = 1000
"""So many hits are listed; the others are only counted."""
_REPORT_INTERVAL = 0.1
"""Seconds between two reports of a search that goes on."""
_SEARCH_KEYS = [
    ("Enter", "open"),
    ("↑↓", "hit"),
    ("Tab", "filter: go only through these"),
    ("PgUp PgDn", "page"),
]


class SearchProgress(Struct, frozen=True):
    """What a search has found so far."""

    query: SearchQuery
    hits: tuple[SearchHit, ...] = ()
    total: int = 0
    articles_searched: int = 0
    """How many articles were looked through."""
    done: bool = False
    error: str = ""


class SearchScreen(RowScreen):
    """Lists what is found; Enter goes there, Tab makes the query the filter of the work."""

    AUTO_FOCUS = "#query"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-15)", show=False),
        Binding("pagedown", "move(15)", show=False),
        Binding("tab", "filter", show=False),
        Binding("f1", "app.keys", show=False),
        Binding("escape", "close", show=False),
    ]

    class Told(Message):
        """The searching thread tells what it has found."""

        def __init__(self, found: SearchProgress) -> None:
            """Carry what was found."""
            super().__init__()
            self.progress = found

    def __init__(self, controller: AnnotationController) -> None:
        """Search the works of this pen's session, beginning with the last query."""
        super().__init__()
        self._controller = controller
        self._session = controller.session
        self._progress = SearchProgress(self._session.navigation.last_query)
        self._position = 0
        self._open_first = False

    def compose_body(self) -> ComposeResult:
        """Put the line to type in above the hits."""
        with Horizontal(id="ask"):
            yield self.rows("sign")
            yield LineInput(str(self._progress.query), id="query")
        yield self.rows("body")

    @property
    def body_height(self) -> int:
        """How many rows the hits have."""
        return max(1, self.size.height - 4)

    def draw(self) -> None:
        """Draw what is found at this moment."""
        width, glyphs, found = self.size.width, self.annotator.glyphs, self._progress
        if not width:
            return
        self.part("head").show_rows(
            (search_header(self._session.corpus.name, self._count_text(), width, glyphs),)
        )
        self.part("sign").show_rows(((StyledText(" / ", CellStyle("key", bold=True)),),))
        height = self.body_height
        rows = (
            search_hit_rows(found.hits, self._position, width, height, glyphs)
            if found.query
            else query_help_rows(width)
        )
        self.part("body").show_rows(rows[:height])
        wrong = found.error or found.query.warning(tuple(x.name for x in self._session.schema.labels))
        rule = (
            (fit_row((StyledText(" ! " + screen_text(wrong), CellStyle("warn")),), width),) if wrong else ()
        )
        self.part("rule").show_rows(rule or (empty_rule_row(width, glyphs),))
        keys = [(glyphs.words(key), does) for key, does in _SEARCH_KEYS]
        self.part("keys").show_rows((keys_row(keys, ("Esc", "back"), width),))

    def _count_text(self) -> str:
        found = self._progress
        if not found.query:
            return ""
        hits = f"{found.total} {'hit' if found.total == 1 else 'hits'}"
        if found.total > len(found.hits):
            hits = f"the first {len(found.hits)} of {hits}"
        return (
            hits
            if found.done
            else f"{hits}, {found.articles_searched} of {len(self._session.queue)} articles"
        )

    # -- searching -----------------------------------------------------------------------------

    def on_input_changed(self, event: LineInput.Changed) -> None:
        """Search for what is typed now; an older search stops."""
        query = parse_query(event.value)
        self._progress, self._position, self._open_first = SearchProgress(query), 0, False
        touched = self._session.navigation.touched_sentences()
        self.run_worker(
            partial(self._search_in_thread, query, touched), thread=True, exclusive=True, group="search"
        )
        self.draw()

    def _search_in_thread(self, query: SearchQuery, touched: TouchedSentences) -> None:
        """Look through all articles in a thread, telling what is found from time to time."""
        if not query:
            return
        found, last_report = SearchProgress(query, done=True), time.monotonic()
        try:
            for found in self._progress_by_article(query, touched):
                if get_current_worker().is_cancelled:
                    return
                if time.monotonic() - last_report > _REPORT_INTERVAL:
                    self.post_message(self.Told(found))
                    last_report = time.monotonic()
                    time.sleep(0.002)  # the screen thread comes first
        except AnnotatorError as error:
            found = SearchProgress(query, error=str(error))
        self.post_message(
            self.Told(
                SearchProgress(query, found.hits, found.total, found.articles_searched, True, found.error)
            )
        )

    def _progress_by_article(self, query: SearchQuery, touched: TouchedSentences) -> Iterator[SearchProgress]:
        navigation = self._session.navigation
        problems = navigation.problem_sentences(touched) if query.needs_problems else frozenset()
        hits: tuple[SearchHit, ...] = ()
        total = 0
        for n, more in enumerate(navigation.sentence_search.search(query, touched, problems), 1):
            total += len(more)
            hits = (
                (*hits, *more[: MAX_LISTED_HITS - len(hits)])
                if more and len(hits) < MAX_LISTED_HITS
                else hits
            )
            yield SearchProgress(query, hits, total, n)

    def on_search_screen_told(self, event: Told) -> None:
        """Show what was found, unless another query was typed meanwhile."""
        if event.progress.query != self._progress.query:
            return
        self._progress = event.progress
        if self._open_first and (self._progress.hits or self._progress.done):
            self._open_first = False
            self._open()
        else:
            self.draw()

    # -- keys ----------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Go some hits on."""
        self._position = max(0, min(self._position + by, len(self._progress.hits) - 1))
        self.draw()

    def on_input_submitted(self) -> None:
        """Open the hit in hand; the first one as soon as it is found."""
        if self._progress.query and not self._progress.hits and not self._progress.done:
            self._open_first = True
        else:
            self._open()

    def _open(self) -> None:
        if not self._progress.hits:
            return
        navigation, hit = self._session.navigation, self._progress.hits[self._position]
        navigation.search_hits, navigation.last_query = self._progress.hits, self._progress.query
        try:
            navigation.go_to_hit(hit)
        except AnnotatorError as error:
            self._progress = SearchProgress(self._progress.query, done=True, error=str(error))
            self.draw()
            return
        select_hit_text(self._controller, hit)
        return_to_annotating(self.annotator)

    def action_filter(self) -> None:
        """Go only through the sentences that the query holds for from now on; the empty one is no filter."""
        self._session.navigation.set_filter(self._progress.query)
        return_to_annotating(self.annotator)

    def on_line_input_left(self) -> None:
        """Go back to where one was."""
        self.action_close()

    def action_close(self) -> None:
        """Go back to where one was."""
        self.dismiss()


def select_hit_text(controller: AnnotationController, hit: SearchHit) -> None:
    """Select the words of a hit, so that a label key means them."""
    controller.enter_sentence()
    tokens = controller.session.annotated.sentence.tokens
    if hit.highlights and controller.session.annotated.sentence.id == hit.annotated.sentence.id:
        first, last = token_range(tokens, *hit.highlights[0])
        controller.drag(first, max(first, last - 1))
