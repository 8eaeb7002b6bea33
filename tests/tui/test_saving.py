"""What the app shows and asks while nothing can be saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from annotator.session.state import SaveState
from tests.app_pilot import RunningApp, running_app


@contextmanager
def full_disks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fill the disks of the corpus and of the rescue files."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        for name in ("journal.append_durable", "rescue.write_numbered", "rescue.write_atomic"):
            patch.setattr(f"annotator.storage.{name}", full)
        yield


async def _accept_without_room(d: RunningApp, count: int) -> None:
    for _ in range(count):
        await d.press("enter")
    assert not d.session.flush()
    await d.pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_the_reason_is_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    """Why nothing is saved is on every screen in rows of its own, whole; the rows below it stay what they were."""
    async with running_app(tmp_path / "news", size=size) as d:
        with full_disks(monkeypatch):
            await _accept_without_room(d, 2)
            for screen in ("", "at", "number_sign", "slash"):
                if screen:
                    await d.press(screen)
                shown = " ".join(d.raw().split())
                assert "in memory only: cannot save here: the disk is full" in shown
                if screen:
                    await d.press("escape")
        assert "PERSON" in d.rows()[-2] or size[0] == 40


@pytest.mark.parametrize("keys", [("ctrl+q",), ("ctrl+c", "ctrl+c")])
async def test_leaving_asks_before_work_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...]
) -> None:
    """Decisions in memory only are discarded by choice alone: keys pressed in haste stay."""
    async with running_app(tmp_path / "news") as d:
        with full_disks(monkeypatch):
            await _accept_without_room(d, 2)
            await d.press(*keys)
            assert "discard 2 decisions?" in d.raw()
            await d.press(*keys, *keys)
            assert d.app.return_code is None
            await d.press("enter")
            assert "discard 2 decisions?" not in d.raw()
            await d.press(*keys, "down", "enter")
            assert "it cannot be saved yet; follow the red rows" in d.raw()
            assert d.app.return_code is None
            await d.press(*keys, "down", "down", "enter")
            assert d.app.return_code == 0


async def test_leaving_saves_when_there_is_room_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving tries once more: where there is room nothing is asked and nothing is lost."""
    async with running_app(tmp_path / "news") as d:
        with full_disks(monkeypatch):
            await _accept_without_room(d, 2)
        await d.press("ctrl+q")
        assert d.app.return_code == 0
        assert d.session.save_state is SaveState.SAVED


async def test_a_key_saves_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """S says that it fails while there is no room; later it saves, and the red rows are gone."""
    async with running_app(tmp_path / "news") as d:
        with full_disks(monkeypatch):
            await _accept_without_room(d, 1)
            await d.press("S")
            assert "it cannot be saved yet; follow the red rows" in d.raw()
        await d.press("S")
        assert "saving works again: everything is saved" in d.raw()
        assert "in memory only" not in d.raw()
        assert "NOT SAVED" not in d.raw()


async def test_a_new_banner_is_not_hidden_by_older_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies over the red rows goes away as they come: their reason and their file can be read at once."""
    async with running_app(tmp_path / "news") as d:
        d.app.notify("an older message", timeout=60)
        with full_disks(monkeypatch):
            await _accept_without_room(d, 1)
            assert not len(d.app._notifications)
