"""Dataturks' lines: ends are inside the span, and each point quotes its words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.ledger import Outcome
from annotator.formats import dataturks, registry
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from tests.formats.format_samples import assert_accounted, fill, read_detected, records, words

TEXT = "Ida Holm left Orkenby."


def read(folder: Path, *rows: Any) -> tuple[list[Document], ConversionLog]:
    """Read records from a file, a line each, which must be found to be Dataturks'."""
    fill(folder, {"x.json": "\n".join(map(json.dumps, rows))})
    source = ImportSource(folder / "x.json")
    return read_detected("dataturks", source)


def marked(*labels: str, start: int = 0, end: int = 7, text: str = "Ida Holm") -> dict[str, Any]:
    """Return an annotation of a point."""
    return {"label": list(labels), "points": [{"start": start, "end": end, "text": text}]}


def test_a_span_has_its_last_character(tmp_path: Path) -> None:
    """The end is inclusive, also of one character alone; each label of a point is a span."""
    given = [marked("PERSON", "HERO"), marked("STOP", start=21, end=21, text=".")]
    metadata = {"last_updated_by": "ana", "last_updated_at": 1527597600000, "status": "done"}
    (found,), _ = read(tmp_path, {"content": TEXT, "annotation": given, "extras": None, "metadata": metadata})
    assert words(found) == [("Ida Holm", "PERSON"), ("Ida Holm", "HERO"), (".", "STOP")]
    assert (found.annotator, found.time, found.answer, found.meta) == ("ana", 1527597600.0, Answer.ACCEPT, {})


def test_what_nobody_has_annotated_is_open(tmp_path: Path) -> None:
    """A null is no annotation; an empty list of a finished record is one without spans."""
    rows = ({"content": TEXT, "annotation": x, "extras": None} for x in (None, [], [marked("PERSON")]))
    found, log = read(tmp_path, *rows)
    assert [d.answer for d in found] == [None, Answer.ACCEPT, Answer.ACCEPT]
    assert dataturks.NOT_ANNOTATED.format(n=1) in log.notes


def test_labels_without_points_are_listed(tmp_path: Path) -> None:
    """A label of the whole text is no span, and a point without a label is none either."""
    given = [{"label": ["good"], "points": None}, marked(), marked("PERSON")]
    (found,), log = read(tmp_path, {"content": TEXT, "annotation": given})
    assert words(found) == [("Ida Holm", "PERSON")]
    lost = [(e.kind, e.id) for e in log.entries if e.outcome is Outcome.LEFT_OUT]
    assert sorted(lost) == [("span", "0-7:None"), ("text label", "good")]


def test_pictures_are_refused(tmp_path: Path) -> None:
    """The points of a picture are no places in a text."""
    row = {"content": "http://x.org/a.png", "annotation": [{"label": ["car"], "points": [[0.1, 0.2], [0.3, 0.4]]}]}
    with pytest.raises(SourceError, match=r"no places in a text; import projects with texts only"):
        read(tmp_path, row)


@given(value=records("content", "annotation", "label", "points", "start", "end", "text", "metadata"))
def test_anything_is_read_or_refused(value: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever the values are, every span is accounted for, or one error names the place."""
    path = tmp_path_factory.mktemp("dataturks") / "x.json"
    for found in (value, {"content": TEXT, "annotation": value}, {"content": TEXT, "annotation": [value]}):
        assert_accounted(registry.load_format("dataturks"), path, json.dumps([found]).encode())
