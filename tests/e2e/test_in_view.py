"""What ``*`` accepts: what was painted whole, as it was painted, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.storage.corpus import Corpus
from tests.e2e.test_whole_way import ROOT, Annotator, run


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Return a corpus of one page of the sample."""
    page = ROOT / "corpus" / "sources" / "06-cannery.txt"
    assert run("ingest", page, "--corpus", tmp_path / "news").returncode == 0
    return Corpus.open(tmp_path / "news")


@pytest.mark.parametrize("size", [(24, 80), (48, 160), (11, 80)])
def test_all_in_view_is_what_is_painted(corpus: Corpus, tmp_path: Path, size: tuple[int, int]) -> None:
    """A whole article by ``*``: with suggestions taken by hand, then with those of three labels taken by it."""
    ana = Annotator(corpus, tmp_path / "home", *size)
    for key in ("s", "a", "d", "s"):  # the next suggestion of the label, in a later sentence too
        ana.terminal.act(";", key)
    ana.accept_view()
    ana.terminal.act("%", "a", "%", "s", "%", "d")
    taken = 0
    while "every sentence is done" not in ana.terminal.text:
        before = len(ana.painted)
        if turn_alone(ana):
            ana.terminal.act("Enter")
            continue
        ana.accept_view()
        assert len(ana.painted) > before
        taken += sum(map(len, ana.painted.values()))
    assert taken, "no suggestion was taken by `*`"
    assert ana.terminal.quit() == 0


def turn_alone(ana: Annotator) -> bool:
    """Whether the active sentence is longer than the screen, so that Enter alone accepts it."""
    top = next(y for y, r in enumerate(ana.terminal.rows) if r.startswith("▌"))
    return False if top else True
