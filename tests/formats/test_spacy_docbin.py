"""spaCy's DocBin, as the installed spaCy writes it, read without spaCy."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import spacy
import srsly
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin
from spacy.tokens import Span as DocSpan
from spacy.vocab import Vocab

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.formats import format_detection, spacy_docbin, span_fields
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.formats.span_alignment import IN_ANOTHER_GROUP
from tests.formats.format_samples import assert_accounted, ledger_lines, read_aligned, words

ROOT = Path(__file__).resolve().parents[2]
WORDS = ["Ida", "mark", "PERSON", "é", "🛶", "\n", "”", "12", "  "]


def make_doc(words_: list[str], spaces: list[bool] | None = None, **more: Any) -> Doc:
    """Make a Doc."""
    return Doc(Vocab(), words=words_, spaces=spaces, **more)


def read(folder: Path, *docs: Doc, user_data: bool = True) -> tuple[list[Document], ConversionLog]:
    """Write Docs with spaCy and read the file."""
    DocBin(docs=docs, store_user_data=user_data).to_disk(folder / "docs")
    return read_aligned(spacy_docbin, ImportSource(folder / "docs"))


def test_entities_and_groups_are_one_set(tmp_path: Path) -> None:
    """Each span comes once, known-wrong ones apart; what stands in two groups is listed."""
    doc = make_doc(["Ida", "Holm", "left", "mark", "."], [True, True, True, False, False])
    doc.ents = [DocSpan(doc, 0, 2, "PERSON")]
    doc.spans["sc"] = [DocSpan(doc, 0, 2, "PERSON"), DocSpan(doc, 0, 4, "CLAIM")]
    doc.spans["none"] = []
    doc.spans["incorrect_spans"] = [DocSpan(doc, 3, 4, "VENUE")]
    (found,), account = read(tmp_path, doc)
    assert found.text == "Ida Holm left mark."
    assert words(found) == [("Ida Holm", "PERSON"), ("Ida Holm left mark", "CLAIM")]
    assert found.rejected == (Span(14, 18, "VENUE"),)
    assert ledger_lines(account) == [("span", "double", IN_ANOTHER_GROUP)]
    assert (account.read, account.kept, account.is_balanced) == (4, 3, True)


def test_missing_tags_are_no_o(tmp_path: Path) -> None:
    """A text of missing tags is open, one of O is done; stretches that nobody reviewed are named."""
    open_, done, partly = (make_doc(["a", "b", "c", "d"]) for _ in range(3))
    done.ents = []
    partly.set_ents([DocSpan(partly, 0, 1, "A")], missing=[partly[2:4]])
    grouped = make_doc(["a", "b"], [True, False])
    grouped.spans["sc"] = [DocSpan(grouped, 0, 1, "A")]
    found, account = read(tmp_path, open_, done, partly, grouped)
    assert [d.answer for d in found] == [None, Answer.ACCEPT, Answer.ACCEPT, Answer.ACCEPT]
    assert [d.open for d in found] == [((0, 7),), (), ((4, 7),), ()]
    assert account.notes == [spacy_docbin.SPACES_UNKNOWN.format(n=3), spacy_docbin.MISSING_TAGS.format(n=6)]


def stored_with(attrs: list[str], doc: Doc, folder: Path) -> tuple[Document, ConversionLog]:
    """Write a Doc with some attributes alone and read it."""
    DocBin(attrs=attrs, docs=[doc]).to_disk(folder / "docs")
    (found,), account = read_aligned(spacy_docbin, ImportSource(folder / "docs"))
    return found, account


def test_types_without_tags_are_doubtful_entities(tmp_path: Path) -> None:
    """Neighbours of one type are one entity; nobody knows more, so the text stays open and a note names the doubt."""
    words_, spaces = ["Ida", "Holm", "met", "Una", "Oslo"], [True, True, True, True, False]
    doc = make_doc(words_, spaces, ents=["B-PERSON", "I-PERSON", "O", "B-PERSON", "B-VENUE"])
    found, account = stored_with(["ENT_TYPE"], doc, tmp_path)
    assert words(found) == [("Ida Holm", "PERSON"), ("Una", "PERSON"), ("Oslo", "VENUE")]
    assert found.answer is None
    assert spacy_docbin.TYPES_ALONE.format(n=1) in account.notes
    found, account = stored_with(["ENT_TYPE"], make_doc(words_, spaces, ents=["O"] * 5), tmp_path)
    assert (found.spans, found.answer) == ((), None)
    assert not any("entity types" in note for note in account.notes)


def test_tags_without_types_are_lost(tmp_path: Path) -> None:
    """An entity without a type has no label: it is listed as left out, and the text stays open."""
    doc = make_doc(["Ida", "Holm", "met", "Una"], ents=["B-PERSON", "I-PERSON", "O", "B-PERSON"])
    found, account = stored_with(["ENT_IOB"], doc, tmp_path)
    assert (found.spans, found.answer, account.read) == ((), None, 2)
    assert ledger_lines(account) == [("span", "left out", span_fields.NO_LABEL)] * 2
    assert spacy_docbin.TAGS_ALONE.format(n=1) in account.notes


ATTRIBUTES = [name for name, number in spacy.attrs.IDS.items() if number and not name.startswith(("FLAG", "IS_"))]


@given(st.data())
def test_every_set_of_attributes_is_read(tmp_path: Path, data: st.DataObject) -> None:
    """Whatever attributes are stored, text and groups are there, and the entities are spaCy's where it has some."""
    attrs = data.draw(st.lists(st.sampled_from(ATTRIBUTES), unique=True, max_size=6))
    every = data.draw(st.lists(docs(), min_size=1, max_size=2))
    DocBin(attrs=attrs, docs=every, store_user_data=data.draw(st.booleans())).to_disk(tmp_path / "docs")
    account = ConversionLog()
    found = list(spacy_docbin.read(ImportSource(tmp_path / "docs"), account))
    assert [d.text for d in found] == [d.text for d in every]
    for doc, document in zip(every, found, strict=True):
        keys = {s.key for s in document.spans}
        groups = {(s.start_char, s.end_char, s.label_) for s in doc.spans["sc"]}
        ents = {(e.start_char, e.end_char, e.label_) for e in doc.ents}
        assert groups <= keys
        if {"ENT_IOB", "ENT_TYPE"} <= set(attrs):
            assert keys == groups | ents
        elif not {"ENT_IOB", "ENT_TYPE"} & set(attrs):
            assert keys == groups
        elif ents:
            assert document.answer is None


OLD_KEYS = ("attrs", "tokens", "spaces", "lengths", "strings")
"""What spaCy 2.2 writes; 2.3 has ``cats``, 3.0 ``flags`` as well, ``span_groups`` come with 3.1."""


@pytest.mark.parametrize("more", [(), ("cats",), ("cats", "flags"), ("cats", "flags", "version", "span_groups")])
@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress])
def test_older_versions_are_read(tmp_path: Path, more: tuple[str, ...], pack: Callable[[bytes], bytes]) -> None:
    """Keys that came later are missing, and spaCy 2 deflates as gzip does."""
    doc = make_doc(["Ida", "left"], [True, False], ents=["B-PERSON", "O"])
    doc.spans["sc"] = [DocSpan(doc, 0, 2, "CLAIM")]
    whole = srsly.msgpack_loads(zlib.decompress(DocBin(docs=[doc]).to_bytes()))
    old = {key: whole[key] for key in (*OLD_KEYS, *more)}
    (tmp_path / "docs").write_bytes(pack(srsly.msgpack_dumps(old)))
    assert spacy_docbin.detect(ImportSource(tmp_path / "docs").sample())
    (found,), _ = read_aligned(spacy_docbin, ImportSource(tmp_path / "docs"))
    expected = {("Ida", "PERSON"), *([("Ida left", "CLAIM")] if "span_groups" in more else [])}
    assert (found.text, set(words(found))) == ("Ida left", expected)


def test_groups_in_the_form_of_3_1_are_read(tmp_path: Path) -> None:
    """A list of groups, each with its own name."""
    doc = make_doc(["Ida", "left"], [True, False])
    doc.spans["sc"] = [DocSpan(doc, 0, 2, "CLAIM")]
    whole = srsly.msgpack_loads(zlib.decompress(DocBin(docs=[doc]).to_bytes()))
    whole["span_groups"] = [srsly.msgpack_dumps([doc.spans["sc"].to_bytes()])]
    (tmp_path / "docs").write_bytes(zlib.compress(srsly.msgpack_dumps(whole)))
    (found,), _ = read_aligned(spacy_docbin, ImportSource(tmp_path / "docs"))
    assert words(found) == [("Ida left", "CLAIM")]


@pytest.mark.parametrize("change", ["label", "span"])
def test_what_would_lose_a_span_is_refused(tmp_path: Path, change: str) -> None:
    """A label without its string, and spans that are packed otherwise, are errors."""
    doc = make_doc(["Ida", "left"], [True, False], ents=["B-FOUND", "O"])
    doc.spans["sc"] = [DocSpan(doc, 0, 2, "CLAIM")]
    whole = srsly.msgpack_loads(zlib.decompress(DocBin(docs=[doc]).to_bytes()))
    if change == "label":
        whole["strings"].remove("FOUND")
    else:
        whole["span_groups"] = [
            srsly.msgpack_dumps({srsly.msgpack_dumps({"name": "sc", "spans": [b"x" * 32]}): ["sc"]})
        ]
    (tmp_path / "docs").write_bytes(zlib.compress(srsly.msgpack_dumps(whole)))
    expected = "the file has no string for the label" if change == "label" else "a span group has spans of another form"
    with pytest.raises(SourceError, match=expected):
        read_aligned(spacy_docbin, ImportSource(tmp_path / "docs"))


def test_sentences_and_user_data_are_read(tmp_path: Path) -> None:
    """Sentence starts become ranges; named user data and the Doc's own attributes are metadata."""
    doc = make_doc(["Go", ".", "Now", "!"], [False, True, False, False], sent_starts=[True, False, True, False])
    of_all: dict[Any, Any] = {"source": "wire", ("._.", "id", None, None): "d7", ("._.", "x", 0, 2): "a span's"}
    doc.user_data.update(of_all)
    doc.user_data["annotator"] = {"title": "Gone", "annotator": "ana", "article": "a1", "start": 5}
    doc.cats = {"SPORT": 1.0}
    (found,), account = read(tmp_path, doc)
    assert (found.sentences, found.id, found.title, found.annotator) == (((0, 3), (4, 8)), "d7", "Gone", "ana")
    assert {k: found.meta[k] for k in ("source", "article", "start")} == {
        "source": "wire", "article": "a1", "start": 5,
    }  # fmt: skip
    assert [(e.kind, e.why) for e in account.entries] == [("text label", span_fields.UNSUPPORTED["text label"])]


def test_tags_and_links_are_reported(tmp_path: Path) -> None:
    """What has no place here is named once for the file."""
    doc = make_doc(["Ida", "left"], [True, False], tags=["NNP", "VBD"], lemmas=["Ida", "leave"])
    doc.spans["sc"] = [DocSpan(doc, 0, 1, "PERSON", kb_id="Q7")]
    _, account = read(tmp_path, doc)
    assert [(e.kind, e.id) for e in account.entries] == [("link", "'Q7'")]
    assert "texts that also have tags, which were not taken: 1" in account.notes


def test_a_folder_of_shards_is_one_file(tmp_path: Path) -> None:
    """Shards follow each other by name; other files in the folder are passed over."""
    for n in (2, 1):
        DocBin(docs=[make_doc([f"text{n}"], [False])]).to_disk(tmp_path / f"part-{n}.spacy")
    (tmp_path / "ledger.jsonl").write_text("{}")
    found, _ = read_aligned(spacy_docbin, ImportSource(tmp_path))
    assert [(d.text, d.where) for d in found] == [
        (f"text{n}", f"{tmp_path}/part-{n}.spacy, doc 1") for n in (1, 2)
    ]  # fmt: skip
    assert list(format_detection.matching_formats(ImportSource(tmp_path).sample())) == ["spacy"]
    assert list(format_detection.matching_formats(ImportSource(tmp_path / "part-1.spacy").sample())) == ["spacy"]


def test_older_forms_of_groups_are_read(tmp_path: Path) -> None:
    """Groups were a list of names once, and before that there were none; spaCy still reads both."""
    doc = make_doc(["Ida", "left"], [True, False])
    doc.spans["sc"] = [DocSpan(doc, 0, 1, "PERSON")]
    body = srsly.msgpack_loads(zlib.decompress(DocBin(docs=[doc]).to_bytes()))
    old = {**body, "span_groups": [srsly.msgpack_dumps([doc.spans["sc"].to_bytes()])]}
    bare = {k: body[k] for k in ("attrs", "tokens", "spaces", "lengths", "strings")}
    for value, expected in ((old, [("Ida", "PERSON")]), (bare, [])):
        data = zlib.compress(srsly.msgpack_dumps(value))
        (found,) = spacy_docbin.documents_of_docbin(data, "x", ConversionLog())
        assert (found.text, words(found)) == ("Ida left", expected)


def body() -> dict[str, Any]:
    """Return the map of a small DocBin."""
    found: dict[str, Any] = srsly.msgpack_loads(zlib.decompress(DocBin(docs=[make_doc(["a"], [False])]).to_bytes()))
    return found


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"attrs": [77]}, "its attributes are no list of numbers"),
        ({"tokens": b"1234"}, "its token array does not fit its lengths"),
        ({"spaces": b""}, "its array of blanks does not fit its lengths"),
        ({"lengths": b"123"}, "its lengths or strings are missing"),
        ({"lengths": b"\xff\xff\xff\xff"}, "its token array does not fit its lengths"),
        ({"strings": [1]}, "its strings are no texts"),
        ({"strings": []}, "the file has no string for the word"),
        ({"span_groups": [b"\xc1"]}, "its msgpack cannot be read"),
    ],
)
def test_damage_is_named(change: dict[str, Any], error: str) -> None:
    """Arrays that do not fit each other are refused before anything is made of them."""
    data = zlib.compress(srsly.msgpack_dumps({**body(), **change}))
    with pytest.raises(SourceError, match=error):
        list(spacy_docbin.documents_of_docbin(data, "x", ConversionLog()))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "it is cut off"),
        (b"plain text", "it cannot be inflated"),
        (zlib.compress(b"[1]"), "its msgpack cannot be read"),
        (zlib.compress(b"\x01"), "it holds no map"),
        (zlib.compress(b"\x91" * 5000), "its msgpack cannot be read"),
        (zlib.compress(b"\xdd\xff\xff\xff\xff"), "its msgpack cannot be read"),
        (DocBin(docs=[make_doc(["a"])]).to_bytes()[:-9], "it is cut off"),
        (zlib.compress(bytes(2**26), 9), "the file inflates to more than 16,"),
    ],
)
def test_what_is_no_docbin_is_refused(data: bytes, error: str) -> None:
    """Also a bomb: 64 kB that inflate to 64 MB."""
    with pytest.raises(SourceError, match=error):
        list(spacy_docbin.documents_of_docbin(data, "x", ConversionLog()))


def test_reading_needs_no_spacy(tmp_path: Path) -> None:
    """An import of a DocBin doesn't pay for the import of spaCy."""
    DocBin(docs=[make_doc(["mark", "left"], [True, False])]).to_disk(tmp_path / "x.spacy")
    code = (
        "import sys; from pathlib import Path; from annotator.formats import spacy_docbin as d\n"
        "from annotator.formats.import_source import ImportSource\n"
        "from annotator.formats.document import ConversionLog\n"
        "print([x.text for x in d.read(ImportSource(Path(sys.argv[1])), ConversionLog())], 'spacy' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "x.spacy")], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout == "['mark left'] False\n"


@st.composite
def docs(draw: st.DrawFn) -> Doc:
    """Draw a Doc with entities, groups, missing tags and sentence starts."""
    drawn = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
    flags = st.booleans()
    starts: list[bool | int | None] = [True, *(draw(st.sampled_from([True, False, None])) for _ in drawn[1:])]
    doc = Doc(Vocab(), words=drawn, spaces=[draw(flags) for _ in drawn], sent_starts=starts)
    index = st.integers(0, len(drawn) - 1)
    label = st.sampled_from(["PERSON", "VENUE", "é x"])
    some = draw(st.lists(st.tuples(index, index, label), max_size=4))
    spans = [DocSpan(doc, min(a, b), max(a, b) + 1, x) for a, b, x in some]
    doc.spans["sc"] = spans
    flat = spacy.util.filter_spans(spans)
    doc.set_ents(flat, default=draw(st.sampled_from(["outside", "missing"])))
    return doc


@given(st.lists(docs(), max_size=3))
def test_every_span_is_read_as_spacy_reads_it(tmp_path: Path, every: list[Doc]) -> None:
    """Texts, tokens, entities and groups are those that spaCy itself gets from the file."""
    DocBin(docs=every).to_disk(tmp_path / "docs")
    account = ConversionLog()
    found = list(spacy_docbin.read(ImportSource(tmp_path / "docs"), account))
    for doc, document in zip(DocBin().from_disk(tmp_path / "docs").get_docs(Vocab()), found, strict=True):
        assert document.text == doc.text
        assert [(t.text, t.ws) for t in document.tokens] == [(t.text, bool(t.whitespace_)) for t in doc]
        expected = {(s.start_char, s.end_char, s.label_) for s in (*doc.ents, *doc.spans["sc"])}
        assert {s.key for s in document.spans} == expected
        if document.sentences:
            assert [s[0] for s in document.sentences] == [t.idx for t in doc if t.is_sent_start]
    assert account.read == sum(len(d.ents) + len(d.spans["sc"]) for d in every)


@given(st.data())
def test_no_bytes_are_more_than_refused(tmp_path: Path, data: st.DataObject) -> None:
    """Whatever a byte is changed into, before or after the deflating, the file is read or refused."""
    whole = DocBin(docs=[data.draw(docs())]).to_bytes()
    inner = bytearray(zlib.decompress(whole))
    for at, value in data.draw(st.lists(st.tuples(st.integers(0, len(inner) - 1), st.integers(0, 255)), max_size=3)):
        inner[at] = value
    cut = data.draw(st.integers(0, len(whole)))
    for changed in (whole[:cut], zlib.compress(bytes(inner)), data.draw(st.binary(max_size=30))):
        assert_accounted(spacy_docbin, tmp_path / "x", changed)
