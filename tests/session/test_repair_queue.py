"""The worklist of spans inside tokens: one key a repair, one undo a deed, and the corpus stays sound."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.annotation import Answer
from annotator.core.edits import Edit, Op, combine_edits
from annotator.core.errors import RuleError
from annotator.core.search_query import parse_query
from annotator.core.span_repair import RepairKind
from annotator.core.spans import Span
from annotator.core.tokens import tokens_text
from annotator.session.actions import annotation_actions as actions
from annotator.session.annotation_controller import AnnotationController
from annotator.session.repair_queue import RepairQueue
from annotator.session.session import AnnotationSession
from tests import builders

TEXT = """Ferry stops at Skerrin

Mayor Okafor of Oldskerrin rowed twelvekm home. Nobody on Oldskerrin had milk."""
SPANS = ((0, "afor", "PERSON"), (0, "skerrin", "VENUE"), (0, "twelve", "COUNT"), (1, "skerrin", "VENUE"))


def _open(path: Path, spans: Sequence[tuple[int, str, str]] = SPANS) -> AnnotationSession:
    """Open a corpus of two accepted sentences with spans inside tokens, as an import leaves them."""
    corpus = builders.make_corpus(path, builders.article(TEXT, "t-b", origin="skerrin.txt"))
    session = builders.open_session(corpus.path)
    edits = []
    for i in (0, 1):
        annotated = session.article_sentences[i]
        mine = [builders.span(annotated.sentence.text, words, label) for n, words, label in spans if n == i]
        after = annotated.annotation.with_spans(mine).with_answer(Answer.ACCEPT)
        edits.append(Edit(Op.EDIT, (annotated,), (type(annotated)(annotated.sentence, after),)))
    session.apply_edit(combine_edits(edits, "imported"))
    return session


def _list(session: AnnotationSession) -> RepairQueue:
    return RepairQueue(
        session, session.navigation.problem_finder.misaligned_spans(session.navigation.touched_sentences())
    )


def _marked_words(session: AnnotationSession, i: int) -> list[tuple[str, str]]:
    annotated = session.article_sentences[i]
    return [(s.label, annotated.text_of(s)) for s in annotated.annotation.spans]


def _tokens(session: AnnotationSession, i: int) -> list[str]:
    return [t.text for t in session.article_sentences[i].sentence.tokens]


@pytest.fixture
def session(tmp_path: Path) -> AnnotationSession:
    """Open the session of a corpus with four spans inside tokens."""
    return _open(tmp_path / "news")


def test_each_repair_is_saved_and_the_list_shrinks(session: AnnotationSession) -> None:
    """One edit a key; the answer of a finished sentence stays; what is repaired is listed no more."""
    annotated = _list(session)
    assert [(c.annotated.text_of(c.span), c.span.label) for c in annotated.items] == [x[1:] for x in SPANS]
    assert annotated.repair(RepairKind.OUT) == "afor is Okafor now"
    assert annotated.repair(RepairKind.SPLIT) == "the tokens are Old | skerrin now"
    assert annotated.skip() == "left as it is"
    assert annotated.repair(RepairKind.DROP) == "skerrin is no VENUE any more"
    assert (annotated.open_indexes, annotated.current_item, annotated.open_count, annotated.skipped_count) == (
        [],
        None,
        0,
        1,
    )
    assert session.flush()
    assert _marked_words(session, 0) == [("PERSON", "Okafor"), ("VENUE", "skerrin"), ("COUNT", "twelve")]
    assert {"Old", "skerrin"} < set(_tokens(session, 0))
    assert _marked_words(session, 1) == []
    assert session.article_sentences[0].annotation.answer is Answer.ACCEPT
    with pytest.raises(RuleError, match="there is no span to repair"):
        annotated.repair(RepairKind.OUT)
    session.close()


def test_undo_takes_one_action_back_and_goes_there(session: AnnotationSession) -> None:
    """Each repair has its undo, leaving too; what is taken back is in hand again."""
    before = [(w.sentence, w.annotation) for w in session.article_sentences]
    annotated = _list(session)
    annotated.repair(RepairKind.OUT)
    annotated.repair(RepairKind.SPLIT)
    annotated.skip()
    assert annotated.undo() == "taken back"
    assert annotated.undo() == "taken back: VENUE: token split"
    assert (annotated.at, annotated.open_count) == (1, 3)
    assert "Oldskerrin" in _tokens(session, 0)
    assert annotated.undo() == "taken back: PERSON: snap out"
    assert [(w.sentence, w.annotation) for w in session.article_sentences] == before
    with pytest.raises(RuleError, match="nothing to undo here; Esc, then Ctrl\\+Z goes further back"):
        annotated.undo()
    session.close()


def test_a_split_mends_every_span_on_its_edges(tmp_path: Path) -> None:
    """Two labels on one stretch are mended by one split, and come back with one undo."""
    twice = (*SPANS[:2], (0, "skerrin", "CLAIM"), *SPANS[2:])
    session = _open(tmp_path / "news", twice)
    annotated = _list(session)
    annotated.move(1)
    assert annotated.repair(RepairKind.SPLIT) == "the tokens are Old | skerrin now, and 1 more with it"
    assert (annotated.open_count, len(annotated.open_indexes)) == (3, 3)
    annotated.undo()
    assert (annotated.open_count, annotated.at) == (5, 1)
    session.close()


GLUED = (
    ("Okafor_Mayor rowed.", ("Okafor",)),
    ("Brekke_Director slept.", ("Director",)),
    ("Quist_Pilot sang.", ("Quist", "Pilot")),
    ("Tander_(Pilot) sang.", ("Tander",)),
    ("Okafors swam.", ("Okafor",)),
    ("Lind_Mayor and Tarn ate.", ("Lind", "Mayor")),
)
"""Sentences with words that are glued together, and the words that are marked."""


def _glued(path: Path) -> AnnotationSession:
    """Open a corpus of sentences with words that are glued together."""
    corpus = builders.make_corpus(
        path, builders.article("Ferry\n\n" + " ".join(text for text, _ in GLUED), "t-b", origin="glued.txt")
    )
    session = builders.open_session(corpus.path)
    edits = []
    for i, annotated in enumerate(session.article_sentences):
        labels = zip(GLUED[i][1], ("PERSON", "VENUE"), strict=False)
        mine = [builders.span(annotated.sentence.text, words, label) for words, label in labels]
        after = annotated.annotation.with_spans(mine).with_answer(Answer.ACCEPT)
        edits.append(Edit(Op.EDIT, (annotated,), (type(annotated)(annotated.sentence, after),)))
    session.apply_edit(combine_edits(edits, "imported"))
    return session


def test_all_spans_alike_get_the_same_repair_with_one_undo(tmp_path: Path) -> None:
    """Alike are those with the same characters at the same edge, whatever their label; others wait on."""
    session = _glued(tmp_path / "news")
    queue = _list(session)
    before = [(w.sentence, w.annotation) for w in session.article_sentences]
    with pytest.raises(RuleError, match="there is no repair yet that all like it could have; repair one span first"):
        queue.repair_alike()
    queue.repair(RepairKind.SPLIT)
    alike = queue.alike_spans()
    assert alike is not None
    assert [queue.items[n].annotated.text_of(queue.items[n].span) for n in alike.numbers] == ["Quist", "Tander", "Lind"]
    assert queue.repair_alike() == "split the token: 3 spans like Okafor|_Mayor"
    assert _tokens(session, 2)[:2] == ["Quist", "_Pilot"]
    assert [queue.items[n].annotated.text_of(queue.items[n].span) for n in queue.open_indexes] == [
        "Director", "Pilot", "Okafor", "Mayor",
    ]  # fmt: skip
    with pytest.raises(RuleError, match=r"no other span is like Okafor\|_Mayor"):
        queue.repair_alike()
    assert queue.undo() == "taken back: split the token: 3 spans like Okafor|_Mayor"
    assert queue.alike_spans() == alike
    queue.undo()
    assert queue.alike_spans() is None
    assert [(w.sentence, w.annotation) for w in session.article_sentences] == before
    session.close()


def test_what_the_repair_is_not_possible_for_is_counted(tmp_path: Path) -> None:
    """A span that would break a rule waits on; a drop is for one label alone."""
    session = _glued(tmp_path / "news")
    queue = _list(session)
    queue.repair(RepairKind.OUT)
    assert queue.repair_alike() == (
        "snap out: 1 span like Okafor|_Mayor; 2 left: VENUE may not be inside PERSON (rule `inside`) (2)"
    )
    assert queue.open_count == 6
    assert {s.label for s in queue.session.article_sentences[5].annotation.spans} == {"PERSON", "VENUE"}
    assert queue.current_item is not None
    assert queue.current_item.span.label == "PERSON"  # Director; Pilot and Mayor are VENUE
    for kind, labels in ((RepairKind.DROP, {}), (RepairKind.SPLIT, {"VENUE": 2})):
        queue.repair(kind)
        alike = queue.alike_spans()
        assert alike is not None
        assert alike.labels == labels
        queue.undo()
    session.close()


def test_half_of_a_batch_counts_for_nothing(tmp_path: Path) -> None:
    """Where the program ends while the spans alike are written, all of them are as before."""
    session = _glued(tmp_path / "news")
    queue = _list(session)
    queue.repair(RepairKind.SPLIT)
    before = session.article_sentences
    queue.repair_alike()
    session.close()
    journal = tmp_path / "news" / "annotations" / "ana.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))
    again = builders.open_session(tmp_path / "news")
    assert again.article_sentences == before
    again.close()


def test_a_repair_that_makes_no_sense_is_reported(session: AnnotationSession) -> None:
    """No whole token lies in the span: it cannot snap in, and stays in hand."""
    annotated = _list(session)
    with pytest.raises(RuleError, match="snap in is not possible: no whole token is inside it; choose"):
        annotated.repair(RepairKind.IN)
    assert annotated.at == 0
    session.close()


def test_one_begins_where_one_is_and_moves_over_what_waits(session: AnnotationSession) -> None:
    """The first span of the sentence in hand is in hand; the arrows skip what is settled."""
    cases = session.navigation.problem_finder.misaligned_spans(session.navigation.touched_sentences())
    annotated = RepairQueue(session, cases, session.article_sentences[1].sentence.id)
    assert annotated.at == 3
    annotated.skip()
    assert annotated.at == 2, "nothing waits after it"
    annotated.move(-9)
    annotated.repair(RepairKind.OUT)
    annotated.move(-9)
    assert annotated.at == 1
    annotated.move(9)
    assert annotated.at == 2
    session.close()


def test_what_was_left_waits_no_more_in_this_session(tmp_path: Path) -> None:
    """It is listed again after a new start, since the span is still inside a token; so is its problem."""
    session = _open(tmp_path / "news")
    annotated = _list(session)
    for _ in SPANS:
        annotated.skip()
    assert not _list(session).items
    assert not session.navigation.problem_finder.problem_sentences(session.navigation.touched_sentences())
    annotated.undo()
    assert session.navigation.problem_finder.problem_sentences(session.navigation.touched_sentences()) == {
        session.article_sentences[1].sentence.id
    }
    session.navigation.set_filter(parse_query("problem"))
    session.navigation.move_in_article(0)
    assert session.navigation.move_sentence(1)
    assert session.position.sentence == 1
    session.close()
    session = builders.open_session(tmp_path / "news")
    assert len(_list(session).items) == 4
    session.close()


def test_a_repair_also_mends_the_span_that_was_left_in_the_same_token(session: AnnotationSession) -> None:
    """A left span that a later split mends counts as done; undo leaves it as it was left."""
    annotated = session.article_sentences[0]
    spans = [Span(0, 1, "PERSON"), Span(0, 1, "VENUE")]
    replaced = type(annotated)(annotated.sentence, annotated.annotation.with_spans(spans))
    session.apply_edit(Edit(Op.EDIT, (annotated,), (replaced,)))
    queue = _list(session)
    queue.skip()
    assert queue.skipped_count == 1
    assert queue.repair(RepairKind.SPLIT).endswith("and 1 more with it")
    assert queue.settled[0] is queue.settled[1] is True
    assert queue.skipped_count == 0
    queue.undo()
    assert queue.settled == {0: False}
    assert queue.skipped_count == 1
    session.close()


def test_split_tokens_survive_a_new_start_and_can_be_undone_then(tmp_path: Path) -> None:
    """The journal's record has the tokens, and undo over sessions brings the old ones back."""
    session = _open(tmp_path / "news")
    annotated = _list(session)
    annotated.move(1)
    annotated.repair(RepairKind.SPLIT)
    cut = _tokens(session, 0)
    session.close()
    session = builders.open_session(tmp_path / "news")
    assert _tokens(session, 0) == cut
    session.undo()
    assert "Oldskerrin" in _tokens(session, 0)
    session.redo()
    assert _tokens(session, 0) == cut
    session.close()


def test_to_read_only_nothing_is_repaired(tmp_path: Path) -> None:
    """The list can be read; a repair is refused and stays open."""
    _open(tmp_path / "news").close()
    session = builders.open_session(tmp_path / "news", read_only=True)
    annotated = _list(session)
    with pytest.raises(RuleError, match="open to read only"):
        annotated.repair(RepairKind.OUT)
    assert annotated.open_count == 4
    annotated.skip()
    assert annotated.open_count == 3
    session.close()


def test_the_hints_are_those_of_the_split_tokens(session: AnnotationSession) -> None:
    """A split changes the words of the sentence in hand: the pen lays its hints out anew, undo too."""
    session.navigation.move_in_article(0)
    controller = AnnotationController(session)
    annotated = _list(session)
    annotated.move(1)
    for action in (lambda: annotated.repair(RepairKind.SPLIT), controller.undo, controller.redo):
        action()
        state = controller.state()
        assert len(state.hints) == len(state.annotated.sentence.tokens)
    session.close()


def test_keys_on_a_span_inside_a_token_move_no_other_edge(session: AnnotationSession) -> None:
    """Relabelling keeps both edges, moving one edge keeps the other: nothing is widened in silence."""
    session.navigation.move_in_article(0)
    controller = AnnotationController(session)
    controller.select_span(session.annotated.annotation.spans[0])
    controller.label("VENUE")
    assert _marked_words(session, 0)[0] == ("VENUE", "afor")
    controller.apply(actions.move_selection_right_edge, 1)
    assert _marked_words(session, 0)[0] == ("VENUE", "afor of")
    controller.apply(actions.move_selection_left_edge, -1)
    assert _marked_words(session, 0)[0] == ("VENUE", "Mayor Okafor of")
    session.close()


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 45), st.integers(1, 12), st.sampled_from("PV")), max_size=5),
    st.lists(st.sampled_from([*RepairKind, "repair_alike", "skip", "undo", "next"]), max_size=14),
)
def test_the_journal_holds_what_the_list_has_done(
    marks: list[tuple[int, int, str]], steps: list[RepairKind | str]
) -> None:
    """After any keys a new start finds the same works, tokens and all, and the tokens spell the text."""
    with tempfile.TemporaryDirectory() as folder:
        session = _open(Path(folder) / "news", ())
        annotated = session.article_sentences[0]
        size = len(annotated.sentence.text)
        spans = [
            Span(a, min(a + n, size), {"P": "PERSON", "V": "VENUE"}[label])
            for a, n, label in marks
            if annotated.sentence.text[a : a + n].strip()
        ]
        session.apply_edit(
            Edit(Op.EDIT, (annotated,), (type(annotated)(annotated.sentence, annotated.annotation.with_spans(spans)),))
        )
        todo = _list(session)
        for step in steps:
            try:
                if isinstance(step, RepairKind):
                    todo.repair(step)
                elif step == "next":
                    todo.move(1)
                else:
                    getattr(todo, step)()
            except RuleError:
                continue
            assert len(todo.open_indexes) == todo.open_count
        waiting = {
            c.key for c in session.navigation.problem_finder.misaligned_spans(session.navigation.touched_sentences())
        }
        assert {c.key for n, c in enumerate(todo.items) if todo.settled.get(n) is not True} == waiting
        annotated_sentences = session.article_sentences
        assert all(tokens_text(w.sentence.tokens) == w.sentence.text for w in annotated_sentences)
        session.close()
        again = builders.open_session(Path(folder) / "news")
        assert again.article_sentences == annotated_sentences
        again.close()
