"""Whatever a corpus holds, the terminal gets text: no escapes, no markup, no crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.article import Article
from tests import builders
from tests.app_pilot import RunningApp, running_app
from tests.hostile_text import PAYLOADS, commands_in

STORED = [p for p in PAYLOADS if "\ud800" not in p]
"""A lone surrogate can't be in a corpus: storage refuses it."""
TOUR = {
    "overview": ["at", "escape"],
    "lines": ["number_sign", "end", "escape"],
    "guideline and keys": ["question_mark", "question_mark", "escape"],
    "labels and palette": ["apostrophe", "escape", "colon", "escape"],
    "search and filter": ["slash", *"pell", "down", "tab", "grave_accent"],
    "note and jump": ["quotation_mark", "x", "enter", "backslash", "1", "enter"],
    "worklist": ["f", "enter", "right_square_bracket", "down", "escape", "at", "escape"],
    "repairs": ["R", "escape", "f4", "q"],
    "annotating": ["tab", "space", "f", "enter", "ctrl+z", "end", "enter", "enter"],
}


def _article(payload: str) -> Article:
    """Make an article with a payload in each of its fields and sentences."""
    text = f"T{payload}t\n{payload} Pell met {payload}Moran of {payload}.\nTwo. {payload}\n{payload}"
    return builders.article(text, "tbbx", title=f"{payload}T", origin=f"{payload}.txt", byline=payload, date=payload)


def _schema(payload: str) -> str:
    quoted = "".join(f"\\U{ord(c):08X}" for c in payload)
    note = f'examples = [{{ text = "x [[{quoted}]] y", note = "{quoted}" }}]'
    return builders.NEWS.replace('description = "A number with what it counts."', f'description = "{quoted}"\n{note}')


async def _tour(d: RunningApp) -> None:
    for place, keys in TOUR.items():
        for key in keys:
            await d.press(key)
            shown = d.raw().replace("\n", "")
            assert not commands_in(shown), (place, key, commands_in(shown))
            assert d.app._exception is None


@pytest.mark.parametrize("payload", [" ".join(STORED[:7]), " ".join(STORED[7:])], ids=["escapes", "markup"])
async def test_no_payload_reaches_the_terminal(tmp_path: Path, payload: str) -> None:
    """Titles, bylines, sentences, file names, guideline: drawn as they are or made visible, never obeyed."""
    schema = _schema(payload)
    path = tmp_path / "news"
    builders.make_corpus(path, _article(payload), schema=schema, name=payload.replace("\x00", ""))
    async with running_app(path, size=(120, 30)) as d:
        await _tour(d)


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
