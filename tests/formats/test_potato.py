"""Potato's files: one folder an annotator, of both versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.formats import potato, registry
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from tests.formats.format_samples import assert_accounted, fill, read_detected, records, words

TEXT = "Ida Holm left Orkenby."
IDA = {"schema": "ner", "annotation": "PERSON", "span": "Ida Holm", "start": 0, "end": 8}
RY = {"schema": "ner", "annotation": "VENUE", "span": "Orkenby", "start": 14, "end": 21}


def row(*spans: dict[str, Any], **more: Any) -> str:
    """Return a line of ``annotated_instances.jsonl``."""
    own = {"id": "d1", "displayed_text": TEXT, "label_annotations": {}, "span_annotations": spans}
    return json.dumps({**own, "behavioral_data": {"time": "9"}, **more}) + "\n"


def read(source: ImportSource) -> tuple[list[Document], ConversionLog]:
    """Read a file or folder that must be found to be Potato's."""
    return read_detected("potato", source)


def test_a_folder_has_a_folder_for_each_annotator(tmp_path: Path) -> None:
    """The folder names the annotator; the file of all annotators, which names nobody, has the same once more."""
    files = {"out/ana/annotated_instances.jsonl": row(IDA), "out/bo/annotated_instances.jsonl": row(RY)}
    fill(tmp_path, {**files, "out/annotated_instances.jsonl": row(IDA) + row(RY)})
    found, log = read(ImportSource(tmp_path / "out"))
    assert [(d.annotator, words(d)) for d in found] == [
        ("ana", [("Ida Holm", "PERSON")]),
        ("bo", [("Orkenby", "VENUE")]),
    ]
    assert potato.ALL_ANNOTATORS in log.notes
    (alone,), _ = read(ImportSource(tmp_path / "out/ana/annotated_instances.jsonl"))
    assert alone.annotator == ""
    fill(tmp_path, {"out/ana/annotation_order.txt": "d1\n"})
    (alone,), _ = read(ImportSource(tmp_path / "out/ana/annotated_instances.jsonl"))
    assert (alone.annotator, alone.id, alone.meta, alone.answer) == ("ana", "d1", {}, Answer.ACCEPT)


def test_answers_about_whole_texts_are_listed(tmp_path: Path) -> None:
    """They are no spans; a file with such alone says nothing of spans, so its texts stay open."""
    fill(tmp_path, {"x.jsonl": row(label_annotations={"topic": {"weather": "true"}})})
    (found,), log = read(ImportSource(tmp_path / "x.jsonl"))
    assert found.answer is None
    assert [(e.kind, e.id) for e in log.entries] == [("text label", "topic")]


def test_offsets_count_the_text_without_its_tags(tmp_path: Path) -> None:
    """Where the quoted words are at their offsets in the text without HTML tags, that is the text."""
    fill(tmp_path, {"x.jsonl": row(RY, displayed_text="<b>Ida Holm</b> left<br> Orkenby.")})
    (found,), log = read(ImportSource(tmp_path / "x.jsonl"))
    assert (found.text, words(found)) == (TEXT, [("Orkenby", "VENUE")])
    assert potato.TAGS_TAKEN_OFF.format(n=1) in log.notes


SPAN_2 = {"schema": "ner", "name": "PERSON", "title": "Person", "start": 0, "end": 8, "id": "s1"}


@pytest.mark.parametrize("spans", [[[SPAN_2, "true"]], {"ner": [SPAN_2]}, [{**SPAN_2, "label": "PERSON"}]])
def test_version_2_has_the_texts_in_the_data_files(spans: Any, tmp_path: Path) -> None:
    """The state of an annotator names a text by its id; without the data file the error says what to do."""
    state = {"user_id": "ana", "instance_id_to_span_to_value": {"d1": spans}, "instance_id_to_label_to_value": {}}
    fill(tmp_path, {"out/ana/user_state.json": json.dumps(state, indent=1)})
    with pytest.raises(SourceError, match="the text of 'd1' is not in the file; put the project's data files"):
        read(ImportSource(tmp_path / "out"))
    fill(tmp_path, {"data/items.jsonl": json.dumps({"id": "d1", "text": TEXT})})
    (found,), _ = read(ImportSource(tmp_path))
    assert (found.annotator, words(found)) == ("ana", [("Ida Holm", "PERSON")])


def test_an_annotator_s_two_files_are_read_once(tmp_path: Path) -> None:
    """The state of an annotator repeats the file with the texts, from which the others' states have theirs."""
    state = {"instance_id_to_span_to_value": {"d1": [[SPAN_2, "true"]]}}
    files = {f"out/{who}/user_state.json": json.dumps({"user_id": who, **state}) for who in ("ana", "bo")}
    fill(tmp_path, {**files, "out/ana/annotated_instances.jsonl": row(RY)})
    found, _ = read(ImportSource(tmp_path / "out"))
    assert [(d.annotator, words(d)) for d in found] == [
        ("ana", [("Orkenby", "VENUE")]),
        ("bo", [("Ida Holm", "PERSON")]),
    ]


def test_the_export_of_version_2(tmp_path: Path) -> None:
    """``annotations.jsonl`` has the spans by question, and no text either."""
    exported = {"instance_id": "d1", "user_id": "ana", "labels": {}, "spans": {"ner": [SPAN_2]}, "links": {}}
    fill(tmp_path, {"annotations.jsonl": json.dumps(exported), "items.json": json.dumps([{"id": "d1", "text": TEXT}])})
    (found,), _ = read(ImportSource(tmp_path))
    assert (found.annotator, words(found)) == ("ana", [("Ida Holm", "PERSON")])


@given(value=records("id", "displayed_text", "span_annotations", "span", "annotation", "start", "end", "name"))
def test_anything_is_read_or_refused(value: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever the values are, every span is accounted for, or one error names the place."""
    path = tmp_path_factory.mktemp("potato") / "x.json"
    for found in (value, {"id": 1, "displayed_text": TEXT, "span_annotations": value}):
        assert_accounted(registry.load_format("potato"), path, json.dumps([found]).encode())
