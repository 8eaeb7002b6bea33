"""The words of the package are those of the field, in names, docstrings, comments and messages.

The program once spoke a language of its own: a span's *fate*, the *pen* that does *deeds*, what a
user is *told*. Its worst words may not come back. What to write instead: ``told`` → reported,
message; ``deed`` → action, edit; ``anew`` → again; ``just so`` → exactly; ``fate`` → outcome;
``in hand`` → selected; ``sheet`` → hint layout; ``desk`` → suggestion service; ``pen`` → controller.
"""

from __future__ import annotations

import re

import pytest

from tests.arch.source_tree import SourceFile, package_files

IN_NAMES = {
    "told", "tell", "tells", "said", "deed", "deeds", "anew", "pen", "desk", "sheet", "shelf", "fate", "fates",
}  # fmt: skip
NOT_YET = ("annotator/session/", "annotator/tui/", "annotator/export/", "annotator/workflows/")
"""Rooms that still have some of these words."""
IN_PROSE = re.compile(
    r"\b(deeds?|anew|just so|fates?|pens?|desks?|sheets?|shelf|gives away|as it should be)\b", re.IGNORECASE
)


@pytest.mark.parametrize("file", package_files(), ids=lambda f: f.name)
def test_names_are_words_of_the_field(file: SourceFile) -> None:
    """No class, function, argument or variable is named with a word of the old private language."""
    if file.name.startswith(NOT_YET):
        pytest.skip("not clean yet")
    relics = {
        f"{file.name}:{line} {name}"
        for line, name in file.identifiers()
        if IN_NAMES & set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()))
    }
    assert not relics, "rename them; the docstring of this test file has the words to take"


@pytest.mark.parametrize("file", package_files(), ids=lambda f: f.name)
def test_prose_is_plain(file: SourceFile) -> None:
    """No docstring, comment or message uses a word of the old private language; a pattern may look for one."""
    if file.name.startswith(NOT_YET):
        pytest.skip("not clean yet")
    relics = {
        f"{file.name}:{line} {m.group()}"
        for line, text in file.prose()
        if "(?:" not in text
        for m in IN_PROSE.finditer(text)
    }
    assert not relics, "rewrite them; the docstring of this test file has the words to take"
