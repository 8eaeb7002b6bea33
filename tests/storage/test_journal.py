"""The journal: nothing acknowledged is lost, nothing wrong is read."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from annotator.core.errors import JournalError
from annotator.storage.codec import encode_record
from annotator.storage.journal import Journal, annotator_names
from tests.storage.storage_helpers import journal_of, lines_of, put_journal, record, records, tree


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Make a folder that journals can lie in."""
    (tmp_path / "annotations").mkdir()
    return tmp_path


def test_append_and_open_again(corpus: Path) -> None:
    """Appended records are found at the next opening, and numbers count on."""
    with Journal.open(corpus, "ana") as journal:
        assert (journal.records, journal.next_seq, journal.warnings) == ((), 1, [])
        journal.append(records(1, 3))
        journal.append([record(4)])
        assert journal.next_seq == 5
    with Journal.open(corpus, "ana") as journal:
        assert journal.records == tuple(records(1, 4))
        assert (journal.next_seq, journal.warnings, journal.damaged) == (5, [], ())


@pytest.mark.parametrize("name", ["", ".ana", "Ana", "a/b", "../x", "a" * 65, "ana\n", "añb", "a b"])
def test_names(corpus: Path, name: str) -> None:
    """A name that breaks the rule never becomes a path, and the error tells the rule."""
    with pytest.raises(JournalError, match="use 1 to 64 of a-z, 0-9, dot, hyphen and underscore, and no dot at"):
        Journal.open(corpus, name)
    assert tree(corpus) == {}


def test_annotator_names(corpus: Path) -> None:
    """Only files with a rightful name are journals; what was set aside is none."""
    for name in ["zoe.jsonl", "ana.b-1_x.jsonl", "ana.jsonl.torn-1", ".ana.lock", "Ana.jsonl", ".x.jsonl"]:
        (corpus / "annotations" / name).touch()
    assert annotator_names(corpus) == ("ana.b-1_x", "zoe")
    assert annotator_names(corpus / "no") == ()


def test_every_cut_of_a_journal(corpus: Path) -> None:
    """Cut at any byte, the whole records before the cut are found, the rest lies aside, work goes on."""
    batches = [None, (2, 2), (2, 2), None]
    items = [record(n, "Lena ran.", batch) for n, batch in enumerate(batches, 1)]
    data = lines_of(items)
    ends = [len(lines_of(items[:n])) for n in range(len(items) + 1)]
    for cut in range(len(data) + 1):
        for left in (corpus / "annotations").iterdir():
            left.unlink()
        put_journal(corpus, data[:cut])
        whole = max(n for n, end in enumerate(ends) if end - (n > 0) <= cut)  # the LF alone may lack
        whole -= whole == 2  # half a batch
        torn = data[ends[whole] : cut]
        looked = Journal.open(corpus, "ana", read_only=True)
        assert looked.records == tuple(items[:whole])
        with Journal.open(corpus, "ana") as journal:
            assert journal.records == tuple(items[:whole])
            assert (journal.damaged, journal.next_seq) == ((), whole + 1)
            journal.append([record(whole + 1)])
        with Journal.open(corpus, "ana") as journal:
            assert journal.records == (*items[:whole], record(whole + 1))
            assert journal.warnings == []
        asides = [p.read_bytes() for p in (corpus / "annotations").glob("*.torn-*")]
        assert asides == ([torn] if torn else [])


def test_a_torn_tail_is_reported(corpus: Path) -> None:
    """The warning says how many bytes lie where, and earlier asides are never overwritten."""
    put_journal(corpus, lines_of(records(1, 2)) + b'{"text":"Le')
    (corpus / "annotations" / "ana.jsonl.torn-1").write_bytes(b"older")
    with Journal.open(corpus, "ana") as journal:
        assert journal.warnings == ["set aside a torn last line (11 bytes) in annotations/ana.jsonl.torn-2"]
    assert (corpus / "annotations" / "ana.jsonl.torn-1").read_bytes() == b"older"


def test_read_only_touches_nothing(corpus: Path) -> None:
    """A look leaves every byte as it is, makes no lock, and refuses to write."""
    put_journal(corpus, lines_of(records(1, 2)) + b"{")
    before = tree(corpus)
    journal = Journal.open(corpus, "ana", read_only=True)
    assert journal.warnings == ["left out a torn end (line 3) of annotations/ana.jsonl"]
    with pytest.raises(JournalError, match="closed or open only to be read"):
        journal.append([record(3)])
    assert tree(corpus) == before
    assert not (corpus / "annotations" / ".ana.lock").exists()
    assert Journal.open(corpus, "bob", read_only=True).records == ()


def test_bit_flips(corpus: Path) -> None:
    """4,000 flipped bits give no wrong record and never a lost line without a word."""
    items = [*records(1, 3), record(4, batch=(4, 2)), record(5, batch=(4, 2)), record(6)]
    data, good, dice = lines_of(items), set(items), random.Random(7)
    for _ in range(4000):
        at = dice.randrange(len(data) * 8)
        flipped = bytearray(data)
        flipped[at // 8] ^= 1 << at % 8
        put_journal(corpus, bytes(flipped))
        journal = Journal.open(corpus, "ana", read_only=True)
        assert set(journal.records) <= good
        assert journal.records == tuple(items) or journal.warnings


def test_bit_flips_are_never_written_over(corpus: Path) -> None:
    """After a flip, opening for writing keeps all other bytes: in the file or in what lies aside."""
    data, dice = lines_of(records(1, 4)), random.Random(3)
    for _ in range(300):
        for left in (corpus / "annotations").iterdir():
            left.unlink()
        at = dice.randrange(len(data) * 8)
        flipped = bytearray(data)
        flipped[at // 8] ^= 1 << at % 8
        path = put_journal(corpus, bytes(flipped))
        Journal.open(corpus, "ana").close()
        aside = b"".join(p.read_bytes() for p in (corpus / "annotations").glob("*.torn-*"))
        assert path.read_bytes() + aside == bytes(flipped)


@pytest.mark.parametrize(
    ("spoil", "damaged", "kept", "why"),
    [
        (lambda x: [x[0], x[1][:9] + b"X" + x[1][10:], x[2]], (2,), [1, 3], "checksum is wrong"),
        (
            lambda x: [x[0], b"<<<<<<< ours\n", x[1], b"=======\n", b">>>>>>> theirs\n"],
            (2, 4, 5),
            [1, 2],
            "two copies of the journal",
        ),
        (lambda x: [x[0], x[1], b">>>>>>> theirs\n"], (3,), [1, 2], "annotator repair"),
        (lambda x: [y[:-1] + b"\r\n" for y in x], (1, 2, 3), [1, 2, 3], r"Windows line ending \(CRLF\)"),
        (lambda x: [x[0][:-1] + b"  \n", x[1], x[2][:-1] + b"\t"], (1, 3), [1, 2, 3], "it has blanks at its end"),
        (lambda x: [x[0], x[1][:9] + b"X" + x[1][10:-1] + b"  \n", x[2]], (2,), [1, 3], "checksum is wrong"),
        (lambda x: [x[0], x[1][:9] + b"X\n", x[2][:-1] + b" \n"], (2, 3), [1, 3], "cut short.*it has blanks"),
        (lambda x: [x[0], x[1], x[1][:-1] + b" \n", x[2]], (3,), [1, 2, 3], "two copies of the journal were joined"),
        (lambda x: [x[0], x[1], x[1][:-1] + b"\r\n", x[2]], (3,), [1, 2, 3], "two copies of the journal were joined"),
        (lambda x: [x[0], x[2]], (2,), [1, 3], "its number is 3, but 2 was to come"),
        (lambda x: [x[0], x[1], x[1], x[2]], (3,), [1, 2, 3], "two copies of the journal were joined here"),
        (lambda x: [x[0], x[2], x[1]], (2, 3), [1, 3], "lines are missing"),
        (lambda x: [x[1], x[2]], (1,), [2, 3], "1 was to come"),
        (lambda x: [x[0], b"\0" * 40 + b"\n", x[1]], (2,), [1, 2], "cut short or overwritten"),
        (lambda x: [x[0], b'{"text":"Lena","answer":"accept"}\n'], (2,), [1], "no journal line of Annotator"),
        (lambda x: [x[0], encode_record(record(2, batch=(2, 3))), x[2]], (2,), [1, 3], "its batch is incomplete"),
    ],
)
def test_damage_in_the_middle(corpus: Path, spoil, damaged, kept, why: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """What no cut-short write can cause is reported by line, read round, and nothing more is written."""
    path = put_journal(corpus, b"".join(spoil([encode_record(r) for r in records(1, 3)])))
    before = tree(corpus)
    with Journal.open(corpus, "ana") as journal:
        assert journal.damaged == damaged
        assert [r.seq for r in journal.records] == kept
        assert re.search(why, " ".join(journal.warnings))
        with pytest.raises(JournalError, match=r"here: lines? \d[-0-9, ]* of the file (is|are) damaged"):
            journal.append([record(journal.next_seq)])
    assert tree(corpus) == before
    assert path.exists()


def test_blank_lines_and_nul_tails(corpus: Path) -> None:
    """Blank lines mean nothing; a tail of NULs, as after a power cut, is torn."""
    put_journal(corpus, encode_record(record(1)) + b"\n  \n" + encode_record(record(2)) + b"\0" * 500)
    with Journal.open(corpus, "ana") as journal:
        assert [r.seq for r in journal.records] == [1, 2]
        assert journal.warnings == ["set aside a torn last line (500 bytes) in annotations/ana.jsonl.torn-1"]
        journal.append([record(3)])


def test_a_batch_with_a_hole_is_torn(corpus: Path) -> None:
    """A power cut may lose the middle of a batch and keep its end: the whole batch is set aside."""
    batch = [encode_record(record(n, batch=(2, 3))) for n in (2, 3, 4)]
    put_journal(corpus, encode_record(record(1)) + batch[0] + b"\0" * len(batch[1]) + b"\n" + batch[2])
    with Journal.open(corpus, "ana") as journal:
        assert [r.seq for r in journal.records] == [1]
        assert (journal.next_seq, journal.damaged) == (2, ())
        assert "a torn last end of 3 lines" in journal.warnings[0]


def test_a_newer_format_is_refused(corpus: Path) -> None:
    """A journal with a line of a newer format is not opened, not even to be read."""
    line = encode_record(record(2)).replace(b'"_v":1', b'"_v":3')
    put_journal(corpus, encode_record(record(1)) + line[: line.rindex(b',"_crc"')] + b"}\n")
    for read_only in (False, True):
        with pytest.raises(JournalError) as caught:
            Journal.open(corpus, "ana", read_only=read_only)
        assert str(caught.value) == (
            f"{journal_of(corpus)}:2: this line was written by a newer Annotator (format 3); "
            "update Annotator to work with it"
        )
