"""The rows of the torture suite: what is tried, how often, and what came of it.

A row is a function that makes its trials from random numbers. It is registered once; the tests run it with its
small size, ``python -m tests --torture`` with its large one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from random import Random
from traceback import format_exc
from typing import NamedTuple


class Trial(NamedTuple):
    """One trial to make: what a row needs for it."""

    number: int
    random: Random
    """Of its own, so that a trial can be made again by its number and the seed."""
    folder: Path
    """An empty folder of its own."""


class Row(NamedTuple):
    """One kind of trial."""

    name: str
    rule: str
    """What must hold: the docstring of the function."""
    small: int
    """Trials in the tests."""
    large: int
    """Trials in the long run."""
    attempt: Callable[[Trial], str]
    """Make a trial; return what went wrong, empty where nothing did."""


class RowResult(NamedTuple):
    """What came of a row."""

    trials: int
    failures: tuple[str, ...]
    """``trial N: what went wrong``."""
    seconds: float


_ROWS: dict[str, Row] = {}


def torture_row(name: str, *, small: int, large: int) -> Callable[[Callable[[Trial], str]], Callable[[Trial], str]]:
    """Register a function as a row."""

    def register(attempt: Callable[[Trial], str]) -> Callable[[Trial], str]:
        _ROWS[name] = Row(name, (attempt.__doc__ or "").partition("\n")[0], small, large, attempt)
        return attempt

    return register


def all_rows() -> dict[str, Row]:
    """Return every row of the modules of this folder, by name."""
    for module in iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith("trials_"):
            import_module(f"{__package__}.{module.name}")
    return _ROWS


def run_row(row: Row, trials: int, seed: int, folder: Path, seconds: float = float("inf")) -> RowResult:
    """Make up to so many trials of a row within a time, each in a folder of its own; a trial begun is finished."""
    start, failures, made = time.monotonic(), [], 0
    for trial in _trials(row, trials, seed, folder):
        if made and time.monotonic() - start > seconds:
            break
        try:
            wrong = row.attempt(trial)
        except Exception:  # the other trials go on; this one has failed, with its traceback
            wrong = format_exc()
        made += 1
        if wrong:
            failures.append(f"trial {trial.number}: {wrong}")
    return RowResult(made, tuple(failures), time.monotonic() - start)


def _trials(row: Row, trials: int, seed: int, folder: Path) -> Iterator[Trial]:
    for number in range(trials):
        place = folder / f"{row.name}-{number}"
        place.mkdir(parents=True)
        yield Trial(number, Random(f"{seed} {row.name} {number}"), place)
