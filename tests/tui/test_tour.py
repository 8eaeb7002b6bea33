"""The tour: nine things done in the real app, each seen in the state, none of them spoiling anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.session.actions import annotation_actions as actions
from annotator.session.annotation_controller import AnnotationController
from annotator.session.commands import COMMANDS
from annotator.session.keymap_file import parse_keymap
from annotator.session.tour import TOUR_STEPS, Tour, tour_end_message
from annotator.storage.user_files import Preferences
from annotator.tui.layout.help_rows import STEP_TEXTS, tour_rows
from annotator.tui.layout.styled_text import ASCII_GLYPHS, BOX_GLYPHS, Glyphs, row_text, row_width
from annotator.tui.screens.annotate import AnnotateScreen
from tests import builders
from tests.app_pilot import RunningApp, running_app

NAMES = ["take", "select", "grow", "edge", "label", "remove", "accept", "accept_view", "undo"]


class Walk:
    """A tour that looks on while a pen works on a small corpus."""

    def __init__(self, path: Path) -> None:
        self.session = builders.open_session(builders.make_corpus(path / "news"))
        self.controller = AnnotationController(self.session)
        self.controller.set_visible(range(len(self.session.article_sentences)))
        self.state = self.controller.state()
        self.tour = Tour().start(self.state)

    def see(self) -> str:
        """Look at what the pen has done; return what the tour says now, nothing when it is over."""
        before, self.state = self.state, self.controller.state()
        self.tour = self.tour.advance(before, self.state)
        return "" if self.tour.is_finished else self.tour.current_step(self.state)


def test_each_step_is_over_when_its_thing_was_done(tmp_path: Path) -> None:
    """From the first suggestion to the undo: one deed a step, in order."""
    walk = Walk(tmp_path)
    controller, reported = walk.controller, [walk.tour.current_step(walk.state)]
    controller.label(next(iter(walk.state.next_suggestions)))
    reported.append(walk.see())
    controller.click(0)
    reported.append(walk.see())
    controller.apply(actions.grow_selection)
    reported.append(walk.see())
    controller.apply(actions.move_selection_right_edge, -1)
    reported.append(walk.see())
    controller.label("CLAIM")
    reported.append(walk.see())
    controller.apply(actions.remove_span_or_suggestion)
    reported.append(walk.see())
    controller.answer(Answer.ACCEPT)
    reported.append(walk.see())
    annotated_sentences = controller.state().annotated_sentences
    controller.accept_visible_sentences()
    reported.append(walk.see())
    controller.undo()
    assert reported == NAMES
    assert walk.see() == ""
    assert walk.state.annotated_sentences == annotated_sentences, "what nobody has read is open again"
    walk.session.close()


def test_looking_around_is_no_step_and_what_is_missing_is_reported_first(tmp_path: Path) -> None:
    """Moving between sentences ends no step; what a step needs, words or a span, is asked for first."""
    walk = Walk(tmp_path)
    for _ in range(3):
        walk.controller.dispatch("sentence_down")
        assert walk.see() == "take"
    walk.tour = Tour(NAMES.index("grow"))
    assert walk.see() == "select"
    walk.controller.click(0)
    assert walk.see() == "grow"
    walk.tour = Tour(NAMES.index("remove"))
    assert walk.see() == "label"
    walk.controller.label("CLAIM")
    assert walk.see() == "remove"
    walk.controller.clear_selection()
    assert walk.see() == "visit"
    walk.session.close()


def test_one_sentence_accepted_is_not_a_screen_of_them(tmp_path: Path) -> None:
    """Enter does not pass for the key that accepts all in view."""
    walk = Walk(tmp_path)
    walk.tour = Tour(NAMES.index("accept_view"))
    walk.controller.answer(Answer.ACCEPT)
    assert walk.see() == "accept_view"
    walk.controller.accept_visible_sentences()
    assert walk.see() == "undo"
    walk.session.close()


def test_a_step_without_an_object_is_left_out(tmp_path: Path) -> None:
    """Where nothing is suggested the tour begins with the letters."""
    walk = Walk(tmp_path)
    bare = replace(walk.state, label_effects={})
    assert Tour().start(bare).current_step(bare) == "select"
    walk.session.close()


def test_every_step_has_words_and_every_word_in_braces_a_key() -> None:
    """The texts say each step and what it needs first, and no brace is left open on the screen."""
    assert [s.name for s in TOUR_STEPS] == NAMES
    assert set(STEP_TEXTS) == {*NAMES, "visit"}
    assert "{" not in tour_end_message(COMMANDS)


@pytest.mark.parametrize("glyphs", [BOX_GLYPHS, ASCII_GLYPHS])
@pytest.mark.parametrize("width", [160, 80, 40, 12, 1])
def test_the_tour_takes_two_rows_of_any_screen(tmp_path: Path, width: int, glyphs: Glyphs) -> None:
    """At 80 cells each text stands on one row, at 40 on two; nothing is ever wider than the screen."""
    walk = Walk(tmp_path)
    walk.controller.click(0)
    chosen = walk.controller.state()
    for at, name in enumerate(NAMES):
        state = walk.state if name == "take" else chosen
        rows = tour_rows(Tour(at), state, width, glyphs)
        assert [row_width(r) for r in rows] == [width, width]
        assert "{" not in "".join(map(row_text, rows))
        if width == 80:
            assert "tour" in row_text(rows[0])
            assert "leaves the tour" in row_text(rows[0])
        if glyphs is ASCII_GLYPHS:
            assert "".join(map(row_text, rows)).replace("“", "").isascii()
    walk.session.close()


def _screen(d: RunningApp) -> AnnotateScreen:
    assert isinstance(d.app.screen, AnnotateScreen)
    return d.app.screen


def _says(d: RunningApp) -> str:
    """Return what the two rows of the tour say."""
    return "\n".join(d.rows()[-2:])


async def test_the_tour_names_the_keys_of_a_keymap(tmp_path: Path) -> None:
    """Whoever has moved a key is told the key that does it now, in a step and in the words at the end."""
    keymap = parse_keymap('[keys]\ngrow = ["G"]\nhelp = ["f5"]', "k.toml")
    async with running_app(tmp_path / "news", tour=True, keymap=keymap) as d:
        d.app.controller.click(0)
        d.app.controller.tour = Tour(NAMES.index("grow"))
        _screen(d).draw()
        await d.pilot.pause()
        assert "G grows the selection" in _says(d)
        d.app.controller.tour = Tour(len(NAMES))
        _screen(d).draw()
        message = d.app.controller.message
        assert message
        assert message.text.startswith("that was the tour: F5 shows all keys")


async def test_a_newcomer_is_led_by_the_keys_in_force(tmp_path: Path) -> None:
    """One thing at a time with its key; doing it brings the next; at the end it is remembered."""
    async with running_app(tmp_path / "news", tour=True) as d:
        state = d.app.controller.state()
        name, (_, s) = min(state.next_suggestions.items(), key=lambda x: (x[1][0], x[1][1].start, -x[1][1].score))
        key = next(x.key for x in state.schema.labels if x.name == name)
        words = state.annotated_sentences[d.session.position.sentence].sentence.text[s.start : s.end]
        assert f"{words} may be a {name}: {key} takes it" in _says(d)
        assert "▸········" in _says(d)
        await d.press(key)
        assert "✓▸·······" in _says(d)
        letter = re.search(r"Press (\w), the letter above (\w+): it selects the word or its phrase", _says(d))
        assert letter
        await d.press(letter[1])
        assert letter[2] in d.row("▸ ")
        assert "Space grows the selection, Backspace shrinks it again" in _says(d)
        await d.press("space")
        assert 'Move the right edge: "." on, "," back. Move the left edge: ">" on, "<" back' in _says(d)
        await d.press("comma")
        assert "Label it: " in _says(d)
        assert "f CLAIM" in _says(d)
        await d.press("f")
        assert "0 removes the span again" in _says(d)
        await d.press("0")
        assert "Enter accepts the sentence and goes on to the next" in _says(d)
        await d.press("enter")
        assert '"*" accepts every sentence that you see whole' in _says(d)
        await d.press("asterisk")
        assert "Ctrl+Z takes that back" in _says(d)
        await d.press("ctrl+z")
        assert "tour" not in d.rows()[-2]
        assert 'that was the tour: F1 shows all keys, ":" every command' in d.raw()
        assert sum(w.done for w in d.session.article_sentences) == 1, "only what was read is accepted"
    d.app.save_and_close()
    assert Preferences.load().tour_done


async def test_the_tour_can_be_left_and_called_again(tmp_path: Path) -> None:
    """The key that lets go leaves the tour once nothing is in hand; the command brings it back."""
    async with running_app(tmp_path / "news", tour=True) as d:
        await d.press("right")
        assert '";" ";" leaves the tour' in _says(d)
        await d.press("semicolon")
        assert ' ";" leaves the tour' in _says(d)
        await d.press("semicolon")
        assert "tour" not in _says(d)
        _screen(d).action_act("tour")
        await d.pilot.pause()
        assert "tour ▸········" in _says(d)
        _screen(d).action_act("tour")
        await d.pilot.pause()
        assert "tour" not in _says(d)
    d.app.save_and_close()
    assert Preferences.load().tour_done
    async with running_app(tmp_path / "news", tour=True, preferences=Preferences.load()) as d:
        assert "tour" not in _says(d), "once is enough"
    assert "tour" in {c.id for c in COMMANDS}


async def test_an_unfinished_tour_begins_again_next_time(tmp_path: Path) -> None:
    """Who quits in the middle has not had the tour."""
    async with running_app(tmp_path / "news", tour=True) as d:
        await d.press("right")
    d.app.save_and_close()
    assert not Preferences.load().tour_done


async def test_no_tour_where_nothing_can_be_changed(tmp_path: Path) -> None:
    """Read only, the tour does not begin, and the command says why."""
    builders.make_corpus(tmp_path / "news")
    async with running_app(tmp_path / "news", tour=True, read_only=True) as d:
        assert "tour" not in _says(d)
        _screen(d).action_act("tour")
        await d.pilot.pause()
        assert "the tour works on the corpus, which is open to read only" in d.raw()


async def test_a_failure_to_save_is_seen_during_the_tour(tmp_path: Path) -> None:
    """The red row stands before the tour's."""
    async with running_app(tmp_path / "news", tour=True) as d:
        d.session.banner = "your work is kept elsewhere"
        await d.press("right")
        assert "your work is kept elsewhere" in d.rows()[-2]
