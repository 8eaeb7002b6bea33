"""Reads sentences and their spans off the screen: from the lanes, as a person does.

What is painted in italics is only suggested. ``↵`` behind a suggestion's name says that Enter takes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from annotator.core.schema import Schema
from tests.e2e.terminal import Terminal

_HUMAN = re.compile(r"(?P<left>[└┗├┄])?(?P<name>[A-Z]+)(?P<tag>)(?P<line>[─━┼]*)(?P<right>[┘┛┤┄])?")
_TAKEN = re.compile(
    r"(?P<left>[╰├┄])?(?P<name>[A-Z]*) ?(?P<tag>[↵?a-z]+)(?P<line>[╌┼]*)(?P<right>[╯┤┄])?"
    r"|(?P<open>┄)(?P<going>[A-Z]+)(?P<rest>[╌┼]*)(?P<end>[╯┤┄])?"
)
TEXT = 6
PATIENT = 10
"""How many times a screen that makes no sense is looked at again."""

Found = TypeVar("Found")

Marks = list[tuple[str, str]]
"""(label, text) of each span, sorted; blanks folded."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A sentence of which every line is on the screen."""

    number: int
    """From 1, in its article."""
    answered: bool
    human: Marks
    taken: Marks
    """The suggestions that Enter takes, as far as the screen says so."""
    cut: bool
    """Whether the screen ends with it: there may be lanes below that nobody sees."""


class TornError(Exception):
    """A span goes on over a line's end, but not on the next line."""


def place(rows: Sequence[str]) -> tuple[int, int]:
    """Return (sentence, of how many) from the head row."""
    found = re.search(r"sentence (\d+)/(\d+)", rows[0])
    assert found, rows[0]
    return int(found[1]), int(found[2])


def painted_spans(terminal: Terminal, schema: Schema, text: str) -> Marks:
    """Return the spans of the active sentence, whose text is given."""

    def read() -> Marks:
        rows = terminal.rows
        top = next(y for y, row in enumerate(rows) if row.startswith("▌") and row[2:5].strip().isdigit())
        seen = _read(terminal, schema, text, top)
        assert seen is not None, "the active sentence is not painted whole"
        return seen.human

    return _when_painted(terminal, read)


def sentences(terminal: Terminal, schema: Schema, texts: Sequence[str]) -> list[Seen]:
    """Return the sentences of an article that are painted whole; ``texts``: all of its sentences."""

    def read() -> list[Seen]:
        rows = terminal.rows
        tops = [y for y, row in enumerate(rows[1:-2], 1) if row[2:5].strip().isdigit()]
        found = (_read(terminal, schema, texts[int(rows[y][2:5]) - 1], y) for y in tops)
        return [s for s in found if s]

    return _when_painted(terminal, read)


def _when_painted(terminal: Terminal, read: Callable[[], Found]) -> Found:
    """Return what is read; on a slow machine half a screen may have come, then wait for the rest."""
    for _ in range(PATIENT):
        try:
            return read()
        except TornError:
            terminal.settle()
    return read()


def _read(terminal: Terminal, schema: Schema, text: str, top: int) -> Seen | None:
    rows, wall = terminal.rows, _panel(terminal.rows)
    lines = list(_lines(rows, text, top, wall))
    if not lines or lines[-1][1] is None:
        return None
    upright, raw = ([r[TEXT:wall] for r in x] for x in (terminal.upright, rows))
    groups = [(raw[y], range(y + 1, last)) for y, last in lines if last is not None]

    def read(cells: Sequence[str], form: re.Pattern[str]) -> list[tuple[str, str, str]]:
        return _joined([[b for y in lanes for b in _bars(cells[y], line, schema, form)] for line, lanes in groups])

    cut = _below(rows, lines[-1][1]) >= _body(rows)
    try:
        human, taken = read(upright, _HUMAN), read(raw, _TAKEN)
    except TornError:
        if not cut:
            raise
        return None  # the rest of it is below the screen
    sure = [(label, words) for label, words, tag in taken if "↵" in tag]
    return Seen(
        int(rows[top][2:5]), rows[top][1] != " ", sorted((label, words) for label, words, _ in human), sorted(sure), cut
    )


def _lines(rows: Sequence[str], text: str, top: int, wall: int) -> Iterator[tuple[int, int | None]]:
    """Yield the row of each line of a text, and the row after its lanes; None where the text is cut."""
    active, left, y = rows[top].startswith("▌"), "".join(text.split()), top
    while True:
        words = "".join(rows[y][TEXT:wall].split())
        if not words or not left.startswith(words):
            yield y, None
            return
        left = left.removeprefix(words)
        end = _end(rows, y + 1, left, wall, active=active)
        if not left:
            yield y, end
            return
        yield y, end - active  # above the next line stand its letters
        y = end


def _end(rows: Sequence[str], y: int, left: str, wall: int, *, active: bool) -> int:
    """Return the row after the lanes that begin at ``y``, where the next line stands or others begin."""
    edge = "▌     " if active else "      "
    while y < _body(rows):
        row = rows[y]
        words = "".join(row[TEXT:wall].split())
        if not row.startswith(edge) or not row[:wall].strip() or (left and words and left.startswith(words)):
            break
        y += 1
    return y


def _below(rows: Sequence[str], y: int) -> int:
    """Return the row after a sentence that ends before ``y``: the prompt belongs to the active one."""
    while y < _body(rows) and rows[y].startswith("▌"):
        y += 1
    return y


def _body(rows: Sequence[str]) -> int:
    """Return the row after the last one of the body: the two at the bottom are rule and keys."""
    return len(rows) - 2


def _panel(rows: Sequence[str]) -> int:
    """Return the column of the panel's wall, or the width of the screen."""
    columns = [r.rfind("│") for r in rows[1:4]]
    return columns[0] if columns[0] > TEXT and len(set(columns)) == 1 else len(rows[0])


_Bar = tuple[str, str, str, bool, bool]
"""Label, words, tag, and whether it goes on to the left and to the right."""


def _bars(lane: str, text: str, schema: Schema, form: re.Pattern[str]) -> list[_Bar]:
    out = []
    for bar in form.finditer(lane):
        found = bar.groupdict()
        name = found["name"] or found.get("going") or (found["tag"] or "").strip("↵?")[:1].upper()
        ends = found["left"] or found.get("open"), found["right"] or found.get("end")
        words = text[bar.start() : bar.end()]
        out.append((_label(name, schema), words, found["tag"] or "", ends[0] == "┄", ends[1] == "┄"))
    return out


def _label(name: str, schema: Schema) -> str:
    return next(
        x.name
        for x in schema.labels
        if name in {x.name, schema.short_name(x.name), x.key.upper()} or x.name.startswith(name)
    )


def _joined(lines: Sequence[Sequence[_Bar]]) -> list[tuple[str, str, str]]:
    """Return (label, words, tag) of each bar, those that go on over a line's end put together."""
    finished: list[tuple[str, str, str]] = []
    running: list[tuple[str, str, str]] = []
    for bars in lines:
        going, running = running, []
        for label, words, tag, goes_left, goes_right in bars:
            before = next((r for r in going if r[0] == label), None) if goes_left else None
            if before:
                going.remove(before)
            text, reported = (f"{before[1]} {words}", before[2]) if before else (words, tag)
            (running if goes_right else finished).append((label, " ".join(text.split()), reported))
        if going:
            raise TornError(f"open ends without a continuation: {going}")
    if running:
        raise TornError(f"open ends after the last line: {running}")
    return finished
