"""doccano's rows, of all its versions, read and written."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.formats import doccano, span_fields
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.formats.offset_units import CODE_POINTS, requested_unit
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


def read(folder: Path, *rows: dict[str, Any]) -> tuple[list[Document], ConversionLog]:
    """Read rows from a file, a line each."""
    fill(folder, {"rows.jsonl": "\n".join(map(json.dumps, rows))})
    return read_aligned(doccano, ImportSource(folder / "rows.jsonl"))


def test_a_row_keeps_columns_and_comments(tmp_path: Path) -> None:
    """Columns are metadata, comments the note; blanks at an edge and what is past the end are told."""
    row = {"id": 7, "text": TEXT, "label": [[0, 9, "PERSON"], [14, 99, "VENUE"]], "Comments": ["who?"], "url": "a"}
    (found,), account = read(tmp_path, row)
    assert (found.id, found.note, found.meta, found.answer) == ("7", "who?", {"url": "a"}, Answer.ACCEPT)
    assert words(found) == [("Ida Holm", "PERSON")]
    assert ledger_lines(account) == [
        ("span", "trimmed", "blanks at an edge"),
        ("span", "left out", "past the end of the text"),
    ]
    assert account.is_balanced


def test_the_text_may_be_called_data(tmp_path: Path) -> None:
    """Some exports call the text ``data``; beside a ``text`` it is a column as any other."""
    fill(tmp_path, {"rows.jsonl": json.dumps({"id": 1, "data": TEXT, "label": [[0, 8, "PERSON"]]})})
    assert doccano.detect(ImportSource(tmp_path / "rows.jsonl").sample())
    rows = ({"data": TEXT, "label": [[0, 8, "PERSON"]]}, {"text": TEXT, "data": "x", "label": []})
    (found, other), _ = read(tmp_path, *rows)
    assert (found.text, words(found), found.meta) == (TEXT, [("Ida Holm", "PERSON")], {})
    assert (other.text, other.meta) == (TEXT, {"data": "x"})


def test_relations_are_listed(tmp_path: Path) -> None:
    """Entities become spans, the relations between them lines of the ledger."""
    entities = [{"id": 3, "label": "PERSON", "start_offset": 0, "end_offset": 8}]
    relations = [{"id": 5, "from_id": 3, "to_id": 3, "type": "self"}]
    (found,), account = read(tmp_path, {"text": TEXT, "entities": entities, "relations": relations})
    assert words(found) == [("Ida Holm", "PERSON")]
    assert [(e.kind, e.id, e.why) for e in account.entries] == [("relation", "5", span_fields.UNSUPPORTED["relation"])]


OLD = {
    "text": TEXT,
    "meta": {"wiki": 1},
    "annotations": [
        {"label": 12, "start_offset": 0, "end_offset": 8, "user": 1},
        {"label": 13, "start_offset": 14, "end_offset": 21, "user": 2},
    ],
}


def test_old_annotations_name_users_and_label_ids(tmp_path: Path) -> None:
    """Each user's spans are a document; without the label file the labels are numbers, which a note says."""
    found, account = read(tmp_path, OLD)
    assert [(d.annotator, words(d), d.meta) for d in found] == [
        ("1", [("Ida Holm", "12")], {"wiki": 1}),
        ("2", [("Orkenby", "13")], {"wiki": 1}),
    ]
    assert account.notes == [doccano.NUMERIC_LABELS.format(s="s", n=2)]


def test_a_zip_has_a_member_an_annotator(tmp_path: Path) -> None:
    """Members name annotators, ``all`` nobody; a label file beside them names the label ids."""
    labels = [{"id": n, "text": t, "background_color": "#fff"} for n, t in ((12, "PERSON"), (13, "VENUE"))]
    row = {"text": TEXT, "label": [[0, 8, "PERSON"]]}
    with zipfile.ZipFile(tmp_path / "export", "w") as packed:
        packed.writestr("all.jsonl", json.dumps(row))
        packed.writestr("ben.jsonl", json.dumps(row) + "\n" + json.dumps(OLD))
        packed.writestr("labels.json", json.dumps(labels))
    source = ImportSource(tmp_path / "export")
    assert doccano.detect(source.sample())
    found, account = read_aligned(doccano, source)
    assert [(d.annotator, words(d)) for d in found] == [
        ("", [("Ida Holm", "PERSON")]),
        ("ben", [("Ida Holm", "PERSON")]),
        ("1", [("Ida Holm", "PERSON")]),
        ("2", [("Orkenby", "VENUE")]),
    ]
    assert found[1].where.endswith("export/ben.jsonl:1")
    assert account.notes == []


def test_texts_without_spans_stay_open(tmp_path: Path) -> None:
    """Nothing in a row says whether anybody has read it."""
    (found,), account = read(tmp_path, {"text": TEXT, "label": []})
    assert found.answer is None
    assert account.notes == [doccano.OPEN_DOCCANO_TEXTS.format(n=1)]


BOATS = "🛶👩‍🚀 Ida met Per 👍🏽 in Orkenby."
NAMES = ("Ida", "Per", "Orkenby")


@pytest.mark.parametrize(
    ("width", "unit"),
    [
        (len, ""),
        (lambda s: len(s.encode("utf-16-le")) // 2, "UTF-16 units"),
        (lambda s: len(s.replace("👩‍🚀", "x").replace("👍🏽", "x")), "graphemes"),
    ],
)
def test_the_words_at_the_edges_tell_the_unit(tmp_path: Path, width: Any, unit: str) -> None:
    """Nothing is quoted, so the unit is the one whose spans begin and end with words."""
    places = [(width(BOATS[: BOATS.index(w)]), width(w)) for w in NAMES]
    label = [[start, start + size, "X"] for start, size in places]
    (found,), account = read(tmp_path, {"text": BOATS, "label": label})
    assert words(found) == [(w, "X") for w in NAMES]
    assert {e.why for e in account.entries} == ({f"offsets count {unit}"} if unit else set())
    assert account.is_balanced


def test_without_plain_evidence_code_points_stand(tmp_path: Path) -> None:
    """One span that fits another unit as well is no sign of it, but it is told."""
    (found,), account = read(tmp_path, {"text": "Ida 🛶 a_b", "label": [[0, 9, "X"]]})
    assert words(found) == [("Ida 🛶 a_b", "X")]
    told_ = "offsets may count UTF-16 units ('Ida 🛶 a_b' or 'Ida 🛶 a_'); code points were taken"
    assert account.notes == [told_]


def test_one_span_past_the_end_makes_no_other_unit(tmp_path: Path) -> None:
    """Files of doccano have such spans; the words at the other edges weigh more."""
    label = [[BOATS.index(w), BOATS.index(w) + len(w), "X"] for w in NAMES]
    label.append([len(BOATS) - 1, len(BOATS) + 1, "X"])
    (found,), account = read(tmp_path, {"text": BOATS, "label": label})
    assert words(found) == [(w, "X") for w in NAMES]
    assert account.totals == {("left out", "past the end of the text"): 1}


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"filename": "a.png", "label": []}, "the row names a file, not a text; import projects with texts only"),
        ({"label": []}, "the row has no `text`; export the project from doccano again (JSONL)"),
        ({"text": TEXT, "entities": 3}, "`entities` must be a list"),
    ],
)
def test_what_is_no_row_is_named_with_its_line(tmp_path: Path, row: dict[str, Any], error: str) -> None:
    """The error says what is wrong, in which line, and what to do."""
    with pytest.raises(SourceError) as e:
        read(tmp_path, {"text": "fine", "label": []}, row)
    assert f"rows.jsonl:2: {error}" in str(e.value)


def test_labels_of_whole_texts_are_listed(tmp_path: Path) -> None:
    """A project that classifies texts has no spans."""
    found, account = read(tmp_path, {"text": TEXT, "label": ["sport"]}, {"text": TEXT, "annotations": [{"label": 4}]})
    assert [d.spans for d in found] == [(), ()]
    assert {(e.kind, e.why) for e in account.entries} == {("text label", span_fields.UNSUPPORTED["text label"])}


# A doccano file quotes nothing: its unit is a guess by the edges of words, which made-up texts can mislead.
# Other tests hold that guess on real words.
@given(st.lists(texts_with_spans(), max_size=4))
def test_what_is_written_is_read(drawn: list[Document]) -> None:
    """Texts, spans, notes, columns and names survive the files; an answer that would not is listed."""
    every = [replace(d, meta={"article": "a1"}, note="x", annotator="ana", id=str(n)) for n, d in enumerate(drawn)]
    with requested_unit(CODE_POINTS):
        back, written, account = round_trip(doccano, every)
    assert [(d.text, d.spans, d.note, d.annotator, d.id, d.meta) for d in back] == [
        (d.text, d.spans, d.note, d.annotator, d.id, d.meta) for d in every
    ]
    assert written.is_balanced
    assert written.kept == account.read == account.kept
    assert sum(e.kind == "answer" for e in written.entries) == sum(not d.spans for d in every)


KEYS = "text label labels entities relations annotations start_offset end_offset user Comments meta id"


@given(st.lists(records(*KEYS.split()), max_size=3), st.binary(max_size=40))
def test_no_bytes_are_more_than_refused(tmp_path: Path, values: list[Any], rest: bytes) -> None:
    """Whatever a file holds, it is read with every span accounted for, or a SourceError."""
    lines = [json.dumps(v).encode() for v in values]
    for tail in ([], [rest]):
        assert_accounted(doccano, tmp_path / "x.jsonl", b"\n".join([*lines, *tail]))
