"""The worklist of suggestions that were open at the accept: a key opens it, one settles an item, no row is too wide."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation import AnnotatedSentence
from annotator.core.suggestion import LeftSuggestion
from annotator.session.review_queue import LeftItem
from annotator.tui.layout.styled_text import BOX_GLYPHS, row_width
from annotator.tui.layout.worklists import LeftView, left_worklist_rows
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.worklists import LeftScreen
from tests import builders
from tests.app_pilot import RunningApp, running_app
from tests.hostile_text import PAYLOADS, commands_in

TEXT = """Harbour day
By Ilka Moran

Ada Pell opened the harbour at Tarn Quay. Ada Pell left. It rained."""
FOUND = {"Ada Pell": ("PERSON", 0.9), "Tarn Quay": ("VENUE", 0.5)}


async def _settle(d: RunningApp) -> None:
    await d.app.workers.wait_for_complete()
    await d.pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_each_suggestion_is_settled_by_one_key(tmp_path: Path, size: tuple[int, int]) -> None:
    """L lists them, y, 0 and n settle one each, u takes back, Enter goes there with the words selected."""
    async with running_app(tmp_path / "news", builders.article(TEXT, "ty-b", origin="day.txt"), size=size) as d:
        d.session.suggestion_service = cast("Any", builders.FixedSuggestions(FOUND))
        await d.press("enter", "enter", "L")
        await _settle(d)
        assert isinstance(d.app.screen, LeftScreen)
        assert "3 suggestions open" in d.rows()[0]
        await d.press("x", "y", "0", "u")
        assert "2 suggestions open" in d.rows()[0]
        assert [s.label for s in d.session.article_sentences[0].annotation.spans] == ["PERSON"]
        await d.press("enter")
        assert isinstance(d.app.screen, AnnotateScreen)
        assert d.session.position.sentence == 1
        assert d.app.controller.selection is not None
        await d.press("0", "L")
        await _settle(d)
        assert "1 suggestion open" in d.rows()[0]
        await d.press("n")
        assert "0 suggestions open" in d.rows()[0]
        await d.press("escape", "at")
        await _settle(d)
        assert "left" not in d.rows()[-2]


async def test_the_overview_counts_them(tmp_path: Path) -> None:
    """A mark where a sentence has a likely one, its words below, and how many the corpus has."""
    async with running_app(tmp_path / "news", builders.article(TEXT, "ty-b", origin="day.txt")) as d:
        d.session.suggestion_service = cast("Any", builders.FixedSuggestions(FOUND))
        await d.press("enter", "at")
        await _settle(d)
        first = next(row for row in d.rows() if "✓  1" in row)
        assert first.rstrip().endswith("?")
        assert any(row.rstrip().endswith("1  left: PERSON Ada Pell") for row in d.rows())
        assert d.rows()[-2].rstrip(" ─").endswith("1 suggestion left")


@given(
    st.text(min_size=2, max_size=90) | st.sampled_from(PAYLOADS) | st.just("漢字" * 60),
    st.integers(0, 90),
    st.integers(1, 40),
    st.sampled_from(["", "taken"]),
    st.integers(1, 170),
    st.integers(1, 50),
)
def test_the_rows_keep_to_their_size_and_command_nothing(
    text: str, at: int, length: int, outcome: str, width: int, height: int
) -> None:
    """Whatever the words are and however small the window is, there are as many rows as there is room."""
    start = min(at, len(text) - 1)
    left = LeftSuggestion(start, min(len(text), start + length), "PERSON", 0.9, "\x1b[2Jrules")
    annotated: AnnotatedSentence = builders.annotated_sentence(text)
    view = LeftView([LeftItem(annotated, left)] * 30, 12, annotated, lambda _: outcome, lambda _: "1.1")
    rows = left_worklist_rows(view, width, height, BOX_GLYPHS)
    assert len(rows) == height
    for row in rows:
        assert row_width(row) <= width
        assert not commands_in("".join(p.text for p in row))
