"""Trials of ingests and imports that are killed: what is in stays whole, and the next run adds what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.torture.rows import Trial, torture_row

ROOT = Path(__file__).resolve().parents[2]
_KILLS_A_TRIAL = 10


@torture_row("ingest-interrupted", small=1, large=200)
def ingest_interrupted(trial: Trial) -> str:
    """Kill ten ingests or imports, each at any call: the corpus is sound, and the same command makes it whole."""
    name, seed = "tests.torture.interrupted_ingest", str(trial.random.random())
    arguments = [sys.executable, "-m", name, trial.folder, seed, str(_KILLS_A_TRIAL)]
    run = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    return run.stdout or (run.stderr[-2000:] if run.returncode else "")
