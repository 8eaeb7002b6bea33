"""Pages in German, Japanese and Danish with the frames of sites, in our own words: what a reader would keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.article import LineVerdict
from annotator.ingest.clean import clean

PAGES = Path(__file__).parent / "foreign_pages"
KINDS = {
    "T": {LineVerdict.TITLE},
    "K": {LineVerdict.DECK},
    "Y": {LineVerdict.BYLINE},
    "D": {LineVerdict.DATELINE, LineVerdict.BOILERPLATE},
    "C": {LineVerdict.CAPTION},
    "B": {LineVerdict.BODY},
    "S": {LineVerdict.SUBHEAD},
    " ": {LineVerdict.BOILERPLATE},
}
"""The verdicts by the mark before each line of the files; a date may be the article's or the page's."""


def page(name: str) -> tuple[str, list[str]]:
    """Return the text of a page and the mark of each line."""
    rows = (PAGES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return "\n".join(row[2:] for row in rows), [row[0] for row in rows]


@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.txt")))
def test_page(name: str) -> None:
    """Each line has the verdict that a reader of the language would give it, and the page's date is found."""
    text, marks = page(name)
    cleaned = clean(text)
    rows = zip(text.split("\n"), marks, cleaned.lines, strict=True)
    wrong = [f"{mark} {row}: {x.verdict} ({x.reason})" for row, mark, x in rows if x.verdict not in KINDS[mark]]
    assert not wrong, "\n".join(wrong)
    assert len(cleaned.date) == 10
