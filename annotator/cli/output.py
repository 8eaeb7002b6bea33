"""The one writer of stdout and stderr: data goes to stdout, talk and progress to stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click
import orjson

LOST = 3
"""The exit code for: done, but something was left out that the user did not ask to leave out."""


def data(lines: Iterable[str]) -> None:
    """Write lines of data to stdout, control characters made visible: a terminal would obey them."""
    for line in lines:
        click.echo(_safe(line))


def as_json(value: Any) -> None:
    """Write one JSON value to stdout, indented, keys in the given order."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def say(line: str) -> None:
    """Write a line of talk to stderr."""
    click.echo(_safe(line), err=True)


def _safe(line: str) -> str:
    return line if line.isprintable() else "".join(c if c.isprintable() else "�" for c in line)


def warn(line: str) -> None:
    """Write a warning to stderr."""
    say(f"warning: {line}")


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that shows (done, total) on stderr; silent where that is no terminal."""
    shown = sys.stderr.isatty()
    last = -1

    def show(done: int, total: int) -> None:
        nonlocal last
        share = done * 100 // total if total else 100
        if shown and share != last:
            last = share
            bar = "█" * (share // 5) + "░" * (20 - share // 5)
            sys.stderr.write(f"\r{what} {bar} {share:3} % ({done}/{total})")
            sys.stderr.flush()

    try:
        yield show
    finally:
        if shown and last >= 0:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
