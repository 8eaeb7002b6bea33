"""The trial of a long day: keys without end, the memory that they take and how long each takes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from annotator.storage.schemas import sample_corpus_path
from tests import builders
from tests.torture.rows import Trial, torture_row
from tests.torture.soak import state_digest
from tests.torture.soak_plot import soak_plot

ROOT = Path(__file__).resolve().parents[2]
_KEYS = 100_000
_MIN_DECISIONS = 10_000
_WARM_KEYS = 10_000
"""Until then caches and the interpreter's arenas fill."""
_MAX_GROWTH_MB = 10
_COMPARED = 24
"""So many windows at the beginning and at the end are compared: twice round the sample's articles."""
_MAX_DRIFT = 0.2
_MAX_OBJECTS_A_ROUND = 40

Window = Mapping[str, float]


@torture_row("soak", small=1, large=2)
def soak(trial: Trial) -> str:
    """Press 100,000 keys: every decision is saved, memory grows by less than 10 MB, p99 by less than 20 %."""
    corpus = trial.folder / "sample"
    shutil.copytree(sample_corpus_path(), corpus)
    if trial.number == 0:
        rounds, wrong = _press_keys(corpus, 0, trial)
        return wrong or leak_in(rounds)
    windows, wrong = _press_keys(corpus, _KEYS, trial)
    if wrong:
        return wrong
    Path("soak.jsonl").write_text("".join(f"{json.dumps(x)}\n" for x in windows), "utf-8")
    Path("soak.svg").write_text(soak_plot(windows), "utf-8")
    return fault_in(windows)


def _press_keys(corpus: Path, keys: int, trial: Trial) -> tuple[list[Window], str]:
    """Press keys in a process of its own; return its lines and what went wrong, if the journal lacks something."""
    arguments = [sys.executable, "-m", "tests.torture.soak", str(corpus), str(keys), str(trial.random.random())]
    run = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    *lines, end = [json.loads(x) for x in run.stdout.splitlines()] or [{}]
    if run.returncode or not lines:
        return lines, run.stderr[-2000:] or "it has ended early"
    session = builders.open_session(corpus, read_only=True)
    there = {"decisions": session._seq, "digest": state_digest(session.annotation_store)}
    if there != end or session.damage:
        return lines, f"at the end there were {end}, in the journal there are {there} {session.damage}"
    return lines, ""


def leak_in(rounds: Sequence[Window]) -> str:
    """Return how many objects each round leaves that has undone all it did, if there are more than a few."""
    each = (rounds[-1]["objects"] - rounds[1]["objects"]) / (len(rounds) - 2)
    return f"{each:.0f} objects more with each round" if each > _MAX_OBJECTS_A_ROUND else ""


def growth(windows: Sequence[Window]) -> float:
    """Return by how many MB the memory has grown at most since it was warm."""
    warm = [x["mb"] for x in windows if x["keys"] >= _WARM_KEYS]
    return max(warm) - warm[0]


def drift(windows: Sequence[Window]) -> float:
    """Return by which share p99 of a key has grown since the memory was warm.

    Compared is CPU time beside that of a fixed piece of work at the time, by medians of windows.
    """
    costs = [x["cpu"] / x["reference"] for x in windows if x["keys"] > _WARM_KEYS]
    return median(costs[-_COMPARED:]) / median(costs[:_COMPARED]) - 1


def fault_in(windows: Sequence[Window]) -> str:
    """Return which bound a long run has broken; empty for none."""
    if windows[-1]["decisions"] < _MIN_DECISIONS:
        return f"only {windows[-1]['decisions']} decisions"
    if growth(windows) >= _MAX_GROWTH_MB:
        return f"the memory has grown by {growth(windows):.1f} MB from key {_WARM_KEYS:,} on"
    if drift(windows) >= _MAX_DRIFT:
        return f"p99 of a key has grown by {drift(windows):.0%} from key {_WARM_KEYS:,} on"
    return ""
