"""Suggestions that are open at an accept: recorded, reported from a score on, found again, and settled later."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.annotation import Annotation, Answer
from annotator.core.errors import RuleError
from annotator.core.search_query import parse_query
from annotator.session.action import PressLabel
from annotator.session.actions.annotation_actions import count_left
from annotator.session.annotation_controller import AnnotationController
from annotator.session.review_queue import LeftQueue
from annotator.session.session import AnnotationSession
from annotator.statistics.edit_events import SpeedWarning, SpeedWarningKind
from tests import builders

TEXT = """Harbour day
By Ilka Moran

Ada Pell opened the harbour at Tarn Quay. It rained.
More than 40 boats came to Tarn Quay, and Pell Street was full."""
FOUND = {
    "Ada Pell": ("PERSON", 0.9),
    "More than 40 boats": ("COUNT", 0.6),
    "Tarn Quay": ("VENUE", 0.5),
    "harbour": ("VENUE", 0.2),
}
DONE = "every sentence is done · 1 suggestion left: L · Ctrl+C twice leaves, then: annotator export {} out"


def _open(path: Path) -> AnnotationController:
    """Return the controller of a corpus of three sentences, at the first one."""
    if not path.exists():
        builders.make_corpus(path, builders.article(TEXT, "ty-bb", origin="harbour.txt"))
    session = builders.open_session(path)
    session.suggestion_service = cast("Any", builders.FixedSuggestions(FOUND))
    session.navigation.move_in_article(0)
    return AnnotationController(session)


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[AnnotationController]:
    """Return the controller at the first sentence."""
    controller = _open(tmp_path / "news")
    yield controller
    controller.session.close()


def _left(session: AnnotationSession, i: int) -> list[tuple[str, str, float]]:
    annotated = session.article_sentences[i]
    return [(annotated.text_of(x.span), x.label, x.score) for x in annotated.annotation.left]


def _message(controller: AnnotationController, action: Any) -> tuple[str, bool]:
    message = controller.dispatch(action).message
    return (message.text, message.warning) if message else ("", False)


def test_enter_reports_what_is_likely_and_records_all_that_was_drawn(tmp_path: Path) -> None:
    """The prompt of the next sentence names the one that was accepted; below the score nothing is said."""
    controller = _open(tmp_path / "news")
    said = [_message(controller, "accept")[0] for _ in range(3)]
    assert said == ["accepted 1.1 · 1 suggestion left", "", DONE.format(tmp_path / "news")]
    first = [("Ada Pell", "PERSON", 0.9), ("Tarn Quay", "VENUE", 0.5)]
    controller.session.close()
    again = _open(tmp_path / "news").session
    assert _left(again, 0) == first
    assert _left(again, 1) == []
    assert _left(again, 2) == [("More than 40 boats", "COUNT", 0.6), ("Tarn Quay", "VENUE", 0.5)]
    again.close()


def test_all_in_view_counts_what_was_not_taken(controller: AnnotationController) -> None:
    """`*` says how many; at the end of the work comes what is left in the corpus too."""
    controller.set_visible((0, 1))
    assert _message(controller, "accept_view") == ("2 accepted, 1 suggestion not taken", False)
    assert len(_left(controller.session, 0)) == 2
    controller.undo()
    assert not _left(controller.session, 0)
    controller.set_visible((0, 1, 2))
    assert _message(controller, "accept_view") == (
        f"3 accepted, 1 suggestion not taken · {DONE.format(controller.session.corpus.path)}",
        False,
    )


def test_haste_is_reported_with_it(controller: AnnotationController, monkeypatch: pytest.MonkeyPatch) -> None:
    """A warning does not take the place of what was left, nor the other way round."""
    haste = SpeedWarning(SpeedWarningKind.ALL_TAKEN, 9, 90, 9.0)
    monkeypatch.setattr(controller.session, "_speed_monitor", cast("Any", _Observer(haste)))
    assert _message(controller, "accept") == (f"accepted 1.1 · 1 suggestion left · {haste.message}", True)


def test_what_is_left_is_not_drawn_where_suggestions_are_off(controller: AnnotationController) -> None:
    """Off is off in an accepted sentence too: nothing to see, nothing that a label's key takes."""
    controller.dispatch("accept")
    assert controller.dispatch("sentence_up").visible_suggestions(0)
    assert not controller.dispatch("proposals").visible_suggestions(0)
    assert controller.dispatch(PressLabel("PERSON")).annotated.annotation.spans == ()


def test_what_is_left_of_a_label_that_the_schema_lacks_is_nowhere(tmp_path: Path) -> None:
    """Not drawn, not counted, in no worklist; it is in the journal for a schema that has the label again."""
    controller = _open(tmp_path / "news")
    controller.dispatch("accept")
    controller.session.close()
    names, text = tmp_path / "news/schema.toml", builders.NEWS
    for schema, n in ((text.replace('"PERSON"', '"AGENT"'), 0), (text, 1)):
        names.write_text(schema, encoding="utf-8")
        session = _open(tmp_path / "news").session
        session.suggestion_service = cast("Any", builders.FixedSuggestions({}))
        assert len(session.suggestions_for(0)) == 1 + n
        assert count_left(session.article_sentences) == n
        assert len(LeftQueue(session, session.article_sentences).items) == 1 + n
        session.close()


class _Observer:
    def __init__(self, warning: SpeedWarning) -> None:
        self._warning = warning

    def observe(self, _: object) -> SpeedWarning:
        return self._warning


def test_suggestions_that_are_off_are_not_left(controller: AnnotationController) -> None:
    """Only what was drawn counts."""
    controller.dispatch("proposals")
    assert _message(controller, "accept") == ("", False)
    assert _left(controller.session, 0) == []


def test_what_enter_takes_is_not_left(controller: AnnotationController) -> None:
    """A label that Enter takes is taken; the others are left."""
    controller.settings.toggle_auto_accept("PERSON")
    controller.set_visible((0,))
    assert _message(controller, "accept") == ("", False)
    assert _left(controller.session, 0) == [("Tarn Quay", "VENUE", 0.5)]


def test_only_a_sentence_that_was_open_gets_new_ones(controller: AnnotationController) -> None:
    """Enter on an accepted sentence writes nothing and reports again; another answer forgets, a new accept records."""
    session = controller.session
    controller.dispatch("accept")
    before = session.annotation_store.last_seq(session.article_sentences[0].sentence.id)
    session.suggestion_service = cast("Any", builders.FixedSuggestions({"harbour": ("VENUE", 0.9)}))
    session.navigation.move_in_article(0)
    assert _message(controller, "accept")[0] == "accepted 1.1 · 1 suggestion left"
    assert session.annotation_store.last_seq(session.article_sentences[0].sentence.id) == before
    session.navigation.move_in_article(0)
    controller.dispatch("reject")
    assert _left(session, 0) == []
    session.navigation.move_in_article(0)
    controller.dispatch("accept")
    assert _left(session, 0) == [("harbour", "VENUE", 0.9)]


def test_an_accepted_sentence_draws_what_it_has_left_as_it_was(controller: AnnotationController) -> None:
    """The sentence and the worklist have one list and one score, whatever the sources think by now; more may come."""
    controller.dispatch("accept")
    by_now = {"Ada Pell": ("PERSON", 0.4), "Pell": ("PERSON", 0.95), "Tarn": ("VENUE", 0.2), "harbour": ("VENUE", 0.9)}
    controller.session.suggestion_service = cast("Any", builders.FixedSuggestions(by_now))
    controller.session.navigation.move_in_article(0)
    drawn = controller.state().visible_suggestions(0)
    listed = [x.left for x in _list(controller.session).items]
    assert [(s.start, s.end, s.score, s.source) for s in drawn if s.score != 0.9 or s.label == "PERSON"] == [
        (x.start, x.end, x.score, x.source) for x in listed
    ]
    assert [s.label for s in drawn] == ["PERSON", "VENUE", "VENUE"]


def test_messages_count_what_is_taken_and_what_is_left(controller: AnnotationController) -> None:
    """With a label that Enter takes, both numbers are there, and undo names what it takes back."""
    controller.session.suggestion_service = cast("Any", builders.FixedSuggestions(FOUND | {"harbour": ("COUNT", 0.9)}))
    controller.dispatch("take")
    controller.dispatch(PressLabel("PERSON"))
    controller.set_visible((0, 1))
    assert _message(controller, "accept")[0] == "accepted 1.1, 1 taken · 1 suggestion left"
    assert _message(controller, "undo")[0] == "undone: accept, 1 taken"
    assert _message(controller, "accept_view")[0] == "2 accepted, 1 taken, 1 suggestion not taken"
    assert _message(controller, "undo")[0] == "undone: accept of 2 sentences, 1 taken"


def test_what_was_left_is_searched_by_score(controller: AnnotationController) -> None:
    """`left:` finds every sentence with one, `left:0.8` those with a likely one, and both highlight the words."""
    controller.set_visible((0, 1, 2))
    controller.dispatch("accept_view")
    for query, words in {"left:": ["Ada Pell", "Tarn Quay"], "left:0,8": ["Ada Pell"], "left:0.95": []}.items():
        found = list(controller.start_search(parse_query(query)))[-1]
        first = [w for h in found.hits[:1] for w in h.highlights]
        assert [controller.session.article_sentences[0].sentence.text[a:b] for a, b in first] == words
        assert found.total == {"left:": 2, "left:0,8": 1, "left:0.95": 0}[query]
    assert parse_query("left:much").warning(()) == "much is no score: try left:0.8"


# -- the worklist ------------------------------------------------------------------------------


def _list(session: AnnotationSession) -> LeftQueue:
    finder = session.navigation.problem_finder
    return LeftQueue(session, finder.sentences_with_left(session.navigation.touched_sentences()))


def _accepted(path: Path) -> AnnotationController:
    controller = _open(path)
    controller.set_visible((0, 1, 2))
    controller.dispatch("accept_view")
    return controller


def test_each_key_settles_one_and_keeps_the_answer(tmp_path: Path) -> None:
    """The likely ones come first; taken is a span, turned down is known to be wrong, dismissed is neither, for good."""
    controller = _accepted(tmp_path / "news")
    session, worklist = controller.session, _list(controller.session)
    words = [x.annotated.text_of(x.left.span) for x in worklist.items]
    assert words == ["Ada Pell", "Tarn Quay", "More than 40 boats", "Tarn Quay"]
    assert worklist.take() == "Ada Pell is PERSON now"
    assert worklist.refuse() == "Tarn Quay is no VENUE"
    assert worklist.dismiss() == "More than 40 boats as COUNT: dismissed"
    assert [worklist.outcome(n) for n in range(4)] == ["taken", "turned down", "dismissed", ""]
    assert (worklist.at, worklist.open_count) == (3, 1)
    annotations = [w.annotation for w in session.article_sentences]
    assert [a.answer for a in annotations] == [Answer.ACCEPT] * 3
    assert [s.source for s in annotations[0].spans] == ["rules"]
    assert [s.label for s in annotations[0].rejected] == ["VENUE"]
    assert (annotations[2].spans, annotations[2].rejected) == ((), ())
    assert [len(_left(session, i)) for i in range(3)] == [0, 0, 1]
    assert controller.undo() == "undone: dismissal of COUNT More than 40 boats"
    controller.redo()
    session.close()
    again = _open(tmp_path / "news").session
    assert [x.annotated.text_of(x.left.span) for x in _list(again).items] == ["Tarn Quay"]
    again.close()


def test_what_is_decided_elsewhere_cannot_be_decided_again(tmp_path: Path) -> None:
    """A list that is older than the annotation says so and changes nothing."""
    controller = _accepted(tmp_path / "news")
    older, newer = _list(controller.session), _list(controller.session)
    newer.take()
    with pytest.raises(RuleError, match="this was decided since; Esc, and open the worklist again"):
        older.refuse()
    controller.session.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["take", "refuse", "dismiss", "undo", "move"]), max_size=12))
def test_every_key_has_its_undo(keys: list[str]) -> None:
    """However the list is gone through: nothing is decided twice, and as many undos bring everything back."""
    with tempfile.TemporaryDirectory() as folder:
        session = _accepted(Path(folder) / "news").session
        before = [w.annotation for w in session.article_sentences]
        worklist, moves = _list(session), {"move": lambda: worklist.move(1)}
        done = 0
        for key in keys:
            call: Callable[[], object] = moves.get(key) or getattr(worklist, key)
            try:
                call()
            except RuleError:
                continue
            done += {"undo": -1, "move": 0}.get(key, 1)
            for annotation in (w.annotation for w in session.article_sentences):
                assert annotation.answer is Answer.ACCEPT
                _check_apart(annotation)
        for _ in range(done):
            worklist.undo()
        assert [w.annotation for w in session.article_sentences] == before
        session.close()


def _check_apart(annotation: Annotation) -> None:
    """Assert that no suggestion is at once left, taken or turned down."""
    each = [
        {x.span.key for x in annotation.left},
        *({s.key for s in g} for g in (annotation.spans, annotation.rejected)),
    ]
    assert sum(map(len, each)) == len(set.union(*each))
