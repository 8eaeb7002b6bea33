"""The parser of the gold notation."""

from __future__ import annotations

import pytest

from tests.sample.gold_notation import parse_gold


def test_marks_nest_and_offsets_count_code_points() -> None:
    """Offsets are those of the text without marks, and an outer span comes before its inner ones."""
    text, marks = parse_gold("{CLAIM|“{COUNT|Two 🐎 horses}, {PERSON|Åse},”} she said.")
    assert text == "“Two 🐎 horses, Åse,” she said."
    assert [(text[a:b], label) for a, b, label in marks] == [
        ("“Two 🐎 horses, Åse,”", "CLAIM"),
        ("Two 🐎 horses", "COUNT"),
        ("Åse", "PERSON"),
    ]


@pytest.mark.parametrize("line", ["{PERSON|Ann", "Ann} left", "{CLAIM|a {COUNT|b} c"])
def test_an_unbalanced_mark_is_an_error(line: str) -> None:
    """A line whose marks don't pair is refused, not guessed at."""
    with pytest.raises(ValueError, match="a mark is"):
        parse_gold(line)
