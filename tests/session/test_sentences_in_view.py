"""What is done to several sentences at once: those in view, and every mention in the article."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from annotator.core.annotation import Answer
from annotator.core.errors import RuleError
from annotator.core.search_query import parse_query
from annotator.session.actions import annotation_actions as actions
from annotator.session.actions.label_actions import LabelEffectKind
from annotator.session.annotation_controller import AnnotationController
from tests import builders

TEXT = """Harbour day
By Ilka Moran

Ada Pell opened the harbour at Tarn Quay. It rained.
More than 40 boats came to Tarn Quay, and Pell Street was full.
“We lost 3 oars,” said Osmund Lock. Nobody else spoke. Then Pell left Tarn Quay."""


FOUND = {
    "Ada Pell": ("PERSON", 0.9),
    "Osmund Lock": ("PERSON", 0.7),
    "More than 40 boats": ("COUNT", 0.6),
    "Tarn Quay": ("VENUE", 0.5),
}
FIRST = 0
"""The body sentence that one starts at: the title is no sentence of the queue."""


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[AnnotationController]:
    """Return a pen at the first body sentence of an article with repeated names."""
    builders.make_corpus(tmp_path / "news", builders.article(TEXT, "ty-bbb", origin="harbour.txt"))
    session = builders.open_session(tmp_path / "news")
    session.navigation.move_in_article(FIRST)
    session.suggestion_service = cast("Any", builders.FixedSuggestions(FOUND))
    yield AnnotationController(session)
    session.close()


def marked_words(controller: AnnotationController, i: int) -> list[tuple[str, str]]:
    """Return label and words of a sentence's spans."""
    annotated = controller.session.article_sentences[i]
    return [(s.label, annotated.text_of(s)) for s in annotated.annotation.spans]


def test_only_what_is_shown_is_accepted(controller: AnnotationController) -> None:
    """`*` accepts the open sentences that the screen shows whole, no other, and one undo takes all back."""
    controller.set_visible((0, 1, 2))
    controller.accept_visible_sentences()
    assert [w.annotation.answer for w in controller.session.article_sentences[:4]] == [*[Answer.ACCEPT] * 3, None]
    assert controller.session.position.sentence == 3
    controller.undo()
    assert not any(w.done for w in controller.session.article_sentences)
    controller.redo()
    assert sum(w.done for w in controller.session.article_sentences) == 3


def test_a_view_of_sentences_that_are_gone_reaches_nowhere(controller: AnnotationController) -> None:
    """Between a join and the next drawing what the screen showed is asked for: what has moved is left out."""
    n = len(controller.session.article_sentences)
    controller.set_visible(range(n))
    controller.session.join()
    controller.sync_sentence()
    assert len(controller.session.article_sentences) == n - 1
    assert list(controller.visible) == []
    assert {i for i, _ in controller.state().next_suggestions.values()} == {controller.session.position.sentence}
    controller.undo()
    assert list(controller.visible) == list(range(n))


def test_going_on_to_a_suggestion_finishes_nothing(controller: AnnotationController) -> None:
    """W goes round the open sentences in view that have suggestions; Enter comes back to those passed over."""
    controller.set_visible(range(5))
    went = [controller.dispatch("next_suggested").active for _ in range(3)]
    assert went == [2, 3, 0]
    state = controller.dispatch("next_suggested")
    assert not any(w.done or w.annotation.spans for w in state.annotated_sentences)
    controller.dispatch("accept")
    assert controller.session.position.sentence == 0
    controller.dispatch("accept")
    assert controller.session.position.sentence == 1, "it was passed over"
    assert [i for i, w in enumerate(controller.session.article_sentences) if w.done] == [0, 2]


def test_a_suggestion_below_the_screen_is_not_gone_to(controller: AnnotationController) -> None:
    """W stays within what the screen shows whole and the filter matches, and says so where nothing is suggested."""
    controller.set_visible((0, 1))
    message = controller.dispatch("next_suggested").message
    assert message is not None
    assert "no other sentence in view has a suggestion" in message.text
    controller.set_visible(range(5))
    controller.session.navigation.set_filter(parse_query("Osmund"))
    assert controller.dispatch("next_suggested").active == 3


def test_a_filter_keeps_the_others_open(controller: AnnotationController) -> None:
    """Under a filter `*` accepts only what the filter leads over."""
    controller.session.navigation.set_filter(parse_query("boats"))
    controller.set_visible((0, 1, 2))
    controller.accept_visible_sentences()
    assert [w.annotation.answer for w in controller.session.article_sentences[:3]] == [None, None, Answer.ACCEPT]


def test_a_finished_sentence_keeps_its_answer(controller: AnnotationController) -> None:
    """`*` leaves a rejected sentence in view as it is; where nothing is open it says so."""
    controller.answer(Answer.REJECT)
    controller.set_visible((0, 1))
    controller.accept_visible_sentences()
    assert [w.annotation.answer for w in controller.session.article_sentences[:2]] == [Answer.REJECT, Answer.ACCEPT]
    controller.set_visible((0, 1))
    with pytest.raises(RuleError, match="no open sentence is shown whole"):
        controller.accept_visible_sentences()


def test_the_view_takes_what_is_switched_on(controller: AnnotationController) -> None:
    """With a label switched to Enter, `*` takes what is drawn with the sign of Enter."""
    controller.settings.toggle_auto_accept("PERSON")
    controller.set_visible(tuple(range(len(controller.session.article_sentences))))
    state = controller.state()
    sure = {
        i: [s.label for s in state.auto_accepted_suggestions(i)]
        for i in range(len(controller.session.article_sentences))
    }
    assert any(sure.values())
    controller.accept_visible_sentences()
    for i, labels in sure.items():
        assert [name for name, _ in marked_words(controller, i)] == labels


def test_a_label_key_reaches_no_further_than_was_chosen(controller: AnnotationController) -> None:
    """A suggestion of a later sentence is taken only with the setting, if that sentence is in view."""
    controller.set_visible((0, 1, 2))
    controller.label("COUNT")
    assert controller.session.position.sentence == 0
    assert controller.state().armed_label == "COUNT"
    controller.dispatch("let_go")
    controller.dispatch("reach")
    controller.set_visible((0,))
    assert controller.state().label_effects["COUNT"].kind is LabelEffectKind.ARM
    controller.set_visible((0, 1, 2))
    controller.label("COUNT")
    assert controller.session.position.sentence == 2
    assert marked_words(controller, 2) == [("COUNT", "More than 40 boats")]


def test_nothing_is_leapt_over_for_good(controller: AnnotationController) -> None:
    """After a label's key has led to a later sentence, Enter goes on with the open ones before it in view."""
    controller.dispatch("reach")
    controller.set_visible((0, 1, 2))
    controller.label("COUNT")
    assert controller.session.position.sentence == 2
    for at in (0, 1, 3):
        controller.answer(Answer.ACCEPT)
        assert controller.session.position.sentence == at


def test_every_mention_is_one_edit(controller: AnnotationController) -> None:
    """`=` labels the other mentions of the words, no part of a longer name; one undo takes all back."""
    controller.label("VENUE")
    assert marked_words(controller, 0) == [("VENUE", "Tarn Quay")]
    assert controller.state().has_effect("everywhere")
    assert controller.apply(actions.label_all_mentions) == "2 more “Tarn Quay” are VENUE"
    assert ("VENUE", "Tarn Quay") in marked_words(controller, 2)
    assert not any(
        words == "Pell"
        for i in range(len(controller.session.article_sentences))
        for _, words in marked_words(controller, i)
    )
    assert not controller.state().has_effect("everywhere")
    with pytest.raises(RuleError, match="there is no other “Tarn Quay” in the article to label; spans and rejections"):
        controller.apply(actions.label_all_mentions)
    controller.undo()
    assert [marked_words(controller, i) for i in (0, 2)] == [[("VENUE", "Tarn Quay")], []]


def test_a_batch_is_read_again_as_it_was(controller: AnnotationController, tmp_path: Path) -> None:
    """After a new start the sentences of a batch stand as they were, and undo takes the batch back."""
    controller.answer(Answer.REJECT)
    controller.set_visible((0, 1, 2, 3))
    controller.accept_visible_sentences()
    before = [w.annotation for w in controller.session.article_sentences]
    controller.session.close()
    session = builders.open_session(tmp_path / "news")
    assert [w.annotation for w in session.sentences_of(session.queue[0])] == before
    session.undo()
    assert [w.done for w in session.sentences_of(session.queue[0])][:4] == [True, False, False, False]
    session.close()


def test_what_was_leapt_over_is_come_back_to_from_anywhere(controller: AnnotationController) -> None:
    """Until no open sentence is left before, also after a move in between."""
    controller.dispatch("reach")
    controller.set_visible((0, 1, 2, 3))
    controller.label("COUNT")
    controller.answer(Answer.ACCEPT)
    assert controller.session.position.sentence == 0
    controller.move_within_view(3)
    controller.answer(Answer.ACCEPT)
    assert controller.session.position.sentence == 0
