"""What the keys mean for the hands: nothing is done to other words than one thinks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from annotator.core.annotation import Answer
from annotator.core.errors import RuleError
from annotator.session import action as act
from annotator.session.actions import annotation_actions as actions
from annotator.session.actions.label_actions import LabelEffectKind
from annotator.session.annotation_controller import AnnotationController
from annotator.session.state import StatusMessage
from annotator.storage.user_files import Preferences
from tests import builders

TEXT = "Mayor Ada Pell told Osmund Lock that more than 40 boats had left Tarn Quay on Monday."

FOUND = {
    "Ada Pell": ("PERSON", 0.9),
    "Osmund Lock": ("PERSON", 0.7),
    "more than 40 boats": ("COUNT", 0.6),
    "Tarn Quay": ("VENUE", 0.5),
    "that more than 40 boats had left Tarn Quay on Monday": ("CLAIM", 0.1),
}


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[AnnotationController]:
    """Return a pen on one sentence with names, a count and a claim."""
    article = builders.article(f"Boats\n{TEXT}", "tb", origin="boats.txt")
    builders.make_corpus(tmp_path / "news", article)
    session = builders.open_session(tmp_path / "news")
    session.navigation.move_in_article(-1)
    session.suggestion_service = cast("Any", builders.FixedSuggestions(FOUND))
    yield AnnotationController(session)
    session.close()


def test_the_letters_of_all_words_are_offered_once_after_the_fifth_letter(controller: AnnotationController) -> None:
    """Without a choice the likely words have letters; the offer comes once, and never after a choice."""
    assert controller.state().hint_visibility == "likely"
    letter = act.PressHint(controller.state().hints[1].letters[0])
    messages = [controller.dispatch(letter).message for _ in range(12)]
    offers = [n for n, m in enumerate(messages, 1) if m and "^ shows letters over all words" in m.text]
    assert offers == [5]
    assert "hints" in controller.updated_preferences(Preferences()).offered
    chosen_before = AnnotationController(controller.session, preferences=Preferences(hints="all"))
    assert chosen_before.state().hint_visibility == "all"
    assert not any(chosen_before.dispatch(letter).message for _ in range(12))


def press(controller: AnnotationController, key: str, *, beside: bool = False) -> str:
    """Press a label's key; return the message."""
    found = controller.session.schema.by_key(key)
    assert found is not None
    state = controller.dispatch(act.PressLabel(found.name, beside=beside))
    return state.message.text if state.message else ""


def chosen(controller: AnnotationController) -> str:
    """Return the selected words."""
    state = controller.state()
    assert state.selection is not None
    tokens = state.annotated.sentence.tokens
    return state.annotated.sentence.text[tokens[state.selection.first].start : tokens[state.selection.last - 1].end]


def spans(controller: AnnotationController) -> list[tuple[str, str]]:
    """Return label and words of the spans in hand."""
    return [(s.label, controller.session.annotated.text_of(s)) for s in controller.session.annotated.annotation.spans]


def test_an_edge_that_cannot_move_says_so(controller: AnnotationController) -> None:
    """Each edge key, the arrows, Backspace and Tab give the reason; a span stays as it is."""
    controller.dispatch("cursor_right")
    press(controller, "a")
    made = spans(controller)
    for command, reason in {
        "right_less": "one word always stays",
        "left_less": "one word always stays",
        "shrink": "one word always stays",
        "left_more": "the sentence begins here",
        "cursor_left": "this is the first word",
    }.items():
        assert controller.dispatch(command).message == StatusMessage(reason, warning=True)
    assert spans(controller) == made
    last = len(controller.session.annotated.sentence.tokens) - 1
    controller.dispatch(act.SelectTokens(last, last))
    assert controller.dispatch("right_more").message == StatusMessage("the sentence ends here", warning=True)
    assert controller.dispatch("cursor_right").message == StatusMessage("this is the last word", warning=True)
    controller.dispatch(act.SelectTokens(0, 0))
    for _ in range(2):  # the reason stays as long as the key is pressed
        assert controller.dispatch("first").message == StatusMessage("nothing to do: first sentence of the article")


def test_undo_selects_what_was_unlabelled(controller: AnnotationController) -> None:
    """Words selected and labelled wrongly, undo, the right label: the second label means the same words."""
    controller.dispatch("cursor_right")
    words = chosen(controller)
    press(controller, "a")
    assert controller.dispatch("undo").message == StatusMessage(f"undone: PERSON {words}")
    assert chosen(controller) == words
    press(controller, "s")
    assert spans(controller) == [("VENUE", words)]


def test_undo_restores_what_the_key_found(controller: AnnotationController) -> None:
    """A key pressed once too often takes the next sentence's nothing: undo gives back selection and place."""
    press(controller, "a")
    before = controller.selection_state
    press(controller, "a")
    assert len(spans(controller)) == 2
    controller.dispatch("undo")
    assert controller.selection_state == before
    controller.dispatch("accept")
    controller.dispatch("undo")
    assert controller.selection_state == before


def test_a_label_key_takes_the_next_suggestion_of_its_label(controller: AnnotationController) -> None:
    """With nothing selected the labels go through their suggestions in reading order; then one is armed."""
    for key in "aads":
        press(controller, key)
    assert sorted(spans(controller)) == [
        ("COUNT", "more than 40 boats"),
        ("PERSON", "Ada Pell"),
        ("PERSON", "Osmund Lock"),
        ("VENUE", "Tarn Quay"),
    ]
    assert {s.source for s in controller.session.annotated.annotation.spans} == {"rules"}
    press(controller, "a")
    assert controller.state().armed_label == "PERSON"


def test_edges_and_space_change_the_span_in_hand_at_once(controller: AnnotationController) -> None:
    """The span just taken follows , . < > Space and Backspace; a label key goes on to its own suggestions."""
    press(controller, "s")
    assert spans(controller) == [("VENUE", "Tarn Quay")]
    controller.apply(actions.move_selection_right_edge, 1)
    assert spans(controller) == [("VENUE", "Tarn Quay on")]
    controller.apply(actions.move_selection_right_edge, -1)
    controller.apply(actions.move_selection_left_edge, 1)
    assert spans(controller) == [("VENUE", "Quay")]
    controller.apply(actions.move_selection_left_edge, -1)
    controller.apply(actions.grow_selection)
    grown = spans(controller)[0][1]
    assert "Tarn Quay" in grown
    assert grown != "Tarn Quay"
    controller.apply(actions.shrink_selection)
    assert spans(controller) == [("VENUE", "Tarn Quay")]
    press(controller, "a")
    press(controller, "a")
    assert ("PERSON", "Ada Pell") in spans(controller)


def test_a_hint_and_a_label_take_what_the_label_means_there(controller: AnnotationController) -> None:
    """One hint says where, the label says what: CLAIM takes the whole statement that starts there."""
    at = next(i for i, t in enumerate(controller.session.annotated.sentence.tokens) if t.text == "that")
    for letter in controller.state().hints[at].letters:
        controller.press_hint(letter)
    selected = controller.state().selection
    assert selected
    assert controller.state().label_effects["CLAIM"].tokens != selected.range
    press(controller, "f")
    ((name, words),) = spans(controller)
    assert name == "CLAIM"
    assert words.startswith("that more than 40 boats had left Tarn Quay")


def test_a_rejected_suggestion_stays_away(controller: AnnotationController) -> None:
    """0 on a suggestion turns it down: it is kept as known to be wrong, and one undo brings it back."""
    while chosen_or_nothing(controller) != "Tarn Quay":
        controller.apply(actions.select_next_stop, 1)
    controller.apply(actions.remove_span_or_suggestion)
    annotation = controller.session.annotated.annotation
    assert [(s.label, controller.session.annotated.text_of(s)) for s in annotation.rejected if s.label == "VENUE"] == [
        ("VENUE", "Tarn Quay")
    ]
    assert annotation.spans == ()
    assert controller.selection is None
    assert controller.state().label_effects["VENUE"].kind is LabelEffectKind.ARM
    controller.undo()
    assert controller.session.annotated.annotation.rejected == ()
    controller.enter_sentence()
    press(controller, "s")
    assert spans(controller) == [("VENUE", "Tarn Quay")]


def chosen_or_nothing(controller: AnnotationController) -> str:
    """Return the selected words, or nothing."""
    return chosen(controller) if controller.selection else ""


def test_enter_takes_only_what_was_switched_to_it(controller: AnnotationController) -> None:
    """Enter alone takes no suggestion; with PERSON switched on it takes the sure persons and nothing else."""
    here = controller.session.annotated.sentence.id
    controller.answer(Answer.ACCEPT)
    controller.undo()
    assert controller.session.annotated.sentence.id == here
    assert spans(controller) == []
    controller.settings.toggle_auto_accept("PERSON")
    controller.answer(Answer.ACCEPT)
    controller.undo()
    assert spans(controller) == [], "what is not shown is not taken"
    controller.set_visible((controller.session.position.sentence,))
    sure = [
        controller.session.annotated.sentence.text[s.start : s.end]
        for s in controller.state().auto_accepted_suggestions(controller.session.position.sentence)
    ]
    controller.answer(Answer.ACCEPT)
    controller.session.navigation.go_to(here)
    assert spans(controller) == [("PERSON", words) for words in sure]


def test_a_second_label_on_the_same_words_comes_from_the_menu(controller: AnnotationController) -> None:
    """A label key relabels the span it stands on; the label menu puts another beside it."""
    press(controller, "d")
    press(controller, "f", beside=True)
    assert sorted(spans(controller)) == [("CLAIM", "more than 40 boats"), ("COUNT", "more than 40 boats")]


def test_tab_goes_on_from_where_one_was(controller: AnnotationController) -> None:
    """After the selection is let go Tab goes on behind it, not back to the sentence's start."""
    controller.apply(actions.select_next_stop, 1)
    controller.apply(actions.select_next_stop, 1)
    at = controller.selection
    assert at is not None
    controller.clear_selection()
    controller.apply(actions.select_next_stop, 1)
    assert controller.selection is not None
    assert controller.selection.first >= at.first
    assert controller.selection.range != at.range


def test_space_and_backspace_without_a_selection(controller: AnnotationController) -> None:
    """Space with nothing selected goes to what Tab goes to; Backspace says that nothing is selected."""
    with pytest.raises(RuleError, match="nothing is selected"):
        controller.apply(actions.shrink_selection)
    controller.apply(actions.grow_selection)
    assert controller.selection is not None


@pytest.mark.parametrize("answer", list(Answer))
def test_the_same_answer_again_settles_a_contradiction(controller: AnnotationController, answer: Answer) -> None:
    """Where two machines have left a sentence differently, leaving it as it is now is a decision too, and saved."""
    session, finder = controller.session, controller.session.navigation.problem_finder
    here = session.annotated.sentence.id
    controller.answer(answer)
    session.navigation.go_to(here)
    records = session.annotation_store.last_seq(here)
    controller.answer(answer)
    assert session.annotation_store.last_seq(here) == records, "else it changes nothing"
    finder.unsettled = frozenset({here})
    session.navigation.go_to(here)
    controller.answer(answer)
    assert not finder.unsettled
    assert session.annotation_store.last_seq(here) == (records or 0) + 1
    session.navigation.go_to(here)
    assert session.annotated.annotation.answer is answer


def test_undo_and_redo_are_offered_where_there_is_something(controller: AnnotationController) -> None:
    """Also of what the last key has done."""

    def offered() -> tuple[bool, bool]:
        state = controller.state()
        return state.has_effect("undo"), state.has_effect("redo")

    assert offered() == (False, False)
    controller.answer(Answer.REJECT)
    assert offered() == (True, False)
    controller.dispatch("undo")
    assert offered() == (False, True)
    controller.dispatch("redo")
    assert offered() == (True, False)


def test_redo_selects_the_words_that_it_has_changed(controller: AnnotationController) -> None:
    """The next label key means the same words: a wrong label is mended by two keys."""
    press(controller, "d")
    assert spans(controller) == [("COUNT", "more than 40 boats")]
    controller.undo()
    controller.clear_selection()
    controller.redo()
    made = controller.selected_span
    assert made is not None
    assert (made.label, controller.session.annotated.text_of(made)) == ("COUNT", "more than 40 boats")
    controller.apply(actions.remove_span_or_suggestion)
    controller.undo()
    controller.redo()
    assert spans(controller) == []


def test_how_letters_are_called_for_is_remembered(controller: AnnotationController) -> None:
    """The preferences have what was chosen, and a controller made with them begins with it."""
    before = controller.keyboard.keys.hint_settings
    controller.dispatch("hint_mode")
    chosen = controller.keyboard.keys.hint_settings
    kept = controller.updated_preferences(Preferences())
    assert (kept.hint_mode, chosen.mode != before.mode) == (chosen.mode, True)
    assert AnnotationController(controller.session, preferences=kept).keyboard.keys.hint_settings == chosen
