"""Saving: what is shown as saved is on the disk, and what can't be saved is kept and said."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from annotator.core.annotation import Answer
from annotator.core.article import LineVerdict
from annotator.core.edits import add_span
from annotator.core.errors import JournalError, RuleError
from annotator.core.journal_record import JournalRecord
from annotator.core.spans import Span
from annotator.session.actions import annotation_actions as actions
from annotator.session.annotation_controller import AnnotationController
from annotator.session.session import AnnotationSession
from annotator.session.state import SaveState
from annotator.storage.journal import Journal
from tests import builders
from tests.builders import records_in


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Make a corpus of two articles."""
    return builders.make_corpus(tmp_path / "news").path


def _accept(session: AnnotationSession) -> None:
    AnnotationController(session).answer(Answer.ACCEPT)


def _saved(session: AnnotationSession) -> SaveState:
    return session.save_state


def test_saved_is_shown_only_when_the_record_is_on_the_disk(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the journal is still writing the mark says saving; edits wait in order and none is dropped."""
    session = builders.open_session(corpus)
    gate, begun, message = threading.Event(), threading.Event(), threading.Event()
    session.on_saved(message.set)
    append = session._journal.append

    def slow(records: Sequence[JournalRecord]) -> None:
        begun.set()
        assert gate.wait(10)
        append(records)

    monkeypatch.setattr(session._journal, "append", slow)
    assert _saved(session) is SaveState.SAVED
    _accept(session)
    assert begun.wait(10)
    assert _saved(session) is SaveState.SAVING
    for _ in range(3):
        _accept(session)
    assert _saved(session) is SaveState.SAVING
    assert not message.is_set()
    assert not session._journal.path.read_bytes()
    assert not session.flush(0.01)
    gate.set()
    assert session.flush()
    assert _saved(session) is SaveState.SAVED
    assert message.is_set()
    assert [r.seq for r in records_in(session._journal.path)] == [1, 2, 3, 4]
    assert session.close()


def _rescue(session: AnnotationSession) -> Path:
    return Path(session.banner.partition(". Kept in ")[2])


def test_what_the_journal_refuses_is_kept_and_reported(corpus: Path, home: Path) -> None:
    """After a failed write: a red row with the cause and the place, all later work in memory and there."""
    session = builders.open_session(corpus)
    _accept(session)
    assert session.flush()
    with session._journal.path.open("ab") as other:
        other.write(b"a line of another program\n")
    _accept(session)
    assert not session.flush()
    assert _saved(session) is SaveState.FAILED
    rescue = home / "rescue" / "news-ana-1.jsonl"
    assert session.banner == (
        "1 decision is not in the journal: another program has changed the file; "
        f"quit and start again, and see what it holds now. Kept in {rescue}"
    )
    _accept(session)
    session.undo()
    assert not session.close()
    last = _rescue(session)
    assert [r.seq for r in records_in(last)] == [2, 3, 4]
    assert "another program has changed the file" in session.banner
    assert _saved(session) is SaveState.FAILED
    assert [w.done for w in session.sentences_of(session.queue[0])][:3] == [True, True, False]


def test_where_nothing_can_be_rescued_the_row_says_so(
    corpus: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the disk full everywhere the work is in memory alone, and that is what one reads."""
    session = builders.open_session(corpus)
    with _full_disks(monkeypatch):
        _accept(session)
        assert not session.flush()
        assert session.banner == (
            "1 decision is in memory only: cannot save here: the disk is full; free some space and try again"
        )
        assert _saved(session) is SaveState.FAILED
        assert session.secure() == 1
        assert not session.close()
    assert session.banner.startswith("1 decision is lost: cannot save here")


@contextmanager
def _full_disks(monkeypatch: pytest.MonkeyPatch, *, rescue: bool = True) -> Iterator[None]:
    """Fill the disk of the corpus, and with ``rescue`` those of the rescue files too."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("annotator.storage.journal.append_durable", full)
        if rescue:
            patch.setattr("annotator.storage.rescue.write_numbered", full)
            patch.setattr("annotator.storage.rescue.write_atomic", full)
        yield


@pytest.mark.parametrize("by", ["leaving", "asking", "the next decision", "waiting"])
@pytest.mark.parametrize("rescued", [False, True])
def test_what_could_not_be_saved_is_saved_when_there_is_room(
    corpus: Path, home: Path, monkeypatch: pytest.MonkeyPatch, by: str, *, rescued: bool
) -> None:
    """The journal is tried again: then it has every decision, the red row is gone and no rescue file is open."""
    monkeypatch.setattr("annotator.session.session.RETRY_SECONDS", 0.01 if by == "waiting" else 600)
    session = builders.open_session(corpus)
    _accept(session)
    assert session.flush()
    saved = threading.Event()
    with _full_disks(monkeypatch, rescue=not rescued):
        for _ in range(3):
            _accept(session)
        assert not session.flush()
        assert session.secure() == (0 if rescued else 3)
        session.on_saved(lambda: saved.set() if not session.banner else None)
    if by == "the next decision":
        _accept(session)
    elif by == "asking":
        assert session.save_again() == "everything is saved"
    elif by == "leaving":
        assert session.close()
    assert saved.wait(10)
    assert session.close()
    assert (session.banner, _saved(session)) == ("", SaveState.SAVED)
    found = [r.seq for r in records_in(session._journal.path)]
    assert found == list(range(1, 6 if by == "the next decision" else 5))
    assert not list(home.rglob("*.jsonl"))
    with Journal.open(corpus, "ana") as journal:
        assert (journal.warnings, len(journal.records)) == ([], len(found))


def test_room_for_a_rescue_file_alone(corpus: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only another place has room again, the next try writes all decisions there."""
    session = builders.open_session(corpus)
    with _full_disks(monkeypatch):
        _accept(session)
        _accept(session)
        assert not session.flush()
    with _full_disks(monkeypatch, rescue=False):
        with pytest.raises(RuleError, match="it cannot be saved yet; follow the red rows"):
            session.save_again()
        assert session.secure() == 0
        assert [r.seq for r in records_in(_rescue(session))] == [1, 2]
        assert not session.close()


def _full_at_opening(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Accept two sentences, the second one on a full disk, and leave; return the rescue file."""
    session = builders.open_session(corpus)
    _accept(session)
    assert session.flush()
    with _full_disks(monkeypatch, rescue=False):
        _accept(session)
        assert not session.close()
    return _rescue(session)


@pytest.mark.parametrize("then", ["another decision", "nothing", "another full opening"])
def test_a_disk_that_is_full_at_the_opening_locks_nobody_out(
    corpus: Path, home: Path, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    """The rescued decisions are shown and wait; with room the journal has them and those made meanwhile."""
    kept = _full_at_opening(corpus, monkeypatch)
    with _full_disks(monkeypatch, rescue=False):
        for _ in range(2 if then == "another full opening" else 1):
            session = builders.open_session(corpus)
            assert session.banner == (
                "1 decision is not in the journal: cannot save here: the disk is full; free some space and try again. "
                f"Kept in {kept}"
            )
            assert (_saved(session), session.read_only, session.annotated.done) == (SaveState.FAILED, False, False)
            assert len([w for w in session.sentences_of(session.current_article_id) if w.done]) == 2
            if then == "another decision":
                _accept(session)
                assert not session.flush()
                assert session.banner.startswith("2 decisions are not in the journal")
                assert [r.seq for r in records_in(kept)] == [2, 3]
            if then == "another full opening":
                assert not session.close()
    if then == "another full opening":
        session = builders.open_session(corpus)
        assert session.warnings == ["brought back 1 decision that could not be saved the last time"]
    else:
        assert session.save_again() == "everything is saved"
    assert (session.banner, _saved(session)) == ("", SaveState.SAVED)
    assert session.close()
    found = [r.seq for r in records_in(session._journal.path)]
    assert found == ([1, 2, 3] if then == "another decision" else [1, 2])
    assert not list(home.rglob("*.jsonl"))


def test_a_torn_end_on_a_full_disk_locks_nobody_out(corpus: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is set aside as soon as there is room, before the next decision is saved."""
    session = builders.open_session(corpus)
    _accept(session)
    assert session.close()
    path = session._journal.path
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("annotator.storage.journal.set_aside", full)
        session = builders.open_session(corpus)
        assert [w for w in session.warnings if "is not set aside yet: cannot save here: the disk is full" in w]
        _accept(session)
        assert not session.flush()
        assert path.read_bytes() == whole + whole[: len(whole) // 2]
    assert session.save_again() == "everything is saved"
    assert session.close()
    assert path.read_bytes().startswith(whole)
    assert [r.seq for r in records_in(path)] == [1, 2]
    (aside,) = path.parent.glob("*.torn-*")
    assert aside.read_bytes() == whole[: len(whole) // 2]


def test_a_mistake_in_the_program_does_not_end_saving_in_silence(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the journal raises, the thread lives, the red row comes and the work is rescued.

    Who waits for all to be saved hears of the failure after that, however long the rescue takes.
    """
    session = builders.open_session(corpus)
    rescue, failing = session._journal.rescue, threading.Event()

    def broken(_: object) -> None:
        raise ValueError("odd")

    def slow(records: Sequence[JournalRecord]) -> Path:
        failing.set()
        threading.Event().wait(0.05)
        return rescue(records)

    monkeypatch.setattr(session._journal, "append", broken)
    monkeypatch.setattr(session._journal, "rescue", slow)
    _accept(session)
    _accept(session)
    assert failing.wait(10)
    assert not session.flush(5)
    assert _saved(session) is SaveState.FAILED
    assert "saving has failed: ValueError('odd')" in session.banner
    assert [r.seq for r in records_in(_rescue(session))] == [1, 2]
    assert not session.saved_at
    session.close()


def test_what_a_slow_disk_has_not_taken_is_kept(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving while the disk hangs does not wait for ever: what it has not taken is rescued, and said."""
    session = builders.open_session(corpus)
    gate, begun = threading.Event(), threading.Event()
    append = session._journal.append

    def hanging(records: Sequence[JournalRecord]) -> None:
        begun.set()
        assert gate.wait(20)
        append(records)

    monkeypatch.setattr(session._journal, "append", hanging)
    _accept(session)
    assert begun.wait(10)
    _accept(session)
    assert session._journal_writer is not None
    assert session._journal_writer.close(timeout=0.2) is False
    assert "the disk has not taken 2 decisions" in session.banner
    assert len(records_in(_rescue(session))) == 2
    assert session._journal_writer.stuck
    assert session.close() is False  # does not wait for the journal that the disk holds
    gate.set()
    session._journal_writer._thread.join(10)
    assert len(records_in(_rescue(session))) == 2
    assert records_in(session._journal.path)[0].seq == 1, "the disk has taken it after all"
    session._journal.close()


def test_leaving_does_not_wait_for_a_disk_that_hangs(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked before one leaves comes back within a time, with the work rescued."""
    monkeypatch.setattr("annotator.session.session.SAVE_WAIT_SECONDS", 0.05)
    session = builders.open_session(corpus)
    gate, lost = threading.Event(), list[int]()
    monkeypatch.setattr(session._journal, "append", lambda _: gate.wait(60))
    _accept(session)
    asking = threading.Thread(target=lambda: lost.append(session.secure()), daemon=True)
    asking.start()
    asking.join(20)
    found = [r.seq for r in records_in(_rescue(session))]
    gate.set()
    assert (lost, found) == ([0], [1])
    session.close()


def test_what_was_rescued_on_leaving_is_not_rescued_again(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that hangs while one leaves, and then fails: each record is in the rescue file once."""
    session = builders.open_session(corpus)
    gate = threading.Event()

    def hanging(_: Sequence[JournalRecord]) -> None:
        assert gate.wait(20)
        raise JournalError("the disk is gone")

    monkeypatch.setattr(session._journal, "append", hanging)
    _accept(session)
    _accept(session)
    assert session._journal_writer is not None
    assert not session._journal_writer.close(timeout=0.1)
    gate.set()
    session._journal_writer._thread.join(10)
    assert [r.seq for r in records_in(_rescue(session))] == [1, 2]
    session.close()


def test_a_label_that_the_schema_lacks_is_reported(corpus: Path) -> None:
    """A schema edited by hand so that it lacks a label in use is told at the start, not at the export."""
    session = builders.open_session(corpus)
    controller = AnnotationController(session)
    controller.apply(actions.move_cursor, 1)
    label = session.schema.by_key("a")
    assert label is not None
    controller.label(label.name)
    assert session.close()
    text = (corpus / "schema.toml").read_text(encoding="utf-8")
    (corpus / "schema.toml").write_text(text.replace(f'"{label.name}"', '"OTHER"'), encoding="utf-8")
    again = builders.open_session(corpus)
    assert f"the schema lacks labels that you have used: {label.name}" in again.warnings[-1]
    again.close()


def test_read_only_takes_nothing_and_touches_nothing(corpus: Path) -> None:
    """Every deed is refused with the way out, and the folder stays byte for byte what it was."""
    before = {p: p.read_bytes() for p in corpus.rglob("*") if p.is_file()}
    session = builders.open_session(corpus, read_only=True)
    assert _saved(session) is SaveState.READ_ONLY
    says = "the corpus is open to read only; start again without --read-only to annotate"
    new = Span(0, 4, "COUNT")
    for action in (
        lambda: session.apply_edit(add_span(session.annotated, new, session.schema)),
        session.undo,
        session.redo,
        session.join,
        lambda: session.split(3),
        lambda: session.set_line_verdict(session.current_article_id, 3, LineVerdict.CAPTION),
        lambda: session.undo_line_verdict(session.current_article_id),
    ):
        with pytest.raises(RuleError) as caught:
            action()
        assert str(caught.value) == says
    assert session.navigation.move_sentence(1)
    assert session.close()
    assert {p: p.read_bytes() for p in corpus.rglob("*") if p.is_file()} == before


def test_a_damaged_journal_is_shown_and_takes_nothing(corpus: Path) -> None:
    """Damage in the middle: the red row names it, what is sound is shown, nothing more is written."""
    session = builders.open_session(corpus)
    for _ in range(3):
        _accept(session)
    path = session._journal.path
    session.close()
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([lines[0], b"{" + lines[1][3:], *lines[2:]]))
    before = path.read_bytes()
    session = builders.open_session(corpus)
    assert _saved(session) is SaveState.READ_ONLY
    assert "line 2" in session.banner
    assert session.article_sentences[0].done
    with pytest.raises(RuleError, match="the journal is damaged, nothing can be saved"):
        _accept(session)
    session.close()
    assert path.read_bytes() == before
