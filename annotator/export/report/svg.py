"""Plots as inline SVG: labels by part, and the lengths of spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from annotator.export.report.tags import html_tag, escape_text

_BAR_ROW, _BAR_LEFT, _BAR_WIDTH = 22, 150, 420
_NAME_CHARACTERS = 20
"""Characters of a label that have room beside its bar."""
_LENGTH_STEPS = (*range(1, 11), 15, 20, 30, 50)
"""The upper ends of the classes of length, in tokens; what is longer is the last class."""


def bar_chart(rows: Mapping[str, Mapping[str, int]], colours: Mapping[str, str]) -> str:
    """Return a stacked bar for each row; ``colours`` gives the class of each stack."""
    most = max((sum(r.values()) for r in rows.values()), default=0) or 1
    parts = [_stacked_bar(n, name, row, most, colours) for n, (name, row) in enumerate(rows.items())]
    return _svg("".join(parts), _BAR_LEFT + _BAR_WIDTH + 70, _BAR_ROW * len(rows) + 4)


def _stacked_bar(n: int, name: str, row: Mapping[str, int], most: int, colours: Mapping[str, str]) -> str:
    y, x, out = n * _BAR_ROW, float(_BAR_LEFT), _svg_label(_short_name(name), _BAR_LEFT - 8, n * _BAR_ROW + 15, "end")
    for part, count in row.items():
        width = count * _BAR_WIDTH / most
        description = html_tag("title", escape_text(f"{name}, {part}: {count}"))
        out += html_tag("rect", description, x=_coordinate(x), y=y + 3, width=_coordinate(width), height=_BAR_ROW - 8, cls=colours[part])
        x += width
    return out + _svg_label(f"{sum(row.values()):,}", _coordinate(x + 6), y + 15, "start")


def length_histogram(found: Sequence[int], name: str, colour: str) -> str:
    """Return how many spans have which length in tokens."""
    classes = Counter(next((n for n, end in enumerate(_LENGTH_STEPS) if x <= end), len(_LENGTH_STEPS)) for x in found)
    most = max(classes.values(), default=0) or 1
    out, wide, high = _svg_label(f"{_short_name(name)}: {len(found):,} spans, by tokens", 0, 12, "start"), 40, 70
    for n in range(len(_LENGTH_STEPS) + 1):
        count = classes[n]
        tall = max(1.0, count * high / most) if count else 0.0
        description = html_tag("title", escape_text(f"{_length_class(n)} tokens: {count}"))
        out += html_tag(
            "rect", description, x=n * wide, y=_coordinate(22 + high - tall), width=wide - 4, height=_coordinate(tall), cls=colour
        )
        out += _svg_label(_length_class(n), n * wide + (wide - 4) / 2, high + 36, "middle")
    return _svg(out, wide * (len(_LENGTH_STEPS) + 1) + 4, high + 42)


def _length_class(n: int) -> str:
    if n == len(_LENGTH_STEPS):
        return f"{_LENGTH_STEPS[-1] + 1}+"
    low = _LENGTH_STEPS[n - 1] + 1 if n else 1
    return str(low) if low == _LENGTH_STEPS[n] else f"{low}–{_LENGTH_STEPS[n]}"


def _short_name(name: str) -> str:
    return name if len(name) <= _NAME_CHARACTERS else f"{name[: _NAME_CHARACTERS - 1]}…"


def _svg_label(value: str, x: object, y: object, anchor: str) -> str:
    return html_tag("text", escape_text(value), x=x, y=y, text_anchor=anchor)


def _svg(inner: str, width: int, height: int) -> str:
    return html_tag("svg", inner, width=width, height=height, viewBox=f"0 0 {width} {height}", role="img")


def _coordinate(value: float) -> str:
    return f"{value:.1f}"
