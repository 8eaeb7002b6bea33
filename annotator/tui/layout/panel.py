"""The side panel: labels with counts, the spans of the sentence as a tree, the state of the work."""

from __future__ import annotations

import time

from annotator.core.annotation import AnnotatedSentence
from annotator.core.spans import Span
from annotator.core.tokens import is_aligned
from annotator.session.state import SaveState, TaskState
from annotator.tui.layout.bars import label_counts, saved_indicator, answer_strip
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.prompt import shortened
from annotator.tui.layout.row import CellStyle, StyledText, StyledRow, wrap_paragraph, fit_row
from annotator.tui.layout.safe_text import screen_text

GUIDELINE_MIN_WIDTH = 40
"""The panel shows the guideline from this width on."""

_EMPTY_ROW: StyledRow = ()


def side_panel_rows(state: TaskState, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return exactly ``height`` rows of ``width`` cells, a wall at the left."""
    inner = width - 3
    top = [*_label_table(state, inner, glyphs), _EMPTY_ROW, *_span_tree(state, inner, glyphs)]
    foot = _status_facts(state, inner, glyphs)
    room = height - len(top) - len(foot) - 1
    if width >= GUIDELINE_MIN_WIDTH and room > 2:
        top += [_EMPTY_ROW, *panel_guideline_rows(state, inner)[: room - 1]]
    top = top[: max(0, height - len(foot))]
    rows = top + [_EMPTY_ROW] * (height - len(top) - len(foot)) + foot
    wall = (StyledText(f"{glyphs.wall} ", CellStyle("rule")),)
    return tuple(fit_row((*wall, *row), width) for row in rows[:height])


def _label_table(state: TaskState, width: int, glyphs: Glyphs) -> list[StyledRow]:
    here = label_counts(state.schema, [state.annotated])
    everywhere = state.label_counts
    rows: list[StyledRow] = [(StyledText(f"{'LABELS':<{width - 13}}{'here':>6}{'all':>7}", CellStyle("muted")),)]
    for n, label in enumerate(state.schema.labels, 1):
        letter = StyledText(f"{label.key or (n if n <= 9 else ' ')} ", CellStyle("key", bold=True))
        name = StyledText(f"{label.name[: width - 16]:<{width - 15}}", CellStyle("lane", label.name))
        counts = f"{here[label.name] or glyphs.dot:>6}{everywhere.get(label.name) or glyphs.dot:>7}"
        rows.append((letter, name, StyledText(counts, CellStyle("text"))))
    return rows


def _span_tree(state: TaskState, width: int, glyphs: Glyphs) -> list[StyledRow]:
    rows: list[StyledRow] = [(StyledText("SPANS HERE", CellStyle("muted")),)]
    for span, depth in spans_with_depth(state.annotated):
        focused = span == state.selected_span
        name = StyledText(state.schema.short_name(span.label), CellStyle("lane", span.label, reverse=focused, bold=focused))
        words = shortened(state.annotated.text_of(span), max(4, width - 5 - depth), glyphs)
        style = CellStyle("text", bold=focused)
        message: StyledRow = (StyledText("  " + words, style),)
        if not is_aligned(state.annotated.sentence.tokens, span.start, span.end):
            message = (StyledText(glyphs.problem, CellStyle("warn", bold=True)), StyledText(" " + words, style))
        rows.append((StyledText(" " * depth), name, *message))
    return rows if len(rows) > 1 else [*rows, (StyledText("none yet", CellStyle("muted")),)]


def spans_with_depth(annotated: AnnotatedSentence) -> tuple[tuple[Span, int], ...]:
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


def panel_guideline_rows(state: TaskState, width: int) -> list[StyledRow]:
    """Return the guideline of the label last used, wrapped."""
    label = state.schema.label(state.guideline_label) or state.schema.labels[0]
    rows: list[StyledRow] = [
        (StyledText(label.name, CellStyle("lane", label.name, bold=True)), StyledText("  guideline, ? for all", CellStyle("muted")))
    ]
    for paragraph in label.description.split("\n"):
        rows += [(StyledText(line, CellStyle("context")),) for line in wrap_paragraph(screen_text(paragraph), width)]
    return rows


def _status_facts(state: TaskState, width: int, glyphs: Glyphs) -> list[StyledRow]:
    answer = state.annotated.annotation.answer
    saved = StyledText(
        time.strftime("%H:%M:%S", time.localtime(state.saved_at)) if state.saved_at else "nothing new",
        CellStyle("text"),
    )
    if state.save_state is not SaveState.SAVED:
        saved = saved_indicator(state.save_state, glyphs)
    share = f" {glyphs.dot} {state.done * 100 // state.total} %" if state.total else ""
    rows: list[StyledRow] = [
        _status_fact(
            "ANSWER", (StyledText(f"{answer.value}ed".replace("ee", "e") if answer else "not yet", CellStyle("text")),)
        ),
        _status_fact("SAVED", (saved,)),
        _status_fact("ARTICLE", answer_strip(state, glyphs, max(5, width - 9))),
    ]
    if state.total:
        rows.append(_status_fact("CORPUS", (StyledText(f"{state.done} of {state.total}{share}", CellStyle("text")),)))
    return rows


def _status_fact(name: str, value: StyledRow) -> StyledRow:
    return (StyledText(f"{name:<8}", CellStyle("muted")), *value)
