"""The manual in the app: a list of the pages, and a page as rows."""

from __future__ import annotations

from pathlib import Path

from annotator.manual import manual_topics
from annotator.tui.layout.styled_text import ASCII_GLYPHS, BOX_GLYPHS, row_text
from annotator.tui.screens.dialogs import manual_rows
from tests.app_pilot import running_app


async def test_a_page_is_chosen_and_left(tmp_path: Path) -> None:
    """The palette's command lists the pages; Enter opens one, Escape goes back to the sentence."""
    async with running_app(tmp_path / "news") as d:
        d.app.run_command("manual")
        await d.press("down", "enter")
        title = list(manual_topics().values())[1]
        assert "Manual" in d.rows()[0]
        assert any(title in row for row in d.rows())
        await d.press("escape")
        assert "Manual" not in d.rows()[0]


def test_a_page_fits_its_width_and_ascii_has_no_lines() -> None:
    """No row is wider than the screen; with ASCII glyphs no line is drawn with box characters."""
    for glyphs in (BOX_GLYPHS, ASCII_GLYPHS):
        rows = [row_text(row) for row in manual_rows("export", 60, glyphs)]
        assert max(map(len, rows)) <= 60
        assert any("train.spacy" in row for row in rows)
    assert not any(set("─━│") & set(row) for row in rows)
