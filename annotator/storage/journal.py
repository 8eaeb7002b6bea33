"""The journal of one annotator: read whole at a start, then only appended to, durably."""

from __future__ import annotations

import os
import re
import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import Sentence
from annotator.core.edit_history import History
from annotator.core.errors import AnnotatorError, CorpusError, JournalError
from annotator.core.journal_record import JournalRecord
from annotator.core.pluralize import pluralize
from annotator.storage.atomic import append_durable, set_aside, sync, sync_folder
from annotator.storage.codec import encode_record, line_crc
from annotator.storage.corpus_layout import ANNOTATIONS_FOLDER, corpus_identity, repair_command
from annotator.storage.coverage_file import keep_base_of_begun, read_undamaged_base, with_kept_base
from annotator.storage.file_io import gc_paused, raw_lines, translate_os_error, translate_os_errors
from annotator.storage.journal_reader import (
    HARMLESS_ENDINGS,
    JournalReader,
    LineFlaw,
    format_line_numbers,
    is_of_two_copies,
)
from annotator.storage.lock import Lock, lock_or_raise
from annotator.storage.rescue import JournalLine, RescueTarget, restore_rescued
from annotator.storage.saved_lines import SavedLines

_ANNOTATOR_NAME = re.compile(r"[a-z0-9_-][a-z0-9._-]{0,63}")


def is_annotator_name(name: str) -> bool:
    """Return True if an annotator may have this name, which becomes a file's name."""
    return _ANNOTATOR_NAME.fullmatch(name) is not None


def check_annotator_name(name: str) -> None:
    """Raise JournalError with the rule unless ``name`` is one for an annotator."""
    if not is_annotator_name(name):
        what = f"{name!r} is no name for an annotator"
        raise JournalError(what, do="use 1 to 64 of a-z, 0-9, dot, hyphen and underscore, and no dot at the start")


class PendingRecords(Struct, frozen=True):
    """Records of an earlier run that the journal could not take at its opening; ``resume`` saves them."""

    records: tuple[JournalRecord, ...]
    error: JournalError
    """Why not."""
    rescued: Path
    """The file that holds them."""


class Journal:
    """The open journal of one annotator in one corpus; ``append`` may be called from any thread."""

    def __init__(self, path: Path, annotator: str, reader: JournalReader, lock: Lock | None, fd: int) -> None:
        """Hold what ``open`` has prepared; ``fd`` is -1 for a journal that is only read."""
        self.path = path
        self.annotator = annotator
        self.records: tuple[JournalRecord, ...] = tuple(reader.records)
        """The records at the opening as they are stored, in file order; the caller keeps later ones."""
        self.coverage, self._coverage_flaw = read_undamaged_base(path.parent.parent)
        """What a record without ``_covers`` covers, by the schema at the opening."""
        self.lines = reader.lines
        """Of each record the byte offset of its line, the line's size with its LF, and its checksum."""
        self.warnings: list[str] = []
        self.not_restored: list[str] = []
        """Those of the warnings that are of rescued decisions which the journal lacks."""
        self.pending: PendingRecords | None = None
        """What is to be saved next; ``records`` has it too."""
        self.damaged: tuple[int, ...] = tuple(sorted({flaw.line for flaw in reader.damaged}))
        self.next_seq = reader.next_seq
        self._reader = reader
        self._lock = lock
        self._fd = fd
        self._size = reader.size
        self._last_crc = reader.lines[-1][2] if reader.lines else 0
        """The checksum of the last line that is on the disk."""
        self._saved = SavedLines(self.records, [crc for _, _, crc in reader.lines])
        self._file_was_changed = False
        """True after another program has changed or replaced the file."""
        self._write_failure = ""
        self._end_to_repair = False
        """True while a torn end could not be set aside yet."""
        corpus = path.parent.parent
        self.corpus_id = corpus_identity(corpus)
        """What the clones of the corpus have in common; empty where it is no corpus."""
        self._rescue_target = RescueTarget(corpus.resolve(), annotator, self.corpus_id)
        self._write_lock = threading.Lock()

    @classmethod
    def open(cls, corpus_path: Path, annotator: str, *, read_only: bool = False) -> Journal:
        """Open the journal, or start it; with ``read_only`` nothing on the disk is touched.

        A torn tail is set aside and cut, and records that could not be saved the last time come back
        from their rescue file; ``warnings`` reports both. What a full disk does not take is tried again by
        ``resume``. Raises JournalError for a bad name, a
        journal held by another process, a newer format, or a folder that cannot be written.
        """
        check_annotator_name(annotator)
        path = Path(corpus_path) / journal_file_name(annotator)
        if read_only:
            return cls._open_read_only(path, annotator)
        with translate_os_errors("write", path, JournalError):
            path.parent.mkdir(exist_ok=True)
            sync_folder(path.parent.parent)
            lock = lock_journal(path)
            try:
                keep_base_of_begun(path.parent.parent)
                return cls._open_for_writing(path, annotator, lock)
            except BaseException:
                lock.release()
                raise

    @classmethod
    def _open_read_only(cls, path: Path, annotator: str) -> Journal:
        journal = cls.read_file(path, annotator)
        restore_rescued(journal)
        return journal

    @classmethod
    def read_file(cls, path: Path, annotator: str) -> Journal:
        """Return what a file of an annotator's records holds, without rescued ones; raises JournalError."""
        reader = JournalReader(str(path))
        if path.exists():
            with translate_os_errors("read", path, JournalError):
                _read_journal(path, reader)
        journal = cls(path, annotator, reader, None, -1)
        journal._warn_about_damage()
        if reader.torn:
            where = format_line_numbers(f.line for f in reader.torn)
            journal.warnings.append(f"left out a torn end ({where}) of {_short_path(path)}")
        return journal

    @classmethod
    def _open_for_writing(cls, path: Path, annotator: str, lock: Lock) -> Journal:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        try:
            # An earlier run may have been killed before its own fsync: what is read and shown as
            # saved must be on the disk, and the file's name too.
            sync(fd)
            sync_folder(path.parent)
            journal = cls(path, annotator, _read_journal(path, JournalReader(str(path))), lock, fd)
            journal._warn_about_damage()
            if not journal.damaged:
                journal._repair_end_or_wait()
            restore_rescued(journal)
        except BaseException:
            os.close(fd)
            raise
        return journal

    @property
    def read_records(self) -> tuple[JournalRecord, ...]:
        """The records at the opening, each with the labels that it covers by the schema in force."""
        return tuple(map(self.coverage.read_record, self.records))

    def use_schema_in_force(self) -> None:
        """Read the labels of the schema again: what is recorded from now on was read for these; raises CorpusError."""
        self.coverage, _ = read_undamaged_base(self.path.parent.parent)

    @property
    def takes_nothing(self) -> bool:
        """True if this journal takes no records, whatever is tried: opened for reading, closed or damaged."""
        return self._fd < 0 or bool(self.damaged)

    @property
    def read_only(self) -> bool:
        """True if this journal takes no records now: as above, or after a failure, which ``resume`` may end."""
        return self.takes_nothing or bool(self._write_failure)

    @property
    def unusable_lines(self) -> int:
        """How many lines do not count or have others missing before them: 0 where no record is lost.

        A Windows line ending alone, or blanks behind the record, costs none.
        """
        flaws = {f.line for f in (*self._reader.damaged, *self._reader.torn) if f.reason not in HARMLESS_ENDINGS}
        return len(flaws) or self._reader.next_seq - 1 - len(self._reader.records)

    @property
    def records_of_others(self) -> list[str]:
        """The names of other annotators, for each record at the opening that is by one of them."""
        return [r.annotator for r in self.records if r.annotator not in {self.annotator, ""}]

    @property
    def flaws(self) -> tuple[LineFlaw, ...]:
        """The lines that do not count as they should, damaged or torn, and why."""
        return (*self._reader.damaged, *self._reader.torn)

    def append(self, records: Sequence[JournalRecord]) -> None:
        """Add records; on return they are on the disk.

        Raises JournalError, with the file cut back to what it was; after a failed write the journal
        is dead and takes nothing more, because what the disk holds is no longer certain.
        """
        with self._write_lock:
            self._check_writable()
            if self.coverage.base is None:  # another program may have written it since, with a later schema
                self.coverage = with_kept_base(self.path.parent.parent, self.coverage)
                records = list(map(self.coverage.stated_record, records))
            lines = [encode_record(r) for r in self._check_sequence(records)]
            try:
                self._check_file_unchanged()
                self._size = append_durable(self._fd, b"".join(lines), self._size)
            except BaseException as error:
                self._file_was_changed = isinstance(error, JournalError)
                self._write_failure = error.what if isinstance(error, JournalError) else "an earlier write failed"
                if isinstance(error, OSError):
                    raise translate_os_error(error, "save", self.path, JournalError) from error
                raise
            self._saved.add(lines)
            self.next_seq += len(records)
            self._last_crc = line_crc(lines[-1][:-1]) if lines else self._last_crc

    def resume(self, records: Sequence[JournalRecord]) -> None:
        """Open the file again after a failed ``append``, and append all records that it has not taken.

        The descriptor that has failed is not used again. The file must end with the last durable line, or with
        what the failed write has left of ``records``, which is cut. Raises JournalError where it does not, and
        as ``append`` does.
        """
        with self._write_lock:
            if self._fd < 0 or self.damaged:
                self._check_writable()
            if not self.path.exists():
                do = "put it back, or quit and open the corpus where it is now: decisions that are kept come back"
                raise JournalError("the corpus folder or the journal is gone", where=str(self.path), do=do)
            with translate_os_errors("save", self.path, JournalError):
                self._lock = self._lock_of_path()
                fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
                try:
                    if self._end_to_repair:
                        self._repair_end(fd)
                    self._check_same_journal(fd, b"".join(encode_record(r) for r in records))
                    os.ftruncate(fd, self._size)
                except BaseException:
                    os.close(fd)
                    raise
            failed, self._fd, self._write_failure = self._fd, fd, ""
            with suppress(OSError):
                os.close(failed)
        self.append(records)
        self._rescue_target.note_saved()

    def _lock_of_path(self) -> Lock | None:
        """Return the lock, taken again where another folder has the place of the one that was locked."""
        if self._lock and not self._lock.guards(_lock_path(self.path)):
            lock = lock_journal(self.path)
            self._lock.release()
            return lock
        return self._lock

    def _check_same_journal(self, fd: int, unsaved: bytes) -> None:
        """Raise JournalError unless the file goes on from the last durable line with a part of ``unsaved``."""
        size = os.fstat(fd).st_size
        rest = size - self._size
        is_other_corpus = not self._size and corpus_identity(self.path.parent.parent) != self.corpus_id
        if not is_other_corpus and 0 <= rest <= len(unsaved) and unsaved.startswith(os.pread(fd, rest, self._size)):
            reader = _read_journal(self.path, JournalReader(str(self.path)))
            crcs = [crc for start, length, crc in reader.lines if start + length <= self._size]
            if not reader.damaged and (crcs[-1] if crcs else 0) == self._last_crc:
                return
        raise self._changed_error("another program has changed the file")

    def rescue(self, records: Sequence[JournalRecord]) -> Path:
        """Write all records that could not be saved to a file elsewhere and return its path.

        Those that the file has lost since they were saved, because an older copy has its place, come before them.
        A later call replaces the file of the one before. Raises JournalError where no other place can
        be written to either.
        """
        follows, lost = JournalLine(self.next_seq - 1, self._last_crc), list[JournalRecord]()
        if self._file_was_changed and corpus_identity(self.path.parent.parent) == self.corpus_id:
            with suppress(OSError, AnnotatorError):
                follows, lost = self._saved.missing_in(self.path)
        return self._rescue_target.write([*lost, *records], follows)

    def keep_pending(self, records: Sequence[JournalRecord], error: JournalError, rescued: Path) -> None:
        """Keep records of a rescue file that ``append`` has refused, as those to be saved next."""
        self.pending = PendingRecords(tuple(records), error, rescued)
        self.records += self.pending.records
        self._rescue_target.file = rescued  # with later decisions, if there are any before it is saved

    def has_line(self, line: JournalLine) -> bool:
        """Return True if a line of this number has this checksum, of those at the opening."""
        i = bisect_left(self.records, line.seq, key=lambda r: r.seq)
        return i < len(self.lines) and self.records[i].seq == line.seq and self.lines[i][2] == line.crc

    def close(self) -> None:
        """Close the file and release its lock; a second call does nothing."""
        with self._write_lock:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1
            if self._lock:
                self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_writable(self) -> None:
        if self.damaged:
            verb = "is" if len(self.damaged) == 1 else "are"
            what = f"nothing can be saved here: {format_line_numbers(self.damaged)} of the file {verb} damaged"
            do = _repair_advice(self.path, self._reader)
        elif self._fd < 0:
            what, do = "the journal is closed or open only to be read", "open it for writing"
        elif self._write_failure:
            what = f"nothing more can be saved: {self._write_failure}"
            do = "quit, check the disk and start again"
        else:
            return
        raise JournalError(what, where=str(self.path), do=do)

    def _check_sequence(self, records: Sequence[JournalRecord]) -> Sequence[JournalRecord]:
        """Return the records; raises JournalError unless they count on and hold whole batches."""
        what, last = "", self.next_seq + len(records)
        for seq, record in enumerate(records, self.next_seq):
            first, size = record.batch or (record.seq, 1)
            if record.seq != seq:
                what = what or f"record {record.seq} was to be saved, but {seq} comes next"
            elif first < self.next_seq or first + size > last:
                what = what or "a batch was to be saved in parts"
        if what:
            raise JournalError(what, where=str(self.path), do="this is a bug in Annotator: please report it")
        return records

    def _check_file_unchanged(self) -> None:
        """Raise JournalError where another program has replaced or changed the file."""
        mine = os.fstat(self._fd)
        try:
            there = os.stat(self.path)  # noqa: PTH116  (tests inject failures into the functions of `os`)
        except FileNotFoundError:
            there = None
        if there is None or (there.st_dev, there.st_ino) != (mine.st_dev, mine.st_ino):
            what = "another program has replaced or moved the file"
        elif mine.st_size != self._size:
            what = "another program has changed the file"
        else:
            return
        raise self._changed_error(what)

    def _changed_error(self, what: str) -> JournalError:
        return JournalError(what, where=str(self.path), do="quit and start again, and see what it holds now")

    def _warn_about_damage(self) -> None:
        by_reason: dict[str, list[int]] = {}
        for flaw in self._reader.damaged:
            by_reason.setdefault(_JOINED if is_of_two_copies(flaw) else flaw.reason, []).append(flaw.line)
        for why, lines in by_reason.items():
            where = f"{_short_path(self.path)}, {format_line_numbers(lines)}"
            self.warnings.append(f"{where}: {why}; {_repair_advice(self.path, self._reader)}")
        for name, n in sorted(Counter(self.records_of_others).items()):
            what = f"{pluralize(n, 'record')} {'is' if n == 1 else 'are'} by {name}, not {self.annotator}"
            self.warnings.append(f"{_short_path(self.path)}: {what}")
        if self._coverage_flaw:
            self.warnings.append(self._coverage_flaw)

    def _repair_end_or_wait(self) -> None:
        """Repair the end; where the disk does not take that, it is done before the next decision is saved."""
        try:
            self._repair_end(self._fd)
        except OSError as error:
            self._end_to_repair = True
            failure = translate_os_error(error, "save", self.path, JournalError)
            self._write_failure = failure.what
            what = f"the torn end of {_short_path(self.path)} is not set aside yet"
            self.warnings.append(f"{what}: {failure.what}; {failure.do}")

    def _repair_end(self, fd: int) -> None:
        """Set a torn tail aside and cut it; end the last line where only its LF is missing. Raises OSError."""
        reader = self._reader
        if (reader.torn or reader.open_end) and os.fstat(fd).st_size != reader.size:
            raise self._changed_error("another program has changed the file")
        if reader.torn:
            tail = os.pread(fd, reader.size - reader.torn_start, reader.torn_start)
            aside = set_aside(self.path, tail)
            os.ftruncate(fd, reader.torn_start)
            sync(fd)
            self._size = reader.torn_start
            kind = "line" if len(reader.torn) == 1 else f"end of {len(reader.torn)} lines"
            self.warnings.append(f"set aside a torn last {kind} ({len(tail)} bytes) in {_short_path(aside)}")
        elif reader.open_end:
            self._size = append_durable(fd, b"\n", self._size)
            self.warnings.append(f"added the missing line end to the last line of {_short_path(self.path)}")
        self._end_to_repair = False


class ReplayedJournal(Struct, frozen=True):
    """A journal, the annotations that it adds up to, and what could be undone."""

    journal: Journal
    store: AnnotationStore
    history: History

    @classmethod
    def of(cls, journal: Journal, stored_sentences: Callable[[str], Sequence[Sentence]]) -> Self:
        """Replay a journal; ``stored_sentences`` returns the sentences of an article by its id."""
        store = AnnotationStore(stored_sentences)
        return cls(journal, store, store.replay(journal.read_records))

    @property
    def annotator(self) -> str:
        """Whose journal it is."""
        return self.journal.annotator

    @property
    def annotated_sentences(self) -> list[AnnotatedSentence]:
        """Every sentence that has a record."""
        return [w for article in self.store.touched_articles for w in self.store.touched_sentences_of(article)]

    def labels_in_history(self) -> set[str]:
        """Return the labels of the spans that undo and redo can bring back."""
        edits = (*self.history.done, *self.history.undone)
        reached = (w for e in edits for w in (*e.before, *e.after))
        return {span.label for w in reached for span in w.annotation.spans}


def _lock_path(journal: Path) -> Path:
    return journal.with_name(f".{journal.stem}.lock")


def lock_journal(journal: Path) -> Lock:
    """Take the lock of a journal; raises JournalError where another process holds it, OSError."""
    held, do = "the journal is held by {holder}", "close it there, or use --read-only to look at it"
    return lock_or_raise(_lock_path(journal), JournalError, held, where=journal, do=do)


def _read_journal(path: Path, reader: JournalReader) -> JournalReader:
    try:
        with path.open("rb") as file, gc_paused():
            return reader.read(raw_lines(file, str(path)))
    except CorpusError as error:
        raise JournalError(error.what, where=error.where, do=error.do) from None


def _short_path(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


_JOINED = "two copies of the journal were joined here"


def _repair_advice(path: Path, reader: JournalReader) -> str:
    mend = f"leave, and run {repair_command(path.parent.parent)}"
    if any(map(is_of_two_copies, reader.damaged)) or {f.reason for f in reader.damaged} <= HARMLESS_ENDINGS.keys():
        return mend
    return f"{mend}, or go on under another name with --as"


def annotator_names(corpus_path: Path, folder_name: str = ANNOTATIONS_FOLDER) -> tuple[str, ...]:
    """Return the names that have a journal in a corpus, sorted; or those with a file in another folder of it."""
    folder = Path(corpus_path) / folder_name
    try:
        names = [p.name.removesuffix(".jsonl") for p in folder.iterdir() if p.name.endswith(".jsonl")]
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise translate_os_error(error, "read", folder, CorpusError) from error
    return tuple(sorted(n for n in names if is_annotator_name(n)))


def has_begun(corpus_path: Path, annotator: str) -> bool:
    """Return True if an annotator has a journal that is not empty."""
    try:
        return (Path(corpus_path) / journal_file_name(annotator)).stat().st_size > 0
    except OSError:
        return False


def journal_file_name(annotator: str) -> str:
    """Return an annotator's journal as a path in the corpus folder."""
    return f"{ANNOTATIONS_FOLDER}/{annotator}.jsonl"
