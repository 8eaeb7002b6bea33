"""What holds for all formats that are JSON records: odd values, and the real files of other tools."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import SourceError
from annotator.formats import doccano, format_detection, prodigy, registry
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.formats.json_records import parse_json_value
from annotator.formats.offset_units import CODE_POINTS, QUOTED_UNITS, UTF16, OffsetUnit
from annotator.formats.span_alignment import align_spans
from annotator.formats.span_fields import RawSpan, convert_spans, name_of, offset_number, seconds_of, whole_number
from annotator.formats.span_fields import storable_fields as plain_fields
from tests.formats.format_samples import NO_JSON_RECORDS, SHARED, assert_accounted, read_aligned, sample_records

DEEP = "[" * 1000 + "]" * 1000
ODD = (DEEP, '{"a":' * 1000 + "1" + "}" * 1000, "1e300", "1" * 30, "-0.0", '"a\\u0000"', "null", "true")
PLACES = (
    '{"text": "Ida left", "answer": %s}',
    '{"text": "Ida left", "meta": %s, "x": %s}',
    '{"text": "Ida left", "spans": [{"start": %s, "end": 3, "label": "A"}]}',
    '{"text": "Ida left", "spans": [{"start": 0, "end": 3, "label": %s, "id": %s}]}',
    '{"text": "Ida left", "label": [[0, 3, %s], [0, %s, "A"], %s], "Comments": %s}',
    '{"text": "Ida left", "accept": [%s], "relations": [%s], "annotations": [%s]}',
    '["Ida left", {"entities": [[0, 3, %s], %s], "cats": %s}]',
    '{"text": "Ida left", "ents": [], "tokens": [%s], "spans": {"a": [%s]}}',
)


@pytest.mark.parametrize("name", registry.FORMATS)
@pytest.mark.parametrize("place", PLACES)
def test_odd_values_are_read_or_refused(tmp_path: Path, name: str, place: str) -> None:
    """Nesting that orjson reads and others don't, huge numbers and NUL make no traceback anywhere."""
    for value in ODD:
        assert_accounted(registry.load_format(name), tmp_path / "x.jsonl", place.replace("%s", value).encode())


RECORDS = sample_records("Ida left. " * 20_000, 3)


def test_every_format_has_a_sample() -> None:
    """A new format of JSON records has one, with which the tests of all formats try it."""
    assert RECORDS.keys() | NO_JSON_RECORDS == registry.FORMATS.keys(), (
        "add a record to sample_records in tests/formats/format_samples.py, or the name to NO_JSON_RECORDS there"
    )


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_may_be_an_article(tmp_path: Path, name: str) -> None:
    """A first line that is longer than what is looked at otherwise is still recognised, as one format alone."""
    (tmp_path / "x").write_text(json.dumps(RECORDS[name]) + "\n")
    assert list(format_detection.matching_formats(ImportSource(tmp_path / "x").sample())) == [name]


@pytest.mark.parametrize("name", RECORDS)
def test_a_doubled_text_or_label_is_refused(name: str) -> None:
    """Whatever the format calls them: of two values of one key a reader sees the last alone."""
    record = json.dumps(sample_records("Ida left.", 3)[name])
    for field in re.findall(r'"\w+": "(?:Ida left\.|Ida|PERSON)"', record):
        with pytest.raises(SourceError, match="a key occurs twice in one object"):
            parse_json_value(record.replace(field, f"{field}, {field}"), "f:1", ConversionLog())


def test_spans_are_counted_whatever_they_are() -> None:
    """What a span can be is returned, the rest listed with the file's own words."""
    account = ConversionLog()
    raws = [RawSpan(0, 3, "A"), RawSpan(0, 3, 7), RawSpan(2, 1, "A", id="s4"), RawSpan(0, 2.5, "A"), RawSpan(0, 3, " ")]
    assert [s.label for s in convert_spans(raws, "Ida", "x:1", account)] == ["A", "7"]
    assert [(e.id, e.why) for e in account.entries] == [
        ("s4", "it ends before it begins"),
        ("0-2.5:A", "its offsets are not whole numbers"),
        ("0-3: ", "it has no label"),
    ]
    assert account.read == 5


def test_offsets_may_be_written_as_texts() -> None:
    """Tables, and some programs, write numbers so: the spans are the same, and none is listed as moved."""
    account = ConversionLog()
    spans = convert_spans([RawSpan("0", "3", "A"), RawSpan(4, "8", "A", quote="left")], "Ida left.", "x:1", account)
    assert ([s.key for s in spans], account.entries) == ([(0, 3, "A"), (4, 8, "A")], [])


def test_values_of_fields_are_what_they_should_be() -> None:
    """Whole numbers may be written 3.0, a name may be a number, a time is not before 1970."""
    assert [whole_number(x) for x in (3, 3.0, 3.5, "3", True, None)] == [3, 3, None, None, None, None]
    assert [offset_number(x) for x in (3, "3", " 3", "-3", "३", True)] == [3, 3, None, None, None, None]
    assert [name_of(x) for x in (3, "a", None, [1])] == ["3", "a", "", ""]
    assert [seconds_of(x) for x in (5, -5, 1e300, "5", True)] == [5.0, 0.0, 0.0, 0.0, 0.0]
    assert plain_fields({"a": [1], "b": [[]] * 3, "c": "x" * 200_000}) == {"a": [1], "b": [[], [], []]}
    assert plain_fields([1]) == {}


def test_a_counted_note_shows_each_thing_once() -> None:
    """Notes come in the order in which they first came up, and none for nothing."""
    account = ConversionLog()
    for what, by in (("b: {n}", 1), ("none: {n}", 0), ("a: {n}", 1000), ("b: {n}", 1)):
        account.count_note(what, by)
    account.add_counted_notes()
    assert account.notes == ["b: 2", "a: 1,000"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real exports are not here")
@pytest.mark.parametrize("format_", ["prodigy", "doccano"])
def test_real_exports_are_accounted_for(format_: str) -> None:
    """Each is recognised as its format and no other, and every span in it is carried over or listed."""
    for path in sorted((SHARED / format_).iterdir()):
        source = ImportSource(path)
        assert list(format_detection.matching_formats(source.sample())) == [format_]
        _, account = read_aligned({"prodigy": prodigy, "doccano": doccano}[format_], source)
        assert account.is_balanced


TEXTS = st.text("Ida é\u0301🛶\n“", max_size=15)
OFFSETS = st.one_of(st.none(), st.integers(-3, 18), st.just(1.5), st.just("x"))
RAW_SPANS = st.builds(
    RawSpan, OFFSETS, OFFSETS, st.sampled_from(["A", "B", "", None]), quote=st.one_of(st.just(""), TEXTS)
)


@given(TEXTS, st.lists(RAW_SPANS, max_size=5), st.sampled_from([CODE_POINTS, UTF16, *QUOTED_UNITS]))
def test_every_span_is_placed_or_listed_with_what_it_may_be_about(
    text: str, raws: list[RawSpan], unit: OffsetUnit
) -> None:
    """Whatever the values: the account balances after alignment, and a doubt is a range of the text."""
    account = ConversionLog()
    spans = convert_spans(raws, text, "x:1", account, unit)
    align_spans(Document(text, spans, where="x:1"), account)
    assert account.is_balanced
    assert all(0 <= a < b <= len(text) for e in account.entries for a, b in e.doubtful)
