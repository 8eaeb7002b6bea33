"""From the spans of a sentence to marks, and from marks to the ink of each cell of its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from annotator.core.annotation import AnnotatedSentence
from annotator.core.repairs import MisalignedSpan, misalignment_message, split_text_at_span
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import is_aligned, token_range
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.lanes import SpanMark
from annotator.tui.layout.row import CellStyle
from annotator.tui.layout.wrap import TextCell, drawable_graphemes

SPAN_EDGE = "|"
"""Stands at a span's edges in words, and between tokens: on every screen and in every colour."""


@lru_cache(maxsize=1024)
def span_marks(schema: Schema, annotated: AnnotatedSentence, focus: Span | None = None) -> tuple[SpanMark, ...]:
    """Return the marks of a work's spans, the one in focus marked as such."""
    return tuple(_span_mark(schema, annotated, s, s == focus) for s in annotated.annotation.spans)


def _span_mark(schema: Schema, annotated: AnnotatedSentence, span: Span, focused: bool) -> SpanMark:
    first, last = token_range(annotated.sentence.tokens, span.start, span.end)
    label = schema.label(span.label)
    return SpanMark(
        span.start,
        span.end,
        last - first,
        span.label,
        schema.short_name(span.label),
        label.key if label else "",
        "focus" if focused else "human",
        wrong=not is_aligned(annotated.sentence.tokens, span.start, span.end),
    )


@lru_cache(maxsize=512)
def suggestion_marks(
    schema: Schema,
    annotated: AnnotatedSentence,
    suggestions: tuple[Suggestion, ...],
    taken: tuple[Suggestion, ...],
    next_ones: tuple[tuple[str, Suggestion], ...],
    glyphs: Glyphs,
) -> tuple[SpanMark, ...]:
    """Return the marks of a sentence's suggestions: one a stretch, under its likeliest label.

    ``next_ones``: the label and suggestion of each label's key that takes one of them now.
    """
    best: dict[tuple[int, int], Suggestion] = {}
    for s in sorted(suggestions, key=lambda s: -s.score):
        best.setdefault((s.start, s.end), s)
    keys: dict[tuple[int, int], str] = {}
    for name, s in next_ones:
        label = schema.label(name)
        keys[s.start, s.end] = keys.get((s.start, s.end), "") + (label.key if label else "")
    return tuple(
        _suggestion_mark(schema, annotated, s, s in taken, keys.get(place, ""), glyphs) for place, s in best.items()
    )


def _suggestion_mark(schema: Schema, annotated: AnnotatedSentence, s: Suggestion, taken: bool, keys: str, glyphs: Glyphs) -> SpanMark:
    mark = _span_mark(schema, annotated, Span(s.start, s.end, s.label), focused=False)
    tag = (glyphs.taken if taken else "") + keys or "?"
    return replace(mark, state="proposal", tag=tag, next=bool(keys), wrong=False)


def drawable_text(text: str) -> str:
    """Return a text as it is drawn where it stands apart: a mark without a letter before it has a circle."""
    return "".join(shown for shown, _, _ in drawable_graphemes(text))


def text_with_span_edges(annotated: AnnotatedSentence, span: Span) -> str:
    """Return the tokens that a span touches as they are drawn, with bars at its edges: ``Ros|avik|'s``."""
    return SPAN_EDGE.join(map(drawable_text, split_text_at_span(annotated, span)))


def misaligned_span_text(case: MisalignedSpan) -> str:
    """Return what is wrong with a span inside a token: ``Ros|avik|'s: VENUE begins inside a token``."""
    message = f"{case.span.label} {misalignment_message(case.annotated, case.span)}"
    return f"{text_with_span_edges(case.annotated, case.span)}: {message}"


def marks_over_cells(cells: Sequence[TextCell], marks: Sequence[SpanMark]) -> list[SpanMark | None]:
    """Return what each cell shows: the span in focus, else the shortest one over it, else None."""
    out: list[SpanMark | None] = [None] * len(cells)
    drawn = (m for m in marks if m.state != "proposal")
    there = [m for m in drawn if cells and m.start < cells[-1].end and cells[0].start < m.end]
    for mark in sorted(there, key=lambda m: (m.state == "focus", -m.length)):
        for i, cell in enumerate(cells):
            if mark.start <= cell.start and cell.end <= mark.end:
                out[i] = mark
    return out


@lru_cache(maxsize=1024)
def style_under_mark(schema: Schema, mark: SpanMark | None) -> CellStyle:
    """Return the ink of text under a mark in the active sentence."""
    if mark is None:
        return CellStyle("text", background="row")
    if mark.state == "focus":
        return CellStyle("text", mark.label, background="focus", bold=True)
    return CellStyle("text", mark.label, background="container" if mark.label in schema.containers else "leaf")
