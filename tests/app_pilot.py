"""The app under Textual's pilot: opened on a small corpus, read as rows of text."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from annotator.core.article import Article
from annotator.session.session import AnnotationSession
from annotator.storage.user_files import Preferences
from annotator.tui.app import AnnotatorApp
from tests import builders


@dataclass
class RunningApp:
    """A running app with its pilot."""

    app: AnnotatorApp
    pilot: Pilot[Any]

    @property
    def session(self) -> AnnotationSession:
        """The session that the app shows."""
        return self.app.session

    async def press(self, *keys: str) -> None:
        """Press keys and wait until they are drawn."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def press_at_once(self, *keys: str) -> None:
        """Press keys as they come in one packet: none waits until the one before is done; a character or a name."""
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 else key
            self.app.post_message(events.Key(name, {"enter": "\r"}.get(key, key if len(key) == 1 else None)))
        for _ in range(3):
            await self.pilot.pause()

    def rows(self) -> list[str]:
        """Return what the terminal shows, row by row, without blanks at the ends."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def raw(self) -> str:
        """Return all that is shown as one text."""
        return "\n".join(self.rows())

    def row(self, words: str) -> str:
        """Return the first row that holds ``words``."""
        return next((r for r in self.rows() if words in r), "")

    async def saved(self) -> None:
        """Wait until all is on the disk and the mark is drawn."""
        assert self.session.flush()
        await self.pilot.pause()


@asynccontextmanager
async def running_app(
    path: Path,
    *articles: Article,
    size: tuple[int, int] = (80, 24),
    schema: str = builders.NEWS,
    preferences: Preferences | None = None,
    read_only: bool = False,
    start: str = "",
    notifications: bool = False,
    **options: Any,
) -> AsyncIterator[RunningApp]:
    """Open the app on a corpus, made of these articles where there is none yet; close the session after.

    Letters are over all words unless there are ``preferences``, so that a test can press any of them.
    """
    if not (path / "corpus.toml").exists():
        builders.make_corpus(path, *articles, schema=schema)
    session = builders.open_session(path, read_only=read_only, start=start)
    app = AnnotatorApp(session, preferences or Preferences(hints="all"), **options)
    try:
        async with app.run_test(size=size, notifications=notifications) as pilot:
            await pilot.pause()
            yield RunningApp(app, pilot)
    finally:
        session.close()


def text_rows(rows: Sequence[str]) -> str:
    """Return rows as a snapshot shows them, each between bars so that its end is seen."""
    return "\n".join(f"|{row}" for row in rows)


@dataclass
class Timer:
    """A timer that rings when the test says so."""

    seconds: float
    ring: Callable[[], None]
    on: bool = True

    def stop(self) -> None:
        self.on = False
