"""Trials of the corpus folder: renamed, put back or replaced in the middle of the work."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from unittest import mock

from annotator.session.commands import COMMANDS
from annotator.storage.journal import Journal
from tests import builders
from tests.app_pilot import RunningApp, running_app
from tests.torture.rows import Trial, torture_row

_LEAVE = {"quit", "suspend"}
_KEYS = [k for c in COMMANDS if c.id not in _LEAVE for k in c.keys] + list("asdfjklu") * 4 + ["enter"] * 20
_SIZES = ((80, 24), (160, 48), (40, 12))


def _corpus(folder: Path, name: str = "news") -> Path:
    quays = [
        builders.article(
            f"Quay {n}\n\nThey met {n} rowers on Tarn Quay. Mayor Ilka Moran said so.", "t-b", origin=f"{n}"
        )
        for n in range(6)
    ]
    return builders.make_corpus(folder, *quays, name=name).path


async def _press(d: RunningApp, trial: Trial, count: int) -> None:
    for _ in range(count):
        await d.press(trial.random.choice(_KEYS))


def _move(path: Path, other: Path, *, replaced: bool) -> None:
    path.rename(other)
    if replaced:
        _corpus(path, "another")


async def _work(trial: Trial, path: Path, other: Path) -> int:
    """Work, rename the folder, work on, sometimes put it back; return how many records the session has made."""
    async with running_app(path, size=trial.random.choice(_SIZES)) as d:
        await _press(d, trial, trial.random.randint(0, 8))
        _move(path, other, replaced=(replaced := trial.random.random() < 0.3))
        await _press(d, trial, trial.random.randint(5, 25))
        if not replaced and trial.random.random() < 0.4:
            _move(other, path, replaced=False)
            await _press(d, trial, trial.random.randint(0, 5))
        assert d.app.is_running
        assert not d.session.corpus.damaged_articles, "nothing is wrong with an article whose folder is gone"
        return d.session._seq


@torture_row("folder-renamed", small=4, large=150)
def folder_renamed(trial: Trial) -> str:
    """Rename the corpus in the middle of work: no decision is lost, no key ends the app."""
    path, other = trial.folder / "news", trial.folder / "renamed"
    home = {"ANNOTATOR_HOME": str(trial.folder / "home")}
    with (
        mock.patch.dict(os.environ, home),
        # As in a large corpus, nothing is read before it is needed.
        mock.patch("annotator.session.session.MAX_COUNTED_AT_START", trial.random.choice((0, 300))),
    ):
        made = asyncio.run(_work(trial, _corpus(path), other))
        with Journal.open(other if other.exists() else path, "ana") as journal:
            found = [r.seq for r in journal.records]
    return "" if found == list(range(1, made + 1)) else f"{made} decisions were made, found are {found}"
