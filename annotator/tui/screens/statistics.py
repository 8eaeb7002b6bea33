"""The figures: pace, keys, progress with a forecast, labels and what became of the suggestions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.message import Message

from annotator.core.errors import AnnotatorError
from annotator.session.annotation_controller import AnnotationController
from annotator.session.screen_keys import FIGURES, textual_actions
from annotator.statistics.plots import ASCII_PLOT_GLYPHS, BLOCK_PLOT_GLYPHS, PlainRow
from annotator.statistics.report import statistics_rows
from annotator.statistics.summary import AnnotationStatistics
from annotator.storage.corpus_folder import CorpusFolder
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.status_rows import empty_rule_row, keys_row
from annotator.tui.layout.styled_text import CellStyle, Glyphs, StyledRow, StyledText
from annotator.tui.layout.text_cells import screen_text
from annotator.tui.screens.row_screen import ScrollScreen, hidden_bindings
from annotator.workflows.statistics import StatisticsReport, collect_statistics

_FLUSH_TIMEOUT = 2.0
"""How many seconds the figures wait for decisions that are on their way to the disk."""


class StatsScreen(ScrollScreen):
    """Shows one's own figures first; Tab goes on to everybody's and to those of the others."""

    KEYS_TITLE = FIGURES
    BINDINGS: ClassVar[list[BindingType]] = hidden_bindings(textual_actions(FIGURES))

    @dataclass
    class Counted(Message):
        """The figures have been worked out, or the corpus can't be read."""

        report: StatisticsReport | None
        error: str = ""

    def __init__(self, controller: AnnotationController) -> None:
        """Show the figures of the corpus that this session is at work on."""
        super().__init__()
        self._session = controller.session
        self._report: StatisticsReport | None = None
        self._error = ""
        self._position = 0

    def on_mount(self) -> None:
        """Read the journals beside the screen."""
        self.run_worker(self._compute_in_thread, thread=True)

    def _compute_in_thread(self) -> None:
        """Work out the figures from what is on the disk; runs in a thread of its own."""
        self._session.flush(_FLUSH_TIMEOUT)
        try:
            corpus = CorpusFolder.open(self._session.corpus.path)
            counted = self.Counted(collect_statistics(corpus, labels=self._session.label_pass.labels))
        except AnnotatorError as error:
            counted = self.Counted(None, str(error))
        self.post_message(counted)

    def on_stats_screen_counted(self, message: Counted) -> None:
        """Draw the figures."""
        self._report, self._error = message.report, message.error
        self.draw()

    @property
    def _summaries(self) -> list[AnnotationStatistics]:
        """One's own figures, everybody's, then those of the others."""
        if self._report is None:
            return []
        own = [f for f in self._report.annotators if f.name == self._session.annotator]
        others = [f for f in self._report.annotators if f not in own]
        return [*own, *([self._report.everybody] if self._report.everybody else []), *others]

    def draw_rows(self, width: int, glyphs: Glyphs) -> None:
        """Draw the figures of this moment."""
        views = self._summaries
        body = self._body(views, max(40, min(160, width - 3)))
        more = [("Tab", "the next annotator")] if len(views) > 1 else []
        self.show_parts(
            self._head(views, width, glyphs),
            tuple((StyledText(" "), *row) for row in body),
            empty_rule_row(width, glyphs),
            keys_row([("Up Down", "scroll"), *more, ("F1", "keys")], ("Esc", "back"), width),
        )

    def _head(self, views: list[AnnotationStatistics], width: int, glyphs: Glyphs) -> StyledRow:
        name = screen_text(self._session.corpus.name)
        left = (styled.title(f" Figures {glyphs.dot} {name}"),)
        if not views:
            return styled.justify_row(left, (), width)
        who = f"{screen_text(views[self._position].name)} {glyphs.dot} {self._position + 1} of {len(views)} "
        return styled.justify_row(left, (styled.muted(who),), width)

    def _body(self, views: list[AnnotationStatistics], width: int) -> tuple[StyledRow, ...]:
        if self._error:
            return tuple(styled.wrap_row((styled.warn(screen_text(self._error)),), width))
        if self._report is None:
            return ((styled.muted("reading the journals"),),)
        if not views:
            return ((StyledText("nobody has annotated this corpus yet"),),)
        people = self._report.annotators if views[self._position] is self._report.everybody else ()
        marks = BLOCK_PLOT_GLYPHS if self.annotator.glyphs.rule == "─" else ASCII_PLOT_GLYPHS
        return tuple(map(_coloured, statistics_rows(views[self._position], people, width, marks)))

    def action_turn(self, by: int) -> None:
        """Show the figures of the next annotator, or of the one before."""
        if views := self._summaries:
            self._position = (self._position + by) % len(views)
            self.query_one("#scroll", VerticalScroll).scroll_home(animate=False)
            self.draw()


def _coloured(row: PlainRow) -> StyledRow:
    """Return a row of statistics in the colours of its roles, safe to draw."""
    return tuple(StyledText(screen_text(p.text), CellStyle(p.role, p.label, bold=p.bold)) for p in row)
