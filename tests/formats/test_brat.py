"""brat's folders, read and written."""

from __future__ import annotations

import time
import zipfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.quote_placement import QUOTED_ONCE
from annotator.core.spans import Span, reading_order
from annotator.formats import brat
from annotator.formats.brat.ann_lines import parse_ann
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from tests.formats.format_samples import (
    SHARED,
    fill,
    ledger_lines,
    lost_spans,
    read_aligned,
    round_trip,
    texts_with_spans,
    words,
)

TEXT = "Ida Holm and Per\nsailed to Orkenby.\n"
ANN = (
    "T1\tPERSON 0 8\tIda Holm\n"
    "T2\tPERSON 13 16;4 8\tPer Holm\n"
    "T3\tVENUE 27 34\tOrkenby\n"
    "T4\tTrip 17 23\tsailed\n"
    "E1\tTrip:T4 Who:T1\n"
    "R1\tWith Arg1:T1 Arg2:T2\n"
    "A1\tSure T3\n"
    "#1\tAnnotatorNotes T3\ta made-up harbour\\nnorth of it\n"
)


def test_each_line_has_its_place(tmp_path: Path) -> None:
    """Spans become spans, a discontinuous one its parts in one group, notes the note; what has no place is listed."""
    source = fill(tmp_path, {"deep/er/x.txt": TEXT, "deep/er/x.ann": ANN})
    (document,), account = read_aligned(brat, source)
    assert (document.id, document.text, document.answer) == ("deep/er/x", TEXT, Answer.ACCEPT)
    assert words(document) == [
        ("Ida Holm", "PERSON"),
        ("Holm", "PERSON"),
        ("Per", "PERSON"),
        ("Orkenby", "VENUE"),
        ("sailed", "Trip"),
    ]
    assert document.note == "a made-up harbour\nnorth of it"
    assert account.is_balanced
    assert [s.group for s in document.spans] == ["", "4-8;13-16:PERSON", "4-8;13-16:PERSON", "", ""]
    assert (account.read, account.kept) == (5, 5)
    assert ledger_lines(account) == [
        ("event", "left out", "events have no place here"),
        ("relation", "left out", "relations have no place here"),
        ("attribute", "left out", "attributes have no place here"),
    ]
    assert account.entries[-1].where.endswith("deep/er/x.ann:7")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("T1 PERSON 0 x Ida", "its label and offsets cannot be read"),
        ("T1\tPERSON 0 x\t", "its label and offsets cannot be read"),
        ("T1\tPERSON -3 4\tEda", "its words are not in the text"),
        (f"T1\tPERSON 0 {'9' * 5000}\t", "its label and offsets cannot be read"),
        ("T1\tPERSON 5 5\t", "it covers no character"),
        ("T1\tPERSON 8 0\t", "it ends before it begins"),
        ("T1\tPERSON 8 0\tEda", "its words are not in the text"),
        ("T1\tPERSON 0 900\t", "past the end of the text"),
        ("T1\tPERSON 16 17\t ", "nothing but blanks"),
    ],
)
def test_wrong_spans_are_counted(tmp_path: Path, line: str, why: str) -> None:
    """A span that has no place in the text is counted and listed with its line."""
    _, account = read_aligned(brat, fill(tmp_path, {"x.txt": TEXT, "x.ann": line + "\n"}))
    assert (account.read, account.kept, account.is_balanced) == (1, 0, True)
    assert ledger_lines(account) == [("span", "left out", why)]
    assert account.entries[0].where.endswith("x.ann:1")


def test_a_span_that_cannot_be_read_may_be_anywhere(tmp_path: Path) -> None:
    """A line that was cut off is about some words of the text."""
    _, account = read_aligned(brat, fill(tmp_path, {"x.txt": TEXT, "x.ann": "T1\tPERSON 0"}))
    assert [e.doubtful for e in account.entries] == [((0, len(TEXT)),)]


def test_a_span_that_brat_cut_at_a_line_end_is_one_again(tmp_path: Path) -> None:
    """Parts that only a line end parts are one span: brat cuts there by itself."""
    ann = "T1\tCLAIM 9 16;17 34\tand Per sailed to Orkenby\n"
    (document,), account = read_aligned(brat, fill(tmp_path, {"x.txt": TEXT, "x.ann": ann}))
    assert words(document) == [("and Per\nsailed to Orkenby", "CLAIM")]
    assert [e.outcome.value for e in account.entries] == ["moved"]


def test_a_quote_over_several_lines(tmp_path: Path) -> None:
    """A quoted text may run over lines; the next span begins where a line begins with its id."""
    ann = "T1\tCLAIM 13 23\tPer\nsailed\nT2\tPERSON 13 16\tPer\n"
    (document,), account = read_aligned(brat, fill(tmp_path, {"x.txt": TEXT, "x.ann": ann}))
    assert words(document) == [("Per\nsailed", "CLAIM"), ("Per", "PERSON")]
    assert not account.entries


@pytest.mark.parametrize("text", ["🛶 Ida", "🛶\r\nIda", "Per\r\nIda"])
def test_offsets_in_another_unit_are_found_by_their_quotes(tmp_path: Path, text: str) -> None:
    """UTF-16 units and CRLF counted as one are told by the quoted text."""
    start = len(text.partition("Ida")[0].encode("utf-16-le")) // 2 - text.count("\r")
    ann = f"T1\tPERSON {start} {start + 3}\tIda\n"
    (document,), account = read_aligned(brat, fill(tmp_path, {"x.txt": text, "x.ann": ann}))
    assert words(document) == [("Ida", "PERSON")]
    assert account.is_balanced
    assert any(note.startswith("offsets count ") for note in account.notes)


@pytest.mark.parametrize(("before", "start"), [("Café “Ry”\n", len("Café “Ry”\n".encode())), ("One\ntwo\n\n", 12)])
def test_bytes_and_line_ends_that_were_two(tmp_path: Path, before: str, start: int) -> None:
    """Other programs write bytes, and a text that lost its CRs keeps the offsets that it had with them."""
    source = fill(tmp_path, {"x.txt": f"{before}Ida left.", "x.ann": f"T1\tPERSON {start} {start + 3}\tIda\n"})
    (document,), account = read_aligned(brat, source)
    assert words(document) == [("Ida", "PERSON")]
    assert account.is_balanced


def test_a_byte_order_mark_that_was_counted(tmp_path: Path) -> None:
    """A byte order mark is no part of the text, though brat counts it."""
    files = {"x.txt": "\ufeffIda Holm", "x.ann": "T1\tPERSON 5 9\tHolm\n"}
    (document,), _ = read_aligned(brat, fill(tmp_path, files))
    assert (document.text, words(document)) == ("Ida Holm", [("Holm", "PERSON")])


def test_the_quote_decides(tmp_path: Path) -> None:
    """A span is where its quote is; one whose quote is nowhere is left out, and its place is doubtful."""
    ann = "T1\tPERSON 4 8\tEda\nT2\tPERSON 8 11\tPer\nT3\tVENUE 900 0\tOrkenby\nT4\tPERSON\tIda Holm\n"
    (document,), account = read_aligned(brat, fill(tmp_path, {"x.txt": TEXT, "x.ann": ann}))
    assert words(document) == [("Per", "PERSON"), ("Orkenby", "VENUE"), ("Ida Holm", "PERSON")]
    assert [(e.outcome.value, e.why, e.doubtful) for e in account.entries] == [
        ("left out", "its words are not in the text", ((4, 8),)),
        *[("moved", QUOTED_ONCE, ())] * 3,
    ]
    assert account.is_balanced


def test_the_quote_of_a_discontinuous_span_decides(tmp_path: Path) -> None:
    """All of its parts are where their words are, or it has no place; a part may be in another span's place."""
    ann = "T1\tPERSON 1 4;14 17\tIda Per\nT2\tPERSON 5 9;14 17\tHolm Per\n"
    (document,), account = read_aligned(brat, fill(tmp_path, {"x.txt": TEXT, "x.ann": ann}))
    assert [s.key[:2] for s in document.spans] == [(0, 3), (13, 16), (4, 8)]
    assert {e.outcome.value for e in account.entries if e.kind == "span"} == {"moved"}
    assert account.is_balanced
    ann = "T1\tPERSON 1 4;14 17\tIda Pat\nT2\tPERSON 0 3;4 8\tIda something longer\n"
    (document,), account = read_aligned(brat, fill(tmp_path / "lost", {"x.txt": TEXT, "x.ann": ann}))
    assert not document.spans
    assert [e.doubtful for e in account.entries] == [((1, 4), (14, 17)), ((0, 3), (4, 8))]


def test_inclusive_ends_are_found_out(tmp_path: Path) -> None:
    """Quotes show what offsets count, where no quote is without an inclusive end, or a beginning at 1."""
    for start, end in ((0, -1), (1, 0), (1, 1)):
        places = [(a + start, a + len(w) + end, w) for w in ("Ida Holm", "Per", "Orkenby") for a in [TEXT.index(w)]]
        ann = "".join(f"T{n}\tPERSON {a} {b}\t{w}\n" for n, (a, b, w) in enumerate(places, 1))
        files = fill(tmp_path / f"{start}{end}", {"x.txt": TEXT, "x.ann": ann + "T9\tPERSON 4 7\t\n"})
        (document,), account = read_aligned(brat, files)
        assert [w for w, _ in words(document)][:3] == ["Ida Holm", "Per", "Orkenby"]
        assert "offsets count code points, " in account.notes[0]


@pytest.mark.parametrize(
    "line", ["T2 PERSON 0 3 Ida", "T2\tPERSON 0 3 Ida", "T2\tPERSON\t0\t3\tIda", "T2    PERSON 0 3;4 8 Ida Holm"]
)
def test_blanks_for_tabs_are_refused(tmp_path: Path, line: str) -> None:
    """Where the words begin would be a guess: the error has the file and the line."""
    with pytest.raises(SourceError, match=r"x\.ann:2: tabs expected"):
        read_aligned(brat, fill(tmp_path, {"x.txt": TEXT, "x.ann": f"T1\tPERSON 0 3\tIda\n{line}\n"}))


def test_a_part_that_is_a_span_of_its_own_is_counted_once(tmp_path: Path) -> None:
    """The part of a discontinuous span may stand there as a span too: that one is a double."""
    ann = "T1\tPERSON 0 3;13 16\tIda Per\nT2\tPERSON 13 16\tPer\n"
    (document,), account = read_aligned(brat, fill(tmp_path, {"x.txt": TEXT, "x.ann": ann}))
    assert words(document) == [("Ida", "PERSON"), ("Per", "PERSON")]
    assert account.is_balanced
    assert [e.outcome.value for e in account.entries] == ["double"]
    assert {s.group for s in document.spans} == {"0-3;13-16:PERSON"}


def test_discontinuous_spans_come_back_as_one_line(tmp_path: Path) -> None:
    """Parts of one group are one line again; two that share a part cannot both be, and the second is listed."""
    (document,), _ = read_aligned(brat, fill(tmp_path, {"x.txt": TEXT, "x.ann": ANN}))
    (back,), written, _ = round_trip(brat, [document])
    assert sorted(back.spans) == sorted(document.spans)
    assert not [e for e in written.entries if e.kind == "group"]
    ann = "T1\tPERSON 0 3;13 16\tIda Per\nT2\tPERSON 4 8;13 16\tHolm Per\n"
    (shared,), account = read_aligned(brat, fill(tmp_path / "shared", {"x.txt": TEXT, "x.ann": ann}))
    assert [(s.start, s.group) for s in shared.spans] == [(0, "0-3;13-16:PERSON"), (13, "0-3;13-16:PERSON"), (4, "")]
    assert [(e.kind, e.id) for e in account.entries] == [("group", "T2"), ("span", "13-16:PERSON")]
    assert account.is_balanced


def test_missing_texts_and_empty_files(tmp_path: Path) -> None:
    """An .ann without text is listed span by span; one without a line is work that nobody did."""
    files = {"a.ann": ANN, "b.ann": "", "b.txt": TEXT, "c.txt": TEXT}
    documents, account = read_aligned(brat, fill(tmp_path, files))
    assert [(d.id, d.answer) for d in documents] == [("b", None)]
    assert (account.read, lost_spans(account), account.is_balanced) == (4, 4, True)
    assert account.notes == [
        "1 text without .ann is left out, as brat does (first: c.txt)",
        "texts on which nothing is marked, which the files leave open because brat makes them beforehand: 1",
    ]


def test_one_file_alone(tmp_path: Path) -> None:
    """An .ann file may be named by itself; its text must stand beside it."""
    fill(tmp_path, {"x.txt": TEXT, "x.ann": ANN, "y.ann": ANN})
    documents, _ = read_aligned(brat, ImportSource(tmp_path / "x.ann"))
    assert [d.id for d in documents] == ["x"]
    with pytest.raises(SourceError, match=r"there is no y\.txt beside it"):
        read_aligned(brat, ImportSource(tmp_path / "y.ann"))
    with pytest.raises(SourceError, match=r"no \.ann file here has a \.txt file of its name"):
        read_aligned(brat, fill(tmp_path / "other", {"y.ann": ANN}))


def test_what_it_looks_like(tmp_path: Path) -> None:
    """A folder is known by its pairs, a file by its first line."""
    folder = fill(tmp_path, {"x.txt": TEXT, "x.ann": ANN})
    assert brat.detect(folder.sample()) == "it has 1 .ann file beside its .txt file"
    assert brat.detect(ImportSource(tmp_path / "x.ann").sample())
    assert not brat.detect(ImportSource(tmp_path / "x.txt").sample())


@example([Document("Ida Ida\nOOIda Ida", (Span(9, 10, "PERSON"),))])  # LF as two: the other O, at the edge of a word
@given(st.lists(texts_with_spans(), min_size=1, max_size=3))
def test_there_and_back(documents: list[Document]) -> None:
    """Texts and spans come back, nested ones and those over line ends too, and both accounts balance."""
    documents = [replace(d, id=f"t{n}") for n, d in enumerate(documents)]
    back, written, read = round_trip(brat, documents)
    assert written.is_balanced
    assert read.is_balanced
    assert [d.text for d in back] == [d.text for d in documents]
    assert [reading_order(d.spans) for d in back] == [reading_order(d.spans) for d in documents]
    assert written.kept == sum(len(d.spans) for d in documents)


def test_what_brat_cannot_hold_is_listed() -> None:
    """Answers, spans known to be wrong, flags, and labels with blanks have no place in brat."""
    document = Document(
        "Ida Holm",
        (Span(0, 3, "a person"), Span(4, 8, "NAME", group="T7"), Span(4, 90, "NAME")),
        answer=Answer.REJECT,
        rejected=(Span(0, 3, "NAME"),),
        note="two\nlines",
        flagged=True,
    )
    (back,), written, _ = round_trip(brat, [document])
    assert written.is_balanced
    assert ledger_lines(written) == [
        ("span", "left out", "brat's labels hold no blanks"),
        ("span", "left out", "past the end of the text"),
        ("group", "left out", brat.PARTS_NOT_ONE_LINE),
        ("answer", "left out", "answers: brat has none"),
        ("rejected span", "left out", "spans known to be wrong: brat has none"),
        ("flag", "left out", "flags: brat has none"),
    ]
    assert (words(back), back.note) == ([("Holm", "NAME")], "two\nlines")


def test_names_never_become_paths(tmp_path: Path) -> None:
    """An id or an annotator's name from data gives a safe file name of its own."""
    ids = ["../../etc/passwd", "/x", "", "A", "a", "CON", "é" * 300]
    account = ConversionLog()
    files = brat.write([Document("Ida", id=i, annotator="../b") for i in ids], tmp_path / "out", account)
    assert [str(f.relative_to(tmp_path / "out")) for f in files if f.suffix == ".txt"] == [
        "b/etc-passwd.txt",
        "b/x.txt",
        "b/text.txt",
        "b/A.txt",
        "b/a-2.txt",
        "b/x-CON.txt",
        "b/text-2.txt",
    ]


@given(st.lists(st.text("T1R#\t 05;9\n\rPx", max_size=30)))
def test_any_lines_are_accounted_for(parts: list[str]) -> None:
    """Whatever stands in an .ann file, each span in it is counted, or it is refused for want of tabs."""
    lines = "\n".join(parts).split("\n")
    try:
        found = parse_ann(lines, "x.ann")
    except SourceError as error:
        assert "tabs expected" in error.what  # noqa: PT017
        return
    spans = sum(line.startswith("T") for line in lines)
    assert len(found.bounds) + sum(o.kind == "span" for o in found.others) <= spans or spans == 0


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_no_bytes_make_a_traceback(ann: bytes, text: bytes) -> None:
    """Whatever the bytes, there is a balanced account or an error for the user."""
    with TemporaryDirectory() as folder, suppress(SourceError):
        source = fill(Path(folder), {"x.ann": b"T1\tA 0 1;2 3\t" + ann, "x.txt": text})
        _, account = read_aligned(brat, source)
        assert account.is_balanced


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared exports are not here")
def test_real_folder() -> None:
    """Every span of real folders is carried over or listed."""
    _, account = read_aligned(brat, ImportSource(SHARED / "brat"))
    assert (account.read, account.kept, account.is_balanced) == (83, 83, True)


def test_a_zip_is_read_as_its_folder(tmp_path: Path) -> None:
    """The folder may come as a zip."""
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        packed.writestr("data/x.txt", TEXT)
        packed.writestr("data/x.ann", ANN)
    (document,), account = read_aligned(brat, ImportSource(tmp_path / "x.zip"))
    assert (document.id, account.read, account.is_balanced) == ("data/x", 5, True)
    assert brat.detect(ImportSource(tmp_path / "x.zip").sample())


@pytest.mark.parametrize(
    "ann",
    [
        "T1\tA " + " " * 1_000_000 + "x\tIda",
        "T1\tA 0 999999999999\tIda\n" + "x\n" * 300_000,
        "T1\tA " + "0 1;" * 200_000 + "0 1\tIda",
    ],
)
def test_no_file_takes_long(tmp_path: Path, ann: str) -> None:
    """Long runs of blanks, lines and fragments take time in proportion to their length."""
    started = time.process_time()
    _, account = read_aligned(brat, fill(tmp_path, {"x.txt": TEXT, "x.ann": ann}))
    assert account.is_balanced
    assert time.process_time() - started < 10
