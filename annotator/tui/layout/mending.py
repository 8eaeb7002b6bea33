"""The worklist of spans inside tokens: where they are, and what each repair would give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from annotator.core.annotation import AnnotatedSentence
from annotator.core.repairs import MisalignedSpan, RepairKind, SpanRepair, misalignment_message
from annotator.core.spans import Span
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.hits import highlighted_text_row
from annotator.tui.layout.marks import SPAN_EDGE, drawable_text, text_with_span_edges
from annotator.tui.layout.overview import visible_range
from annotator.tui.layout.prompt import shortened
from annotator.tui.layout.row import CellStyle, StyledText, StyledRow, fit_row
from annotator.tui.layout.safe_text import screen_text
from annotator.tui.layout.worklist import worklist_row_style, worklist_text_width, worklist_row, highlighted_sentence_rows

REPAIR_COMMANDS = {RepairKind.OUT: "snap_out", RepairKind.IN: "snap_in", RepairKind.SPLIT: "split_token", RepairKind.DROP: "drop"}
"""The command of the registry that carries a cure out."""
_DETAIL_ROWS = 9
"""The rows below the list that are not the sentence: gaps, what is wrong, the repairs."""


@dataclass(frozen=True, slots=True)
class RepairView:
    """What the worklist shows at a moment."""

    misaligned_spans: Sequence[MisalignedSpan]
    """The spans that wait."""
    position: int
    annotated: AnnotatedSentence
    """The sentence of the span in hand as it is now."""
    repairs: tuple[SpanRepair, ...]
    sentence_number: Callable[[AnnotatedSentence], str]
    """Article and sentence by number."""


def repair_worklist_rows(view: RepairView, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return exactly ``height`` rows: the list, the sentence in hand, what is wrong and the repairs."""
    span = view.misaligned_spans[view.position].span
    most = max(1, (height - _DETAIL_ROWS) // 2)
    sentence = highlighted_sentence_rows(view.annotated, span.start, span.end, width, glyphs)[:most]
    shown = visible_range(len(view.misaligned_spans), view.position, max(1, height - len(sentence) - _DETAIL_ROWS))
    rows = [_misaligned_span_row(view, i, width, glyphs) for i in shown]
    rows += [(), *sentence, (), _fault_row(view.annotated, span, width, glyphs)]
    rows += [_repair_row(r, span, width, glyphs) for r in view.repairs]
    rows += [_repair_key_row("list_leave", "leave it as it is", (), width, glyphs)]
    return tuple(fit_row(row, width) for row in rows + [()] * (height - len(rows)))[:height]


def _misaligned_span_row(view: RepairView, i: int, width: int, glyphs: Glyphs) -> StyledRow:
    case, active = view.misaligned_spans[i], i == view.position
    end = StyledText(f" {screen_text(case.span.label)}", CellStyle("lane", case.span.label))
    start, to, text = case.span.start, case.span.end, case.annotated.sentence.text
    parts = [drawable_text(part) for part in (text[:start], text[start:to], text[to:])]
    highlighted = (len(parts[0]), len(parts[0]) + len(parts[1]) + 2)
    words = highlighted_text_row(SPAN_EDGE.join(parts), (highlighted,), worklist_text_width(width, end), worklist_row_style(active=active), glyphs)
    mark = StyledText(glyphs.problem, CellStyle("warn", bold=True))
    return worklist_row(view.sentence_number(case.annotated), mark, words, end, width, glyphs, active=active)


def _fault_row(annotated: AnnotatedSentence, span: Span, width: int, glyphs: Glyphs) -> StyledRow:
    """Return what is wrong with the span in hand."""
    words = shortened(text_with_span_edges(annotated, span), max(8, width // 2), glyphs)
    return (
        StyledText(f"    {glyphs.problem} ", CellStyle("warn", bold=True)),
        StyledText(words, CellStyle("text", bold=True)),
        StyledText(f"  {screen_text(span.label)}", CellStyle("lane", span.label)),
        StyledText(f" {misalignment_message(annotated, span)}", CellStyle("muted")),
    )


def _repair_row(repair: SpanRepair, span: Span, width: int, glyphs: Glyphs) -> StyledRow:
    """Return a repair's key, what it is, and what it would give or why it makes no sense here."""
    room = max(8, width - 28)
    if repair.edit is None:
        return _repair_key_row(
            REPAIR_COMMANDS[repair.kind], repair.kind.value, (StyledText(repair.reason, CellStyle("muted")),), width, glyphs
        )
    if repair.kind is RepairKind.DROP:
        gives = StyledText(f"no {screen_text(span.label)} here any more", CellStyle("text"))
    elif repair.kind is RepairKind.SPLIT:
        gives = StyledText(shortened(f" {SPAN_EDGE} ".join(repair.result), room, glyphs), CellStyle("text", bold=True))
    else:
        gives = StyledText(shortened(repair.result[0], room, glyphs), CellStyle("lane", span.label, bold=True))
    return _repair_key_row(REPAIR_COMMANDS[repair.kind], repair.kind.value, (gives,), width, glyphs, live=True)


def _repair_key_row(command: str, does: str, gives: StyledRow, width: int, glyphs: Glyphs, *, live: bool = False) -> StyledRow:
    style = CellStyle("key", bold=True) if live or command == "list_leave" else CellStyle("muted")
    name = StyledText(f"{glyphs.key(command):>5} ", style)
    return fit_row((name, StyledText(f"{does:<18}", CellStyle("muted")), StyledText("  "), *gives), width)
