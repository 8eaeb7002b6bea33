"""WebAnno's TSV 3, read and written."""

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
from annotator.core.spans import Span, reading_order
from annotator.core.tokens import build_tokens
from annotator.formats import webanno
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.formats.webanno import GAPS_LOST, START_LOST
from annotator.formats.webanno.webanno_table import CellValue, escape_text_line, format_cell, parse_cell, unescape_text
from tests.formats.format_samples import SHARED, fill, ledger_lines, read_aligned, round_trip, texts_with_spans, words

HEAD = "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Span|kind|value\n"
FILE = HEAD + (
    "#T_RL=custom.Link|role|BT_custom.Span\n"
    "\n\n"
    "#Text=🛶 Ida Holm\\tleft.\n"
    "1-1\t0-2\t🛶\t_\t_\t_\t_\t\n"
    "1-2\t3-6\tIda\ta[1]|*[2]\tPER\\_SON[1]|FIRST[2]\t_\t_\t\n"
    "1-3\t7-11\tHolm\ta[1]\tPER\\_SON[1]\t_\t_\t\n"
    "1-4\t12-16\tleft\t_\t_\tof\t1-2[2_0]\t\n"
    "1-4.1\t12-14\tle\t*\t*\t_\t_\t\n"
    "1-5\t16-17\t.\t_\t_\t_\t_\t\n"
    "\n"
    "#Text=He sailed\n"
    "#Text=to Orkenby\n"
    "2-1\t20-22\tHe\t_\t_\t_\t_\t\n"
    "2-2\t23-29\tsailed\t_\t_\t_\t_\t\n"
    "2-3\t30-32\tto\t_\t_\t_\t_\t\n"
    "2-4\t33-40\tOrkenby\t_\tVENUE\t_\t_\t\n"
)


def read(folder: Path, text: str | bytes) -> tuple[list[Document], ConversionLog]:
    """Read a file with this text."""
    fill(folder, {"x.tsv": text})
    return read_aligned(webanno, ImportSource(folder / "x.tsv"))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_whole_file(tmp_path: Path, end: str) -> None:
    """Stacked, multi-token and sub-token spans, escapes, UTF-16 offsets and gaps are read as WebAnno does."""
    (document,), account = read(tmp_path, FILE.replace("\n", end))
    assert document.text == "🛶 Ida Holm\tleft.\n  He sailed\nto Orkenby"
    assert [document.text[s:e] for s, e in document.sentences] == ["🛶 Ida Holm\tleft.", "He sailed\nto Orkenby"]
    assert [t.text for t in document.tokens][:3] == ["🛶", "Ida", "Holm"]
    assert words(document) == [("Ida Holm", "PER_SON"), ("Ida", "FIRST"), ("le", "Span"), ("Orkenby", "VENUE")]
    assert account.notes == ["spans are the layer custom.Span, labels its feature value"]
    assert (account.read, account.kept, account.is_balanced) == (4, 3, True)
    assert ledger_lines(account) == [
        ("feature", "left out", "the feature kind has no place here"),
        ("relation", "left out", "the layer Link has no place here"),
        ("span", "characters", "inside a token"),
    ]
    assert account.entries[0].where.endswith("x.tsv:8")


def test_offsets_in_code_points(tmp_path: Path) -> None:
    """Files of other programs count code points: the tokens' own texts tell."""
    rows = "1-1\t0-1\t🛶\t_\n1-2\t2-5\tIda\tPERSON\n"
    text = f"#FORMAT=WebAnno TSV 3.2\n#T_SP=x.Span|value\n\n\n#Text=🛶 Ida\n{rows}"
    (document,), account = read(tmp_path, text)
    assert words(document) == [("Ida", "PERSON")]
    assert "offsets count code points in 1 file" in account.notes


def test_the_layers_whose_values_are_labels(tmp_path: Path) -> None:
    """Part of speech stands on every word and is no layer of spans; another is taken when it is named."""
    pos = "de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS"
    text = (
        f"#FORMAT=WebAnno TSV 3.3\n#T_SP={pos}|PosValue\n#T_SP=x.A|\n#T_SP=x.B|other|label\n\n\n"
        "#Text=Ida left\n"
        "1-1\t0-3\tIda\tNE\t*\t*\tPERSON\t\n1-2\t4-8\tleft\tVB\t_\t*\tDEED\t\n"
    )
    (document,), account = read(tmp_path, text)
    assert words(document) == [("Ida", "PERSON"), ("left", "DEED")]
    assert account.notes == [
        "spans are the layer x.B, labels its feature label",
        "the layer x.A is not read: no values in it look like labels; --layer x.A takes it",
        "the layer POS is left out (2 annotations); --layer POS takes it",
    ]
    assert ledger_lines(account) == [("A", "left out", "the layer A has no place here")]
    (asked,) = webanno.read(ImportSource(tmp_path / "x.tsv"), ConversionLog(), "A")
    assert words(asked) == [("Ida", "A")]
    with pytest.raises(
        SourceError, match=r"it has no span layer 'C'; name one of: .*; x\.A \(1\); x\.B \(2: other, label\)"
    ):
        list(webanno.read(ImportSource(tmp_path / "x.tsv"), ConversionLog(), "C"))


TWO = (
    "#FORMAT=WebAnno TSV 3.3\n#T_SP=x.Name|kind|of\n#T_SP=x.Quote|type\n#T_SP=y.Quote|text\n"
    "\n\n#Text=Ida left\n"
    "1-1\t0-3\tIda\tPERSON\tIda Holm, 1874\tSAYING[1]\tsee p. 4\t\n"
    "1-2\t4-8\tleft\t_\t_\tSAYING[1]\t_\t\n"
)


def test_several_layers_of_labels(tmp_path: Path) -> None:
    """All layers with labels for values are read together; free text is none, and is listed."""
    (document,), account = read(tmp_path, TWO)
    assert words(document) == [("Ida", "PERSON"), ("Ida left", "SAYING")]
    assert account.notes == [
        "spans are the layer x.Name, labels its feature kind",
        "spans are the layer x.Quote, labels its feature type",
        "the layer y.Quote is not read: no values in it look like labels; --layer y.Quote takes it",
    ]
    assert ledger_lines(account) == [
        ("feature", "left out", "the feature of has no place here"),
        ("Quote", "left out", "the layer Quote has no place here"),
    ]


def test_one_layer_and_one_feature_by_name(tmp_path: Path) -> None:
    """What is named is taken alone, and the rest is left out as asked: told, but nothing is lost."""
    read(tmp_path, TWO)
    source, account = ImportSource(tmp_path / "x.tsv"), ConversionLog()
    (document,) = webanno.read(source, account, "x.Quote.type")
    assert (words(document), account.entries) == ([("Ida left", "SAYING")], [])
    (document,) = webanno.read(source, account, "Name.of")
    assert (words(document), account.entries) == ([("Ida", "Ida Holm, 1874")], [])
    assert "the layer Name is left out (1 annotation); --layer Name takes it" in account.notes
    with pytest.raises(SourceError, match=r"several layers are called Quote: x\.Quote, y\.Quote; name one in"):
        list(webanno.read(source, ConversionLog(), "Quote"))
    with pytest.raises(SourceError, match=r"the layer x\.Name has no feature 'sex'; name one of: kind, of"):
        list(webanno.read(source, ConversionLog(), "Name.sex"))


def test_no_layer_of_spans(tmp_path: Path) -> None:
    """Where only words are annotated there is no span, unless that layer is asked for."""
    pos = "de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS"
    text = f"#FORMAT=WebAnno TSV 3.3\n#T_SP={pos}|PosValue\n\n\n#Text=Ida\n1-1\t0-3\tIda\tNE\t\n"
    (document,), account = read(tmp_path, text)
    assert not document.spans
    assert account.notes == ["it has no span layer", "the layer POS is left out (1 annotation); --layer POS takes it"]
    (asked,) = webanno.read(ImportSource(tmp_path / "x.tsv"), ConversionLog(), "POS")
    assert words(asked) == [("Ida", "NE")]


def test_a_project_of_several_annotators(tmp_path: Path) -> None:
    """An exported project names document and annotator by its folders; nobody's state is not done."""
    files = {f"annotation/trip.txt/{name}.tsv": FILE for name in ("ana", "INITIAL_CAS")} | {"log.txt": "x"}
    documents, account = read_aligned(webanno, fill(tmp_path, files))
    assert [(d.id, d.annotator, d.answer) for d in documents] == [("trip", "", None), ("trip", "ana", Answer.ACCEPT)]
    assert "1 other file is of another kind, and nothing is read from there (first: log.txt)" in account.notes


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "x.tsv: there is no line in it; export it again as WebAnno TSV v3.3"),
        ("# webanno.custom.X | value\n", "x.tsv:1: this is not WebAnno's TSV 3 ('# webanno.custom.X | value')"),
        (HEAD + "\n\n#Text=a\n1-1\t0-1\ta\t_\n", "x.tsv:6: the row has 1 column behind its token, the layers"),
        (HEAD + "\n\n#Text=a\n1-1\tx\ta\t_\t_\n", "x.tsv:6: the row does not begin with its number, its off"),
        (HEAD + "\n\n#Text=ab\n1-1\t0-2\tax\t_\t_\n", "x.tsv:6: the token 'ax' is not at its offsets"),
        (HEAD + "\n\n#Text=a\n1-1\t0-9\ta\t_\t_\n", "x.tsv:6: the token 'a' is not at its offsets"),
        ((HEAD + "\n\n#Text=").encode() + b"\xff", "x.tsv:5: this is not UTF-8, and as Windows-1252 it has letters"),
    ],
)
def test_errors_name_the_line(tmp_path: Path, text: str | bytes, error: str) -> None:
    """What cannot be read is told with file and line."""
    with pytest.raises(SourceError) as caught:
        read(tmp_path, text)
    assert error in str(caught.value)


@given(st.lists(st.builds(CellValue, st.none() | st.text(min_size=1, max_size=6), st.integers(0, 9)), max_size=4))
def test_cells_come_back(found: list[CellValue]) -> None:
    """Values with any characters are escaped so that they come back."""
    assert parse_cell(format_cell(found)) == found


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_texts_come_back(text: str) -> None:
    """A text is escaped to one line, and read back to the letter."""
    assert "\n" not in escape_text_line(text)
    assert unescape_text(escape_text_line(text), (3, 3)) == text


def test_older_texts_are_escaped_as_in_java() -> None:
    r"""Up to 3.1 ``\u`` stands for a UTF-16 unit."""
    assert unescape_text(r"a\u00e5\ud83d\udef6\"\\u", (3, 1)) == 'aå🛶"\\u'
    assert unescape_text(r"a\u00e5", (3, 2)) == r"a\u00e5"


@given(st.lists(texts_with_spans(gaps=(" ", "", "\n", "\t", "  ")), min_size=1, max_size=3), st.booleans())
def test_there_and_back(documents: list[Document], has_tokens: bool) -> None:
    """Texts and all spans come back, those inside tokens too, and both accounts balance."""
    documents = [replace(d, id=f"t{n}", tokens=_tokens(d) if has_tokens else ()) for n, d in enumerate(documents)]
    back, written, account = round_trip(webanno, documents)
    assert written.is_balanced
    assert account.is_balanced
    assert [d.text for d in back] == [d.text for d in documents]
    assert [reading_order(d.spans) for d in back] == [reading_order(d.spans) for d in documents]
    assert written.kept == sum(len(d.spans) for d in documents)


def _tokens(document: Document) -> tuple:  # type: ignore[type-arg]
    """Return tokens that are cut at blanks alone, so that some spans lie inside one."""
    return build_tokens(document.text.split(" "), [True] * document.text.count(" ") + [False])


def test_sentences_are_kept_and_spans_over_their_ends() -> None:
    """A span may run over the end of a sentence; what lies between two becomes a line end."""
    document = Document(
        "🛶 Ida left. Per went.",
        (Span(2, 15, "CLAIM"), Span(12, 15, "b|[*"), Span(12, 15, "P"), Span(0, 99, "X"), Span(1, 5, "Y")),
        sentences=((0, 11), (12, 21)),
        note="n",
    )
    (back,), written, _ = round_trip(webanno, [document])
    assert [back.text[s:e] for s, e in back.sentences] == ["🛶 Ida left.", "Per went."]
    assert set(back.spans) == set(document.spans[:3])
    assert ledger_lines(written) == [
        ("span", "left out", "past the end of the text"),
        ("span", "left out", "it begins or ends with a blank"),
        ("note", "left out", "notes: WebAnno's TSV has none"),
    ]
    assert written.notes == [GAPS_LOST.format(n=1)]


@pytest.mark.parametrize(("start", "noted"), [("", []), ("  ", []), ("\t", [START_LOST.format(n=1)])])
def test_what_is_before_the_first_sentence(start: str, noted: list[str]) -> None:
    """Only blanks come back there; that a tab does not is noted, and no span moves."""
    at = len(start)
    (back,), written, _ = round_trip(webanno, [Document(f"{start}Ida left.", (Span(at, at + 3, "PERSON"),))])
    assert (words(back), written.notes) == ([("Ida", "PERSON")], noted)
    assert back.text == " " * at + "Ida left."


@given(st.binary(max_size=120))
def test_no_bytes_make_a_traceback(data: bytes) -> None:
    """Whatever the bytes, there is a balanced account or an error for the user."""
    with TemporaryDirectory() as folder, suppress(SourceError):
        _, account = read(Path(folder), HEAD.encode() + b"\n\n#Text=a\n" + data)
        assert account.is_balanced


@given(st.data())
def test_no_change_makes_a_traceback(data: st.DataObject) -> None:
    """A file with lines lost, doubled or cut is read with a balanced account, or refused."""
    lines = FILE.split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    cut = data.draw(st.integers(0, len(lines[at])))
    piece = data.draw(st.text("0123456789-.\t_*[]|\\", max_size=4))
    lines[at : at + data.draw(st.integers(0, 2))] = [lines[at][:cut] + piece + lines[at][cut:]]
    with TemporaryDirectory() as folder, suppress(SourceError):
        _, account = read(Path(folder), "\n".join(lines))
        assert account.is_balanced


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared exports are not here")
@pytest.mark.parametrize(
    ("test", "figures"),
    [
        ("MultiTokenStackedSpanWithoutFeatureValue", (2, 1, {("double", "the same span occurs twice"): 1})),
        ("SentenceWithEmoji", (1, 1, {})),
        ("SubTokenPrefix", (1, 0, {("characters", "inside a token"): 1})),
    ],
)
def test_real_files(test: str, figures: tuple[int, int, dict[tuple[str, str], int]]) -> None:
    """Every span of WebAnno's own test files is carried over or listed."""
    source = ImportSource(SHARED / "webanno" / f"tsv3-suite__test{test}__reference.tsv")
    _, account = read_aligned(webanno, source)
    assert (account.read, account.kept, dict(account.totals)) == figures


def test_a_small_file_makes_no_huge_text(tmp_path: Path) -> None:
    """Offsets far apart make no text of blanks, and the spans are still right."""
    rows = "".join(f"\n#Text=Ida\n{n}-1\t{n * 10**9}-{n * 10**9 + 3}\tIda\tP\t_\n" for n in range(1, 300))
    (document,), account = read(tmp_path, HEAD.replace("kind|value", "value|kind") + "\n" + rows)
    assert len(document.text) < 100_000
    assert words(document) == [("Ida", "P")] * 299
    assert account.is_balanced


def test_a_layer_of_relations_is_not_offered(tmp_path: Path) -> None:
    """With one layer asked for, relations are told as what no option takes."""
    text = (
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=x.Name|kind\n#T_RL=x.Link|role|BT_x.Name\n\n\n#Text=Ida left\n"
        "1-1\t0-3\tIda\tPERSON\t_\t_\n1-2\t4-8\tleft\tDEED\tof\t1-1\n"
    )
    read(tmp_path, text)
    account = ConversionLog()
    list(webanno.read(ImportSource(tmp_path / "x.tsv"), account, "Name"))
    assert account.notes[1:] == ["the layer Link is left out (1 annotation); relations have no place here"]
