"""The search: a query, and while it is typed all sentences that it holds for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.worker import get_current_worker

from annotator.core.errors import AnnotatorError
from annotator.core.search_query import SearchQuery, parse_query
from annotator.session.action import OpenHit, SetFilter
from annotator.session.annotation_controller import AnnotationController
from annotator.session.screen_keys import SEARCH, textual_actions
from annotator.session.sentence_search import SearchProgress
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.status_rows import empty_rule_row, keys_row
from annotator.tui.layout.styled_text import Glyphs
from annotator.tui.layout.text_cells import screen_text
from annotator.tui.layout.worklists import query_help_rows, search_header, search_hit_rows
from annotator.tui.screens.row_screen import LineInput, RowScreen, hidden_bindings

_REPORT_INTERVAL = 0.1
"""Seconds between two reports of a search that goes on."""
_SEARCH_KEYS = [
    ("Enter", "open"), ("↑↓", "hit"), ("Tab", "filter: go only through these"), ("PgUp PgDn", "page"), ("F1", "keys"),
]  # fmt: skip


class SearchScreen(RowScreen):
    """Lists what is found; Enter goes there, Tab makes the query the filter of the work."""

    AUTO_FOCUS = "#query"
    KEYS_TITLE = SEARCH
    BINDINGS: ClassVar[list[BindingType]] = hidden_bindings(textual_actions(SEARCH))

    @dataclass
    class Progressed(Message):
        """The searching thread has found something."""

        progress: SearchProgress

    def __init__(self, controller: AnnotationController) -> None:
        """Search the sentences of this session, beginning with the last query."""
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
    def takes_keys(self) -> bool:
        """Whether a key can act now: not between Enter and the first hit."""
        return super().takes_keys and not self._open_first

    @property
    def body_height(self) -> int:
        """How many rows the hits have."""
        return max(1, super().body_height - 1)

    def draw_rows(self, width: int, glyphs: Glyphs) -> None:
        """Draw what is found at this moment."""
        found, height = self._progress, self.body_height
        self.part("sign").show_rows(((styled.key(" / "),),))
        hits = search_hit_rows(found.hits, self._position, width, height, glyphs) if found.query else ()
        wrong = found.error or found.query.warning(tuple(x.name for x in self._controller.session.schema.labels))
        warning = styled.fit_words((styled.warn(" ! " + screen_text(wrong)),), width, glyphs.cut)
        self.show_parts(
            search_header(self._session.corpus.name, self._count_text(), width, glyphs),
            (hits or query_help_rows(width))[:height],
            warning if wrong else empty_rule_row(width, glyphs),
            keys_row([(glyphs.words(key), does) for key, does in _SEARCH_KEYS], ("Esc", "back"), width),
        )

    def _count_text(self) -> str:
        found = self._progress
        if not found.query:
            return ""
        hits = f"{found.total} {'hit' if found.total == 1 else 'hits'}"
        if found.total > len(found.hits):
            hits = f"the first {len(found.hits)} of {hits}"
        return hits if found.done else f"{hits}, {found.articles_searched} of {len(self._session.queue)} articles"

    # -- searching -----------------------------------------------------------------------------

    def on_input_changed(self, event: LineInput.Changed) -> None:
        """Search for what is typed now; an older search stops."""
        query = parse_query(event.value)
        self._progress, self._position, self._open_first = SearchProgress(query), 0, False
        search = partial(self._search_in_thread, query, self._controller.start_search(query))
        self.run_worker(search, thread=True, exclusive=True, group="search")
        self.draw()

    def _search_in_thread(self, query: SearchQuery, search: Iterator[SearchProgress]) -> None:
        """Go through a search in a thread and report from time to time what is found."""
        if not query:
            return
        found, last_report = SearchProgress(query), time.monotonic()
        try:
            for found in search:
                if get_current_worker().is_cancelled:
                    return
                if time.monotonic() - last_report > _REPORT_INTERVAL:
                    self.post_message(self.Progressed(found))
                    last_report = time.monotonic()
                    time.sleep(0.002)  # the screen thread comes first
            found = replace(found, done=True)
        except AnnotatorError as error:
            found = SearchProgress(query, done=True, error=str(error))
        self.post_message(self.Progressed(found))

    def on_search_screen_progressed(self, event: Progressed) -> None:
        """Show what was found, unless another query was typed meanwhile."""
        if event.progress.query != self._progress.query:
            return
        self._progress = event.progress
        if self._open_first and (self._progress.hits or self._progress.done):
            self._open_first = False
            self._open()
            self.annotator.press_waiting_keys()
        else:
            self.draw()

    # -- keys ----------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Go some hits on."""
        self._position = max(0, min(self._position + by, len(self._progress.hits) - 1))
        self.draw()

    def on_input_submitted(self) -> None:
        """Open the current hit; the first one as soon as it is found."""
        if self._progress.query and not self._progress.hits and not self._progress.done:
            self._open_first = True
        else:
            self._open()

    def _open(self) -> None:
        if not self._progress.hits:
            return
        message = self._controller.dispatch(OpenHit(self._progress, self._position)).message
        if message and message.warning:
            self._progress = SearchProgress(self._progress.query, done=True, error=message.text)
            self.draw()
        else:
            self.annotator.return_to_annotating()

    def action_filter(self) -> None:
        """Go only through the sentences that the query matches from now on; the empty one is no filter."""
        self._controller.dispatch(SetFilter(self._progress.query))
        self.annotator.return_to_annotating()

    def on_line_input_left(self) -> None:
        """Go back to where one was."""
        self.action_close()
