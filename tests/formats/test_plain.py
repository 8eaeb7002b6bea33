"""Texts with spans as people write them themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.quote_placement import NOT_IN_TEXT, QUOTED_ONCE
from annotator.formats import format_detection, plain
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.formats.offset_units import CODE_POINTS, INCLUSIVE, ONE_BASED, ONE_BASED_INCLUSIVE, OffsetUnit
from tests.formats.format_samples import (
    assert_accounted,
    fill,
    read_aligned,
    records,
    round_trip,
    texts_with_spans,
    words,
)

TEXT = "Ida Holm left Orkenby."


def read(folder: Path, data: str) -> tuple[list[Document], ConversionLog]:
    """Read a file of this text."""
    fill(folder, {"x.data": data})
    return read_aligned(plain, ImportSource(folder / "x.data"))


def line(text: str, spans: list[Any], key: str = "spans") -> str:
    """Return one record."""
    return json.dumps({"text": text, key: spans})


@pytest.mark.parametrize(
    "data",
    [
        line(TEXT, [[0, 8, "PERSON"], [14, 21, "VENUE"]]),
        line(TEXT, [[0, 8, "PERSON"], [14, 21, "VENUE"]], "entities"),
        line(TEXT, [{"start": 0, "end": 8, "label": "PERSON"}, {"start": 14, "end": 21, "label": "VENUE"}], "ents"),
        line(TEXT, [{"begin": 0, "end": 8, "type": "PERSON"}, {"start_char": 14, "end_char": 21, "tag": "VENUE"}]),
        line(TEXT, [{"offset": 0, "length": 8, "label": "PERSON"}, {"start": 14, "length": 7, "type": "VENUE"}]),
        line(TEXT, [["PERSON", 0, 8], ["VENUE", 14, 21]]),
        line(TEXT, [["Ida Holm", 0, 8, "PERSON"], [14, 21, "Orkenby", "VENUE"]]),
        line(TEXT, [["PERSON", 0, 8, "Ida Holm"], ["Orkenby", 14, 20, "VENUE"], [14, 21, "VENUE", "Orkenby"]][::2]),
        line(TEXT, [{"start": "0", "end": "8", "label": "PERSON"}, ["14", "21", "VENUE"]]),
        line(TEXT, [{"startOffset": 0, "endOffset": 8, "labels": ["PERSON"]}, [14, 21, "VENUE"]], "annotations"),
        "[" + line(TEXT, [[0, 8, "PERSON"], [14, 21, "VENUE"]]) + "]",
        "[\n" + json.dumps(json.loads(line(TEXT, [[0, 8, "PERSON"], [14, 21, "VENUE"]])), indent=2) + "\n]",
    ],
)
def test_spans_go_by_several_names(tmp_path: Path, data: str) -> None:
    """Triples and objects, JSONL and a JSON list are read, and recognised as nothing else."""
    (found,), account = read(tmp_path, data)
    assert words(found) == [("Ida Holm", "PERSON"), ("Orkenby", "VENUE")]
    assert found.answer is Answer.ACCEPT
    assert (account.read, account.kept, account.notes) == (2, 2, [])
    assert list(format_detection.matching_formats(ImportSource(tmp_path / "x.data").sample())) == ["plain"]


def test_quotes_behind_and_several_labels(tmp_path: Path) -> None:
    """A quote behind the label tells the unit, and a list of labels makes a span of each."""
    spans = [[3, 11, "PERSON", "Ida Holm"], {"start": 17, "end": 24, "labels": ["VENUE", "TOWN"]}]
    (found,), account = read(tmp_path, line(f"\U0001f6f6 {TEXT}", spans))
    assert words(found) == [("Ida Holm", "PERSON"), ("Orkenby", "VENUE"), ("Orkenby", "TOWN")]
    assert account.read == 3


def test_inclusive_ends_are_found_out(tmp_path: Path) -> None:
    """By the texts that spans quote, or where ends cut words off in plain numbers."""
    quoted = {"start": 14, "end": 20, "label": "VENUE", "text": "Orkenby"}
    (found,), account = read(tmp_path, line(TEXT, [quoted]))
    assert words(found) == [("Orkenby", "VENUE")]
    assert "offsets count code points, inclusive ends" in account.notes[0]
    (found,), account = read(tmp_path, line(TEXT, [[0, 2, "A"], [4, 7, "A"], [9, 12, "A"], [14, 20, "A"]]))
    assert words(found) == [("Ida", "A"), ("Holm", "A"), ("left", "A"), ("Orkenby", "A")]
    assert account.totals == {("moved", "offsets count code points, inclusive ends"): 4}
    assert account.is_balanced


def test_a_full_stop_after_each_span_is_no_inclusive_end(tmp_path: Path) -> None:
    """Ends that fit as well with one character more stay as they are."""
    texts = [f"Off to {w}." for w in ("Orkenby", "Tjelde", "Vesthavn", "Sund")]
    found, account = read(tmp_path, "\n".join(line(t, [[7, len(t) - 1, "VENUE"]]) for t in texts))
    assert [d.text[s.start : s.end] for d in found for s in d.spans] == ["Orkenby", "Tjelde", "Vesthavn", "Sund"]
    assert (account.kept, account.notes) == (4, [])


def test_bytes_are_found_out_by_quotes(tmp_path: Path) -> None:
    """Tools in other languages count UTF-8."""
    spans = [{"start": 6, "end": 9, "label": "PERSON", "text": "Ida"}]
    (found,), _ = read(tmp_path, line("🛶é Ida", [{**spans[0], "start": 7, "end": 10}]))
    assert words(found) == [("Ida", "PERSON")]


def test_tokens_are_found_in_the_text(tmp_path: Path) -> None:
    """Words or objects; blanks between them are rebuilt."""
    record = {"text": TEXT, "tokens": ["Ida", "Holm", "left", {"text": "Orkenby"}, "."], "spans": []}
    (found,), _ = read(tmp_path, json.dumps(record))
    assert [t.text + " " * t.ws for t in found.tokens] == ["Ida ", "Holm ", "left ", "Orkenby", "."]
    (found,), account = read(tmp_path, json.dumps({**record, "tokens": ["Ida", "left"]}))
    assert (found.tokens, account.notes) == ((), [plain.TOKENS_SKIPPED.format(n=1)])


def test_a_record_without_spans_stays_open(tmp_path: Path) -> None:
    """An empty list says that there are none, no list says nothing."""
    found, account = read(tmp_path, line(TEXT, []) + "\n" + json.dumps({"text": TEXT}))
    assert [d.answer for d in found] == [Answer.ACCEPT, None]
    assert account.notes == [plain.OPEN_TEXTS.format(n=1)]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ('{"text": "fine"}\n{"spans": []}', "x.data:2: the record has no `text`"),
        ('{"text": "fine"}\n7', "x.data:2: the record has no `text`"),
        ('[{"text": "fine"}, {"text": 3}]', "x.data, record 2: the record has no `text`"),
        ('{"text": "a", "spans": {"a": 1}}', "x.data:1: `spans` must be a list"),
        ('[{"text": "fine"}', "x.data: this is not JSON"),
    ],
)
def test_what_is_no_record_is_named_with_its_place(tmp_path: Path, data: str, error: str) -> None:
    """The error says what is wrong, in which record, and what to do."""
    with pytest.raises(SourceError) as e:
        read(tmp_path, data)
    assert error in str(e.value)


@given(st.lists(texts_with_spans(), max_size=4))
def test_what_is_written_is_read(drawn: list[Document]) -> None:
    """Texts, spans with their quotes, notes, metadata and names survive the file."""
    every = [replace(d, meta={"article": "a1"}, note="x", annotator="ana", title="t") for d in drawn]
    back, written, account = round_trip(plain, every)
    assert [replace(d, where="") for d in back] == every
    assert not written.entries
    assert written.kept == account.read == account.kept


KEYS = "text spans entities start end label tokens id meta type annotator"


@given(st.lists(records(*KEYS.split()), max_size=3), st.binary(max_size=40))
def test_no_bytes_are_more_than_refused(tmp_path: Path, values: list[Any], rest: bytes) -> None:
    """Whatever a file holds, it is read with every span accounted for, or a SourceError."""
    lines = [json.dumps(v).encode() for v in values]
    for data in (b"\n".join(lines), b"\n".join([*lines, rest]), json.dumps(values).encode()):
        assert_accounted(plain, tmp_path / "x.jsonl", data)


def test_a_quote_that_disagrees_is_listed(tmp_path: Path) -> None:
    """The words decide, blanks aside; what is no quote of the text, such as a base form, is none."""
    spans = [
        {"start": 0, "end": 8, "label": "PERSON", "text": "Ida  Holm"},
        {"start": 0, "end": 3, "label": "PERSON", "text": "Per"},
        {"start": 9, "end": 13, "label": "MOVE", "word": "leave"},
    ]
    (found,), account = read(tmp_path, json.dumps({"text": "Ida Holm left.", "spans": spans}))
    assert [w for w, _ in words(found)] == ["Ida Holm", "left"]
    assert [(e.why, e.text, e.doubtful) for e in account.entries] == [(NOT_IN_TEXT, "Per", ((0, 3),))]
    assert account.is_balanced


@pytest.mark.parametrize(
    "span",
    [
        {"text": "Ida Holm", "label": "PERSON"},
        {"quote": "Ida Holm", "type": "PERSON"},
        {"entity": "Ida Holm", "type": "PERSON"},
        {"word": "Ida Holm", "entity": "PERSON"},
        {"value": "Ida Holm", "tag": "PERSON", "start": None},
        {"name": "Ida Holm", "labels": ["PERSON"]},
    ],
)
@pytest.mark.parametrize(("text", "spans"), [("text", "spans"), ("sentence", "entities"), ("content", "ents")])
def test_labels_with_words_and_no_offsets(tmp_path: Path, span: dict[str, Any], text: str, spans: str) -> None:
    """What language models answer is recognised and placed, beside records without a span."""
    rows = [{text: "Nobody left.", spans: []}, {text: TEXT, spans: [span]}]
    found, account = read(tmp_path, "\n".join(map(json.dumps, rows)))
    assert [words(d) for d in found] == [[], [("Ida Holm", "PERSON")]]
    assert (account.totals, account.is_balanced) == ({("moved", QUOTED_ONCE): 1}, True)
    assert list(format_detection.matching_formats(ImportSource(tmp_path / "x.data").sample())) == ["plain"]


@given(st.sampled_from([CODE_POINTS, INCLUSIVE, ONE_BASED, ONE_BASED_INCLUSIVE]))
def test_quotes_show_what_offsets_count(tmp_path: Path, unit: OffsetUnit) -> None:
    """Spans without a quote follow the unit that the others show."""
    names, first, last = TEXT[:-1].split(), unit.one_based, unit.one_based - unit.inclusive
    places = [(TEXT.index(w) + first, TEXT.index(w) + len(w) + last, w) for w in names]
    spans = [{"start": a, "end": b, "label": "A", "text": w} for a, b, w in places[:-1]]
    (found,), account = read(tmp_path, line(TEXT, [*spans, [*places[-1][:2], "A"]]))
    assert [w for w, _ in words(found)] == names
    assert {outcome for outcome, _ in account.totals} <= {"moved"}


@pytest.mark.parametrize(
    "found",
    [
        {"PERSON": ["Ida Holm"], "VENUE": "Orkenby", "COUNT": []},
        {"PERSON": [[0, 8]], "VENUE": [[14, 21]]},
        {"PERSON": [{"start": 0, "end": 8}], "VENUE": [{"text": "Orkenby"}], "COUNT": None},
    ],
)
def test_spans_by_label(found: dict[str, Any], tmp_path: Path) -> None:
    """What language models answer is often an object of the words, or the offsets, of each label."""
    row = {"text": "Ida Holm left Orkenby.", "entities": found}
    source = ImportSource(fill(tmp_path, {"x.jsonl": json.dumps(row)}).path / "x.jsonl")
    assert format_detection.choose_format(source)[0] == "plain"
    (document,), _ = read_aligned(plain, source)
    assert words(document) == [("Ida Holm", "PERSON"), ("Orkenby", "VENUE")]


@pytest.mark.parametrize("key", ["named_entities", "nested", "gold"])
def test_spans_under_a_name_that_is_not_read_are_a_loss(tmp_path: Path, key: str) -> None:
    """Their sentence stays open, beside a list that is read or without one; what a model proposes is none of them."""
    found = [{"start": 14, "end": 21, "label": "VENUE"}]
    row = {"text": TEXT, "spans": [[0, 8, "PERSON"]], key: found, "predicted_spans": found, "words": found}
    only = {"text": TEXT, key: [[14, 21, "VENUE"]]}
    documents, log = read(tmp_path, f"{json.dumps(row)}\n{json.dumps(only)}\n")
    assert [words(d) for d in documents] == [[("Ida Holm", "PERSON")], []]
    assert [(e.text, e.outcome.value, e.doubtful) for e in log.entries] == [("Orkenby", "left out", ((14, 21),))] * 2
    assert log.is_balanced


def test_what_a_pipeline_of_transformers_returns_is_no_gold(tmp_path: Path) -> None:
    """Its spans are there, and the text stays open; one span of somebody else makes it an annotation."""
    made = {"entity_group": "PER", "score": 0.99, "word": "Ida Holm", "start": 0, "end": 8}
    own = {"start": 14, "end": 21, "label": "VENUE"}
    documents, log = read(tmp_path, "\n".join(line(TEXT, spans) for spans in ([made], [made, own])))
    assert [d.answer for d in documents] == [None, Answer.ACCEPT]
    assert [len(d.spans) for d in documents] == [1, 2]
    assert any("a model has made" in note for note in log.notes)
