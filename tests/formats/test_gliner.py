"""GLiNER's training data, read and written: words, and spans of whole words with both ends inside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from annotator.core.annotation import Answer
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.formats import gliner, registry
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from tests.formats.format_samples import (
    assert_accounted,
    fill,
    ledger_lines,
    read_detected,
    records,
    round_trip,
    texts_with_spans,
    words,
)

WORDS = ["Ida", "Holm", "left", "Orkenby", "."]


def read(folder: Path, *rows: Any) -> tuple[list[Document], ConversionLog]:
    """Read records from a list, which must be found to be GLiNER's."""
    fill(folder, {"x.json": json.dumps(rows)})
    source = ImportSource(folder / "x.json")
    return read_detected("gliner", source)


def test_both_ends_are_inside(tmp_path: Path) -> None:
    """The last word is part of the span; spans may be nested, and further keys are metadata."""
    spans = [[0, 1, "person"], [1, 1, "surname"], [3, 3, "place"]]
    (found,), _ = read(tmp_path, {"tokenized_text": WORDS, "ner": spans, "src": "a"})
    assert words(found) == [("Ida Holm", "person"), ("Holm", "surname"), ("Orkenby", "place")]
    assert (found.text, found.meta, found.answer) == ("Ida Holm left Orkenby .", {"src": "a"}, Answer.ACCEPT)
    assert [t.text for t in found.tokens] == WORDS


def test_a_text_beside_the_words_wins(tmp_path: Path) -> None:
    """It has the white space that words lack; one that the words do not spell is not taken."""
    rows = (
        {"tokenized_text": WORDS, "ner": [[3, 4, "X"]], "text": text} for text in ("Ida  Holm left\nOrkenby.", "Bo")
    )
    found, log = read(tmp_path, *rows)
    assert [words(d) for d in found] == [[("Orkenby.", "X")], [("Orkenby .", "X")]]
    assert gliner.TEXT_REBUILT.format(n=1) in log.notes


def test_what_is_on_no_word_is_listed(tmp_path: Path) -> None:
    """Indexes past the last word, or no numbers, are lines of the ledger; a null leaves the text open."""
    spans = [[0, 9, "A"], [2, 1, "A"], ["Ida", 0, "A"], [0, 0, "A"]]
    found, log = read(tmp_path, {"tokenized_text": WORDS, "ner": spans}, {"tokenized_text": WORDS, "ner": None})
    assert [(words(d), d.answer) for d in found] == [([("Ida", "A")], Answer.ACCEPT), ([], None)]
    assert ledger_lines(log) == [("span", "left out", gliner.NO_SUCH_WORD)] * 3
    assert [entry.label for entry in log.entries] == ["A"] * 3


def test_a_span_inside_a_word_is_not_written(tmp_path: Path) -> None:
    """GLiNER cannot mark a part of a word, so that the loss is listed."""
    tokens = (Token("Ida-Holm", 0, 8, ws=True), Token("left", 9, 13, ws=False))
    document = Document("Ida-Holm left", (Span(0, 3, "P"), Span(0, 8, "P")), tokens)
    log = ConversionLog()
    (path,) = gliner.write([document], tmp_path, log)
    row = json.loads(path.read_text())
    assert (row["tokenized_text"], row["ner"]) == (["Ida-Holm", "left"], [[0, 0, "P"]])
    assert ledger_lines(log) == [("span", "left out", gliner.ENDS_INSIDE_WORD)]


@given(document=texts_with_spans())
def test_a_text_comes_back_as_it_was(document: Document) -> None:
    """A text without tokens is cut at the edges of its spans, so that every one comes back, white space and all."""
    (back,), written, _ = round_trip(gliner, [document])
    assert (back.text, sorted(back.spans)) == (document.text, sorted(document.spans))
    assert not written.entries


@given(value=records("tokenized_text", "ner", "text", "meta", "groups"))
def test_anything_is_read_or_refused(value: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever the values are, every span is accounted for, or one error names the place."""
    path = tmp_path_factory.mktemp("gliner") / "x.json"
    for found in (value, {"tokenized_text": WORDS, "ner": value}, {"tokenized_text": value, "ner": [[0, 0, "A"]]}):
        assert_accounted(registry.load_format("gliner"), path, json.dumps([found]).encode())
