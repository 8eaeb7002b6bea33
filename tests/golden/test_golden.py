"""What the program writes and says is what it was when the digests were made.

Where a difference is meant: ``python -m tests.golden.freeze --only CASE`` takes it over, and
``--show CASE`` prints what there is now.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from tests.golden.cases import Case, cases, shared_cases
from tests.golden.freeze import GOLDEN, GOLDEN_SHARED, frozen, read

VALUES, TEXTS = read(GOLDEN).get("cases", {}), read(GOLDEN).get("texts", {})
VALUES_SHARED = read(GOLDEN_SHARED).get("cases", {})

MOST = 40
"""How many differences of a case are shown."""


def _params() -> Iterator[Any]:
    for case in (*cases(), *shared_cases()):
        yield pytest.param(case, id=case.name, marks=[pytest.mark.slow] if case.slow else [])


@pytest.mark.parametrize("case", list(_params()))
def test_what_is_written_and_said_stays(case: Case) -> None:
    """Exit codes, stdout, stderr and every file of each command have the digests that they had."""
    now: dict[str, str] = {}
    found = frozen(case, now)
    wanted = (VALUES_SHARED if case.shared else VALUES).get(case.name, {})
    if list(found) != list(wanted):
        pytest.fail("\n".join(["the case has other commands than it had, or is new", *_advice(case)]), pytrace=False)
    if lines := list(_differences(wanted, found, now)):
        pytest.fail("\n".join([*lines[:MOST], *_advice(case)]), pytrace=False)


def _advice(case: Case) -> Iterator[str]:
    """Yield how to see a case whole, and how to take it over."""
    name = shlex.quote(case.name)
    yield f"what the case writes now: python -m tests.golden.freeze --show {name}"
    yield f"if all of this is intended: python -m tests.golden.freeze --only {name}"


def _differences(wanted: dict[str, Any], found: dict[str, Any], now: dict[str, str]) -> Iterator[str]:
    """Yield a line for each command or file that differs, with a unified diff where both texts are kept."""
    for command, old in wanted.items():
        new = found[command]
        if new["code"] != old["code"]:
            yield f"{command}: exit code {new['code']}, not {old['code']}"
        for name in sorted(old["files"].keys() | new["files"].keys()):
            before, after = old["files"].get(name, "not there"), new["files"].get(name, "not there")
            if before != after:
                yield f"{command}: {name}: {after}, not {before}"
                yield from _text_difference(TEXTS.get(before, ""), now.get(after, ""))


def _text_difference(old: str, new: str) -> Iterator[str]:
    """Yield the lines of a unified diff; a text of which nothing is kept has none."""
    if old and new:
        lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "was", "is", n=1, lineterm="")
        yield from (f"  {line}" for line in lines)
    elif new:
        yield f"  is: {new}"
    elif old:
        yield f"  was: {old}"


@pytest.mark.skipif(not any(shared_cases()), reason="the files beside the project are not here")
def test_no_shared_file_is_forgotten() -> None:
    """Each file beside the project has its digests."""
    assert {case.name for case in shared_cases()} == set(VALUES_SHARED)
