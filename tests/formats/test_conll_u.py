"""CoNLL-U: words of several parts, words that nobody sees, and tags among other things."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.formats import conll, format_detection
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from tests.formats.format_samples import fill, read_aligned, words


def rows(*message: tuple[str, str, str]) -> str:
    """Return a sentence of ids, words and last columns."""
    return "".join(f"{n}\t{word}\t_\tX\t_\t_\t0\tx\t_\t{last}\n" for n, word, last in message) + "\n"


def read(folder: Path, text: str) -> tuple[Document, ConversionLog]:
    """Read a file that holds one document, recognised without its name."""
    fill(folder, {"x": text})
    assert format_detection.choose_format(ImportSource(folder / "x"))[0] == "conll"
    (document,), account = read_aligned(conll, ImportSource(folder / "x"))
    assert account.is_balanced
    return document, account


@pytest.mark.parametrize("key", ["NER", "name", "ner"])
def test_tags_stand_among_other_things(tmp_path: Path, key: str) -> None:
    """An item of the last column is the tag, and the others stay what they are."""
    text = "# newdoc id = d1\n# text = Ida Holm rowed.\n" + rows(
        ("1", "Ida", f"{key}=B-PERSON"),
        ("2", "Holm", f"Gloss=H|{key}=I-PERSON"),
        ("3", "rowed", f"SpaceAfter=No|{key}=O"),
        ("4", ".", "_"),
    )
    document, account = read(tmp_path, text)
    assert (document.id, document.text) == ("d1", "Ida Holm rowed.")
    assert words(document) == [("Ida Holm", "PERSON")]
    assert account.notes == ["tags are IOB2 (1 B, 1 I, 2 O)"]


def test_words_of_several_parts_and_words_that_nobody_sees(tmp_path: Path) -> None:
    """The text has the word as it stands there, once; its tag is that of its first part that has one."""
    text = rows(
        ("1", "Ida", "NER=B-PERSON"),
        ("2-3", "didn't", "_"),
        ("2", "did", "NER=O"),
        ("3", "n't", "NER=O"),
        ("3.1", "row", "_"),
        ("4-5", "du", "_"),
        ("4", "de", "_"),
        ("5", "le", "NER=B-VENUE"),
        ("6", "Mans", "NER=I-VENUE|SpaceAfter=No"),
        ("7", ".", "_"),
    )
    document, account = read(tmp_path, text)
    assert document.text == "Ida didn't du Mans."
    assert [t.text for t in document.tokens] == ["Ida", "didn't", "du", "Mans", "."]
    assert words(document) == [("Ida", "PERSON"), ("du Mans", "VENUE")]
    message = "words of several parts whose parts have tags of their own: the first of these counts for the whole"
    assert f"{message}: 1" in account.notes


def test_items_that_mark_other_spans_are_listed(tmp_path: Path) -> None:
    """A key beside that of the tags is a loss where its values mark spans; other items are none."""
    text = rows(
        ("1", "Ida", "Entity=(1-person-giv:new|NER=B-P"), ("2", "left", "Gloss=x|Role=B-A"), ("3", "Bo", "Entity=1)")
    )
    document, account = read(tmp_path, text)
    assert words(document) == [("Ida", "P")]
    assert [e.text for e in account.entries] == ["Entity=(1-person-giv:new", "Role=B-A"]


def test_a_number_with_a_dash_is_no_word_of_parts(tmp_path: Path) -> None:
    """WebAnno's old rows count ``sentence-token``: none of them is the whole of others."""
    text = "".join(f"1-{n}\t{w}\tN\tO\t{t}\n" for n, (w, t) in enumerate([("Bo", "B-P"), ("left", "O")], 1))
    document, _ = read(tmp_path, text + "\n")
    assert document.text == "Bo left"


def test_words_that_are_numbers_are_no_counts(tmp_path: Path) -> None:
    """A first column of words keeps those that look like the rows of CoNLL-U."""
    text = "1 CD O\n1.5 CD O\n1-2 CD B-N\n2 CD O\n4 CD O\n\n"
    document, _ = read(tmp_path, text)
    assert document.text == "1 1.5 1-2 2 4"
