"""The head row, the rule row with labels, counts and the article strip, and the row of keys."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.core.annotation import Work
from annotator.core.schema import Schema
from annotator.session.state import Saved, TaskState
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.row import Ink, Piece, Row, clip, cut, width_of
from annotator.tui.layout.safe_text import screen_text

STRIP = 30
"""The most sentences that the article strip shows, those round the active one."""


def head_row(state: TaskState, width: int, glyphs: Glyphs) -> Row:
    """Return the title and, at the right end, where one is and whether all is saved."""
    filter_text = cut(screen_text(state.navigation_summary), width // 3, glyphs.cut)
    filter_row = (Piece(f"{filter_text} {glyphs.dot} ", Ink("likely", bold=True)),) if filter_text else ()
    saved = (saved_piece(state.save_state, glyphs), Piece(" "))
    place = Piece(_place(state, width - width_of((*filter_row, *saved)) - 2, glyphs), Ink("muted"))
    right = (*filter_row, place, *saved)
    room = width - width_of(right) - 3
    title = cut(screen_text(state.article.title or state.article.origin), room, glyphs.cut)
    left = (Piece(" "), Piece(title, Ink("title", bold=True)))
    gap = width - width_of(left) - width_of(right)
    return clip((*left, Piece(" " * max(0, gap)), *right), width)


def _place(state: TaskState, room: int, glyphs: Glyphs) -> str:
    """Return where one is in at most ``room`` cells, in figures alone where words don't fit."""
    sentence, article = (
        f"{state.active + 1}/{len(state.annotated_sentences)}",
        f"{state.article_number}/{state.article_count}",
    )
    full = f"sentence {sentence} {glyphs.dot} article {article} {glyphs.dot} "
    short = f"{sentence} {glyphs.dot} {article} {glyphs.dot} "
    return next((words for words in (full, short) if len(words) <= room), "")


def saved_piece(saved: Saved, glyphs: Glyphs) -> Piece:
    """Return the saved mark; what it shows as saved is on the disk."""
    return {
        Saved.SAVED: Piece(f"{glyphs.accept} saved", Ink("ok")),
        Saved.SAVING: Piece(f"{glyphs.cut} saving", Ink("muted")),
        Saved.READ_ONLY: Piece("read only", Ink("muted")),
        Saved.FAILED: Piece(f"{glyphs.reject} NOT SAVED", Ink("warn", bold=True)),
    }[saved]


def rule_row(state: TaskState, width: int, glyphs: Glyphs) -> Row:
    """Return the labels with their counts in the sentence, and the article strip where it fits."""
    strip = (Piece(" "), *strip_row(state, glyphs, STRIP), Piece(" "))
    for named, counted, stripped in (("full", 1, 1), ("short", 1, 1), ("short", 1, 0), ("short", 0, 0)):
        left = _labels(state, glyphs, named, bool(counted))
        right: Row = (*(strip if stripped else ()), Piece(glyphs.rule * 2, Ink("rule")))
        gap = width - width_of(left) - width_of(right)
        if gap >= 1:
            return (*left, Piece(glyphs.rule * gap, Ink("rule")), *right)
    return (Piece(glyphs.rule * width, Ink("rule")),)


def plain_rule(width: int, glyphs: Glyphs) -> Row:
    """Return a rule row without anything on it."""
    return (Piece(glyphs.rule * width, Ink("rule")),)


def _labels(state: TaskState, glyphs: Glyphs, named: str, counted: bool) -> Row:
    counts = label_counts(state.schema, [state.annotated])
    row: Row = (Piece(glyphs.rule * 2, Ink("rule")),)
    for n, label in enumerate(x for x in state.schema.labels if x.key):
        name = label.name if named == "full" else state.schema.short_name(label.name)
        gap = (Piece(glyphs.rule, Ink("rule")),) if n else ()
        count = (Piece(f" {counts[label.name]}", Ink("muted")),) if counted else ()
        row = (
            *row,
            *gap,
            Piece(f" {label.key} ", Ink("key", bold=True)),
            Piece(name, Ink("lane", label.name)),
            *count,
            Piece(" "),
        )
    return row


def label_counts(schema: Schema, sentences: Sequence[Work]) -> dict[str, int]:
    """Return how many spans of each label the works hold."""
    counts = {x.name: 0 for x in schema.labels}
    for annotated in sentences:
        for span in annotated.annotation.spans:
            counts[span.label] = counts.get(span.label, 0) + 1
    return counts


def strip_row(state: TaskState, glyphs: Glyphs, most: int) -> Row:
    """Return a character for each sentence of the article: its answer, or where one is."""
    first = max(0, min(state.active - most // 2, len(state.annotated_sentences) - most))
    pieces = []
    for i, annotated in list(enumerate(state.annotated_sentences))[first : first + most]:
        if i == state.active:
            pieces.append(Piece(glyphs.here, Ink("active", bold=True)))
            continue
        answer = annotated.annotation.answer
        char = {"accept": glyphs.accept, "reject": glyphs.reject, "ignore": glyphs.ignore}.get(
            answer or "", glyphs.todo
        )
        pieces.append(Piece(char, Ink({"accept": "ok", "reject": "warn"}.get(answer or "", "muted"))))
    return tuple(pieces)


def keys_row(items: Sequence[tuple[str, str]], last: tuple[str, str], width: int) -> Row:
    """Return keys with what they do, dropped from the right until ``last`` fits at the end."""
    end = _key(last)
    row: Row = (Piece(" "),)
    for item in items:
        piece = (*_key(item), Piece("  "))
        if width_of(row) + width_of(piece) + width_of(end) > width:
            break
        row = (*row, *piece)
    return clip((*row, *end), width)


def _key(item: tuple[str, str]) -> Row:
    return (Piece(item[0], Ink("key", bold=True)), Piece(" " + item[1], Ink("muted")))
