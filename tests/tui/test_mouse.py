"""The mouse: what is written on the screen can be clicked, the wheel goes from sentence to sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.styled_text import PressKey
from annotator.tui.screens.annotate import AnnotateScreen
from tests.app_pilot import RunningApp, running_app


async def _click(d: RunningApp, words: str, *, right: int = 0, times: int = 1) -> None:
    """Click where the screen has these words, below the head row, or some cells right of their start."""
    rows = [f"{row}\n" for row in d.rows()]
    y = next(y for y in range(1, len(rows)) if words in rows[y])
    await d.pilot.click(offset=(rows[y].index(words) + right, y), times=times)
    await d.pilot.pause()


def _spans(d: RunningApp) -> list[tuple[str, str]]:
    annotated = d.session.annotated
    return [(s.label, annotated.text_of(s)) for s in annotated.annotation.spans]


async def test_prompt_label_bar_strip_and_key_row_can_be_clicked(tmp_path: Path) -> None:
    """Each does what its key does: a label, an edge, undo, accept, a sentence of the strip, a screen."""
    async with running_app(tmp_path / "news") as d:
        await _click(d, "d COUNT 0")
        assert _spans(d) == [("COUNT", "More than 40 stalls")], "the label bar"
        await _click(d, "s Tarn Quay")
        await _click(d, "a Ilka Moran")
        assert ("PERSON", "Ilka Moran") in _spans(d), "the prompt"
        await _click(d, ". , end later", right=2)
        assert ("PERSON", "Ilka") in _spans(d), "each of two keys is a place of its own"
        await _click(d, "^Z undo")
        assert ("PERSON", "Ilka Moran") in _spans(d), "the key row"
        await _click(d, "Enter accept")
        assert "sentence 2/6" in d.rows()[0]
        strip = d.rows()[-2]
        await d.pilot.click(offset=(strip.index("▸") + 3, 22))
        assert "sentence 5/6" in d.rows()[0]
        await _click(d, "F1 all keys")
        assert not isinstance(d.app.screen, AnnotateScreen)
        await _click(d, "Esc back")
        assert isinstance(d.app.screen, AnnotateScreen)


async def test_a_click_means_what_was_there_when_the_button_went_down(tmp_path: Path) -> None:
    """A prompt that moves under the mouse is not clicked."""
    async with running_app(tmp_path / "news") as d:
        await d.press("down", "down")
        y = next(y for y, row in enumerate(d.rows()) if "Enter accept" in row)
        x = d.rows()[y].index("Enter accept")
        await d.press("up")
        await d.pilot.mouse_down(offset=(x, y))
        await d.press("down")
        await d.pilot.mouse_up(offset=(x, y))
        await d.pilot.pause()
        assert not any(w.done for w in d.session.article_sentences)


async def test_a_double_click_takes_the_word_alone(tmp_path: Path) -> None:
    """One click selects the phrase, two the word; a waiting label gets it too."""
    async with running_app(tmp_path / "news") as d:
        await _click(d, "Ilka Moran\n")
        assert "▸ Ilka Moran" in d.row("▸ ")
        await _click(d, "Ilka Moran\n", times=2)
        assert "▸ Ilka  " in d.row("▸ ")
        await d.press("escape", "d", "d")
        assert "press a letter" in d.row("▸ "), "no COUNT is left: the label waits"
        await _click(d, "opened on", times=2)
        assert _spans(d) == [("COUNT", "More than 40 stalls"), ("COUNT", "opened")]


async def test_the_wheel_goes_from_sentence_to_sentence_and_through_lists(tmp_path: Path) -> None:
    """It changes no annotation; in the overview and in the palette it moves too."""
    async with running_app(tmp_path / "news") as d:
        before = d.session.article_sentences
        await d.pilot._post_mouse_events([MouseScrollDown, MouseScrollDown], "#body", offset=(10, 5))
        assert "sentence 3/6" in d.rows()[0]
        await d.pilot._post_mouse_events([MouseScrollUp], "#body", offset=(10, 5))
        assert "sentence 2/6" in d.rows()[0]
        await d.press("@")
        await d.pilot._post_mouse_events([MouseScrollDown], "#body", offset=(10, 5))
        await d.pilot.pause()
        assert d.session.position.sentence == 2
        assert d.session.article_sentences == before


@pytest.mark.parametrize("width", [12, 30])
def test_cut_and_joined_pieces_keep_their_actions(width: int) -> None:
    """However a row is cut or merged, a column means the same action."""
    row = (*styled.clickable((styled.key("Enter"), styled.muted(" accept")), "accept"), styled.muted("  "))
    row = (*row, *styled.clickable((styled.key("F1"),), PressKey("f1")))
    for made in (styled.fit_row(row, width), styled.merge_styles(row), styled.clip_words(row, width)):
        for column in range(min(10, styled.row_width(made) - 1)):
            assert styled.action_at(made, column) == styled.action_at(row, column)


async def _go_over(d: RunningApp, words: str, to: str, *between: str) -> None:
    """Press the mouse on one word, press keys, and release it over another one that is there then."""
    for word, act in ((words, d.pilot.mouse_down), (to, d.pilot.hover), (to, d.pilot.mouse_up)):
        y = next(y for y, row in enumerate(d.rows()) if y and word in row)
        await act(offset=(d.rows()[y].index(word), y))
        if act == d.pilot.mouse_down and between:
            await d.press(*between)
    await d.pilot.pause()


async def test_an_armed_label_gets_what_was_dragged_over(tmp_path: Path) -> None:
    """Not the word at which the mouse went down: the release decides."""
    async with running_app(tmp_path / "news") as d:
        await d.press("d", "d")
        assert "press a letter" in d.row("▸ ")
        await _go_over(d, "opened", "Quay")
        assert _spans(d)[1:] == [("COUNT", "opened on Tarn Quay")]


async def test_a_drag_ends_with_its_sentence(tmp_path: Path) -> None:
    """A key that leads to a shorter sentence while the mouse is held leaves nothing to select there."""
    async with running_app(tmp_path / "news") as d:
        await _go_over(d, "Friday,", "smiled", "down", "down")
        assert "sentence 3/6" in d.rows()[0]
        assert d.app.controller.selection is None


async def test_the_second_of_a_double_click_presses_no_item(tmp_path: Path) -> None:
    """The prompt has moved by then: what is under the mouse was not chosen."""
    async with running_app(tmp_path / "news") as d:
        d.app.controller.spans_made = 3
        await d.press("down")
        await d.pilot.click(offset=(d.rows()[-1].index("Enter"), 23), times=2)
        await d.pilot.pause()
        assert sum(x.done for x in d.session.article_sentences) == 1
