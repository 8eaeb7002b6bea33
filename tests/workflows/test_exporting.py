"""The export of a corpus: one plan, whatever the state of the journals, and either engine."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from spacy.tokens import Doc, DocBin

from annotator.core.annotation import Answer
from annotator.core.edits import Edit, Op, set_answer
from annotator.core.errors import AnnotatorError
from annotator.core.spans import Span
from annotator.export.options import ExportOptions, ExportReport
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows import shard_writer
from annotator.workflows.export_plan import plan_export, planned_articles
from annotator.workflows.exporting import export_training, iterate_docs
from annotator.workflows.shard_writer import UNFINISHED_FOLDER
from tests import builders
from tests.benchmarks.journeys import ROOT, Changes, counted
from tests.export.random_corpora import annotated, files_of

SLOW = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOW
@given(
    seed=st.integers(0, 10**6),
    actions=st.integers(5, 60),
    attrs=st.sampled_from(["own", "min", "full"]),
    ledger=st.sampled_from(["exceptions", "full"]),
    unit=st.sampled_from(["sentence", "sentence", "article"]),
    split=st.sampled_from([(100, 0, 0), (50, 50, 0)]),
    shard=st.sampled_from([2, 20_000]),
    many=st.booleans(),
    names=st.sampled_from([("ana",), ("ana", "bo"), ("zoe", "bo", "ana")]),
    asked=st.sampled_from([(), (), ("ana",)]),
    on_conflict=st.sampled_from([None, "majority"]),
)
def test_both_engines_write_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    actions: int,
    *,
    many: bool,
    names: tuple[str, ...],
    asked: tuple[str, ...],
    **chosen: Any,
) -> None:
    """DocBins, configs, ledger, report and warnings are those of spaCy's own engine, in either unit.

    With ``many`` ids are reckoned as they are in files of thousands of sentences.
    """
    folder = tmp_path_factory.mktemp("x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shard_writer, "_NUMPY_THRESHOLD", 0 if many else 5000)
        _check_engines(annotated(folder, seed, actions, names), folder, asked, chosen)


def _check_engines(corpus: CorpusFolder, folder: Path, annotator: tuple[str, ...], chosen: Mapping[str, Any]) -> None:
    """Hold the DocBins, ledgers and reports of both engines against each other."""

    def export(name: str, engine: str) -> ExportReport:
        options = ExportOptions(**{**chosen, "engine": engine, "annotator": annotator})
        return export_training(corpus, folder / name, options)

    try:
        ours = export("a", "straight")
    except AnnotatorError as error:  # too few sentences to split, or a conflict
        with pytest.raises(AnnotatorError, match=re.escape(str(error))):
            export("b", "spacy")
        return
    theirs = export("b", "spacy")
    assert files_of(folder / "a") == files_of(folder / "b")
    assert (ours.parts, ours.suggester, ours.warnings, ours.lost) == (
        theirs.parts, theirs.suggester, theirs.warnings, theirs.lost,
    )  # fmt: skip
    assert set(ours.files) == set(theirs.files)
    assert not (folder / "a" / UNFINISHED_FOLDER).exists()


def test_what_becomes_an_entity_is_not_wrong_besides(tmp_path: Path) -> None:
    """A span that loses the white space at its edge is the entity that a suggestion turned down was."""
    text = "Rosavik   agreed ."
    corpus = builders.make_corpus(tmp_path / "c", builders.article(text, "b"))
    session = builders.open_session(corpus)
    work = session.annotated
    blank = next(t for t in work.sentence.tokens if t.text.isspace())
    said = work.annotation.with_spans([Span(0, blank.end, "VENUE")]).with_answer(Answer.ACCEPT)
    said = said.with_rejected([Span(0, len("Rosavik"), "VENUE")])
    session.apply_edit(Edit(Op.EDIT, (work,), (replace(work, annotation=said),)))
    assert session.close()
    _check_engines(CorpusFolder.open(corpus.path), tmp_path, (), {"split": (100, 0, 0)})


def _answered(corpus: CorpusFolder, name: str, article: int, answer: Answer) -> CorpusFolder:
    session = builders.open_session(corpus, name=name)
    session.navigation.move_article(article)
    session.apply_edit(set_answer(session.article_sentences[1], answer))
    assert session.close()
    return CorpusFolder.open(corpus.path)


def test_what_annotators_left_alike_is_exported_once(tmp_path: Path) -> None:
    """The plan has it once, with all their names; where they differ it is left out."""
    corpus = builders.make_corpus(tmp_path / "c")
    options = ExportOptions(split=(100, 0, 0))
    for name, article in (("ana", 0), ("bo", 1)):
        corpus = _answered(corpus, name, article, Answer.ACCEPT)
    apart = plan_export(corpus, options)
    assert (len(apart.records), apart.sentences["double"], apart.selection.settled.shared_annotators) == (2, 0, {})
    alike = plan_export(_answered(corpus, "bo", -1, Answer.ACCEPT), options)
    assert (len(alike.records), alike.sentences["double"]) == (2, 1)
    assert list(alike.selection.settled.shared_annotators.values()) == ["ana, bo"]
    for plan in (apart, alike):
        plan.selection.close()
    corpus = _answered(corpus, "bo", -1, Answer.REJECT)
    apart = plan_export(corpus, options)
    assert (len(apart.records), apart.missing.excluded[0].why) == (1, "annotators are in conflict")
    assert [c.description for c in apart.selection.conflicts] == ["answer: ana accept, bo reject"]
    apart.selection.close()
    with pytest.raises(AnnotatorError, match=r"1 conflict of annotators \(answer 1\)"):
        plan_export(corpus, ExportOptions(split=(100, 0, 0), on_conflict="error"))


@SLOW
@given(seed=st.integers(0, 10**6), actions=st.integers(1, 60))
def test_a_replayed_journal_is_exported_as_an_indexed_one(
    tmp_path_factory: pytest.TempPathFactory, seed: int, actions: int
) -> None:
    """However a journal is read, the plan and the values of its records are the same."""
    corpus = annotated(tmp_path_factory.mktemp("x"), seed, actions, ("ana", "bo"))
    found = []
    for replay in (frozenset[str](), frozenset(("ana", "bo"))):
        try:
            plan = plan_export(corpus, ExportOptions(split=(100, 0, 0)), replay=replay)
        except AnnotatorError as error:
            found.append([str(error)])
            continue
        pieces = [p for a in planned_articles(corpus, plan) for p in a.sentences()]
        values = [(p.sentence.id, p.sentence.tokens, p.annotators, p.outcomes, p.incorrect_spans) for p in pieces]
        left = [
            (x.item.annotated.sentence.id, x.item.annotated.annotation, x.item.seq, x.why)
            for x in plan.missing.excluded
        ]
        found.append([plan.sentences, left, values, [p.item and p.item.seq for p in pieces]])
        plan.selection.close()
    assert found[0] == found[1]


def test_an_export_is_easy_to_follow(tmp_path: Path) -> None:
    """One export of the sample passes from one file of the package to another less than 4,000 times."""
    shutil.copytree(ROOT / "corpus", tmp_path / "sample")
    changes: Changes = Counter()
    corpus = CorpusFolder.open(tmp_path / "sample")
    with counted(changes):
        export_training(corpus, tmp_path / "out", ExportOptions())
    assert changes.total() < 4000, changes.most_common(5)


@pytest.mark.parametrize("unit", ["sentence", "article"])
def test_the_docs_are_those_of_the_files(tmp_path: Path, unit: Any) -> None:
    """Without a file between come the same Docs, part by part: words, entities, span groups, user data."""
    corpus, nlp = annotated(tmp_path, 1, 60, ("ana", "bo")), spacy.blank("en")
    options = ExportOptions(split=(50, 50, 0), unit=unit)
    export_training(corpus, tmp_path / "out", options)
    docs = list(iterate_docs(corpus, nlp, options))
    for part in ("train", "dev"):
        stored = DocBin().from_disk(tmp_path / "out" / f"{part}.spacy").get_docs(nlp.vocab)
        mine = [_content_of(doc) for p, doc in docs if p == part]
        assert mine == [_content_of(doc) for doc in stored]
        assert mine


def _content_of(doc: Doc) -> tuple[object, ...]:
    marks = [(t.text, t.whitespace_, t.ent_iob, t.ent_type_, t.is_sent_start) for t in doc]
    groups = {key: [(s.start, s.end, s.label_) for s in spans] for key, spans in doc.spans.items()}
    return marks, groups, json.loads(json.dumps(doc.user_data))
