"""The rows of a file that are one document are shown as one article."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.article import Article, ArticleGroup
from annotator.core.article_queue import ArticleQueue
from annotator.core.edits import Edit, Op, add_span
from annotator.core.search_query import parse_query
from annotator.core.spans import Span
from annotator.session.action import GoToArticle, PressLabel, SelectTokens
from annotator.session.annotation_controller import AnnotationController
from annotator.session.corpus_overview import CorpusOverview
from annotator.session.session import AnnotationSession
from annotator.storage.article_groups import read_article_groups
from annotator.storage.corpus_folder import CorpusFolder
from tests import builders

ROWS = (
    ("tarn", 1, "Ilka Moran opened the gate on Friday."),
    ("osmund", 0, "Pia Rask counted 14 cracks."),
    ("tarn", 0, "The market on Tarn Quay has 40 stalls."),
    ("tarn", 2, "Moran smiled at Ilka Moran."),
    ("", 0, "Jonas Pell stayed with 12 volunteers."),
)
"""Document, position and text."""


def _row(document: str, position: int, text: str) -> Article:
    article = builders.article(text, "b", title="", origin=f"rows.jsonl:{position}")
    return replace(article, group=ArticleGroup("doc", document, position)) if document else article


@pytest.fixture
def corpus(tmp_path: Path) -> CorpusFolder:
    """Make a corpus of five rows: two documents, and a row of none."""
    return builders.make_corpus(tmp_path / "rows", *(_row(*row) for row in ROWS))


def _texts(annotated_sentences: Sequence[AnnotatedSentence]) -> list[str]:
    return [w.sentence.text for w in annotated_sentences]


def _documents(session: AnnotationSession) -> list[list[str]]:
    return [_texts(session.navigation.sentences_at(n)) for n in range(len(session.queue))]


EXPECTED = [[ROWS[2][2], ROWS[0][2], ROWS[3][2]], [ROWS[1][2]], [ROWS[4][2]]]


@pytest.mark.parametrize("large", [False, True])
def test_rows_of_a_document_are_one_article(corpus: CorpusFolder, monkeypatch: pytest.MonkeyPatch, large: bool) -> None:
    """All rows in the order of their positions, named after the document, counted as one; in large corpora too."""
    if large:
        monkeypatch.setattr("annotator.session.session.MAX_COUNTED_AT_START", 1)
    session = builders.open_session(corpus)
    assert _documents(session) == EXPECTED
    controller = AnnotationController(session)
    state = controller.state()
    assert (state.article.name, state.article_count, len(state.annotated_sentences)) == ("tarn", 3, 3)
    controller.dispatch("article_down")
    assert (controller.state().article.name, session.position.article) == ("osmund", 1)
    controller.dispatch("article_up")
    for expected in (1, 2, 0):
        controller.dispatch("sentence_down")
        assert session.position.sentence == expected
    session.close()


def test_a_row_that_was_replaced_is_not_shown(corpus: CorpusFolder) -> None:
    """The newest version of a row is shown in its document, its earlier one is not."""
    old = _row(*ROWS[0])
    new = _row("tarn", 1, "Ilka Moran opened the gate late on Friday.")
    corpus.add_article(new, builders.sentences(new))
    corpus.replace_article(old.id, new.id)
    session = builders.open_session(CorpusFolder.open(corpus.path))
    assert [ROWS[2][2], new.text, ROWS[3][2]] in _documents(session)
    session.close()


def test_two_rows_are_not_joined(corpus: CorpusFolder) -> None:
    """A join over two rows is refused with the reason."""
    session = builders.open_session(corpus)
    message = AnnotationController(session).dispatch("join").message
    assert message
    assert message.text.startswith("the next sentence is another row of the file")
    assert _documents(session) == EXPECTED
    session.close()


def test_keys_that_look_at_the_article_look_at_all_its_rows(corpus: CorpusFolder) -> None:
    """``=`` labels the same words in every row, one undo takes them back; Enter goes from row to row."""
    session = builders.open_session(corpus)
    controller = AnnotationController(session)
    controller.dispatch("sentence_down")
    controller.dispatch(SelectTokens(0, 1))
    controller.dispatch(PressLabel("PERSON"))
    controller.dispatch("everywhere")
    spans = [w.annotation.spans for w in session.article_sentences]
    assert [[s.label for s in x] for x in spans] == [[], ["PERSON"], ["PERSON"]]
    assert controller.state().label_counts == {"PERSON": 2}
    controller.dispatch("undo")
    assert [len(w.annotation.spans) for w in session.article_sentences] == [0, 1, 0]
    for key in ("first", "accept", "accept", "accept"):
        controller.dispatch(key)
    assert (session.navigation.progress_of(session.queue[0]).done, session.position.article) == (3, 1)
    session.close()
    again = builders.open_session(corpus.path)
    assert again.corpus_progress.done == 3
    assert [len(w.annotation.spans) for w in again.navigation.sentences_at(0)] == [0, 1, 0]
    again.close()


def test_search_and_overview_count_documents(corpus: CorpusFolder) -> None:
    """A hit has the number of its document and of the sentence in it; a document has one line in the overview."""
    session = builders.open_session(corpus)
    controller = AnnotationController(session)
    found = list(controller.start_search(parse_query("Moran")))[-1]
    assert [(h.article, h.index, h.title) for h in found.hits] == [(0, 1, "tarn"), (0, 2, "tarn")]
    by_name = list(controller.start_search(parse_query("article:tarn")))[-1]
    assert by_name.total == 3
    assert session.sentence_number(found.hits[1].annotated.sentence) == (1, 3)
    annotated = session.article_sentences[1]
    session.apply_edit(add_span(annotated, Span(0, 10, "PERSON"), session.schema))
    overview = CorpusOverview(session)
    items = [overview.summary_of(a) for a in session.queue]
    assert [(x.title, x.done, x.total) for x in items] == [("tarn", 0, 3), ("osmund", 0, 1), ("rows.jsonl:0", 0, 1)]
    session.close()


def test_a_move_by_number_goes_to_the_document(corpus: CorpusFolder) -> None:
    """Numbers of articles are those of documents, a sentence of any row is found by its id."""
    session = builders.open_session(corpus)
    controller = AnnotationController(session)
    controller.dispatch(GoToArticle(2))
    assert session.annotated.sentence.text == ROWS[4][2]
    last = session.navigation.sentences_at(0)[2].sentence
    assert session.navigation.go_to(last.id)
    assert (session.position.article, session.position.sentence, session.current_article_id) == (0, 2, last.article)
    session.close()


def test_the_least_sure_row_comes_first(corpus: CorpusFolder) -> None:
    """The order by uncertainty tells rows apart that all begin at the same place of their texts."""
    session = builders.open_session(corpus)
    navigation = session.navigation
    for _ in navigation.ranking.score(navigation.touched_sentences()):
        pass
    navigation.toggle_order()
    seen = {session.annotated.sentence.id}
    for _ in range(len(ROWS)):
        session.apply_edit(_accepted(session.annotated))
        navigation.go_to_next_open()
        seen.add(session.annotated.sentence.id)
    assert len(seen) == len(ROWS)
    session.close()


def _accepted(annotated: AnnotatedSentence) -> Edit:
    annotation = annotated.annotation.with_answer(Answer.ACCEPT)
    return Edit(Op.ANSWER, (annotated,), (replace(annotated, annotation=annotation),))


def test_groups_are_read_without_the_texts(corpus: CorpusFolder) -> None:
    """The groups in the files are those of the articles; a damaged or missing file has none."""
    ids = corpus.article_ids()
    expected = {a: g for a in ids if (g := corpus.article(a).group)}
    (corpus.path / "articles" / f"{ids[0]}.json").write_bytes(b'{"group": {')
    assert read_article_groups(corpus.path, [*ids, "0" * 12]) == {a: g for a, g in expected.items() if a != ids[0]}


@given(st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.integers(0, 3)), max_size=12))
def test_a_queue_has_each_article_once(rows: list[tuple[str, int]]) -> None:
    """Groups come where their first article was ingested, their articles by position, then by ingest."""
    ids = [f"{n:012x}" for n in range(len(rows))]
    groups = {i: ArticleGroup("doc", value, at) for i, (value, at) in zip(ids, rows, strict=True) if value}
    queue = ArticleQueue(ids, groups)
    assert sorted(queue.articles) == ids
    firsts = [min(several) for several in queue.members]
    assert firsts == sorted(firsts)
    for number, several in enumerate(queue.members):
        assert {queue.number_of(a) for a in several} == {number}
        assert queue.entry_of(several[-1]) == queue.ids[number] == several[0]
        if len(several) > 1:
            assert len({groups[a].key for a in several}) == 1
            assert [(groups[a].position, a) for a in several] == sorted((groups[a].position, a) for a in several)
