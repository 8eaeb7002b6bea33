"""The guideline and the list of keys as rows."""

from __future__ import annotations

from annotator.core.schema import Example, Label, Schema
from annotator.tui.commands import LETTERS, groups
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.row import Ink, Piece, Row, filled, filled_row
from annotator.tui.layout.safe_text import screen_text


def guide_screen_rows(schema: Schema, first: str, width: int, glyphs: Glyphs) -> tuple[Row, ...]:
    """Return the guideline of every label, that of ``first`` before the others."""
    labels = sorted(schema.labels, key=lambda x: x.name != first)
    rows: list[Row] = []
    for label in labels:
        rows += [*_label(label, width, glyphs), ()]
    return tuple(rows)


def _label(label: Label, width: int, glyphs: Glyphs) -> list[Row]:
    key = (Piece(f" {label.key} ", Ink("key", bold=True)),) if label.key else (Piece(" "),)
    rules = [f"may lie in {', '.join(label.inside)}"] if label.inside else ["lies in no other label"]
    rules += [f"may cross {', '.join(label.overlaps)}"] if label.overlaps else []
    rows: list[Row] = [
        (
            *key,
            Piece(label.name, Ink("lane", label.name, bold=True)),
            Piece(f"  {'; '.join(rules)}", Ink("muted")),
        )
    ]
    for paragraph in label.description.split("\n"):
        rows += [(Piece("   " + line, Ink("text")),) for line in filled(screen_text(paragraph), width - 4)]
    for example in label.examples:
        rows += _example(label, example, width, glyphs)
    return rows


def _example(label: Label, example: Example, width: int, glyphs: Glyphs) -> list[Row]:
    mark, role = (glyphs.reject, "warn") if example.wrong else (glyphs.accept, "ok")
    pieces: list[Piece] = []
    at = 0
    for start, end in example.marked:
        pieces.append(Piece(screen_text(example.text[at:start]), Ink("context")))
        pieces.append(Piece(f"[{screen_text(example.text[start:end])}]", Ink("lane", label.name, bold=True)))
        at = end
    pieces.append(Piece(screen_text(example.text[at:]), Ink("context")))
    note = filled(screen_text(example.note), width - 6) if example.note else []
    first, *more = filled_row(tuple(pieces), width - 6)
    return [
        (Piece(f"   {mark} ", Ink(role)), *first),
        *((Piece("     "), *row) for row in more),
        *((Piece(f"     {line}", Ink("muted")),) for line in note),
    ]


def key_rows(schema: Schema, width: int, glyphs: Glyphs) -> tuple[Row, ...]:
    """Return every key by group."""
    rows: list[Row] = [(Piece(" Mark", Ink("title", bold=True)),)]
    column = 24
    for keys, does in LETTERS:
        rows += _key(keys, does, column, width)
    names = ", ".join(f"{x.key} {x.name}" for x in schema.labels if x.key)
    rows += [*_key("", f"label keys here: {names}", column, width), ()]
    for group, commands in groups(glyphs.commands):
        rows.append((Piece(f" {group}", Ink("title", bold=True)),))
        for command in commands:
            rows += _key(glyphs.words(command.key_text), command.description, column, width)
        rows.append(())
    return tuple(rows)


def _key(keys: str, does: str, column: int, width: int) -> list[Row]:
    lines = filled(does, max(10, width - column - 4))
    first: Row = (Piece(f"   {keys:<{column}}", Ink("key", bold=True)), Piece(lines[0], Ink("context")))
    return [first, *((Piece(" " * (column + 3) + line, Ink("context")),) for line in lines[1:])]
