"""What the keys mean for the hands: nothing is done to other words than one thinks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from annotator.core.annotation import Answer
from annotator.core.errors import RuleError
from annotator.core.schema import Label
from annotator.session.annotation_controller import AnnotationController
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
def pen(tmp_path: Path) -> Iterator[AnnotationController]:
    """Return a pen on one sentence with names, a count and a claim."""
    article = builders.article(f"Boats\n{TEXT}", "tb", origin="boats.txt")
    builders.make_corpus(tmp_path / "news", article)
    session = builders.open_session(tmp_path / "news")
    session.move_in_article(-1)
    session.suggestion_service = cast("Any", builders.FixedDesk(FOUND))
    yield AnnotationController(session)
    session.close()


def label(pen: AnnotationController, key: str) -> Label:
    """Return the label of a key."""
    found = pen.session.schema.by_key(key)
    assert found is not None
    return found


def chosen(pen: AnnotationController) -> str:
    """Return the selected words."""
    state = pen.state()
    assert state.selection is not None
    tokens = state.annotated.sentence.tokens
    return state.annotated.sentence.text[
        tokens[state.selection.first].start : tokens[state.selection.last - 1].end
    ]


def spans(pen: AnnotationController) -> list[tuple[str, str]]:
    """Return label and words of the spans in hand."""
    return [(s.label, pen.session.annotated.text_of(s)) for s in pen.session.annotated.annotation.spans]


def test_undo_selects_what_was_unlabelled(pen: AnnotationController) -> None:
    """A wrong label, undo, the right label: the second label means the same words."""
    pen.label(label(pen, "a"))
    words = chosen(pen)
    pen.undo()
    assert chosen(pen) == words
    pen.label(label(pen, "s"))
    assert spans(pen) == [("VENUE", words)]


def test_a_label_key_takes_the_next_suggestion_of_its_label(pen: AnnotationController) -> None:
    """With nothing in hand each label goes through its own suggestions in reading order, and no further."""
    for key in "adas":
        pen.label(label(pen, key))
    assert sorted(spans(pen)) == [
        ("COUNT", "more than 40 boats"),
        ("PERSON", "Ada Pell"),
        ("PERSON", "Osmund Lock"),
        ("VENUE", "Tarn Quay"),
    ]
    assert {s.source for s in pen.session.annotated.annotation.spans} == {"rules"}
    with pytest.raises(RuleError, match="no further PERSON is suggested in what is shown whole"):
        pen.label(label(pen, "a"))


def test_edges_and_space_change_the_span_in_hand_at_once(pen: AnnotationController) -> None:
    """The span just taken follows , . < > Space and Backspace; another label key still goes on."""
    pen.label(label(pen, "s"))
    assert spans(pen) == [("VENUE", "Tarn Quay")]
    pen.move_right_edge(1)
    assert spans(pen) == [("VENUE", "Tarn Quay on")]
    pen.move_right_edge(-1)
    pen.move_left_edge(1)
    assert spans(pen) == [("VENUE", "Quay")]
    pen.move_left_edge(-1)
    pen.grow()
    grown = spans(pen)[0][1]
    assert "Tarn Quay" in grown
    assert grown != "Tarn Quay"
    pen.shrink()
    assert spans(pen) == [("VENUE", "Tarn Quay")]
    pen.label(label(pen, "a"))
    assert ("PERSON", "Ada Pell") in spans(pen)


def test_a_hint_and_a_label_take_what_the_label_means_there(pen: AnnotationController) -> None:
    """One hint says where, the label says what: CLAIM takes the whole statement that starts there."""
    at = next(i for i, t in enumerate(pen.session.annotated.sentence.tokens) if t.text == "that")
    for letter in pen.state().hints[at].letters:
        pen.press_hint(letter)
    assert "CLAIM" in pen.state().snapped_ranges
    pen.label(label(pen, "f"))
    ((name, words),) = spans(pen)
    assert name == "CLAIM"
    assert words.startswith("that more than 40 boats had left Tarn Quay")


def test_a_rejected_suggestion_stays_away(pen: AnnotationController) -> None:
    """0 on a suggestion turns it down: it is kept as known to be wrong, and one undo brings it back."""
    while chosen_or_nothing(pen) != "Tarn Quay":
        pen.select_next_stop(1)
    pen.remove()
    said = pen.session.annotated.annotation
    assert [(s.label, pen.session.annotated.text_of(s)) for s in said.rejected if s.label == "VENUE"] == [
        ("VENUE", "Tarn Quay")
    ]
    assert said.spans == ()
    pen.clear_selection()
    with pytest.raises(RuleError, match="no VENUE is suggested"):
        pen.label(label(pen, "s"))
    pen.undo()
    assert pen.session.annotated.annotation.rejected == ()
    pen.clear_selection()
    pen.label(label(pen, "s"))
    assert spans(pen) == [("VENUE", "Tarn Quay")]


def chosen_or_nothing(pen: AnnotationController) -> str:
    """Return the selected words, or nothing."""
    return chosen(pen) if pen.selection else ""


def test_enter_takes_only_what_was_switched_to_it(pen: AnnotationController) -> None:
    """Enter alone takes no suggestion; with PERSON switched on it takes the sure persons and nothing else."""
    here = pen.session.annotated.sentence.id
    pen.answer(Answer.ACCEPT)
    pen.undo()
    assert pen.session.annotated.sentence.id == here
    assert spans(pen) == []
    pen.toggle_auto_accept(label(pen, "a"))
    pen.answer(Answer.ACCEPT)
    pen.undo()
    assert spans(pen) == [], "what is not shown is not taken"
    pen.set_visible((pen.session.position.sentence,))
    sure = [
        pen.session.annotated.sentence.text[s.start : s.end]
        for s in pen.state().auto_accepted_suggestions(pen.session.position.sentence)
    ]
    pen.answer(Answer.ACCEPT)
    pen.session.go_to(here)
    assert spans(pen) == [("PERSON", words) for words in sure]


def test_a_second_label_on_the_same_words_comes_from_the_menu(pen: AnnotationController) -> None:
    """A label key relabels the span it stands on; the label menu puts another beside it."""
    pen.label(label(pen, "d"))
    pen.label(label(pen, "f"), beside=True)
    assert sorted(spans(pen)) == [("CLAIM", "more than 40 boats"), ("COUNT", "more than 40 boats")]


def test_tab_goes_on_from_where_one_was(pen: AnnotationController) -> None:
    """After the selection is let go Tab goes on behind it, not back to the sentence's start."""
    pen.select_next_stop(1)
    pen.select_next_stop(1)
    at = pen.selection
    assert at is not None
    pen.clear_selection()
    pen.select_next_stop(1)
    assert pen.selection is not None
    assert pen.selection.first >= at.first
    assert pen.selection.range != at.range


def test_space_and_backspace_without_a_selection(pen: AnnotationController) -> None:
    """Space with nothing selected goes to what Tab goes to; Backspace says that nothing is selected."""
    with pytest.raises(RuleError, match="nothing is selected"):
        pen.shrink()
    pen.grow()
    assert pen.selection is not None
