"""The worklist of two machines: a key opens it, one settles an item, no row is too wide."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.spans import Span
from annotator.session.two_machines import MachineDifference
from annotator.session.two_machines_queue import DifferenceItem
from annotator.tui.layout.styled_text import BOX_GLYPHS, row_width
from annotator.tui.layout.two_machines import DifferenceView, difference_worklist_rows
from annotator.tui.screens.worklists import TwoMachinesScreen
from tests import builders
from tests.app_pilot import running_app
from tests.hostile_text import PAYLOADS, commands_in
from tests.session.test_two_machines import joined

__all__ = ["joined"]


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_both_sides_are_shown_and_one_key_settles(joined: Path, size: tuple[int, int]) -> None:
    """M opens the list, other keys do nothing, 1 lets the first side count, u takes it back."""
    async with running_app(joined, size=size) as d:
        await d.press("M")
        await d.app.workers.wait_for_complete()
        await d.pilot.pause()
        assert isinstance(d.app.screen, TwoMachinesScreen)
        assert "1 sentence open" in d.rows()[0]
        shown = "\n".join(d.rows())
        assert "VENUE" in shown
        assert "COUNT" in shown
        await d.press("x", "y", "3", "1")
        assert "0 sentences open" in d.rows()[0]
        assert "machine 1 counts" in d.rows()[-2]
        await d.press("u")
        assert "1 sentence open" in d.rows()[0]
        await d.press("2", "escape")
        assert d.session.flush()


@given(
    st.text(min_size=2, max_size=90) | st.sampled_from(PAYLOADS) | st.just("漢字" * 60),
    st.integers(0, 90),
    st.sampled_from([None, True, False]),
    st.integers(1, 170),
    st.integers(1, 50),
)
def test_the_rows_keep_to_their_size_and_command_nothing(
    text: str, start: int, settled: bool | None, width: int, height: int
) -> None:
    """Whatever the words are and however small the window is, there are as many rows as there is room."""
    start = min(start, len(text) - 1)
    first = builders.annotated_sentence(text, Span(start, len(text), "PERSON"))
    second = builders.annotated_sentence(text)
    items = [DifferenceItem(second, MachineDifference(first, second))] * 20
    outcome = {} if settled is None else {7: settled}
    rows = difference_worklist_rows(DifferenceView(items, 7, outcome, lambda _: "1.1"), width, height, BOX_GLYPHS)
    assert len(rows) == height
    for row in rows:
        assert row_width(row) <= width
        assert not commands_in("".join(p.text for p in row))
