"""The plot of a soak, as an SVG: memory and the slowest hundredth of the keys over the keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

_LEFT, _WIDTH, _HEIGHT = 60, 720, 100


def soak_plot(windows: Sequence[Mapping[str, float]]) -> str:
    """Return the SVG of the lines of a soak; the same lines give the same bytes."""
    fresh = [x for x in windows if "fresh" in x]
    windows = [x for x in windows if "fresh" not in x]
    panels = [
        _panel(windows, 30, "mb", "#1f77b4", "resident memory, MB"),
        _panel(windows, 190, "cpu", "#d62728", "p99 of key to painted, ms of CPU time"),
        _panel(
            windows, 350, "p99", "#7f7f7f", "p99 of key to painted, ms by the clock, on a machine that others use too"
        ),
    ]
    if fresh:  # a mark at the right edge
        most, value = max(x["cpu"] for x in windows), median(x["cpu"] for x in fresh)
        y = 200 + _HEIGHT * (1 - value / most)
        panels.append(
            f'<text x="{_LEFT + _WIDTH}" y="190" text-anchor="end">circle: a new program, same annotations</text>\n'
        )
        panels.append(f'<circle cx="{_LEFT + _WIDTH}" cy="{y:.1f}" r="4" stroke="#000" fill="none"/>\n')
    style = '<rect width="800" height="490" fill="white"/><g font-family="sans-serif" font-size="13">'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 490">\n{style}\n{"".join(panels)}</g></svg>\n'


def _panel(windows: Sequence[Mapping[str, float]], top: int, name: str, colour: str, title: str) -> str:
    keys, most = windows[-1]["keys"], max(x[name] for x in windows)
    bottom = top + 10 + _HEIGHT
    parts = [f'<text x="{_LEFT}" y="{top}">{title}</text>']
    for share in (0, 0.5, 1):
        y = bottom - _HEIGHT * share
        parts.append(f'<path d="M{_LEFT} {y:.0f}h{_WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{most * share:.0f}</text>')
    for i in range(6):
        x, text = _LEFT + _WIDTH * i // 5, f"{keys * i / 5:,.0f}"
        parts.append(f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{text}</text>')
    points = " ".join(
        f"{_LEFT + _WIDTH * x['keys'] / keys:.1f},{bottom - _HEIGHT * x[name] / most:.1f}" for x in windows
    )
    parts.append(f'<polyline points="{points}" stroke="{colour}" fill="none"/>')
    return "\n".join(parts) + "\n"
