"""The worklist of spans inside tokens: where they are, and what each repair would give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from annotator.core.annotation import Work
from annotator.core.repairs import Case, Cure, Repair, fault
from annotator.core.spans import Span
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.hits import context_row
from annotator.tui.layout.marks import EDGE, drawn, edges_shown
from annotator.tui.layout.overview import window
from annotator.tui.layout.prompt import brief
from annotator.tui.layout.row import Ink, Piece, Row, fit
from annotator.tui.layout.safe_text import screen_text
from annotator.tui.layout.worklist import list_ink, list_room, list_row, sentence_rows

COMMAND = {Cure.OUT: "snap_out", Cure.IN: "snap_in", Cure.SPLIT: "split_token", Cure.DROP: "drop"}
"""The command of the registry that carries a cure out."""
_DETAILS = 9
"""The rows below the list that are not the sentence: gaps, what is wrong, the repairs."""


@dataclass(frozen=True, slots=True)
class MendingView:
    """What the worklist shows at a moment."""

    misaligned_spans: Sequence[Case]
    """The spans that wait."""
    position: int
    annotated: Work
    """The sentence of the span in hand as it is now."""
    repairs: tuple[Repair, ...]
    sentence_number: Callable[[Work], str]
    """Article and sentence by number."""


def mending_rows(view: MendingView, width: int, height: int, glyphs: Glyphs) -> tuple[Row, ...]:
    """Return exactly ``height`` rows: the list, the sentence in hand, what is wrong and the repairs."""
    span = view.misaligned_spans[view.position].span
    most = max(1, (height - _DETAILS) // 2)
    sentence = sentence_rows(view.annotated, span.start, span.end, width, glyphs)[:most]
    shown = window(len(view.misaligned_spans), view.position, max(1, height - len(sentence) - _DETAILS))
    rows = [_case(view, i, width, glyphs) for i in shown]
    rows += [(), *sentence, (), _fault(view.annotated, span, width, glyphs)]
    rows += [_repair(r, span, width, glyphs) for r in view.repairs]
    rows += [_key("list_leave", "leave it as it is", (), width, glyphs)]
    return tuple(fit(row, width) for row in rows + [()] * (height - len(rows)))[:height]


def _case(view: MendingView, i: int, width: int, glyphs: Glyphs) -> Row:
    case, active = view.misaligned_spans[i], i == view.position
    end = Piece(f" {screen_text(case.span.label)}", Ink("lane", case.span.label))
    start, to, text = case.span.start, case.span.end, case.annotated.sentence.text
    parts = [drawn(part) for part in (text[:start], text[start:to], text[to:])]
    highlighted = (len(parts[0]), len(parts[0]) + len(parts[1]) + 2)
    words = context_row(EDGE.join(parts), (highlighted,), list_room(width, end), list_ink(active=active), glyphs)
    mark = Piece(glyphs.problem, Ink("warn", bold=True))
    return list_row(view.sentence_number(case.annotated), mark, words, end, width, glyphs, active=active)


def _fault(annotated: Work, span: Span, width: int, glyphs: Glyphs) -> Row:
    """Return what is wrong with the span in hand."""
    words = brief(edges_shown(annotated, span), max(8, width // 2), glyphs)
    return (
        Piece(f"    {glyphs.problem} ", Ink("warn", bold=True)),
        Piece(words, Ink("text", bold=True)),
        Piece(f"  {screen_text(span.label)}", Ink("lane", span.label)),
        Piece(f" {fault(annotated, span)}", Ink("muted")),
    )


def _repair(repair: Repair, span: Span, width: int, glyphs: Glyphs) -> Row:
    """Return a repair's key, what it is, and what it would give or why it makes no sense here."""
    room = max(8, width - 28)
    if repair.edit is None:
        return _key(
            COMMAND[repair.kind], repair.kind.value, (Piece(repair.reason, Ink("muted")),), width, glyphs
        )
    if repair.kind is Cure.DROP:
        gives = Piece(f"no {screen_text(span.label)} here any more", Ink("text"))
    elif repair.kind is Cure.SPLIT:
        gives = Piece(brief(f" {EDGE} ".join(repair.result), room, glyphs), Ink("text", bold=True))
    else:
        gives = Piece(brief(repair.result[0], room, glyphs), Ink("lane", span.label, bold=True))
    return _key(COMMAND[repair.kind], repair.kind.value, (gives,), width, glyphs, live=True)


def _key(command: str, does: str, gives: Row, width: int, glyphs: Glyphs, *, live: bool = False) -> Row:
    style = Ink("key", bold=True) if live or command == "list_leave" else Ink("muted")
    name = Piece(f"{glyphs.key(command):>5} ", style)
    return fit((name, Piece(f"{does:<18}", Ink("muted")), Piece("  "), *gives), width)
