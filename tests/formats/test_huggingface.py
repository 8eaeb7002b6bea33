"""Hugging Face Parquet, both styles, read and written."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.formats import huggingface
from annotator.formats.document import ConversionLog, Document
from annotator.formats.huggingface import dataset_tables
from annotator.formats.import_source import ImportSource
from tests.formats.format_samples import (
    SHARED,
    assert_accounted,
    fill,
    ledger_lines,
    read_aligned,
    records,
    round_trip,
    texts_with_spans,
    words,
)

pa = pytest.importorskip("pyarrow", reason="the extra huggingface is not installed")
pq = pytest.importorskip("pyarrow.parquet")

WORDS = ["Ida", "Holm", "left", "Orkenby", "."]
TEXT = "🛶 Ida Holm left Orkenby."
NAMES = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
TAGS = [1, 2, 0, 3, 0]


def classes(names: list[str], kind: str = "Sequence") -> dict[str, Any]:
    """Return the feature of a list of class labels."""
    return {"feature": {"names": names, "_type": "ClassLabel"}, "_type": kind}


def put(path: Path, columns: Mapping[str, Any], features: Mapping[str, Any] | None = None) -> ImportSource:
    """Write a Parquet file with the metadata that ``datasets`` puts there."""
    made = pa.table(dict(columns))
    if features is not None:
        info = json.dumps({"info": {"features": features}}).encode()
        made = made.replace_schema_metadata({b"huggingface": info})
    pq.write_table(made, path)
    return ImportSource(path)


def read(folder: Path, columns: Mapping[str, Any], features: Any = None) -> tuple[list[Document], ConversionLog]:
    """Write a table and read it."""
    source = put(folder / "x.parquet", columns, features)
    assert huggingface.detect(source.sample())
    return read_aligned(huggingface, source)


@pytest.mark.parametrize("kind", ["Sequence", "List", "LargeList"])
def test_names_of_tags_stand_in_the_metadata(tmp_path: Path, kind: str) -> None:
    """The words are joined by blanks; the tags of other kinds are metadata."""
    columns = {"id": ["a"], "tokens": [WORDS], "chunk_tags": [[1, 0, 0, 0, 0]], "ner_tags": [TAGS]}
    features = {"chunk_tags": classes(["O", "B-NP"], kind), "ner_tags": classes(NAMES, kind)}
    (found,), account = read(tmp_path, columns, features)
    assert (found.text, found.id) == ("Ida Holm left Orkenby .", "a")
    assert words(found) == [("Ida Holm", "PER"), ("Orkenby", "LOC")]
    assert [t.text for t in found.tokens] == WORDS
    assert found.meta == {"chunk_tags": [1, 0, 0, 0, 0]}
    assert account.notes == ["tags are IOB2 (2 B, 1 I, 2 O)"]
    assert account.is_balanced


def test_tags_without_names_are_refused(tmp_path: Path) -> None:
    """A number alone is no label; the error says what helps, and a caller may name them."""
    with pytest.raises(SourceError) as e:
        read(tmp_path, {"tokens": [WORDS], "ner_tags": [TAGS]})
    assert (
        "x.parquet: the tags in `ner_tags` are numbers, and the file has no names for them: "
        "0 (2), 1 (1), 2 (1), 3 (1); give --map 0=O,1=,2=,3= (fill in O, B-PERSON, I-PERSON and so on; empty "
        "is O), or put the data set's dataset_info.json beside it and name the folder"
    ) in str(e.value)
    source = ImportSource(tmp_path / "x.parquet")
    (found,) = huggingface.read(source, ConversionLog(), dict(enumerate(NAMES)))
    assert words(found) == [("Ida Holm", "PER"), ("Orkenby", "LOC")]
    with pytest.raises(SourceError, match=r"names for them: 2 \(1\), 3 \(1\); give --map 0=O,1=B-PER,2=,3= \(fill"):
        list(huggingface.read(source, ConversionLog(), {0: "O", 1: "B-PER"}))


@pytest.mark.parametrize("end", ["", "]"])
def test_rows_of_json_are_read_as_a_table_is(tmp_path: Path, end: str) -> None:
    """JSONL, or a list, of tokens with tags: words or numbers that are named; errors name the line."""
    rows = [{"id": "a", "tokens": WORDS, "ner_tags": TAGS, "url": "x/y"}, {"tokens": ["Ida"], "ner_tags": [1]}]
    text = json.dumps(rows) if end else "\n".join(map(json.dumps, rows))
    source = ImportSource(fill(tmp_path, {"x.jsonl": text}).path / "x.jsonl")
    assert huggingface.detect(source.sample()) == "its rows have `tokens` and `ner_tags`"
    with pytest.raises(SourceError, match=r"for them: 0 \(2\), 1 \(2\), 2 \(1\), 3 \(1\); give --map 0=O,1=,2=,3= "):
        read_aligned(huggingface, source)
    found = list(huggingface.read(source, account := ConversionLog(), dict(enumerate(NAMES))))
    assert [words(d) for d in found] == [[("Ida Holm", "PER"), ("Orkenby", "LOC")], [("Ida", "PER")]]
    assert (found[0].id, found[0].meta, account.read) == ("a", {"url": "x/y"}, 3)
    fill(tmp_path, {"x.jsonl": text.replace('"Ida"]', '"Ida", "b"]')})
    with pytest.raises(SourceError, match=r"(record |:)2: `ner_tags` has 1 tag for 2 words"):
        list(huggingface.read(ImportSource(tmp_path / "x.jsonl"), ConversionLog(), dict(enumerate(NAMES))))


@given(st.lists(records("tokens", "words", "ner_tags", "labels", "text", "spans", "id", "meta"), max_size=3))
def test_no_rows_of_json_are_more_than_refused(tmp_path_factory: Any, rows: list[Any]) -> None:
    """Whatever JSON a file holds, every span is accounted for, or there is an error for users."""
    path = tmp_path_factory.mktemp("rows") / "x.jsonl"
    data = "\n".join(json.dumps(r) for r in rows).encode()
    for begun in (b"", b"{", b"["):
        assert_accounted(huggingface, path, begun + data)


def test_an_info_file_beside_it_names_the_tags(tmp_path: Path) -> None:
    """A folder as ``save_to_disk`` or the Hub has it; the split is told by the file's name."""
    put(tmp_path / "test-00000-of-00001.parquet", {"tokens": [WORDS], "ner_tags": [TAGS]})
    put(tmp_path / "train-00000-of-00001.parquet", {"tokens": [WORDS], "ner_tags": [TAGS]})
    info = {"default": {"features": {"ner_tags": classes(NAMES)}}}
    fill(tmp_path, {"dataset_infos.json": json.dumps(info), "README.md": "Ours."})
    assert huggingface.detect(ImportSource(tmp_path).sample())
    found, account = read_aligned(huggingface, ImportSource(tmp_path))
    assert [(d.meta, words(d)[0]) for d in found] == [
        ({"split": "test"}, ("Ida Holm", "PER")),
        ({"split": "train"}, ("Ida Holm", "PER")),
    ]
    assert account.is_balanced


@pytest.mark.parametrize(
    ("tags", "names", "spans"),
    [
        (["B-PER", "I-PER", "O", "B-LOC", "O"], None, [("Ida Holm", "PER"), ("Orkenby", "LOC")]),
        (["PER", "PER", "O", "LOC", "O"], None, [("Ida Holm", "PER"), ("Orkenby", "LOC")]),
        ([2, 2, 0, 1, -100], ["O", "LOC", "PER"], [("Ida Holm", "PER"), ("Orkenby", "LOC")]),
        ([1, 3, 0, 2, 0], ["O", "B-PER", "U-LOC", "L-PER"], [("Ida Holm", "PER"), ("Orkenby", "LOC")]),
        ([1, 4, 0, 2, 0], ["O", "B-PER", "B-LOC", "I-PER", "X"], [("Ida", "PER"), ("Orkenby", "LOC")]),
    ],
)
def test_tags_of_every_dress(tmp_path: Path, tags: Any, names: Any, spans: Any) -> None:
    """Words or numbers, with prefixes or bare, padded or not."""
    features = {"labels": classes(names)} if names else None
    (found,), account = read(tmp_path, {"tokens": [WORDS], "labels": [tags]}, features)
    assert words(found) == spans
    assert account.is_balanced
    if -100 in tags or 4 in tags:
        assert huggingface.PADDED_TAGS.format(n=1) in account.notes


def test_nested_columns_of_tags_are_all_read(tmp_path: Path) -> None:
    """Outer and inner entities stand in two columns; a column that only repeats another is left."""
    inner = [3, 0, 0, 0, 0]
    columns = {"tokens": [WORDS], "ner_tags": [TAGS], "ner_nested_tags": [inner], "ner_words": [["O"] * 5]}
    columns["ner_words"] = [[NAMES[t] for t in TAGS]]
    features = {"ner_tags": classes(NAMES), "ner_nested_tags": classes(NAMES)}
    (found,), account = read(tmp_path, columns, features)
    assert words(found) == [("Ida Holm", "PER"), ("Orkenby", "LOC"), ("Ida", "LOC")]
    assert account.notes[:2] == [
        "the column ner_words repeats ner_tags: not read",
        "columns ner_tags, ner_nested_tags hold tags: each is a layer, and all are read",
    ]


def test_what_a_column_of_tags_has_and_is_not_read_is_listed(tmp_path: Path) -> None:
    """Layers may have labels of their own; chunks are no layer; labels of another kind, and wrong tags, are a loss."""
    columns = {
        "tokens": [WORDS],
        "ner_tags": [["B-PER", "I-PER", "O", "O", "ORG"]],
        "outer_tags": [["O", "O", "B-ACT", "I-ACT", "O"]],
        "phrase_tags": [["B-NP", "I-NP", "B-VP", "B-NP", "O"]],
        "fine_labels": [["artist", "artist", "O", "town", "O"]],
        "labels": [[1, 1, 0, 2, 0]],
    }
    (found,), account = read(tmp_path, columns)
    assert words(found) == [("Ida Holm", "PER"), ("left Orkenby", "ACT")]
    assert ledger_lines(account) == [
        ("column", "left out", dataset_tables.LABELS_UNREAD),
        ("column", "left out", dataset_tables.NUMBERS_UNREAD),
        ("tag", "left out", huggingface.NO_TAG),
    ]
    assert "the column phrase_tags holds chunks (NP, VP, …), which are not read" in account.notes


def test_tags_beside_an_empty_list_of_spans_are_listed(tmp_path: Path) -> None:
    """Of both, the spans are read: a row that has tags alone is a loss."""
    span = {"start": 0, "end": 3, "label": "P"}
    columns = {"text": ["Ida left"] * 3, "tokens": [["Ida", "left"]] * 3, "spans": [[], [], [span]]}
    _, account = read(tmp_path, {**columns, "ner_tags": [["B-P", "O"], ["O", "O"], ["B-P", "O"]]})
    assert ledger_lines(account) == [("column", "left out", huggingface.TAGS_WITHOUT_SPANS)]


def test_the_text_is_taken_where_the_words_spell_it(tmp_path: Path) -> None:
    """Else the words are joined by blanks, and a note tells it."""
    features = {"ner_tags": classes(NAMES)}
    columns = {"text": ["Ida Holm  left Orkenby.", "Ida"], "tokens": [WORDS] * 2, "ner_tags": [TAGS] * 2}
    (one, two), account = read(tmp_path, columns, features)
    assert (one.text, words(one)[1]) == ("Ida Holm  left Orkenby.", ("Orkenby", "LOC"))
    assert two.text == "Ida Holm left Orkenby ."
    assert huggingface.TEXT_REBUILT.format(n=1) in account.notes


def test_a_span_of_empty_words_is_listed(tmp_path: Path) -> None:
    """An empty word covers nothing, and is no token."""
    columns = {"tokens": [["Ida", "", "left"]], "ner_tags": [["O", "B-PER", "O"]]}
    (found,), account = read(tmp_path, columns)
    assert (found.text, [t.text for t in found.tokens]) == ("Ida left", ["Ida", "left"])
    assert ledger_lines(account) == [("span", "left out", "it covers no character")]
    assert account.is_balanced


SPANS = [{"start": 2, "end": 10, "label": "PER"}, {"start": 16, "end": 23, "label": "LOC"}]
LISTS = {k: [s[k] for s in SPANS] for k in ("start", "end", "label")}
NUMBERED = [{"start": 2, "end": 10, "label": 0}, {"start": 16, "end": 23, "label": 1}]
LABELS = {"start": {}, "end": {}, "label": {"names": ["PER", "LOC"], "_type": "ClassLabel"}}


@pytest.mark.parametrize(
    ("spans", "features"),
    [
        (SPANS, None),
        (LISTS, None),
        (NUMBERED, {"entities": [LABELS]}),
        (NUMBERED, {"entities": {"feature": LABELS, "_type": "List"}}),
    ],
)
def test_spans_are_lists_of_objects_or_objects_of_lists(tmp_path: Path, spans: Any, features: Any) -> None:
    """What ``datasets`` calls a sequence of objects is an object of lists; labels may be numbers."""
    columns = {"text": [TEXT, TEXT], "entities": [spans, None], "url": ["a", None]}
    (one, two), account = read(tmp_path, columns, features)
    assert (words(one), one.meta) == ([("Ida Holm", "PER"), ("Orkenby", "LOC")], {"url": "a"})
    assert (two.answer, two.spans, two.meta) == (None, (), {})
    assert account.notes == [huggingface.OPEN_ROWS.format(n=1)]
    assert account.is_balanced


def test_quoted_texts_tell_what_offsets_count(tmp_path: Path) -> None:
    """A file made in a browser may count UTF-16 units."""
    spans = [{"start": 3, "end": 11, "label": "PER", "text": "Ida Holm"}]
    (found,), account = read(tmp_path, {"text": [TEXT], "spans": [spans]})
    assert words(found) == [("Ida Holm", "PER")]
    assert account.totals == {("moved", "offsets count UTF-16 units"): 1}


@pytest.mark.parametrize(
    ("columns", "error"),
    [
        ({"a": [1]}, "the table has neither `tokens` with tags nor `text` with spans (its columns: a)"),
        ({"tokens": [WORDS], "ner_tags": [["O"]]}, "x.parquet, row 1: `ner_tags` has 1 tag for 5 words"),
        ({"tokens": [None], "ner_tags": [["B-X"]]}, "row 1: `tokens` must be a list of texts"),
        ({"text": ["a", None], "spans": [SPANS] * 2}, "x.parquet, row 2: the row has no `text`"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, columns: Any, error: str) -> None:
    """The error names the file, and the row where there is one."""
    if columns.get("tokens") == [None]:
        columns = {**columns, "tokens": pa.array([None], pa.list_(pa.string()))}
    with pytest.raises(SourceError) as e:
        read(tmp_path, columns)
    assert error in str(e.value)


def test_a_tag_beyond_the_names_is_named(tmp_path: Path) -> None:
    """A number that stands for nothing is no tag."""
    with pytest.raises(SourceError) as e:
        read(tmp_path, {"tokens": [["a"]], "ner_tags": [[9]]}, {"ner_tags": classes(NAMES)})
    assert "row 1: the tag 9 in `ner_tags` is none of its 5 names" in str(e.value)


def test_bounds_hold_for_what_is_small_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is too long, and columns of too many values, are refused before they fill memory."""
    monkeypatch.setattr(dataset_tables, "MAX_TEXT_CHARACTERS", 100)
    with pytest.raises(SourceError, match=r"row 1: the text has more than 100 characters"):
        read(tmp_path, {"text": ["x" * 101], "spans": [SPANS]})
    monkeypatch.setattr(dataset_tables, "MAX_GROUP_VALUES", 3)
    with pytest.raises(SourceError, match=r"a column has more than 3 values or 2 GiB in one row group"):
        read(tmp_path, {"tokens": [WORDS], "ner_tags": [["O"] * 5]})


def test_without_the_extra_the_error_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways need pyarrow."""
    source = put(tmp_path / "x.parquet", {"text": ["a"]})

    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    needs = r"Parquet needs an extra that is not installed; run pip install 'article-annotator\[huggingface\]'"
    with pytest.raises(SourceError, match=needs):
        read_aligned(huggingface, source)
    with pytest.raises(SourceError, match=needs):
        huggingface.write([Document("a")], tmp_path / "out", ConversionLog())
    assert not (tmp_path / "out").exists()


NEST = Document(
    "Ida Holm left.",
    (Span(0, 13, "CLAIM"), Span(0, 8, "PERSON"), Span(1, 3, "PERSON"), Span(9, 99, "PERSON")),
    (Token("Ida", 0, 3, True), Token("Holm", 4, 8, True), Token("left", 9, 13, False), Token(".", 13, 14, False)),
    id="s",
    where="s",
    rejected=(Span(4, 8, "VENUE"),),
)


def test_a_row_has_both_styles(tmp_path: Path) -> None:
    """All is in the spans; the longer span has the tags, and notes and card tell which have none."""
    account = ConversionLog()
    files = huggingface.write([NEST], tmp_path, account)
    assert [f.name for f in files] == ["annotations.parquet", "README.md"]
    row = pq.read_table(files[0]).to_pylist()[0]
    assert (row["tokens"], row["ner_tags"]) == (["Ida", "Holm", "left", "."], [1, 2, 2, 0])
    assert row["spans"][1] == {"start": 0, "end": 8, "label": "PERSON", "text": "Ida Holm"}
    assert ledger_lines(account) == [
        ("span", "left out", "past the end of the text"),
        ("rejected span", "left out", "spans known to be wrong: Hugging Face Parquet has none"),
    ]
    notes = [
        huggingface.SPANS_WITHOUT_TAGS.format(n=1, why=why)
        for why in (huggingface.LONGER_SPAN_OVERLAPS, huggingface.ENDS_INSIDE_TOKEN)
    ]
    assert account.notes == notes
    assert account.is_balanced
    (back,), _ = read_aligned(huggingface, ImportSource(files[0]))
    assert (back.text, back.tokens, back.spans) == (NEST.text, NEST.tokens, NEST.spans[:3])
    card = files[1].read_text()
    assert "| PERSON | 2 |" in card
    assert all(f"- {note}\n" in card for note in notes)


def test_the_metadata_names_every_feature(tmp_path: Path) -> None:
    """``datasets`` of all versions load it: lists are called Sequence, spans are a list of one feature."""
    schema = pq.read_schema(huggingface.write([NEST], tmp_path, ConversionLog())[0])
    string, number = ({"dtype": d, "_type": "Value"} for d in ("string", "int64"))
    assert json.loads(schema.metadata[b"huggingface"])["info"]["features"] == {
        "id": string,
        "text": string,
        "spans": [{"start": number, "end": number, "label": string, "text": string}],
        "tokens": {"feature": string, "_type": "Sequence"},
        "ner_tags": classes(["O", "B-CLAIM", "I-CLAIM"]),
    }


def test_tags_alone_say_the_same(tmp_path: Path) -> None:
    """A program that takes words and tags alone learns the flat view of the spans."""
    path = huggingface.write([NEST], tmp_path, ConversionLog())[0]
    tagged = pq.read_table(path).drop_columns(["spans"])
    pq.write_table(tagged, tmp_path / "tags.parquet")
    (found,), _ = read_aligned(huggingface, ImportSource(tmp_path / "tags.parquet"))
    assert (found.text, words(found)) == (NEST.text, [("Ida Holm left", "CLAIM")])


@settings(max_examples=10)
@given(st.lists(texts_with_spans(), max_size=4), st.sampled_from([Answer.ACCEPT, None]))
def test_what_is_written_is_read(drawn: list[Document], answer: Answer | None) -> None:
    """Texts, spans, sources, names, notes and metadata come back; nothing is listed."""
    every = [
        replace(
            d,
            spans=tuple(replace(s, source="crf" * (n % 2)) for s in d.spans),
            answer=answer,
            meta={"article": "a1", "start": 3},
            note="x" * (n % 2),
            annotator="ana",
            id=str(n),
            title="Away",
        )
        for n, d in enumerate(drawn)
    ]
    back, written, account = round_trip(huggingface, every)
    keep = ("text", "spans", "note", "annotator", "id", "title", "meta")
    assert [[getattr(d, k) for k in keep] for d in back] == [[getattr(d, k) for k in keep] for d in every]
    assert [bool(d.answer) for d in back] == [bool(d.answer or d.spans) for d in every]
    assert written.is_balanced
    assert written.kept == account.read == account.kept == sum(len(d.spans) for d in every)
    assert {e.kind for e in written.entries} <= {"answer"}


@settings(max_examples=10)
@given(st.data())
def test_no_bytes_are_more_than_refused(tmp_path: Path, data: st.DataObject) -> None:
    """A file that is cut or has wrong bytes is read with every span accounted for, or refused."""
    document = replace(NEST, spans=NEST.spans[:2], meta={"a": 1})
    whole = huggingface.write([document] * 3, tmp_path / "out", ConversionLog())[0].read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    wrong = data.draw(st.binary(min_size=1, max_size=4))
    assert_accounted(huggingface, tmp_path / "x.parquet", whole[:at])
    assert_accounted(huggingface, tmp_path / "x.parquet", whole[:at] + wrong + whole[at + len(wrong) :])


def test_a_footer_that_makes_the_library_abort_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked at in a process of its own, so ours lives on."""
    monkeypatch.setattr(dataset_tables, "_FOOTER_PROBE", "import os; os.abort()")
    with pytest.raises(SourceError, match=r"x.parquet: this is no sound Parquet file \(.*its footer is damaged"):
        read(tmp_path, {"text": [TEXT], "spans": [SPANS]})


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared exports are not here")
def test_a_real_export_is_read_whole() -> None:
    """Every span of it is carried over."""
    for path in sorted((SHARED / "huggingface").iterdir()):
        found, account = read_aligned(huggingface, ImportSource(path))
        assert account.is_balanced
        assert account.read == account.kept == sum(len(d.spans) for d in found) > 0
