"""What all tests share: no animations, a home of their own, and one hypothesis profile."""

from __future__ import annotations

import compileall
import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from textual import _wait

from annotator.core.errors import AnnotatorError
from annotator.storage import rescue

os.environ["TEXTUAL_ANIMATIONS"] = "none"
for _name in ("NO_COLOR", "COLORTERM", "TEXTUAL", "TEXTUAL_DRIVER"):
    os.environ.pop(_name, None)
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # one with a full disk would leave half a module to all others

_wait.SLEEP_GRANULARITY, _wait.SLEEP_IDLE = 1 / 100, 1 / 2000
"""How often, in seconds, a pilot looks whether the app is idle, and what an idle one uses meanwhile; Textual: 1/50.

Four times as often was too often: a worker that had no processor for 5 ms looked idle, and screens were not drawn."""

gc.disable()  # until all tests are collected: nothing of that is garbage

settings.register_profile(
    "house",
    deadline=None,  # wall clocks only inform: two cores are shared by all workers
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile(  # the same examples for each mutant, and few: `python -m tests.mutants`
    "mutants", settings.get_profile("house"), max_examples=20, derandomize=True, database=None
)
settings.register_profile("thorough", settings.get_profile("house"), max_examples=2_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


def pytest_configure(config: pytest.Config) -> None:
    """Compile the program once for all processes that tests start: each would need 0.2 s for it."""
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(Path(__file__).parents[1] / "annotator", quiet=2)


def pytest_collection_finish() -> None:
    """Let the collector pass over the thousands of tests, and look at old objects more seldom: a fifth of all time."""
    gc.freeze()
    gc.set_threshold(5000, 20, 20)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give a worker a file of tests at a time, but each row of the torture suite by itself: they take long."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

    scheduler = LoadFileScheduling(config, log)
    file_of = scheduler._split_scope
    scheduler._split_scope = lambda test: test if "torture/test_rows.py" in test else file_of(test)
    return scheduler


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep preferences, rescue files and the user's sample out of the real home."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("ANNOTATOR_HOME", str(home))
    monkeypatch.setattr(rescue, "TEMPORARY_FOLDERS", (str(home),))
    return home


@pytest.fixture(autouse=True, scope="session")
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Let a sync end at once: only a power cut would show the difference.

    What is synced, and when, is held by tests that record these calls (`tests/storage/test_journal_failures.py`,
    `tests/torture/crash_states.py`). Programs that a test starts sync as ever.
    """
    check = os.fstat

    def synced(fd: int) -> None:
        check(fd)  # a file that is closed is an error all the same

    with pytest.MonkeyPatch.context() as patch:
        for name in {"fsync", "fdatasync"} & set(dir(os)):
            patch.setattr(os, name, synced)
        yield


@pytest.fixture(autouse=True, scope="session")
def _errors_have_words() -> Iterator[None]:
    """Let no test raise an error for the user whose words lack: what is wrong, where, what to do."""
    real = AnnotatorError.__init__

    def checked(error: AnnotatorError, what: str, *, where: str = "", do: str = "") -> None:
        assert what, "an error without words"
        assert all(isinstance(x, str) for x in (what, where, do)), (what, where, do)
        real(error, what, where=where, do=do)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AnnotatorError, "__init__", checked)
        yield
