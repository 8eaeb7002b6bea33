"""Tables: cells that come back as they were, rows that are cut right or refused, spans in and out."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.formats import csv_spans, csv_tables, csv_tokens, format_detection
from annotator.formats.document import ConversionLog, Document, count_losses
from annotator.formats.import_source import ImportSource
from tests.formats.format_samples import fill, read_aligned, round_trip, texts_with_spans, words

CELLS = st.text(st.sampled_from("a=+-@\t\r\n,;\"' \x00é🛶日"), max_size=6)
VALUES = CELLS | st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["12", "null", "[1]", '"x"', "1e5"])


@given(st.lists(CELLS, min_size=2, max_size=5))
def test_a_cell_comes_back_as_it_was(cells: list[str]) -> None:
    """Whatever a cell begins with or holds, it is read as it was written, and never begins as a formula does."""
    header = [f"c{n}" for n in range(len(cells))]
    data = csv_tables.encode_rows(header, [dict(zip(header, cells, strict=True)), {"c0": "x"}])
    assert not any(csv_tables.quoted_formula(cell).startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    with TemporaryDirectory() as folder:
        fill(Path(folder), {"t": data})
        shape, rows = csv_tables.read_table(ImportSource(Path(folder) / "t"))
        found = [tuple(map(csv_tables.unquoted_formula, row.cells)) for row in rows if row.cells]
    assert shape.header == tuple(header)
    assert found == ([tuple(cells)] if any(cells) else []) + [("x", *[""] * (len(cells) - 1))]


@given(
    st.lists(texts_with_spans(), min_size=1, max_size=3), st.dictionaries(CELLS.filter(str.strip), VALUES, max_size=3)
)
def test_documents_come_back(documents: list[Document], meta: dict[str, object]) -> None:
    """Texts, spans and metadata of any type come back, texts that are the same as documents of their own."""
    given_ = [Document(d.text, d.spans, meta=meta, id="=i", title="+t", annotator="-a", note="@n") for d in documents]
    back, written, account = round_trip(csv_spans, [*given_, Document("")])
    assert written.is_balanced
    assert account.is_balanced
    assert [(d.text, sorted(d.spans), d.meta) for d in back] == [(d.text, sorted(d.spans), meta) for d in given_] + [
        ("", [], {})
    ]
    assert {(d.id, d.title, d.annotator, d.note) for d in back[:-1]} == {("=i", "+t", "-a", "@n")}


def test_a_table_of_our_own_is_known_whatever_its_metadata_are_called(tmp_path: Path) -> None:
    """Columns that other tables have are metadata here."""
    meta = {
        "word": "a",
        "sentence": "1",
        "tag": "B-P",
        "annotation_id": "7",
        "regions": [{"start": 0, "labels": ["P"]}],
    }
    csv_spans.write([Document("Bo left", (Span(0, 2, "[P]"),), id="x", meta=meta)], tmp_path, ConversionLog())
    source = ImportSource(tmp_path / "annotations.csv")
    assert list(format_detection.matching_formats(source.sample())) == ["csv"]
    (document,), _ = read_aligned(csv_spans, source)
    assert (document.meta, words(document)) == (meta, [("Bo", "[P]")])


def test_a_foreign_apostrophe_stays(tmp_path: Path) -> None:
    """Only a table of our own has apostrophes that are no part of the text."""
    source = fill(tmp_path, {"t.csv": "text,start,end,label\n'=Bo,2,4,P\n"})
    (document,), _ = read_aligned(csv_spans, ImportSource(source.path / "t.csv"))
    assert (document.text, words(document)) == ("'=Bo", [("Bo", "P")])


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("text,start,end,label\nBo,0,2,P\nBo,0,2\n", "t:3: the row has 3 cells, the header 4 columns; repair"),
        ('text,start,end,label\n"a\nb",0,1,P\nBo,0,2,P,x\n', "t:4: the row has 5 cells, the header 4 columns"),
        ('text,start,end,label\n"Bo"s,0,2,P\n', "t:2: the row cannot be cut into cells ('"),
        (
            'text,start,end,label\nBo,0,2,P\n"Bo,0,2,P\n',
            "t:3: the row cannot be cut into cells (unexpected end of data)",
        ),
        ("text,start,start,label\nBo,0,2,P\n", "t:1: two columns are called 'start'; rename one of them"),
        ("text,words\nBo,x\n", "t:1: there are no columns of texts, places and labels among text, words"),
    ],
)
def test_errors_name_the_line(tmp_path: Path, text: str, error: str) -> None:
    """What cannot be cut is refused with its line, never read in part."""
    fill(tmp_path, {"t": text})
    with pytest.raises(SourceError) as caught:
        read_aligned(csv_spans, ImportSource(tmp_path / "t"))
    assert error in str(caught.value)


def test_columns_of_spans_and_of_texts(tmp_path: Path) -> None:
    """What all rows of a text share is metadata; what they don't is counted, and a place that is none is a loss."""
    rows = "text,start,end,label,lang,score\nIda met Bo.,0,3,P,en,1\nIda met Bo.,x,10,P,en,2\nIda met Bo.,9,,P,en,2\n"
    fill(tmp_path, {"t": rows})
    log = ConversionLog()
    (document,) = csv_spans.read(ImportSource(tmp_path / "t"), log)
    assert (document.spans, document.meta) == ((Span(0, 3, "P"),), {"lang": "en"})
    assert [name for name, _ in log.lost_fields] == ["score"]
    assert (log.read, count_losses(log)) == (3, 2)


def test_wrong_places_are_listed(tmp_path: Path) -> None:
    """A table with a few places that are none is one all the same; each of them is a loss."""
    rows = "text,start,end,label\nBo met Una.,0,2,P\n,7,10,P\n,-1,2,P\n,7,99,P\n,7,7,P\n,x,2,P\n,3,6,\n"
    fill(tmp_path, {"t": rows})
    assert csv_spans.detect(ImportSource(tmp_path / "t").sample())
    (document,), log = read_aligned(csv_spans, ImportSource(tmp_path / "t"))
    assert words(document) == [("Bo", "P"), ("Una", "P")]
    assert (log.read, log.kept, count_losses(log)) == (7, 2, 5)


def test_columns_of_tokens(tmp_path: Path) -> None:
    """Each column of tags is a layer; labels of another kind are a loss with the column's name."""
    rows = "sent,word,pos,inner,outer,sense\n1,Port,N,O,B-V,O\n1,Ry,N,B-P,I-V,place\n1,,,,,\n1,sank,V,O,O,O\n"
    fill(tmp_path, {"t": rows})
    (document,), log = read_aligned(csv_tokens, ImportSource(tmp_path / "t"))
    assert (document.text, sorted(words(document))) == ("Port Ry sank", [("Port Ry", "V"), ("Ry", "P")])
    assert [(e.id, e.kind) for e in log.entries] == [("the column sense", "column")]
    assert "the column pos has no tags (but values such as 'N'), and nothing is read from there" in log.notes


def test_a_table_of_tokens_with_a_wrong_tag_is_refused_with_its_line(tmp_path: Path) -> None:
    """What has the header of a table of tokens is taken for one, so that the error names the row."""
    fill(tmp_path, {"t": "Sentence #,Word,Tag\nSentence: 1,Bo,B-P\n,left,none\n,so,\n,was,O\nSentence: 2,Ida,b-p\n"})
    assert csv_tokens.detect(ImportSource(tmp_path / "t").sample()) == "it has the columns Word, Tag"
    with pytest.raises(SourceError, match="t:3: 'none' is no tag"):
        read_aligned(csv_tokens, ImportSource(tmp_path / "t"))
    fill(tmp_path, {"u": "sentence,word,label\nBo left.,Bo,P\nIda met Una.,Una,P\n"})
    assert not csv_tokens.detect(ImportSource(tmp_path / "u").sample())
    assert csv_spans.detect(ImportSource(tmp_path / "u").sample())


def test_numbered_tags_have_names(tmp_path: Path) -> None:
    """Numbers in the column of tags are named as in CoNLL files."""
    fill(tmp_path, {"t": "sentence,label,word\n1,1,Bo\n1,0,left\n2,0,Rain\n"})
    source = ImportSource(tmp_path / "t")
    with pytest.raises(SourceError, match="numbers, and the file has no names for them"):
        read_aligned(csv_tokens, source)
    found = list(csv_tokens.read(source, ConversionLog(), {0: "O", 1: "B-P"}))
    assert [words(d) for d in found] == [[("Bo", "P")], []]


@given(st.text(st.sampled_from("a0,;\t\n\r\"'OB-P=\x00"), max_size=60), st.sampled_from([csv_spans, csv_tokens]))
def test_no_table_makes_a_traceback(text: str, module: object) -> None:
    """Whatever the rows, there is a balanced account or an error for the user."""
    for header in ("text,start,end,label\n", "sentence\tword\ttag\n"):
        with TemporaryDirectory() as folder, suppress(SourceError):
            fill(Path(folder), {"t": header + text})
            _, account = read_aligned(module, ImportSource(Path(folder) / "t"))  # type: ignore[arg-type]
            assert account.is_balanced
