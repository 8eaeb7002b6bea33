"""Each benchmark runs without arguments and ends with one JSON object; no test looks at its times."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

import tests.benchmarks
from tests.arch.source_tree import ROOT

QUICK = (
    "cleaning",
    "document_leaks",
    "fit_cleaner",
    "hints",
    "search",
    "sentence_languages",
    "sentences",
    "slips",
    "structures",
)
SLOW = (
    "candidates", "checking", "claims", "conflicts", "coverage", "export", "html_pages", "imports", "inside_tokens",
    "journeys", "keystrokes", "load", "opening", "page_doubts", "pipelines", "points", "readings", "start",
    "suggestion_service",
)  # fmt: skip


@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(n, marks=pytest.mark.slow) for n in SLOW)])
def test_a_benchmark_runs_without_arguments(name: str) -> None:
    """It exits with 0, and its last line is its figures."""
    found = last_line(name)
    assert found
    if name == "document_leaks":
        assert found["made_up"]["linked"]["with_document_in_train"] == 0 < found["made_up"]["apart"]["sentences"]
    if name == "slips":
        assert found["all"]["wrong_spans_outside"] == 0
        assert found["all"]["back"]["most"] <= 2


def last_line(name: str) -> dict[str, Any]:
    """Run a benchmark and return the figures of its last line."""
    run = subprocess.run(
        [sys.executable, "-m", f"tests.benchmarks.{name}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout.splitlines()[-1]))


def test_every_benchmark_is_listed_and_run() -> None:
    """The package's docstring has a line for each program in it, and this file runs it."""
    programs = {p.stem for p in (ROOT / "tests" / "benchmarks").glob("*.py") if "\nif __name__ ==" in p.read_text()} - {
        "minimal_app",
        "export_data",
    }
    assert programs == {*QUICK, *SLOW}
    listed = {line[2:].partition(":")[0] for line in (tests.benchmarks.__doc__ or "").splitlines() if line[:2] == "- "}
    assert listed == programs
