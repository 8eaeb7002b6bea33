"""Reading a journal: which lines count, which are damaged, and where a torn tail begins.

Blank lines are skipped (editors leave them). A bad line at the end is *torn*: a write was cut short. A bad
line with a good one after it is *damaged*, and so is anywhere what no crash can cause: merge markers,
Windows line endings or blanks behind a record, numbers that do not count on by one.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from annotator.core.errors import JournalError
from annotator.core.journal_record import JournalRecord
from annotator.storage.codec import NewerFormatError, RecordDecoder, RecordLineError, line_crc
from annotator.storage.file_io import RawLine

MERGE_MARKERS = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")
CRLF_ENDING = "it has a Windows line ending (CRLF)"
BLANK_ENDING = "it has blanks at its end"
HARMLESS_ENDINGS = {CRLF_ENDING: "end like those of Windows (CRLF)", BLANK_ENDING: "end with blanks"}
"""Flaws of lines that count all the same, and the words for many: nothing more is written to such a file."""
RECORD_END = b" \t\r\n"
"""What a line may have behind its record: its LF, and what git or an editor has put there."""
_INCOMPLETE_BATCH = "its batch is incomplete"
_USED_BEFORE = "was used before"
MERGE_MARKER = "it is left over from a merge conflict"


class LineFlaw(Struct, frozen=True):
    """One line that does not count as it should, and why."""

    line: int
    reason: str


class JournalReader(Struct):
    """What reading a journal found; it grows line by line and is finished by ``close``."""

    where: str
    records: list[JournalRecord] = field(default_factory=list)
    lines: list[tuple[int, int, int]] = field(default_factory=list)
    """Of each record the byte offset of its line, the line's size with its LF, and its checksum."""
    damaged: list[LineFlaw] = field(default_factory=list)
    torn: list[LineFlaw] = field(default_factory=list)
    torn_start: int = 0
    """The byte where the torn tail begins; of use only where ``torn`` is not empty."""
    size: int = 0
    """How many bytes were read."""
    open_end: bool = False
    """True if the last line lacks its LF."""
    next_seq: int = 1
    """The number of the record to come."""
    _endings: list[LineFlaw] = field(default_factory=list)
    """The flaws of line ends; such a line may have another flaw too."""
    _batch: list[tuple[RawLine, JournalRecord]] = field(default_factory=list)
    _decoder: RecordDecoder = field(default_factory=RecordDecoder)

    def read(self, lines: Iterable[RawLine]) -> JournalReader:
        """Take in all lines of a journal and return the scan; raises JournalError for a newer format."""
        for line in lines:
            self.size, self.open_end = line.end, not line.complete
            if line.raw.strip():
                self._read_line(line)
        self._discard_batch()
        if self.damaged or self._endings:  # nothing is repaired then, so the tail is one more damage
            self._torn_to_damaged()
            self.damaged = sorted([*self.damaged, *self._endings], key=lambda f: f.line)
        return self

    def _read_line(self, line: RawLine) -> None:
        if line.raw.startswith(MERGE_MARKERS):
            self._add_damaged(line, MERGE_MARKER)
            return
        raw = line.raw.rstrip(RECORD_END)
        behind = line.raw[len(raw) :]
        if behind.endswith(b"\r"):
            self._endings.append(LineFlaw(line.number, CRLF_ENDING))
        try:
            record = self._decoder.decode(raw)
        except NewerFormatError as error:
            what = f"this line was written by a newer Annotator ({error})"
            do = "update Annotator to work with it"
            raise JournalError(what, where=f"{self.where}:{line.number}", do=do) from None
        except RecordLineError as error:
            self._discard_batch()
            (self._add_torn if error.torn else self._add_damaged)(line, str(error))
        else:
            if behind and not behind.endswith(b"\r"):  # without a record it may be the blank where a write was cut
                self._endings.append(LineFlaw(line.number, BLANK_ENDING))
            self._read_record(line, record)

    def _read_record(self, line: RawLine, record: JournalRecord) -> None:
        if self._batch and self._batch[-1][1].batch != record.batch:
            self._discard_batch()
        if record.batch is None:
            self._add_records([(line, record)])
            return
        first, size = record.batch
        if record.seq != first + len(self._batch):
            self._discard_batch()
            self._add_torn(line, _INCOMPLETE_BATCH)
            return
        self._batch.append((line, record))
        if len(self._batch) == size:
            batch, self._batch = self._batch, []
            self._add_records(batch)

    def _add_records(self, found: list[tuple[RawLine, JournalRecord]]) -> None:
        """Add a record, or those of a whole batch, unless their numbers were used before."""
        line, first = found[0]
        seq, gap_explained = first.seq, bool(self.torn)
        if seq < self.next_seq:
            self._add_damaged(line, f"its number {seq} {_USED_BEFORE}")
            return
        if seq > self.next_seq and not gap_explained:
            gap = f"its number is {seq}, but {self.next_seq} was to come: lines are missing before it"
            self._add_damaged(line, gap)
        self._torn_to_damaged()
        self.records += [record for _, record in found]
        self.lines += [(x.start, x.end - x.start, line_crc(x.raw.rstrip(RECORD_END))) for x, _ in found]
        self.next_seq = found[-1][1].seq + 1

    def _discard_batch(self) -> None:
        batch, self._batch = self._batch, []
        for line, _ in batch:
            self._add_torn(line, _INCOMPLETE_BATCH)

    def _add_torn(self, line: RawLine, reason: str) -> None:
        """Note a line that is torn if nothing good follows."""
        if not self.torn:
            self.torn_start = line.start
        self.torn.append(LineFlaw(line.number, reason))

    def _add_damaged(self, line: RawLine, reason: str) -> None:
        self._torn_to_damaged()
        self.damaged.append(LineFlaw(line.number, reason))

    def _torn_to_damaged(self) -> None:
        """Something follows: what was torn until now is damage in the middle."""
        self.damaged += self.torn
        self.torn = []


def is_of_two_copies(flaw: LineFlaw) -> bool:
    """Return True for what a merge leaves that joins the lines of two machines."""
    return flaw.reason == MERGE_MARKER or flaw.reason.endswith(_USED_BEFORE)


def format_line_numbers(numbers: Iterable[int]) -> str:
    """Return line numbers as ``line 3`` or ``lines 3-5, 9``, shortened after six ranges."""
    ranges: list[list[int]] = []
    for n in sorted(set(numbers)):
        if ranges and n == ranges[-1][1] + 1:
            ranges[-1][1] = n
        else:
            ranges.append([n, n])
    words = [str(a) if a == b else f"{a}-{b}" for a, b in ranges]
    tail = f" and {len(words) - 6} more" if len(words) > 6 else ""
    many = len(ranges) > 1 or any(a != b for a, b in ranges)
    return f"line{'s' if many else ''} {', '.join(words[:6])}{tail}"
