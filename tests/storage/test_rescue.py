"""Rescue files: rewritten as long as nothing can be saved, brought back when the journal is opened again."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import orjson
import pytest
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.errors import JournalError
from annotator.core.journal_record import JournalRecord
from annotator.storage import rescue
from annotator.storage.codec import encode_record
from annotator.storage.journal import Journal
from tests import builders
from tests.storage.storage_helpers import journal_of, record, records


def _lines(rows: list[JournalRecord]) -> bytes:
    return b"".join(encode_record(r) for r in rows)


def _head(corpus: Path) -> bytes:
    """Return the first line of a rescue file whose journal was empty."""
    names = {"_corpus": str(corpus), "_corpus_id": "", "_annotator": "ana"}
    return orjson.dumps(names | {"_follows": {"_seq": 0, "_crc": "00000000"}}) + b"\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the user's own things and the temporary ones a place."""
    monkeypatch.setenv("ANNOTATOR_HOME", str(tmp_path / "home"))
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(rescue, "TEMPORARY_FOLDERS", (str(tmp_path / "temp"),))
    return tmp_path / "home"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Make what a journal needs of a corpus that holds the article of the records."""
    folder = tmp_path / "news"
    (folder / "articles").mkdir(parents=True)
    (folder / "articles" / "0123456789ab.json").touch()
    return folder


def _rescue(corpus: Path, saved: int, lost: list[JournalRecord]) -> Path:
    with Journal.open(corpus, "ana") as journal:
        journal.append(records(1, saved))
        return journal.rescue(lost)


def test_a_rescue_file_of_the_version_before_comes_back(tmp_path: Path, home: Path) -> None:
    """The file that 0.1 has written names no corpus: its records follow the journal of the corpus of its name."""
    fixture = Path(__file__).resolve().parents[1] / "golden" / "corpus_0_1"
    shutil.copytree(fixture / "home", home)
    folder = shutil.copytree(fixture / "fixture", tmp_path / "fixture")
    before = len((folder / "annotations" / "ana.jsonl").read_bytes().splitlines())
    with Journal.open(folder, "ana") as journal:
        assert len(journal.records) == before + 2
    assert [p.name for p in (home / "rescue").iterdir()] == ["fixture-ana-1.jsonl.saved"]


def test_one_file_for_all_that_was_not_saved(corpus: Path, home: Path) -> None:
    """Each further decision is written to the same file, with those before it."""
    with Journal.open(corpus, "ana") as journal:
        for last in (1, 2, 3):
            path = journal.rescue(records(1, last))
    assert path == home / "rescue" / "news-ana-1.jsonl"
    assert path.read_bytes() == _head(corpus) + _lines(records(1, 3))
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_what_was_not_saved_comes_back(corpus: Path, home: Path) -> None:
    """Where the journal has not gone on, the records follow its last one; it is told, and only once."""
    path = _rescue(corpus, 2, records(3, 4))
    looked = Journal.open(corpus, "ana", read_only=True)
    message = f"2 decisions that could not be saved are in {path}: they come back when you annotate here"
    assert looked.warnings == [f"{message} under this name"]
    with Journal.open(corpus, "ana") as journal:
        assert journal.records == tuple(records(1, 4))
        assert journal.next_seq == 5
        assert journal.warnings == ["brought back 2 decisions that could not be saved the last time"]
        journal.append([record(5)])
    assert (corpus / "annotations" / "ana.jsonl").read_bytes() == _lines(records(1, 5))
    with Journal.open(corpus, "ana") as journal:
        assert journal.warnings == []
    assert [p.name for p in (home / "rescue").iterdir()] == ["news-ana-1.jsonl.saved"]


def test_what_a_hung_write_has_not_saved_comes_back(corpus: Path) -> None:
    """A write that hung may end after all was rescued: the journal has the first records, and the others follow."""
    path = _rescue(corpus, 3, records(3, 5))
    with Journal.open(corpus, "ana", read_only=True) as looked:
        assert looked.warnings[0].startswith(f"3 decisions that could not be saved are in {path}: they come back")
    with Journal.open(corpus, "ana") as journal:
        assert journal.records == tuple(records(1, 5))
        assert journal.warnings == ["brought back 2 decisions that could not be saved the last time"]
    assert (corpus / "annotations" / "ana.jsonl").read_bytes() == _lines(records(1, 5))


def test_a_crash_after_they_came_back(corpus: Path, home: Path) -> None:
    """Records that are in the journal already are not brought back twice, and nothing is said."""
    path = _rescue(corpus, 2, records(3, 4))
    with Journal.open(corpus, "ana") as journal:
        journal.append([record(5)])
    path.write_bytes(_lines(records(3, 4)))
    with Journal.open(corpus, "ana") as journal:
        assert (journal.warnings, len(journal.records)) == ([], 5)
    assert not path.exists()


def test_a_journal_that_has_gone_on_keeps_its_own(corpus: Path, home: Path) -> None:
    """Numbers that are taken are not given away: the file is named, with where to begin."""
    path = _rescue(corpus, 3, [record(2), record(3, "Another text.")])
    with Journal.open(corpus, "ana") as journal:
        assert journal.records == tuple(records(1, 3))
        (message,) = journal.warnings
    assert message == (
        f"2 decisions that could not be saved are in {path}: the journal has gone on without them; leave, and run "
        f"`annotator repair {corpus} --write`, which puts them behind the others"
    )
    path.write_bytes(b"{}\n")
    with Journal.open(corpus, "ana") as journal:
        assert journal.warnings[0].endswith("the file is damaged; look at it, then move it away")


def test_files_that_are_not_for_this_journal(corpus: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another annotator's, another corpus's of the same name and another user's file are left alone."""
    path = _rescue(corpus, 0, records(1, 1))
    before = path.read_bytes()
    with Journal.open(corpus, "bo") as journal:
        assert journal.warnings == []
    with monkeypatch.context() as patch:
        patch.setattr("annotator.storage.rescue.os.getuid", lambda: path.stat().st_uid + 1)
        with Journal.open(corpus, "ana") as journal:
            assert journal.warnings == []
    (corpus / "articles" / "0123456789ab.json").unlink()
    with Journal.open(corpus, "ana") as journal:
        assert (journal.warnings, journal.records) == ([], ())
    assert path.read_bytes() == before


def test_a_copy_of_the_corpus_does_not_take_them(corpus: Path, tmp_path: Path) -> None:
    """A copy has the same articles and the same last record; only where the corpus was moved it is the same one."""
    path = _rescue(corpus, 2, records(3, 4))
    copy = tmp_path / "backup" / "news"
    shutil.copytree(corpus, copy)
    with Journal.open(copy, "ana") as journal:
        assert (journal.warnings, journal.next_seq) == ([], 3)
    with Journal.open(corpus, "ana") as journal:
        assert journal.next_seq == 5
    path.with_name(f"{path.name}.saved").rename(path)
    shutil.rmtree(corpus)
    with Journal.open(copy, "ana") as journal:
        assert journal.next_seq == 5


@pytest.mark.parametrize("saved", [0, 2])
def test_a_renamed_corpus_gets_them(tmp_path: Path, saved: int) -> None:
    """Whatever the folder is called now, even with another corpus in its place; in an empty journal the id decides."""
    corpus = builders.make_corpus(tmp_path / "news", builders.market()).path
    sentence = builders.sentences(builders.market())[3]
    lost = [replace(r, annotated=AnnotatedSentence(sentence)) for r in records(saved + 1, saved + 3)]
    _rescue(corpus, saved, lost)
    corpus.rename(tmp_path / "renamed")
    builders.make_corpus(corpus, builders.market(), builders.bridge(), name="another")
    for other in (corpus, builders.make_corpus(tmp_path / "bridge", builders.bridge(), name="bridge").path):
        with Journal.open(other, "ana") as journal:
            assert journal.records == ()
            journal.append([replace(record(1), annotated=AnnotatedSentence(sentence))])
    with Journal.open(tmp_path / "renamed", "ana") as journal:
        assert journal.warnings == ["brought back 3 decisions that could not be saved the last time"]
        assert journal.records[saved:] == tuple(lost)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_corpus_with_damaged_settings_gets_them(tmp_path: Path, home: Path, when: str) -> None:
    """It has no id while ``corpus.toml`` is damaged: then the place decides for an empty journal."""
    corpus = builders.make_corpus(tmp_path / "news", builders.market()).path
    settings = (corpus / "corpus.toml").read_bytes()
    if when == "before":
        (corpus / "corpus.toml").write_bytes(b"")
    lost = [replace(record(1), annotated=AnnotatedSentence(builders.sentences(builders.market())[3]))]
    _rescue(corpus, 0, lost)
    (corpus / "corpus.toml").write_bytes(settings if when == "before" else b"")
    with Journal.open(corpus, "ana") as journal:
        assert journal.records == tuple(lost)


def test_a_journal_that_is_another_one_takes_none(corpus: Path) -> None:
    """As many lines are not the same lines: the records are named in a warning and stay where they are."""
    path = _rescue(corpus, 2, records(3, 4))
    journal_of(corpus).write_bytes(_lines([record(1), record(2, "Another text.")]))
    with Journal.open(corpus, "ana") as journal:
        assert len(journal.records) == 2
        assert journal.warnings[0].startswith(f"2 decisions that could not be saved are in {path}: another copy")
    assert path.exists()


@pytest.mark.parametrize("head", [b"", b'{"_corpus":"%b"}\n'])
def test_a_file_of_an_earlier_version_comes_back(corpus: Path, head: bytes) -> None:
    """It does not name its corpus, or nothing more: its own name has the folder and the annotator."""
    path = _rescue(corpus, 2, records(3, 4))
    path.write_bytes((head % bytes(corpus) if head else b"") + _lines(records(3, 4)))
    with Journal.open(corpus, "ana") as journal:
        assert journal.records == tuple(records(1, 4))


def test_a_journal_that_was_copied(corpus: Path, home: Path) -> None:
    """Records by another annotator than the file is named for are told, with their number."""
    with Journal.open(corpus, "ana") as journal:
        journal.append(records(1, 3))
    annotations = corpus / "annotations"
    (annotations / "bob.jsonl").write_bytes((annotations / "ana.jsonl").read_bytes())
    with Journal.open(corpus, "bob") as journal:
        assert journal.warnings == ["annotations/bob.jsonl: 3 records are by ana, not bob"]
    assert orjson.loads((annotations / "bob.jsonl").read_bytes().splitlines()[0])["_annotator_id"] == "ana"


def _put_back(corpus: Path, data: bytes) -> None:
    """Put another copy in the journal's place, as a backup tool does."""
    journal_of(corpus).with_suffix(".new").write_bytes(data)
    journal_of(corpus).with_suffix(".new").replace(journal_of(corpus))


@pytest.mark.parametrize("in_place", [False, True])
def test_what_an_older_copy_lacks_is_rescued_too(corpus: Path, in_place: bool) -> None:
    """What was shown as saved before the swap comes back with what could not be saved after it, byte for byte."""
    with Journal.open(corpus, "ana") as journal:
        journal.append(records(1, 2))
    with Journal.open(corpus, "ana") as journal:
        journal.append(records(3, 4))
        if in_place:
            journal_of(corpus).write_bytes(_lines(records(1, 1)))
        else:
            _put_back(corpus, _lines(records(1, 1)))
        with pytest.raises(JournalError):
            journal.append([record(5)])
        journal.rescue([record(5)])
    with Journal.open(corpus, "ana") as journal:
        assert journal.records == tuple(records(1, 5))
    assert journal_of(corpus).read_bytes() == _lines(records(1, 5))


def test_the_message_says_that_an_older_copy_has_the_place(corpus: Path) -> None:
    """It names the command that adds the records."""
    _rescue(corpus, 3, records(4, 5))
    _put_back(corpus, _lines(records(1, 2)))
    with Journal.open(corpus, "ana") as journal:
        (message,) = journal.warnings
    assert "the journal has gone back to record 2: an older copy has its place; leave, and run `annotator repair" in (
        message
    )


@pytest.mark.parametrize("folder", [f"annotator-rescue-{os.getuid()}", "annotator-rescue"])
def test_a_rescue_file_comes_back_from_every_temporary_folder(
    corpus: Path, home: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    """While the disk was full another one took it; the folder that all users had in common is read too."""
    full, other, temp = home.parent / "full", home.parent / "other", home.parent / "temp"
    full.touch()
    other.mkdir()
    monkeypatch.setattr(rescue, "TEMPORARY_FOLDERS", (str(temp), str(other), str(temp / ".." / "temp")))
    monkeypatch.setenv("ANNOTATOR_HOME", str(full))
    monkeypatch.setenv("TMPDIR", str(full))
    kept = _rescue(corpus, 2, records(3, 4))
    assert kept.parent == temp / f"annotator-rescue-{os.getuid()}"
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    kept.parent.rename(temp / folder)
    monkeypatch.setenv("TMPDIR", str(other))
    with Journal.open(corpus, "ana") as journal:
        assert journal.records == tuple(records(1, 4))
        assert journal.warnings == ["brought back 2 decisions that could not be saved the last time"]


def test_a_temporary_folder_of_another_user_takes_no_rescue_file(
    corpus: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that another user has made first could be read and emptied by them: the next one takes the file."""
    temp, other = home.parent / "temp", home.parent / "other"
    other.mkdir()
    home.touch()
    taken = temp / f"annotator-rescue-{os.getuid()}"
    taken.mkdir()
    real = Path.lstat

    def lstat(path: Path) -> os.stat_result:
        found = list(real(path))
        return os.stat_result([*found[:4], os.getuid() + 1, *found[5:]]) if path == taken else real(path)

    monkeypatch.setattr(Path, "lstat", lstat)
    monkeypatch.setattr(rescue, "TEMPORARY_FOLDERS", (str(temp), str(other)))
    assert _rescue(corpus, 2, records(3, 4)).is_relative_to(other)
    assert not list(taken.iterdir())


def test_many_saved_lines_are_kept_packed(corpus: Path) -> None:
    """What fills a pack and more comes back whole and in order."""
    with Journal.open(corpus, "ana") as journal:
        for n in range(1, 501):
            journal.append([record(n)])
        _put_back(corpus, b"")
        with pytest.raises(JournalError):
            journal.append([record(501)])
        journal.rescue([record(501)])
    with Journal.open(corpus, "ana") as journal:
        assert journal.records == tuple(records(1, 501))
