"""The one writer of stdout and stderr: data goes to stdout, talk and progress to stderr."""

from __future__ import annotations

import io
import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import click
import orjson

from annotator.core.errors import AnnotatorError
from annotator.core.pluralize import pluralize
from annotator.statistics.plots import truncate_text

EXIT_LEFT_OUT = 3
"""The exit code for: done, but something was left out that the user did not ask to leave out."""
EXIT_INTERRUPTED = 130
"""The exit code for: stopped with Ctrl+C."""

_UNSAFE_CHARACTERS = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # turn the reading direction
    "\ufff9-\ufffb\U000e0000-\U000e007f"  # hide text
    "\ud800-\udfff]"  # halves of characters, which no UTF-8 can hold
)
"""What could command a terminal or show a text otherwise than it is."""
_UNSAFE_IN_JSON = re.compile(f"{_UNSAFE_CHARACTERS.pattern}|[\u2028\u2029]")
"""Also what some readers of JSON take for the end of a line."""
_BEYOND_ASCII = re.compile("[^\x00-\x7e]")
_COMMAND = re.compile("`[^`]*`|(?<=[:·] )annotator .*")
"""A command in a message: in backticks, or at the end after a colon or a dot; it is copied as a whole."""
_MAX_PAGE_WIDTH = 100
"""The widest page of the manual, in cells: longer lines are hard to read."""


def write_data(lines: Iterable[str]) -> None:
    """Write lines of data to stdout, control characters made visible: a terminal would obey them."""
    for line in lines:
        if sys.stdout is None:  # nobody reads the rest
            break
        _write_stdout(make_printable(line))


def write_report(lines: Iterable[str]) -> None:
    """Write a report for people to stdout: wrapped at words where it is a terminal, a line each where it is none."""
    for line in lines:
        if sys.stdout is None:  # nobody reads the rest
            break
        _write_stdout(_wrap(make_printable(line), sys.stdout))


def write_page(markdown: str) -> None:
    """Write a page of the manual: laid out, in the user's pager, where stdout is a terminal."""
    if sys.stdout is None or not sys.stdout.isatty():
        write_data(markdown.rstrip().split("\n"))
        return
    from annotator.manual import page_lines

    width = min(shutil.get_terminal_size().columns, _MAX_PAGE_WIDTH)
    click.echo_via_pager("\n".join(page_lines(markdown, width)) + "\n")


def write_row(row: str) -> None:
    """Write a row of a table, cut to the width of the terminal; whole where stdout is none."""
    row = make_printable(row)
    if sys.stdout is not None and sys.stdout.isatty():
        row = truncate_text(row, shutil.get_terminal_size().columns, "…")
    _write_stdout(row)


def write_json(value: Any) -> None:
    """Write one JSON value to stdout, indented, keys in the given order.

    What could command a terminal is escaped, and so is all but ASCII where stdout is not UTF-8.
    """
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    lines = (_UNSAFE_IN_JSON.sub(_json_escape, line) for line in text.split("\n"))
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    _write_stdout("\n".join(x if encoding == "utf8" else _BEYOND_ASCII.sub(_json_escape, x) for x in lines))


def write_message(line: str) -> None:
    """Write a line of talk to stderr; where nobody can hear it, the work goes on."""
    try:
        click.echo(_wrap(make_printable(line), sys.stderr), err=True)
    except OSError:
        sys.stderr = None


def make_printable(line: str) -> str:
    """Return a line with what could command a terminal as U+FFFD and other white space as blanks."""
    if line.isprintable():
        return line
    plain = "".join(" " if c == "\t" or unicodedata.category(c)[0] == "Z" else c for c in line)
    return _UNSAFE_CHARACTERS.sub("�", plain)


def allow_any_text() -> None:
    """Let stdout write any text: what its encoding lacks comes as a backslash escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in {"strict", "surrogateescape"}:
            stream.reconfigure(errors="backslashreplace")


def _wrap(line: str, stream: TextIO | None) -> str:
    """Return a line, wrapped with the rest indented where the stream is a terminal; no command is broken."""
    if stream is None or not stream.isatty():
        return line
    width = shutil.get_terminal_size().columns
    kept = _COMMAND.sub(lambda found: found.group().replace(" ", "\0"), line)  # no printable line has a NUL
    indent = " " * 4
    filled = textwrap.fill(kept, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return filled.replace("\0", " ")


def _write_stdout(text: str) -> None:
    """Write to stdout; raises AnnotatorError where stdout takes nothing more.

    Where the reader (head, less) has seen enough, the command goes on in silence: its exit code counts.
    """
    try:
        click.echo(text)
    except BrokenPipeError:
        sys.stdout = None  # without this Python complains once more at exit
    except OSError as error:
        sys.stdout = None
        raise AnnotatorError(
            f"standard output takes nothing more ({(error.strerror or 'an error').lower()})",
            do="free some space, or write elsewhere",
        ) from error


def _json_escape(found: re.Match[str]) -> str:
    """Return a character as JSON escapes it, beyond the first plane as two halves."""
    units = found.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def count_text(n: int, what: str) -> str:
    """Return a number with what it counts: ``1 article``, ``2 articles``."""
    return pluralize(n, what)


def write_warning(line: str) -> None:
    """Write a warning to stderr."""
    write_message(f"warning: {line}")


@contextmanager
def explain_interrupt(state: str) -> Iterator[None]:
    """End the program at Ctrl+C in the block with a message: what is there now, and what to do."""
    try:
        yield
    except KeyboardInterrupt:
        write_message(f"stopped: {state}")
        sys.exit(EXIT_INTERRUPTED)


@contextmanager
def progress_counter(what: str) -> Iterator[Callable[[str, int], None]]:
    """Yield a function that shows how far something is whose end nobody knows; silent as ``progress``."""
    visible = sys.stderr is not None and sys.stderr.isatty()

    def show(where: str, done: int) -> None:
        if visible and done % 100 == 0:
            sys.stderr.write(make_printable(f"{done:,} {what} {where}"[:70]) + "\r")
            sys.stderr.flush()

    try:
        yield show
    finally:
        if visible:
            sys.stderr.write("\x1b[K")
            sys.stderr.flush()


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that shows (done, total) on stderr; silent where that is no terminal."""
    visible = sys.stderr is not None and sys.stderr.isatty()
    last = -1

    def show(done: int, total: int) -> None:
        nonlocal last
        share = done * 100 // total if total else 100
        if visible and share != last:
            last = share
            bar = "█" * (share // 5) + "░" * (20 - share // 5)
            sys.stderr.write(f"\r{what} {bar} {share:3} % ({done}/{total})")
            sys.stderr.flush()

    try:
        yield show
    finally:
        if visible and last >= 0:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
