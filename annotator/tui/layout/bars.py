"""The head row, the rule row with labels, counts and the article strip, and the row of keys."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.core.annotation import AnnotatedSentence
from annotator.core.schema import Schema
from annotator.session.state import SaveState, TaskState
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.row import CellStyle, StyledText, StyledRow, clip_row, truncate, row_width
from annotator.tui.layout.safe_text import screen_text

MAX_STRIP_SENTENCES = 30
"""The most sentences that the article strip shows, those round the active one."""


def header_row(state: TaskState, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the title and, at the right end, where one is and whether all is saved."""
    filter_text = truncate(screen_text(state.navigation_summary), width // 3, glyphs.cut)
    filter_row = (StyledText(f"{filter_text} {glyphs.dot} ", CellStyle("likely", bold=True)),) if filter_text else ()
    saved = (saved_indicator(state.save_state, glyphs), StyledText(" "))
    place = StyledText(_position_text(state, width - row_width((*filter_row, *saved)) - 2, glyphs), CellStyle("muted"))
    right = (*filter_row, place, *saved)
    room = width - row_width(right) - 3
    title = truncate(screen_text(state.article.title or state.article.origin), room, glyphs.cut)
    left = (StyledText(" "), StyledText(title, CellStyle("title", bold=True)))
    gap = width - row_width(left) - row_width(right)
    return clip_row((*left, StyledText(" " * max(0, gap)), *right), width)


def _position_text(state: TaskState, room: int, glyphs: Glyphs) -> str:
    """Return where one is in at most ``room`` cells, in figures alone where words don't fit."""
    sentence, article = (
        f"{state.active + 1}/{len(state.annotated_sentences)}",
        f"{state.article_number}/{state.article_count}",
    )
    full = f"sentence {sentence} {glyphs.dot} article {article} {glyphs.dot} "
    short = f"{sentence} {glyphs.dot} {article} {glyphs.dot} "
    return next((words for words in (full, short) if len(words) <= room), "")


def saved_indicator(saved: SaveState, glyphs: Glyphs) -> StyledText:
    """Return the saved mark; what it shows as saved is on the disk."""
    return {
        SaveState.SAVED: StyledText(f"{glyphs.accept} saved", CellStyle("ok")),
        SaveState.SAVING: StyledText(f"{glyphs.cut} saving", CellStyle("muted")),
        SaveState.READ_ONLY: StyledText("read only", CellStyle("muted")),
        SaveState.FAILED: StyledText(f"{glyphs.reject} NOT SAVED", CellStyle("warn", bold=True)),
    }[saved]


def rule_row(state: TaskState, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the labels with their counts in the sentence, and the article strip where it fits."""
    strip = (StyledText(" "), *answer_strip(state, glyphs, MAX_STRIP_SENTENCES), StyledText(" "))
    for named, counted, stripped in (("full", 1, 1), ("short", 1, 1), ("short", 1, 0), ("short", 0, 0)):
        left = _label_legend(state, glyphs, named, bool(counted))
        right: StyledRow = (*(strip if stripped else ()), StyledText(glyphs.rule * 2, CellStyle("rule")))
        gap = width - row_width(left) - row_width(right)
        if gap >= 1:
            return (*left, StyledText(glyphs.rule * gap, CellStyle("rule")), *right)
    return (StyledText(glyphs.rule * width, CellStyle("rule")),)


def empty_rule_row(width: int, glyphs: Glyphs) -> StyledRow:
    """Return a rule row without anything on it."""
    return (StyledText(glyphs.rule * width, CellStyle("rule")),)


def _label_legend(state: TaskState, glyphs: Glyphs, named: str, counted: bool) -> StyledRow:
    counts = label_counts(state.schema, [state.annotated])
    row: StyledRow = (StyledText(glyphs.rule * 2, CellStyle("rule")),)
    for n, label in enumerate(x for x in state.schema.labels if x.key):
        name = label.name if named == "full" else state.schema.short_name(label.name)
        gap = (StyledText(glyphs.rule, CellStyle("rule")),) if n else ()
        count = (StyledText(f" {counts[label.name]}", CellStyle("muted")),) if counted else ()
        row = (
            *row,
            *gap,
            StyledText(f" {label.key} ", CellStyle("key", bold=True)),
            StyledText(name, CellStyle("lane", label.name)),
            *count,
            StyledText(" "),
        )
    return row


def label_counts(schema: Schema, sentences: Sequence[AnnotatedSentence]) -> dict[str, int]:
    """Return how many spans of each label the works hold."""
    counts = {x.name: 0 for x in schema.labels}
    for annotated in sentences:
        for span in annotated.annotation.spans:
            counts[span.label] = counts.get(span.label, 0) + 1
    return counts


def answer_strip(state: TaskState, glyphs: Glyphs, most: int) -> StyledRow:
    """Return a character for each sentence of the article: its answer, or where one is."""
    first = max(0, min(state.active - most // 2, len(state.annotated_sentences) - most))
    pieces = []
    for i, annotated in list(enumerate(state.annotated_sentences))[first : first + most]:
        if i == state.active:
            pieces.append(StyledText(glyphs.here, CellStyle("active", bold=True)))
            continue
        answer = annotated.annotation.answer
        char = {"accept": glyphs.accept, "reject": glyphs.reject, "ignore": glyphs.ignore}.get(
            answer or "", glyphs.todo
        )
        pieces.append(StyledText(char, CellStyle({"accept": "ok", "reject": "warn"}.get(answer or "", "muted"))))
    return tuple(pieces)


def keys_row(items: Sequence[tuple[str, str]], last: tuple[str, str], width: int) -> StyledRow:
    """Return keys with what they do, dropped from the right until ``last`` fits at the end."""
    end = _key_with_description(last)
    row: StyledRow = (StyledText(" "),)
    for item in items:
        piece = (*_key_with_description(item), StyledText("  "))
        if row_width(row) + row_width(piece) + row_width(end) > width:
            break
        row = (*row, *piece)
    return clip_row((*row, *end), width)


def _key_with_description(item: tuple[str, str]) -> StyledRow:
    return (StyledText(item[0], CellStyle("key", bold=True)), StyledText(" " + item[1], CellStyle("muted")))
