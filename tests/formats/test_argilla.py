"""Argilla's records of both versions: responses are annotations, suggestions and predictions are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.formats import argilla, format_detection, huggingface, registry
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from tests.formats.format_samples import assert_accounted, fill, read_aligned, read_detected, records, words

TEXT = "Ida Holm left Orkenby."
IDA, RY = {"start": 0, "end": 8, "label": "PERSON"}, {"start": 14, "end": 21, "label": "VENUE"}


def read(folder: Path, *rows: Any) -> tuple[list[Document], ConversionLog]:
    """Read records from a file, a line each, which must be found to be Argilla's."""
    fill(folder, {"records.jsonl": "\n".join(map(json.dumps, rows))})
    source = ImportSource(folder / "records.jsonl")
    return read_detected("argilla", source)


def answers(documents: list[Document]) -> list[tuple[str, Answer | None, list[tuple[str, str]]]]:
    """Return who has answered what, with the spans."""
    return [(d.annotator, d.answer, words(d)) for d in documents]


def response(*spans: dict[str, Any], user: str = "ana", status: str = "submitted") -> dict[str, Any]:
    """Return a user's response to a question."""
    return {"value": list(spans), "user_id": user, "status": status}


def test_each_user_is_an_annotator_and_the_status_is_the_answer(tmp_path: Path) -> None:
    """A submitted response is accepted, a draft stays open, a discarded one is answered with ignore."""
    given = [response(IDA), response(user="bo"), response(RY, user="cy", status="draft")]
    row = {
        "fields": {"body": TEXT, "url": "http://x.org"},
        "responses": {"ner": [*given, response(user="di", status="discarded")]},
        "suggestions": {},
        "metadata": {"src": "a"},
        "id": "7",
    }
    found, log = read(tmp_path, row)
    assert answers(found) == [
        ("ana", Answer.ACCEPT, [("Ida Holm", "PERSON")]),
        ("bo", Answer.ACCEPT, []),
        ("cy", None, [("Orkenby", "VENUE")]),
        ("di", Answer.IGNORE, []),
    ]
    assert (found[0].id, found[0].meta) == ("7", {"url": "http://x.org", "src": "a"})
    assert log.notes == ["texts are read from the field body", argilla.DRAFTS.format(n=1)]


def test_suggestions_are_predictions_alone(tmp_path: Path) -> None:
    """A record that nobody has answered stays open; what a model suggests is no span of it."""
    suggested = {"ner": {"value": [IDA], "score": [0.5], "agent": "m"}}
    (found,), log = read(tmp_path, {"fields": {"text": TEXT}, "responses": {}, "suggestions": suggested})
    assert (found.spans, found.answer, log.read) == ((), None, 0)
    (predicted,) = found.predictions
    assert predicted.span is not None
    assert (predicted.span.key, predicted.source, predicted.score) == ((0, 8, "PERSON"), "m", 0.5)


def test_several_questions_about_several_fields(tmp_path: Path) -> None:
    """Spans go to the field whose words they fit; questions about one field are one annotator's one text."""
    row = {
        "id": "1",
        "fields": {"headline": "Storms over Orkenby", "story": TEXT},
        "responses": {
            "names": [response(IDA)],
            "places": [response(RY)],
            "topic": [{"value": "weather", "user_id": "ana", "status": "submitted"}],
            "in headline": [response({"start": 12, "end": 19, "label": "VENUE"})],
        },
    }
    found, log = read(tmp_path, row)
    assert {d.id: words(d) for d in found} == {
        "1/story": [("Ida Holm", "PERSON"), ("Orkenby", "VENUE")],
        "1/headline": [("Orkenby", "VENUE")],
    }
    assert [(e.kind, e.id) for e in log.entries] == [("text label", "topic")]


def test_the_server_s_records(tmp_path: Path) -> None:
    """The API lists responses by user, with the values of all questions, and may name the user."""
    given = {"values": {"ner": {"value": [IDA]}}, "status": "submitted", "user": {"username": "ana"}, "user_id": "u-1"}
    draft = {"values": None, "status": "draft", "user_id": "u-2"}
    found, _ = read(tmp_path, {"fields": {"text": TEXT}, "responses": [given, draft], "suggestions": []})
    assert answers(found) == [("ana", Answer.ACCEPT, [("Ida Holm", "PERSON")]), ("u-2", None, [])]


def test_other_json_in_a_folder_is_named(tmp_path: Path) -> None:
    """The settings of a dataset are no records; they do not stop the import."""
    row = {"fields": {"text": TEXT}, "responses": {"ner": [response(IDA)]}}
    source = fill(tmp_path, {"records.json": json.dumps([row]), "settings.json": '{"guidelines": null, "fields": []}'})
    assert format_detection.choose_format(source)[0] == "argilla"
    found, log = read_aligned(argilla, source)
    assert len(found) == 1
    assert any("settings.json" in note for note in log.notes)


COLUMNS = {
    "id": "7",
    "text": TEXT,
    "src": "a",
    "ner.responses": [[IDA], [RY]],
    "ner.responses.users": ["ana", "bo"],
    "ner.responses.status": ["submitted", "discarded"],
    "ner.suggestion": [RY],
    "ner.suggestion.score": None,
    "ner.suggestion.agent": "m",
}


def test_columns_of_a_data_set(tmp_path: Path) -> None:
    """The columns of a flat export are the same records; rows without responses stay open."""
    empty = {"id": "8", "text": "Rain.", **{k: None for k in COLUMNS if k.startswith("ner")}}
    found, _ = read(tmp_path, COLUMNS, empty)
    assert answers(found) == [
        ("ana", Answer.ACCEPT, [("Ida Holm", "PERSON")]),
        ("bo", Answer.IGNORE, [("Orkenby", "VENUE")]),
        ("", None, []),
    ]
    assert found[0].meta == {"src": "a"}
    assert [len(d.predictions) for d in found] == [1, 0, 0]


def test_columns_in_parquet(tmp_path: Path) -> None:
    """A data set that was pushed to the Hub is Parquet with these columns."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.Table.from_pylist([COLUMNS]), tmp_path / "train.parquet")
    source = ImportSource(tmp_path / "train.parquet")
    assert format_detection.choose_format(source)[0] == "huggingface"
    found, _ = read_aligned(huggingface, source)
    assert [words(d) for d in found] == [[("Ida Holm", "PERSON")], [("Orkenby", "VENUE")]]


def test_annotators_without_names_stay_apart(tmp_path: Path) -> None:
    """Two answers to one question are never one annotator's, though the file names nobody."""
    row = {"fields": {"text": TEXT}, "responses": {"ner": [{"value": [IDA]}, {"value": [RY]}], "other": None}}
    found, log = read(tmp_path, row)
    assert answers(found) == [
        ("", Answer.ACCEPT, [("Ida Holm", "PERSON")]),
        ("user-2", Answer.ACCEPT, [("Orkenby", "VENUE")]),
    ]
    assert argilla.NO_STATUS.format(n=2) in log.notes


def test_an_unanswered_question_about_spans_leaves_the_text_open(tmp_path: Path) -> None:
    """Who has answered another question only has not read the text for spans."""
    topic = {"topic": [{"value": "weather", "user_id": "ana", "status": "submitted"}]}
    found, log = read(
        tmp_path,
        {"fields": {"text": TEXT}, "responses": topic},
        {"fields": {"text": "Ida."}, "responses": {"ner": [response({"start": 0, "end": 3, "label": "P"})]}},
    )
    assert [d.answer for d in found] == [None, Answer.ACCEPT]
    assert argilla.UNANSWERED.format(n=1) in log.notes


def test_what_has_no_spans_is_refused(tmp_path: Path) -> None:
    """A dataset of labels and ratings is refused with its questions, and ambiguous spans with their fields."""
    with pytest.raises(SourceError, match=r"no question in it asks for spans \(its questions: topic\)"):
        read(tmp_path, {"fields": {"text": TEXT}, "responses": {"topic": [{"value": "weather", "user_id": "a"}]}})
    two = {"first": "Ida left.", "second": "Tom slept."}
    with pytest.raises(SourceError, match="may be on the field first or second"):
        read(tmp_path, {"fields": two, "responses": {"ner": [response({"start": 0, "end": 3, "label": "P"})]}})


OLD = {
    "text": TEXT,
    "tokens": ["Ida", "Holm", "left", "Orkenby", "."],
    "annotation": [["PERSON", 0, 8]],
    "annotation_agent": "ana",
    "prediction": [["VENUE", 14, 21, 0.7]],
    "prediction_agent": "m",
    "id": "old-1",
    "status": "Validated",
    "metadata": {"src": "a"},
    "event_timestamp": "2023-04-05T10:00:00",
}


@pytest.mark.parametrize(
    "annotation",
    [[["PERSON", 0, 8]], [{"label": "PERSON", "start": 0, "end": 8}], [[0, 8, "PERSON"]], [["PERSON", 0, 8, 1.0]]],
)
def test_version_1(annotation: list[Any], tmp_path: Path) -> None:
    """Spans are lists or objects, and the record's tokens are kept."""
    (found,), _ = read(tmp_path, {**OLD, "annotation": annotation})
    assert answers([found]) == [("ana", Answer.ACCEPT, [("Ida Holm", "PERSON")])]
    assert ([t.text for t in found.tokens], found.meta, found.time) == (OLD["tokens"], {"src": "a"}, 1680688800.0)
    assert [(p.source, p.score) for p in found.predictions] == [("m", 0.7)]


@pytest.mark.parametrize(
    ("status", "annotation", "answer"),
    [
        ("Validated", None, Answer.ACCEPT),
        ("Default", [["PERSON", 0, 8]], None),
        ("Edited", [["PERSON", 0, 8]], None),
        ("Discarded", None, Answer.IGNORE),
        ("Default", None, None),
        (None, [["PERSON", 0, 8]], Answer.ACCEPT),
    ],
)
def test_the_status_of_version_1(status: str | None, annotation: Any, answer: Answer | None, tmp_path: Path) -> None:
    """What nobody has validated stays open, with its spans."""
    (found,), _ = read(tmp_path, {**OLD, "status": status, "annotation": annotation})
    assert (found.answer, len(found.spans)) == (answer, len(annotation or []))


def test_text_classification_is_refused(tmp_path: Path) -> None:
    """Labels of whole texts are named as what they are."""
    row = {"inputs": {"text": TEXT}, "annotation": "weather", "annotation_agent": "ana", "status": "Validated"}
    with pytest.raises(SourceError, match="`annotation` is a label of the whole text"):
        read(tmp_path, row)


@given(
    value=records(
        "fields", "responses", "suggestions", "text", "ner", "value", "values", "user_id", "status", "start", "end"
    )
)
def test_anything_is_read_or_refused(value: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever the values are, every span is accounted for, or one error names the place."""
    path = tmp_path_factory.mktemp("argilla") / "x.json"
    for row in (value, {"fields": {"text": TEXT}, "responses": value}, {**OLD, "annotation": value}):
        assert_accounted(registry.load_format("argilla"), path, json.dumps([row]).encode())
