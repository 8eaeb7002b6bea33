"""The figures of a corpus on the disk: only sentences to be annotated count, and nothing is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.annotation import Answer
from annotator.core.article import LineVerdict
from annotator.core.edits import set_answer
from annotator.core.errors import AnnotatorError
from annotator.session.session import AnnotationSession
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.statistics import collect_statistics
from tests import builders
from tests.storage.storage_helpers import tree


def _accept(session: AnnotationSession, article: int, *numbers: int) -> None:
    annotated_sentences = session.sentences_of(session.queue[article])
    for n in numbers:
        session.apply_edit(set_answer(annotated_sentences[n], Answer.ACCEPT))


def _two(tmp_path: Path) -> Path:
    """Make a corpus in which ana has accepted three sentences and bo one of them and another."""
    builders.make_corpus(tmp_path / "news")
    for name, done in (("ana", [(0, 0, 1), (1, 0)]), ("bo", [(0, 1, 2)])):
        session = builders.open_session(tmp_path / "news", name=name)
        for article, *numbers in done:
            _accept(session, article, *numbers)
        session.close()
    return tmp_path / "news"


def test_each_and_everybody(tmp_path: Path) -> None:
    """A row for each annotator and one for all, in which a sentence that two have done is done once."""
    path = _two(tmp_path)
    before = tree(path)
    report = collect_statistics(CorpusFolder.open(path))
    total = report.sentences
    assert [(f.name, f.done, f.total) for f in report.annotators] == [("ana", 3, total), ("bo", 2, total)]
    assert report.everybody is not None
    assert (report.everybody.done, report.everybody.answers.accept) == (4, 5)
    assert tree(path) == before


def test_lines_that_are_off_do_not_count(tmp_path: Path) -> None:
    """A sentence whose line is switched off is neither done nor left, its time at work stays."""
    path = _two(tmp_path)
    corpus = CorpusFolder.open(path)
    total = collect_statistics(corpus).sentences
    first = corpus.article_ids()[0]
    corpus.set_line_verdict(first, 3, LineVerdict.BOILERPLATE, by="ana", time=0.0)
    report = collect_statistics(corpus, "ana")
    assert report.everybody is None
    assert report.sentences < total
    (ana,) = report.annotators
    assert (ana.done, ana.answers.accept, ana.sentences) == (2, 2, 3)


def test_a_joined_sentence_is_one_of_ones_own(tmp_path: Path) -> None:
    """Who joins two sentences has one less to do; for everybody both are done by the answer to it."""
    path = _two(tmp_path)
    session = builders.open_session(path)
    session.navigation.go_to(session.sentences_of(session.queue[0])[4].sentence.id)
    session.join()
    session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
    session.close()
    report = collect_statistics(CorpusFolder.open(path))
    assert report.everybody is not None
    assert report.annotators[0].total == report.sentences - 1
    assert report.everybody.total == report.sentences
    assert report.everybody.done == 6


def test_articles_that_have_left_count_as_time_only(tmp_path: Path) -> None:
    """What was done on an article that is gone took its time, but is no progress."""
    path = _two(tmp_path)
    corpus = CorpusFolder.open(path)
    (path / "articles" / f"{corpus.article_ids()[1]}.json").unlink()
    report = collect_statistics(CorpusFolder.open(path), "ana")
    assert (report.annotators[0].done, report.annotators[0].sentences) == (2, 3)
    [warning] = report.warnings
    assert warning.startswith("annotations/ana.jsonl: 1 sentence is left out, because the article is not in the corpus")


def test_an_unknown_annotator_is_reported(tmp_path: Path) -> None:
    """The error names those who are there."""
    corpus = builders.make_corpus(tmp_path / "news")
    with pytest.raises(AnnotatorError) as nobody:
        collect_statistics(corpus, "cy")
    what = f"{corpus.path}: there is no journal of the annotator 'cy'; nobody has annotated this corpus yet"
    assert str(nobody.value) == what
    path = _two(tmp_path / "two")
    with pytest.raises(AnnotatorError, match="use one of: ana, bo"):
        collect_statistics(CorpusFolder.open(path), "cy")
    assert collect_statistics(corpus).primary is None
