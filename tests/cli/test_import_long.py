"""Articles of book length: what one span or one record can cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.formats.huggingface import reading
from tests.cli.reading import imported, jsonl, spans

TEXT = "Lena Okafor rowed to Osmund with 5 nets. " * 2_000


def test_a_span_over_thousands_of_sentences_costs_no_square_of_them(tmp_path: Path) -> None:
    """The sentences are joined in one step of the journal, not in one for each of them."""
    row = {"text": TEXT, "label": [[0, 11, "PERSON"], [0, len(TEXT) - 1, "CLAIM"]], "Comments": []}
    said = imported(jsonl(tmp_path / "all.jsonl", row), tmp_path / "c")
    assert said.code == 0, said.err
    assert [label for _, _, label in spans(tmp_path / "c")] == ["CLAIM", "PERSON"]
    journal = tmp_path / "c/annotations/doccano.jsonl"
    assert journal.read_bytes().count(b"\n") == 2
    assert journal.stat().st_size < 100 * len(TEXT)


def test_a_row_of_too_many_words_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row is one sentence, and one of millions of words could not be read again."""
    monkeypatch.setattr(reading, "WORDS", 2)
    path = jsonl(tmp_path / "x.jsonl", {"tokens": ["Lena", "rowed", "."], "ner_tags": ["B-P", "O", "O"]})
    said = imported(path, tmp_path / "c", "--add-labels")
    assert (said.code, "x.jsonl:1: the row has 3 words, more than 2; split it" in said.err) == (1, True)
    assert not (tmp_path / "c").exists()
