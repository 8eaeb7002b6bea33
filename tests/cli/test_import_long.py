"""Articles of book length: what one span or one record can cost."""

from __future__ import annotations

from pathlib import Path

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
