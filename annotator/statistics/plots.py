"""Plots as rows of text: bars, a sparkline, and a curve with a band; block characters or plain ASCII.

Plotting packages draw whole screens with escape codes and colours of their own; these rows need plain
text with roles, an ASCII set, and a few lines each.
"""

from __future__ import annotations

import textwrap
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from annotator.statistics.throughput import Forecast

# -- rows of plain text in terminal cells ------------------------------------------------------


_ZERO_WIDTH = {"Mn", "Me"}
_JOINERS = "\u200c\u200d"


class PlainText(Struct, frozen=True):
    """A piece of text of one kind."""

    text: str
    role: str = "text"
    """What it is: text, title, muted, context, rule, ok, likely, warn; lane: the colour of ``label``."""
    label: str = ""
    bold: bool = False


PlainRow = tuple[PlainText, ...]


def text_width(text: str) -> int:
    """Return how many terminal cells a text takes (Unicode annex 11); a control character takes one."""
    return len(text) if text.isascii() else sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if char in _JOINERS or unicodedata.category(char) in _ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def truncate_text(text: str, width: int, ellipsis: str) -> str:
    """Return ``text`` in at most ``width`` cells, with ``ellipsis`` where something was cut off."""
    if text_width(text) <= width:
        return text
    return _first_cells(text, width - 1).rstrip() + ellipsis if width > 0 else ""


def _first_cells(text: str, width: int) -> str:
    """Return the longest start of ``text`` that takes at most ``width`` cells."""
    end = room = 0
    for char in text:
        room += _char_width(char)
        if room > width:
            break
        end += 1
    return text[:end]


def clip_plain_row(row: PlainRow, width: int) -> PlainRow:
    """Return the row cut to at most ``width`` cells."""
    out: list[PlainText] = []
    for piece in row:
        text = _first_cells(piece.text, width)
        out.append(PlainText(text, piece.role, piece.label, piece.bold))
        width -= text_width(text)
    return tuple(out)


def pad_plain_row(row: PlainRow, width: int) -> PlainRow:
    """Return the row cut or padded with blanks to exactly ``width`` cells."""
    row = clip_plain_row(row, width)
    return (*row, PlainText(" " * (width - sum(text_width(p.text) for p in row))))


def wrap_text(text: str, width: int) -> list[str]:
    """Return a paragraph of ASCII words as lines of at most ``width`` cells."""
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def plain_row_text(row: PlainRow) -> str:
    """Return the text of a row without blanks at its end."""
    return "".join(p.text for p in row).rstrip()


class PlotGlyphs(Struct, frozen=True):
    """The characters of one whole set."""

    across: str
    """Parts of a cell from the left, the smallest first, the whole last."""
    up: str
    """Parts of a cell from below, the smallest first, the whole last."""
    band: str
    expected: str
    wall: str
    corner: str
    floor: str
    now: str
    cut: str
    """Marks where a name was cut off."""


BLOCK_PLOT_GLYPHS = PlotGlyphs("▏▎▍▌▋▊▉█", "▁▂▃▄▅▆▇█", "░", "•", "│", "└", "─", "┴", "…")
ASCII_PLOT_GLYPHS = PlotGlyphs("#", "_.-=+*%#", ".", "o", "|", "+", "-", "+", "~")


def bar_text(share: float, width: int, marks: PlotGlyphs) -> str:
    """Return a bar over a share of ``width`` cells, to a part of a cell; never empty above 0."""
    parts = len(marks.across)
    n = round(max(0.0, min(1.0, share)) * width * parts)
    n = max(1, n) if share > 0 else 0
    return marks.across[-1] * (n // parts) + (marks.across[n % parts - 1] if n % parts else "")


def sparkline(values: Sequence[float | None], width: int, marks: PlotGlyphs) -> str:
    """Return a column for each of the last ``width`` values, as high as its share of the largest.

    A value that is not known is a blank.
    """
    shown = values[-width:] if width > 0 else ()
    top = max((v for v in shown if v is not None), default=0.0)
    return "".join(" " if v is None else _spark_character(v / top if top else 0.0, marks) for v in shown)


def _spark_character(share: float, marks: PlotGlyphs) -> str:
    return marks.up[min(len(marks.up) - 1, int(share * len(marks.up)))]


def progress_curve_rows(
    past: Sequence[tuple[float, float]], total: int, ahead: Forecast | None, width: int, height: int, marks: PlotGlyphs
) -> list[PlainRow]:
    """Return ``height`` rows, a floor and its times: what was done when, and the way on with its bounds.

    ``past`` are (seconds, done) in order, at least one; the width is that of the plot without its wall.
    """
    now, done = past[-1]
    end = now + (ahead.high if ahead else 0.0) or 1.0
    columns = [_curve_column(past, total, ahead, (x + 0.5) * end / width, height, marks) for x in range(max(1, width))]
    wall = PlainText(marks.wall, "rule")
    rows: list[PlainRow] = [(wall, *_merged(c[y] for c in columns)) for y in range(height - 1, -1, -1)]
    at = min(width - 1, round(now / end * width)) if ahead and done < total else -1
    floor = "".join(marks.now if x == at else marks.floor for x in range(width))
    axis = _time_axis(at, duration_text(now), duration_text(end), width)
    return [*rows, (PlainText(marks.corner + floor, "rule"),), axis]


def _merged(cells: Iterable[tuple[str, str]]) -> PlainRow:
    """Return cells (character, role) with neighbours of one role put together."""
    groups = groupby(cells, key=lambda c: c[1])
    return tuple(PlainText("".join(char for char, _ in same), role) for role, same in groups)


def _time_axis(at: int, now: str, end: str, width: int) -> PlainRow:
    """Return the times below the floor: 0, now where it has room, and the end."""
    words = f"now {now}"
    left = max(3, at + 1 - len(words) // 2)
    middle = f"{words:>{left + len(words) - 1}}" if at >= 0 else ""
    room = width - 1 - len(middle)
    if room < len(end) + 2:
        middle, room = "", width - 1
    return (PlainText(f" 0{middle}{end:>{max(0, room)}}", "muted"),)


def duration_text(seconds: float) -> str:
    """Return a time in words: ``45 s``, ``12 min``, ``3 h 05 min``, ``120 h``."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes < 6000 else f"{minutes // 60} h"


def _curve_column(
    past: Sequence[tuple[float, float]], total: int, ahead: Forecast | None, time: float, height: int, marks: PlotGlyphs
) -> list[tuple[str, str]]:
    """Return the cells of one column, the lowest first."""
    now, done = past[-1]
    if time <= now or ahead is None:
        return _filled_cells(_done_at(past, time) / total * height if total else 0.0, height, marks)
    slow, mean, fast = (
        (done + (total - done) * (min(1.0, (time - now) / s) if s > 0 else 1.0))
        for s in (ahead.high, ahead.seconds, ahead.low)
    )
    scale = height / total if total else 0.0
    return _band_cells(slow * scale, mean * scale, fast * scale, height, marks)


def _done_at(past: Sequence[tuple[float, float]], time: float) -> float:
    """Return the done of the first point at or after a time."""
    i = bisect_left(past, time, key=lambda p: p[0])
    return past[min(i, len(past) - 1)][1]


def _filled_cells(level: float, height: int, marks: PlotGlyphs) -> list[tuple[str, str]]:
    parts = len(marks.up)
    filled = (min(parts, max(0, round(level * parts) - y * parts)) for y in range(height))
    return [(marks.up[n - 1] if n else " ", "ok") for n in filled]


def _band_cells(slow: float, mean: float, fast: float, height: int, marks: PlotGlyphs) -> list[tuple[str, str]]:
    cells = [(marks.band if slow < y + 1 and y < fast else " ", "muted") for y in range(height)]
    cells[min(height - 1, int(mean))] = (marks.expected, "likely")
    return cells
