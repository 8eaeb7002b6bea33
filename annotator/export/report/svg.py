"""Plots as inline SVG: labels by part, and the lengths of spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from annotator.export.report.tags import tag, text

_ROW, _LEFT, _WIDE = 22, 150, 420
_NAME = 20
"""Characters of a label that have room beside its bar."""
_STEPS = (*range(1, 11), 15, 20, 30, 50)
"""The upper ends of the classes of length, in tokens; what is longer is the last class."""


def bars(rows: Mapping[str, Mapping[str, int]], colours: Mapping[str, str]) -> str:
    """Return a stacked bar for each row; ``colours`` gives the class of each stack."""
    most = max((sum(r.values()) for r in rows.values()), default=0) or 1
    parts = [_bar(n, name, row, most, colours) for n, (name, row) in enumerate(rows.items())]
    return _svg("".join(parts), _LEFT + _WIDE + 70, _ROW * len(rows) + 4)


def _bar(n: int, name: str, row: Mapping[str, int], most: int, colours: Mapping[str, str]) -> str:
    y, x, out = n * _ROW, float(_LEFT), _label(_short(name), _LEFT - 8, n * _ROW + 15, "end")
    for part, count in row.items():
        width = count * _WIDE / most
        description = tag("title", text(f"{name}, {part}: {count}"))
        out += tag("rect", description, x=_n(x), y=y + 3, width=_n(width), height=_ROW - 8, cls=colours[part])
        x += width
    return out + _label(f"{sum(row.values()):,}", _n(x + 6), y + 15, "start")


def lengths(found: Sequence[int], name: str, colour: str) -> str:
    """Return how many spans have which length in tokens."""
    classes = Counter(next((n for n, end in enumerate(_STEPS) if x <= end), len(_STEPS)) for x in found)
    most = max(classes.values(), default=0) or 1
    out, wide, high = _label(f"{_short(name)}: {len(found):,} spans, by tokens", 0, 12, "start"), 40, 70
    for n in range(len(_STEPS) + 1):
        count = classes[n]
        tall = max(1.0, count * high / most) if count else 0.0
        description = tag("title", text(f"{_class(n)} tokens: {count}"))
        out += tag(
            "rect", description, x=n * wide, y=_n(22 + high - tall), width=wide - 4, height=_n(tall), cls=colour
        )
        out += _label(_class(n), n * wide + (wide - 4) / 2, high + 36, "middle")
    return _svg(out, wide * (len(_STEPS) + 1) + 4, high + 42)


def _class(n: int) -> str:
    if n == len(_STEPS):
        return f"{_STEPS[-1] + 1}+"
    low = _STEPS[n - 1] + 1 if n else 1
    return str(low) if low == _STEPS[n] else f"{low}–{_STEPS[n]}"


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def _label(value: str, x: object, y: object, anchor: str) -> str:
    return tag("text", text(value), x=x, y=y, text_anchor=anchor)


def _svg(inner: str, width: int, height: int) -> str:
    return tag("svg", inner, width=width, height=height, viewBox=f"0 0 {width} {height}", role="img")


def _n(value: float) -> str:
    return f"{value:.1f}"
