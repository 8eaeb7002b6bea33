"""A page that came up too short a time ago cannot have been read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.article import Sentence
from annotator.session.annotation_controller import AnnotationController
from annotator.session.page_reading import READING_SPEED, PageReading
from tests import builders

COUNTS = st.lists(st.integers(1, 60), min_size=1, max_size=8)


def _sentences(counts: list[int], start: int = 1000) -> list[Sentence]:
    return [builders.sentence("so " * n, start=start * (i + 1)) for i, n in enumerate(counts)]


@given(COUNTS, st.floats(0, 60))
def test_as_many_tokens_are_read_as_the_time_allows(counts: list[int], seconds: float) -> None:
    """All sentences of a page that came up at once have the same time, whatever was read before."""
    page, before, sentences = PageReading(), builders.sentence("so " * 500), _sentences(counts)
    page.see([before], 0.0)
    page.see(sentences, 100.0)
    unread = page.unread_tokens([before, *sentences], 100.0 + seconds)
    total = sum(len(s.tokens) for s in sentences)
    assert unread == (total if total > seconds * READING_SPEED else 0)


@given(COUNTS, st.lists(st.floats(0, 9), min_size=8, max_size=8))
def test_sentence_by_sentence_no_more_is_accepted_than_at_once(counts: list[int], waits: list[float]) -> None:
    """What one accept has used up of the time is not there for the next; what was warned of does not count."""
    page, sentences, now, accepted = PageReading(), _sentences(counts), 100.0, 0
    page.see(sentences, now)
    for sentence, wait in zip(sentences, waits, strict=False):
        now += wait
        fits = accepted + len(sentence.tokens) <= (now - 100.0) * READING_SPEED
        assert (page.accept([sentence], now) == 0) is fits
        accepted += len(sentence.tokens) if fits else 0


@given(st.floats(0.01, 0.19), st.floats(0.2, 0.69))
def test_only_a_deliberate_press_confirms(held: float, pressed: float) -> None:
    """However long a key is held down it confirms no warning; quick presses do once it could be seen."""
    page, sentences = PageReading(), _sentences([500])
    page.see(sentences, 0.0)
    assert all(page.accept(sentences, held * n) for n in range(30))
    page.forget_warning()
    answers = [page.accept(sentences, 8.0 + pressed * n) for n in range(5)]
    assert answers[:2] == [500, 500]
    assert 0 in answers


def _controller(tmp_path: Path, seconds: float) -> AnnotationController:
    """Return a controller whose clock goes on by so many seconds at each look."""
    session = builders.open_session(builders.make_corpus(tmp_path / "news"))
    assert isinstance(session._clock, builders.Clock)
    session._clock.seconds = seconds
    return AnnotationController(session)


@pytest.mark.parametrize(("seconds", "presses"), [(1, 2), (60, 1)])
def test_a_page_that_just_came_up_wants_one_more_press(tmp_path: Path, seconds: int, presses: int) -> None:
    """`*` names what came up a moment ago; the same key at once again accepts, any other key forgets it."""
    controller = _controller(tmp_path, seconds)
    controller.set_visible((0, 1, 2))
    for n in range(1, presses):
        state = controller.dispatch("accept_view")
        assert state.message
        assert "came up a moment ago" in state.message.text
        assert state.done == 0
        assert controller.dispatch("sentence_down").done == 0
        assert controller.dispatch("accept_view").done == 0, n
    assert controller.dispatch("accept_view").done == 3
    controller.session.close()


@pytest.mark.parametrize("held", ["accept", "accept_view"])
def test_a_burst_accepts_nothing_unread(tmp_path: Path, held: str) -> None:
    """However often the key comes in a burst, the warning stays; where the page was there for long it accepts."""
    controller = _controller(tmp_path, 0.01)
    controller.set_visible((0, 1, 2))
    for _ in range(9):
        state = controller.dispatch(held)
    assert state.message
    assert "came up a moment ago" in state.message.text
    assert state.done == 0
    controller.dispatch("accept_view" if held == "accept" else "accept")  # another key's warning confirms nothing
    assert controller.state().done == 0
    controller.session.now = lambda: 1e12  # type: ignore[method-assign]
    for _ in range(3):
        state = controller.dispatch("accept")
    assert state.done == 3
    controller.session.close()


def test_a_sentence_that_is_joined_counts_from_when_it_came_up(tmp_path: Path) -> None:
    """What was on the screen for long is read, joined with the next or not; so is one taller than the screen."""
    controller = _controller(tmp_path, 60)
    controller.set_visible((0, 1, 2))
    controller.dispatch("join")
    now = controller.session.now()
    controller.session.now = lambda: now  # type: ignore[method-assign]
    controller.set_visible((0, 1))
    assert controller.dispatch("accept").done == 1
    controller.set_visible(())  # the next one is taller than the screen, and came up now
    controller.dispatch("last")
    controller.set_visible(())
    assert "came up a moment ago" in str(controller.dispatch("accept").message)
    controller.session.close()
