"""Mending a journal: what can be read comes back byte for byte, and nothing is made up."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.journal_record import JournalRecord
from annotator.storage.codec import RecordDecoder, encode_record
from annotator.storage.file_io import raw_lines
from annotator.storage.journal_reader import JournalReader
from annotator.storage.journal_repair import Contradiction, MendedJournal, mend_journal
from annotator.storage.repair_reports import DAMAGED_FOLDER, REPORT_FILE, read_contradictions
from tests.storage.storage_helpers import record

LINES = [encode_record(record(n, text="Zoë met 40 rowers.")) for n in range(1, 6)]
WHOLE = b"".join(LINES)


def _texts(data: bytes) -> list[str]:
    decoder = RecordDecoder()
    return [decoder.decode(line).annotated.sentence.text for line in data.splitlines()]


def _is_sound(data: bytes) -> bool:
    """Return True if every line counts where a journal is opened."""
    reader = JournalReader("ana.jsonl")
    reader.read(raw_lines(BytesIO(data), "ana.jsonl"))
    return not (reader.damaged or reader.torn)


def test_a_sound_journal_stays_as_it_is() -> None:
    """Nothing is done where nothing is wrong."""
    assert mend_journal(WHOLE) == MendedJournal(WHOLE)


@settings(max_examples=300)
@given(at=st.integers(0, len(WHOLE) - 1), bit=st.integers(0, 7))
def test_any_single_bit_is_set_right(at: int, bit: int) -> None:
    """The checksum names the bit that has flipped, in a line, its checksum or its end; the journal is as it was."""
    raw = bytearray(WHOLE)
    raw[at] ^= 1 << bit
    mended = mend_journal(bytes(raw))
    assert mended.data == WHOLE
    assert mended.done
    assert not mended.lost


@pytest.mark.parametrize("bit", range(8))
def test_any_bit_of_a_line_end_is_set_right(bit: int) -> None:
    """Two lines that a flipped bit has made one are two again, also where it is the last line's end."""
    for line in range(1, len(LINES) + 1):
        raw = bytearray(WHOLE)
        raw[len(b"".join(LINES[:line])) - 1] ^= 1 << bit
        mended = mend_journal(bytes(raw))
        assert (mended.data, bool(mended.done), mended.lost) == (WHOLE, True, ())


@pytest.mark.parametrize("bit", range(7))
def test_a_letter_that_has_become_a_line_end_is_one_again(bit: int) -> None:
    """A line that a flipped bit has cut in two is one, whatever it was that became the line feed."""
    letter = chr(0x0A ^ 1 << bit)
    raw = encode_record(record(1)) + encode_record(record(2, text=f"Zoë met {letter} 40 rowers.")) + LINES[2]
    if letter.encode() not in raw:  # a control character is written as an escape
        return
    at = raw.index(letter.encode(), len(encode_record(record(1))))
    cut = raw[:at] + b"\n" + raw[at + 1 :]
    mended = mend_journal(cut)
    assert (mended.data, bool(mended.done), mended.lost) == (raw, True, ())


@pytest.mark.parametrize(
    "raw",
    [
        WHOLE.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + WHOLE,
        WHOLE + bytes(100),
        WHOLE.decode().encode("utf-16"),
        WHOLE.decode().encode("latin-1"),
        LINES[0] + b"<<<<<<< ours\n" + b"".join(LINES[1:]) + b"=======\n" + b"".join(LINES[1:3]) + b">>>>>>> theirs\n",
        WHOLE + WHOLE,
        WHOLE + LINES[2],
        b"".join(LINES[:3]) + b"".join(LINES[1:]),
    ],
    ids=["crlf", "bom", "zeros", "utf-16", "latin-1", "markers", "twice", "a line twice", "overlapping"],
)
def test_what_copying_does_is_undone(raw: bytes) -> None:
    """Line endings, marks, zeros, markers and lines that are there twice go; each line has its bytes again."""
    mended = mend_journal(raw)
    assert mended.data == WHOLE
    assert not mended.lost


@pytest.mark.parametrize(
    ("raw", "done"),
    [
        (WHOLE[:-1], ("ended the last line",)),
        (WHOLE.replace(b"\n", b" \t\n"), ("removed blanks at the ends of lines, or empty lines (lines 1-5)",)),
        (
            WHOLE.replace(b"\n", b"   \n")[:-1],
            ("removed blanks at the ends of lines, or empty lines (lines 1-5)", "ended the last line"),
        ),
        (
            WHOLE.replace(b"\n", b" \r\n"),
            ("turned line endings into LF", "removed blanks at the ends of lines, or empty lines (lines 1-5)"),
        ),
        (
            LINES[0] + b"\n" + b"".join(LINES[1:]) + b"  ",
            ("removed blanks at the ends of lines, or empty lines (lines 2, 7)",),
        ),
    ],
    ids=["no line end", "blanks", "both", "blanks and crlf", "empty lines"],
)
def test_what_an_editor_does_is_named_and_undone(raw: bytes, done: tuple[str, ...]) -> None:
    """It is no flipped bit; each line has its bytes again."""
    assert mend_journal(raw) == MendedJournal(WHOLE, done)


@given(
    blanks=st.lists(st.text(" \t").map(str.encode), min_size=5, max_size=5),
    changed=st.sets(st.integers(0, 4)),
    at=st.integers(0, len(LINES[0]) - 4),
)
def test_blanks_are_taken_only_from_lines_that_a_checksum_proves(
    blanks: list[bytes], changed: set[int], at: int
) -> None:
    """Where more than a bit of a line has changed as well, it is named and left out, and no other takes its place."""
    lines = [line[:-1] for line in LINES]
    for n in changed:
        lines[n] = lines[n][:at] + bytes(b ^ 0x15 for b in lines[n][at : at + 3]) + lines[n][at + 3 :]
    mended = mend_journal(b"\n".join(line + blank for line, blank in zip(lines, blanks, strict=True)))
    assert bool(mended.lost) == bool(changed)
    kept = [x for n, x in enumerate(LINES) if n not in changed]
    assert _texts(mended.data) == _texts(b"".join(kept))
    assert changed or mended.data == WHOLE


def test_a_line_that_cannot_be_read_is_named_and_the_others_go_on() -> None:
    """The lines before it keep their bytes; those behind it get the numbers that follow, and parents that are there."""
    lines = _lines(0, 5, "one")
    mended = mend_journal(lines[0] + b"rubbish\n" + b"".join(lines[2:]))
    assert mended.lost == ("line 2 of the file cannot be read", "record 2 is missing")
    assert mended.data.startswith(lines[0])
    assert _is_sound(mended.data)
    found = [RecordDecoder().decode(line) for line in mended.data.splitlines()]
    assert [r.seq for r in found] == [1, 2, 3, 4]
    assert [r.parent for r in found] == [None, None, 2, 3]  # the record that was lost was of another sentence


def test_a_batch_behind_a_lost_line_is_a_batch_still() -> None:
    """Its records name each other by their new numbers."""
    lines = [encode_record(record(n, batch=(3, 2) if n > 2 else None)) for n in range(1, 5)]
    mended = mend_journal(lines[0] + b"".join(lines[2:]))
    assert [RecordDecoder().decode(line).batch for line in mended.data.splitlines()] == [None, (2, 2), (2, 2)]
    assert _is_sound(mended.data)


@given(
    shared=st.integers(0, 4),
    sides=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    cut=st.sampled_from(["markers", "union", "concatenated"]),
)
def test_two_machines_are_put_behind_each_other(shared: int, sides: tuple[int, int], cut: str) -> None:
    """Shared lines and those of the one side stay byte for byte; the other side's follow, all of them, once."""
    both = [_lines(shared, n, f"side {name}") for n, name in zip(sides, "ab", strict=True)]
    head = b"".join(encode_record(record(n)) for n in range(1, shared + 1))
    ours, theirs = (b"".join(side) for side in both)
    raw = {
        "markers": head + b"<<<<<<< HEAD\n" + ours + b"=======\n" + theirs + b">>>>>>> other\n",
        "union": head + ours + theirs,
        "concatenated": head + ours + head + theirs,
    }[cut]
    mended = mend_journal(raw)
    assert not mended.lost
    assert mended.data.startswith(head + ours)
    assert _is_sound(mended.data)
    assert mend_journal(mended.data) == MendedJournal(mended.data)
    found = [RecordDecoder().decode(line) for line in mended.data.splitlines()]
    assert len(found) == shared + sum(sides)
    assert [r.session for r in found[shared:]] == ["side a"] * sides[0] + ["side b"] * sides[1]
    assert found[shared + sides[0]].parent == (shared or None)


def _lines(shared: int, n: int, session: str) -> Sequence[bytes]:
    first = shared + 1
    made = (replace(record(x), parent=x - 1 or None, session=session) for x in range(first, first + n))
    return [encode_record(x) for x in made]


# -- order -----------------------------------------------------------------------------------------

_BATCHES = ((1, 1), (2, 3), (5, 1), (6, 2), (8, 1))


def _session_lines(session: str, first: int = 1) -> list[bytes]:
    """Return the lines of one session, with two batches, from number ``first`` on."""
    numbered = [(n, (a, size) if size > 1 else None) for a, size in _BATCHES for n in range(a, a + size) if n >= first]
    return [
        encode_record(replace(record(n, batch=batch), session=session, parent=n - 1 or None)) for n, batch in numbered
    ]


def _records_of(data: bytes) -> list[JournalRecord]:
    decoder = RecordDecoder()
    return [decoder.decode(line) for line in data.splitlines()]


@given(lines=st.permutations(_session_lines("s")), again=st.lists(st.sampled_from(_session_lines("s")), max_size=3))
def test_lines_in_any_order_are_put_in_theirs_byte_for_byte(lines: list[bytes], again: list[bytes]) -> None:
    """The number of each line is its place, whatever sorted, turned round or joined the file, and doubled lines."""
    mended = mend_journal(b"".join(lines + again))
    assert (mended.data, mended.lost) == (b"".join(_session_lines("s")), ())
    assert any("order of their numbers" in what for what in mended.done) == (lines != _session_lines("s"))


@given(lines=st.permutations(_session_lines("s")), missing=st.integers(1, 5))
def test_lines_in_any_order_with_some_missing(lines: list[bytes], missing: int) -> None:
    """Every line of an edit that is whole is kept, and the latest decision stays the latest."""
    left = _records_of(b"".join(lines[missing:]))
    there = {r.seq for r in left}
    whole = [r for r in left if r.batch is None or there.issuperset(range(r.batch[0], sum(r.batch)))]
    mended = mend_journal(b"".join(lines[missing:]))
    assert [r.time for r in _records_of(mended.data)] == sorted(r.time for r in whole)
    assert _is_sound(mended.data)


@given(st.data(), st.integers(1, 8).filter(lambda n: n not in {3, 4, 7}), st.integers(0, 3))
def test_two_machines_in_any_order(data: st.DataObject, fork: int, missing: int) -> None:
    """The sides are found by their sessions; each is in its order, and no line of a whole edit is left out."""
    head = _session_lines("s")[: fork - 1]
    sides = [_session_lines(name, fork) for name in ("a", "b")]
    lines = data.draw(st.permutations(head + sides[0] + sides[1]))
    mended = mend_journal(b"".join(lines[missing:]))
    assert _is_sound(mended.data)
    assert mend_journal(mended.data) == MendedJournal(mended.data)
    found = _records_of(mended.data)
    left = _records_of(b"".join(lines[missing:]))
    for name in ("s", "a", "b"):
        there = {r.seq for r in left if r.session == name}
        whole = [
            r
            for r in left
            if r.session == name and (r.batch is None or there.issuperset(range(r.batch[0], sum(r.batch))))
        ]
        assert [r.time for r in found if r.session == name] == sorted(r.time for r in whole)


@pytest.mark.parametrize("damage", [b"", b"\xff", b'{"files": [{"file": "\xff"}]}', b"[" * 100_000, b'{"files": 3}'])
def test_a_report_that_cannot_be_read_hides_no_other(tmp_path: Path, damage: bytes) -> None:
    """What repairs left contradicting is read from all their reports, each annotator's own."""
    report = b'{"files":[{"file":"annotations/ana.jsonl","contradictions":[{"sentence":"s","other":1,"in_force":2}]}]}'
    for time, data in enumerate([damage, report, damage]):
        folder = tmp_path / DAMAGED_FOLDER / f"2026-01-0{time}"
        folder.mkdir(parents=True)
        (folder / REPORT_FILE).write_bytes(data)
    assert list(read_contradictions(tmp_path, "ana")) == [Contradiction("s", 1, 2)]
    assert list(read_contradictions(tmp_path, "ben")) == []


def _renumbered_journal() -> bytes:
    """Return what a repair has made of two machines: a session behind another one that began later."""
    sides = b"".join([*_lines(0, 2, "one"), *_lines(2, 2, "two"), *_lines(2, 2, "one")])
    return mend_journal(sides).data


def test_a_mended_journal_is_sound() -> None:
    """Sessions of two machines follow each other in it as they may: the second repair finds nothing."""
    once = _renumbered_journal()
    assert mend_journal(once) == MendedJournal(once)


@given(st.permutations(_renumbered_journal().splitlines(keepends=True)))
def test_a_mended_journal_in_any_order(lines: list[bytes]) -> None:
    """Its numbers put it in order too."""
    assert mend_journal(b"".join(lines)).data == _renumbered_journal()


def test_a_mended_journal_forks_again() -> None:
    """The lines of the first side keep their bytes, whatever their sessions."""
    once = _renumbered_journal()
    ours, theirs = (b"".join(_lines(6, 2, name)) for name in ("one", "three"))
    mended = mend_journal(once + ours + theirs)
    assert mended.data.startswith(once + ours)
    assert (len(mended.data.splitlines()), mended.lost) == (10, ())
