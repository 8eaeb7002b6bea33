"""A list to choose from: which entries match what is typed, and their rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct
from rich.cells import cell_len

from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.styled_text import Glyphs, StyledRow, StyledText, visible_range
from annotator.tui.layout.text_cells import screen_text


class Choice(Struct, frozen=True):
    """One entry of a list."""

    id: str
    name: str
    """What it is called."""
    key: str = ""
    """The key that does the same, or the number of the entry."""
    group: str = ""
    """The task or kind under which it is listed."""
    more: str = ""
    """What is written behind the name."""
    label: str = ""
    """The label in whose colour the name is written."""
    others: str = ""
    """Other words by which it is found."""


_BREAKS = re.compile(r"[\W_]+")
_JOINT = re.compile(r"(?<=[^\W_])_")
"""Joins two words of a command's id, as the manual writes it; alone it is a key."""


def matching_choices(choices: Sequence[Choice], typed: str) -> list[Choice]:
    """Return the entries that hold each typed word: first those in which each begins a word, then the others."""
    wanted = _JOINT.sub(" ", typed.casefold()).split()
    ranked = [(rank, c) for c in choices if (rank := max((_match_rank(c, w) for w in wanted), default=0)) < _NO_MATCH]
    return [c for _, c in sorted(ranked, key=lambda x: x[0])]


_NO_MATCH = 5


def _match_rank(choice: Choice, word: str) -> int:
    """Return how well an entry matches: whole, by the start of another word for it, of its name, a part, its group."""
    name, others = choice.name.casefold(), choice.others.casefold()
    if word in {choice.key.casefold(), name, others}:
        return 0
    if any(w.startswith(word) for w in _BREAKS.split(others)):
        return 1
    if name.startswith(word) or any(w.startswith(word) for w in _BREAKS.split(name)):
        return 2
    if word in name:
        return 3
    return 4 if word in choice.group.casefold() else _NO_MATCH


def choice_rows(
    found: Sequence[Choice], every: Sequence[Choice], at: int, width: int, height: int, glyphs: Glyphs
) -> tuple[StyledRow, ...]:
    """Return exactly ``height`` rows, one an entry, ``at`` marked and among them; columns as for ``every``."""
    columns = [max((cell_len(screen_text(x)) for x in xs), default=0) for xs in _columns(every)]
    shown = visible_range(len(found), at, height)
    above = {i: found[i - 1] for i in shown[1:]}
    rows = [_choice_row(found[i], columns, width, glyphs, is_active=i == at, follows=above.get(i)) for i in shown]
    return styled.fill_height(rows if found else [(styled.muted("   nothing matches"),)], height)


def _columns(choices: Sequence[Choice]) -> tuple[list[str], list[str], list[str]]:
    return [c.group for c in choices], [c.name for c in choices], [c.key for c in choices]


def _choice_row(
    choice: Choice, columns: Sequence[int], width: int, glyphs: Glyphs, *, is_active: bool, follows: Choice | None
) -> StyledRow:
    """Return the row of an entry: its group where that is new, its key, its name and what is behind it."""
    row: StyledRow = (styled.mark_active(glyphs.active, is_active), StyledText(" "))
    if columns[0]:
        group = "" if follows and follows.group == choice.group else choice.group
        row = (*row, styled.muted(_padded(group, columns[0] + 2)))
    key = min(columns[2], max(6, width // 4))
    row = (*row, styled.key(_padded(styled.truncate(glyphs.words(choice.key), key, glyphs.cut), key + 2)))
    name = _padded(screen_text(choice.name), columns[1] + 2 if choice.more else 0)
    row = (
        *row,
        styled.label(name, choice.label) if choice.label else StyledText(name),
        styled.muted(screen_text(choice.more)),
    )
    if is_active:
        row = tuple(StyledText(p.text, styled.Styles.BOLD) if p.style == styled.Styles.TEXT else p for p in row)
    if styled.row_width(row) > width:
        return (*styled.fit_row(row, max(0, width - 1)), styled.muted(glyphs.cut))
    return row


def _padded(text: str, width: int) -> str:
    """Return a text with blanks up to ``width`` cells."""
    return text + " " * (width - cell_len(text))
