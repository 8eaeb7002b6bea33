"""``claims/``, ``adjudicated/`` and ``again/``: written, read with damage, checked, and no annotator's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.claims import ClaimAct
from annotator.core.edits import Op
from annotator.core.errors import JournalError
from annotator.core.journal_record import JournalRecord
from annotator.storage.claims import all_claims, append_claim, read_claims
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.side_journals import (
    SIDE_FOLDERS,
    SideFolder,
    append_to_side_journal,
    read_side_journal,
    side_journal_names,
)
from tests import builders
from tests.cli.command_runner import call

ARTICLE = "0123456789ab"


@pytest.fixture
def corpus(tmp_path: Path) -> CorpusFolder:
    """Return a corpus of two articles."""
    return builders.make_corpus(tmp_path / "news")


def record(seq: int, answer: Answer | None = None) -> JournalRecord:
    """Return a record of an adjudication."""
    annotated = builders.annotated_sentence("Ida Holm left.", builders.span("Ida Holm left.", "Ida Holm", "PERSON"))
    annotated = replace(annotated, annotation=replace(annotated.annotation, answer=answer))
    return JournalRecord(seq, Op.ADJUDICATE, annotated, seq - 1 or None, annotator="ana", compared=(("ben", 3),))


def test_claims_come_back_and_their_numbers_go_on(corpus: CorpusFolder) -> None:
    """Each line has the next number; every annotator has a file of their own."""
    append_claim(corpus.path, "ana", ARTICLE, ClaimAct.CLAIM, 10.0, 20.5)
    last = append_claim(corpus.path, "ana", ARTICLE, ClaimAct.RELEASE, 15.0, 15.0)
    append_claim(corpus.path, "ben", ARTICLE, ClaimAct.CLAIM, 16.0, 30.0)
    found = all_claims(corpus.path)
    assert [c.seq for c in found["ana"]] == [1, 2]
    assert found["ana"][-1] == last
    assert sorted(found) == ["ana", "ben"]


def test_a_damaged_claim_does_not_count_and_a_torn_one_takes_none_with_it(corpus: CorpusFolder) -> None:
    """A flipped bit costs its line, a crash the last one; the next claim begins on a line of its own."""
    for n in range(3):
        append_claim(corpus.path, "ana", ARTICLE, ClaimAct.CLAIM, n, n + 10.0)
    path = corpus.path / "claims" / "ana.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"time":0.0', b'"time":9.0')[:-7])
    found = read_claims(corpus.path, "ana")
    assert [c.seq for c in found.claims] == [2]
    assert [f.line for f in found.flaws] == [1, 3]
    append_claim(corpus.path, "ana", ARTICLE, ClaimAct.CLAIM, 5.0, 9.0)
    assert [c.seq for c in read_claims(corpus.path, "ana").claims] == [2, 3]
    result = call("check", corpus.path, "--only", "journal")
    assert result.code == 3
    assert "claims/ana.jsonl:1" in result.out


@pytest.mark.parametrize("folder", SIDE_FOLDERS)
def test_a_side_journal_comes_back_and_is_no_annotators(corpus: CorpusFolder, folder: SideFolder) -> None:
    """What was compared comes back with the records, and no command counts them among the annotations."""
    append_to_side_journal(corpus.path, folder, "ana", [record(1), record(2, Answer.ACCEPT)])
    append_to_side_journal(corpus.path, folder, "ana", [record(3)])
    found = read_side_journal(corpus.path, folder, "ana")
    assert [r.seq for r in found.records] == [1, 2, 3]
    assert found.records[1] == record(2, Answer.ACCEPT)
    assert (found.flaws, found.next_seq, side_journal_names(corpus.path, folder)) == ((), 4, ("ana",))
    assert CorpusFolder.open(corpus.path).annotators() == ()
    assert call("check", corpus.path, "--only", "journal").code == 0


@pytest.mark.parametrize("folder", SIDE_FOLDERS)
def test_damage_of_a_side_journal_is_reported_and_stops_writing(corpus: CorpusFolder, folder: SideFolder) -> None:
    """A torn end is set aside by the next write; a damaged line in the middle stays, and nothing more is written."""
    append_to_side_journal(corpus.path, folder, "ana", [record(1), record(2)])
    path = corpus.path / folder / "ana.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert "the line does not count" in call("check", corpus.path, "--only", "journal").out
    append_to_side_journal(corpus.path, folder, "ana", [record(2, Answer.ACCEPT)])
    assert [r.annotated.annotation.answer for r in read_side_journal(corpus.path, folder, "ana").records][1:] == [
        Answer.ACCEPT
    ]
    assert [p.read_bytes() for p in path.parent.glob("*.torn-1")] == [whole.splitlines(keepends=True)[1][:-20]]
    path.write_bytes(whole.replace(b"Ida", b"Ada", 1))
    assert f"{folder}/ana.jsonl:1" in call("check", corpus.path, "--only", "journal").out
    with pytest.raises(JournalError, match="lines of the file are damaged"):
        append_to_side_journal(corpus.path, folder, "ana", [record(3)])


def test_a_number_that_does_not_follow_is_refused(corpus: CorpusFolder) -> None:
    """Two adjudicators of one name cannot write over each other."""
    append_to_side_journal(corpus.path, "adjudicated", "ana", [record(1)])
    with pytest.raises(JournalError, match="the next record is number 2"):
        append_to_side_journal(corpus.path, "adjudicated", "ana", [record(1)])
    with pytest.raises(JournalError, match="no name for an annotator"):
        append_to_side_journal(corpus.path, "again", "../ana", [record(1)])


def test_a_merge_takes_the_file_that_goes_on_and_lists_two_that_differ(corpus: CorpusFolder, tmp_path: Path) -> None:
    """No line is lost without a word, and no record is renumbered."""
    append_to_side_journal(corpus.path, "adjudicated", "ana", [record(1)])
    append_claim(corpus.path, "ana", ARTICLE, ClaimAct.CLAIM, 1.0, 9.0)
    other = shutil.copytree(corpus.path, tmp_path / "other")
    append_to_side_journal(other, "adjudicated", "ana", [record(2)])
    for path, time in ((corpus.path, 2.0), (other, 3.0)):
        append_claim(path, "ana", ARTICLE, ClaimAct.CLAIM, time, 9.0)
    result = call("merge", corpus.path, other, "--into", tmp_path / "both")
    assert "claims/ana.jsonl of " in result.out
    assert [r.seq for r in read_side_journal(tmp_path / "both", "adjudicated", "ana").records] == [1, 2]
    assert [c.time for c in read_claims(tmp_path / "both", "ana").claims] == [1.0, 2.0]
