"""Rows of the worklist of what one annotator has left differently on two machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence
from annotator.session.commands import SIDE_COMMANDS
from annotator.session.two_machines_queue import DifferenceItem
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.article_body import answer_indicator
from annotator.tui.layout.styled_text import Glyphs, StyledRow, StyledText, Styles
from annotator.tui.layout.text_cells import screen_text
from annotator.tui.layout.worklists import (
    highlighted_sentence_rows,
    highlighted_text_row,
    worklist_row,
    worklist_row_style,
    worklist_text_width,
)

_SIDE_NAMES = ("one machine", "the other, which counts now")


class DifferenceView(Struct, frozen=True):
    """What the worklist shows at a moment."""

    items: Sequence[DifferenceItem]
    position: int
    settled: Mapping[int, bool]
    """The number of each item that is settled, and whether a side was taken."""
    sentence_number: Callable[[AnnotatedSentence], str]
    """Article and sentence by number."""


def difference_worklist_rows(view: DifferenceView, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return exactly ``height`` rows: the list, the current sentence, and what each machine has left."""
    item = view.items[view.position]
    sides = [row for n in range(2) for row in _side_rows(item, n, width, glyphs)]
    sides = sides[: max(2, height - 4)]
    sentence = highlighted_sentence_rows(item.annotated, 0, 0, width, glyphs)
    sentence = sentence[: max(1, (height - len(sides) - 2) // 2)]
    room = max(1, height - len(sentence) - len(sides) - 2)
    rows = [_item_row(view, i, width, glyphs) for i in styled.visible_range(len(view.items), view.position, room)]
    rows += [(), *sentence, (), *sides]
    return tuple(styled.fit_words(row, width, glyphs.cut) for row in styled.fill_height(rows, height))


def _item_row(view: DifferenceView, i: int, width: int, glyphs: Glyphs) -> StyledRow:
    active, settled = i == view.position, view.settled.get(i)
    end = StyledText({None: "", True: " settled", False: " left"}[settled], Styles.MUTED)
    text = view.items[i].annotated.sentence.text
    room = worklist_text_width(width, end)
    row = highlighted_text_row(text, (), room, worklist_row_style(active=active), glyphs)
    mark = styled.ok(glyphs.accept) if settled else styled.likely(glyphs.here)
    return worklist_row(view.sentence_number(view.items[i].annotated), mark, row, end, width, glyphs, active=active)


def _side_rows(item: DifferenceItem, n: int, width: int, glyphs: Glyphs) -> list[StyledRow]:
    """Return the key of a side and what that machine has left, wrapped; what the other lacks stands out."""
    side, other = item.sides[n], item.sides[1 - n]
    annotation = side.annotation
    head = (StyledText(f"{glyphs.key(SIDE_COMMANDS[n]):>5} ", Styles.KEY), styled.muted(_SIDE_NAMES[n]))
    answer = annotation.answer.value if annotation.answer else "no answer"
    parts: list[StyledRow] = [(answer_indicator(annotation.answer, glyphs), styled.bold(f" {answer}"))]
    for span in annotation.spans:
        words = styled.label(screen_text(f"{span.label} {side.text_of(span)}"), span.label)
        parts.append((words,) if span in other.annotation.spans else (words, styled.active(f" {glyphs.problem}")))
    if annotation.note:
        parts.append((styled.muted(screen_text(f"note: {annotation.note}")),))
    if side.sentence.text != item.annotated.sentence.text:
        parts.append((styled.muted(screen_text(f"of: {side.sentence.text}")),))
    gap = styled.muted(f" {glyphs.dot} ")
    line = tuple(p for i, part in enumerate(parts) for p in ((gap, *part) if i else part))
    rows = styled.wrap_row(line, max(4, width - 8))
    return [head, *((StyledText("      "), *row) for row in rows)]
