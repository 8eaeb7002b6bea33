"""One label a pass: other labels stay as they are, and a sentence covers what its accepted passes have looked at."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.edits import Edit, Op, add_span, remove_span, set_answer
from annotator.core.errors import RuleError, UsageError
from annotator.core.label_pass import LabelPass
from annotator.core.search_query import parse_query
from annotator.core.spans import Span
from annotator.session.action import PressLabel, SelectTokens
from annotator.session.annotation_controller import AnnotationController
from annotator.session.session import AnnotationSession
from annotator.statistics.edit_events import events_from_records
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.workflows.statistics import collect_statistics
from tests import builders
from tests.session.test_controller_walks import STEPS, ControllerWalk, Step

ALL = ("PERSON", "VENUE", "COUNT", "CLAIM")
OFTEN: list[Step] = [f"key {c}" for c in "asdf"]
OFTEN += ["next_stop", "right_more", "remove", "accept", "accept_view", "undo", "join", "split", "sentence_up"]
"""What meets the work of an earlier pass."""
PASSES: tuple[tuple[str, ...], ...] = (("CLAIM",), ("PERSON", "VENUE"), ("COUNT",), ())


def _sentences(session: AnnotationSession) -> list[AnnotatedSentence]:
    return [w for a in session.queue for w in session.annotation_store.sentences_of(a)]


def _other_spans(session: AnnotationSession, labels: tuple[str, ...]) -> set[tuple[str, Span]]:
    """Return the spans of labels that a pass does not look at, at their places in the articles."""
    return {
        (w.sentence.article, s.shifted(w.sentence.start))
        for w in _sentences(session)
        for s in w.annotation.spans
        if labels and s.label not in labels
    }


RAW = st.tuples(st.just("raw"), st.sampled_from(range(4)), st.integers(0, 7))
"""An edit that no key makes in this pass: the session itself has to refuse it."""
WALKS = st.tuples(st.sampled_from(PASSES), st.lists(st.sampled_from(OFTEN * 2) | RAW | STEPS, min_size=8, max_size=30))


@settings(max_examples=60)
@given(st.lists(WALKS, min_size=2, max_size=4))
def test_no_step_changes_what_another_pass_has_found(passes: list[tuple[tuple[str, ...], list[Step]]]) -> None:
    """Whatever is done, spans of other labels stay, and accepted sentences cover what was looked at in them.

    The text that each label was looked at in grows with the accepts of its passes alone, and a pass takes nothing
    from it but for a sentence that is set aside, or joined with one that was not looked at.
    """
    looked_at: dict[str, set[tuple[str, int]]] = {label: set() for label in ALL}
    with tempfile.TemporaryDirectory() as folder:
        path = builders.make_corpus(Path(folder) / "news").path
        for labels, steps in passes:
            walk = ControllerWalk(path, labels=labels)
            others = _other_spans(walk.session, labels)
            for step in steps:
                before = _sentences(walk.session)
                if isinstance(step, tuple) and step[0] == "raw":
                    _apply_raw(walk.session, labels, *step[1:])
                else:
                    walk.take(step)
                assert _other_spans(walk.session, labels) == others
                _note_and_check(walk.session, labels, looked_at)
                if labels and step not in {"undo", "redo"}:
                    _check_joins_and_splits(walk.session, before)
                _check_other_labels(walk.session, before, is_undo=step in {"undo", "redo"})
            walk.session.close()


def _apply_raw(session: AnnotationSession, labels: tuple[str, ...], kind: int, n: int) -> None:
    if not session.article_sentences:
        return
    w, token = session.annotated, session.annotated.sentence.tokens[n % len(session.annotated.sentence.tokens)]
    mine = replace(w, annotation=replace(w.annotation, answer=Answer.ACCEPT, covers=labels or None))
    with suppress(RuleError):
        if kind == 2 and w.annotation.spans:
            session.apply_edit(remove_span(w, w.annotation.spans[n % len(w.annotation.spans)]))
        elif kind == 3:
            session.apply_edit(add_span(w, Span(token.start, token.end, ALL[n % 4]), session.schema))
        else:
            session.apply_edit(Edit(Op.ANSWER, (w,), (mine,)) if kind else set_answer(w, Answer.ACCEPT))


def _check_joins_and_splits(session: AnnotationSession, before: list[AnnotatedSentence]) -> None:
    """Check that a sentence that is cut otherwise covers what all that had its text covered."""
    covered, old = session.label_pass.covered, {w.sentence.id for w in before}
    for w in (w for w in _sentences(session) if w.sentence.id not in old):
        s = w.sentence
        parts = [
            set(covered(x.annotation))
            for x in before
            if x.sentence.article == s.article and x.sentence.start < s.end and s.start < x.sentence.end
        ]
        assert set(covered(w.annotation)) == set.intersection(*parts)


def _check_other_labels(session: AnnotationSession, before: list[AnnotatedSentence], *, is_undo: bool) -> None:
    """Nobody gains or loses what a pass does not look at; a sentence that is set aside loses it until an undo."""
    covered, labels = session.label_pass.covered, set(session.label_pass.labels)
    old = {w.sentence.id: w.annotation for w in before}
    for w in (w for w in _sentences(session) if w.sentence.id in old):
        was = old[w.sentence.id]
        if not {was.answer, w.annotation.answer} & {Answer.REJECT, Answer.IGNORE}:
            assert set(covered(w.annotation)) ^ set(covered(was)) <= labels
        elif not is_undo:
            assert set(covered(w.annotation)) - set(covered(was)) <= labels


def _note_and_check(
    session: AnnotationSession, labels: tuple[str, ...], looked_at: dict[str, set[tuple[str, int]]]
) -> None:
    for w in _sentences(session):
        covered = session.label_pass.covered(w.annotation)
        places = {(w.sentence.article, i) for i in range(w.sentence.start, w.sentence.end)}
        mine = labels or ALL
        if w.annotation.answer is Answer.ACCEPT and set(mine) <= set(covered):
            for label in mine:
                looked_at[label] |= places
        for label in covered:
            words = [i for i in places if not session.article(i[0]).text[i[1]].isspace()]
            assert all(i in looked_at[label] for i in words), (label, w)


def test_a_sentence_is_open_for_the_labels_that_no_accept_has_covered(tmp_path: Path) -> None:
    """Enter covers the labels of its pass beside those of earlier ones; all of them together are all labels."""
    path = builders.make_corpus(tmp_path / "news").path
    for labels, covers in (
        (("CLAIM",), ("CLAIM",)),
        (("PERSON", "VENUE"), ("PERSON", "VENUE", "CLAIM")),
        (("COUNT",), None),
    ):
        session = builders.open_session(path, labels=labels)
        first = session.article_sentences[0].sentence.id
        assert (session.annotated.sentence.id, session.corpus_progress.done) == (first, 0)
        AnnotationController(session).dispatch("accept")
        annotation = session.article_sentences[0].annotation
        assert (annotation.answer, annotation.covers, session.corpus_progress.done) == (Answer.ACCEPT, covers, 1)
        session.close()
    again = builders.open_session(path)
    assert again.corpus_progress.done == 1
    again.close()


def test_a_partial_accept_is_open_for_all_labels_and_undo_takes_its_cover_back(tmp_path: Path) -> None:
    """Without --labels a sentence that covers some labels comes up again; undo of the second accept restores them."""
    path = builders.make_corpus(tmp_path / "news").path
    one = builders.open_session(path, labels=["CLAIM"])
    AnnotationController(one).dispatch("accept")
    one.close()
    full = builders.open_session(path, start=one.article_sentences[0].sentence.id)
    controller = AnnotationController(full)
    state = controller.state()
    assert (state.answer_of(0), state.annotated.annotation.answer) == (None, Answer.ACCEPT)
    controller.dispatch("accept")
    assert full.article_sentences[0].annotation.covers is None
    controller.dispatch("undo")
    assert full.article_sentences[0].annotation.covers == ("CLAIM",)
    full.close()


def _labelled(path: Path, label: str, words: str) -> None:
    """Accept the first sentence with these words labelled, in a pass of that label."""
    session = builders.open_session(path, labels=[label])
    controller = AnnotationController(session)
    _select(controller, words)
    controller.dispatch(PressLabel(label))
    controller.dispatch("accept")
    session.close()


def _select(controller: AnnotationController, words: str) -> None:
    sentence = controller.session.annotated.sentence
    start = sentence.text.index(words)
    chosen = [i for i, t in enumerate(sentence.tokens) if start <= t.start and t.end <= start + len(words)]
    controller.dispatch(SelectTokens(chosen[0], chosen[-1]))


@pytest.mark.parametrize("key", ["remove", PressLabel("VENUE"), "undo"])
def test_a_key_that_would_change_another_label_gives_the_reason(tmp_path: Path, key: str | PressLabel) -> None:
    """A span of another label cannot be removed, no other label given, and the accept of another pass not undone."""
    path = builders.make_corpus(tmp_path / "news").path
    _labelled(path, "VENUE", "Tarn Quay")
    session = builders.open_session(path, labels=["PERSON"])
    controller, before = AnnotationController(session), session.annotated
    _select(controller, "Tarn Quay")
    message = controller.dispatch(key).message
    assert message
    assert message.warning
    assert message.text.startswith("VENUE is no label of this pass (PERSON)")
    assert session.article_sentences[0] == before
    session.close()


def test_a_label_goes_beside_a_span_of_another_pass_on_the_same_words(tmp_path: Path) -> None:
    """A label never takes the place of one that is not looked at: where the schema forbids both, nothing is done."""
    path = builders.make_corpus(tmp_path / "news").path
    _labelled(path, "VENUE", "Tarn Quay")
    session = builders.open_session(path, labels=["COUNT"])
    controller = AnnotationController(session)
    _select(controller, "Tarn Quay")
    controller.dispatch(PressLabel("COUNT"))
    assert sorted(s.label for s in session.annotated.annotation.spans) == ["COUNT", "VENUE"]
    session.close()


def test_a_pass_offers_its_labels_alone(tmp_path: Path) -> None:
    """Suggestions, label keys, and what an accept leaves are of the labels that are looked at."""
    path = builders.make_corpus(tmp_path / "news").path
    whole = builders.open_session(path)
    assert {s.label for s in whole.suggestions_for(0)} > {"COUNT"}
    whole.close()
    session = builders.open_session(path, labels=["COUNT"])
    controller = AnnotationController(session)
    state = controller.state()
    assert {s.label for i in range(5) for s in state.visible_suggestions(i)} == {"COUNT"}
    assert (set(state.label_effects), [x.name for x in state.keyed_labels]) == ({"COUNT"}, ["COUNT"])
    controller.dispatch("accept")
    assert {x.label for x in session.article_sentences[0].annotation.left} == {"COUNT"}
    session.close()


def test_an_accept_keeps_what_earlier_passes_have_left(tmp_path: Path) -> None:
    """The worklist of a pass has its own suggestions; those that another pass has left wait for that one."""
    path = builders.make_corpus(tmp_path / "news").path
    for labels in (["COUNT"], ["PERSON"]):
        session = builders.open_session(path, labels=labels)
        AnnotationController(session).dispatch("accept")
        assert {x.label for x in session.article_sentences[0].annotation.left} == {"COUNT", labels[0]}
        found = session.label_pass.left_in(session.article_sentences[0].annotation)
        assert {x.label for x in found} == set(labels)
        session.close()


def test_rejected_and_ignored_sentences_are_done_for_every_pass(tmp_path: Path) -> None:
    """Reject and ignore are about the sentence as a whole."""
    path = builders.make_corpus(tmp_path / "news").path
    for labels, key in ((["COUNT"], "ignore"), (["PERSON"], "reject")):
        session = builders.open_session(path, labels=labels)
        AnnotationController(session).dispatch(key)
        session.close()
    again = builders.open_session(path, labels=["CLAIM"])
    assert again.corpus_progress.done == 2
    again.close()


def test_a_join_covers_what_both_sentences_cover(tmp_path: Path) -> None:
    """A joined sentence is open, and once accepted covers the pass and what was covered in both; a split likewise."""
    path = builders.make_corpus(tmp_path / "news").path
    for labels, count in ((["COUNT"], 2), (["PERSON"], 1)):
        session = builders.open_session(path, labels=labels)
        controller = AnnotationController(session)
        for _ in range(count):
            controller.dispatch("accept")
        session.close()
    session = builders.open_session(path, labels=["CLAIM"])
    controller = AnnotationController(session)
    controller.dispatch("join")
    assert (session.annotated.annotation.answer, session.annotated.annotation.covers) == (None, ("COUNT",))
    controller.dispatch("accept")
    assert session.article_sentences[0].annotation.covers == ("COUNT", "CLAIM")
    controller.dispatch("first")
    controller.dispatch(SelectTokens(5))
    controller.dispatch("split")
    assert [w.annotation.covers for w in session.article_sentences[:2]] == [("COUNT", "CLAIM")] * 2
    session.close()


def test_old_lines_cover_all_labels(tmp_path: Path) -> None:
    """A line that an earlier program has written names no labels: its sentence is done for every pass."""
    path = builders.make_corpus(tmp_path / "news").path
    session = builders.open_session(path)
    AnnotationController(session).dispatch("accept")
    session.close()
    assert b"_covers" not in (path / "annotations" / "ana.jsonl").read_bytes()
    again = builders.open_session(path, labels=["CLAIM"])
    assert again.corpus_progress.done == 1
    again.close()


def test_the_search_finds_what_is_open_for_the_pass(tmp_path: Path) -> None:
    """``answer:open`` means open for the labels that are looked at."""
    path = builders.make_corpus(tmp_path / "news").path
    session = builders.open_session(path, labels=["COUNT"])
    AnnotationController(session).dispatch("accept")
    session.close()
    counts = []
    for labels in (["COUNT"], ["CLAIM"]):
        again = builders.open_session(path, labels=labels)
        found = list(AnnotationController(again).start_search(parse_query("answer:open")))
        counts.append(found[-1].total)
        again.close()
    assert counts[1] == counts[0] + 1


def test_an_unknown_label_is_an_error_that_names_the_others() -> None:
    """A label that the schema lacks cannot be looked at."""
    schema = builders.news_schema()
    with pytest.raises(UsageError, match="there is no label PLACE; use some of PERSON, VENUE, COUNT, CLAIM"):
        LabelPass.of(schema, ["PERSON,PLACE"])
    assert LabelPass.of(schema, ["CLAIM, PERSON", "PERSON"]).labels == ("PERSON", "CLAIM")
    assert not LabelPass.of(schema).is_partial


@pytest.mark.parametrize("answer", [None, Answer.IGNORE, Answer.REJECT])
def test_an_edit_that_covers_more_than_the_pass_is_refused(tmp_path: Path, answer: Answer | None) -> None:
    """No path through the session can claim that other labels were looked at, in a sentence that was set aside too."""
    session = builders.open_session(builders.make_corpus(tmp_path / "news"), labels=["COUNT"])
    if answer:
        session.apply_edit(set_answer(session.annotated, answer))
    with pytest.raises(RuleError, match="is no label of this pass"):
        session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
    assert session.annotated.annotation == Annotation(answer=answer)
    session.close()


def test_a_label_that_the_schema_lacks_by_now_stops_no_pass(tmp_path: Path) -> None:
    """What was looked at under it is in the record, and the pass that looks at the rest finishes the sentence."""
    path = builders.make_corpus(tmp_path / "news").path
    schema = (path / "schema.toml").read_text()
    (path / "schema.toml").write_text(schema + '\n[[label]]\nname = "BOAT"\n')
    for labels, covers in ((["CLAIM", "BOAT"], ("CLAIM", "BOAT")), (["PERSON", "VENUE", "COUNT"], None)):
        session = builders.open_session(path, labels=labels)
        controller = AnnotationController(session)
        controller.dispatch("accept")
        assert session.article_sentences[0].annotation.covers == covers
        session.close()
        (path / "schema.toml").write_text(schema)
    again = builders.open_session(path, labels=["PERSON", "VENUE", "COUNT"])
    AnnotationController(again).dispatch("undo")
    assert again.article_sentences[0].annotation.covers == ("CLAIM", "BOAT")
    again.close()


def test_figures_count_for_the_pass(tmp_path: Path) -> None:
    """A sentence accepted for some labels is done for these alone; each pass that accepts it has finished it."""
    corpus = builders.make_corpus(tmp_path / "news")
    for labels in (["COUNT"], ["PERSON", "VENUE"]):
        session = builders.open_session(corpus.path, labels=labels)
        AnnotationController(session).dispatch("accept")
        session.close()
    done = {}
    for wanted in ((), ("COUNT",), ("COUNT,VENUE",), ("CLAIM",)):
        (figures,) = collect_statistics(CorpusFolder.open(corpus.path), labels=wanted).annotators
        done[wanted] = figures.done
    assert done == {(): 0, ("COUNT",): 1, ("COUNT,VENUE",): 1, ("CLAIM",): 0}
    events = events_from_records(Journal.open(corpus.path, "ana", read_only=True).records)
    assert [(e.finished, e.untouched) for e in events] == [(1, 1), (1, 1)]


def test_words_are_inconsistent_only_where_their_label_was_looked_for(tmp_path: Path) -> None:
    """A name that is labelled in one pass is not missing in a sentence that was accepted for other labels."""
    path = builders.make_corpus(tmp_path / "news").path
    _labelled(path, "VENUE", "Tarn Quay")
    session = builders.open_session(path, labels=["COUNT"])
    controller = AnnotationController(session)
    controller.dispatch("accept")
    controller.dispatch("accept")
    session.close()
    again = builders.open_session(path, labels=["VENUE"])
    assert not again.navigation.problem_finder.inconsistencies(again.navigation.touched_sentences())
    AnnotationController(again).dispatch("accept")
    assert again.navigation.problem_finder.inconsistencies(again.navigation.touched_sentences())
    again.close()


def test_a_label_without_a_key_gets_one_in_its_pass(tmp_path: Path) -> None:
    """In a schema of many labels those that are looked at have the keys, the first ones of the home row."""
    schema = "".join(f'[[label]]\nname = "L{n}"\n' for n in range(12))
    path = builders.make_corpus(tmp_path / "many", schema=schema).path
    session = builders.open_session(path, labels=["L11,L9"])
    controller = AnnotationController(session)
    assert [(x.name, x.key) for x in controller.state().keyed_labels] == [("L9", "a"), ("L11", "s")]
    assert controller.action_for_key("s", "s") == PressLabel("L11")
    session.close()
