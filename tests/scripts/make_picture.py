"""Draw the README's picture from the running app: ``python -m tests.scripts.make_picture``.

The annotated sample is opened in a headless terminal, a few keys are typed, and the screen that
comes of it is saved as SVG.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

from annotator.session.session import Session
from annotator.storage.corpus import Corpus
from annotator.storage.journal import Journal
from annotator.storage.prefs import Preferences
from annotator.tui.app import AnnotatorApp
from tests.scripts.make_sample import ROOT, TIME

PICTURE = ROOT / "tests" / "data" / "screen.svg"
KEYS = "home down down down down down tab tab tab tab"
"""What is typed before the picture is taken: to a claim inside a claim in the sixth sentence."""
SIZE = (120, 40)


async def take(folder: Path, keys: str, size: tuple[int, int]) -> str:
    """Type ``keys`` into a fresh copy of the sample and return the screen as SVG."""
    shutil.copytree(ROOT / "corpus", folder, ignore=shutil.ignore_patterns("sources", ".*"))
    corpus = Corpus.open(folder)
    journal = Journal.open(folder, "guide")
    session = Session(
        corpus, journal, schema=corpus.schema, annotator="guide", clock=lambda: TIME, session_id="picture"
    )
    session.go_to(session.works_of(session.queue[0])[0].sentence.id)
    app = AnnotatorApp(session, Preferences())
    async with app.run_test(size=size) as pilot:
        for key in keys.split():
            await pilot.press(key)
        session.flush()
        await pilot.pause()
        picture = app.export_screenshot(title="annotator")
    session.close()
    return picture


def main() -> None:
    """Take the picture."""
    with tempfile.TemporaryDirectory() as temporary:
        picture = asyncio.run(take(Path(temporary) / "sample", KEYS, SIZE))
    PICTURE.write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
