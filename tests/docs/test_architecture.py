"""What ARCHITECTURE and the tests' README name exists, and they name every room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scripts.make_docs import ARCHITECTURE
from tests.scripts.make_sample import ROOT

TESTS_README = ROOT / "tests" / "README.md"
PAGES = [ARCHITECTURE, TESTS_README]
_PATH = re.compile(r"[\w./-]+(?:/|\.(?:py|md|toml|jsonl))")
_NAME = re.compile(r"[A-Z]\w*[a-z]\w*|[A-Z_]{3,}|[a-z]+_[a-z_]+")
USERS_FILES = {"articles/", "sentences.jsonl", "keymap.toml", "annotations/"}
"""Files of a corpus and of a user, which are no files of the project."""


def names(page: Path) -> list[str]:
    """Return what stands in backticks, blocks left out."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_paths_exist(page: Path) -> None:
    """Each path is there, below the project, the package or the page's folder."""
    roots = (ROOT, ROOT / "annotator", page.parent)
    paths = [x for x in names(page) if _PATH.fullmatch(x) and x not in USERS_FILES]
    assert paths
    gone = [x for x in paths if not any((root / x).exists() for root in roots)]
    assert not gone, f"correct these paths in {page.name}"


def test_classes_and_functions_exist() -> None:
    """Each name of a class, a function or a constant is defined somewhere in the package or its tests."""
    files = (p for folder in ("annotator", "tests") for p in (ROOT / folder).rglob("*.py"))
    source = "\n".join(p.read_text(encoding="utf-8") for p in files)
    defined = set(re.findall(r"(?:class |def |^[ ]*|name = \")(\w+)(?=\W)", source, re.MULTILINE))
    gone = [x for x in names(ARCHITECTURE) if _NAME.fullmatch(x) and x not in defined]
    assert not gone, "correct these names in ARCHITECTURE.md"


def test_every_room_is_described() -> None:
    """ARCHITECTURE has each room of the package, and the tests' README each folder of the tests."""
    for page, folder, known in (
        (ARCHITECTURE, ROOT / "annotator", {"manual", "_data"}),
        (TESTS_README, ROOT / "tests", {"data", "__snapshots__"}),
    ):
        text = page.read_text(encoding="utf-8")
        rooms = {p.parent.name for p in folder.glob("*/__init__.py")} - known
        assert not {r for r in rooms if not re.search(rf"`{r}/?`", text)}, page.name
