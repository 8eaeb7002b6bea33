"""Sentences with their spans drawn as nested underlines, each with its label at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from annotator.core.spans import Span, reading_order
from annotator.export.report.tags import html_tag, escape_text


@dataclass(slots=True)
class _Box:
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
        "span", _inner_html(box, sentence, colours) + description, cls=f"s {colour}", style=style, title=box.label
    )
