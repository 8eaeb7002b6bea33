"""The journal under failing disks, rivals and kill -9: nothing acknowledged is lost."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.core.errors import JournalError
from annotator.storage import atomic, rescue
from annotator.storage.codec import encode_record
from annotator.storage.journal import Journal
from tests.storage.storage_helpers import (
    FailingFile,
    RecordingFile,
    journal_of,
    lines_of,
    put_journal,
    record,
    records,
    tree,
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Make a folder that journals can lie in."""
    (tmp_path / "annotations").mkdir()
    return tmp_path


class ShortThenFailing:
    """Stands in for ``os.write``: writes 100 bytes a call, and fails at the ``nth``."""

    def __init__(self, error: OSError, nth: int) -> None:
        self.real, self.error, self.nth, self.calls = os.write, error, nth, 0

    def __call__(self, fd: int, data: memoryview) -> int:
        self.calls += 1
        if self.calls == self.nth:
            raise self.error
        return self.real(fd, data[:100])


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
@pytest.mark.parametrize("where", ["write at once", "write half", "sync", "sync and cut"])
def test_a_failing_write(corpus: Path, monkeypatch: pytest.MonkeyPatch, code: int, where: str) -> None:
    """A write or sync that fails is never taken for saved; the journal is dead, the sync not tried again."""
    error = OSError(code, os.strerror(code))
    with Journal.open(corpus, "ana") as journal:
        journal.append(records(1, 2))
        before = tree(corpus)
        with monkeypatch.context() as patch:
            failing = FailingFile(os.fdatasync, error)
            if where.startswith("write"):
                patch.setattr(os, "write", ShortThenFailing(error, 4 if where == "write half" else 1))
            else:
                patch.setattr(os, "fdatasync", failing)
            if where == "sync and cut":
                patch.setattr(os, "ftruncate", FailingFile(os.ftruncate, error))
            with pytest.raises(JournalError, match="cannot save here"):
                journal.append([record(3)])
            assert failing.calls == (1 if where.startswith("sync") else 0)
        assert tree(corpus) == before or where == "sync and cut"
        with pytest.raises(JournalError, match="nothing more can be saved: an earlier write failed"):
            journal.append([record(3)])
    with Journal.open(corpus, "ana") as journal:
        assert journal.records[:2] == tuple(records(1, 2))
        assert len(journal.records) == (3 if where == "sync and cut" else 2)


@pytest.mark.parametrize("call", ["open", "pread", "ftruncate", "write", "fdatasync"])
def test_a_journal_goes_on_once_the_disk_does(corpus: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """Whatever fails while it is opened again, it is named, and the next try saves every record once."""
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with Journal.open(corpus, "ana") as journal:
        journal.append(records(1, 2))
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", FailingFile(os.fdatasync, full))
            with pytest.raises(JournalError):
                journal.append([record(3)])
        with monkeypatch.context() as patch:
            patch.setattr(os, call, FailingFile(getattr(os, call), full))
            with pytest.raises(JournalError, match="cannot save here: the disk is full") as caught:
                journal.resume([record(3)])
            assert caught.value.where == str(journal_of(corpus))
        journal.resume([record(3)])
        journal.append([record(4)])
    assert journal_of(corpus).read_bytes() == lines_of(records(1, 4))


def test_a_closed_journal_stays_closed(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second call closes no file that has got the number of the first one, and nothing more is taken."""
    journal = Journal.open(corpus, "ana")
    journal.append([record(1)])
    journal.close()
    closed: list[int] = []
    monkeypatch.setattr(os, "close", closed.append)
    journal.close()
    assert not closed
    for save in (journal.append, journal.resume):
        with pytest.raises(JournalError):
            save([record(2)])
    monkeypatch.undo()
    assert journal_of(corpus).read_bytes() == lines_of([record(1)])


def test_short_writes_are_finished(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``os.write`` may write less than it was given and say nothing."""
    monkeypatch.setattr(os, "write", ShortThenFailing(OSError(), -1))
    with Journal.open(corpus, "ana") as journal:
        journal.append(records(1, 5))
    with Journal.open(corpus, "ana") as journal:
        assert journal.records == tuple(records(1, 5))


def test_what_is_synced_when(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An append is written, then synced; the folders of a new file are synced before the first append."""
    calls: list[str] = []
    for name in ("write", "fdatasync", "fsync"):
        monkeypatch.setattr(os, name, RecordingFile(name, calls))
    with Journal.open(corpus, "ana") as journal:
        assert calls == ["fsync", "fdatasync", "fsync"]
        calls.clear()
        journal.append(records(1, 50))
        assert calls == ["write", "fdatasync"]


@pytest.mark.parametrize("platform", ["darwin", "linux"])
def test_sync_without_fdatasync(corpus: Path, monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    """A Mac is asked for a full flush; where there is neither that nor ``fdatasync``, ``fsync`` serves."""
    calls: list[str] = []
    monkeypatch.delattr(os, "fdatasync")
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr("fcntl.fcntl", lambda _fd, _op: calls.append("full"))
    monkeypatch.setattr(os, "fsync", lambda _fd: calls.append("fsync"))
    with (corpus / "x").open("wb") as file:
        atomic.sync(file.fileno())
    assert calls == (["full"] if platform == "darwin" else ["fsync"])


def test_rescue(corpus: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What could not be saved lies in a file elsewhere; without a state folder, in the temporary one."""
    home, temp = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("temp")
    monkeypatch.setenv("ANNOTATOR_HOME", str(home))
    monkeypatch.setattr(rescue, "TEMPORARY_FOLDERS", (str(temp),))
    with Journal.open(corpus, "ana") as journal:
        first = journal.rescue(records(1, 2))
        assert first == home / "rescue" / f"{corpus.name}-ana-1.jsonl"
        assert first.read_bytes().partition(b"\n")[2] == lines_of(records(1, 2))  # after the name of the corpus
    with Journal.open(corpus, "bo") as journal:
        (home / "file").touch()
        monkeypatch.setenv("ANNOTATOR_HOME", str(home / "file"))
        assert journal.rescue([record(1)]).parent == temp / f"annotator-rescue-{os.getuid()}"
        monkeypatch.setattr(os, "fdatasync", FailingFile(os.fdatasync, OSError(errno.ENOSPC, "full")))
        with pytest.raises(JournalError, match="1 decisions could not be saved anywhere"):
            journal.rescue([record(1)])
    assert len(list(temp.rglob("*.jsonl"))) == 1


def test_wrong_numbers_and_half_batches(corpus: Path) -> None:
    """A mistake of the program is refused before anything is written, and does not kill the journal."""
    with Journal.open(corpus, "ana") as journal:
        with pytest.raises(JournalError, match="record 2 was to be saved, but 1 comes next"):
            journal.append([record(2)])
        with pytest.raises(JournalError, match="a batch was to be saved in parts"):
            journal.append([record(1, batch=(1, 2))])
        journal.append([record(1, batch=(1, 2)), record(2, batch=(1, 2))])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: p.rename(p.with_suffix(".bak")), "replaced or moved the file"),
        (lambda p: (p.with_suffix(".new").write_bytes(p.read_bytes()), p.with_suffix(".new").rename(p)), "replaced"),
        (lambda p: p.write_bytes(p.read_bytes() + b"{}\n"), "changed the file"),
    ],
)
def test_another_program_at_thejournal_of(corpus: Path, call, message: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """A journal that git or a sync tool has replaced takes no more records into the void."""
    with Journal.open(corpus, "ana") as journal:
        journal.append([record(1)])
        call(journal_of(corpus))
        for _ in range(2):
            with pytest.raises(JournalError, match=message):
                journal.append([record(2)])


_HOLD = """
import sys
from annotator.storage.journal import Journal
journal = Journal.open(sys.argv[1], "ana")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_opener_is_reported_who_holds_it(corpus: Path) -> None:
    """The error names process, host and start, and offers to look; death frees the lock at once."""
    holder = subprocess.Popen([sys.executable, "-c", _HOLD, str(corpus)], stdin=-1, stdout=-1, text=True)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(JournalError) as caught:
        Journal.open(corpus, "ana")
    assert re.fullmatch(
        rf"{journal_of(corpus)}: the journal is held by process {holder.pid} on \S+ since [-0-9: +]+; "
        "close it there, or use --read-only to look at it",
        str(caught.value),
    )
    assert Journal.open(corpus, "ana", read_only=True).records == ()
    Journal.open(corpus, "bob").close()
    holder.kill()
    holder.communicate()
    assert (corpus / "annotations" / ".ana.lock").read_bytes()  # stale, and no obstacle
    with Journal.open(corpus, "ana") as journal, pytest.raises(JournalError, match=f"process {os.getpid()} on"):
        Journal.open(corpus, "ana")
    journal.close()
    Journal.open(corpus, "ana").close()


def test_a_folder_without_permission(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what, where and what to do."""
    failing = FailingFile(os.open, PermissionError(errno.EACCES, "Permission denied"), only="annotations")
    monkeypatch.setattr(os, "open", failing)
    with pytest.raises(JournalError) as caught:
        Journal.open(corpus, "ana")
    assert str(caught.value) == (
        f"{journal_of(corpus)}: no permission to write here; ask the owner for it, or work on a copy of the folder"
    )


def test_a_line_of_no_end_is_refused(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line over the bound is refused with its number, before it fills the memory."""
    monkeypatch.setattr("annotator.storage.file_io.MAX_RECORD", 2**20)
    put_journal(corpus, encode_record(record(1)) + b"x" * (2**20 + 1))
    with pytest.raises(JournalError, match=r"ana.jsonl:2: the line is longer than 1 MiB"):
        Journal.open(corpus, "ana")


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_locks(corpus: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Without a lock nothing is written; the message names the cause and the ways out, one of which works."""

    def refuse(_fd: int, _operation: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(JournalError) as caught:
        Journal.open(corpus, "ana")
    assert str(caught.value) == (
        f"{journal_of(corpus)}: this file system has no file locks ({os.strerror(code)}): two programs could write "
        "here at once; work in a folder on a local disk and share it by git or rsync, or look at it with --read-only"
    )
    assert not journal_of(corpus).exists()
    Journal.open(corpus, "ana", read_only=True)
