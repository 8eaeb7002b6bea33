"""However a label comes into the schema, what was accepted before is not read for it, until somebody has."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import DocBin
from spacy.vocab import Vocab

from annotator import Corpus
from annotator.checks.problem import ProblemKind
from annotator.core.annotation import Annotation, Answer
from annotator.core.coverage import CoverageBase
from annotator.core.errors import CorpusError
from annotator.session.annotation_controller import AnnotationController
from annotator.storage.journal import Journal, ReplayedJournal
from annotator.workflows.import_options import ImportOptions
from annotator.workflows.importing import import_files
from annotator.workflows.merging import merge_corpora
from annotator.workflows.migrating import rename_label, split_label, undo_migration
from annotator.workflows.opening import apply_schema
from annotator.workflows.statistics import collect_statistics
from tests import builders

BOAT = '\n[[label]]\nname = "BOAT"\ncolour = "red"\n'
NAMES = st.sampled_from("ABCD")
ALL = ("PERSON", "VENUE", "COUNT", "CLAIM")


def _begun(path: Path, accepts: int = 3) -> Path:
    """Return a corpus in which ana has accepted the first sentences."""
    corpus = builders.make_corpus(path).path
    _accept(corpus, accepts)
    return corpus


def _accept(corpus: Path, accepts: int, *labels: str, name: str = "ana", start: str = "") -> None:
    session = builders.open_session(corpus, labels=labels, name=name, start=start)
    controller = AnnotationController(session)
    for _ in range(accepts):
        controller.dispatch("accept")
    session.close()


def _covers(corpus: Path, name: str = "ana") -> list[tuple[str, ...] | None]:
    folder = Corpus.open(corpus).folder
    replayed = ReplayedJournal.of(Journal.open(corpus, name, read_only=True), folder.sentences_to_replay)
    return [x.annotation.covers for x in replayed.annotated_sentences]


def _first(corpus: Path) -> str:
    return Corpus.open(corpus).folder.article_ids()[0]


def _by_hand(corpus: Path) -> None:
    file = corpus / "schema.toml"
    file.write_text(file.read_text() + BOAT)


def _by_option(corpus: Path) -> None:
    apply_schema(Corpus.open(corpus).folder, (corpus / "schema.toml").read_text() + BOAT)


def _by_import(corpus: Path) -> None:
    row = {"text": "Gull sank.", "spans": [{"start": 0, "end": 4, "label": "BOAT"}]}
    file = corpus.parent / "boat.jsonl"
    file.write_bytes(orjson.dumps(row))
    import_files(corpus, [file], ImportOptions(annotator="bob", add_labels=True))


WAYS = [_by_hand, _by_option, _by_import]


def _docs_for_boat(out: Path) -> dict[str, int]:
    """Return the files that have Docs which cover BOAT, with how many."""
    counts = {}
    for file in sorted(out.glob("train*.spacy")):
        docs = DocBin(store_user_data=True).from_disk(file).get_docs(Vocab())
        listed = [doc.user_data["annotator"].get("covers", [*ALL, "BOAT"]) for doc in docs]
        counts[file.name] = sum("BOAT" in x for x in listed)
    return {name: n for name, n in counts.items() if n}


@pytest.mark.parametrize("add", WAYS)
def test_no_doc_that_was_accepted_before_a_label_trains_it(tmp_path: Path, add: Callable[[Path], None]) -> None:
    """The export and `check` say so; only what was read for the label is in a file that trains it."""
    corpus = _begun(tmp_path / "c")
    add(corpus)
    imported = int(add is _by_import)
    assert _covers(corpus) == [ALL] * 3
    warning = "3 sentences were accepted before BOAT was in the schema: not read for it"
    with pytest.warns(UserWarning, match=f"{warning}; `annotator annotate .*{corpus.name} --labels BOAT` reads them"):
        Corpus.open(corpus).export(tmp_path / "before", split="100/0/0")
    with_boat = {"train.BOAT.spacy": imported, "train.spacy": imported}
    assert _docs_for_boat(tmp_path / "before") == (with_boat if imported else {})
    assert [p.what for p in Corpus.open(corpus).check(only=["later-label"]).problems] == [warning]
    _accept(corpus, 2, "BOAT", start=_first(corpus))
    with pytest.warns(UserWarning, match="1 sentence was accepted before BOAT"):
        Corpus.open(corpus).export(tmp_path / "after", split="100/0/0")
    assert _docs_for_boat(tmp_path / "after") == dict.fromkeys(with_boat, imported + 2)
    _accept(corpus, 3, "BOAT", start=_first(corpus))
    assert _covers(corpus)[:3] == [(*ALL, "BOAT")] * 3
    assert not Corpus.open(corpus).check(only=["later-label"]).problems


@pytest.mark.parametrize("add", WAYS)
def test_the_sentences_are_open_again_in_a_session_with_the_label(tmp_path: Path, add: Callable[[Path], None]) -> None:
    """And done in a pass over the labels that were read; the statistics agree."""
    corpus = _begun(tmp_path / "c")
    add(corpus)
    for labels, done in (((), 0), (("BOAT",), 0), (ALL, 3)):
        session = builders.open_session(corpus, labels=labels, read_only=True)
        assert session.corpus_progress.done == done
        session.close()
        assert collect_statistics(Corpus.open(corpus).folder, "ana", labels).annotators[0].done == done


def test_a_label_that_was_removed_and_comes_back(tmp_path: Path) -> None:
    """What was accepted meanwhile does not cover it, what was accepted before does."""
    corpus = _begun(tmp_path / "c", 2)
    file = corpus / "schema.toml"
    whole = file.read_text()
    at = whole.index('[[label]]\nname = "CLAIM"')
    file.write_text(whole[:at].replace(', "CLAIM"', "").replace('"CLAIM"', ""))
    _accept(corpus, 1)
    file.write_text(whole)
    assert _covers(corpus) == [None, None, ("PERSON", "VENUE", "COUNT")]


def test_a_renamed_label_keeps_what_was_read_for_it(tmp_path: Path) -> None:
    """So do the parts of a split, also after a further label, and `schema undo` brings the old state back."""
    corpus = _begun(tmp_path / "c")
    rename_label(Corpus.open(corpus).folder, "VENUE", "PLACE", by="ana")
    assert _covers(corpus) == [None] * 3
    _by_hand(corpus)
    split_label(Corpus.open(corpus).folder, "PLACE", ["TOWN", "QUAY"], take={}, by="ana")
    assert [set(x or ()) for x in _covers(corpus)] == [{"PERSON", "TOWN", "QUAY", "COUNT", "CLAIM"}] * 3
    undo_migration(Corpus.open(corpus).folder, by="ana")
    assert [set(x or ()) for x in _covers(corpus)] == [{"PERSON", "PLACE", "COUNT", "CLAIM"}] * 3


def test_a_label_that_is_split_off_later_is_not_read_for(tmp_path: Path) -> None:
    """A part of a later label is as late as that."""
    corpus = _begun(tmp_path / "c")
    _by_hand(corpus)
    split_label(Corpus.open(corpus).folder, "BOAT", ["SHIP", "RAFT"], take={}, by="ana")
    assert [set(x or ()) for x in _covers(corpus)] == [set(ALL)] * 3


def test_work_of_another_machine_with_the_old_schema_does_not_cover_the_label(tmp_path: Path) -> None:
    """Its journal comes by git after the label: what was accepted there at any time was read for the old labels."""
    here = _begun(tmp_path / "here", 1)
    shutil.copytree(here, tmp_path / "there")
    _by_hand(here)
    _accept(here, 1, name="ana", start=_first(here))
    _accept(tmp_path / "there", 2, name="bob")
    shutil.copy(tmp_path / "there/annotations/bob.jsonl", here / "annotations")
    assert _covers(here, "bob") == [ALL] * 2
    assert (*ALL, "BOAT") in _covers(here, "ana")


def test_a_merge_of_copies_knows_what_each_was_read_for(tmp_path: Path) -> None:
    """Copies with and without the label have the same history: nothing is in conflict."""
    here = _begun(tmp_path / "here", 2)
    shutil.copytree(here, tmp_path / "there")
    _by_hand(here)
    _accept(here, 1, start=_first(here))
    report = merge_corpora([here, tmp_path / "there"], tmp_path / "both")
    assert not report.conflicts
    assert [set(x or (*ALL, "BOAT")) for x in _covers(tmp_path / "both")] == [set(x or ()) for x in _covers(here)]
    assert set(ALL) in [set(x or ()) for x in _covers(tmp_path / "both")]


@pytest.mark.parametrize("listed", [b'{"_v":1,"labels":["PERSON","VENUE","COUNT","CLAIM","BOAT"]}', b"<<<<<<< HEAD"])
def test_a_session_that_began_before_a_label_does_not_cover_it(tmp_path: Path, listed: bytes) -> None:
    """Though the first record of the corpus is of a program that has the label: the file is not its own any more."""
    corpus = builders.make_corpus(tmp_path / "c").path
    session = builders.open_session(corpus)
    _by_hand(corpus)
    (corpus / "coverage.json").write_bytes(listed)
    AnnotationController(session).dispatch("accept")
    assert session.close()
    (corpus / "coverage.json").write_bytes(b'{"labels":[]}')
    assert _covers(corpus) == [ALL]


def test_a_corpus_without_the_list_gets_it_at_the_next_opening(tmp_path: Path) -> None:
    """Nothing is claimed about its past: its labels of then are taken, and reading alone writes nothing."""
    corpus = _begun(tmp_path / "c")
    (corpus / "coverage.json").unlink()
    Corpus.open(corpus).export(tmp_path / "out", split="100/0/0")
    assert not (corpus / "coverage.json").exists()
    Journal.open(corpus, "bob").close()
    _by_hand(corpus)
    assert _covers(corpus) == [ALL] * 3


def test_a_schema_may_be_changed_before_anything_is_accepted(tmp_path: Path) -> None:
    """The labels at the first record count, so that records of a corpus with one schema list none."""
    corpus = builders.make_corpus(tmp_path / "c").path
    builders.open_session(corpus).close()
    _by_hand(corpus)
    _accept(corpus, 2)
    assert _covers(corpus) == [None, None]
    assert b"_covers" not in (corpus / "annotations/ana.jsonl").read_bytes()


@pytest.mark.parametrize("data", [b"", b"<<<<<<< HEAD\n", b'{"_v":1}', b'{"_v":9,"labels":[]}', b'{"labels":[1]}'])
def test_a_damaged_list_is_no_guess(tmp_path: Path, data: bytes) -> None:
    """Which labels are covered cannot be known, so nothing is exported, and `check` names the file and goes on."""
    corpus = _begun(tmp_path / "c")
    _accept(corpus, 1, name="bo")
    Corpus.open(corpus).export(tmp_path / "before")
    (corpus / "coverage.json").write_bytes(data)
    with pytest.raises(CorpusError, match=r"this does not list|newer Annotator"):
        Corpus.open(corpus).export(tmp_path / "out")
    assert "coverage.json" in Corpus.open(corpus).verify_export(tmp_path / "before").error
    if b"9" not in data:
        report = Corpus.open(corpus).check()
        (damage,) = (p for p in report.problems if p.kind is ProblemKind.JOURNAL)
        assert (damage.location.file, report.coverage) == ("coverage.json", {(): 4})
        assert not report.kinds.get("later-label")
        warnings: list[str] = []
        assert [x.annotation.covers for x in Corpus.open(corpus).annotations(warn=warnings.append)] == [()] * 4
        assert [x[:13] for x in (*warnings, *Corpus.open(corpus).warnings)] == ["coverage.json"] * 2
        session = builders.open_session(corpus)
        assert any("coverage.json: this does not list" in x for x in session.warnings)
        AnnotationController(session).dispatch("accept")
        session.close()
        (corpus / "coverage.json").unlink()
        assert sorted(_covers(corpus), key=bool) == [None, None, ALL]


def test_nothing_covers_all_of_a_schema_that_cannot_be_read() -> None:
    """Then a record covers what the corpus began with."""
    assert CoverageBase((), ("A",)).read(Annotation(answer=Answer.ACCEPT)).covers == ("A",)
    assert CoverageBase((), None).read(Annotation(answer=Answer.ACCEPT)).covers is None


@given(st.lists(NAMES, unique=True), st.lists(NAMES, unique=True, min_size=1), st.none() | st.lists(NAMES, unique=True))
def test_what_is_stored_never_covers_more_than_was_read(
    base: list[str], now: list[str], later: list[str] | None
) -> None:
    """Whatever the schema becomes after an accept of all its labels, the record covers these or fewer."""
    whole = Annotation(answer=Answer.ACCEPT)
    stored = CoverageBase(tuple(now), tuple(base)).stated(whole)
    schema = tuple(later or now)
    read = CoverageBase(schema, tuple(base)).read(stored).covers
    assert set(schema if read is None else read) & set(schema) <= set(now)
