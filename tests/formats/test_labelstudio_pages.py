"""Label Studio's pages and dialogues: places that are paths, and offsets as browsers count them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from annotator.core.quote_placement import IN_WORDS, QUOTED_ONCE
from annotator.formats import labelstudio
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.formats.labelstudio.text_fields import text_nodes
from tests.formats.format_samples import fill, ledger_lines, read_aligned, words

PAGE = (
    "<!DOCTYPE html><html><head><title>News</title></head><body><h1>Ry &amp; Bo</h1>"
    "<p>Ida \U0001f6f6 <b>Holm</b> left<!-- x --> Ry.<br>Bo<p>stayed."
    "<table><tr><td>Una</td></table></body></html>"
)
P = "/html[1]/body[1]/p[1]"


def spot(start: str, end: str, at: tuple[int, int], quote: str, key: str = "hypertextlabels") -> dict[str, Any]:
    """Return a region by paths."""
    value = {"start": start, "end": end, "startOffset": at[0], "endOffset": at[1], "text": quote, key: ["P"]}
    return {"id": quote, "from_name": "ner", "to_name": "page", "type": key, "value": value}


def read(folder: Path, data: dict[str, Any], *results: dict[str, Any]) -> tuple[Document, ConversionLog]:
    """Read a project with one task that was annotated once."""
    tasks = [{"id": 1, "data": data, "annotations": [{"id": 1, "result": list(results)}]}]
    fill(folder, {"x.json": json.dumps(tasks)})
    (document,), account = read_aligned(labelstudio, ImportSource(folder / "x.json"))
    assert account.is_balanced
    return document, account


def test_places_of_old_versions_are_paths(tmp_path: Path) -> None:
    """Paths lead through what browsers add and close by themselves; offsets count UTF-16 units."""
    document, _ = read(
        tmp_path,
        {"page": PAGE},
        spot("/h1[1]/text()[1]", "/h1[1]/text()[1]", (5, 7), "Bo", "htmllabels"),
        spot(f"{P}/text()[1]", f"{P}/b[1]/text()[1]", (0, 4), "Ida \U0001f6f6 Holm"),
        spot(f"{P}/text()[1]", f"{P}/text()[1]", (4, 6), "\U0001f6f6"),
        spot(f"{P}/text()[3]", f"{P}/text()[3]", (1, 3), "Ry"),
        spot("/p[2]/text()[1]", "/p[2]/text()[1]", (0, 6), ""),
        spot("/table[1]/tbody[1]/tr[1]/td[1]/text()[1]", "/table[1]/tbody[1]/tr[1]/td[1]/text()[1]", (0, 3), "Una"),
    )
    assert [w for w, _ in words(document)] == ["Bo", "Ida \U0001f6f6 Holm", "\U0001f6f6", "Ry", "stayed", "Una"]


def test_a_path_that_leads_astray(tmp_path: Path) -> None:
    """Words that stand in the page once are found without it; others are listed, never guessed."""
    document, account = read(
        tmp_path,
        {"page": PAGE},
        spot("/p[9]/text()[7]", "/p[9]/text()[7]", (0, 4), "Holm"),
        spot("/p[9]/text()[7]", "/p[9]/text()[7]", (0, 2), "Bo"),
    )
    assert words(document) == [("Holm", "P")]
    assert ledger_lines(account) == [("span", "moved", QUOTED_ONCE), ("span", "left out", IN_WORDS)]


def test_a_plain_text_with_paths(tmp_path: Path) -> None:
    """A text without markup is one text node."""
    document, _ = read(tmp_path, {"page": "Ida left."}, spot("/text()[1]", "/text()[1]", (0, 3), "Ida"))
    assert words(document) == [("Ida", "P")]


@pytest.mark.parametrize("at", [(9, 11), (8, 10)])
def test_offsets_inside_a_dialogue(tmp_path: Path, at: tuple[int, int]) -> None:
    """They count UTF-16 units, as browsers do, unless the quotes say code points."""
    talk = [{"author": "A", "text": "\U0001f6f6."}, {"author": "B", "text": "Hello \U0001f6f6 Bo."}]
    document, _ = read(tmp_path, {"talk": talk}, spot("1", "1", at, "Bo", "paragraphlabels"))
    assert words(document) == [("Bo", "P")]


@pytest.mark.parametrize("page", ["<p>" * 60_000, "<" * 200_000, "<a" * 100_000, "<!--" * 50_000, "</p>" * 60_000])
def test_no_page_takes_long(page: str) -> None:
    """Neither depth nor tags without an end cost more than the page is long."""
    begun = time.perf_counter()
    list(text_nodes(page, ""))
    assert time.perf_counter() - begun < 2
