"""Every example in README and manual works, run in order in a folder with a copy of the sample."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.docs.examples import make_example_folder, page_examples, run_examples
from tests.scripts.make_docs import MANUAL, pages
from tests.scripts.make_sample import ROOT

README = ROOT / "README.md"
PAGES = [README, *pages()]
WITHOUT_EXAMPLES = {"index.md", "ARCHITECTURE.md", "reliability.md"}
"""Pages in which nothing is run. A page that joins them is listed here, so that it is no accident."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which the examples of a page are run, with the commands of this checkout."""
    make_example_folder(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


def _id(page: Path) -> str:
    return page.stem


@pytest.mark.parametrize("page", [p for p in PAGES if any(not x.slow for x in page_examples(p))], ids=_id)
def test_the_examples_of_a_page_work(page: Path, folder: Path) -> None:
    """Each block of a page that is not marked slow ends with exit code 0, or prints what it says."""
    assert not list(run_examples(page, folder, slow=False))


@pytest.mark.slow
@pytest.mark.parametrize("page", [p for p in PAGES if any(x.slow for x in page_examples(p))], ids=_id)
def test_the_slow_examples_of_a_page_work(page: Path, folder: Path) -> None:
    """All blocks of a page work, those that take long as well."""
    assert not list(run_examples(page, folder, slow=True))


def test_the_pages_can_be_followed_in_one_folder(folder: Path) -> None:
    """A reader who follows README and then the manual in the index's order, in one folder, meets no failure."""
    from annotator.manual import manual_topics

    in_order = [README, *(MANUAL / f"{topic}.md" for topic in manual_topics())]
    assert not [problem for page in in_order for problem in run_examples(page, folder, slow=False)]


def test_pages_without_an_example_are_known() -> None:
    """A page whose blocks are all ``text`` proves nothing: it is named in ``WITHOUT_EXAMPLES``."""
    assert {p.name for p in PAGES if not page_examples(p)} == WITHOUT_EXAMPLES


def test_every_page_is_in_the_index() -> None:
    """``annotator help`` lists each page of the manual, and only pages that are there."""
    from annotator.manual import manual_topics

    assert set(manual_topics()) == {p.stem for p in MANUAL.glob("*.md")} - {"index"}
