"""The tour of a running session: begun, advanced by each action, left, and what was done in it."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.session.commands import Command
from annotator.session.state import TaskState
from annotator.session.tour import Tour, TourMoment, begin_tour

_END_MESSAGE = '{help} shows the keys, "{palette}" every command'
_LEFT_MESSAGE = 'tour left: {help} shows the keys, "{palette}" and tour begins it again'


def tour_end_message(commands: Sequence[Command], *, left_early: bool = False) -> str:
    """Return the message after the last step, or where the tour is left before."""
    text = _LEFT_MESSAGE if left_early else _END_MESSAGE
    return text.format_map({c.id: c.main_key for c in commands})


class TourGuide:
    """Holds the tour while it goes on, and whether there has been one."""

    def __init__(self, done: bool) -> None:
        """Start without a tour; ``done``: whether the user has finished or left one before."""
        self.done = done
        self.tour: Tour | None = None
        self._last_state: TaskState | None = None

    def begin(self, state: TaskState, edits: int) -> None:
        """Begin the tour; the history has this many edits."""
        self.tour, self._last_state = begin_tour(state, edits), None

    def leave(self) -> None:
        """End the tour for good."""
        self.tour, self.done = None, True

    def leave_by_key(self, edits: int, commands: Sequence[Command]) -> str:
        """Leave the tour and return the message; where something was done in it, only the choice is left."""
        tour = self.tour
        self.leave()
        if tour and not tour.is_last and edits > tour.edits:
            self.tour = tour.at_end()
            return ""
        return tour_end_message(commands, left_early=tour is not None and not tour.is_last)

    def edits_to_take_back(self, edits: int) -> int:
        """Return how many edits of the history the undo of the last step takes back: all of the tour."""
        return max(0, edits - self.tour.edits) if self.tour and self.tour.is_last else 0

    def advance(self, state: TaskState, action: str) -> str:
        """Advance the tour by what an action has changed; return the id of the sentence to go to, if any."""
        before, self._last_state = self._last_state, state
        if self.tour is None or not state.annotated_sentences:
            self._last_state = None
            return ""
        old = self.tour
        self.tour = old.advance(TourMoment(before, state, action)) if before else old
        place = self.tour.sentence(state)
        begun = before is None or self.tour.at != old.at
        return place.sentence.id if begun and place and place.sentence.id != state.annotated.sentence.id else ""

    def arrive(self, state: TaskState) -> None:
        """Take in the state after the move to the sentence of the step."""
        self._last_state = state
