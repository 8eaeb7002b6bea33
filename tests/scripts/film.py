"""A film of a terminal: what was written to it and when, as an asciinema file and as an animated SVG.

Its clock is set by the script, so the same output gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pyte

from tests.e2e.terminal import UNKNOWN_SEQUENCES

CLEAR = "\x1b[?7h\x1b[0m\x1b[2J\x1b[H\x1b[?25h"
WIDTH, HEIGHT, FONT, BASELINE = 8, 18, 13, 4
"""Of a cell and its letters, in pixels; the base line is that far above the cell's lower edge."""
GROUND, INK = "#14171c", "#ecebe8"
"""Those of the app's dark theme, so that most cells need no box."""
NAMED = {
    "black": "#1c2027", "red": "#f2566c", "green": "#a5f07c", "brown": "#c4cf6a", "blue": "#4496ff",
    "magenta": "#f3b0e0", "cyan": "#86f0f0", "white": "#ecebe8",
}  # fmt: skip
"""The terminal's own colours by pyte's names."""

KEYS_SHOWN = 8
SHORTEST = 0.2
"""How many seconds a frame of the SVG is shown at least."""

Style = tuple[str, str, bool, bool, bool]
"""Ink, ground, bold, italics, underline."""
Row = tuple[tuple[int, str, Style], ...]
"""Runs of one style: column, text and style."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the terminal shows from a time on, in seconds, and a caption."""

    time: float
    rows: tuple[Row, ...]
    caption: str
    keys: str = ""


@dataclass
class Film:
    """Collects output with the time of the script."""

    columns: int = 80
    rows: int = 24
    now: float = 0.0
    caption: str = ""
    keys: list[str] = field(default_factory=list)
    """Those pressed in this chapter, by the names that people know."""
    events: list[tuple[float, str, str]] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start with an empty screen."""
        self._screen = pyte.Screen(self.columns, self.rows)
        self._stream = pyte.Stream(self._screen)

    def write(self, text: str, seconds: float = 0.0) -> None:
        """Write to the terminal, and let some seconds go by."""
        text = UNKNOWN_SEQUENCES.sub("", text)
        if text:
            self.events.append((self.now, "o", text))
            self._stream.feed(text)
            rows = tuple(self._row(y) for y in range(self.rows))
            frame = Frame(self.now, rows, self.caption, " ".join(self.keys[-KEYS_SHOWN:]))
            if self.frames and self.frames[-1].time == self.now:
                self.frames.pop()
            self.frames.append(frame)
        self.now += seconds

    def key(self, sent: str, name: str) -> None:
        """Note a key: what the terminal sends for it, and its name for people."""
        self.events.append((self.now, "i", sent))
        self.keys.append(name)

    def chapter(self, title: str) -> None:
        """Begin a chapter: a marker in the asciinema file, the caption below the picture."""
        self.events.append((self.now, "m", title))
        self.caption, self.keys = title, []

    def _row(self, y: int) -> Row:
        cells = self._screen.buffer[y]
        runs, column = [], 0
        for style, group in groupby((cells[x] for x in range(self.columns)), key=_style):
            each = [c.data for c in group]
            text = "".join(each)
            if text.strip() or style[1] != GROUND:
                runs.append((column, text, style))
            column += len(each)
        return tuple(runs)

    # -- files -----------------------------------------------------------------------------------

    def cast(self, title: str) -> str:
        """Return the film as an asciinema file, version 2."""
        head = {
            "version": 2,
            "width": self.columns,
            "height": self.rows,
            "title": title,
            "env": {"TERM": "xterm-256color"},
        }
        lines = [head, *([round(time, 3), kind, text] for time, kind, text in self.events)]
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    def svg(self, title: str, seconds: float, still: float) -> str:
        """Return the first ``seconds`` as an SVG that plays without scripts; what plays nothing shows ``still``."""
        frames = list(_apart(f for f in self.frames if f.time < seconds))
        end = min(seconds, self.now)
        width, height = (self.columns + 2) * WIDTH, (self.rows + 2) * HEIGHT
        rows: dict[Row, int] = {}
        strip = "".join(_frame(f, i * width, width, rows) for i, f in enumerate(frames))
        resting = max((i for i, f in enumerate(frames) if f.time <= still), default=0)
        steps = "".join(
            f"{100 * f.time / end:.2f}%{{transform:translateX(-{i * width}px)}}" for i, f in enumerate(frames)
        )
        names = {style: f"s{n}" for n, style in enumerate(sorted({style for row in rows for _, _, style in row}))}
        css = "".join(f".{name}{{{_css(style)}}}" for style, name in names.items())
        font = f"font:{FONT}px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" xml:space="preserve"><title>{escape(title)}</title><style>text{{{font};fill:{INK}}}{css}'
            f".f{{animation:p {end:g}s steps(1,end) infinite}}@keyframes p{{{steps}}}"
            f"@media(prefers-reduced-motion:reduce){{.f{{animation:none}}}}</style>"
            f'<rect width="{width}" height="{height}" rx="6" fill="{GROUND}"/>'
            f"<defs>{''.join(_defined(row, n, names) for row, n in rows.items())}</defs>"
            f'<g class="f" transform="translate({-resting * width})">{strip}</g></svg>\n'
        )


def _apart(frames: Iterable[Frame]) -> Iterator[Frame]:
    """Yield the frames that are shown for long enough to be seen, each as it is at the end of that time."""
    last: Frame | None = None
    for frame in frames:
        if last and frame.time - last.time >= SHORTEST:
            yield last
            last = frame
        else:
            last = replace(frame, time=last.time if last else frame.time)
    if last:
        yield last


def _style(cell: Any) -> Style:
    ink, ground = _colour(cell.fg, INK), _colour(cell.bg, GROUND)
    if cell.reverse:
        ink, ground = ground, ink
    return (ink, ground, cell.bold, cell.italics, cell.underscore)


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    return NAMED.get(name.removeprefix("bright"), f"#{name}")


def _css(style: Style) -> str:
    ink, _, bold, italics, underline = style
    parts = {f"fill:{ink}": True, "font-weight:700": bold, "font-style:italic": italics}
    return ";".join(p for p, on in {**parts, "text-decoration:underline": underline}.items() if on)


def _frame(frame: Frame, left: int, width: int, rows: dict[Row, int]) -> str:
    """Return a frame of the strip; each row is defined once and used where it is shown."""
    shown = ((y + 1) * HEIGHT for y in range(len(frame.rows)))
    used = [
        f'<use href="#r{rows.setdefault(row, len(rows))}" y="{y}"/>'
        for y, row in zip(shown, frame.rows, strict=True)
        if row
    ]
    y, right = (len(frame.rows) + 1) * HEIGHT + HEIGHT // 2, width - 3 * WIDTH
    below = f'<text x="{WIDTH}" y="{y}" fill-opacity=".7">{escape(frame.caption)}</text>' if frame.caption else ""
    if frame.keys:
        below += f'<text x="{right}" y="{y}" text-anchor="end" font-weight="700">{escape(frame.keys)}</text>'
    return f'<g transform="translate({left + WIDTH})">{"".join(used)}{below}</g>'


def _defined(row: Row, number: int, names: dict[Style, str]) -> str:
    return f'<g id="r{number}">{"".join((*_boxes(row), *_words(row, names)))}</g>'


def _boxes(row: Row) -> Iterator[str]:
    """Yield the grounds of a row, neighbours of one colour as one."""
    for ground, group in groupby(row, key=lambda run: run[2][1]):
        runs = list(group)
        if ground != GROUND:
            first, end = runs[0][0], runs[-1][0] + len(runs[-1][1])
            box = f'x="{first * WIDTH}" y="{BASELINE - HEIGHT}" width="{(end - first) * WIDTH}" height="{HEIGHT}"'
            yield f"<rect {box} fill={quoteattr(ground)}/>"


def _words(row: Row, names: dict[Style, str]) -> Iterator[str]:
    for column, text, style in row:
        if words := text.strip():
            x = (column + len(text) - len(text.lstrip())) * WIDTH
            yield f'<text x="{x}" class="{names[style]}" textLength="{len(words) * WIDTH}">{escape(words)}</text>'
