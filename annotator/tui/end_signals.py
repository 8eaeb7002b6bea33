"""The signals that end the program, heard whatever it is busy with.

asyncio's own handlers hear a signal by a byte in a socket, which each key of a burst fills by another: after 278
of them on Linux the signal's byte is dropped, and the signal is lost. A handler in Python needs no byte.
"""

from __future__ import annotations

import signal
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread, main_thread

END_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
END_SECONDS = 1.0
"""How many seconds the program has for an orderly end before it is ended."""


class EndSignals:
    """Asks the loop for an orderly end at the first signal, and ends the program where that does not come."""

    def __init__(self, force_end: Callable[[int], None]) -> None:
        """Listen to nothing yet; ``force_end`` ends the process, from a thread of its own."""
        self._force_end = force_end
        self._number = 0
        self._received: SimpleQueue[int] = SimpleQueue()  # the one queue that a signal's handler may use
        self._loop: AbstractEventLoop | None = None
        self._end: Callable[[int], object] = lambda _: None

    def listen(self) -> None:
        """Take the signals from now on, until the process ends."""
        for number in END_SIGNALS:
            signal.signal(number, self._receive)
        Thread(target=self._watch, name="annotator-end", daemon=True).start()

    def attach(self, loop: AbstractEventLoop, end: Callable[[int], object]) -> None:
        """Call ``end`` in this loop with the number of the signal, at once if it was there before the loop."""
        self._loop, self._end = loop, end
        if self._number:
            end(self._number)

    def _receive(self, number: int, _frame: object) -> None:
        if self._number:
            return
        self._number = number
        self._received.put(number)
        if self._loop:
            with suppress(RuntimeError):  # the loop has ended: the program is about to
                self._loop.call_soon_threadsafe(self._end, number)

    def _watch(self) -> None:
        number = self._received.get()
        time.sleep(END_SECONDS)
        self._force_end(number)


def report_hang_up() -> None:
    """Let this process hang up, from whatever thread has found that the terminal is gone."""
    signal.pthread_kill(main_thread().ident or 0, signal.SIGHUP)  # a loop that waits hears it in its own thread alone
