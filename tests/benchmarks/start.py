"""From the start to the first painted sentence, and from a key to its paint, in a real terminal.

``python -m tests.benchmarks.start [--runs N] [--keys N]`` times the annotate screen on a copy of the
sample against the smallest Textual program, one after the other in each round, and prints medians,
ratios and, on the last line, one JSON object. Times are seconds; only the ratios travel.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS, COLUMNS = 40, 120
# What a terminal answers to the questions that Textual asks at its start.
REPLIES = ((rb"\x1b\[\?2026\$p", b"\x1b[?2026;2$y"), (rb"\x1b\[\?2048\$p", b"\x1b[?2048;0$y"))


class Program:
    """A program in a pty of its own."""

    def __init__(self, command: Sequence[str], home: Path) -> None:
        self.start = time.perf_counter()
        pid, self.fd = pty.fork()
        if pid == 0:
            os.chdir(ROOT)
            env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "ANNOTATOR_HOME": str(home)}
            os.execve(command[0], list(command), env)
        self.pid = pid
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.seen = b""

    def read(self, seconds: float) -> bool:
        """Take in what comes within some seconds; False where nothing does."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError as error:
            raise SystemExit(f"the program ended: {self.seen.decode(errors='replace')}") from error
        for question, answer in REPLIES:
            if re.search(question, data):
                os.write(self.fd, answer)
        self.seen += data
        return True

    def until(self, words: bytes) -> float:
        """Return the seconds from the start until some words are painted."""
        end = time.perf_counter() + 60
        while words not in re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", self.seen):
            if time.perf_counter() > end:
                raise SystemExit(f"never painted: {words!r}")
            self.read(0.05)
        return time.perf_counter() - self.start

    def key(self, key: bytes) -> float:
        """Return the seconds from a key to the last byte that it painted."""
        while self.read(0.03):
            pass
        start = last = time.perf_counter()
        os.write(self.fd, key)
        wait = 1.0
        while self.read(wait):
            last, wait = time.perf_counter(), 0.02
        return last - start

    def end(self) -> None:
        """End the program."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def main() -> None:
    """Run both programs in turn and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keys", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copytree(ROOT / "corpus", home / "sample", ignore=shutil.ignore_patterns("sources", ".*"))
        text = ROOT / "corpus" / "sources" / "01-ferry-strike.txt"
        ours = [sys.executable, "-m", "annotator", str(home / "sample"), "--as", "bench"]
        theirs = [sys.executable, "-m", "tests.benchmarks.minimal_app", str(text)]
        figures: dict[str, list[float]] = {"start": [], "minimal_start": [], "key": [], "minimal_key": []}
        for run in range(options.runs):
            for name, command, words, keys in (
                ("", ours, b"walked off", (b"\x1b[C", b"\x1b[D")),
                ("minimal_", theirs, b"walked off", (b"j", b"j")),
            ):
                program = Program(command, home)
                figures[f"{name}start"].append(program.until(words))
                if run == options.runs - 1:
                    figures[f"{name}key"] = [program.key(keys[n % 2]) for n in range(options.keys)][5:]
                program.end()
    medians = {name: round(statistics.median(values), 4) for name, values in figures.items()}
    medians["start_ratio"] = round(medians["start"] / medians["minimal_start"], 2)
    medians["key_ratio"] = round(medians["key"] / medians["minimal_key"], 2)
    for name, value in medians.items():
        print(f"{name:<16}{value}")
    print(json.dumps(medians))


if __name__ == "__main__":
    main()
