"""The worklist: y, n and all, one undo each, and what was turned down stays so."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.edits import Edit, Op, add_span, combine_edits, set_answer
from annotator.core.errors import RuleError
from annotator.session.review_queue import ConsistencyQueue
from annotator.session.session import AnnotationSession
from tests import builders
from tests.builders import records_in

TEXT = """Ferry stops at Skerrin

The ferry reached Skerrin at noon. Nobody on Skerrin had milk. Mayor Pia Rask of Skerrin was calm.
The boat left Skerrin before dusk, and Skerrin slept."""


def _session(path: Path, places: tuple[str, ...] = ("Skerrin",)) -> AnnotationSession:
    """Open a corpus in which two of four accepted sentences have the places labelled."""
    text = TEXT.replace("Skerrin", " and ".join(places))
    article = builders.article(text, "t-bb", origin="skerrin.txt")
    corpus = builders.make_corpus(path, article)
    session = builders.open_session(corpus.path)
    for i, annotated in enumerate(session.article_sentences):
        if i in (0, 2):
            for place in places:
                span = builders.span(annotated.sentence.text, place, "VENUE")
                session.apply_edit(add_span(session.article_sentences[i], span, session.schema))
        session.apply_edit(set_answer(session.article_sentences[i], Answer.ACCEPT))
    return session


def _list(session: AnnotationSession) -> ConsistencyQueue:
    return ConsistencyQueue(
        session, session.navigation.problem_finder.inconsistencies(session.navigation.touched_sentences())
    )


def _labels(session: AnnotationSession) -> list[int]:
    return [len(w.annotation.spans) for w in session.article_sentences]


@pytest.fixture
def session(tmp_path: Path) -> AnnotationSession:
    """Open the session of a corpus with an inconsistent place."""
    return _session(tmp_path / "news")


def test_yes_labels_one_place_and_goes_on(session: AnnotationSession) -> None:
    """Each y is one edit; the answer of a finished sentence stays; u takes it back."""
    annotated = _list(session)
    assert [(g.words, g.label, len(g.changes)) for g in annotated.groups] == [("Skerrin", "VENUE", 3)]
    assert annotated.accept() == "Skerrin is VENUE now"
    assert _labels(session) == [1, 1, 1, 0]
    assert session.article_sentences[1].annotation.answer is Answer.ACCEPT
    assert (annotated.at, annotated.open_count) == (1, 2)
    assert annotated.accept() == "Skerrin is VENUE now"
    assert annotated.accept() == "Skerrin is VENUE now"
    assert _labels(session) == [1, 1, 1, 2]
    with pytest.raises(RuleError, match="this is settled already; u takes it back"):
        annotated.accept()
    assert annotated.undo() == "taken back: Skerrin is VENUE now"
    assert (_labels(session), annotated.at, annotated.open_count) == ([1, 1, 1, 1], 2, 1)
    session.close()


def test_all_is_one_edit_and_one_undo(session: AnnotationSession) -> None:
    """A settles the rest of the group: one batch in the journal, taken back by one undo."""
    annotated = _list(session)
    assert annotated.accept_group() == "3 places made consistent"
    assert _labels(session) == [1, 1, 1, 2]
    assert annotated.open_count == 0
    session.flush()
    assert [r.batch[1] for r in records_in(session._journal.path)[-2:] if r.batch] == [2, 2]
    assert annotated.undo() == "taken back: 3 places made consistent"
    assert _labels(session) == [1, 0, 1, 0]
    assert annotated.open_count == 3
    with pytest.raises(RuleError, match="nothing to undo here; Esc, then Ctrl\\+Z goes further back"):
        annotated.undo()
    session.close()


def test_the_batch_is_the_same_after_a_new_start(tmp_path: Path) -> None:
    """The journal gives the same works back, and undo over sessions takes the whole batch."""
    session = _session(tmp_path / "news")
    _list(session).accept_group()
    session.close()
    session = builders.open_session(tmp_path / "news")
    assert _labels(session) == [1, 1, 1, 2]
    session.undo()
    assert _labels(session) == [1, 0, 1, 0]
    session.close()


def test_no_is_remembered(tmp_path: Path) -> None:
    """What was left is known-wrong in the journal and never proposed again; u takes that back too."""
    session = _session(tmp_path / "news")
    annotated = _list(session)
    assert annotated.skip() == "left as it is"
    assert [s.label for s in session.article_sentences[1].annotation.rejected] == ["VENUE"]
    assert len(_list(session).items) == 2
    annotated.undo()
    assert not session.article_sentences[1].annotation.rejected
    assert len(_list(session).items) == 3
    _list(session).skip()
    session.close()
    session = builders.open_session(tmp_path / "news")
    assert len(_list(session).items) == 2
    session.close()


def test_to_read_only_no_is_remembered_for_the_session(tmp_path: Path) -> None:
    """Nothing is written; the list is shorter all the same."""
    _session(tmp_path / "news").close()
    session = builders.open_session(tmp_path / "news", read_only=True)
    _list(session).skip()
    assert len(_list(session).items) == 2
    with pytest.raises(RuleError, match="open to read only"):
        _list(session).accept()
    session.close()


def test_what_a_rule_forbids_meanwhile_is_left_and_reported(session: AnnotationSession) -> None:
    """A place that changed since the look is told; a does the others."""
    annotated = _list(session)
    now = session.article_sentences[1]
    span = builders.span(now.sentence.text, "on Skerrin", "PERSON")
    session.apply_edit(add_span(now, span, session.schema))
    with pytest.raises(RuleError, match="VENUE may not be inside PERSON"):
        annotated.accept()
    assert annotated.accept_group().startswith("2 places made consistent; 1 left: VENUE may not be inside PERSON")
    assert _labels(session) == [1, 1, 1, 2]
    session.apply_edit(set_answer(session.article_sentences[0], Answer.REJECT))
    session.navigation.move_in_article(1)
    session.join()
    with pytest.raises(RuleError, match="the sentence has changed since; Esc, and open the worklist again"):
        annotated.accept()
    session.close()


def test_one_moves_by_proposal_and_by_group(tmp_path: Path) -> None:
    """Arrows stop at the ends; a group's first proposal is what one comes to."""
    session = _session(tmp_path / "news")
    edits: list[Edit] = []
    for i in (2, 3):
        annotated = session.article_sentences[i]
        words, label = ("Pia Rask", "PERSON") if i == 2 else ("boat", "VENUE")
        span = builders.span(annotated.sentence.text, words, label)
        edits.append(Edit(Op.EDIT, (annotated,), (add_span(annotated, span, session.schema).after[0],)))
    session.apply_edit(combine_edits(edits, "two"))
    work_list = _list(session)
    assert len(work_list.groups) == 1
    work_list.move(-5)
    assert work_list.at == 0
    work_list.move(9)
    assert work_list.at == len(work_list.items) - 1
    work_list.move_group(-1)
    assert work_list.at == 0
    work_list.move_group(1)
    assert work_list.at == 0, "there is one group"
    session.close()


def test_groups_are_gone_through_by_their_first_proposals(tmp_path: Path) -> None:
    """On to the next group; back to the first proposal of this one, then to the group before."""
    session = _session(tmp_path / "news", ("Skerrin", "Tarn Quay"))
    work_list = _list(session)
    assert [x.group for x in work_list.items] == [0, 0, 0, 1, 1, 1]
    for start in range(6):
        work_list.at = start
        work_list.move_group(1)
        assert work_list.at == 3
        work_list.at = start
        work_list.move_group(-1)
        assert work_list.at == (3 if start > 3 else 0)
    session.close()


def test_an_empty_list_says_so(tmp_path: Path) -> None:
    """Where all is consistent there is nothing in hand and every deed says so."""
    session = builders.open_session(builders.make_corpus(tmp_path / "news").path)
    annotated = _list(session)
    assert annotated.current_item is None
    annotated.move(1)
    annotated.move_group(1)
    for action in (annotated.accept, annotated.skip, annotated.accept_group):
        with pytest.raises(RuleError, match="there is nothing to make consistent"):
            action()
    session.close()


@given(st.lists(st.integers(1, 3), min_size=1, max_size=5), st.integers(0, 14), st.integers(-3, 3))
def test_the_moves_keep_to_the_list(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], start: int, by: int
) -> None:
    """Item by item up to the ends; by groups to the next group's first item, or back to that of its own first."""
    session = _session(tmp_path_factory.mktemp("x") / "news")
    queue = _list(session)
    queue.items = [replace(queue.items[0], group=g) for g, size in enumerate(sizes) for _ in range(size)]
    groups = [item.group for item in queue.items]
    queue.at = at = start % len(groups)
    queue.move(by)
    assert queue.at == max(0, min(at + by, len(groups) - 1))
    queue.at = at
    queue.move_group(1)
    assert queue.at == groups.index(min(groups[at] + 1, groups[-1]))
    queue.at = at
    queue.move_group(-1)
    first = groups.index(groups[at])
    assert queue.at == (first if first < at else groups.index(max(0, groups[at] - 1)))
    queue.items = []
    queue.move_group(1)
    queue.move(1)
    assert queue.current_item is None
    with pytest.raises(RuleError, match="there is nothing to make consistent"):
        queue.accept()
    session.close()
