"""The rows of the list of keys: a card of those that one needs, and the others by task, folded."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct
from rich.cells import cell_len

from annotator.core.schema import Schema
from annotator.session.screen_keys import KeySection, first_keys
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.styled_text import Glyphs, StyledRow, StyledText

CARD_KEY_WIDTH = 23
SECTION_KEY_WIDTH = 26


class KeyHelp(Struct, frozen=True):
    """The rows of the list, and which of them each section takes."""

    rows: tuple[StyledRow, ...]
    sections: tuple[range, ...]


def key_help(
    schema: Schema, sections: Sequence[KeySection], opened: Collection[int], active: int, width: int, glyphs: Glyphs
) -> KeyHelp:
    """Return the list with the sections of the numbers ``opened`` unfolded and ``active`` marked."""
    rows = list(card_rows(schema, width, glyphs))
    rows += [(), (styled.title(" More keys, by task"),)]
    places = []
    for n, section in enumerate(sections):
        start = len(rows)
        rows += section_rows(section, width, glyphs, is_open=n in opened, is_active=n == active)
        places.append(range(start, len(rows)))
    return KeyHelp(tuple(rows), tuple(places))


def card_rows(schema: Schema, width: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return the keys with which one is productive: at 80 cells a row each."""
    rows: list[StyledRow] = [(styled.title(" The keys for most of the work"),)]
    for keys, does in first_keys(schema, glyphs.commands):
        rows += _key_rows(glyphs.words(keys), does, CARD_KEY_WIDTH, width)
    return tuple(rows)


def section_rows(
    section: KeySection, width: int, glyphs: Glyphs, *, is_open: bool, is_active: bool
) -> tuple[StyledRow, ...]:
    """Return a section: its title with its first keys, and if it is open each key with what it does."""
    sign = "-" if is_open else "+"
    head: StyledRow = (styled.mark_active(glyphs.active, is_active), StyledText(f" {sign} "))
    head = (*head, styled.title(f"{section.title:<20}") if is_active else styled.bold(f"{section.title:<20}"))
    if not is_open:
        keys = "  ".join(glyphs.words(k).split(" (")[0] for k, _ in section.rows if not k.startswith(": "))
        return ((*head, styled.muted(styled.truncate(keys, width - styled.row_width(head), glyphs.cut))),)
    rows: list[StyledRow] = [head]
    for keys, does in section.rows:
        rows += _key_rows(glyphs.words(keys), does, SECTION_KEY_WIDTH, width)
    return tuple(rows)


def _key_rows(keys: str, does: str, column: int, width: int) -> list[StyledRow]:
    """Return what keys do, in a column of its own; below the keys where these or the screen are too wide."""
    column = column if width >= 60 else min(column, 12)
    lines = styled.wrap_paragraph(does, max(10, width - column - 4))
    name = styled.key(f"   {keys:<{column}}")
    margin = styled.context(" " * (column + 3))
    if cell_len(keys) >= column:
        return [(name,), *((margin, styled.context(line)) for line in lines)]
    return [(name, styled.context(lines[0])), *((margin, styled.context(line)) for line in lines[1:])]
