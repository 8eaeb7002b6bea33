"""Saves records in a thread: an edit is accepted at once, its saved mark comes when it is on the disk.

What the journal refuses is rescued to another place, and the journal is tried again: with the next decision,
after some seconds, by a key and on leaving.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from annotator.core.errors import JournalError
from annotator.core.journal_record import JournalRecord
from annotator.storage.journal import PendingRecords

RETRY_SECONDS = 5.0
"""How many seconds after a failure the journal is tried again."""


class JournalSink(Protocol):
    """Where records go: the journal."""

    def append(self, records: Sequence[JournalRecord]) -> None:
        """Write the records; they are durable on return. Raises JournalError."""

    def resume(self, records: Sequence[JournalRecord]) -> None:
        """Open the journal again after a failure and write all records that it lacks. Raises JournalError."""

    def rescue(self, records: Sequence[JournalRecord]) -> Path:
        """Write records that could not be saved to another place and return it."""


class SaveFailure(Struct, frozen=True):
    """Decisions that are not in the journal."""

    error: JournalError
    """Why not."""
    decisions: int
    rescue: Path | None
    """The file that holds them all; None where they are in memory only."""


class JournalWriter:
    """One thread that appends records in order, as many at a time as have come meanwhile.

    ``on_saved`` is called with the ``seq`` of the last durable record, ``on_failed`` after each failure; both
    from the saver's thread, or from the one that leaves.
    """

    def __init__(
        self,
        sink: JournalSink,
        on_saved: Callable[[int], None],
        on_failed: Callable[[], None],
        retry_seconds: float = RETRY_SECONDS,
        *,
        pending: PendingRecords | None = None,
    ) -> None:
        """Start the thread; ``pending``: records of an earlier run, tried again as those of a failure."""
        self._sink = sink
        self._on_saved = on_saved
        self._on_failed = on_failed
        self._retry_seconds = retry_seconds
        self._unsaved: list[JournalRecord] = list(pending.records) if pending else []
        """The records that are not known to be on the disk, in order."""
        self._tried = self._unsaved[-1].seq if self._unsaved else 0
        """The number of the last record that was tried since the last request."""
        self._ended = False
        self._given_up = False
        self.failure = SaveFailure(pending.error, len(pending.records), pending.rescued) if pending else None
        """The last failure, until the journal has everything."""
        self._changed = threading.Condition()
        self._rescuing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="annotator-saver", daemon=True)
        self._thread.start()

    @property
    def stuck(self) -> bool:
        """Whether the thread still hangs in a write after ``close``; the thread owns the journal then."""
        return self._thread.is_alive()

    @property
    def _waiting(self) -> bool:
        return bool(self._unsaved) and self._tried < self._unsaved[-1].seq

    def put(self, records: Sequence[JournalRecord]) -> None:
        """Pass on the records of one edit; returns at once."""
        with self._changed:
            self._unsaved.extend(records)
            self._changed.notify_all()

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until everything handed over is durable; False after ``timeout`` seconds or a failure.

        A failure has been reported, and what it hit is rescued, before this returns.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting or self._given_up, timeout)
            return not self._unsaved

    def save_again(self, timeout: float) -> bool:
        """Try at once what has failed; False after ``timeout`` seconds or another failure."""
        with self._changed:
            if not self._ended:
                self._tried = 0
                self._changed.notify_all()
        return self.flush(timeout)

    def secure(self, timeout: float) -> int:
        """Save what is left, else rescue it; return how many decisions are in memory only.

        What a disk has not taken within ``timeout`` seconds is rescued to another place.
        """
        if not self.save_again(timeout) and self._waiting and not self._given_up:
            self._rescue(JournalError(f"the disk has not taken {len(self._unsaved)} decisions in {timeout:.0f} s"))
        return self.failure.decisions if self.failure and not self.failure.rescue else 0

    def close(self, timeout: float = 10.0) -> bool:
        """Save or rescue what is left and end the thread; False where not everything is in the journal."""
        self.secure(timeout)
        with self._changed:
            self._ended = True
            self._given_up = self._waiting
            self._changed.notify_all()
        self._thread.join(min(timeout, 1.0))
        return not self._unsaved

    def _run(self) -> None:
        while self._wait_for_work():
            self._try()

    def _wait_for_work(self) -> bool:
        """Wait for a record, for a request or until a failure is to be tried again; False at the end."""
        with self._changed:
            pause = self._retry_seconds if self.failure else None
            self._changed.wait_for(lambda: self._waiting or self._ended, pause)
            return not self._ended

    def _try(self) -> None:
        """Save all records that are there; what the journal refuses is rescued."""
        with self._changed:
            records, failed = list(self._unsaved), self.failure is not None
        if not records:
            return
        try:
            (self._sink.resume if failed else self._sink.append)(records)
        except JournalError as error:
            self._rescue(error, tried=records[-1].seq)
        except Exception as error:  # noqa: BLE001 - a thread that dies in silence would lose all that follows
            self._rescue(JournalError(f"saving has failed: {error!r}"), tried=records[-1].seq)
        else:
            self._note_saved(records)

    def _note_saved(self, records: Sequence[JournalRecord]) -> None:
        with self._changed:
            del self._unsaved[: len(records)]
            self.failure = self.failure if self._unsaved else None
        try:
            self._on_saved(records[-1].seq)
        finally:
            self._note_tried(records[-1].seq)

    def _rescue(self, error: JournalError, tried: int = 0) -> None:
        """Write everything that is unsaved to another place and report it."""
        with self._rescuing:
            with self._changed:
                records = list(self._unsaved)
            place: Path | None = None
            with suppress(OSError, JournalError):
                place = self._sink.rescue(records)
            with self._changed:
                # A write that hung may have ended meanwhile.
                self.failure = SaveFailure(error, len(records), place) if self._unsaved else None
        try:
            self._on_failed()
        finally:
            self._note_tried(tried)

    def _note_tried(self, seq: int) -> None:
        with self._changed:
            self._tried = max(seq, self._tried)
            self._changed.notify_all()
