"""Long articles: what one span, one record or one label can cost, and sentences that come one by one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from annotator.core.spans import Span
from annotator.formats import huggingface
from annotator.formats.huggingface import dataset_tables
from annotator.workflows.record_builder import _overlapping_pairs
from tests.cli.corpus_reading import imported, jsonl, spans

TEXT = "Lena Okafor rowed to Osmund with 5 nets. " * 2_000


def test_a_span_over_thousands_of_sentences_costs_no_square_of_them(tmp_path: Path) -> None:
    """The sentences are joined in one step of the journal, not in one for each of them."""
    row = {"text": TEXT, "label": [[0, 11, "PERSON"], [0, len(TEXT) - 1, "CLAIM"]], "Comments": []}
    result = imported(jsonl(tmp_path / "all.jsonl", row), tmp_path / "c")
    assert result.code == 0, result.err
    assert [label for _, _, label in spans(tmp_path / "c")] == ["CLAIM", "PERSON"]
    journal = tmp_path / "c/annotations/doccano.jsonl"
    assert journal.read_bytes().count(b"\n") == 2
    assert journal.stat().st_size < 100 * len(TEXT)


def test_a_row_of_too_many_words_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row is one sentence, and one of millions of words could not be read again."""
    monkeypatch.setattr(huggingface, "MAX_ROW_ITEMS", 2)
    path = jsonl(tmp_path / "x.jsonl", {"tokens": ["Lena", "rowed", "."], "ner_tags": ["B-P", "O", "O"]})
    result = imported(path, tmp_path / "c", "--add-labels")
    assert (result.code, "x.jsonl:1: the row has 3 words, more than 2; split it" in result.err) == (1, True)
    assert not (tmp_path / "c").exists()


def test_a_label_as_long_as_a_book_makes_no_note_of_that_length(tmp_path: Path) -> None:
    """Notes show its beginning."""
    path = jsonl(tmp_path / "x.jsonl", {"text": "Lena rowed.", "spans": [[0, 4, "x" * 100_000]]})
    result = imported(path, tmp_path / "c", "--add-labels")
    assert result.code == 0
    assert len(result.err) < 500


def test_what_stood_between_sentences_is_reported_to_be_unknown(tmp_path: Path) -> None:
    """Sentences with their places make an article again, and a note says what of it is not the file's."""
    places = ((0, "Lena rowed."), (14, "Tam left."))
    rows = [{"text": t, "spans": [], "meta": {"article": "a", "start": at, "end": at + len(t)}} for at, t in places]
    result = imported(jsonl(tmp_path / "x.jsonl", *rows), tmp_path / "c")
    assert "note: 1 article was put together from sentences: the file does not have the text" in result.err


def test_thousands_of_spans_on_one_word_take_no_square_of_them(tmp_path: Path) -> None:
    """Pairs are held against the schema up to a bound, and a thousand labels are no labels."""
    row = {"text": "Lena rowed.", "spans": [[0, 4, f"L{n}"] for n in range(4_000)]}
    begun = time.perf_counter()
    result = imported(jsonl(tmp_path / "x.jsonl", row), tmp_path / "c", "--add-labels")
    assert time.perf_counter() - begun < 20
    assert (result.code, result.out) == (1, "")
    assert "there are 4,000 labels that the schema lacks (L0, L1, L10, " in result.err
    assert len(result.err) < 500


def test_a_list_of_too_many_items_is_refused_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal words take next to no room in Parquet: they are counted before they are unpacked."""
    pa = pytest.importorskip("pyarrow", reason="the extra huggingface is not installed")
    pq = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(dataset_tables, "MAX_ROW_ITEMS", 2)
    pq.write_table(pa.table({"tokens": [["a"] * 3], "ner_tags": [["O"] * 3]}), tmp_path / "x.parquet")
    result = imported(tmp_path / "x.parquet", tmp_path / "c")
    assert (result.code, "x.parquet, row 1: `tokens` has 3 items, more than 2; split" in result.err) == (1, True)


def test_tens_of_thousands_of_spans_side_by_side_are_judged_at_once() -> None:
    """Each span is held against those alone that share text with it."""
    spans = [Span(n, n + 1, "P") for n in range(100_000)]
    begun = time.perf_counter()
    assert not list(_overlapping_pairs(spans))
    assert time.perf_counter() - begun < 2
