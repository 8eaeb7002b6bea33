"""Screens as text, row by row: what one sees at three sizes, in ASCII, and with spans in spans."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from annotator.core.edits import add_span
from tests import builders
from tests.app_pilot import RunningApp, running_app

NESTED = """Ferry talks go on

The talks went on. Mayor Ilka Moran told the council of Brackwater on Monday that more than 300 passengers \
from Old Tarn Quay Market and Sorrel Hall had been stranded, and that 212 of them were aboard the relief \
boat. Pell left.
Nobody answered him."""
SPANS = (
    ("more than 300 passengers from Old Tarn Quay Market and Sorrel Hall had been stranded", "CLAIM"),
    ("that 212 of them were aboard the relief boat", "CLAIM"),
    ("more than 300 passengers from Old Tarn Quay Market", "COUNT"),
    ("Old Tarn Quay Market", "VENUE"),
    ("Sorrel Hall", "VENUE"),
    ("212 of them", "COUNT"),
    ("Ilka Moran", "PERSON"),
    ("Brackwater", "VENUE"),
)
_TIME = re.compile(r"\d\d:\d\d:\d\d")


def _text(d: RunningApp) -> str:
    """Return the screen as text, a bar at the left edge, the clock stopped."""
    return "\n".join("|" + _TIME.sub("hh:mm:ss", row) for row in d.rows())


async def _begin(d: RunningApp) -> None:
    """Accept the first sentence, label the place in the next one and reject the third."""
    await d.press("tab", "tab", "tab")
    d.session.navigation.move_in_article(1)
    for words, label in (("36 from the boats on Tarn Quay", "COUNT"), ("Tarn Quay", "VENUE"), ("Jonas Pell", "PERSON")):
        annotated = d.session.annotated
        d.session.apply_edit(
            add_span(annotated, builders.span(annotated.sentence.text, words, label), d.session.schema)
        )
    d.app.controller.spans_made = 3
    d.session.navigation.move_in_article(0)
    await d.press("enter", "down", "exclamation_mark", "up", "up", "tab")
    d.app.controller.select_span(d.session.annotated.annotation.spans[0])
    await d.press("f1", "escape")
    await d.saved()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 48)], ids=lambda s: f"{s[0]}x{s[1]}")
async def test_annotate(tmp_path: Path, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    """The annotate screen with a span in focus, an answer of each kind, and the panel where there is room."""
    async with running_app(tmp_path / "news", size=size) as d:
        await _begin(d)
        assert _text(d) == snapshot


async def test_first_sight(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    """What a newcomer sees first: suggestions with the keys that take them, and what to press."""
    async with running_app(tmp_path / "news") as d:
        assert _text(d) == snapshot


async def test_annotate_in_ascii(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    """The same with the ASCII set."""
    async with running_app(tmp_path / "news", ascii_glyphs=True) as d:
        await _begin(d)
        assert _text(d) == snapshot


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda s: f"{s[0]}x{s[1]}")
async def test_overview(tmp_path: Path, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    """The overview of an article half done; the list of articles beside it where there is room."""
    async with running_app(tmp_path / "news", size=size) as d:
        await _begin(d)
        await d.press("at")
        await d.app.workers.wait_for_complete()
        await d.pilot.pause()
        assert _text(d) == snapshot


async def test_three_levels_over_wrapped_lines(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    """VENUE in COUNT in CLAIM, broken over lines: names on each line, open ends, links to the text."""
    article = builders.article(NESTED, "t-bb", origin="ferry.txt")
    async with running_app(tmp_path / "news", article) as d:
        d.session.navigation.move_in_article(1)
        for words, label in SPANS:
            annotated = d.session.annotated
            d.session.apply_edit(
                add_span(annotated, builders.span(annotated.sentence.text, words, label), d.session.schema)
            )
        d.app.controller.state()
        d.app.controller.clear_selection()
        await d.press("semicolon")
        await d.saved()
        assert _text(d) == snapshot
