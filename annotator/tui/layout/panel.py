"""The side panel: labels with counts, the spans of the sentence as a tree, the state of the work."""

from __future__ import annotations

import time

from annotator.core.annotation import Work
from annotator.core.spans import Span
from annotator.core.tokens import is_aligned
from annotator.session.state import Saved, TaskState
from annotator.tui.layout.bars import label_counts, saved_piece, strip_row
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.prompt import brief
from annotator.tui.layout.row import Ink, Piece, Row, filled, fit
from annotator.tui.layout.safe_text import screen_text

GUIDE_WIDTH = 40
"""The panel shows the guideline from this width on."""

_NO_ROW: Row = ()


def panel_rows(state: TaskState, width: int, height: int, glyphs: Glyphs) -> tuple[Row, ...]:
    """Return exactly ``height`` rows of ``width`` cells, a wall at the left."""
    inner = width - 3
    top = [*_labels(state, inner, glyphs), _NO_ROW, *_spans(state, inner, glyphs)]
    foot = _foot(state, inner, glyphs)
    room = height - len(top) - len(foot) - 1
    if width >= GUIDE_WIDTH and room > 2:
        top += [_NO_ROW, *guide_rows(state, inner)[: room - 1]]
    top = top[: max(0, height - len(foot))]
    rows = top + [_NO_ROW] * (height - len(top) - len(foot)) + foot
    wall = (Piece(f"{glyphs.wall} ", Ink("rule")),)
    return tuple(fit((*wall, *row), width) for row in rows[:height])


def _labels(state: TaskState, width: int, glyphs: Glyphs) -> list[Row]:
    here = label_counts(state.schema, [state.annotated])
    everywhere = state.label_counts
    rows: list[Row] = [(Piece(f"{'LABELS':<{width - 13}}{'here':>6}{'all':>7}", Ink("muted")),)]
    for n, label in enumerate(state.schema.labels, 1):
        letter = Piece(f"{label.key or (n if n <= 9 else ' ')} ", Ink("key", bold=True))
        name = Piece(f"{label.name[: width - 16]:<{width - 15}}", Ink("lane", label.name))
        counts = f"{here[label.name] or glyphs.dot:>6}{everywhere.get(label.name) or glyphs.dot:>7}"
        rows.append((letter, name, Piece(counts, Ink("text"))))
    return rows


def _spans(state: TaskState, width: int, glyphs: Glyphs) -> list[Row]:
    rows: list[Row] = [(Piece("SPANS HERE", Ink("muted")),)]
    for span, depth in nested(state.annotated):
        focused = span == state.selected_span
        name = Piece(state.schema.short_name(span.label), Ink("lane", span.label, reverse=focused, bold=focused))
        words = brief(state.annotated.text_of(span), max(4, width - 5 - depth), glyphs)
        style = Ink("text", bold=focused)
        message: Row = (Piece("  " + words, style),)
        if not is_aligned(state.annotated.sentence.tokens, span.start, span.end):
            message = (Piece(glyphs.problem, Ink("warn", bold=True)), Piece(" " + words, style))
        rows.append((Piece(" " * depth), name, *message))
    return rows if len(rows) > 1 else [*rows, (Piece("none yet", Ink("muted")),)]


def nested(annotated: Work) -> tuple[tuple[Span, int], ...]:
    """Return the spans in reading order with how many others each lies in."""
    out: list[tuple[Span, int]] = []
    stack: list[Span] = []
    for span in annotated.annotation.spans:
        while stack and stack[-1].end < span.end:
            stack.pop()
        while stack and stack[-1].end <= span.start:
            stack.pop()
        out.append((span, len(stack)))
        stack.append(span)
    return tuple(out)


def guide_rows(state: TaskState, width: int) -> list[Row]:
    """Return the guideline of the label last used, wrapped."""
    label = state.schema.label(state.guideline_label) or state.schema.labels[0]
    rows: list[Row] = [
        (Piece(label.name, Ink("lane", label.name, bold=True)), Piece("  guideline, ? for all", Ink("muted")))
    ]
    for paragraph in label.description.split("\n"):
        rows += [(Piece(line, Ink("context")),) for line in filled(screen_text(paragraph), width)]
    return rows


def _foot(state: TaskState, width: int, glyphs: Glyphs) -> list[Row]:
    answer = state.annotated.annotation.answer
    saved = Piece(
        time.strftime("%H:%M:%S", time.localtime(state.saved_at)) if state.saved_at else "nothing new",
        Ink("text"),
    )
    if state.save_state is not Saved.SAVED:
        saved = saved_piece(state.save_state, glyphs)
    share = f" {glyphs.dot} {state.done * 100 // state.total} %" if state.total else ""
    rows: list[Row] = [
        _fact(
            "ANSWER", (Piece(f"{answer.value}ed".replace("ee", "e") if answer else "not yet", Ink("text")),)
        ),
        _fact("SAVED", (saved,)),
        _fact("ARTICLE", strip_row(state, glyphs, max(5, width - 9))),
    ]
    if state.total:
        rows.append(_fact("CORPUS", (Piece(f"{state.done} of {state.total}{share}", Ink("text")),)))
    return rows


def _fact(name: str, value: Row) -> Row:
    return (Piece(f"{name:<8}", Ink("muted")), *value)
