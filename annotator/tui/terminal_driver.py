"""The terminal's driver, with what Textual's own lacks when a line breaks off or the program was stopped.

Textual writes by a thread with a short queue. When the terminal is gone, the first write that fails ends
that thread, the queue fills up, and the program waits for ever for room in it. And whenever it is continued
(SIGCONT, which a broken line sends too), Textual starts its threads again beside those that still run: the
older ones are never ended, and the program neither.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver


class DisconnectSafeFile:
    """Writes to a terminal, and to nowhere once the terminal is gone."""

    def __init__(self, file: TextIO) -> None:
        """Write to this file."""
        self._file = file

    def write(self, text: str) -> None:
        """Write a text, if there is a terminal."""
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        """Send what was written, if there is a terminal."""
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        """Return the file's number."""
        return self._file.fileno()


class DisconnectSafeDriver(LinuxDriver):
    """A driver that ends whatever becomes of its terminal, and comes back from a stop as it was."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        """Drive the terminal of this process; see ``LinuxDriver``."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        if sys.__stderr__ is not None:
            self._file = DisconnectSafeFile(sys.__stderr__)  # type: ignore[assignment]

    def _sigcont_application(self, *_: object) -> None:
        """Take up the terminal again, where it was left in order or by a stop that no program sees."""
        if self._must_signal_resume:
            super()._sigcont_application()
        elif self._auto_restart:  # in the loop: a signal may come in the middle of a write
            self._loop.call_soon_threadsafe(self._resume_terminal)

    def _resume_terminal(self) -> None:
        writer = self._writer_thread
        if writer is not None and writer.is_alive() and os.isatty(self.fileno):
            self.suspend_application_mode()
            self._must_signal_resume = True  # so that everything is painted again
            self.resume_application_mode()
