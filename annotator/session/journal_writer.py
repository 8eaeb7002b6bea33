"""Saves records in a thread: an edit is accepted at once, its saved mark comes when it is on the disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from annotator.core.errors import JournalError
from annotator.core.journal_record import JournalRecord


class JournalSink(Protocol):
    """Where records go: the journal."""

    def append(self, records: Sequence[JournalRecord]) -> None:
        """Write the records; they are durable on return. Raises JournalError."""

    def rescue(self, records: Sequence[JournalRecord]) -> Path:
        """Write records that could not be saved to another place and return it."""


class JournalWriter:
    """One thread that appends records in order, as many at a time as have come meanwhile.

    ``on_saved`` is called with the ``seq`` of the last durable record, ``on_failed`` with the
    error and the rescue file; both from the saver's thread.
    """

    def __init__(
        self, sink: JournalSink, on_saved: Callable[[int], None], on_failed: Callable[[JournalError, Path | None], None]
    ) -> None:
        """Start the thread."""
        self._sink = sink
        self._on_saved = on_saved
        self._on_failed = on_failed
        self._queue: queue.SimpleQueue[Sequence[JournalRecord] | None] = queue.SimpleQueue()
        self._unsaved: list[JournalRecord] = []
        self._pending: list[JournalRecord] = []
        self._failed = False
        self._given_up = False
        self._idle = threading.Condition()
        self._waiting = 0
        self._thread = threading.Thread(target=self._run, name="annotator-saver", daemon=True)
        self._thread.start()

    @property
    def failed(self) -> bool:
        """Whether an append has failed, after which nothing more is written."""
        return self._failed

    @property
    def stuck(self) -> bool:
        """Whether the thread still hangs in a write after ``close``; the thread owns the journal then."""
        return self._thread.is_alive()

    def put(self, records: Sequence[JournalRecord]) -> None:
        """Pass on the records of one edit; returns at once."""
        with self._idle:
            self._waiting += 1
            self._pending.extend(records)
        self._queue.put(records)

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until everything handed over is durable; False after ``timeout`` seconds or a failure.

        A failure has been reported, and what it hit is rescued, before this returns.
        """
        with self._idle:
            done = self._idle.wait_for(lambda: self._waiting == 0 or self._given_up, timeout)
        return done and not self._failed

    def close(self, timeout: float = 10.0) -> bool:
        """Save what is left and end the thread; False where something could not be saved.

        What a disk has not taken within ``timeout`` seconds is rescued to another place.
        """
        saved = self.flush(timeout)
        self._given_up = not saved
        if not saved and not self._failed:
            with self._idle:
                left = list(self._pending)
            self._rescue(left, JournalError(f"the disk has not taken {len(left)} decisions in {timeout:.0f} s"))
        self._queue.put(None)
        self._thread.join(1.0)
        return saved

    def _run(self) -> None:
        while (records := self._queue.get()) is not None:
            batch, edits, more = list(records), 1, True
            while more:
                try:
                    following = self._queue.get_nowait()
                except queue.Empty:
                    more = False
                else:
                    if following is None:
                        self._save(batch, edits)
                        return
                    batch.extend(following)
                    edits += 1
            self._save(batch, edits)

    def _save(self, batch: list[JournalRecord], edits: int) -> None:
        try:
            if self._append(batch):
                self._on_saved(batch[-1].seq)
        finally:
            with self._idle:
                self._waiting -= edits
                del self._pending[: len(batch)]
                self._idle.notify_all()

    def _append(self, batch: list[JournalRecord]) -> bool:
        """Whether the records are durable now; what could not be saved has been rescued."""
        error: JournalError | None = None
        if self._failed:
            error = JournalError("the journal is not writable any more")
        else:
            try:
                self._sink.append(batch)
            except JournalError as failed:
                error = failed
            except Exception as failed:  # noqa: BLE001 - a thread that dies in silence would lose all that follows
                error = JournalError(f"saving has failed: {failed!r}")
        if error:
            self._rescue(batch, error)
        return error is None

    def _rescue(self, batch: list[JournalRecord], error: JournalError) -> None:
        self._failed = True
        known = {r.seq for r in self._unsaved}  # leaving may have rescued what the thread reaches now
        self._unsaved.extend(r for r in batch if r.seq not in known)
        try:
            place: Path | None = self._sink.rescue(self._unsaved)
        except (OSError, JournalError):
            place = None
        self._on_failed(error, place)
