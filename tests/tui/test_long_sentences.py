"""Long sentences and long articles: after any key the line that one works on is on the screen, whole."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from annotator.core.article import Article
from annotator.tui.layout.article_body import active_sentence_rows, inactive_sentence_rows, selection_line
from annotator.tui.layout.styled_text import clip_row, row_text
from annotator.tui.layout.text_cells import wrap_tokens
from annotator.tui.screens.annotate import AnnotateScreen, side_panel_width
from annotator.tui.screens.row_screen import Body
from tests import builders
from tests.app_pilot import RunningApp, running_app

NAMES = ("Pia Rask", "Jonas Pell", "Ilka Moran", "Odo Tarn", "Vera Lind", "Bo Ekdal")
PLACES = ("Tarn Quay", "Sorrel Hall", "Osmund Lock", "Brackwater", "Norhaven")
WORDS = ("rowers", "barrels", "sheds", "nets", "ledgers", "lamps", "crates", "tickets")
KEYS = [
    *("right", "right", "left", "tab", "tab", "shift+tab", "space", "space", "backspace", "full_stop", "comma"),
    *("less_than_sign", "greater_than_sign", "a", "s", "d", "f", "0", "semicolon", "ctrl+z", "ctrl+y"),
    *"jkluiohnmpygertwvcbqxz",
]
MOVES = ["down", "down", "up", "home", "end", "enter", "asterisk", "minus", "equals_sign"]


def _sentence(rng: random.Random, tokens: int) -> str:
    """Return an invented sentence of at least so many tokens."""
    words: list[str] = ["On", "Monday"]
    while len(words) < tokens - 6:
        n, name, place, thing = rng.randint(2, 900), rng.choice(NAMES), rng.choice(PLACES), rng.choice(WORDS)
        words += f"{name} counted {n} {thing} in {place} , and".split()
    return " ".join([*words, "nobody", "was", "sure"]).replace(" ,", ",") + "."


def _long(sentences: int, tokens: int, seed: int) -> Article:
    rng = random.Random(seed)
    lines = [_sentence(rng, tokens) for _ in range(sentences)]
    return builders.article("A long count\n" + "\n".join(lines), "t" + "b" * sentences)


def _screen(d: RunningApp) -> AnnotateScreen:
    screen = d.app.screen
    assert isinstance(screen, AnnotateScreen)
    return screen


def _go(d: RunningApp, i: int) -> None:
    d.session.navigation.move_in_article(i)
    _screen(d).draw()


def _assert_in_view(d: RunningApp) -> None:
    """Hold the active sentence's rows to be a window of its block with the line of the selection in it."""
    screen = _screen(d)
    state = screen._drawn_state
    assert state
    assert state.selection == d.app.controller.selection
    frame = screen._frame(state, side_panel_width(screen.size.width))
    block = active_sentence_rows(state, frame.text_width, frame.glyphs, frame.hint_mode)
    here = [r for r in screen.query_one(Body)._body_rows if r.sentence == state.active and r.line >= 0]
    shown = [(r.line, row_text(r.row)) for r in here]
    whole = [(r.line, row_text(clip_row(r.row, frame.width))) for r in block]
    assert any(whole[i : i + len(shown)] == shown for i in range(len(whole) - len(shown) + 1))
    wanted = selection_line(state, frame.text_width)
    line = wrap_tokens(state.annotated.sentence.tokens, frame.text_width)[wanted]
    text = "".join(c.text for c in line.cells)
    rows = [words[6:] for n, words in shown if n == wanted]
    assert text in rows, "the line of the selection is on the screen"
    if frame.height > 6:
        assert rows[0] != text, "so are its hints"
        assert rows[-1] != text, "and its lanes"
        assert d.row("▸ "), "and the prompt"
    painted = d.rows()
    assert any(text in row for row in painted)
    assert len(painted) == screen.size.height


def _walk(rng: random.Random, keys: list[str], n: int) -> Iterator[str]:
    return (rng.choice(keys) for _ in range(n))


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (120, 40)])
async def test_a_long_sentence_scrolls_with_the_selection(tmp_path: Path, size: tuple[int, int]) -> None:
    """In a sentence of 400 tokens any walk of keys leaves the selection's line, hints and lanes in view."""
    rng = random.Random(size[0])
    async with running_app(tmp_path / "news", _long(3, 400, 1), size=size) as d:
        _go(d, 1)
        await d.press("left")
        assert d.app.controller.selection, "from the end of the sentence"
        _assert_in_view(d)
        for key in _walk(rng, KEYS, 40):
            await d.press(key)
            _assert_in_view(d)
        # From the end back to the front, word by word.
        await d.press("semicolon", "semicolon", "left")
        for _ in range(12):
            await d.press("left", "left", "left", "less_than_sign")
            _assert_in_view(d)


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (120, 40)])
async def test_enter_shows_all_of_a_sentence_before_it_accepts_it(tmp_path: Path, size: tuple[int, int]) -> None:
    """In a sentence taller than the screen Enter shows the next lines, none left out, and accepts at the last."""
    async with running_app(tmp_path / "news", _long(3, 700, 1), size=size) as d:
        _go(d, 1)
        seen: set[int] = set()
        for _ in range(100):
            screen = _screen(d)
            state = screen._drawn_state
            assert state
            frame = screen._frame(state, side_panel_width(screen.size.width))
            lines = len(wrap_tokens(state.annotated.sentence.tokens, frame.text_width))
            seen |= {r.line for r in screen.query_one(Body)._body_rows if r.sentence == 1 and r.line >= 0}
            assert ("next lines" in d.row("▸ ")) is (state.more_lines > 0)
            assert state.more_lines or max(seen) == lines - 1
            await d.press("enter")
            if d.session.sentences_of(d.session.current_article_id)[1].done:
                break
        assert seen == set(range(lines))


async def test_lines_that_a_labels_key_passed_over_come_before_the_accept(tmp_path: Path) -> None:
    """A suggestion at the end of a sentence three screens tall: its key shows the end, Enter then what is between."""
    text = _sentence(random.Random(6), 500).removesuffix("nobody was sure.") + "Zora Quell."
    async with running_app(tmp_path / "news", builders.article(f"A long count\n{text}", "tb"), size=(60, 14)) as d:
        d.session.suggestion_service = cast("Any", builders.FixedSuggestions({"Zora Quell": ("PERSON", 0.9)}))
        await d.press("a")
        assert "Zora Quell" in d.raw()
        assert "Enter next lines" in d.rows()[-1] or "next lines" in d.raw()
        await d.press("enter")
        assert not d.session.article_sentences[0].done


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_a_long_article_keeps_the_sentence_in_view(tmp_path: Path, size: tuple[int, int]) -> None:
    """In an article of 2,000 sentences moving, accepting and undoing never lose the active sentence."""
    rng = random.Random(size[1])
    async with running_app(tmp_path / "news", _long(2000, 18, 2), size=size) as d:
        for at in (0, 999, 1999):
            _go(d, at)
            for key in _walk(rng, MOVES + KEYS, 25):
                await d.press(key)
                _assert_in_view(d)


async def test_a_far_jump_lays_out_what_the_screen_shows_alone(tmp_path: Path) -> None:
    """Going to the other end of 2,000 sentences costs as many of them as fit on a screen, not all."""
    async with running_app(tmp_path / "news", _long(2000, 18, 4)) as d:
        for key in ("end", "home", "end"):
            before = inactive_sentence_rows.cache_info().misses
            await d.press(key)
            _assert_in_view(d)
            assert inactive_sentence_rows.cache_info().misses - before < 4 * 24


async def test_a_resize_keeps_the_selection_in_view(tmp_path: Path) -> None:
    """Whatever size the window takes, the line one works on stays on it."""
    rng = random.Random(5)
    async with running_app(tmp_path / "news", _long(3, 400, 3)) as d:
        for _ in range(8):
            await d.press("tab", "full_stop")
            await d.pilot.resize_terminal(rng.randint(20, 180), rng.randint(8, 60))
            await d.pilot.pause()
            _assert_in_view(d)


async def test_the_row_of_keys_and_the_prompt_have_one_word_for_enter(tmp_path: Path) -> None:
    """Where a sentence is taller than the screen Enter shows its next lines, and both say so."""
    async with running_app(tmp_path / "news", _long(1, 120, 3), size=(60, 12)) as d:
        d.app.controller.spans_made = 3
        _screen(d).draw()
        assert "Enter next lines" in d.row("▸ ")
        assert "Enter next lines" in d.rows()[-1]


async def test_what_is_prepared_ahead_is_of_the_article_shown(tmp_path: Path) -> None:
    """No sentence is shown whole before or after the move, but the other article has fewer."""
    short = builders.article("A short count\n" + _sentence(random.Random(5), 120), "tb")
    async with running_app(tmp_path / "news", _long(8, 120, 4), short, size=(40, 12)) as d:
        _go(d, 2)
        assert not d.app.controller.visible
        _screen(d)._prefetcher.plan(range(3, 8))  # as right after the move, before the first is prepared
        await d.press("right_parenthesis")
        assert d.session.position.article == 1
        last = len(d.session.article_sentences)
        assert all(i < last for i in _screen(d)._prefetcher._pending)


async def test_a_label_ends_a_half_typed_hint_and_is_beside_the_next(tmp_path: Path) -> None:
    """A digit, or a click on the label bar, after the first of two letters: the next letter is a first one."""
    async with running_app(tmp_path / "news", _long(1, 120, 3), size=(100, 30)) as d:
        first = next(h.letters[0] for h in d.app.controller.state().hints if len(h.letters) == 2)
        d.app.controller.session.suggestion_service = cast("Any", builders.FixedSuggestions({}))
        await d.press(first)
        assert f"{first} + the second letter" in d.row("▸ ")
        await d.press("1")
        assert "PERSON press a letter" in d.row("▸ ")
        await d.press(first)
        assert f"PERSON {first} + the second letter" in d.row("▸ ")
