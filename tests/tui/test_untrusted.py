"""Whatever a corpus holds, the terminal gets text; the row ``payloads`` of the torture suite does the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import builders
from tests.app_pilot import running_app
from tests.hostile_text import commands_in


@pytest.mark.parametrize("payload", ["[/x]", "[@click=app.quit]x[/]", "[a=b", "\x1b]52;c;x\x07\u202e\x9b"])
async def test_warnings_and_banners_are_text_too(tmp_path: Path, payload: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What storage says of a strange file name is shown without obeying it."""
    path = tmp_path / "news"
    builders.make_corpus(path)
    monkeypatch.setattr(
        "annotator.storage.corpus_folder.CorpusFolder._add_flaw_warnings", lambda c: c.warnings.append(payload)
    )
    async with running_app(path, size=(120, 30)) as d:
        assert not commands_in(d.raw().replace("\n", ""))
        d.session.damage = payload
        await d.press("down")
        assert not commands_in(d.raw().replace("\n", ""))
        assert d.app._exception is None
