"""The tour on the annotate screen: it looks on, says the next thing to do and goes when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.core.errors import RuleError
from annotator.session.state import StatusMessage, TaskState
from annotator.session.tour import Tour
from annotator.tui.layout.help_rows import tour_end_text, tour_rows
from annotator.tui.layout.styled_text import StyledRow

if TYPE_CHECKING:
    from annotator.tui.app import AnnotatorApp


class TourController:
    """Holds the tour, if one is going on, and the state that was drawn last."""

    def __init__(self, app: AnnotatorApp) -> None:
        """Start with no tour."""
        self._app = app
        self._tour: Tour | None = None
        self._last_state: TaskState | None = None

    @property
    def on(self) -> bool:
        """Whether a tour is going on."""
        return self._tour is not None

    def toggle(self) -> None:
        """Start the tour from its beginning, or leave it."""
        if self._tour:
            self.leave()
            return
        if self._app.session.read_only:
            raise RuleError(
                "the tour works on the corpus, which is open to read only", do="start without --read-only"
            )
        self._tour, self._last_state = Tour(), None

    def leave(self) -> None:
        """End the tour and remember that there was one."""
        self._tour = None
        self._app.tour_done = True

    def let_go(self) -> None:
        """Let go of what is in hand; with nothing in hand leave the tour."""
        controller = self._app.controller
        if self._tour is None or controller.selection or controller.typed_hint:
            controller.clear_selection()
        else:
            self.leave()

    def update(self, state: TaskState) -> bool:
        """Look at what is about to be drawn; at the end say where to go on, and return True."""
        if self._tour is None:
            return False
        before, self._last_state = self._last_state, state
        self._tour = self._tour.advance(before, state) if before else self._tour.start(state)
        if self._tour.is_finished:
            self.leave()
            self._app.session.message = StatusMessage(tour_end_text(self._app.glyphs.commands))
        return self._tour is None

    def rows(self, state: TaskState, width: int) -> tuple[StyledRow, StyledRow] | None:
        """Return the rows that stand instead of the rule row and the row of keys, if there is a tour."""
        if self._tour is None:
            return None
        glyphs = self._app.glyphs
        return tour_rows(self._tour, state, width, glyphs, glyphs.commands)
