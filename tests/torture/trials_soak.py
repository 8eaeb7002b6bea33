"""The trial of a long day: keys without end, the memory that they take and how long each takes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from annotator.storage.journal import Journal
from annotator.storage.schemas import sample_corpus_path
from tests.torture.rows import Trial, torture_row
from tests.torture.soak import soak_plot

ROOT = Path(__file__).resolve().parents[2]
_WARM_KEYS = 10_000
"""Until then caches and the interpreter's arenas fill."""
_MAX_GROWTH_MB = 10


@torture_row("soak", small=1, large=2)
def soak(trial: Trial) -> str:
    """Press keys for a day: all decisions are saved, and the memory stays; the plot of the long run is soak.svg."""
    keys = 300 if trial.number == 0 else 100_000
    corpus = trial.folder / "sample"
    shutil.copytree(sample_corpus_path(), corpus)
    arguments = [sys.executable, "-m", "tests.torture.soak", corpus, str(keys), str(trial.random.random())]
    run = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [json.loads(x) for x in run.stdout.splitlines()]
    if run.returncode or not lines:
        return run.stderr[-2000:]
    with Journal.open(corpus, "ana") as journal:
        if len(journal.records) != lines[-1]["decisions"] or journal.damaged:
            return f"{lines[-1]['decisions']} decisions were made, {len(journal.records)} are there"
    if keys > _WARM_KEYS:
        Path("soak.svg").write_text(soak_plot(lines), "utf-8")
        warm = [x["mb"] for x in lines if x["keys"] >= _WARM_KEYS]
        if max(warm) - warm[0] > _MAX_GROWTH_MB:
            return f"the memory has grown by {max(warm) - warm[0]:.1f} MB from key {_WARM_KEYS:,} on"
    return ""
