"""The other screens, sizes and themes: each opens, closes and survives whatever the window does."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from annotator.core.article import LineVerdict
from annotator.session.commands import COMMANDS, WORKLIST_COMMANDS
from annotator.session.screen_keys import (
    FIGURES,
    LINES,
    LISTS,
    OVERVIEW,
    QUESTIONS,
    SEARCH,
    TEXTS,
    WORKLISTS,
    key_sections,
)
from annotator.storage.user_files import Preferences
from annotator.tui.colours import PALETTES
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.row_screen import RowScreen
from tests.app_pilot import RunningApp, running_app

SCREENS = {
    "overview": ("at", "Overview · news", ("escape", "enter", "semicolon", "at", "q", "f2")),
    "lines": ("number_sign", "lines are annotated", ("escape", "semicolon", "number_sign", "q", "f3")),
    "guide": ("question_mark", "Guideline", ("escape", "semicolon", "enter", "q")),
    "search": ("slash", "Search · news", ("escape", "semicolon")),
    "worklist": ("right_square_bracket", "Worklist", ("escape", "semicolon", "q")),
    "repairs": ("R", "inside a token", ("escape", "semicolon", "q")),
    "help": ("f1", "The keys for most of the work", ("escape", "semicolon", "question_mark", "q", "f1")),
}


def _annotating(d: RunningApp) -> bool:
    return isinstance(d.app.screen, AnnotateScreen)


@pytest.mark.parametrize("name", SCREENS)
async def test_each_screen_opens_and_closes(tmp_path: Path, name: str) -> None:
    """A key opens it, each closing key leads back to the sentence in hand."""
    key, words, closing = SCREENS[name]
    async with running_app(tmp_path / "news") as d:
        for close in closing:
            await d.press(key)
            assert words in d.raw()
            await d.press(close)
            assert _annotating(d), close


async def test_the_overview_moves_the_session(tmp_path: Path) -> None:
    """Arrows, article keys, Home, End and n move in the overview; Enter goes on there."""
    async with running_app(tmp_path / "news") as d:
        await d.press("enter", "at", "end")
        assert d.session.position.sentence == 5
        await d.press("right_parenthesis")
        assert "article 2/2" in d.rows()[0]
        assert "The footbridge at Osmund Lock shut on Monday." in d.raw()
        await d.press("up", "n", "n", "home", "down", "enter")
        assert _annotating(d)
        assert d.session.position.sentence == 1


async def test_lines_can_be_switched_and_taken_back(tmp_path: Path) -> None:
    """Space and the letters give a line its verdict, u takes it back, the mark shows what a person did."""
    async with running_app(tmp_path / "news") as d:
        await d.press("number_sign", "down", "down", "down", "space")
        article = d.session.article(d.session.current_article_id)
        assert article.lines[6].verdict is LineVerdict.BODY
        assert "body: switched by ana (was boilerplate)" in d.rows()[-2]
        assert "*body" in d.row("Subscribe").replace(" ", "")
        await d.press("c")
        assert d.session.article(article.id).lines[6].verdict is LineVerdict.CAPTION
        await d.press("u", "u", "u")
        assert d.session.article(article.id).lines[6].verdict is LineVerdict.BOILERPLATE
        assert "nothing to undo in this article" in d.rows()[-2]
        await d.press("home", "down", "down", "space")
        assert "a blank line holds nothing to annotate" in d.rows()[-2]
        await d.press("end", "escape")
        assert _annotating(d)


async def test_the_guide_goes_on_to_the_keys_and_scrolls(tmp_path: Path) -> None:
    """? twice is the list of keys: a card, then all tasks folded; it can be read to its end."""
    async with running_app(tmp_path / "news") as d:
        await d.press("question_mark", "question_mark")
        assert "The keys for most of the work" in d.rows()[1]
        assert d.row("+ Select")
        assert "end later, by one word" not in d.raw()
        await d.press("down", "down", "down", "enter")
        assert "end later, by one word" in d.raw()
        await d.press("enter")
        assert "end later, by one word" not in d.raw()
        await d.press("asterisk", *["pagedown"] * 20)
        last = list(key_sections(COMMANDS))[-1]
        assert last.rows[-1][1] in d.raw()
        await d.press("up", "pageup", "escape")
        assert _annotating(d)


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_each_screen_opens_the_keys_at_its_own(tmp_path: Path, size: tuple[int, int]) -> None:
    """F1 shows the keys of the screen on which it is pressed first, and leads back to it."""
    titles = {"at": OVERVIEW, "number_sign": LINES, "slash": SEARCH, "right_square_bracket": WORKLISTS}
    titles |= {"dollar_sign": FIGURES, "backslash": QUESTIONS, "question_mark": TEXTS, "colon": LISTS}
    async with running_app(tmp_path / "news", size=size) as d:
        for key, title in titles.items():
            await d.press(key)
            there = d.app.screen
            await d.press("f1")
            assert d.row(f"▌ - {title}"), "its section is unfolded and shown"
            first = next(s for s in key_sections(COMMANDS + WORKLIST_COMMANDS) if s.title == title).rows[0]
            assert " ".join(first[1].split()[:3]) in d.raw()
            await d.press("f1")
            assert d.app.screen is there
            await d.press("escape")
            assert _annotating(d)


async def test_the_palette_runs_commands_of_the_registry(tmp_path: Path) -> None:
    """: opens the palette; what one types finds a command; Enter carries it out; Esc leaves it."""
    async with running_app(tmp_path / "news") as d:
        await d.press("colon")
        assert not _annotating(d)
        await d.press("escape")
        assert _annotating(d)
        await d.press("colon", *"overview of")
        await d.app.workers.wait_for_complete()
        await d.pilot.pause()
        await d.press("enter")
        await d.pilot.pause()
        assert "Overview · news" in d.raw()


async def test_every_theme_draws_every_screen(tmp_path: Path) -> None:
    """~ goes round the themes and names each; text stays the same in each, and the last one is remembered."""
    async with running_app(tmp_path / "news") as d:
        before = d.rows()
        for n, name in enumerate([*PALETTES, next(iter(PALETTES))]):
            assert d.app.palette.name == name
            prompt = next(i for i, row in enumerate(before) if "▸" in row[:6])
            assert d.rows()[:prompt] == before[:prompt]
            assert n == 0 or f"theme: {name}" in d.rows()[prompt]
            key, words, _ = list(SCREENS.values())[n % len(SCREENS)]
            await d.press(key)
            assert words in d.raw()
            await d.press("escape", "tilde")
    d.app.save_and_close()
    assert Preferences.load().theme == list(PALETTES)[1]


async def test_without_colours_nothing_is_coloured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR: no cell has a colour of its own; the selection is reversed, the themes say why not."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with running_app(tmp_path / "news") as d:
        await d.press("tilde")
        assert "NO_COLOR is set" in d.raw()
        styles = [
            s.style for strip in d.app.screen._compositor.render_strips() for s in strip if s.style and s.text.strip()
        ]
        named = {c.name for s in styles for c in (s.color, s.bgcolor) if c is not None}
        assert named <= {"default"}
        await d.press("tab")
        reversed_ = [
            s.text for strip in d.app.screen._compositor.render_strips() for s in strip if s.style and s.style.reverse
        ]
        assert reversed_
    d.app.save_and_close()
    assert Preferences.load().theme == "", "no theme was chosen"


async def test_a_storm_of_sizes(tmp_path: Path) -> None:
    """From 1×1 to 200×60 and back, on every screen, nothing breaks and the rows fill the window."""
    rng = random.Random(7)
    sizes = [(1, 1), (2, 2), (3, 60), (200, 1), (9, 4), (110, 5), (140, 6), (200, 60)]
    sizes += [(rng.randint(1, 200), rng.randint(1, 60)) for _ in range(2)]
    async with running_app(tmp_path / "news") as d:
        for n, (width, height) in enumerate(sizes):
            key, _, _ = list(SCREENS.values())[n % len(SCREENS)]
            await d.pilot.resize_terminal(width, height)
            await d.press("tab", key)
            await d.pilot.resize_terminal(height, width)
            await d.press("escape", "down")
            assert len(d.rows()) == width
            assert all(len(r) <= height for r in d.rows())
        await d.press("apostrophe")
        await d.pilot.resize_terminal(4, 3)
        await d.press("escape")
        await d.pilot.resize_terminal(80, 24)
        await d.pilot.pause()
        assert "sentence" in d.rows()[0]
        assert _annotating(d)


async def test_the_palette_survives_a_tiny_window(tmp_path: Path) -> None:
    """Textual's list of commands can't wrap in no width at all; the window may still become so small."""
    async with running_app(tmp_path / "news") as d:
        await d.press("colon")
        await d.pilot.resize_terminal(4, 5)
        await d.press("down")
        await d.pilot.resize_terminal(80, 24)
        await d.press("escape")
        assert _annotating(d)


async def test_an_article_with_every_line_off_is_no_trap(tmp_path: Path) -> None:
    """With no sentence left the screen says so, and lines, overview, articles and leaving still work."""
    async with running_app(tmp_path / "news") as d:
        await d.press("right_parenthesis", "number_sign")
        await d.press("home", "down", "down", "space", "down", "space", "escape")
        assert d.session.article_sentences == ()
        assert "footbridge at Osmund" not in d.raw(), "a sentence that is gone isn't shown"
        await d.press("at")
        assert not _annotating(d)
        await d.press("home", "end", "escape")
        await d.press("number_sign", "u", "u", "escape")
        assert len(d.session.article_sentences) == 3


@pytest.mark.parametrize("name", ["", *SCREENS])
async def test_a_screen_is_drawn_once_when_it_opens(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mount, resume and the sizes that Textual reports are one drawing; a new size and a way back are one each."""
    drawn: list[str] = []
    for screen in (AnnotateScreen, RowScreen):
        real = screen.draw
        monkeypatch.setattr(screen, "draw", lambda s, f=real: [drawn.append(type(s).__name__), f(s)][1])
    async with running_app(tmp_path / "news") as d:
        await d.pilot.pause(0.1)
        if name:
            await d.press(SCREENS[name][0])
        most = {"worklist": 2, "repairs": 2}.get(name, 1)  # what a thread has found is drawn too
        assert 1 <= drawn.count(type(d.app.screen).__name__) <= most
        drawn.clear()
        await d.pilot.resize_terminal(100, 30)
        await d.pilot.pause()
        assert drawn.count(type(d.app.screen).__name__) == 1
        drawn.clear()
        if name:
            await d.press("escape")
            assert drawn.count("AnnotateScreen") == 1
