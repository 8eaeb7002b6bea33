"""A session over a real corpus folder: order, undo over sessions, lines, saving and its failures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from annotator.core.annotation import Answer
from annotator.core.article import LineVerdict
from annotator.core.edits import set_answer
from annotator.core.errors import CorpusError, RuleError
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.language import ArticleContext
from annotator.session.actions.annotation_actions import count_left
from annotator.session.annotation_controller import AnnotationController
from annotator.session.session import AnnotationSession
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.suggest import suggestion_service
from tests import builders
from tests.builders import records_in

TOTAL = 9
"""The sentences of the two articles together: six about the market, three about the bridge."""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Make a corpus of two articles."""
    return builders.make_corpus(tmp_path / "news").path


def _accept(session: AnnotationSession) -> None:
    AnnotationController(session).answer(Answer.ACCEPT)


def _at(session: AnnotationSession) -> tuple[int, int]:
    return (session.position.article, session.position.sentence)


def _controller(session: AnnotationSession) -> AnnotationController:
    return AnnotationController(session)


def test_answers_lead_through_the_corpus_and_round(corpus: Path) -> None:
    """From wherever one starts, each answer goes to the next undone sentence, over the end to the start."""
    session = builders.open_session(corpus)
    session.navigation.move_article(1)
    session.navigation.move_sentence(1)
    seen = []
    for _ in range(TOTAL):
        seen.append(_at(session))
        message = _controller(session).dispatch("accept").message
        if seen[-1] == (1, 2):
            assert message
            assert "article 2: 1 sentence open · " in message.text
        if seen[-1] == (0, 5):
            assert message
            assert "article 1 done · " in message.text
    seen_left = count_left(w for a in session.queue for w in session.sentences_of(a))
    assert seen == [(1, 1), (1, 2), (0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (1, 0)]
    assert message
    left = f"{seen_left} suggestions left: L"
    assert message.text == f"every sentence is done · {left} · Ctrl+C twice leaves, then: annotator export {corpus} out"
    assert (session.corpus_progress.done, session.corpus_progress.total) == (TOTAL, TOTAL)
    assert not session.navigation.go_to_next_open()
    assert session.close()


def test_each_record_names_the_one_before_it_on_its_sentence(corpus: Path) -> None:
    """The chain of a sentence's records goes on over sessions; a joined sentence starts its own."""
    session = builders.open_session(corpus)
    session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
    session.apply_edit(set_answer(session.annotated, Answer.REJECT))
    session.close()
    session = builders.open_session(corpus)
    session.undo()
    session.join()
    session.undo()
    session.close()
    chain = [(r.op.value, r.parent, r.batch) for r in records_in(session._journal.path)]
    assert chain[2:] == [("undo", 2, None), ("join", None, None), ("undo", 3, (5, 2)), ("undo", None, (5, 2))]


def _over(session: AnnotationSession, tokens: tuple[int, int]) -> Span:
    own = session.annotated.sentence.tokens
    return Span(own[tokens[0]].start, own[tokens[1] - 1].end, "X")


def test_a_done_sentence_is_passed_over(corpus: Path) -> None:
    """What is answered already isn't come to again, whatever the answer was."""
    session = builders.open_session(corpus)
    for at, answer in ((1, Answer.REJECT), (2, Answer.IGNORE)):
        session.navigation.move_in_article(at)
        session.apply_edit(set_answer(session.annotated, answer))
    session.navigation.move_in_article(0)
    _accept(session)
    assert _at(session) == (0, 3)
    session.close()


def test_undo_and_redo_reach_over_sessions(corpus: Path) -> None:
    """What two sessions did, a third takes back step by step, each time at its place, and does again."""
    session = builders.open_session(corpus)
    AnnotationController(session).drag(0, 2)
    controller = AnnotationController(session)
    controller.drag(6, 7)
    controller.label(session.schema.labels[1].name)
    _accept(session)
    session.close()
    session = builders.open_session(corpus)
    session.navigation.move_article(1)
    AnnotationController(session).join()
    session.close()

    session = builders.open_session(corpus)
    assert session.sentences_of(session.queue[1])[0].sentence.text.endswith("14 cracks.")
    session.navigation.move_in_article(0)
    assert _controller(session).undo() == "undone: join"
    assert session.current_article_id == session.queue[1]
    assert len(session.article_sentences) == 3
    session.undo()
    assert _at(session) == (0, 0)
    assert not session.annotated.done
    assert session.annotation_store.touched_sentences_of(session.current_article_id)[0].annotation.spans
    session.undo()
    assert not session.annotated.annotation.spans
    assert session.undo() is None
    assert _controller(session).undo() == "nothing to undo"
    session.close()

    session = builders.open_session(corpus)
    for _ in range(3):
        assert session.redo() is not None
    assert len(session.sentences_of(session.queue[1])) == 2
    assert session.sentences_of(session.queue[0])[0].done
    assert session.redo() is None
    assert _controller(session).redo() == "nothing to redo"
    session.close()


def test_it_opens_where_one_left_it(corpus: Path) -> None:
    """The remembered place wins; without one it goes on after the last record; a strange one is no harm."""
    session = builders.open_session(corpus)
    session.navigation.move_in_article(3)
    place = session.annotated.sentence.id
    _accept(session)
    session.close()
    for start, expected in (
        (place, (0, 3)),
        ("", (0, 4)),
        ("ffffffffffff:0-9", (0, 4)),
        (f"{place.partition(':')[0]}:x-9", (0, 4)),
        ("nonsense", (0, 4)),
    ):
        session = builders.open_session(corpus, start=start)
        assert _at(session) == expected, start
        session.close()


def test_a_place_inside_a_joined_sentence_is_found(corpus: Path) -> None:
    """A place remembered before a join leads to the sentence that holds it now."""
    session = builders.open_session(corpus)
    place = session.article_sentences[2].sentence.id
    session.navigation.move_in_article(1)
    session.join()
    session.close()
    session = builders.open_session(corpus, start=place)
    assert _at(session) == (0, 1)
    session.close()


def test_switching_a_line_brings_its_sentence_and_takes_it_away(corpus: Path) -> None:
    """A line switched on is annotated at once, switched off it is not, and undo goes through both."""
    session = builders.open_session(corpus)
    article, before = session.current_article_id, builders.texts_of(session.article_sentences)
    session.navigation.move_in_article(4)
    session.set_line_verdict(article, 6, LineVerdict.BODY)
    assert builders.texts_of(session.article_sentences) == [*before[:4], "Subscribe to our letter", *before[4:]]
    assert session.annotated.sentence.text == "Moran left for Sorrel Hall.", "the place stays at its sentence"
    assert session.corpus_progress.total == TOTAL + 1
    session.set_line_verdict(article, 7, LineVerdict.BOILERPLATE)
    assert session.annotated.sentence.text == "Subscribe to our letter", "the last one left"
    session.close()

    session = builders.open_session(corpus)
    assert session.undo_line_verdict(article)
    assert session.undo_line_verdict(article)
    assert not session.undo_line_verdict(article)
    assert builders.texts_of(session.article_sentences) == before
    session.close()


def test_an_article_without_any_line_is_no_trap(corpus: Path) -> None:
    """With every line switched off one can still move, look for the next, switch back and open again."""
    session = builders.open_session(corpus)
    session.navigation.move_article(1)
    article = session.current_article_id
    for line in (2, 3):
        session.set_line_verdict(article, line, LineVerdict.BOILERPLATE)
    assert session.article_sentences == ()
    session.navigation.move_in_article(-1)
    session.navigation.move_in_article(0)
    assert session.article_cache.progress_of(article).total == 0
    assert session.navigation.go_to_next_open()
    assert session.current_article_id != article
    assert not session.navigation.move_article(1), "an article without sentences is passed over"
    session.close()
    session = builders.open_session(corpus, start=f"{article}:30-40")
    assert session.article_sentences
    assert session.undo_line_verdict(article)
    assert len(session.sentences_of(article)) == 1
    session.close()


def test_work_on_a_line_that_is_switched_off_comes_back_with_it(corpus: Path) -> None:
    """Spans and answers of a dropped line stay in the journal; undo says that the line is off."""
    session = builders.open_session(corpus)
    article = session.current_article_id
    session.navigation.move_in_article(3)
    _accept(session)
    session.set_line_verdict(article, 5, LineVerdict.BOILERPLATE)
    assert session.article_cache.progress_of(article).done == 0
    note = "(its line is switched off, or its article has a new version)"
    assert _controller(session).undo() == f"undone: accept {note}"
    session.redo()
    session.undo_line_verdict(article)
    assert session.article_sentences[3].done
    session.close()


def test_the_queue_leaves_out_replaced_articles(tmp_path: Path) -> None:
    """An article that has a newer version isn't annotated any more; its records don't stop the start."""
    corpus = builders.make_corpus(tmp_path / "news")
    session = builders.open_session(corpus.path)
    old = session.queue[1]
    session.navigation.move_article(1)
    session.join()
    session.close()
    new = builders.article("Footbridge open again\n\nThe footbridge is open.", "t-b", origin="bridge.txt")
    corpus.add_article(new, builders.sentences(new))
    corpus.replace_article(old, new.id)
    session = builders.open_session(CorpusFolder.open(corpus.path))
    assert session.queue == (corpus.article_ids()[0], new.id)
    assert session.article_sentences
    assert session.undo() is not None
    session.close()


def test_records_of_an_article_that_is_gone_do_not_stop_the_start(corpus: Path) -> None:
    """An article taken out of the folder takes its work with it, and nobody else's."""
    session = builders.open_session(corpus)
    gone = session.queue[1]
    _accept(session)
    session.navigation.move_article(1)
    session.join()
    session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
    session.close()
    (corpus / "articles" / f"{gone}.json").unlink()
    session = builders.open_session(corpus)
    assert gone not in session.queue
    assert session.warnings[-1] == "2 records are of articles that are not in this corpus; the journal keeps them"
    assert [w.done for w in session.article_sentences][:2] == [True, False]
    assert session.undo() is not None
    assert session.undo() is None
    _accept(session)
    assert session.close()
    assert [r.seq for r in records_in(session._journal.path)] == [1, 2, 3, 4, 5]


def test_the_last_sentence_of_an_article_cannot_be_joined(corpus: Path) -> None:
    """Join at the end says why not."""
    session = builders.open_session(corpus)
    session.navigation.move_in_article(-1)
    with pytest.raises(RuleError, match="this is the last sentence of the article"):
        session.join()
    session.close()


def test_two_sessions_of_one_annotator_cannot_write_at_once(corpus: Path) -> None:
    """A second window is told who holds the journal; to read only it opens."""
    session = builders.open_session(corpus)
    with pytest.raises(Exception, match=r"the journal is held by .*; close it there, or use --read-only"):
        Journal.open(corpus, "ana")
    looking = builders.open_session(corpus, read_only=True)
    assert looking.article_sentences
    looking.close()
    session.close()


def test_a_failure_after_the_journal_loses_no_edit(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What only follows the annotations comes after the journal, for an edit as for its undo."""
    session = builders.open_session(corpus)

    def fail(*_: object) -> None:
        raise CorpusError("no")

    monkeypatch.setattr(session.suggestion_service, "update", fail)
    edit = set_answer(session.annotated, Answer.ACCEPT)
    for action in (lambda: session.apply_edit(edit), session.undo, session.redo):
        with pytest.raises(CorpusError):
            action()
    assert session.close()
    assert [r.op.value for r in records_in(session._journal.path)] == ["answer", "undo", "redo"]
    assert len(session.history.done) == 1


def test_an_unreadable_suggestion_file_is_one_warning(corpus: Path) -> None:
    """It suggests nothing; answers are saved and moves go on."""
    path = corpus / "suggestions" / "mine.jsonl"
    path.mkdir(parents=True)
    session = builders.open_session(corpus)
    shown: list[str] = []
    session.on_warning(shown.append)
    controller = _controller(session)
    for action in ("article_down", "article_up", "accept", "accept", "undo"):
        controller.dispatch(action)
    assert session.close()
    assert len(records_in(session._journal.path)) == 3
    assert shown == session.warnings
    (warning,) = shown
    assert "mine.jsonl: cannot read here: this is a folder" in warning


def test_an_edit_counts_no_article_again(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts of the overview follow an edit without a look at the article's other sentences."""
    session = builders.open_session(corpus)
    go = session.navigation
    before = [go.progress_of(a).done for a in session.queue]
    counted: list[str] = []
    real = go.sentence_search.sentences_of
    monkeypatch.setattr(go.sentence_search, "sentences_of", lambda a, t: [counted.append(a), real(a, t)][1])
    _accept(session)
    session.apply_edit(set_answer(session.annotated, Answer.REJECT))
    assert [go.progress_of(a).done for a in session.queue] == [before[0] + 2, before[1]]
    assert go.corpus_progress.done == sum(before) + 2
    session.undo()
    assert go.corpus_progress.done == sum(before) + 1
    assert not counted
    session.close()


def test_a_switched_line_changes_what_is_known_of_its_article(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules look at the article again: its lines are other ones now."""
    built: list[int] = []
    real = suggestion_service.build_context

    def build(text: str, tokens: Sequence[Sequence[Token]]) -> ArticleContext:
        built.append(len(tokens))
        return real(text, tokens)

    monkeypatch.setattr(suggestion_service, "build_context", build)
    session = builders.open_session(corpus)
    controller = _controller(session)
    controller.state()
    assert built
    session.set_line_verdict(session.current_article_id, 6, LineVerdict.BODY)
    controller.state()
    assert built[-1] == built[0] + 1
    session.close()
