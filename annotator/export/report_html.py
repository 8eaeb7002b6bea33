"""Plots as inline SVG: labels by part, and the lengths of spans."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from msgspec import Struct, field

from annotator.core.schema import LABEL_COLOURS
from annotator.core.spans import Span, reading_order

# Colours and layout of the page, for light and dark screens and for print.


_COLOUR_CODES = {
    "blue": "#3b7dd8",
    "green": "#2f9e44",
    "orange": "#e8730c",
    "pink": "#d6409f",
    "red": "#d64545",
    "lime": "#7fa31a",
    "cyan": "#1397b3",
    "mauve": "#9a6bc9",
    "indigo": "#5b5bd6",
    "violet": "#7c4dff",
    "sand": "#a98b4f",
    "teal": "#12907a",
}
PART_CLASSES = {"train": "p1", "dev": "p2", "test": "p3"}
"""The class of each part."""

_LABEL_STYLES = "".join(
    f".c{n}{{border-color:{_COLOUR_CODES[name]};fill:{_COLOUR_CODES[name]}}}"
    for n, name in enumerate(LABEL_COLOURS, 1)
)
PAGE_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "h2{border-bottom:1px solid #8886;margin-top:2.5rem}"
    "table{border-collapse:collapse;margin:.5rem 0;display:block;overflow-x:auto}"
    "th,td{text-align:left;padding:.15rem .8rem .15rem 0;border-bottom:1px solid #8884;vertical-align:top}"
    "th{font-weight:600}td.n{text-align:right}"
    "svg{display:block;margin:.5rem 0;max-width:100%;height:auto}"
    "svg text{font:11px system-ui,sans-serif;fill:currentColor}"
    ".plots{display:flex;flex-wrap:wrap;gap:1rem 2rem}"
    ".x{line-height:2.6;margin:.6rem 0 0;overflow-wrap:anywhere}.of{opacity:.7;font-size:.85rem;margin:0}"
    ".s{border-bottom:3px solid #888}.s sub{font-size:.6rem;letter-spacing:.03em;opacity:.8;margin:0 .15em}"
    ".key{border-left:.9em solid #888;padding-left:.4em;margin-right:1em}"
    ".p1{fill:#3b7dd8;border-color:#3b7dd8}.p2{fill:#e8730c;border-color:#e8730c}"
    ".p3{fill:#7c4dff;border-color:#7c4dff}" + _LABEL_STYLES + "@media print{"
    "body{max-width:none;margin:0;print-color-adjust:exact;-webkit-print-color-adjust:exact}"
    "h2,h3{break-after:avoid}tr,svg,.x{break-inside:avoid}.x{break-after:avoid}}"
)


# Text and tags of HTML; whatever comes from data goes through ``text``.


_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # turn the reading direction
    "\ufff9-\ufffb\U000e0000-\U000e007f"  # hide text
    "\ud800-\udfff]"  # halves of characters, which no UTF-8 can hold
)


def escape_text(value: object) -> str:
    """Return a value as text of a page: escaped, and what turns or hides text made visible."""
    return escape(_INVISIBLE.sub("\ufffd", str(value)))


def html_tag(name: str, inner: str, **attributes: object) -> str:
    """Return an element; ``inner`` is HTML, the values of attributes are text (``cls`` is ``class``)."""
    description = "".join(
        f' {k.replace("cls", "class").replace("_", "-")}="{escape_text(v)}"' for k, v in attributes.items()
    )
    return f"<{name}{description}>{inner}</{name}>"


def html_table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; numbers are set flush right."""
    top = html_tag("tr", "".join(html_tag("th", escape_text(x)) for x in head))
    return html_tag("table", top + "".join(html_tag("tr", "".join(map(_table_cell, row))) for row in rows))


def html_section(title: str, *inner: str) -> str:
    """Return a section with its heading; empty where it would have nothing in it."""
    body = "".join(inner)
    return html_tag("section", html_tag("h2", escape_text(title)) + body) if body else ""


def html_paragraphs(value: str) -> str:
    """Return a text of several paragraphs."""
    return "".join(html_tag("p", escape_text(" ".join(x.split()))) for x in value.split("\n\n") if x.strip())


def _table_cell(value: object) -> str:
    plain = isinstance(value, int | float)
    shown = f"{value:,}" if isinstance(value, int) else f"{value:.2f}" if isinstance(value, float) else value
    return (
        html_tag("td", escape_text(shown), cls="n")
        if plain
        else html_tag("td", escape_text(shown), dir="auto")
    )


# Sentences with their spans drawn as nested underlines, each with its label at the end.


class _Box(Struct):
    """A stretch of a span that lies whole in the box around it; ``last`` where the span ends with it."""

    start: int
    end: int
    label: str
    last: bool = True
    inner: list[_Box] = field(default_factory=list)

    @property
    def height(self) -> int:
        """How many lines are drawn inside of this one."""
        return 1 + max((b.height for b in self.inner), default=-1)


def sentence_html(sentence: str, spans: Sequence[Span], colours: Mapping[str, str]) -> str:
    """Return a sentence as HTML; ``colours`` gives the class of each label.

    A span that crosses another is drawn in two stretches, the label at the end of the second.
    """
    root = _Box(0, len(sentence), "")
    waiting = [_Box(s.start, s.end, s.label) for s in reversed(reading_order(list(spans)))]
    while waiting:
        waiting += _nest_box(root, waiting.pop())
    return _inner_html(root, sentence, colours)


def _nest_box(box: _Box, new: _Box) -> list[_Box]:
    """Put a box into the innermost one that it begins in; return what reaches out, the last first."""
    around = next((b for b in box.inner if b.start <= new.start < b.end), None)
    if around is None:
        box.inner.append(new)
        return []
    if new.end <= around.end:
        return _nest_box(around, new)
    rest = _Box(around.end, new.end, new.label, new.last)
    return [rest, *_nest_box(around, _Box(new.start, around.end, new.label, last=False))]


def _inner_html(box: _Box, sentence: str, colours: Mapping[str, str]) -> str:
    out, at = "", box.start
    for inner in box.inner:
        out += escape_text(sentence[at : inner.start]) + _box_html(inner, sentence, colours)
        at = inner.end
    return out + escape_text(sentence[at : box.end])


def _box_html(box: _Box, sentence: str, colours: Mapping[str, str]) -> str:
    description = html_tag("sub", escape_text(box.label)) if box.last else ""
    style = f"padding-bottom:{box.height * 5 + 1}px"
    colour = colours.get(box.label, "c0")
    return html_tag(
        "span",
        _inner_html(box, sentence, colours) + description,
        cls=f"s {colour}",
        style=style,
        title=box.label,
    )


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
    y, x, out = (
        n * _BAR_ROW,
        float(_BAR_LEFT),
        _svg_label(_short_name(name), _BAR_LEFT - 8, n * _BAR_ROW + 15, "end"),
    )
    for part, count in row.items():
        width = count * _BAR_WIDTH / most
        description = html_tag("title", escape_text(f"{name}, {part}: {count}"))
        out += html_tag(
            "rect",
            description,
            x=_coordinate(x),
            y=y + 3,
            width=_coordinate(width),
            height=_BAR_ROW - 8,
            cls=colours[part],
        )
        x += width
    return out + _svg_label(f"{sum(row.values()):,}", _coordinate(x + 6), y + 15, "start")


def length_histogram(found: Sequence[int], name: str, colour: str) -> str:
    """Return how many spans have which length in tokens."""
    classes = Counter(
        next((n for n, end in enumerate(_LENGTH_STEPS) if x <= end), len(_LENGTH_STEPS)) for x in found
    )
    most = max(classes.values(), default=0) or 1
    out, wide, high = (
        _svg_label(f"{_short_name(name)}: {len(found):,} spans, by tokens", 0, 12, "start"),
        40,
        70,
    )
    for n in range(len(_LENGTH_STEPS) + 1):
        count = classes[n]
        tall = max(1.0, count * high / most) if count else 0.0
        description = html_tag("title", escape_text(f"{_length_class(n)} tokens: {count}"))
        out += html_tag(
            "rect",
            description,
            x=n * wide,
            y=_coordinate(22 + high - tall),
            width=wide - 4,
            height=_coordinate(tall),
            cls=colour,
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
