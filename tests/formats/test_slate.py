"""SLATE's texts with a file of annotations beside each: places are lines, tokens and characters."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.formats import format_detection, slate
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from tests.formats.format_samples import fill, read_aligned, read_detected, words

TEXT = "Ida Holm left Orkenby .\r\n\r\n  She took  the ferry .\n"


def read(folder: Path, annotations: str, text: str = TEXT) -> tuple[list[Document], ConversionLog]:
    """Read a folder with one text, which must be found to be SLATE's."""
    source = fill(folder, {"a.txt": text, "a.txt.annotations": annotations})
    return read_detected("slate", source)


@pytest.mark.parametrize(
    ("line", "marked"),
    [
        ("(0, 0), (0, 1) - label:PERSON", "Ida Holm"),
        ("((0, 0), (0, 1)) - PERSON", "Ida Holm"),
        ("(0, 3) - label:PERSON", "Orkenby"),
        ("((2, 3), (2, 3)) - PERSON", "ferry"),
        ("(0, 3), (2, 1) - PERSON", "Orkenby .\r\n\r\n  She took"),
        ("(0, 3, 0), (0, 3, 2) - PERSON", "Ork"),
        ("((0, 3, 6), (0, 3, 6)) - PERSON", "y"),
        ("2 - label:PERSON", "She took  the ferry ."),
        ("((0,), (2,)) - PERSON", TEXT.strip()),
        ("(2,) - label:PERSON", "She took  the ferry ."),
    ],
)
def test_a_line_is_a_span(line: str, marked: str, tmp_path: Path) -> None:
    """Both places are inside the span; tokens are parted by any run of blanks, lines by any line end."""
    (found,), _ = read(tmp_path, line + "\n")
    assert (words(found), found.answer) == ([(marked, "PERSON")], Answer.ACCEPT)
    (alone,) = slate.read(ImportSource(tmp_path / "a.txt.annotations"), ConversionLog())
    assert (alone.spans, alone.text) == (found.spans, TEXT)


def test_lines_in_the_new_notation(tmp_path: Path) -> None:
    """``(2, 2)`` is line 2 where the items of a file are all of this kind and one of them is no token."""
    (found,), log = read(tmp_path, "(0, 0) - A\n(2, 2) - B\n(3, 3) - C\n")
    assert words(found) == [("Ida Holm left Orkenby .", "A"), ("She took  the ferry .", "B")]
    assert slate.WHOLE_LINES in log.notes
    (found,), _ = read(tmp_path, "(0, 0) - A\n(2, 2) - B\n")
    assert words(found) == [("Ida", "A"), ("the", "B")]


def test_what_is_no_span_is_listed(tmp_path: Path) -> None:
    """Links, labels of the whole text and places that are not there are lines of the ledger."""
    (found,), log = read(tmp_path, "[(0, 0), (2, 0)] - \n() - topic\n(9, 0) - A\n(0, 1) - A label:B\n")
    assert words(found) == [("Holm", "A"), ("Holm", "B")]
    assert [(e.kind, e.why) for e in log.entries if e.kind == "span"] == [("span", slate.NO_SUCH_PLACE)]
    assert sorted(e.kind for e in log.entries) == ["relation", "span", "text label"]


def test_the_name_after_annotations_is_the_annotator(tmp_path: Path) -> None:
    """Several files of one text are several annotators'; one without a line is a text that nobody has done."""
    files = {"a.txt": TEXT, "a.txt.annotations.ana": "(0, 0) - A\n", "a.txt.annotations2": "", "b.txt": "Rain.\n"}
    found, log = read_aligned(slate, fill(tmp_path, files))
    assert [(d.annotator, d.answer, words(d)) for d in found] == [
        ("ana", Answer.ACCEPT, [("Ida", "A")]),
        ("2", None, []),
    ]
    assert slate.OPEN_TEXTS.format(n=1) in log.notes


@pytest.mark.parametrize("line", ["(0, 0, 0, 0) - A", "((0, 0), (0,)) - A", "(0, 0) A", "(0, 0 - A", "Ida - A"])
def test_a_line_that_is_none_is_named(line: str, tmp_path: Path) -> None:
    """The error has file and line, and what a line is."""
    with pytest.raises(SourceError, match=r"a\.txt\.annotations:2: the line is no item of SLATE's; write the line"):
        read(tmp_path, f"(0, 0) - A\n{line}\n")


def test_annotations_without_their_text(tmp_path: Path) -> None:
    """A file of annotations alone names what is missing; a list of things is no such file."""
    fill(tmp_path, {"a.txt.annotations": "(0, 0) - A\n", "list.txt": "1 - apples\n2 - pears\n"})
    source = ImportSource(tmp_path / "a.txt.annotations")
    assert format_detection.choose_format(source)[0] == "slate"
    with pytest.raises(SourceError, match="the text that is annotated is not beside it"):
        list(slate.read(source, ConversionLog()))
    assert not slate.detect(ImportSource(tmp_path / "list.txt").sample())


@given(line=st.text("()[], 0123-aA:label", max_size=40))
def test_any_line_is_read_or_refused(line: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever a line is, its spans are accounted for, or one error names the place."""
    folder = tmp_path_factory.mktemp("slate")
    source = fill(folder, {"a.txt": TEXT, "a.txt.annotations": line})
    with suppress(SourceError):
        _, log = read_aligned(slate, source)
        assert log.is_balanced
