"""A page that came up too short a time ago cannot have been read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.session.annotation_controller import AnnotationController
from annotator.session.page_reading import READING_SPEED, PageReading
from tests import builders


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.floats(0, 60))
def test_as_many_tokens_are_read_as_the_time_allows(counts: list[int], seconds: float) -> None:
    """All sentences of a page that came up at once have the same time, whatever was read before."""
    page = PageReading()
    page.see(["before"], 0.0)
    tokens = [(f"s{i}", n) for i, n in enumerate(counts)]
    page.see([i for i, _ in tokens], 100.0)
    unread = page.unread_tokens([("before", 500), *tokens], 100.0 + seconds)
    assert (unread == sum(counts)) is (sum(counts) > seconds * READING_SPEED)


@pytest.mark.parametrize(("seconds", "presses"), [(1, 2), (60, 1)])
def test_a_page_that_just_came_up_wants_one_more_press(tmp_path: Path, seconds: int, presses: int) -> None:
    """`*` names what came up a moment ago; the same key at once again accepts, any other key forgets it."""
    session = builders.open_session(builders.make_corpus(tmp_path / "news"))
    clock = session._clock
    assert isinstance(clock, builders.Clock)
    clock.seconds = seconds
    controller = AnnotationController(session)
    controller.set_visible((0, 1, 2))
    for n in range(1, presses):
        state = controller.dispatch("accept_view")
        assert state.message
        assert "came up a moment ago" in state.message.text
        assert state.done == 0
        assert controller.dispatch("sentence_down").done == 0
        assert controller.dispatch("accept_view").done == 0, n
    assert controller.dispatch("accept_view").done == 3
    session.close()
