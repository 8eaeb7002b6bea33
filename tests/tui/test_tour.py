"""The tour: real decisions of the sample, each done by its own key, and taken back on request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.session.annotation_controller import AnnotationController
from annotator.session.commands import COMMANDS
from annotator.session.keymap_file import parse_keymap
from annotator.session.tour import INQUIRY, MAUD, PLAIN_STEPS, PORT_AMERY, SAILORS, SAMPLE_STEPS, TANK, Tour, begin_tour
from annotator.session.tour_guide import tour_end_message
from annotator.storage.user_files import Preferences, user_sample_corpus
from annotator.tui.layout.help_rows import STEP_TEXTS, tour_rows
from annotator.tui.layout.styled_text import ASCII_GLYPHS, BOX_GLYPHS, Glyphs, row_text, row_width
from annotator.tui.screens.annotate import AnnotateScreen
from tests import builders
from tests.app_pilot import RunningApp, running_app
from tests.scripts.make_sample import ROOT

LATER, EARLIER = "greater_than_sign", "less_than_sign"


@pytest.fixture
def controller() -> Iterator[AnnotationController]:
    """Return a controller on the user's copy of the sample, where the tour begins."""
    session = builders.open_session(user_sample_corpus())
    controller = AnnotationController(session)
    controller.dispatch("tour")
    yield controller
    session.close()


def press(controller: AnnotationController, *keys: str) -> str:
    """Press keys; return what the tour asks for then, nothing once it is over."""
    for key in keys:
        action = controller.action_for_key(key, key if len(key) == 1 and key != "0" else "")
        assert action is not None, key
        controller.dispatch(action)
    return controller.tour.current_step(controller.state()) if controller.tour else ""


def letter(controller: AnnotationController, word: str) -> str:
    """Return the letter above a word."""
    state = controller.state()
    return next(h.letters for t, h in zip(state.annotated.sentence.tokens, state.hints, strict=True) if t.text == word)


def spans(controller: AnnotationController) -> list[str]:
    """Return the words of all spans of the article."""
    return [a.text_of(s) for a in controller.session.article_sentences for s in a.annotation.spans]


def through_the_sample(controller: AnnotationController, *, last: str = "ctrl+z") -> list[str]:
    """Do each step of the sample with its key; return what the tour asked for, one after the other."""
    asked = [press(controller)]
    asked += [press(controller, key) for key in ("s", "d", "enter", "f")]
    asked.append(press(controller, *[LATER] * 6))
    asked.append(press(controller, letter(controller, "Maud")))
    asked.append(press(controller, "0"))
    asked.append(press(controller, letter(controller, "that")))
    asked += [press(controller, key) for key in ("f", last)]
    return asked


def test_the_decisions_are_those_of_the_sample() -> None:
    """What the tour takes for right is in the sample's own annotations, what it takes for wrong is not."""
    marked: dict[str, set[tuple[str, str]]] = {}
    for line in (ROOT / "corpus" / "annotations" / "guide.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        marked[record["text"]] = {(record["text"][s["start"] : s["end"]], s["label"]) for s in record["spans"]}
    for decision in (PORT_AMERY, SAILORS, TANK, MAUD, INQUIRY):
        found = next(spans for text, spans in marked.items() if text.startswith(decision.sentence))
        right = (decision.mended or decision.words, decision.label)
        assert (right in found) is (decision is not MAUD)
        assert ((decision.words, decision.label) in found) is (decision not in {MAUD, TANK})


def test_each_step_is_a_decision_and_done_by_its_key(controller: AnnotationController) -> None:
    """A right one is taken, one too long mended, a wrong one turned down, a claim made by one letter."""
    assert through_the_sample(controller) == [
        "take", "take_count", "accept", "too_long", "mend", "reach", "refuse", "letter", "claim", "undo", "",
    ]  # fmt: skip
    assert spans(controller) == [PORT_AMERY.words, SAILORS.words, TANK.mended]


def test_what_the_tour_did_is_taken_back_on_request(controller: AnnotationController) -> None:
    """At the end undo takes all of it back, and what was done before the tour stays."""
    controller.dispatch("tour")
    press(controller, "end", "s", "home")
    before = controller.session.article_sentences
    assert len(spans(controller)) == 1
    controller.dispatch("tour")
    assert through_the_sample(controller)[-1] == ""
    assert controller.message
    assert controller.message.text.startswith("tour over: Ctrl+Z takes all of it back")
    press(controller, "ctrl+z")
    assert controller.session.article_sentences == before
    assert controller.message.text == "what you did in the tour is taken back"


def test_what_the_tour_did_stays_if_one_leaves(controller: AnnotationController) -> None:
    """Another key than undo keeps what was done; undo is undo again."""
    through_the_sample(controller)
    press(controller, "escape")
    assert spans(controller) == [PORT_AMERY.words, SAILORS.words, TANK.mended]
    press(controller, "ctrl+z")
    assert spans(controller) == [PORT_AMERY.words, SAILORS.words, TANK.mended], "it took back that Maud was turned down"
    assert MAUD.suggestion(controller.state())


def test_who_works_on_at_the_last_step_has_left_the_tour(controller: AnnotationController) -> None:
    """Undo takes back the last key then, never the work of the tour and all that came after it."""
    assert through_the_sample(controller, last="enter")[-1] == ""
    made = spans(controller)
    press(controller, "ctrl+z", "ctrl+z")
    assert spans(controller) == made[:-1], "the accept, and the claim before it"


def test_after_the_tour_the_first_open_sentence_is_next(controller: AnnotationController) -> None:
    """The steps jump through the article; work goes on where nothing was done."""
    through_the_sample(controller)
    assert controller.session.position.sentence == 1


def test_an_armed_label_is_let_go_first(controller: AnnotationController) -> None:
    """No step names a letter or Tab that a waiting label would turn into a span."""
    assert press(controller, "s", "s") == "disarm"
    assert press(controller, "escape") == "take_count"


def test_leaving_in_the_middle_asks_what_stays(controller: AnnotationController) -> None:
    """Esc leaves at once, as the screen says; undo as the next key takes back what was done."""
    press(controller, "s", "d")
    assert press(controller, "escape", "escape") == ""
    assert controller.tour_guide.done
    press(controller, "ctrl+z")
    assert spans(controller) == []


def test_a_wrong_key_does_not_lead_away(controller: AnnotationController) -> None:
    """After a move or an answer too early the tour goes on where it was; the next right key does the step."""
    first = controller.session.annotated.sentence.id
    for key in ("enter", "down", "end", "right_parenthesis", "minus"):
        assert press(controller, key) == "take"
        assert controller.session.annotated.sentence.id == first
    assert press(controller, "s", "d") == "accept"
    assert press(controller, "enter") == "too_long"


def test_another_key_with_the_same_effect_is_no_step(controller: AnnotationController) -> None:
    """The claim taken with f alone is not by one letter; what another key has done can be undone and tried again."""
    assert press(controller, "d") == "take", "another suggestion than the one that is named"
    assert press(controller, "tab") == "clear", "the label's key would mean the selection"
    assert press(controller, "semicolon", "s", "s") == "accept", "the second step was done by then"
    assert press(controller, "enter", "f", *[LATER] * 5) == "mend"
    assert press(controller, "ctrl+z", LATER, LATER) == "reach"
    assert press(controller, letter(controller, "Maud"), "a") == "another_key"
    assert press(controller, "0") == "letter", "a span that was taken from it is turned down with it"
    assert press(controller, "f") == "another_key"
    assert press(controller, "ctrl+z") == "letter"
    assert press(controller, letter(controller, "that"), "f") == "undo"


@pytest.mark.parametrize("move", ["sentence_down", "article_down", "last", "next_stop", "let_go", "overview"])
def test_looking_around_is_no_step(controller: AnnotationController, move: str) -> None:
    """Moving and selecting end no step."""
    controller.dispatch("next_stop")
    controller.dispatch(move)
    assert controller.tour
    assert controller.tour.step.name == "take"


def test_on_other_texts_the_tour_teaches_the_keys(tmp_path: Path) -> None:
    """Nothing is said to be right or wrong there but what is almost sure."""
    session = builders.open_session(builders.make_corpus(tmp_path / "news"))
    controller = AnnotationController(session)
    controller.dispatch("tour")
    assert controller.tour
    assert controller.tour.steps is PLAIN_STEPS
    assert press(controller, letter(controller, "Ilka")) == "clear", "the label's key would label the word"
    controller.dispatch("let_go")
    asked = [press(controller), press(controller, "d")]
    asked.append(press(controller, letter(controller, "Ilka")))
    asked += [press(controller, key) for key in ("space", "comma", "f", "0", "enter", "ctrl+z", "ctrl+z")]
    assert asked == ["take_sure", "select", "grow", "edge", "label", "remove", "accept", "undo", "", ""]
    assert spans(controller) == []
    session.close()


def test_a_step_is_done_in_the_sentence_of_its_decision(controller: AnnotationController) -> None:
    """The tour leads there; undo is done anywhere."""
    places = [Tour(at, SAMPLE_STEPS).sentence(controller.state()) for at in range(len(SAMPLE_STEPS))]
    decisions = [PORT_AMERY, SAILORS, SAILORS, TANK, TANK, MAUD, INQUIRY]
    assert places.pop() is None
    assert all(p and p.sentence.text.startswith(d.sentence) for p, d in zip(places, decisions, strict=True))


def test_every_step_has_words_and_every_word_in_braces_a_key() -> None:
    """The texts name each step and what it needs first, and no brace is left open on the screen."""
    assert {s.name for s in (*SAMPLE_STEPS, *PLAIN_STEPS)} <= set(STEP_TEXTS)
    assert "{" not in tour_end_message(COMMANDS, has_edits=True).text


@pytest.mark.parametrize("glyphs", [BOX_GLYPHS, ASCII_GLYPHS])
@pytest.mark.parametrize("width", [160, 80, 40, 12, 1])
def test_the_tour_takes_two_rows_of_any_screen(controller: AnnotationController, width: int, glyphs: Glyphs) -> None:
    """At 80 cells each text of the sample is on one row; nothing is ever wider than the screen."""
    state = controller.state()
    for steps in (SAMPLE_STEPS, PLAIN_STEPS):
        for at in range(len(steps)):
            rows = tour_rows(Tour(at, steps), state, width, glyphs)
            assert [row_width(r) for r in rows] == [width, width]
            assert "{" not in "".join(map(row_text, rows))
            if width == 80 and steps is SAMPLE_STEPS:
                assert "Esc leaves the tour" in row_text(rows[0])
            if glyphs is ASCII_GLYPHS:
                assert "".join(map(row_text, rows)).replace("“", "").replace("’", "").isascii()


def test_a_tour_of_what_is_done_begins_with_what_is_left(controller: AnnotationController) -> None:
    """Called again on an annotated sample, it leaves out the decisions that were made."""
    through_the_sample(controller)
    again = begin_tour(controller.state(), 0)
    assert again.steps is PLAIN_STEPS


# -- in the app ----------------------------------------------------------------------------------


def _screen(d: RunningApp) -> AnnotateScreen:
    assert isinstance(d.app.screen, AnnotateScreen)
    return d.app.screen


def _shown(d: RunningApp) -> str:
    """Return the two rows of the tour."""
    return "\n".join(d.rows()[-2:])


async def test_a_newcomer_is_led_by_the_keys_in_force(tmp_path: Path) -> None:
    """One thing at a time with its key, in the words of the keymap; the page goes where the next step is."""
    keymap = parse_keymap('[keys]\nleft_less = ["G"]\nhelp = ["f5"]', "k.toml")
    async with running_app(user_sample_corpus(), tour=True, keymap=keymap) as d:
        assert "Port Amery is a VENUE: s takes it. Dashed lines are not saved" in _shown(d)
        assert "▸·······" in _shown(d)
        await d.press("s")
        assert "✓▸······" in _shown(d)
        await d.press("d", "enter")
        assert "sentence 11/19" in d.rows()[0]
        assert "This CLAIM is too long, it begins after the colon: f takes it first" in _shown(d)
        await d.press("f")
        assert "G starts it a word later: press it until the island’s … days is left" in _shown(d)
        await d.press(*"GGGGGG")
        assert "Maud is no PERSON, the Lady Maud is a ship" in _shown(d)
        await d.press("escape")
        assert "Esc" not in _shown(d)
        assert "tour over: Ctrl+Z takes all of it back, another key keeps it; F5" in d.raw()


async def test_leaving_is_remembered_at_once(tmp_path: Path) -> None:
    """Not even a kill right after it brings the tour back; the command does."""
    async with running_app(tmp_path / "news", tour=True) as d:
        await d.press("right")
        assert "Esc Esc leaves the tour" in _shown(d)
        assert not Preferences.load().tour_done
        await d.press("escape", "semicolon")
        assert "leaves the tour" not in _shown(d)
        assert "tour left" in d.raw()
        assert Preferences.load().tour_done, "before the app is closed"
        _screen(d).perform("tour")
        await d.pilot.pause()
        assert "tour ▸·······" in _shown(d)
        _screen(d).perform("tour")
        await d.pilot.pause()
        assert "tour" not in _shown(d)
    async with running_app(tmp_path / "news", tour=True, preferences=Preferences.load()) as d:
        assert "tour" not in _shown(d), "once is enough"
    assert "tour" in {c.id for c in COMMANDS}


async def test_an_unfinished_tour_begins_again_next_time(tmp_path: Path) -> None:
    """Quitting in the middle is not leaving the tour."""
    async with running_app(tmp_path / "news", tour=True) as d:
        await d.press("right")
    d.app.save_and_close()
    assert not Preferences.load().tour_done


async def test_no_tour_where_nothing_can_be_changed(tmp_path: Path) -> None:
    """Read only, the tour does not begin, and the command gives the reason."""
    builders.make_corpus(tmp_path / "news")
    async with running_app(tmp_path / "news", tour=True, read_only=True) as d:
        assert "tour" not in _shown(d)
        _screen(d).perform("tour")
        await d.pilot.pause()
        assert "the tour works on the corpus, which is open to read only" in d.raw()


async def test_a_failure_to_save_is_seen_during_the_tour(tmp_path: Path) -> None:
    """The red row has a place of its own and hides nothing of the tour."""
    async with running_app(tmp_path / "news", tour=True) as d:
        before = d.rows()[-2:]
        d.session.damage = "your work is kept elsewhere"
        _screen(d).draw()
        await d.pilot.pause()
        assert "your work is kept elsewhere" in d.rows()[-3]
        assert d.rows()[-2:] == before
