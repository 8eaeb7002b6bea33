"""In a real terminal: the lines of a doubtful article open by themselves, and what was typed ahead changes nothing."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from tests import builders
from tests.e2e.terminal import Terminal


def test_keys_that_were_on_their_way_change_no_line(tmp_path: Path) -> None:
    """Letters and Enters come in one write with the key that comes to the article; ; goes on, K settles the doubt."""
    doubtful = replace(builders.bridge(), doubt="very few lines were kept")
    corpus = builders.make_corpus(tmp_path / "news", builders.market(), doubtful)
    before = corpus.articles.path(doubtful.id).read_bytes()
    terminal = Terminal("annotate", str(corpus.path), "--as", "ana", home=tmp_path / "home", rows=24, columns=80)
    terminal.wait_for("✓ saved")
    terminal.press(")xb\r\rht")
    terminal.wait_for("doubtful: very few lines were kept")
    terminal.wait_for("# lets keys switch them, ; goes on")
    terminal.press(";")
    terminal.wait_for(" doubtful lines · ")
    assert corpus.articles.path(doubtful.id).read_bytes() == before
    assert terminal.quit() == 0
    for name, opens in (("ana", False), ("ben", True)):
        again = Terminal("annotate", str(corpus.path), "--as", name, home=tmp_path / "home", rows=24, columns=80)
        again.wait_for("✓ saved")
        again.press(")")
        again.wait_for("K lines are right" if opens else " doubtful lines · ")
        again.press(*("K" if opens else "#K"))
        again.wait_for("the lines are right, for all annotators")
        assert again.quit() == 0
        corpus.undo_line_verdict(doubtful.id, by=name, time=1)
    assert corpus.article(doubtful.id).doubt
