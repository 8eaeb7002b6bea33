"""Timers of the annotate screen: messages that fade, and sentences that are prepared ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from annotator.session.state import StatusMessage


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
        """Call ``fade`` with a message that has been shown for so many seconds; never where they are 0."""
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
"""How many seconds lie between two sentences, so that a key comes in between."""


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
