"""What ``*`` accepts: what was painted whole, as it was painted, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from annotator.storage.corpus_folder import CorpusFolder
from tests.e2e.test_page_to_docbin import ROOT, Annotator, run


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus of one page of the sample."""
    folder = tmp_path_factory.mktemp("page") / "news"
    assert run("ingest", ROOT / "corpus" / "sources" / "06-cannery.txt", "--corpus", folder).returncode == 0
    return folder


@pytest.fixture
def corpus(page: Path, tmp_path: Path) -> CorpusFolder:
    """Return a fresh copy of that corpus."""
    return CorpusFolder.open(shutil.copytree(page, tmp_path / "news"))


@pytest.mark.parametrize("size", [(24, 80), pytest.param((48, 160), marks=pytest.mark.slow), (12, 80)], ids=str)
def test_all_in_view_is_what_is_painted(corpus: CorpusFolder, tmp_path: Path, size: tuple[int, int]) -> None:
    """A whole article by ``*``: first with what label keys took, then with what it takes of three labels.

    A sentence that the screen does not show whole is not accepted by it, and Enter takes nothing there.
    """
    ana = Annotator(corpus, tmp_path / "home", *size)
    for key in ("s", "a", "d", "s"):  # the next suggestion of the label, in a later sentence too
        ana.terminal.act(";", key)
    if size[0] < 48:  # the large screen shows so many suggestions that, once passed over, none is sure any more
        ana.accept_view()
    ana.terminal.act("%", "a", "%", "s", "%", "d")
    while "every sentence is done" not in ana.terminal.text:
        before = ana.saved()
        ana.accept_view()
        if ana.saved() == before:
            while ana.saved() == before:  # a sentence taller than the screen: its next lines, then its end
                ana.terminal.accept("Enter")
            (alone,) = ana.saved().keys() - before.keys()
            assert ana.saved()[alone] == [], "Enter took what nobody could see"
    assert len(ana.saved()) == len(ana.texts[ana.article])
    assert ana.taken >= 5
    assert ana.terminal.quit() == 0
