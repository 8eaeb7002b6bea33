"""Draw the README's pictures from the running app: ``python -m tests.scripts.make_picture [FOLDER]``.

The sample is opened in a headless terminal by somebody new, keys are typed, and the screens that
come of it are saved as SVG. Clock and zone are set, so the same app gives the same bytes.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from annotator.core.spans import Span
from annotator.core.suggestion import span_from_suggestion
from annotator.core.tokens import token_range
from annotator.session.session import AnnotationSession
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.user_files import Preferences
from annotator.tui.app import AnnotatorApp
from tests.scripts.make_sample import ROOT, TIME

FOLDER = ROOT / "tests" / "data"
SMALL, LARGE = (80, 24), (120, 40)
FIRST = "s d enter d s enter a up enter d"
"""What the main picture shows: labels taken from the lanes, two sentences accepted, a third one active."""
CLAIMS = "backslash 1 full_stop 9 enter s a f l space"
"""To a claim with a count in it: three labels taken, and a count selected by its letter and grown."""
SENTENCES = 40
"""How many sentences are typed for the worklist and the figures: two articles."""
FORGOTTEN = 9
"""Of so many spans one is forgotten, as people do: else the worklist would have nothing to show."""
KEY, WORD = 0.28, 0.25
"""Seconds that the clock goes on with a key (Card, Moran and Newell 1980), and with a word to read."""


class Clock:
    """A clock that a script sets forward."""

    def __init__(self) -> None:
        """Begin with 2026."""
        self.now = TIME

    def __call__(self) -> float:
        """Return the time, in seconds since 1970."""
        return self.now


@dataclass(frozen=True, slots=True)
class Stage:
    """The app at work, and what drives it."""

    app: AnnotatorApp
    pilot: Pilot[Any]
    clock: Clock

    async def type(self, keys: str) -> None:
        """Press keys by Textual's names."""
        for key in keys.split():
            self.clock.now += KEY
            await self.pilot.press(key)

    async def picture(self) -> str:
        """Return the screen as SVG, once everything is saved and drawn; fails where a key went wrong."""
        self.app.session.flush()
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()
        message = self.app.controller.message
        assert message is None or not message.warning, message
        svg = self.app.export_screenshot(title="annotator")
        # Some viewers drop blanks at the edges of a text otherwise, hard ones too.
        return svg.replace("<svg ", '<svg xml:space="preserve" ', 1)


@asynccontextmanager
async def stage(folder: Path, size: tuple[int, int], theme: str = "") -> AsyncIterator[Stage]:
    """Open a fresh copy of the sample, of which nothing is annotated yet."""
    shutil.copytree(ROOT / "corpus", folder, ignore=shutil.ignore_patterns("sources", "annotations", ".*"))
    corpus, clock = CorpusFolder.open(folder), Clock()
    session = AnnotationSession(
        corpus, Journal.open(folder, "ana"), schema=corpus.schema, annotator="ana", clock=clock, session_id="ana-1"
    )
    app = AnnotatorApp(session, Preferences(fade=0.0), theme=theme)
    try:
        async with app.run_test(size=size) as pilot:
            yield Stage(app, pilot, clock)
    finally:
        session.close()


def gold() -> Mapping[str, Sequence[Span]]:
    """Return the spans of each sentence of the sample that the guide has annotated, by sentence id."""
    records = Journal.open(ROOT / "corpus", "guide", read_only=True).records
    return {r.annotated.sentence.id: r.annotated.annotation.spans for r in records}


async def annotate(on: Stage, sentences: int) -> None:
    """Read sentences and type their spans, all but those that are forgotten."""
    spans, seen, session = gold(), 0, on.app.session
    for _ in range(sentences):
        s = session.annotated.sentence
        on.clock.now += WORD * len(s.tokens)
        for span in spans.get(s.id, ()):
            seen += 1
            if seen % FORGOTTEN:
                await on.type(keys_for(on.app, span))
        await on.type("enter" if s.id in spans else "minus")


def keys_for(app: AnnotatorApp, span: Span) -> str:
    """Return the keys of a span: its label's alone if that takes it, else the hints of its ends before.

    Empty for a span that has a word without a hint at an end.
    """
    state = app.controller.state()
    label = app.session.schema.label(span.label)
    assert label is not None
    target = state.next_suggestions.get(span.label)
    if target and target[0] == state.active and span_from_suggestion(target[1]).key == span.key:
        return label.key
    first, end = token_range(state.annotated.sentence.tokens, span.start, span.end)
    hints = state.hints[first].letters, state.hints[end - 1].letters
    return " ".join((*hints[0], *hints[1], label.key)) if all(hints) else ""


async def suggestions(folder: Path) -> dict[str, str]:
    """Return the main picture: suggestions as lanes, some taken."""
    async with stage(folder / "screen", SMALL) as on:
        await on.type(FIRST)
        return {"screen.svg": await on.picture()}


async def claims(folder: Path) -> dict[str, str]:
    """Return the large screen with its panel, in the light theme."""
    async with stage(folder / "wide", LARGE, "light") as on:
        await on.type(CLAIMS)
        return {"wide.svg": await on.picture()}


async def work(folder: Path) -> dict[str, str]:
    """Return figures and worklist after some work."""
    async with stage(folder / "work", LARGE) as on:
        await annotate(on, SENTENCES)
        await on.type("dollar_sign")
        stats = await on.picture()
        await on.type("escape")
        await on.pilot.resize_terminal(*SMALL)
        await on.type("right_square_bracket")
        return {"stats.svg": stats, "worklist.svg": await on.picture()}


Maker = Callable[[Path], Coroutine[Any, Any, dict[str, str]]]
MAKERS: tuple[Maker, ...] = (suggestions, claims, work)


@contextmanager
def utc() -> Iterator[None]:
    """Show times as UTC, whatever the zone of the machine."""
    old = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        os.environ.update({"TZ": old} if old is not None else {})
        time.tzset()


def take(makers: Sequence[Maker] = MAKERS) -> dict[str, str]:
    """Return the SVG of each picture by its file's name."""
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as temporary, utc():
        for make in makers:
            found |= asyncio.run(make(Path(temporary)))
    return found


def main() -> None:
    """Take the pictures and put them in their place."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for name, picture in take().items():
        (folder / name).write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
