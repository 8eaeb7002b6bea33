"""An export takes exactly one of a sentence's old and new version, whoever has opened the new one."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from annotator.core.annotation import Answer
from annotator.core.article import LineVerdict
from annotator.core.edits import add_span, remove_span, set_answer, set_note
from annotator.core.errors import AnnotatorError
from annotator.export.options import ExportOptions
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.export_plan import plan_export
from annotator.workflows.record_selection import select_items
from tests.builders import make_corpus, open_session, span
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


def test_a_later_decision_on_an_earlier_version_counts(tmp_path: Path) -> None:
    """What another machine has decided on unchanged words, after they were carried over, counts and is carried over."""
    corpus = _annotated(tmp_path / "news", "ana")
    old, new = version(FIRST), version(SECOND)
    open_session(corpus).close()
    corpus.replace_article(new.id, old.id)  # the other machine has not had the new version
    session = open_session(CorpusFolder.open(corpus.path))
    first = session.article_sentences[0]
    session.apply_edit(remove_span(first, first.annotation.spans[0]))
    session.apply_edit(set_answer(session.article_sentences[0], Answer.ACCEPT))
    session.close()
    corpus.replace_article(old.id, new.id)
    for place in ("old", "new"):
        (found,) = (
            i for i in select_items(CorpusFolder.open(corpus.path)).items if i.annotated.sentence.text == FIRST[0]
        )
        assert (found.article.id, found.annotated.annotation.spans) == (old.id if place == "old" else new.id, ())
        open_session(CorpusFolder.open(corpus.path)).close()


def test_no_version_of_a_line_that_is_switched_off_is_exported(tmp_path: Path) -> None:
    """Who switches a line of the new version off wants none of the old ones in its place."""
    corpus = _annotated(tmp_path / "news", "ana")
    session = open_session(corpus)
    session.apply_edit(set_answer(session.article_sentences[1], Answer.ACCEPT))
    session.close()
    for line in (0, 1):
        corpus.set_line_verdict(version(SECOND).id, line, LineVerdict.BOILERPLATE, by="ana", time=0)
    assert _accepted(corpus) == []


def _line(marker: int, words: int) -> str:
    return f"Nr{marker} of crew{marker} counted {words} seals{marker} off quay{marker}, as boat{marker} did."


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(("edit", "insert", "delete", "merge", "move", "back", "open", "accept")), st.integers(0, 9)
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(_STEPS)
@example([("accept", 0), ("edit", 0), ("edit", 1), ("accept", 1)])  # changed, then another sentence changed
@example([("accept", 1), ("edit", 0), ("accept", 0)])
@example([("accept", 0), ("insert", 0), ("edit", 1), ("accept", 0)])
@example([("accept", 0), ("accept", 1), ("merge", 0), ("open", 0), ("accept", 0)])
@example([("accept", 0), ("edit", 0), ("accept", 0), ("back", 0)])
@example([("accept", 0), ("edit", 1), ("accept", 0), ("back", 0), ("open", 0)])
@example([("delete", 0), ("accept", 0), ("back", 0), ("edit", 0), ("open", 0), ("back", 0)])
def test_each_sentence_is_exported_once_through_any_versions(steps: list[tuple[str, int]]) -> None:
    """What was accepted in any version is exported once, with the spans that it was last given where its words stay.

    Of a sentence that has become two, the part that is open is not exported.
    """
    with TemporaryDirectory() as folder:
        history = _Versions(Path(folder) / "news")
        for step, i in steps:
            getattr(history, step)(i)
            exported = [i.annotated for i in select_items(CorpusFolder.open(history.path)).items]
            finished = [w for w in exported if w.annotation.answer is Answer.ACCEPT]
            found = [int(x) for w in finished for x in re.findall(r"Nr(\d+)", w.sentence.text)]
            assert len(found) == len(set(found)), (step, i)
            assert set(found) == history.accepted or "merge" in {name for name, _ in steps}, (step, i)
            spans = {w.sentence.text: {(w.text_of(s), s.label) for s in w.annotation.spans} for w in finished}
            assert all(history.last_spans[text] == found for text, found in spans.items()), (step, i)


class _Versions:
    """An article that goes through versions, a sentence a line, and one annotator in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = [_line(n, 10) for n in range(3)]
        self.markers = itertools.count(3)
        self.seen = [version(self.lines)]
        make_corpus(path, self.seen[0])
        self.accepted: set[int] = set()
        self.last_spans: dict[str, set[tuple[str, str]]] = {}

    def _ingest(self, lines: list[str]) -> None:
        old, self.lines = version(self.lines), lines
        new, corpus = version(lines), CorpusFolder.open(self.path)
        if new.id == old.id:
            return
        if new.id in corpus.article_ids():
            corpus.replace_article(old.id, new.id)
        else:
            add_version(corpus, old, lines)
        self.seen.append(new)

    def edit(self, i: int) -> None:
        lines, k = list(self.lines), i % len(self.lines)
        lines[k] = re.sub(r"counted (\d+)", lambda m: f"counted {int(m.group(1)) + 1}", lines[k], count=1)
        self._ingest(lines)

    def insert(self, i: int) -> None:
        k = i % (len(self.lines) + 1)
        self._ingest([*self.lines[:k], _line(next(self.markers), 10), *self.lines[k:]])

    def delete(self, i: int) -> None:
        if len(self.lines) > 1:
            self._ingest([x for k, x in enumerate(self.lines) if k != i % len(self.lines)])

    def merge(self, i: int) -> None:
        if (k := i % len(self.lines)) + 1 < len(self.lines):
            merged = f"{self.lines[k][:-1]}, and {self.lines[k + 1]}"
            self._ingest([*self.lines[:k], merged, *self.lines[k + 2 :]])

    def move(self, i: int) -> None:
        k = i % len(self.lines)
        self._ingest([x for n, x in enumerate(self.lines) if n != k] + [self.lines[k]])

    def back(self, i: int) -> None:
        self._ingest(self.seen[i % len(self.seen)].text.split("\n"))

    def open(self, _: int) -> None:
        open_session(CorpusFolder.open(self.path)).close()

    def accept(self, i: int) -> None:
        session = open_session(CorpusFolder.open(self.path))
        k = i % len(session.article_sentences)
        w = session.article_sentences[k]
        for s in w.annotation.spans:
            session.apply_edit(remove_span(session.article_sentences[k], s))
        text, label = w.sentence.text, ("PERSON", "VENUE")[i % 2]
        word = span(text, text.split()[0], label)
        session.apply_edit(add_span(session.article_sentences[k], word, session.schema))
        session.apply_edit(set_answer(session.article_sentences[k], Answer.ACCEPT))
        session.close()
        self.accepted |= {int(x) for x in re.findall(r"Nr(\d+)", text)}
        self.last_spans[text] = {(text.split()[0], label)}
