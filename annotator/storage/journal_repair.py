"""Mending a journal: lines of damaged bits, of two machines, of another line ending or encoding, with blanks behind.

A line counts if its checksum holds, and nothing is written that no line holds: a flipped bit is found by the
checksum, what cannot be read is left out and named. Lines that keep their number keep their bytes. Those of the other
side of a fork, and those behind a lost line, get new numbers (``_seq``, ``_parent``, ``_batch``) and ``_crc``, no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.journal_record import IMPORT_SESSION, JournalRecord
from annotator.core.pluralize import pluralize
from annotator.storage.bit_repair import correct_bit
from annotator.storage.codec import RecordDecoder, RecordLineError, encode_record, has_valid_crc, renumber_line
from annotator.storage.journal_reader import MERGE_MARKERS, RECORD_END, format_line_numbers
from annotator.storage.transport_damage import other_encodings, undo_transport_damage

_GLUED_LINES = re.compile(rb'(?<=,"_crc":"[0-9a-f]{8}"\}).(?=\{"text":)', re.DOTALL)
"""A line end of which a bit has flipped."""


class Contradiction(Struct, frozen=True):
    """A sentence that two machines have left differently; the later line is in force."""

    sentence: str
    other: int
    """The ``_seq`` of what the one side left."""
    in_force: int
    """The ``_seq`` of what the other side left, which counts until the sentence is annotated again."""


class MendedJournal(Struct, frozen=True):
    """What mending a journal came to."""

    data: bytes
    done: tuple[str, ...] = ()
    """What was mended."""
    lost: tuple[str, ...] = ()
    """What could not be."""
    contradictions: tuple[Contradiction, ...] = ()


class _Line(Struct, frozen=True):
    """A valid line and its record."""

    raw: bytes
    record: JournalRecord


class _Side(Struct):
    """Lines of one machine, by their numbers."""

    lines: list[_Line] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    """Of each line, where it is in the file."""

    @property
    def last_seq(self) -> int:
        """The number of the last line."""
        return self.lines[-1].record.seq

    def add(self, position: int, line: _Line) -> None:
        """Add the line that comes next."""
        self.positions.append(position)
        self.lines.append(line)

    def misfit(self, position: int, line: _Line) -> tuple[bool, bool, int]:
        """Return how badly a line follows: a gap of the numbers, not behind in the file, how far away."""
        distance = position - self.positions[-1]
        return line.record.seq > self.last_seq + 1, distance < 0, abs(distance)


def mend_journal(raw: bytes) -> MendedJournal:
    """Return a journal with all that can be read of it; raises NewerFormatError for a line of a later version."""
    text, done = undo_transport_damage(raw)
    found = _LineReader(RecordDecoder())
    every = list(found.read(text))
    main, others, shared = _sides(every)
    if found.markers:
        done = (*done, f"removed the markers of a merge ({format_line_numbers(found.markers)})")
    if found.blanks:
        done = (*done, f"removed blanks at the ends of lines, or empty lines ({format_line_numbers(found.blanks)})")
    if found.open_end:
        done = (*done, "ended the last line")
    if found.corrected:
        done = (*done, f"corrected a flipped bit or the encoding ({format_line_numbers(found.corrected)})")
    if any(a > b for side in (main, *others) for a, b in pairwise(side.positions)):
        done = (*done, "put the lines into the order of their numbers (`_seq`)")
    if shared:
        done = (*done, f"removed {pluralize(shared, 'line')} that {'was' if shared == 1 else 'were'} there twice")
    joined = _Chain()
    joined.add(main.lines)
    lost = [f"{format_line_numbers(found.unreadable)} of the file cannot be read"] if found.unreadable else []
    before = len(joined.lines)
    contradictions: list[Contradiction] = []
    for other in others:
        contradictions += joined.add_other(other, other.lines[0].record.seq - 1)
    if others:
        done = (
            *done,
            f"put {pluralize(len(joined.lines) - before, 'line')} of another machine behind the others, renumbered",
        )
    if joined.renumbered and not others:
        done = (*done, f"gave {pluralize(joined.renumbered, 'line')} behind a lost one new numbers")
    lost += joined.lost
    data = b"".join(line.raw + b"\n" for line in joined.lines)
    return MendedJournal(data, done, tuple(lost), tuple(contradictions))


def add_rescued(mended: MendedJournal, records: Sequence[JournalRecord], shared: int) -> MendedJournal:
    """Return a mended journal with rescued records behind its lines, those of another machine by their rules.

    ``shared`` is the number of the last line that they have in common with the journal.
    """
    decoder, joined = RecordDecoder(), _Chain()
    joined.add([_Line(raw, decoder.decode(raw)) for raw in mended.data.split(b"\n")[:-1]])
    contradictions = joined.add_other(_Side([_Line(encode_record(r)[:-1], r) for r in records]), shared)
    data = b"".join(line.raw + b"\n" for line in joined.lines)
    return replace(mended, data=data, contradictions=(*mended.contradictions, *contradictions))


class _LineReader(Struct):
    """Reads the lines that count, in file order."""

    decoder: RecordDecoder
    markers: list[int] = field(default_factory=list)
    blanks: list[int] = field(default_factory=list)
    """Lines that are empty or have blanks behind the record."""
    open_end: bool = False
    """True if the last line is a record and lacks its LF."""
    corrected: list[int] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)

    def read(self, text: bytes) -> Iterator[_Line]:
        """Yield them; the numbers of the others are noted."""
        waiting: tuple[int, bytes] | None = None
        """A line that cannot be read: it may be the first half of one."""
        last = text.count(b"\n") + 1
        for number, raw in enumerate(text.split(b"\n"), 1):
            if not raw.strip(b" \t\r\0"):
                if raw or number < last:
                    self.blanks.append(number)
                continue
            if raw.startswith(MERGE_MARKERS):
                self.markers.append(number)
                continue
            record = raw.rstrip(RECORD_END)
            lines = self._decode(record)
            if not lines and waiting and (line := self._join(waiting[1], record)):
                self.unreadable.pop()
                lines = [line]
            waiting = None if lines else (number, raw)
            if not lines:
                self.unreadable.append(number)
            elif lines[0].raw != record:
                self.corrected.append(number)
            else:
                self.open_end = number == last
                if record != raw:
                    self.blanks.append(number)
            yield from lines

    def _decode(self, raw: bytes) -> list[_Line]:
        pieces = _GLUED_LINES.split(raw)
        found = [line for piece in pieces if (line := self._decode_one(piece))]
        return found if len(found) == len(pieces) or len(pieces) == 1 else []

    def _decode_one(self, raw: bytes) -> _Line | None:
        for candidate in _candidates(raw):
            try:
                return _Line(candidate, self.decoder.decode(candidate))
            except RecordLineError:
                continue
        return None

    def _join(self, first: bytes, second: bytes) -> _Line | None:
        """Return the line that a flipped bit has cut in two."""
        for bit in range(8):
            raw = first + bytes([0x0A ^ 1 << bit]) + second
            if has_valid_crc(raw) and (line := self._decode_one(raw)):
                return line
        return None


def _candidates(raw: bytes) -> Iterator[bytes]:
    """Yield what a line may have been, the likeliest first."""
    yield raw
    yield from other_encodings(raw)
    if corrected := correct_bit(raw):
        yield corrected
    yield raw[:-1]  # a bit of the last line's end has flipped


def _sides(every: Sequence[_Line]) -> tuple[_Side, list[_Side], int]:
    """Return the first side, the other sides, and how many lines are there twice.

    Where each line has a number of its own there is one side, and the numbers put it in order, wherever the lines
    are in the file. Else the sides are as the file has them one behind the other, or, where that would tear
    sessions or edits, as the sessions are.
    """
    once = {line.raw: (at, line) for at, line in reversed(list(enumerate(every)))}
    numbered = sorted(once.values(), key=lambda x: x[0])
    by_number = sorted(numbered, key=lambda x: (x[1].record.seq, x[0]))
    if all(a[1].record.seq < b[1].record.seq for a, b in pairwise(by_number)):
        sides = [_Side([line for _, line in by_number], [at for at, _ in by_number])]
    else:
        sides = min(_sides_of_file(numbered), _sides_of_sessions(by_number), key=_torn)
    return sides[0], sides[1:], len(every) - len(once)


def _torn(sides: Sequence[_Side]) -> tuple[int, int, int]:
    """Return how many sessions lose their order, how many lines their edit, and how many sides there are."""
    last: dict[str, int] = {}
    disordered: set[str] = set()
    lost: list[str] = []
    for record in (line.record for side in sides for line in side.lines):
        if record.seq < last.get(record.session, 0):
            disordered.add(record.session)
        last[record.session] = record.seq
    for side in sides:
        for _ in _whole_batches(side.lines, lost):
            pass
    return len(disordered), len(lost), len(sides)


def _sides_of_file(numbered: Sequence[tuple[int, _Line]]) -> list[_Side]:
    """Return the sides as they follow each other in the file: a number that is no later one begins a side."""
    main = here = _Side()
    sides = [main]
    for at, line in numbered:
        seq = line.record.seq
        if here is main or seq != here.last_seq + 1:
            here = main
            if main.lines and seq <= main.last_seq:
                here = _Side()
                sides.append(here)
        here.add(at, line)
    return sides


def _sides_of_sessions(by_number: Sequence[tuple[int, _Line]]) -> list[_Side]:
    """Return the sides by sessions: what comes before the first number that is there twice is of all sides.

    A session is of one side, and follows its last one in number, best also in the file.
    """
    fork = next(a[1].record.seq for a, b in pairwise(by_number) if a[1].record.seq == b[1].record.seq)
    for _, line in reversed(by_number):
        if line.record.seq >= fork and line.record.batch:
            fork = min(fork, line.record.batch[0])
    sides: list[_Side] = []
    head = [x for x in by_number if x[1].record.seq < fork]
    if head:
        sides.append(_Side([line for _, line in head], [at for at, _ in head]))
    for run in _runs(by_number[len(head) :]):
        first = run.positions[0], run.lines[0]
        seq = run.lines[0].record.seq
        fitting = [s for s in sides if s.last_seq + 1 == seq or (s is sides[0] and s.last_seq < seq)]
        if fitting:
            side = _nearest(fitting, first)
            side.lines += run.lines
            side.positions += run.positions
        else:
            sides.append(run)
    return sides


def _runs(numbered: Iterable[tuple[int, _Line]]) -> list[_Side]:
    """Return the lines session by session, in the order of their first numbers; lines with one number are apart."""
    runs: dict[str, list[_Side]] = {}
    for at, line in sorted(numbered, key=lambda x: (x[1].record.seq, x[0])):
        seq, of_session = line.record.seq, runs.setdefault(line.record.session, [])
        many = line.record.session == IMPORT_SESSION  # each import has this name
        fitting = [r for r in of_session if r.last_seq + 1 == seq or (not many and r.last_seq < seq)]
        if not fitting:
            of_session.append(_Side())
        (_nearest(fitting, (at, line)) if fitting else of_session[-1]).add(at, line)
    return sorted(chain.from_iterable(runs.values()), key=lambda r: (r.lines[0].record.seq, r.positions[0]))


def _nearest(sides: Sequence[_Side], following: tuple[int, _Line]) -> _Side:
    return min(sides, key=lambda side: side.misfit(*following))


class _Chain:
    """The journal as it is put together."""

    def __init__(self) -> None:
        self.lines: list[_Line] = []
        self.renumbered = 0
        self._main: dict[int, int] = {}
        """The new numbers of the first side's lines by their old ones."""
        self._decoder = RecordDecoder()
        self.lost: list[str] = []

    @property
    def next_seq(self) -> int:
        return len(self.lines) + 1

    def add(self, lines: Sequence[_Line], shared: int = 0) -> None:
        """Add lines of one side; up to the number ``shared`` it has those of the first side."""
        numbers: dict[int, int] = {}
        expected = shared + 1
        for batch in _whole_batches(lines, self.lost):
            seq = batch[0].record.seq
            if seq > expected:
                self.lost.append(_missing(expected, seq - 1))
            expected = batch[-1].record.seq + 1
            first = self.next_seq
            for line in batch:
                self.lines.append(self._renumbered(line, self._parent(line.record, numbers, shared), first))
                numbers[line.record.seq] = len(self.lines)
        self._main = self._main or numbers

    def add_other(self, side: _Side, shared: int) -> list[Contradiction]:
        """Add the lines of another side, which has those up to ``shared`` too, and return what it left otherwise."""
        mine = _last_by_sentence(self.lines[sum(old <= shared for old in self._main) :])
        before = len(self.lines)
        self.add(side.lines, shared)
        theirs = _last_by_sentence(self.lines[before:])
        return [
            Contradiction(their.annotated.sentence.id, my.seq, their.seq)
            for their in theirs.values()
            for my in mine.values()
            if _overlap(my.annotated, their.annotated) and my.annotated != their.annotated
        ]

    def _parent(self, record: JournalRecord, numbers: dict[int, int], shared: int) -> int | None:
        """Return the new number of the record that one follows; of one that is lost the last that is there."""
        parent = record.parent
        if parent is None or parent in numbers:
            return None if parent is None else numbers[parent]
        if parent <= shared:
            return self._main.get(parent)
        earlier = (
            n
            for n, new in numbers.items()
            if self.lines[new - 1].record.annotated.sentence.id == record.annotated.sentence.id
        )
        return numbers[last] if (last := max(earlier, default=0)) else None

    def _renumbered(self, line: _Line, parent: int | None, first: int) -> _Line:
        seq = self.next_seq
        if (line.record.seq, line.record.parent) == (seq, parent):
            return line
        self.renumbered += 1
        raw = renumber_line(line.raw, seq, parent, first)
        return _Line(raw, self._decoder.decode(raw))


def _whole_batches(lines: Sequence[_Line], lost: list[str]) -> Iterator[Sequence[_Line]]:
    """Yield the lines edit by edit; those of a batch that is not whole are ``lost``."""
    at = 0
    while at < len(lines):
        first, size = lines[at].record.batch or (lines[at].record.seq, 1)
        batch = lines[at : at + size]
        whole = [x.record.seq for x in batch] == list(range(first, first + size))
        if whole and len({(x.record.batch, x.record.session) for x in batch}) == 1:
            yield batch
            at += size
        else:
            lost.append(f"line {lines[at].record.seq} of the journal belongs to an edit that is not whole")
            at += 1


def _last_by_sentence(lines: Sequence[_Line]) -> dict[str, JournalRecord]:
    return {x.record.annotated.sentence.id: x.record for x in lines}


def _overlap(a: AnnotatedSentence, b: AnnotatedSentence) -> bool:
    return (
        a.sentence.article == b.sentence.article
        and a.sentence.start < b.sentence.end
        and b.sentence.start < a.sentence.end
    )


def _missing(first: int, last: int) -> str:
    return f"record {first} is missing" if first == last else f"records {first} to {last} are missing"
