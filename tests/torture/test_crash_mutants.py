"""The crash states find a program that leaves out a sync, the sync of a folder or the cut of a torn line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import pytest

from annotator.storage import atomic
from tests.torture.rows import Trial
from tests.torture.trials_crash import SCENARIOS, record_scenario, try_crash

Patch = tuple[str, Callable[..., object]]


def _nothing(*_: object) -> None:
    """Do nothing."""


def _not_of_the_corpus(folder: Path) -> None:
    """Sync every folder but the corpus folder: the fault that the first run of the suite has found."""
    if folder.name == "annotations":
        atomic.sync_folder(folder)


def _unsynced_folder(path: Path, mode: int = 0o777) -> None:
    path.mkdir(parents=True, exist_ok=True, mode=mode)


MUTANTS: dict[str, tuple[str, list[Patch]]] = {
    "no fsync": ("journal", [("atomic.sync", _nothing), ("journal.sync", _nothing)]),
    "no fsync of a new file": ("replace", [("atomic.sync", _nothing)]),
    "no folder fsync": ("journal", [("journal.sync_folder", _nothing)]),
    "no fsync of the corpus folder": ("journal", [("journal.sync_folder", _not_of_the_corpus)]),
    "no fsync of the corpus's parents": ("corpus", [("corpus_folder.make_folder", _unsynced_folder)]),
    "no fsync of the rescue folder": ("rescue", [("rescue.make_folder", _unsynced_folder)]),
    "no fsync of the folder of a new file": ("rescue", [("atomic.sync_folder", _nothing)]),
    "the torn line stays": ("torn", [("journal.Journal._repair_end", _nothing)]),
    "the torn bytes are dropped": ("torn", [("journal.set_aside", lambda path, _: path)]),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_crash_states_find_a_mutant(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 400 states at least one loses or invents something."""
    scenario, patches = MUTANTS[name]
    for target, value in patches:
        monkeypatch.setattr(f"annotator.storage.{target}", value)
    recorder = record_scenario(SCENARIOS[scenario])

    def outcomes() -> Iterable[str]:
        for n in range(400):
            (folder := tmp_path / str(n)).mkdir()
            yield _outcome(scenario, Trial(n, Random(n), folder))

    def _outcome(scenario: str, trial: Trial) -> str:
        try:
            return try_crash(SCENARIOS[scenario], recorder, trial)
        except Exception as error:  # a corpus that cannot be opened is lost too
            return repr(error)

    assert any(outcomes())
