"""Lists to choose from: plain matching, one row an entry, never wider than the screen."""

from __future__ import annotations

import pytest

from annotator.session.commands import COMMANDS
from annotator.tui.layout.choices import Choice, choice_rows, matching_choices
from annotator.tui.layout.styled_text import ASCII_GLYPHS, BOX_GLYPHS, Glyphs, row_text, row_width
from annotator.tui.screens.choice import command_list

LABELS = [Choice(n, n, str(i)) for i, n in enumerate(["PERSON_LEGAL", "PERSON_NATURAL", "ILLEGAL_ACT", "SUBLEGAL"], 1)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", "PERSON_LEGAL PERSON_NATURAL ILLEGAL_ACT SUBLEGAL"),
        ("leg", "PERSON_LEGAL ILLEGAL_ACT SUBLEGAL"),
        ("per nat", "PERSON_NATURAL"),
        ("3", "ILLEGAL_ACT"),
        ("plegal", ""),
    ],
)
def test_what_one_types_is_a_part_of_the_name_or_the_number(typed: str, found: str) -> None:
    """The start of a word comes before a part of one; letters that are merely in order match nothing."""
    assert [c.name for c in matching_choices(LABELS, typed)] == found.split()


def test_a_number_is_meant_whole_before_its_beginning() -> None:
    """1 is entry 1, then 10 to 19; never 21."""
    choices = [Choice(str(n), f"LABEL{chr(64 + n)}", str(n), others=str(n)) for n in range(1, 25)]
    assert [c.key for c in matching_choices(choices, "1")] == ["1", *map(str, range(10, 20))]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("over", "overview"),
        ("hint", "hints"),
        ("undo", "undo"),
        ("R", "repairs"),
        ("hint_mode", "hint_mode"),
        ("look_alikes", "look_alikes"),
        ("look_", "look_alikes"),
        ("_", "split"),
    ],
)
def test_a_command_is_found_by_its_name_first(typed: str, first: str) -> None:
    """The name that the keymap uses and the key come before words of the description."""
    assert matching_choices(command_list(COMMANDS)._choices, typed)[0].id == first


@pytest.mark.parametrize("glyphs", [BOX_GLYPHS, ASCII_GLYPHS])
@pytest.mark.parametrize("width", [160, 80, 40, 12])
def test_each_entry_has_one_row(width: int, glyphs: Glyphs) -> None:
    """The commands are listed a row each, by task, and no row is wider than the screen."""
    choices = command_list(COMMANDS)._choices
    assert len(choices) == len(COMMANDS) - 1
    rows = choice_rows(choices, choices, 3, width, len(choices), glyphs)
    assert len(rows) == len(choices)
    assert all(row_width(r) <= width for r in rows)
    if width >= 80:
        assert all(c.name[: width // 2] in row_text(r) for c, r in zip(choices, rows, strict=True))
        assert [r for r in map(row_text, rows) if r[2:].startswith("Label ")], "each task is named once"
