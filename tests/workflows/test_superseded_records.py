"""An export takes exactly one of a sentence's old and new version, whoever has opened the new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.annotation import Answer
from annotator.core.edits import remove_span, set_answer, set_note
from annotator.core.errors import AnnotatorError
from annotator.export.options import ExportOptions
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.export_plan import plan_export
from annotator.workflows.record_selection import select_items
from tests.builders import make_corpus, open_session
from tests.session.test_version_carry import FIRST, SECOND, add_version, annotate, version


def _annotated(path: Path, *names: str) -> CorpusFolder:
    corpus = make_corpus(path, version(FIRST))
    for name in names:
        session = open_session(corpus, name=name)
        annotate(session)
        session.close()
    add_version(corpus, version(FIRST), SECOND)
    return CorpusFolder.open(corpus.path)


def _accepted(corpus: CorpusFolder) -> list[tuple[str, str, str]]:
    return sorted(
        (i.annotator, i.annotated.sentence.text, "new" if i.article.id == version(SECOND).id else "old")
        for i in select_items(CorpusFolder.open(corpus.path)).items
        if i.annotated.annotation.answer is Answer.ACCEPT
    )


def test_changed_sentence_counts_until_the_new_one_is_finished(tmp_path: Path) -> None:
    """What was carried over counts in the new version; of a changed sentence the old one, until the new is finished."""
    corpus = _annotated(tmp_path / "news", "ana")
    session = open_session(corpus)
    assert session.flush()
    assert _accepted(corpus) == [("ana", FIRST[0], "new"), ("ana", FIRST[1], "old")]
    session.apply_edit(set_answer(session.article_sentences[1], Answer.ACCEPT))
    assert session.flush()
    assert _accepted(corpus) == [("ana", FIRST[0], "new"), ("ana", SECOND[1], "new")]
    session.undo()
    session.undo()
    session.close()
    assert _accepted(corpus) == [("ana", FIRST[0], "old"), ("ana", FIRST[1], "old")]


@pytest.mark.parametrize("names", [("ana", "bob"), ("bob", "ana")])
def test_annotators_open_the_new_version_in_any_order(tmp_path: Path, names: tuple[str, str]) -> None:
    """What two have left alike counts once, before, between and after their openings of the new version."""
    corpus = _annotated(tmp_path / "news", "ana", "bob")
    for name in ("", *names):
        if name:
            open_session(CorpusFolder.open(corpus.path), name=name).close()
        plan = plan_export(CorpusFolder.open(corpus.path), ExportOptions(split=(100, 0, 0)))
        assert len(plan.records) == 2
        plan.selection.close()


def test_difference_between_versions_is_a_conflict(tmp_path: Path) -> None:
    """Where one annotator changes in the new version what both had left alike, the export asks whose counts."""
    corpus = _annotated(tmp_path / "news", "ana", "bob")
    session = open_session(corpus)
    first = session.article_sentences[0]
    session.apply_edit(remove_span(first, first.annotation.spans[0]))
    session.close()
    with pytest.raises(AnnotatorError, match=r"ana, bob: different in a new version of the article"):
        plan_export(CorpusFolder.open(corpus.path), ExportOptions(split=(100, 0, 0)))


def test_version_that_came_back_counts(tmp_path: Path) -> None:
    """An earlier version that is in force again counts more than the one that it has replaced."""
    corpus = _annotated(tmp_path / "news", "ana")
    old, new = version(FIRST), version(SECOND)
    open_session(corpus).close()
    corpus.replace_article(new.id, old.id)
    session = open_session(CorpusFolder.open(corpus.path))
    assert session.current_article_id == old.id
    session.apply_edit(set_note(session.article_sentences[0], "here"))
    session.close()
    assert _accepted(corpus) == [("ana", FIRST[0], "old"), ("ana", FIRST[1], "old")]
