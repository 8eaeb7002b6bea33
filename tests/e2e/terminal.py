"""A real terminal for the tests: a pty, an emulated screen, and no sleeping."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pyte

from annotator.session.page_reading import WARNING_SECONDS

KEYS = {
    "Enter": "\r",
    "Tab": "\t",
    "Space": " ",
    "Down": "\x1b[B",
    "Up": "\x1b[A",
    "Left": "\x1b[D",
    "Right": "\x1b[C",
    "^Z": "\x1a",
    "^Y": "\x19",
    "^Q": "\x11",
    "^C": "\x03",
}
PATIENCE = 30.0
"""How many seconds a condition may take on a slow machine."""

_LEFT_OUT = {"NO_COLOR", "COLORTERM", "LINES", "COLUMNS"}
"""What a test decides itself; the size is that of the pty, whatever ran in this process before."""
SILENCE = 2.0
"""After how many seconds without an answer a key has changed nothing on the screen."""

# Sequences that the emulator does not know and would print: kitty keyboard, mode queries, DCS, OSC.
UNKNOWN_SEQUENCES = re.compile(
    r"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$[a-z]|\x1b\[\?u|\x1bP.*?\x1b\\|\x1b\].*?(?:\x07|\x1b\\)", re.DOTALL
)


def _hear_interrupts() -> None:
    """Let Ctrl+C end a program that starts, as a shell does: a background job, which a test may run in, ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """Runs ``annotator`` (or another program) with some arguments in a terminal of ``rows`` × ``columns`` cells."""

    def __init__(
        self,
        *args: str,
        home: Path,
        rows: int = 48,
        columns: int = 160,
        env: dict[str, str] | None = None,
        program: tuple[str, ...] = (sys.executable, "-m", "annotator"),
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self.raw = ""
        self.child = pexpect.spawn(
            program[0],
            [*program[1:], *args],
            dimensions=(rows, columns),
            encoding="utf-8",
            codec_errors="replace",
            timeout=PATIENCE,
            preexec_fn=_hear_interrupts,
            env={
                **{k: v for k, v in os.environ.items() if k not in _LEFT_OUT},
                "TERM": "xterm-256color",
                "ANNOTATOR_HOME": str(home),
                "TEXTUAL_ANIMATIONS": "none",
                "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
                **(env or {}),
            },
        )
        self._pty: Any = vars(self.child)["ptyproc"]  # which the types of pexpect leave out

    @property
    def rows(self) -> list[str]:
        """The rows of the screen as they are painted now."""
        return list(self._screen.display)

    @property
    def text(self) -> str:
        """The screen as one string."""
        return "\n".join(self.rows)

    @property
    def upright(self) -> list[str]:
        """The rows with blanks for what is painted in italics: without what is only suggested."""
        cells = self._screen.buffer
        columns = range(self._screen.columns)
        return [
            "".join(" " if cells[y][x].italics else cells[y][x].data for x in columns)
            for y in range(self._screen.lines)
        ]

    def cut_line(self) -> None:
        """Let the terminal vanish, as when a connection breaks off."""
        self._pty.fileobj.close()

    @property
    def alive(self) -> bool:
        """Whether the program runs."""
        return bool(self._pty.isalive())

    def pump(self, seconds: float = 0.05) -> bool:
        """Take in what the program has written; False at its end."""
        try:
            data = self.child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self._stream.feed(UNKNOWN_SEQUENCES.sub("", data))
        return True

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something on the screen; fails with the screen where it does not come."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert self.pump(), f"the program ended while waiting for {what}:\n{self.text}"
            assert time.monotonic() < end, f"no {what} on the screen:\n{self.text}"

    def wait_for(self, words: str) -> None:
        """Wait until some words are painted."""
        self.until(lambda: words in self.text, repr(words))

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size."""
        self._screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def press(self, *keys: str) -> None:
        """Type keys, by name or as they are."""
        for key in keys:
            self.child.send(KEYS.get(key, key))

    def act(self, *keys: str) -> None:
        """Type keys and wait until what they did is painted as saved; some keys change nothing there."""
        for n, key in enumerate(keys, 1):
            before, end = len(self.raw), time.monotonic() + (SILENCE if n == len(keys) else SILENCE / 5)
            self.press(key)
            while len(self.raw) == before and time.monotonic() < end:
                assert self.pump(0.02), f"the program ended:\n{self.text}"
        self.settle()

    def accept(self, key: str) -> None:
        """Press a key that accepts until it does: this annotator reads faster than people, and is warned."""
        self.act(key)
        while "came up a moment ago" in self.text:
            end = time.monotonic() + WARNING_SECONDS  # a key that comes earlier confirms nothing
            while (left := end - time.monotonic()) > 0:
                assert self.pump(min(left, 0.05)), f"the program ended:\n{self.text}"
            self.act(key)

    def settle(self, quiet: float = 0.2) -> None:
        """Wait until nothing more is painted for a moment and the saved mark is there."""
        end = time.monotonic() + PATIENCE
        last = time.monotonic()
        while time.monotonic() - last < quiet or "✓ saved" not in self.rows[0]:
            before = len(self.raw)
            assert self.pump(0.02), f"the program ended:\n{self.text}"
            if len(self.raw) != before:
                last = time.monotonic()
            assert time.monotonic() < end, f"never painted as saved:\n{self.text}"

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to the program and wait for its end."""
        assert self.child.pid is not None
        os.kill(self.child.pid, number)
        self.wait()

    def wait(self) -> int:
        """Wait for the end and return the exit code, or minus the signal."""
        end = time.monotonic() + PATIENCE
        while self.pump():
            assert time.monotonic() < end, f"it does not end:\n{self.text}"
        self.child.close()
        return self.child.exitstatus if self.child.exitstatus is not None else -(self.child.signalstatus or 0)

    def quit(self) -> int:
        """Leave as a user does and return the exit code."""
        self.press("^Q")
        return self.wait()
