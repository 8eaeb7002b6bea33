"""The trial of a long day: keys without end, the memory that they take and how long each takes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import Edit, Op
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
"""So many windows at the end are compared: twice round the sample's articles."""
_FRESH_KEYS = 12_000
_MAX_DRIFT = 0.2
_MAX_OBJECTS_A_ROUND = 40

Window = Mapping[str, float]


@torture_row("soak", small=1, large=2)
def soak(trial: Trial) -> str:
    """Press 100,000 keys: all decisions are saved, memory grows under 10 MB, p99 is within 20 % of a new program's."""
    corpus = trial.folder / "sample"
    shutil.copytree(sample_corpus_path(), corpus)
    if trial.number == 0:
        rounds, wrong = _press_keys(corpus, 0, trial)
        return wrong or leak_in(rounds)
    windows, wrong = _press_keys(corpus, _KEYS, trial)
    if wrong:
        return wrong
    # Keys at random add more spans than they remove, and a key takes longer where there are more.
    fresh, wrong = _press_keys(_copy_annotations(corpus, trial.folder / "fresh"), _FRESH_KEYS, trial)
    if wrong:
        return wrong
    windows += [{**x, "fresh": 1} for x in fresh]
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


def _copy_annotations(corpus: Path, to: Path) -> Path:
    """Return a new sample corpus with the same annotations and none of their history."""
    shutil.copytree(sample_corpus_path(), to)
    done, new = builders.open_session(corpus, read_only=True), builders.open_session(to)
    for article in done.annotation_store.touched_articles:
        for w in done.annotation_store.touched_sentences_of(article):
            new.apply_edit(Edit(Op.EDIT, (AnnotatedSentence(w.sentence),), (w,)))
    new.close()
    return to


def growth(windows: Sequence[Window]) -> float:
    """Return by how many MB the memory has grown at most since it was warm."""
    warm = [x["mb"] for x in windows if x["keys"] >= _WARM_KEYS and "fresh" not in x]
    return max(warm) - warm[0]


def drift(windows: Sequence[Window]) -> float:
    """Return by which share p99 of a key at the end is above that of a new program with the same annotations.

    Compared is CPU time beside that of a fixed piece of work at the time, by medians of windows.
    """
    costs = [x["cpu"] / x["reference"] for x in windows if "fresh" not in x]
    return median(costs[-_COMPARED:]) / median(x["cpu"] / x["reference"] for x in windows if "fresh" in x) - 1


def fault_in(windows: Sequence[Window]) -> str:
    """Return which bound a long run has broken; empty for none."""
    decisions = max(x["decisions"] for x in windows)
    if decisions < _MIN_DECISIONS:
        return f"only {decisions} decisions"
    if growth(windows) >= _MAX_GROWTH_MB:
        return f"the memory has grown by {growth(windows):.1f} MB from key {_WARM_KEYS:,} on"
    if drift(windows) >= _MAX_DRIFT:
        return f"p99 of a key is {drift(windows):.0%} above that of a new program with the same annotations"
    return ""
