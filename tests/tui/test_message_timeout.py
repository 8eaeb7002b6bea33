"""Messages that fade: told by a timer that rings when the test says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from annotator.session.state import StatusMessage
from annotator.storage.user_files import Preferences
from annotator.tui.screens.annotate import AnnotateScreen, MessageTimeout
from tests import builders
from tests.app_pilot import Timer, running_app


class Timers:
    """Stands in for the clock."""

    def __init__(self) -> None:
        self.all: list[Timer] = []

    def set(self, seconds: float, ring: Callable[[], None]) -> Timer:
        self.all.append(Timer(seconds, ring))
        return self.all[-1]

    def running(self) -> list[Timer]:
        """Return those that somebody waits for; the look ahead at the next sentence takes a moment only."""
        return [t for t in self.all if t.on and t.seconds >= 1]


def test_a_timer_runs_only_while_a_message_that_fades_is_shown() -> None:
    """One timer for a message however often it is drawn; none for nothing, for a warning, or for never."""
    timers = Timers()
    faded: list[StatusMessage] = []
    fading = MessageTimeout(4.0, timers.set, faded.append)
    done, bad = StatusMessage("undone"), StatusMessage("no", warning=True)
    fading.show(None)
    assert not timers.all
    fading.show(done)
    fading.show(done)
    assert [t.seconds for t in timers.running()] == [4.0]
    fading.show(bad)
    assert not timers.running()
    fading.show(StatusMessage("redone"))
    fading.show(None)
    assert not timers.running()
    fading.show(done)
    timers.running()[0].ring()
    assert faded == [done]
    never = MessageTimeout(0, timers.set, faded.append)
    count = len(timers.all)
    never.show(done)
    assert len(timers.all) == count


async def test_what_was_done_goes_by_itself_and_a_warning_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message leaves the prompt row when its time is over; a warning only with the next key."""
    timers = Timers()
    monkeypatch.setattr(AnnotateScreen, "set_timer", lambda _, seconds, ring: timers.set(seconds, ring))
    async with running_app(tmp_path / "news", preferences=Preferences(fade=4.0)) as d:
        await d.press("ctrl+z")
        assert "nothing to undo" in d.raw()
        assert [t.seconds for t in timers.running()] == [4.0]
        timers.running()[0].ring()
        await d.pilot.pause()
        assert "nothing to undo" not in d.raw()
        before = timers.running()
        await d.press("0")
        assert "! " in d.row("▸ ")
        assert timers.running() == before
        await d.press("right")
        assert "! " not in d.row("▸ ")


async def test_a_question_does_not_fade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the next key answers stays until it is pressed."""
    timers = Timers()
    monkeypatch.setattr(AnnotateScreen, "set_timer", lambda _, seconds, ring: timers.set(seconds, ring))
    async with running_app(tmp_path / "news") as d:
        await d.press("percent_sign")
        assert "A label's key switches it" in d.raw()
        assert not timers.running()


async def test_a_message_over_another_screen_fades_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes back from the overview later does not find an old message."""
    timers = Timers()
    monkeypatch.setattr(AnnotateScreen, "set_timer", lambda _, seconds, ring: timers.set(seconds, ring))
    async with running_app(tmp_path / "news") as d:
        await d.press("ctrl+y")
        assert "nothing to redo" in d.raw()
        message = timers.running()[0]
        d.app.open_screen("overview")
        await d.pilot.pause()
        message.ring()
        await d.press("escape")
        assert "nothing to redo" not in d.raw()


async def test_a_message_that_doubtful_lines_cover_has_its_time_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the app reports at its start stays until it could be read."""
    timers = Timers()
    monkeypatch.setattr(AnnotateScreen, "set_timer", lambda _, seconds, ring: timers.set(seconds, ring))
    doubtful = replace(builders.bridge(), doubt="very few lines were kept")
    async with running_app(tmp_path / "news", doubtful, notice="work of others") as d:
        assert "doubtful: very few lines" in d.raw()
        timers.running()[0].ring()
        await d.press("semicolon")
        assert "work of others" in d.raw()
        timers.running()[-1].ring()
        await d.pilot.pause()
        assert "work of others" not in d.raw()


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_a_message_over_a_screen_hides_neither_the_saved_mark_nor_the_last_rows(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """However many and long the messages are, the head row and the two last rows stay as they were."""
    async with running_app(tmp_path / "news", size=size, notifications=True) as d:
        before = d.rows()
        for n in range(4):
            d.app._show_warning(f"warning {n}: " + "a line of a file that a program writes cannot be read " * 2)
        await d.pilot.pause()
        after = d.rows()
        assert "a program" in d.raw()
        assert [after[0], *after[-2:]] == [before[0], *before[-2:]]
