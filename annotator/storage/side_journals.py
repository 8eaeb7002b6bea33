"""Journals beside those of the annotators: ``adjudicated/`` and ``again/``, with the same lines.

``adjudicated/<name>.jsonl`` has what an adjudicator has decided, ``again/<name>.jsonl`` a second pass of an annotator
over sentences that are done. Neither is read as an annotator.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct

from annotator.core.errors import CorpusError, JournalError
from annotator.core.journal_record import JournalRecord
from annotator.storage.atomic import append_durable, cut_tail, sync_folder
from annotator.storage.codec import encode_record
from annotator.storage.corpus_layout import ADJUDICATED_FOLDER, AGAIN_FOLDER
from annotator.storage.file_io import raw_lines, translate_os_errors
from annotator.storage.journal import annotator_names, check_annotator_name
from annotator.storage.journal_reader import JournalReader, LineFlaw
from annotator.storage.lock import lock_or_raise

SideFolder = Literal["adjudicated", "again"]
SIDE_FOLDERS: tuple[SideFolder, ...] = (ADJUDICATED_FOLDER, AGAIN_FOLDER)
_WAIT = 2.0
"""How many seconds a write waits for another one to the same file."""


class SideJournal(Struct, frozen=True):
    """What such a journal holds."""

    records: tuple[JournalRecord, ...] = ()
    flaws: tuple[LineFlaw, ...] = ()
    """The lines that do not count as they should, the torn end among them."""
    next_seq: int = 1
    is_writable: bool = True
    """Whether a record can be appended: not where lines are damaged, before `annotator repair`."""
    torn_start: int | None = None
    """Where a torn end begins, in bytes; None without one."""


def side_journal_file(folder: SideFolder, name: str) -> str:
    """Return a journal as a path in the corpus folder."""
    return f"{folder}/{name}.jsonl"


def side_journal_names(corpus: Path, folder: SideFolder) -> tuple[str, ...]:
    """Return the names that have a journal in the folder, sorted; raises CorpusError."""
    return annotator_names(corpus, folder)


def read_side_journal(corpus: Path, folder: SideFolder, name: str) -> SideJournal:
    """Return a journal, empty without a file; nothing on the disk is touched. Raises JournalError as a journal does."""
    path = corpus / side_journal_file(folder, name)
    reader = JournalReader(str(path))
    try:
        with translate_os_errors("read", path, JournalError):
            if path.exists():
                with path.open("rb") as file:
                    reader.read(raw_lines(file, str(path)))
    except CorpusError as error:
        raise JournalError(error.what, where=error.where, do=error.do) from None
    flaws = (*reader.damaged, *reader.torn)
    torn = reader.torn_start if reader.torn else None
    return SideJournal(tuple(reader.records), flaws, reader.next_seq, not reader.damaged, torn)


def append_to_side_journal(corpus: Path, folder: SideFolder, name: str, records: Sequence[JournalRecord]) -> None:
    """Append records, durably; their numbers go on from the last one. A torn end is set aside first.

    Raises JournalError where lines of the file are damaged, a number does not follow, or the file cannot be written.
    """
    check_annotator_name(name)
    path = corpus / side_journal_file(folder, name)
    data = b"".join(map(encode_record, records))
    with translate_os_errors("write", path, JournalError):
        path.parent.mkdir(exist_ok=True)
        sync_folder(path.parent.parent)
        what = "the file is being written by {holder}"
        with lock_or_raise(path.with_name(f".{name}.lock"), JournalError, what, where=path, do="try again", wait=_WAIT):
            there = read_side_journal(corpus, folder, name)
            if not there.is_writable:
                raise JournalError("lines of the file are damaged", where=str(path), do="see `annotator check`")
            if [r.seq for r in records] != list(range(there.next_seq, there.next_seq + len(records))):
                raise JournalError(f"the next record is number {there.next_seq}", where=str(path), do="read it again")
            if there.torn_start is not None:
                cut_tail(path, there.torn_start)
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
            try:
                append_durable(fd, data, os.fstat(fd).st_size)
            finally:
                os.close(fd)
            sync_folder(path.parent)
