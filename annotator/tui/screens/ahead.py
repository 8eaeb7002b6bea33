"""Works out what the next keys will ask for, one sentence at a time while nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from annotator.tui.screens.fading import StoppableTimer

PREFETCH_DELAY = 0.01
"""How many seconds after a key the first sentence is looked at: its paint must be out by then."""
PREFETCH_INTERVAL = 0.001
"""How many seconds lie between two sentences, so that a key comes in between."""


class Prefetcher:
    """Holds which sentences are still to be prepared."""

    def __init__(
        self,
        set_timer: Callable[[float, Callable[[], None]], StoppableTimer],
        prepare: Callable[[int], None],
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
