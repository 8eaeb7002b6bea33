"""Metadata, groups of articles and parts of spans: out by every format, in again, and in the certificate."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotator.formats.registry import FORMATS, export_formats
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from tests.cli.command_runner import call
from tests.cli.corpus_reading import imported, jsonl
from tests.formats.format_samples import LOSSY_FORMATS

META = {
    "doc": "d1",
    "publisher": "Büro 🛶",
    "lists": ["a", 1, None],
    "nested": {"a": {"b": True}},
    "text": "x",
    "label": [1],
    "title": "A title",
    "start": 7,
    "article": "mine",
    "group": "my group",
    "sentence": 4,
    "sentences": "ss",
    "": "no name",
    "source": "Ort",
    "id": "r1",
}
LISTING = sorted(LOSSY_FORMATS)
KEEPING = [name for name in export_formats() if name not in LISTING]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus of three rows of two documents; one row has a span in two parts."""
    parts = [{"start": a, "end": b, "label": "PERSON", "group": "g"} for a, b in ((0, 3), (8, 10))]
    rows = [
        {"text": "Ida met Bo.", "spans": parts, "meta": META},
        {"text": "Bo left.", "spans": [], "meta": {**META, "id": "r2"}},
        {"text": "Una came.", "spans": [[0, 3, "PERSON"]], "meta": {**META, "doc": "d2", "origin": "mine"}},
        {"text": "Per sang.", "spans": [[0, 3, "PERSON"]], "meta": {"doc": "d2"}},
    ]
    assert imported(jsonl(tmp_path / "in.jsonl", *rows), tmp_path / "c", "--as", "ada").code == 0
    return tmp_path / "c"


def _articles(corpus: Path) -> dict[str, tuple[object, ...]]:
    opened = CorpusFolder.open(corpus)
    every = map(opened.article, opened.article_ids())
    return {x.text.strip(): (x.title, x.group, x.date, x.origin, x.meta) for x in every}


@pytest.mark.parametrize("name", KEEPING)
def test_metadata_and_groups_come_back(corpus: Path, name: str, tmp_path: Path) -> None:
    """Title, origin, group and each field of the user's are there again, also those with names of ours; no others."""
    assert [x[1] is not None for x in _articles(corpus).values()] == [True] * 4
    split = ("--split", "100/0/0") if name == "spacy" else ()
    assert call("export", corpus, tmp_path / "out", "--format", name, *split).code in {0, 3}
    file = tmp_path / "out" / "train.spacy" if name == "spacy" else tmp_path / "out"
    assert imported(file, tmp_path / "back", "--format", name).code == 0
    assert _articles(tmp_path / "back") == _articles(corpus)
    (name_,) = CorpusFolder.open(tmp_path / "back").annotators()
    records = Journal.open(tmp_path / "back", name_, read_only=True).records
    groups = [[s.group for s in r.annotated.annotation.spans] for r in records]
    assert ([""] * 2 if name == "doccano" else ["g"] * 2) in groups


@pytest.mark.parametrize("name", [name for name in KEEPING if not FORMATS[name].has_fixed_unit])
def test_a_document_of_rows_keeps_its_group(name: str, tmp_path: Path) -> None:
    """It is one text, still linked to further rows of the document, whatever field that is by."""
    rows = [{"text": f"Ida met Bo {n}.", "spans": [], "meta": {"batch": f"d{n % 2}", "start": n}} for n in range(4)]
    corpus = tmp_path / "c"
    assert imported(jsonl(tmp_path / "in.jsonl", *rows), corpus, "--group-by", "batch").code == 0
    split = ("--split", "100/0/0") if name == "spacy" else ()
    assert call("export", corpus, tmp_path / "out", "--format", name, "--unit", "article", *split).code in {0, 3}
    file = tmp_path / "out" / "train.spacy" if name == "spacy" else tmp_path / "out"
    assert imported(file, tmp_path / "back", "--format", name).code == 0
    back = CorpusFolder.open(tmp_path / "back")
    groups = [a.group for a in map(back.article, back.article_ids())]
    assert sorted(group.value for group in groups if group) == ["d0", "d1"]
    columns = {"title"} if name == "doccano" else set()  # which may be a user's there, and stay in the metadata
    assert [set(back.article(a).meta) - columns for a in back.article_ids()] == [{"batch"}] * 2


@pytest.mark.parametrize("name", LISTING)
def test_what_a_format_has_no_place_for_is_a_line_for_each_name(corpus: Path, name: str, tmp_path: Path) -> None:
    """The ledger counts each field of the metadata, and metadata alone is no loss."""
    result = call("export", corpus, tmp_path / "out", "--format", name)
    lines = [json.loads(x) for x in (tmp_path / "out" / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]
    counted = {x["why"].partition(":")[0]: x["count"] for x in lines[:-1] if x.get("thing") == "metadata"}
    assert (
        counted["metadata field publisher"]
        == counted["metadata field meta.article"]
        == counted["the text's title"]
        == 3
    )
    assert lines[-1]["totals"]["other things left out"]["metadata"] == sum(counted.values())
    assert result.code == (0 if name == "brat" else 3)  # a group of spans is a loss
    assert "metadata for which the format has no place: " in result.out


@pytest.mark.parametrize("name", [*KEEPING, *LISTING])
def test_the_certificate_names_fields_and_finds_nothing_unlisted(corpus: Path, name: str) -> None:
    """Metadata is compared field by field, and no writer loses anything that its ledger has not."""
    report = json.loads(call("check", corpus, "--round-trip", name, "--json").out)
    assert report["passed"]
    assert not report["unlisted"]
    assert report["metadata"]["publisher"] == {"back": 3 * (name in KEEPING), "of": 3}
    assert ("metadata field publisher" in report["lacks"]) == (name in LISTING)


def test_groups_of_spans_that_are_none_are_problems(tmp_path: Path) -> None:
    """A part alone is reported; so are parts with different labels, which no import lets in."""
    row = {"text": "Ida met Bo.", "spans": [{"start": 0, "end": 3, "label": "PERSON", "group": "g"}]}
    assert imported(jsonl(tmp_path / "in.jsonl", row), tmp_path / "c", "--as", "ada").code == 0
    result = call("check", tmp_path / "c", "--only", "parts")
    assert result.code == 3
    assert "the other parts of this discontinuous span are missing" in result.out
