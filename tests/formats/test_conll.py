"""The CoNLL family, read and written."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.core.tokens import build_tokens
from annotator.formats import conll
from annotator.formats.conll import conll_columns
from annotator.formats.document import ConversionLog, Document, count_losses
from annotator.formats.import_source import ImportSource
from annotator.formats.tag_schemes import SchemeEvidence, TagChunk, parse_tag, tag_chunks
from tests.formats.format_samples import (
    LABELS,
    SHARED,
    fill,
    ledger_lines,
    read_aligned,
    round_trip,
    texts_with_spans,
    words,
)


def read(folder: Path, text: str | bytes) -> tuple[list[Document], ConversionLog]:
    """Read a file with this text."""
    fill(folder, {"x.conll": text})
    return read_aligned(conll, ImportSource(folder / "x.conll"))


SPANS = ("Ida Holm", "PERSON"), ("Per", "PERSON"), ("Ny Orkenby", "VENUE")
"""What the same sentence says in each scheme below."""
WORDS = ["Ida", "Holm", "Per", "left", "Ny", "Orkenby"]
SCHEMES = {
    "IOB1": "I-PERSON I-PERSON B-PERSON O I-VENUE I-VENUE",
    "IOB2": "B-PERSON I-PERSON B-PERSON O B-VENUE I-VENUE",
    "IOE1": "I-PERSON E-PERSON I-PERSON O I-VENUE I-VENUE",
    "IOE2": "I-PERSON E-PERSON E-PERSON O I-VENUE E-VENUE",
    "IOBES": "B-PERSON E-PERSON S-PERSON O B-VENUE E-VENUE",
    "BILUO": "B-PERSON L-PERSON U-PERSON O B-VENUE L-VENUE",
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_all_schemes_say_the_same(tmp_path: Path, scheme: str) -> None:
    """Each scheme is known by its tags and gives the same spans."""
    rows = "".join(f"{w} X {t}\n" for w, t in zip(WORDS, SCHEMES[scheme].split(), strict=True))
    (document,), account = read(tmp_path, rows)
    assert tuple(words(document)) == SPANS
    assert account.notes[0].startswith(f"tags are {scheme} (")
    assert (account.read, account.kept) == (3, 3)


def test_a_scheme_that_cannot_be_reported(tmp_path: Path) -> None:
    """Tags without B are read as IOB2, and a note says what may be lost."""
    (document,), account = read(tmp_path, "Ida\tI-PERSON\nHolm\tI-PERSON\nwent\tO\n")
    assert words(document) == [("Ida Holm", "PERSON")]
    assert account.notes[0] == (
        "tags are read as IOB2 (2 I, 1 O): without B they may as well be IOB1 or IOE1, the spans are "
        "the same; two of one label side by side would be one"
    )


def test_broken_tags_are_reported_with_their_line(tmp_path: Path) -> None:
    """A span without its first tag begins where it says, and the first such line is named."""
    (document,), account = read(tmp_path, "Ida B-P\nsaw O\nPer I-P\nHolm I-P\nKari I-V\n")
    assert words(document) == [("Ida", "P"), ("Per Holm", "P"), ("Kari", "V")]
    assert account.notes[1].startswith("2 spans begin without their first tag (first: ")
    assert account.notes[1].endswith("x.conll:3)")


def test_documents_sentences_and_text(tmp_path: Path) -> None:
    """-DOCSTART- begins a document, a blank line a sentence; the text is what the words say."""
    text = (
        "-DOCSTART- -X- -X- O\n\n# sent_id = 1\nIda NN _ B-P\nleft VB SpaceAfter=No O\n. . _ O\n\n"
        "# . . O\nPer NN _ B-P\n\n\n-DOCSTART- (7 Fire) -X- O\nNo NN _ O\n"
    )
    (one, other), account = read(tmp_path, text.replace("\n", "\r\n"))
    assert one.text == "Ida left.\n# Per"
    assert [one.text[s:e] for s, e in one.sentences] == ["Ida left.", "# Per"]
    assert words(one) == [("Ida", "P"), ("Per", "P")]
    assert [t.ws for t in one.tokens] == [True, False, False, True, False]
    assert (other.text, other.id) == ("No", "7 Fire")
    assert one.where.endswith("x.conll:4")
    assert not any("DOCSTART" in note for note in account.notes)


def test_sentences_of_a_file_without_documents(tmp_path: Path) -> None:
    """Nothing tells which sentences belong together: each is a document, and a note says so."""
    documents, account = read(tmp_path, "Ida\tB-P\n\nPer\tB-P\n")
    assert [(d.text, d.id) for d in documents] == [("Ida", "x-1"), ("Per", "x-2")]
    assert account.notes[-1] == "no -DOCSTART- parts the texts: each sentence is a document of its own"


def test_a_comment_may_hold_the_text(tmp_path: Path) -> None:
    """A comment with the sentence's text is taken if it holds just its words."""
    rows = "# text = Ida's  boat\nIda\tB-P\n's\tO\nboat\tO\n\n# text = other\nPer\tB-P\n"
    (one, other), _ = read(tmp_path, rows)
    assert (one.text, words(one), other.text) == ("Ida's  boat", [("Ida", "P")], "Per")


def test_columns_are_found_by_what_they_hold(tmp_path: Path) -> None:
    """Numbers before the words and fields behind the tags are known for what they are."""
    rows = "1\tIda\tB-P\tB-P\tx\n2\tof Holm\tI-P\tO\ty\n3\tleft\tO\tO\tz\n"
    (document,), account = read(tmp_path, rows)
    assert document.text == "Ida of Holm left"
    assert sorted(words(document)) == [("Ida", "P"), ("Ida of Holm", "P")]
    assert "columns 3, 4 hold tags: each column is a layer, and all are read" in account.notes
    assert "column 5 has no tags (but values such as 'x'), and nothing is read from there" in account.notes
    assert ledger_lines(account) == []


def test_nested_spans_in_one_cell(tmp_path: Path) -> None:
    """Several tags between bars are spans of their own, in any order; what is no list of tags is one label."""
    rows = [
        "Bank B-ORG",
        "of I-ORG",
        "Upper B-LOC|I-ORG",
        "Orkenby I-ORG|I-LOC|B-LOC",
        "left O",
        "Ida B-A|B",
        "Holm I-A|B",
    ]
    (document,), log = read(tmp_path, "\n".join(rows) + "\n")
    expected = [("Bank of Upper Orkenby", "ORG"), ("Upper Orkenby", "LOC"), ("Orkenby", "LOC"), ("Ida Holm", "A|B")]
    assert sorted(words(document)) == sorted(expected)
    assert not any("without their first tag" in note for note in log.notes)


def test_chunks_beside_the_tags_are_not_read(tmp_path: Path) -> None:
    """Phrases in a column are no spans where there is another column of tags, or of O alone; a note names it."""
    for tag, spans in (("B-P", [("Ida", "P")]), ("O", [])):
        (document,), account = read(tmp_path, f"Ida NNP B-NP {tag}\nleft VBD B-VP O\n")
        assert words(document) == spans
        assert "column 3 holds chunks (NP, VP, …), which are not read" in account.notes
        assert ledger_lines(account) == []
    (document,), _ = read(tmp_path, "Ida NNP B-NP\nleft VBD B-VP\n")
    assert words(document) == [("Ida", "NP"), ("left", "VP")]


def test_every_column_of_tags_is_a_layer(tmp_path: Path) -> None:
    """Layers may have labels of their own, spans inside others, and the same span, which is listed as a double."""
    rows = "Univ\tB-ORG\tO\tB-ORG\tX\nof\tI-ORG\tO\tI-ORG\tX\nRy\tI-ORG\tB-LOC\tI-ORG\tY\nIda\tB-PER\tO\tO\tZ\n"
    (document,), account = read(tmp_path, rows)
    assert sorted(words(document)) == [("Ida", "PER"), ("Ry", "LOC"), ("Univ of Ry", "ORG")]
    assert ledger_lines(account) == [("span", "double", "the same span occurs twice")]
    assert account.is_balanced


@pytest.mark.parametrize(
    ("column", "why"),
    [
        ("PER O", conll_columns.LABELS_UNREAD),
        ("GPE _", conll_columns.LABELS_UNREAD),
        ("3 0", conll_columns.NUMBERS_UNREAD),
        ("0 1", ""),
        ("(7) -", conll_columns.COREFERENCE_UNREAD),
        ("(ARG0*) (V*)", conll_columns.ROLES_UNREAD),
        ("NNP VBD", ""),
        ("(S* *)", ""),
        ("_ _", ""),
    ],
)
def test_what_a_column_marks_and_is_not_read_is_a_loss(tmp_path: Path, column: str, why: str) -> None:
    """Labels of another kind are listed with their line; what is no annotation is not."""
    one, other = column.split()
    _, account = read(tmp_path, f"Ida {one} B-P\nleft {other} O\nRy {other} O\n")
    assert [e.why for e in account.entries] == [why] * bool(why)
    assert count_losses(account) == bool(why)


BRACKETS = """#begin document (a/b); part 000
a/b 0 0 Ida NNP (TOP(S(NP* - - - S1 (PERSON* (ARG0* * (3|(4
a/b 0 1 Holm NNP *) - - - S1 *) *) * 3)
a/b 0 2 left VBD (VP* leave 01 1 S1 * (V*) * -
a/b 0 3 Ry NNP (NP*) - - - S1 (GPE) (ARG1*) * (5)
a/b 0 4 at IN (PP* - - - S1 (TIME* * * -
a/b 0 5 two CD *) - - - S1 (CARDINAL*)) * * 4)

a/b 0 0 Ida NNP (TOP*) - - - S1 (PERSON) -

#end document
#begin document (a/b); part 001
a/b 1 0 Rain NN (TOP*) - - - S2 * -

#end document
"""


def test_tags_in_brackets(tmp_path: Path) -> None:
    """CoNLL-2012: names in brackets are spans, one inside another too; chains and roles are listed."""
    (one, other), account = read(tmp_path, BRACKETS)
    assert (one.text, other.text) == ("Ida Holm left Ry at two\nIda", "Rain")
    assert words(one) == [
        ("Ida Holm", "PERSON"), ("Ry", "GPE"), ("at two", "TIME"), ("two", "CARDINAL"), ("Ida", "PERSON")
    ]  # fmt: skip
    assert (one.id, other.id) == ("(a/b); part 000", "(a/b); part 001")
    assert {e.why for e in account.entries} == {conll_columns.COREFERENCE_UNREAD, conll_columns.ROLES_UNREAD}
    assert (account.read, account.kept) == (5, 5)


def test_brackets_in_a_table_of_our_own(tmp_path: Path) -> None:
    """Any table may have them, beside columns of tags too."""
    (document,), _ = read(tmp_path, "Ida (P* B-X\nHolm *) O\nleft * O\n")
    assert sorted(words(document)) == [("Ida", "X"), ("Ida Holm", "P")]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("Ida X B-P\nHolm I-P\n", "x.conll:2: the row has 2 columns, the others have 3; repair the row"),
        ("Ida B-P\nHolm 0\n", "x.conll:2: '0' is no tag: it needs to be O, or B-, I-, E-, S-, L- or U- and"),
        ("Ida x (PER*\nHolm x *\n", "x.conll:1: the bracket of 'PER' is not closed in its sentence; repair the row"),
        ("Ida x (P*))\nHolm x *\n", "x.conll:1: '(P*))' closes a bracket that is not open; repair the row"),
        ("Ida B-P B-P\nHolm B-P I-Q\nRy I-P none\n", "x.conll:3: 'none' is no tag: it needs to be O, or B-"),
        ("Ida B-P\nHolm b-p\nleft O\nand O\n", "x.conll:2: 'b-p' is no tag: it needs to be O, or B-"),
        ("Ida\n", "x.conll: its rows have one column; a row has a word, and its tag in the last column"),
        ("Ida _ _\n", "x.conll: no column holds tags; put O, or B-"),
        ("Ida\tO\n\tB-PER\n", "x.conll:2: the row has no word; repair the row"),
        ("", "x.conll: there is no row in it"),
        (
            b"Ida O\nH\x81lm O\n",
            "x.conll:2: this is not UTF-8, and Windows-1252 does not know its byte 81; save the file",
        ),
    ],
)
def test_errors_name_the_line(tmp_path: Path, text: str | bytes, error: str) -> None:
    """What cannot be read is told with file and line."""
    with pytest.raises(SourceError) as caught:
        read(tmp_path, text)
    assert error in str(caught.value)


def test_labels_without_prefix(tmp_path: Path) -> None:
    """Bare labels are runs of one label."""
    (document,), _ = read(tmp_path, "Ida\tPERSON\nHolm\tPERSON\nleft\tO\nOrkenby\tVENUE\n")
    assert words(document) == [("Ida Holm", "PERSON"), ("Orkenby", "VENUE")]


def test_a_folder_of_files(tmp_path: Path) -> None:
    """Each file with such rows is read; others are told."""
    source = fill(
        tmp_path, {"a/x.txt": "Ida B-P\n", "b.conll": "Per B-P\n", "README": "To read.\n", "notes.txt": "Some words.\n"}
    )
    documents, account = read_aligned(conll, source)
    assert [d.text for d in documents] == ["Ida", "Per"]
    assert account.notes[0] == "1 other file is of another kind, and nothing is read from there (first: notes.txt)"


@given(st.lists(st.sampled_from(["O", "B-a", "I-a", "E-a", "S-a", "I-b", "L-b", "U"]), max_size=12))
def test_chunks_cover_just_what_is_tagged(tags: list[str]) -> None:
    """Whatever the tags, each tagged row lies in one span of its own label, and no other row in any."""
    found = tag_chunks([parse_tag(t) for t in tags])
    inside = [n for c in found for n in range(c.first, c.last)]
    assert inside == [n for n, t in enumerate(tags) if t != "O"]
    assert all(parse_tag(tags[n]).label == c.label for c in found for n in range(c.first, c.last))


@st.composite
def tagged(draw: st.DrawFn) -> tuple[int, list[TagChunk]]:
    """Draw spans side by side in a sentence."""
    out: list[TagChunk] = []
    at = 0
    for size, gap in draw(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2)), max_size=5)):
        out.append(TagChunk(at, at + size, draw(st.sampled_from(["a", "b"]))))
        at += size + gap
    return at, out


@given(tagged(), st.sampled_from(["IOB1", "IOB2", "IOE1", "IOE2", "IOBES", "BILUO"]))
def test_every_scheme_is_read_right(drawn: tuple[int, list[TagChunk]], scheme: str) -> None:
    """Spans written in any scheme come back, and the scheme's name fits or says the same."""
    size, found = drawn
    tags = encode(size, found, scheme)
    assert tag_chunks([parse_tag(t) for t in tags]) == found
    evidence = SchemeEvidence()
    evidence.add_sentence(tags, range(1, size + 1), bare=False)
    kinds = {t[0] for t in tags} - {"O"}
    if scheme in {"IOBES", "BILUO"} and kinds & {"E", "S", "L", "U"}:
        assert evidence.scheme in {scheme, "IOBES"}
        assert not evidence.opened_by_i
        assert not evidence.not_ended


def encode(size: int, found: list[TagChunk], scheme: str) -> list[str]:
    """Write spans in a scheme, as its definition says; the reference for the reader."""
    tags = ["O"] * size
    for n, c in enumerate(found):
        before = n > 0 and found[n - 1].last == c.first and found[n - 1].label == c.label
        after = n + 1 < len(found) and found[n + 1].first == c.last and found[n + 1].label == c.label
        kinds = ["I"] * (c.last - c.first)
        if scheme in {"IOBES", "BILUO"}:
            kinds[0], kinds[-1] = "B", "E" if scheme == "IOBES" else "L"
            kinds = kinds if len(kinds) > 1 else ["S" if scheme == "IOBES" else "U"]
        elif scheme == "IOB2" or (scheme == "IOB1" and before):
            kinds[0] = "B"
        elif scheme == "IOE2" or (scheme == "IOE1" and after):
            kinds[-1] = "E"
        tags[c.first : c.last] = [f"{k}-{c.label}" for k in kinds]
    return tags


@given(st.lists(texts_with_spans(gaps=(" ", "")), min_size=1, max_size=3))
def test_there_and_back(documents: list[Document]) -> None:
    """Texts come back to the letter, and all spans but those that are listed."""
    back, written, account = round_trip(conll, documents)
    assert written.is_balanced
    assert account.is_balanced
    assert [d.text for d in back] == [d.text for d in documents]
    gone = {(e.id, e.text) for e in written.entries}
    for d, b in zip(documents, back, strict=True):
        kept = {s for s in d.spans if (f"{s.start}-{s.end}:{s.label}", d.text[s.start : s.end]) not in gone}
        assert set(b.spans) <= set(d.spans)
        assert kept <= set(b.spans)
    assert account.kept == written.kept


def test_what_is_flat_and_what_is_listed() -> None:
    """The longer of two spans stays; what a tag cannot hold is listed with its reason."""
    tokens = build_tokens(["Ida", "Holm", "left", ".", "Per", "did"], [True, True, True, True, True, False])
    document = Document(
        "Ida Holm left . Per did",
        (
            Span(0, 3, "FIRST"),
            Span(0, 8, "PERSON"),
            Span(1, 3, "PART"),
            Span(9, 19, "CLAIM"),
            Span(16, 19, "a b"),
            Span(20, 23, "DEED"),
            Span(20, 99, "PAST"),
        ),
        tokens,
        ((0, 15), (16, 23)),
        answer=Answer.IGNORE,
        note="n",
    )
    (back,), written, _ = round_trip(conll, [document])
    assert words(back) == [("Ida Holm", "PERSON"), ("did", "DEED")]
    assert [back.text[s:e] for s, e in back.sentences] == ["Ida Holm left .", "Per did"]
    assert written.is_balanced
    assert sorted(ledger_lines(written)) == [
        ("answer", "left out", "answers: CoNLL has none"),
        ("note", "left out", "notes: CoNLL has none"),
        ("span", "left out", "a CoNLL tag holds no blanks"),
        ("span", "left out", "a longer span that stays overlaps it, and CoNLL is flat"),
        ("span", "left out", "it begins or ends inside a token"),
        ("span", "left out", "it runs over a sentence end"),
        ("span", "left out", "past the end of the text"),
    ]


@given(st.binary(max_size=120), st.sampled_from([b"Ida B-P\n", b"a\tb\tO\n", b""]))
def test_no_bytes_make_a_traceback(data: bytes, start: bytes) -> None:
    """Whatever the bytes, there is a balanced account or an error for the user."""
    with TemporaryDirectory() as folder, suppress(SourceError):
        fill(Path(folder), {"x": start + data})
        _, account = read_aligned(conll, ImportSource(Path(folder) / "x"))
        assert account.is_balanced


@given(st.text(" \t\nOBI-#D=aå", max_size=60))
def test_no_text_makes_a_traceback(text: str) -> None:
    """Rows of any shape give a balanced account or an error for the user."""
    with TemporaryDirectory() as folder, suppress(SourceError):
        _, account = read(Path(folder), "-DOCSTART-\n" + text)
        assert account.is_balanced


def test_labels_of_all_kinds_come_back() -> None:
    """Labels with dashes and underscores are not cut."""
    text = " ".join(LABELS)
    spans, at = [], 0
    for label in LABELS:
        spans.append(Span(at, at + len(label), label))
        at += len(label) + 1
    document = replace(Document(text), spans=tuple(spans))
    (back,), _, _ = round_trip(conll, [document])
    assert back.spans == document.spans


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared exports are not here")
@pytest.mark.parametrize(
    ("name", "count"), [("wnut17_dev_head.conll", 86), ("doccano_labeling.conll2003.user2.conll", 11)]
)
def test_real_files(name: str, count: int) -> None:
    """Every span of real files is carried over."""
    _, account = read_aligned(conll, ImportSource(SHARED / "conll" / name))
    assert (account.read, account.kept, account.is_balanced) == (count, count, True)


NUMBERED = "Ida 1\nHolm 2\nleft 0\n. -100\n\nOrkenby 3\nsank 0\n"


def test_numbered_tags_want_names(tmp_path: Path) -> None:
    """Numbers are told with how often each stands there; with names they are tags as any others."""
    source = ImportSource(fill(tmp_path, {"x.conll": NUMBERED}).path / "x.conll")
    assert conll.detect(source.sample()) == "its rows have numbered tags in the last column"
    message = r"the tags in the last column are numbers, .*: 0 \(2\), 1 \(1\), 2 \(1\), 3 \(1\); give --map"
    with pytest.raises(SourceError, match=message):
        read_aligned(conll, source)
    with pytest.raises(SourceError, match=r"names for them: 3 \(1\); give --map 0=O,1=B-PERSON,2=I-PERSON,3= \(fill"):
        list(conll.read(source, ConversionLog(), {0: "O", 1: "B-PERSON", 2: "I-PERSON"}))
    names = {0: "", 1: "B-PERSON", 2: "I-PERSON", 3: "B-VENUE"}
    found = list(conll.read(source, ConversionLog(), names))
    assert [words(d) for d in found] == [[("Ida Holm", "PERSON")], [("Orkenby", "VENUE")]]


def test_a_table_of_numbers_is_no_file_of_tags(tmp_path: Path) -> None:
    """Numbers that are counts, years or prices are not taken for tags."""
    for text in ("ferries 12\nboats 7\nrowers 0\n", "noon 1200\nnight 2400\n", "(0, (1) PER\n(2, (3) LOC\n"):
        assert not conll.detect(ImportSource(fill(tmp_path, {"x.txt": text}).path / "x.txt").sample())
