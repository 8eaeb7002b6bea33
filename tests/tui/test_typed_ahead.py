"""Keys that come in one packet: each is for the screen that the keys before it lead to."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, cast

import pytest

from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.worklists import LeftScreen
from tests import builders
from tests.app_pilot import RunningApp, running_app

CLOSED_BY_ENTER = {
    "jump": ("\\", "1", "enter"), "note": ('"', *"abc", "enter"), "palette": (":", *"flag", "enter"),
    "labels": ("'", "down", "down", "enter"), "overview": ("@", "enter"),
}  # fmt: skip


def _labels(d: RunningApp) -> list[str]:
    return sorted(s.label for s in d.session.annotated.annotation.spans)


@pytest.mark.parametrize("name", CLOSED_BY_ENTER)
async def test_a_dialog_closes_once_and_the_next_enters_are_for_the_sentences(tmp_path: Path, name: str) -> None:
    """Three Enters in one packet: the first closes the dialog, the others accept two sentences."""
    async with running_app(tmp_path / "news") as d:
        await d.press_at_once(*CLOSED_BY_ENTER[name], "enter", "enter")
        assert isinstance(d.app.screen, AnnotateScreen)
        assert sum(x.done for x in d.session.article_sentences) == 2


async def test_a_dialog_that_is_closed_closes_nothing_else(tmp_path: Path) -> None:
    """Its second dismissal, as by two clicks in one packet, leaves the screen below."""
    async with running_app(tmp_path / "news") as d:
        await d.press("colon")
        dialog = d.app.screen
        dialog.dismiss(None)
        dialog.dismiss(None)
        await d.pilot.pause()
        assert isinstance(d.app.screen, AnnotateScreen)


@pytest.mark.parametrize(
    "closed", [*CLOSED_BY_ENTER.values(), (":", "escape"), (":", ";"), ("f1", "escape")], ids="".join
)
async def test_keys_after_the_closing_key_go_to_the_screen_below(tmp_path: Path, closed: tuple[str, ...]) -> None:
    """They are no part of what was typed, and none is lost: d takes the COUNT of the sentence."""
    async with running_app(tmp_path / "news") as d:
        await d.press_at_once(*closed, "d")
        assert isinstance(d.app.screen, AnnotateScreen)
        assert "COUNT" in _labels(d)
        assert d.session.annotated.annotation.note in {"", "abc"}


async def test_a_label_chosen_by_its_key_takes_no_other_key(tmp_path: Path) -> None:
    """In the list of labels a label's key chooses at once; the next key acts on the sentence."""
    async with running_app(tmp_path / "news") as d:
        await d.press_at_once("'", "d", "s")
        assert _labels(d) == ["COUNT", "VENUE"]


async def test_keys_after_the_enter_of_a_search_wait_for_its_hit(tmp_path: Path) -> None:
    """Enter opens the first hit as soon as it is found; what follows is for the sentence that it opens."""
    async with running_app(tmp_path / "news") as d:
        await d.press_at_once("/", *"osmund", "enter", "enter")
        await d.app.workers.wait_for_complete()
        await d.press_at_once()
        assert isinstance(d.app.screen, AnnotateScreen)
        assert (d.session.position.article, d.session.position.sentence) == (1, 1)


TEXT = """Harbour day
By Ilka Moran

Ada Pell opened the harbour at Tarn Quay. Ada Pell left. It rained."""


@pytest.mark.parametrize("leaves", [False, True])
async def test_keys_of_a_worklist_wait_until_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, leaves: bool
) -> None:
    """None is swallowed, each acts in order; Esc leaves at once."""
    async with running_app(tmp_path / "news", builders.article(TEXT, "ty-b", origin="day.txt")) as d:
        d.session.suggestion_service = cast("Any", builders.FixedSuggestions({"Ada Pell": ("PERSON", 0.9)}))
        await d.press("enter", "enter")
        gate, find = threading.Event(), LeftScreen.find_items

        def slow(screen: LeftScreen, touched: Any) -> Any:
            assert gate.wait(10)
            return find(screen, touched)

        monkeypatch.setattr(LeftScreen, "find_items", slow)
        await d.press_at_once("L", "y", *(["escape"] if leaves else []))
        assert isinstance(d.app.screen, AnnotateScreen) is leaves
        gate.set()
        await d.app.workers.wait_for_complete()
        await d.press_at_once()
        labels = [s.label for x in d.session.article_sentences for s in x.annotation.spans]
        assert labels == ([] if leaves else ["PERSON"])
