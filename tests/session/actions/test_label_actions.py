"""What a label's key does: the rule, step by step, and prompt, tags and action held together over random keys."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from annotator.core.annotation import AnnotatedSentence
from annotator.core.pluralize import pluralize
from annotator.core.search_query import parse_query
from annotator.core.suggestion import Suggestion
from annotator.session import action as act
from annotator.session.actions.annotation_actions import SELECTION_COMMANDS
from annotator.session.actions.label_actions import LabelEffectKind
from annotator.session.actions.selection import REPORTED_SCORE
from annotator.session.annotation_controller import AnnotationController
from annotator.session.review_queue import LeftQueue
from annotator.session.state import TaskState
from annotator.storage.user_files import Preferences
from annotator.tui.layout.article_body import sentence_suggestion_marks
from annotator.tui.layout.prompt import prompt_rows
from annotator.tui.layout.styled_text import BOX_GLYPHS, row_text
from tests import builders

TEXT = "Mayor Ada Pell told Osmund Lock and Ada Pell that Tarn Quay and Skerrin had 40 boats."
FOUND = {
    "Ada Pell": ("PERSON", 0.9),
    "Osmund Lock": ("PERSON", 0.9),
    "Tarn Quay": ("VENUE", 0.9),
    "Skerrin": ("VENUE", 0.9),
    "40 boats": ("COUNT", 0.5),
}


def open_controller(folder: Path) -> AnnotationController:
    """Return a controller at one of two sentences with names, places and a number."""
    builders.make_corpus(folder / "news", builders.article(f"Boats\n{TEXT}\n{TEXT}", "tbb", origin="boats.txt"))
    session = builders.open_session(folder / "news")
    session.suggestion_service = cast("Any", builders.FixedSuggestions(FOUND))
    session.navigation.move_in_article(-2)
    controller = AnnotationController(session)
    controller.set_visible(range(len(session.article_sentences)))
    return controller


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[AnnotationController]:
    """Return a controller at the first sentence."""
    found = open_controller(tmp_path)
    yield found
    found.session.close()


def keys(controller: AnnotationController, typed: str) -> TaskState:
    """Type label keys, and letters of commands by their sign."""
    state = controller.state()
    for char in typed:
        command = {";": "let_go", "0": "remove", "\t": "next_stop", "↵": "accept", "↶": "undo", ".": "right_more"}
        label = state.schema.by_key(char)
        state = controller.dispatch(act.PressLabel(label.name) if label else command[char])
    return state


def words(controller: AnnotationController) -> list[str]:
    """Return label and words of the spans in the active sentence."""
    annotated = controller.session.annotated
    return [f"{s.label} {annotated.text_of(s)}" for s in annotated.annotation.spans]


def hint(controller: AnnotationController, word: str) -> TaskState:
    """Press the letters above a word."""
    state = controller.state()
    at = next(i for i, t in enumerate(state.annotated.sentence.tokens) if t.text == word)
    for letter in state.hints[at].letters:
        state = controller.dispatch(act.PressHint(letter))
    return state


def test_suggestions_are_taken_in_reading_order_and_what_was_passed_over_on_a_second_press(
    controller: AnnotationController,
) -> None:
    """Behind the last span comes first; before it the key asks, and takes it when it is pressed again."""
    state = keys(controller, "s")
    assert words(controller) == ["VENUE Tarn Quay"]
    state = keys(controller, "a")
    assert words(controller) == ["VENUE Tarn Quay"], "nothing is taken that lies behind"
    assert state.asked_label == "PERSON"
    assert "a again: Ada Pell, before here" in row_text(prompt_rows(state, 79, BOX_GLYPHS)[0])
    keys(controller, "a")
    assert words(controller) == ["PERSON Ada Pell", "VENUE Tarn Quay"]
    keys(controller, "aas")
    assert words(controller)[1:] == ["PERSON Osmund Lock", "PERSON Ada Pell", "VENUE Tarn Quay", "VENUE Skerrin"]


def test_another_key_forgets_the_question(controller: AnnotationController) -> None:
    """Only the same key at once takes what lies before: after any other it asks again."""
    keys(controller, "sa")
    assert keys(controller, ";").asked_label == ""
    assert keys(controller, "a").asked_label == "PERSON"
    assert words(controller) == ["VENUE Tarn Quay"]


def test_no_key_reaches_another_sentence(controller: AnnotationController) -> None:
    """All suggestions taken, the label is armed: the next sentence keeps its own."""
    here = controller.session.annotated.sentence.id
    state = keys(controller, "aaaa")
    assert state.annotated.sentence.id == here
    assert state.armed_label == "PERSON"
    assert "PERSON press a letter" in row_text(prompt_rows(state, 79, BOX_GLYPHS)[0])
    assert keys(controller, "a").armed_label == "", "the same key disarms"


@pytest.mark.parametrize("way", ["letter", "click", "drag", "tab"])
def test_an_armed_label_labels_what_is_selected_next(controller: AnnotationController, way: str) -> None:
    """A letter, a click, a drag and Tab give their words the label at once, and that is one edit."""
    keys(controller, "d" + "d")
    tokens = [t.text for t in controller.session.annotated.sentence.tokens]
    at = tokens.index("Tarn")
    if way == "letter":
        hint(controller, "Tarn")
    elif way == "click":
        controller.dispatch(act.SelectTokens(at))
    elif way == "drag":
        controller.dispatch(act.SelectTokens(at + 1, at))
    else:
        keys(controller, "\t")
    made = [w for w in words(controller) if w != "COUNT 40 boats"]
    assert len(made) == 1
    assert made[0].startswith("COUNT ")
    assert made == ["COUNT Tarn Quay"] or way == "tab"
    assert controller.state().armed_label == ""
    assert controller.selection_state.span_just_made
    state = keys(controller, "↶")
    assert words(controller) == ["COUNT 40 boats"]
    assert state.armed_label == "COUNT", "as the undone key found it"


def test_the_same_letter_again_takes_its_word_alone(controller: AnnotationController) -> None:
    """After an armed label and a letter, the letter once more takes the word alone; then the edges mend it."""
    keys(controller, "dd")
    hint(controller, "Tarn")
    hint(controller, "Tarn")
    assert "COUNT Tarn" in words(controller)
    keys(controller, ".")
    assert "COUNT Tarn Quay" in words(controller)


def test_a_command_disarms_and_does_its_own_work(controller: AnnotationController) -> None:
    """Enter with an armed label accepts, and the next sentence knows nothing of it."""
    state = keys(controller, "dd↵")
    assert state.armed_label == ""
    assert state.active == 1


def test_the_span_just_made_stays_in_hand_with_an_armed_label(controller: AnnotationController) -> None:
    """A label pressed once too often costs nothing: the prompt names the keys of the span, which mend it."""
    state = keys(controller, "sss")
    assert "for Skerrin" in row_text(prompt_rows(state, 79, BOX_GLYPHS)[0])
    keys(controller, "0")
    assert words(controller) == ["VENUE Tarn Quay"]


def test_any_number_is_turned_down_in_any_order(controller: AnnotationController) -> None:
    """0 turns each suggestion down, a span that was taken from one too, and selects nothing."""
    keys(controller, "a0")
    rejected = controller.session.annotated.annotation.rejected
    assert [s.label for s in rejected] == ["PERSON"]
    assert controller.selection is None
    assert words(controller) == []
    keys(controller, "a0a0")
    assert len(controller.session.annotated.annotation.rejected) == 3
    assert keys(controller, "↶↶↶↶↶↶").annotated.annotation.rejected == (), "a span and its refusal are one record each"


def test_the_keys_in_the_order_of_the_prompt_take_all(controller: AnnotationController) -> None:
    """Whoever presses the first key that the prompt names, again and again, passes over no suggestion."""
    while offered := controller.state().next_suggestions:
        controller.dispatch(act.PressLabel(next(iter(offered))))
    assert len(words(controller)) == 6
    assert controller.state().visible_suggestions(controller.state().active) == ()


def test_removing_a_changed_span_turns_nothing_down(controller: AnnotationController) -> None:
    """0 on a taken span whose edge was moved removes it: that its suggestion was wrong as well, nobody has said."""
    keys(controller, "s.0")
    assert words(controller) == []
    assert controller.session.annotated.annotation.rejected == ()
    assert "Tarn Quay" in [
        controller.session.annotated.text_of(s)
        for s in controller.state().visible_suggestions(controller.state().active)
    ]


def test_what_is_not_drawn_is_not_turned_down(controller: AnnotationController) -> None:
    """0 is about what the screen shows: an unlikely label of the same words is no verdict of the annotator."""
    quay = builders.span(TEXT, "Tarn Quay", "PERSON")

    class Both(builders.FixedSuggestions):
        def suggestions(self, annotated: AnnotatedSentence) -> tuple[Suggestion, ...]:
            return (*super().suggestions(annotated), Suggestion(quay.start, quay.end, "PERSON", "rules", 0.2))

    controller.session.suggestion_service = cast("Any", Both(FOUND))
    hint(controller, "Tarn")
    keys(controller, "0")
    assert [s.label for s in controller.session.annotated.annotation.rejected] == ["VENUE"]


def test_an_edge_on_the_range_of_another_span_keeps_both_apart(controller: AnnotationController) -> None:
    """The other span stays, the span that was moved is in focus, and the opposite edge key takes it back."""
    at = controller.state().annotated.sentence.tokens
    first = next(i for i, t in enumerate(at) if t.text == "40")
    controller.dispatch(act.SelectTokens(first - 1, first + 1))
    keys(controller, "f")
    controller.dispatch(act.SelectTokens(first, first + 1))
    keys(controller, "d")
    controller.dispatch("left_more")
    assert words(controller) == ["CLAIM had 40 boats", "COUNT had 40 boats"]
    controller.dispatch("left_less")
    assert words(controller) == ["CLAIM had 40 boats", "COUNT 40 boats"]


def test_of_two_spans_on_the_same_words_keys_change_the_one_in_focus(controller: AnnotationController) -> None:
    """Tab goes to the one and the other; a label key and 0 leave the other alone."""
    controller.dispatch(act.SelectTokens(10, 11))
    keys(controller, "f")
    controller.dispatch(act.PressLabel("VENUE", beside=True))
    assert words(controller) == ["CLAIM Tarn Quay", "VENUE Tarn Quay"]
    controller.dispatch(act.SelectTokens(10, 11))
    assert "PERSON may not be inside VENUE" in str(keys(controller, "a").message)
    assert "this is already VENUE" in str(keys(controller, "s").message)
    assert words(controller) == ["CLAIM Tarn Quay", "VENUE Tarn Quay"]
    state = keys(controller, "\t")
    assert state.selected_span
    assert state.selected_span.label == "VENUE"
    assert "VENUE is PERSON now" in str(keys(controller, "a").message)
    assert words(controller) == ["CLAIM Tarn Quay", "PERSON Tarn Quay"]
    keys(controller, "0")
    assert words(controller) == ["CLAIM Tarn Quay"], "the span just made goes, not the other"


@pytest.mark.parametrize(("label", "now"), [("s", ["COUNT 40 boats", "VENUE 40 boats"]), ("a", ["PERSON 40 boats"])])
def test_an_armed_label_goes_beside_a_span_where_both_may_be(
    controller: AnnotationController, label: str, now: list[str]
) -> None:
    """It is for new spans; where the schema forbids both, the words get the chosen label and the message says so."""
    controller.session.suggestion_service = cast("Any", builders.FixedSuggestions({"40 boats": ("COUNT", 0.9)}))
    keys(controller, "d;" + label)
    state = hint(controller, "40")
    assert words(controller) == now
    assert ("COUNT is PERSON now" in str(state.message)) == (label == "a")


def test_the_reach_is_offered_once(controller: AnnotationController) -> None:
    """After 200 spans the setting is named in one message, in this session and the next ones."""
    controller.spans_made = 200
    assert "reach" in str(keys(controller, "a").message)
    assert keys(controller, "a").message is None
    assert controller.updated_preferences(Preferences()).offered == ("reach",)


def test_after_removing_no_label_key_relabels(controller: AnnotationController) -> None:
    """0 lets go: the next label key goes on, it never labels the words that were just set free."""
    hint(controller, "Tarn")
    keys(controller, "d0")
    assert controller.selection is None
    keys(controller, "s")
    assert words(controller) == ["VENUE Tarn Quay"]


STEPS = st.lists(
    st.one_of(
        st.sampled_from(["undo", "redo", "let_go", "remove", "next_stop", "previous_stop", "grow", "shrink"]),
        st.sampled_from(["right_more", "left_less", "sentence_up", "sentence_down", "cursor_right", "reach", "split"]),
        st.sampled_from(["accept", "accept_view", "take", "everywhere", "proposals", "filter", "flag", "join"]),
        st.sampled_from(["PERSON", "VENUE", "COUNT", "CLAIM"] * 3),
        st.sampled_from(["list_yes", "list_refuse", "list_leave", "list_undo", "list_open", "open"]),
        st.integers(0, 19),
    ),
    max_size=25,
)


@settings(max_examples=100, deadline=None)
@given(STEPS)
@example(["take", "PERSON", "accept", "undo", "take", "VENUE", "COUNT", "accept_view"])  # chance seldom meets both
def test_prompt_tags_and_action_agree(steps: list[str | int]) -> None:
    """Before each key of a label and each accept: what prompt and tags show is what the key does, and nothing else.

    Before other keys: what is offered changes something, what is not changes nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        controller = open_controller(Path(folder))
        for step in steps:
            state = controller.settle(controller.state(), range(len(controller.session.article_sentences)))
            if isinstance(step, int):
                controller.dispatch(act.SelectTokens(min(step, len(state.annotated.sentence.tokens) - 1)))
            elif step.isupper():
                _holds(controller, state, step)
            elif step in {"accept", "accept_view"}:
                _takes_what_is_tagged(controller, state, step)
            elif step == "filter":
                controller.dispatch(act.SetFilter(parse_query("left:")))
            elif step == "open":
                finder, touched = controller.session.navigation.problem_finder, controller.session.navigation
                left = finder.sentences_with_left(touched.touched_sentences())
                controller.dispatch(act.OpenReview(LeftQueue(controller.session, left)))
            else:
                offered = state.has_effect(step)
                after = controller.dispatch(step)
                if step in {*SELECTION_COMMANDS, "undo", "redo"}:
                    assert offered is (_facts(state) != _facts(after)), step
        controller.session.close()


def _facts(state: TaskState) -> tuple[object, ...]:
    """Return what a command may change."""
    return state.annotated_sentences, state.selection and state.selection.range


def _takes_what_is_tagged(controller: AnnotationController, state: TaskState, command: str) -> None:
    """Accept, and hold that it takes what has its sign, records the rest that was drawn, and counts both."""
    unfinished = [i for i, w in enumerate(state.annotated_sentences) if not w.done]
    here = [state.active] if command == "accept" else unfinished
    tagged = [s for i in here for s in state.auto_accepted_suggestions(i)]
    drawn = [s for i in here for s in state.visible_suggestions(i)]
    before = {i: state.annotated_sentences[i].annotation for i in here}
    after = controller.dispatch(command)
    if not here or (after.message and after.message.warning):
        assert after.annotated_sentences == state.annotated_sentences
        return
    now = [after.annotated_sentences[i].annotation for i in here]
    taken = [s.key for i, a in zip(here, now, strict=True) for s in a.spans if s not in before[i].spans]
    assert taken == [(s.start, s.end, s.label) for s in tagged]
    left = [x for a in now for x in a.left]
    assert {(x.start, x.end, x.label) for x in left} <= {(s.start, s.end, s.label) for s in drawn}
    text, likely = after.message.text if after.message else "", sum(x.score >= REPORTED_SCORE for x in left)
    assert (f", {len(taken)} taken" in text) is bool(taken and likely), text
    assert (f" {pluralize(likely, 'suggestion')} " in f"{text} ") is bool(likely), text


def _holds(controller: AnnotationController, state: TaskState, label: str) -> None:
    if state.label_toggles_auto_accept:
        assert row_text(prompt_rows(state, 200, BOX_GLYPHS)[0]).strip(" ▌▸").startswith("Enter takes what is sure of")
        after = controller.dispatch(act.PressLabel(label))
        assert after.auto_accept_labels == state.auto_accept_labels ^ {label}
        assert after.annotated_sentences == state.annotated_sentences
        return
    effect, key = state.label_effects[label], next(x.key for x in state.schema.labels if x.name == label)
    here = range(len(state.annotated_sentences))
    tags = {i: [m for m in sentence_suggestion_marks(state, i, BOX_GLYPHS) if key in m.tag] for i in here}
    after = controller.dispatch(act.PressLabel(label))
    if after.message and after.message.warning:
        assert not effect.takes, "what a tag shows is never forbidden"
        return
    made = [(i, s) for i in here for s in after.annotated_sentences[i].annotation.spans
            if s not in state.annotated_sentences[i].annotation.spans]  # fmt: skip
    if effect.takes:
        assert effect.suggestion
        place = (effect.suggestion.start, effect.suggestion.end, label)
        assert [(i, s.key) for i, s in made] == [(effect.sentence, place)]
        assert [(i, m.start, m.end) for i, found in tags.items() for m in found] == [(effect.sentence, *place[:2])]
        return
    assert not any(tags.values()), "a tag on the screen takes its suggestion"
    if effect.kind in {LabelEffectKind.LABEL, LabelEffectKind.RELABEL}:
        assert [(i, s.label) for i, s in made] == [(state.active, label)]
    else:
        assert made == []
        assert after.annotated_sentences == state.annotated_sentences
        assert (after.armed_label == label) is (effect.kind is LabelEffectKind.ARM)
        assert (after.asked_label == label) is (effect.kind is LabelEffectKind.ASK)
