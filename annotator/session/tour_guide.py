"""The tour of a running session: begun, advanced by each action, left, and what was done in it."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.session.commands import Command
from annotator.session.state import StatusMessage, TaskState
from annotator.session.tour import Tour, TourMoment, begin_tour

_END_MESSAGE = '{help} shows the keys, "{palette}" every command'
_LEFT_MESSAGE = 'tour left: {help} shows the keys, "{palette}" and tour begins it again'
_KEEP_MESSAGE = "tour over: {undo} takes all of it back, another key keeps it; {help} shows the keys"


def tour_end_message(commands: Sequence[Command], *, has_edits: bool, is_over: bool = False) -> StatusMessage:
    """Return the message at the end of the tour; where something was done in it, how to take it back."""
    text = _KEEP_MESSAGE if has_edits else _END_MESSAGE if is_over else _LEFT_MESSAGE
    return StatusMessage(text.format_map({c.id: c.main_key for c in commands}), stays=has_edits)


class TourGuide:
    """Holds the tour while it goes on, and whether there has been one."""

    def __init__(self, done: bool) -> None:
        """Start without a tour; ``done``: whether the user has finished or left one before."""
        self.done = done
        self.tour: Tour | None = None
        self._last_state: TaskState | None = None
        self._place = ""
        """The id of the sentence of the step; empty where it is done anywhere."""

    def begin(self, state: TaskState, edits: int) -> None:
        """Begin the tour; the history has this many edits."""
        self.tour, self._last_state = begin_tour(state, edits), None

    def leave(self) -> None:
        """End the tour for good."""
        self.tour, self.done = None, True

    def advance(self, state: TaskState, action: str) -> tuple[str, str]:
        """Advance the tour by what an action has changed.

        Return the id of the sentence to go to, if any, and the message.
        """
        before, self._last_state = self._last_state, state
        if self.tour is None or not state.annotated_sentences:
            self._last_state = None
            return "", ""
        if before and self.tour.is_left_by_work(before, state, action):
            self.leave()
            return "", ""
        old = self.tour
        self.tour = old.advance(TourMoment(before, state, action)) if before else old
        begun = before is None or self.tour.at != old.at
        if self.tour.is_over:
            return "", ""
        place = self.tour.sentence(state)
        if place or begun:
            self._place = place.sentence.id if place else ""
        if self._place in {"", state.annotated.sentence.id}:
            return "", ""
        message = "the tour goes on in this sentence" if before else ""
        return self._place, f"done: {message}" if message and begun else message

    def arrive(self, state: TaskState) -> None:
        """Take in the state after the move to the sentence of the step."""
        self._last_state = state
