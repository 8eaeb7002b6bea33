"""Dispatch: every action gives one frozen state, and a rule that forbids it gives a message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from annotator.core.article import LineVerdict
from annotator.core.journal_record import KeystrokeKind
from annotator.core.search_query import parse_query
from annotator.session import action as act
from annotator.session.annotation_controller import AnnotationController
from annotator.session.review_queue import ConsistencyQueue
from annotator.session.state import PageMotion, StatusMessage
from annotator.storage.user_files import Preferences
from annotator.tui.layout.prompt import prompt_rows, welcome_row
from annotator.tui.layout.styled_text import BOX_GLYPHS, row_text
from tests import builders


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[AnnotationController]:
    """Return the controller of a session on a corpus of two articles."""
    session = builders.open_session(builders.make_corpus(tmp_path / "news"))
    yield AnnotationController(session)
    session.close()


def _message(controller: AnnotationController, action: act.Action) -> str:
    message = controller.dispatch(action).message
    return f"{'! ' if message.warning else ''}{message.text}" if message else ""


def test_a_rule_that_forbids_an_action_becomes_a_warning(controller: AnnotationController) -> None:
    """Nothing is raised; the next action takes the warning away."""
    assert _message(controller, "remove").startswith("! nothing is selected")
    assert _message(controller, act.JumpTo("99.1")) == "! there is no article 99; the corpus has 2"
    assert _message(controller, "flag") == "flagged"
    assert _message(controller, act.ShowMessage()) == ""


def test_moves_say_where_they_end(controller: AnnotationController) -> None:
    """The first and the last sentence, the filter's last match, a hit of the search."""
    assert _message(controller, "sentence_up") == "this is the first sentence"
    assert _message(controller, act.MoveSentence(1)) == ""
    assert _message(controller, "article_up") == "this is the first sentence"
    assert _message(controller, act.SetFilter(parse_query("moran"))).startswith("filter on")
    assert controller.dispatch(act.GoToNextOpen()).active == 4
    *_, found = controller.start_search(parse_query("moran"))
    assert controller.dispatch(act.OpenHit(found, 0)).selection is not None
    assert _message(controller, "next_hit") == "hit 2 of 3: moran"


def test_a_sentence_that_the_filter_does_not_match_is_named_so_at_once(controller: AnnotationController) -> None:
    """One comes there on purpose alone, by a number or by undo: head row and prompt report it, Enter accepts it."""
    controller.dispatch(act.SetFilter(parse_query("moran")))
    assert _message(controller, act.JumpTo("2")) == (
        "no hit of the filter: Enter accepts it, then goes on to the next hit"
    )
    state = controller.dispatch("accept")
    assert state.annotated_sentences[1].done
    assert state.navigation_summary.startswith("filter: moran")
    assert controller.dispatch("undo").message == StatusMessage("undone: accept · no hit of the filter")
    assert controller.state().navigation_summary == "no hit of moran"


def test_without_a_sentence_only_what_makes_sense_is_carried_out(controller: AnnotationController) -> None:
    """An article whose lines are all off has a state with no sentence, and keys that need one do nothing."""
    session = controller.session
    session.navigation.move_article(1)
    for line in (2, 3):
        controller.dispatch(act.SetLineVerdict(line, LineVerdict.BOILERPLATE))
    state = controller.dispatch("accept")
    assert state.annotated_sentences == ()
    assert state.article_number == 2
    assert not controller.is_available(act.PressHint("k"))
    assert controller.is_available("list_undo")
    assert controller.dispatch(act.UndoLineVerdict()).annotated_sentences
    assert _message(controller, act.UndoLineVerdict()) == ""
    assert _message(controller, act.UndoLineVerdict()) == "! nothing to undo in this article"


def test_the_state_says_what_the_page_does(controller: AnnotationController) -> None:
    """An arrow keeps the page, an answer comes to the usual row, all in view turns it; it is said once."""
    assert controller.dispatch("sentence_down").page_motion is PageMotion.STAY
    assert controller.state().page_motion is PageMotion.JUMP
    assert controller.dispatch("accept").page_motion is PageMotion.JUMP
    controller.settle(controller.state(), (2, 3))
    assert controller.dispatch("accept_view").page_motion is PageMotion.TURN


def test_a_worklist_is_gone_through_by_actions(controller: AnnotationController) -> None:
    """Without an item nothing is opened; the commands of a worklist reach the queue that is open."""
    assert _message(controller, "list_yes") == ""
    controller.dispatch(act.OpenReview(ConsistencyQueue(controller.session, ())))
    assert _message(controller, "list_yes") == "! there is nothing to make consistent"
    assert _message(controller, "list_open").startswith("! the sentence is no longer in the queue")
    controller.dispatch(act.MoveReview(1, group=True))
    assert controller.review is not None


def test_the_next_label_key_after_take_switches_enter(controller: AnnotationController) -> None:
    """``%`` asks for a label; any other action withdraws the question."""
    assert controller.dispatch("take").message is not None
    assert _message(controller, act.PressLabel("PERSON")) == "Enter takes what is sure of PERSON"
    controller.dispatch("take")
    controller.dispatch("hints")
    assert "Enter takes" not in _message(controller, act.PressLabel("PERSON"))


def test_settings_of_other_corpora_and_the_tour_are_kept(controller: AnnotationController) -> None:
    """A session writes its own settings into the preferences and leaves the others."""
    controller.settings.toggle_auto_accept("COUNT")
    other = Preferences(tour_done=True).with_auto_accept(Path("court"), ("JUDGE",))
    kept = controller.updated_preferences(other)
    assert kept.auto_accept_labels(Path("court")) == ("JUDGE",)
    assert kept.auto_accept_labels(controller.session.corpus.path) == ("COUNT",)
    assert kept.tour_done


def test_labels_that_the_schema_lacks_are_not_taken(controller: AnnotationController) -> None:
    """The preferences may be of an older schema of this name."""
    user = Preferences().with_auto_accept(controller.session.corpus.path, ("PERSON", "GONE"))
    assert AnnotationController(controller.session, preferences=user).settings.auto_accept_labels == {"PERSON"}


def test_a_letter_that_a_hint_waits_for_is_no_command(controller: AnnotationController) -> None:
    """R opens the repairs, but not while letters are called for."""
    assert controller.action_for_key("R", "R") == "repairs"
    controller.dispatch("hint_mode")
    controller.dispatch("letters")
    assert controller.keyboard.letters.requested
    assert controller.action_for_key("R", "R") == act.PressHint("R")


@pytest.mark.parametrize(
    ("key", "start", "places", "end"),
    [
        ("article_down", 0, [(1, 0), (2, 0), (2, 0)], "this is the last sentence"),
        ("article_up", 2, [(1, 0), (0, 0), (0, 0)], "this is the first sentence"),
    ],
)
def test_the_keys_of_articles_go_one_on(
    tmp_path: Path, key: str, start: int, places: list[tuple[int, int]], end: str
) -> None:
    """Silently, and at either end they say so and stay."""
    made = [builders.article(f"Short\n\nNumber {n} opens.", "t-b", origin=f"{n}.txt") for n in range(3)]
    session = builders.open_session(builders.make_corpus(tmp_path / "news", *made))
    controller = AnnotationController(session)
    session.navigation.go_to_article(start)
    seen, messages = [], []
    for _ in places:
        message = controller.dispatch(key).message
        seen.append((session.position.article, session.position.sentence))
        messages.append(message.text if message else "")
    assert seen == places
    assert messages == ["", "", end]
    session.close()


def test_a_key_counts_as_what_it_does(controller: AnnotationController, monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of a session tell selecting, labelling, answering and mending apart."""
    kinds: list[KeystrokeKind] = []
    monkeypatch.setattr(controller.session, "count_keystroke", kinds.append)
    for key in ("right", "a", "comma", "enter", "ctrl+z", "question_mark"):
        action = controller.action_for_key(key, key if len(key) == 1 else "")
        assert action is not None
        controller.dispatch(action)
    assert [k.name for k in kinds] == ["SELECT", "LABEL", "CORRECT", "ENTER", "CORRECT", "OTHER"]


def test_a_command_forgets_a_half_typed_hint(tmp_path: Path) -> None:
    """The next letter begins a new hint."""
    text = " ".join(f"Word{n}" for n in range(60))
    corpus = builders.make_corpus(tmp_path / "long", builders.article(f"Words\n{text}.", "tb"))
    session = builders.open_session(corpus)
    controller = AnnotationController(session, preferences=Preferences(hints="all"))
    long = next(h.letters for h in controller.state().hints if len(h.letters) == 2)
    assert controller.dispatch(act.PressHint(long[0])).typed_hint
    selection = controller.selection
    let_go = controller.dispatch("let_go")
    assert (let_go.typed_hint, let_go.selection) == ("", selection), "the letter alone is let go of"
    assert controller.dispatch(act.PressHint(long[0])).typed_hint
    assert not controller.dispatch("flag").typed_hint
    session.close()


def test_the_prompt_names_the_key_that_calls_for_the_letters(controller: AnnotationController) -> None:
    """Where letters have to be called for, none is above a word before that."""
    state = replace(controller.state(), label_effects={})
    assert "press a letter above a word" in row_text(prompt_rows(state, 200, BOX_GLYPHS)[0])
    assert controller.state().hint_visibility != "off"
    controller.dispatch("hint_mode")
    assert controller.state().hint_visibility == "off"
    state = replace(controller.state(), message=None, label_effects={})
    key = BOX_GLYPHS.key("letters")
    assert f"press {key} and a letter above a word" in row_text(prompt_rows(state, 200, BOX_GLYPHS)[0])
    assert f"{key} and the" in row_text(welcome_row(state, 200, BOX_GLYPHS))


def test_a_digit_beyond_the_labels_is_named(controller: AnnotationController) -> None:
    """A digit is no hint."""
    assert _message(controller, act.PressHint("7")) == "! there is no label 7; the schema has 4"


def test_a_command_without_a_sentence_is_answered(tmp_path: Path) -> None:
    """The tour needs one, as most commands do."""
    corpus = builders.make_corpus(tmp_path / "none", builders.article("Title\nby", "xx"))
    session = builders.open_session(corpus)
    assert _message(AnnotationController(session), "tour").startswith("! no line of this article is annotated")
    session.close()
