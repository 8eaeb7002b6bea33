"""The guideline and the list of keys as rows."""

from __future__ import annotations

from annotator.core.schema import Example, Label, Schema
from annotator.tui.commands import LABELLING_KEYS, command_groups
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.row import CellStyle, StyledText, StyledRow, wrap_paragraph, wrap_row
from annotator.tui.layout.safe_text import screen_text


def guideline_rows(schema: Schema, first: str, width: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return the guideline of every label, that of ``first`` before the others."""
    labels = sorted(schema.labels, key=lambda x: x.name != first)
    rows: list[StyledRow] = []
    for label in labels:
        rows += [*_label_guideline(label, width, glyphs), ()]
    return tuple(rows)


def _label_guideline(label: Label, width: int, glyphs: Glyphs) -> list[StyledRow]:
    key = (StyledText(f" {label.key} ", CellStyle("key", bold=True)),) if label.key else (StyledText(" "),)
    rules = [f"may lie in {', '.join(label.inside)}"] if label.inside else ["lies in no other label"]
    rules += [f"may cross {', '.join(label.overlaps)}"] if label.overlaps else []
    rows: list[StyledRow] = [
        (
            *key,
            StyledText(label.name, CellStyle("lane", label.name, bold=True)),
            StyledText(f"  {'; '.join(rules)}", CellStyle("muted")),
        )
    ]
    for paragraph in label.description.split("\n"):
        rows += [(StyledText("   " + line, CellStyle("text")),) for line in wrap_paragraph(screen_text(paragraph), width - 4)]
    for example in label.examples:
        rows += _example_rows(label, example, width, glyphs)
    return rows


def _example_rows(label: Label, example: Example, width: int, glyphs: Glyphs) -> list[StyledRow]:
    mark, role = (glyphs.reject, "warn") if example.wrong else (glyphs.accept, "ok")
    pieces: list[StyledText] = []
    at = 0
    for start, end in example.marked:
        pieces.append(StyledText(screen_text(example.text[at:start]), CellStyle("context")))
        pieces.append(StyledText(f"[{screen_text(example.text[start:end])}]", CellStyle("lane", label.name, bold=True)))
        at = end
    pieces.append(StyledText(screen_text(example.text[at:]), CellStyle("context")))
    note = wrap_paragraph(screen_text(example.note), width - 6) if example.note else []
    first, *more = wrap_row(tuple(pieces), width - 6)
    return [
        (StyledText(f"   {mark} ", CellStyle(role)), *first),
        *((StyledText("     "), *row) for row in more),
        *((StyledText(f"     {line}", CellStyle("muted")),) for line in note),
    ]


def key_help_rows(schema: Schema, width: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return every key by group."""
    rows: list[StyledRow] = [(StyledText(" Mark", CellStyle("title", bold=True)),)]
    column = 24
    for keys, does in LABELLING_KEYS:
        rows += _key_help(keys, does, column, width)
    names = ", ".join(f"{x.key} {x.name}" for x in schema.labels if x.key)
    rows += [*_key_help("", f"label keys here: {names}", column, width), ()]
    for group, commands in command_groups(glyphs.commands):
        rows.append((StyledText(f" {group}", CellStyle("title", bold=True)),))
        for command in commands:
            rows += _key_help(glyphs.words(command.key_text), command.description, column, width)
        rows.append(())
    return tuple(rows)


def _key_help(keys: str, does: str, column: int, width: int) -> list[StyledRow]:
    lines = wrap_paragraph(does, max(10, width - column - 4))
    first: StyledRow = (StyledText(f"   {keys:<{column}}", CellStyle("key", bold=True)), StyledText(lines[0], CellStyle("context")))
    return [first, *((StyledText(" " * (column + 3) + line, CellStyle("context")),) for line in lines[1:])]
