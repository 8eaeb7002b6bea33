"""Files in which models have labelled texts: LangExtract's documents, and Ground Truth's manifests in part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from annotator.core.annotation import Answer
from annotator.formats import ground_truth, registry
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from tests.formats.format_samples import assert_accounted, fill, read_aligned, records, words

TEXT = "Ida Holm left Orkenby."


def read(name: str, folder: Path, *rows: Any) -> tuple[list[Document], ConversionLog]:
    """Read rows with a format."""
    fill(folder, {"x.jsonl": "\n".join(map(json.dumps, rows))})
    documents, log = read_aligned(registry.load_format(name), ImportSource(folder / "x.jsonl"))
    assert log.is_balanced
    return documents, log


def extraction(words_: str, **more: Any) -> dict[str, Any]:
    """Return an extraction of LangExtract's."""
    return {"extraction_class": "person", "extraction_text": words_, "attributes": {}, **more}


def test_extractions_are_predictions(tmp_path: Path) -> None:
    """They are where their interval is, or else their words; the text stays open until somebody has read it."""
    found = [extraction("Ida Holm", char_interval={"start_pos": 0, "end_pos": 8}), extraction("Orkenby")]
    row = {"document_id": "d", "text": TEXT, "extractions": [*found, extraction("Tom", char_interval=None)]}
    (document,), _ = read("langextract", tmp_path, row)
    assert (document.spans, document.answer, document.id) == ((), None, "d")
    places = [p.span.key if p.span else None for p in document.predictions]
    assert places == [(0, 8, "person"), (14, 21, "person"), None]


def manifest(human: str, **more: Any) -> dict[str, Any]:
    """Return a record of Ground Truth's."""
    entities = [{"label": "PERSON", "startOffset": 0, "endOffset": 8}]
    metadata = {"human-annotated": human, "entities": [{"confidence": 0.9}], "creation-date": "2022-01-01T00:00:00"}
    return {"source": TEXT, "ner": {"annotations": {"entities": entities}}, "ner-metadata": metadata, **more}


def test_people_annotate_and_models_predict(tmp_path: Path) -> None:
    """What the job has labelled by itself is no annotation, and a text that failed stays open."""
    failed = {"source": TEXT, "ner-metadata": {"failure-reason": "expired"}}
    found, log = read("ground-truth", tmp_path, manifest("yes", line=3), manifest("no"), failed)
    assert [(d.annotator, d.answer, words(d)) for d in found] == [
        ("ner", Answer.ACCEPT, [("Ida Holm", "PERSON")]),
        ("", None, []),
        ("ner", None, []),
    ]
    assert found[0].meta == {"line": 3}
    assert [(p.source, p.score) for p in found[1].predictions] == [("ner", 0.9)]
    assert ground_truth.FAILED.format(n=1) in log.notes


@pytest.mark.parametrize("name", ["langextract", "ground-truth"])
@given(
    value=records("text", "extractions", "char_interval", "source", "ner", "ner-metadata", "annotations", "entities")
)
def test_anything_is_read_or_refused(name: str, value: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever the values are, every span is accounted for, or one error names the place."""
    path = tmp_path_factory.mktemp("models") / "x.json"
    for row in (value, {"text": TEXT, "extractions": value}, {**manifest("yes"), "ner": value}):
        assert_accounted(registry.load_format(name), path, json.dumps([row]).encode())
