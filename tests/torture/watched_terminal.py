"""The real program in a pty, answering sentence after sentence, and what it has painted as saved."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Self

import orjson

from annotator.storage.journal import Journal
from tests.builders import article, make_corpus
from tests.e2e.terminal import Terminal

END_SECONDS = 2.0
"""How many seconds the program may take to end."""
BUSY_END_SECONDS = 8.0
"""The same where other programs want more processors than there are."""
SENTENCES = 60
FRAMES = "\x1b[?2026;2$y"
"""The answer of a terminal that paints whole frames: the program marks where one begins and ends."""
_PLACE = re.compile(r"sentence (\d+)/")
_SLOW = """
import os, random, sys, time
seconds = float(sys.argv.pop(1))
def slow(real):
    def call(*args):
        time.sleep(seconds * random.random())
        return real(*args)
    return call
os.write, os.fdatasync = slow(os.write), slow(os.fdatasync)
from annotator.cli.main import run
run()
"""


def sentences_corpus(path: Path) -> None:
    """Make a corpus of one article of many short sentences."""
    lines = ["Harbour notes", *(f"The ferry number {n} left the pier." for n in range(SENTENCES - 1))]
    make_corpus(path, article("\n".join(lines), "t" + "b" * (SENTENCES - 1)))


class WatchedTerminal(Terminal):
    """Notes how many sentences were painted as left behind while the mark was ``saved``."""

    painted = 0
    """How many sentences were answered and painted as saved at most."""
    shown = 1
    """The sentence that is painted as the active one."""

    @classmethod
    def start(cls, folder: Path, *, slow: float = 0.0, env: dict[str, str] | None = None) -> Self:
        """Open a new corpus in a folder; ``slow``: how many seconds each write to the disk may take at most."""
        sentences_corpus(folder / "news")
        program = (sys.executable, "-c", _SLOW, str(slow)) if slow else (sys.executable, "-m", "annotator")
        return cls.reopen(folder, program=program, env=env)

    @classmethod
    def reopen(
        cls,
        folder: Path,
        *,
        program: tuple[str, ...] = (sys.executable, "-m", "annotator"),
        env: dict[str, str] | None = None,
    ) -> Self:
        """Open the corpus of a folder again."""
        terminal = cls(
            str(folder / "news"), "--as", "ana", home=folder / "home", rows=24, columns=80, program=program, env=env
        )
        terminal.modes = termios.tcgetattr(terminal.child.child_fd)
        terminal.press(FRAMES)
        return terminal

    modes: list[object]
    """How the terminal was before the program had it."""

    def pump(self, seconds: float = 0.05) -> bool:
        """Take in what was written, and look at it where a frame is whole."""
        goes_on = super().pump(seconds)
        place = _PLACE.search(self.rows[0])
        if place and self.raw.rfind("\x1b[?2026l") > self.raw.rfind("\x1b[?2026h"):
            self.shown = int(place[1])
            if "✓ saved" in self.rows[0]:
                self.painted = max(self.painted, self.shown - 1)
        return goes_on

    def pump_for(self, seconds: float) -> None:
        """Take in what is written in this time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.pump(max(0.0, min(0.02, end - time.monotonic()))):
            pass

    def lose_line(self, seconds: float) -> str:
        """Let the terminal vanish; return what is wrong: the program lives on."""
        self.cut_line()
        end = time.monotonic() + seconds
        while self.alive:
            if time.monotonic() > end:
                os.kill(self.child.pid or 0, signal.SIGKILL)
                return f"{seconds:.0f} s after its terminal vanished it lives on"
            time.sleep(0.01)
        return ""

    def end_within(self, seconds: float) -> str:
        """Take in the rest; return what is wrong: it does not end, or leaves the terminal as it was not."""
        end = time.monotonic() + seconds
        while self.alive:
            if time.monotonic() > end:
                self.child.kill(signal.SIGKILL)
                return f"it has not ended in {seconds:.0f} s:\n{self.text}"
            self.pump(0.02)
        while self.pump(0.02) and time.monotonic() < end + 5:
            pass
        if "\x1b[?1049h" in self.raw and "\x1b[?1049l" not in self.raw:
            return "the full screen was not left"
        if "\x1b[?1049h" in self.raw and "Traceback" in self.raw:
            return f"a traceback:\n{self.text}"
        now = termios.tcgetattr(self.child.child_fd)
        return "" if now[:4] == self.modes[:4] else f"the terminal's modes are {now}, were {self.modes}"


def answered(folder: Path) -> int:
    """Return how many sentences the journal has an answer for."""
    path = folder / "news" / "annotations" / "ana.jsonl"
    records = [orjson.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []
    return len({r["meta"]["sentence"] for r in records if r["answer"] == "ignore"})


def lock_is_free(folder: Path) -> str:
    """Return what is wrong with the journal: held by a process that lives on, or damaged."""
    with Journal.open(folder / "news", "ana") as journal:
        return f"damaged lines: {journal.damaged}" if journal.damaged else ""


@contextmanager
def busy_processors(random: Random, share: float) -> Iterator[bool]:
    """In a share of the trials, keep all processors busy meanwhile."""
    count = (os.cpu_count() or 1) + 1 if random.random() < share else 0
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield bool(others)
    finally:
        for other in others:
            other.kill()
            other.wait()


def end_seconds(*, busy: bool) -> float:
    """Return how long the end may take, as busy as this machine is now."""
    return BUSY_END_SECONDS if busy or os.getloadavg()[0] > (os.cpu_count() or 1) else END_SECONDS
