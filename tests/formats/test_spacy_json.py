"""spaCy's JSON of versions 2 and 3."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.formats import format_detection, spacy_json
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.formats.offset_units import CODE_POINTS, requested_unit
from annotator.formats.spacy_json import parse_spacy_tag
from annotator.formats.span_alignment import IN_ANOTHER_GROUP
from annotator.formats.tag_schemes import tag_chunks
from tests.formats.format_samples import (
    assert_accounted,
    fill,
    ledger_lines,
    read_aligned,
    records,
    round_trip,
    texts_with_spans,
    words,
)

TEXT = "Ida Holm left Orkenby."
PAIR = [TEXT, {"entities": [[0, 8, "PERSON"], [14, 21, "VENUE"]]}]


def runs(tags: list[str]) -> list[tuple[int, int, str]]:
    """Return the entities of tags, as token indexes with labels."""
    return [(c.first, c.last, c.label) for c in tag_chunks([parse_spacy_tag(tag) for tag in tags])]


def read(folder: Path, value: Any) -> tuple[list[Document], ConversionLog]:
    """Read a file that holds this value, or this text."""
    fill(folder, {"x.data": value if isinstance(value, str) else json.dumps(value)})
    return read_aligned(spacy_json, ImportSource(folder / "x.data"))


@pytest.mark.parametrize(
    "value",
    [
        PAIR,
        [PAIR],
        f"{json.dumps(PAIR)}\n{json.dumps([TEXT, {'entities': []}])}\n",
        {"classes": ["PERSON"], "annotations": [PAIR, None]},
    ],
)
def test_tuples_stand_in_a_list_on_lines_or_under_annotations(tmp_path: Path, value: Any) -> None:
    """All ways in which tools write the training tuples of version 2 are read, and recognised."""
    found, account = read(tmp_path, value)
    assert words(found[0]) == [("Ida Holm", "PERSON"), ("Orkenby", "VENUE")]
    assert found[0].answer is Answer.ACCEPT
    assert account.is_balanced
    assert list(format_detection.matching_formats(ImportSource(tmp_path / "x.data").sample())) == ["spacy-json"]


def tokens(tagged: str) -> list[dict[str, Any]]:
    """Return tokens of ``word/tag`` pairs."""
    return [{"orth": w, "ner": t} for w, t in (x.rsplit("/", 1) for x in tagged.split())]


def test_paragraphs_keep_text_sentences_and_tags(tmp_path: Path) -> None:
    """With ``raw`` the tokens are found in it; without, or where they aren't there, they are joined."""
    first = tokens("Ida/B-PERSON Holm/L-PERSON left/O Orkenby/U-VENUE ./O")
    sentences = [{"tokens": first}, {"tokens": tokens("Why/- ?/-")}]
    paragraphs = [
        {"raw": "Ida Holm  left Orkenby. Why?", "sentences": sentences},
        {"raw": "Something else", "sentences": sentences},
        {"sentences": [{"tokens": tokens("No/- tags/-")}]},
    ]
    found, account = read(tmp_path, [{"id": 7, "paragraphs": paragraphs}])
    assert [d.text for d in found] == ["Ida Holm  left Orkenby. Why?", "Ida Holm left Orkenby . Why ?", "No tags"]
    assert words(found[0]) == words(found[1]) == [("Ida Holm", "PERSON"), ("Orkenby", "VENUE")]
    assert found[0].sentences == ((0, 23), (24, 28))
    assert [t.text for t in found[0].tokens] == ["Ida", "Holm", " ", "left", "Orkenby", ".", "Why", "?"]
    assert [(d.answer, d.id) for d in found] == [(Answer.ACCEPT, "7"), (Answer.ACCEPT, "7"), (None, "7")]
    assert [d.open for d in found] == [((24, 28),), ((24, 29),), ((0, 7),)]
    assert account.notes == [
        spacy_json.UNTAGGED_TOKENS.format(n=4), spacy_json.RAW_TEXT_DIFFERS.format(n=1),
        spacy_json.OPEN_SPACY_TEXTS.format(n=1)
    ]  # fmt: skip
    assert account.is_balanced
    assert list(format_detection.matching_formats(ImportSource(tmp_path / "x.data").sample())) == ["spacy-json"]


def test_a_doc_as_json_keeps_its_groups(tmp_path: Path) -> None:
    """``Doc.to_json``: entities and span groups are one set, what stands in two of them is listed."""
    ent = {"start": 0, "end": 8, "label": "PERSON"}
    value = {
        "text": TEXT, "ents": [ent], "sents": [{"start": 0, "end": 22}],
        "tokens": [{"id": 0, "start": a, "end": b} for a, b in ((0, 3), (4, 8), (9, 13), (14, 21), (21, 22))],
        "spans": {"sc": [ent, {"start": 14, "end": 21, "label": "VENUE"}]},
    }  # fmt: skip
    (found,), account = read(tmp_path, value)
    assert words(found) == [("Ida Holm", "PERSON"), ("Orkenby", "VENUE")]
    assert [t.text for t in found.tokens] == ["Ida", "Holm", "left", "Orkenby", "."]
    assert found.sentences == ((0, 22),)
    assert ledger_lines(account) == [("span", "double", IN_ANOTHER_GROUP)]
    assert account.is_balanced
    assert list(format_detection.matching_formats(ImportSource(tmp_path / "x.data").sample())) == ["spacy-json"]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("B-A I-A L-A O U-B", [(0, 3, "A"), (4, 5, "B")]),
        ("B-A B-A I-B", [(0, 1, "A"), (1, 2, "A"), (2, 3, "B")]),
        ("I-A I-A O", [(0, 2, "A")]),
        ("B-A - L-A", [(0, 1, "A"), (2, 3, "A")]),
        ("S-A B-B-C E-B-C", [(0, 1, "A"), (1, 3, "B-C")]),
    ],
)
def test_tags_are_read_leniently(tags: str, found: list[Any]) -> None:
    """BILUO and IOB are told by their marks; what goes on with nothing begins."""
    assert runs(tags.split()) == found


@given(st.lists(st.integers(1, 3), max_size=5))
def test_entities_side_by_side_are_reported_apart(sizes: list[int]) -> None:
    """BILUO tells where each of several entities in a row ends."""
    edges = [sum(sizes[:n]) for n in range(len(sizes) + 1)]
    every = [(a, b, "A") for a, b in pairwise(edges)]
    tags = [f"{mark}-A" for size in sizes for mark in ("U", "BL", "BIL")[size - 1]]
    assert runs(tags) == every


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ([PAIR, [TEXT, 3]], "x.data, record 2: the record is no [text, {“entities”: …}]"),
        ([PAIR, [TEXT, {"entities": 3}]], "x.data, record 2: `entities` must be a list"),
        ([{"paragraphs": [{"sentences": [{"tokens": [{}]}]}]}], "paragraph 1: a token has no `orth`"),
        ([{"paragraphs": 3}], "`paragraphs` must be a list of objects"),
    ],
)
def test_what_is_none_of_them_is_named_with_its_place(tmp_path: Path, value: Any, error: str) -> None:
    """The error says what is wrong, in which record, and what to do."""
    with pytest.raises(SourceError) as e:
        read(tmp_path, value)
    assert error in str(e.value)


@given(st.lists(texts_with_spans(gaps=(" ", "\n")), max_size=4))
def test_what_is_written_is_read(drawn: list[Document]) -> None:
    """Texts and entities survive; of two that overlap the longer one does, and the other is listed."""
    with requested_unit(CODE_POINTS):  # made-up texts mislead a guess by the edges of words
        back, written, account = round_trip(spacy_json, drawn)
    assert [d.text for d in back] == [d.text for d in drawn]
    assert written.is_balanced
    assert written.kept == account.read == account.kept
    for document, found in zip(drawn, back, strict=True):
        assert set(found.spans) <= set(document.spans)
        gone = set(document.spans) - set(found.spans)
        assert all(any(s.overlaps(kept) for kept in found.spans) for s in gone)


def test_of_overlapping_spans_the_longer_one_is_written() -> None:
    """The shorter one is a line of the ledger."""
    document = Document(TEXT, (Span(0, 3, "A"), Span(0, 8, "B")))
    (back,), written, _ = round_trip(spacy_json, [document])
    assert replace(back, where="") == replace(document, spans=(Span(0, 8, "B"),))
    assert [(e.id, e.why) for e in written.entries] == [("0-3:A", "entities of spaCy cannot overlap")]


KEYS = "text entities annotations paragraphs raw sentences tokens orth ner spans ents cats start end label"


@given(st.lists(records(*KEYS.split()), max_size=3), st.binary(max_size=40))
def test_no_bytes_are_more_than_refused(tmp_path: Path, values: list[Any], rest: bytes) -> None:
    """Whatever a file holds, it is read with every span accounted for, or a SourceError."""
    lines = [json.dumps(v).encode() for v in values]
    pairs = [json.dumps([TEXT, v]).encode() for v in values]
    for data in (b"\n".join(lines), b"\n".join([*pairs, rest]), json.dumps(values).encode()):
        assert_accounted(spacy_json, tmp_path / "x.json", data)
