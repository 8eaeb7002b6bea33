"""Label Studio files that no reader was written for: odd values, torn ends, projects of other things."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import SourceError
from annotator.formats import labelstudio
from annotator.formats.import_source import ImportSource
from tests.formats.format_samples import SHARED, assert_accounted, read_aligned, records

TEXT = "Ida Holm left Orkenby."
TOP = "id data text annotations completions predictions result task annotator lead_time completed_by"
INSIDE = "value start end labels type from_id to_name globalOffsets rectanglelabels choices paragraphlabels"
PLACES = "startOffset endOffset hypertextlabels htmllabels"
KEYS = f"{TOP} {INSIDE} {PLACES}".split()


@given(st.lists(records(*KEYS), max_size=3), st.lists(records(*KEYS), max_size=3), st.binary(max_size=40))
def test_no_bytes_are_more_than_refused(tmp_path: Path, values: list[Any], results: list[Any], rest: bytes) -> None:
    """Whatever a file holds, it is read with every span accounted for, or a SourceError."""
    tasks = [*values, {"data": {"text": TEXT, "b": values}, "annotations": [{"result": results}]}]
    for data in (json.dumps(tasks).encode(), json.dumps(tasks[-1], indent=1).encode()):
        assert_accounted(labelstudio, tmp_path / "x.json", data)
        assert_accounted(labelstudio, tmp_path / "x.json", data[:-1] + rest)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared exports are not here")
def test_projects_without_texts_among_real_exports_are_refused() -> None:
    """Pictures and choices are told apart from spans of texts."""
    for path in sorted((SHARED / "labelstudio").iterdir()):
        assert labelstudio.detect(ImportSource(path).sample())
        with pytest.raises(SourceError, match=r"no span of a text is marked|not texts"):
            read_aligned(labelstudio, ImportSource(path))
