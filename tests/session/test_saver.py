"""The saving thread against a model: which records are tried, what counts as failed, what is rescued."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import JournalError
from annotator.core.journal_record import JournalRecord
from annotator.session.journal_writer import JournalWriter
from annotator.storage.journal import PendingRecords
from tests.storage.storage_helpers import record

RESCUE = Path("/rescue")


class Disk:
    """A sink that takes records or not as a test has planned it; one more record may come during a write."""

    def __init__(self, plan: list[tuple[str, bool, bool]]) -> None:
        self.plan = plan
        self.calls: list[tuple[str, list[int]]] = []
        self.expected: list[tuple[str, list[int]]] = []
        self.unsaved: list[int] = []
        self.failed = ""
        self.rescued = False
        self.last = 0
        self.writer: JournalWriter | None = None

    def new(self) -> list[JournalRecord]:
        """Return the next record, which is not saved yet."""
        self.last += 1
        self.unsaved.append(self.last)
        return [record(self.last)]

    def append(self, records: Sequence[JournalRecord]) -> None:
        self._write("append", records)

    def resume(self, records: Sequence[JournalRecord]) -> None:
        self._write("resume", records)

    def _write(self, name: str, records: Sequence[JournalRecord]) -> None:
        self.calls.append((name, [r.seq for r in records]))
        self.expected.append(("resume" if self.failed else "append", list(self.unsaved)))
        outcome, late, self.rescue_works = self.plan.pop(0) if self.plan else ("saved", False, True)
        if late and self.writer:
            self.writer.put(self.new())
        if outcome == "saved":
            self.unsaved = self.unsaved[len(records) :]
            self.failed = self.failed if self.unsaved else ""
            return
        self.failed = "full" if outcome == "full" else "saving has failed: ValueError('a mistake')"
        raise JournalError("full") if outcome == "full" else ValueError("a mistake")

    def rescue(self, records: Sequence[JournalRecord]) -> Path:
        assert [r.seq for r in records] == self.unsaved
        self.rescued = self.rescue_works
        if not self.rescue_works:
            raise OSError("full too")
        return RESCUE


PLAN = st.lists(st.tuples(st.sampled_from(["saved", "full", "mistake"]), st.booleans(), st.booleans()), max_size=8)


@given(PLAN, st.lists(st.sampled_from(["put", "again"]), max_size=6), st.booleans())
def test_what_is_not_saved_is_a_failure_until_it_is(
    plan: list[tuple[str, bool, bool]], steps: list[str], pending: bool
) -> None:
    """All that is unsaved is tried and rescued together; a failure counts it, and ends with the last of it saved."""
    disk, saved = Disk(plan), list[int]()
    earlier = PendingRecords(tuple(disk.new()), JournalError("full"), RESCUE) if pending else None
    if pending:
        disk.failed, disk.rescued = "full", True
    failures: list[None] = []
    writer = JournalWriter(disk, saved.append, lambda: failures.append(None), 1000.0, pending=earlier)
    disk.writer = writer
    for step in steps:
        if step == "put":
            writer.put(disk.new())
        done = writer.flush() if step == "put" else writer.save_again(10.0)
        assert done == (not disk.unsaved)
        assert (writer.failure is None) == (not disk.failed)
        if writer.failure:
            found = writer.failure
            assert (found.error.what, found.decisions) == (disk.failed, len(disk.unsaved))
            assert found.rescue == (RESCUE if disk.rescued else None)
    plan.clear()
    assert writer.close()
    assert (writer.failure, disk.unsaved, writer.stuck) == (None, [], False)
    assert disk.calls == disk.expected
    assert (saved[-1] if saved else 0) == disk.last
    assert saved == sorted(set(saved))


def test_what_no_disk_takes_is_counted_on_leaving() -> None:
    """Decisions that are in memory alone, or none where they were rescued."""
    for rescue_works in (True, False):
        disk = Disk([("full", False, rescue_works)] * 9)
        writer = JournalWriter(disk, lambda _: None, lambda: None, 1000.0)
        for _ in range(3):
            writer.put(disk.new())
            assert not writer.flush()
        assert writer.secure(10.0) == (0 if rescue_works else 3)
        assert not writer.close()
        assert not writer.stuck
