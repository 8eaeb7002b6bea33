"""The words of the package are those of the field, in names, docstrings, comments and messages.

The program once spoke a language of its own: a span's *fate*, the *pen* that does *deeds*, what a
user is *told*. Its worst words may not come back. What to write instead: ``told`` → reported,
message; ``deed`` → action, edit; ``anew`` → again; ``just so`` → exactly; ``fate`` → outcome;
``in hand`` → selected; ``sheet`` → hint layout; ``desk`` → suggestion service; ``pen`` → controller;
``stands``, ``lies`` → is, occurs; ``bears`` → has; ``says`` → shows, means, names; ``whoever`` → anybody who.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.arch.source_tree import ROOT, SourceFile, package_files

IN_NAMES = {
    "told", "tell", "tells", "said", "deed", "deeds", "anew", "pen", "desk", "sheet", "shelf", "fate",
    "fates",
}  # fmt: skip
OF_ENGLISH = ("annotator/language/", "annotator/ingest/")
"""Rooms whose subject is what people are reported to say: its words for that are data."""
KEPT_KEYS = {"fates", "told"}
"""Names on the disk and in ``--json`` that keep their spelling."""
TELLING = re.compile(r"\b(told|tells|says|said)\b", re.IGNORECASE)
IN_PROSE = re.compile(
    r"\b(deeds?|anew|just so|fates?|pens?|desks?|shelf|gives away|as it should be|sheets?"
    r"|lies|lie|bears|whoever|taken? over(?! \d)|stands?(?! for\b| out\b|-in\b))\b",
    re.IGNORECASE,
)
PAGES = (ROOT / "README.md", *sorted((ROOT / "annotator").rglob("*.md")))


@pytest.mark.parametrize("file", package_files(), ids=lambda f: f.name)
def test_names_are_words_of_the_field(file: SourceFile) -> None:
    """No class, function, argument or variable is named with a word of the old private language."""
    relics = {
        f"{file.name}:{line} {name}"
        for line, name in file.identifiers()
        if IN_NAMES & set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()))
    }
    assert not relics, "rename them; the docstring of this test file has the words to take"


@pytest.mark.parametrize("file", package_files(), ids=lambda f: f.name)
def test_prose_is_plain(file: SourceFile) -> None:
    """No docstring, comment or message uses a word of the old language; a pattern may look for one."""
    prose = [(n, text) for n, text in file.prose() if "(?:" not in text and text not in KEPT_KEYS]
    relics = {f"{file.name}:{n} {m.group()}" for n, text in prose for m in IN_PROSE.finditer(text)}
    if not file.name.startswith(OF_ENGLISH):
        relics |= {f"{file.name}:{n} {m.group()}" for n, text in prose for m in TELLING.finditer(text)}
    assert not relics, "rewrite them; the docstring of this test file has the words to take"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_pages_are_plain(page: Path) -> None:
    """No page of the manual, nor what is read before it, uses a word of the old language."""
    lines = enumerate(page.read_text().splitlines(), 1)
    relics = {
        f"{page.name}:{n} {m.group()}" for n, line in lines for x in (IN_PROSE, TELLING) for m in x.finditer(line)
    }
    assert not relics, "rewrite them; the docstring of this test file has the words to take"
