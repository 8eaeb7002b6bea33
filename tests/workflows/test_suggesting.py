"""Suggestions that a caller has made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import orjson
import pytest
import spacy

from annotator.core.article import Sentence
from annotator.core.errors import CorpusError, UsageError
from annotator.export.span_union import FACTORY
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.suggestion_writer import SuggestionWriter
from annotator.storage.suggestions import encode_suggestions, suggestion_files, suggestion_path
from annotator.workflows.suggesting import add_suggestions
from tests.cli.command_runner import call


@pytest.fixture
def corpus(tmp_path: Path) -> CorpusFolder:
    """Return a corpus of one article."""
    page = tmp_path / "page.txt"
    page.write_text("Ferry late\n\nThe ferry came late, Captain Ada Pell said on Monday, with 60 people.\n")
    assert call("ingest", page, "--corpus", tmp_path / "news").code == 0
    return CorpusFolder.open(tmp_path / "news")


def body(corpus: CorpusFolder) -> Sentence:
    """Return the sentence about the ferry."""
    (article,) = corpus.article_ids()
    return next(s for s in corpus.sentences(article) if "Ada Pell" in s.text)


def row(sentence: Sentence, *spans: dict[str, object]) -> dict[str, object]:
    """Return a row for a sentence."""
    return {"article": sentence.article, "start": sentence.start, "end": sentence.end, "spans": spans}


def test_rows_become_a_suggestion_file(corpus: CorpusFolder) -> None:
    """Labels are mapped, kinds and scores kept; a later row for a sentence replaces the earlier one."""
    s = body(corpus)
    at = s.text.index("Ada Pell")
    span = {"start": at, "end": at + 8, "label": "PER", "score": 0.8, "kind": "my list"}
    assert add_suggestions(corpus, "mine", [row(s, {**span, "label": "VENUE"})]).known == 0
    report = add_suggestions(corpus, "mine", [{"meta": row(s), "spans": [span]}])
    assert (report.spans, report.known, report.file) == ({"PERSON": 1}, 1, "suggestions/mine.jsonl")
    (made,) = suggestion_files(corpus.path)["mine"](s)
    assert (made.label, made.score, made.kind, made.source) == ("PERSON", 0.8, "my-list", "mine")


def test_what_cannot_be_used_is_reported(corpus: CorpusFolder) -> None:
    """A label that the schema has no place for, and a span inside a word."""
    s = body(corpus)
    spans = [{"start": 0, "end": 3, "label": "ANIMAL"}, {"start": 0, "end": 2, "label": "PERSON"}]
    report = add_suggestions(corpus, "mine", [row(s, *spans)])
    assert (report.unmapped, report.misaligned) == ({"ANIMAL": 1}, (f"{s.id}:0-2:PERSON",))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": 99999}, "row 1: the suggestions fit no sentence of the corpus"),
        ({"article": "nowhere"}, "nowhere"),
        ({"spans": [{"start": 0}]}, "row 1: a span needs start, end and label"),
        ({"spans": [{"start": 0, "end": 3, "label": "PERSON", "score": 7}]}, "the score 7.0 is not between"),
    ],
)
def test_a_bad_row_writes_nothing(corpus: CorpusFolder, change: dict[str, object], message: str) -> None:
    """The error names the row, and no file is made."""
    with pytest.raises(CorpusError, match=message):
        add_suggestions(corpus, "mine", [row(body(corpus)) | change])
    assert not (corpus.path / "suggestions").exists()


def test_rows_of_a_killed_call_do_not_come_back(corpus: CorpusFolder) -> None:
    """The rows of each call are all that it writes in the place of another program's file."""
    first, second = corpus.sentences(corpus.article_ids()[0])[:2]
    path = suggestion_path(corpus.path, "mine")
    path.parent.mkdir()
    path.write_bytes(encode_suggestions(second, [], "mine", "other"))
    with SuggestionWriter(corpus.path, "mine", "rows") as killed:
        killed.add([(first, [])])
    add_suggestions(corpus, "mine", [row(second, {"start": 0, "end": second.tokens[0].end, "label": "PERSON"})])
    assert [orjson.loads(x)["meta"]["start"] for x in path.read_bytes().splitlines()] == [second.start]


_WITHOUT_ENTRY_POINTS = """
import sys, spacy
from annotator.cli.main import run
spacy.registry._entry_point_factories.entry_points = False
sys.argv[1:] = ["suggest", sys.argv[1], "--model", sys.argv[2]]
run()
"""


def test_a_pipeline_of_several_spancats_needs_no_entry_point(corpus: CorpusFolder, tmp_path: Path) -> None:
    """Where the program runs from its source, it knows its own component all the same."""
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Nobody"}])  # type: ignore[attr-defined]
    nlp.add_pipe(FACTORY)
    nlp.to_disk(tmp_path / "pipeline")
    command = [sys.executable, "-c", _WITHOUT_ENTRY_POINTS, corpus.path, tmp_path / "pipeline"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "annotator_span_union" not in done.stderr
    assert done.returncode == 0, done.stderr


def test_a_built_in_source_is_nobody_elses(corpus: CorpusFolder) -> None:
    """The rules and the history are not overwritten."""
    with pytest.raises(UsageError, match="rules is the name of a built-in source"):
        add_suggestions(corpus, "rules", [])
