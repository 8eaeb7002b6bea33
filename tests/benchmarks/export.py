"""Times exports against spaCy's own API: ``python -m tests.benchmarks.export [SENTENCES] [RUNS]``.

The corpus is invented (``export_data.py``). The recipe and the limit are those of
``../shared/bench/export``, run in turn with the exports, each as a process of its own. CPU seconds of
whole processes, the median of the runs; the recipe's are its own count, without spaCy's import, where
ratios of throughput are given. ``annotator export`` reads the corpus folder, not the recipe's JSONL,
with all its checks (CRC, digest, tokens, spans against tokens), and writes ledger and config besides.
The last line is one JSON object.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
SHARED = ROOT.parent / "shared" / "bench" / "export"
MIN = "ORTH,ENT_IOB,ENT_TYPE"
EXPORT = ("-m", "annotator.cli.main", "export")


MADE = (
    "import sys; from pathlib import Path; from tests.benchmarks.export_data import make; "
    "make(Path(sys.argv[1]), int(sys.argv[2]))"
)


@dataclass(frozen=True, slots=True)
class Run:
    """One process: CPU seconds, megabytes at its peak, what it printed."""

    cpu: float
    megabytes: float
    out: str


def run(args: Sequence[str | Path]) -> Run:
    """Run Python with arguments and wait for it; raises RuntimeError where it fails."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # the first run compiles, the others start as users' do
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen([sys.executable, *map(str, args)], stdout=out, env=env)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        if process.returncode:
            raise RuntimeError(f"{args} ended with {process.returncode}")
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return Run(used.ru_utime + used.ru_stime, used.ru_maxrss / unit, out.read())


def exported(folder: Path, attrs: str, *more: str) -> Run:
    """Export the corpus in ``folder`` into one part."""
    out = folder / f"out-{attrs}"
    return run([*EXPORT, folder / "corpus", out, "--split", "100/0/0", "--attrs", attrs, "--shard", "10000000", *more])


def timed(folder: Path, runs: int) -> dict[str, float]:
    """Return the figures for the corpus in ``folder``."""
    tasks, all_, three = folder / "tasks.jsonl", folder / "all.spacy", folder / "three.spacy"
    taken: dict[str, list[float]] = {}
    for _ in range(runs):
        for name, args in {"recipe": ("a", tasks, all_), "recipe_min": ("a", tasks, three, MIN)}.items():
            found = run([SHARED / "recipe.py", *args])
            taken.setdefault(name, []).append(json.loads(found.out)["cpu"])
            taken.setdefault(f"{name}_process", []).append(found.cpu)
        exported(folder, "own")  # not counted: the first one finds the caches full of the recipe's files
        for attrs in ("min", "full", "own"):
            made = exported(folder, attrs)
            taken.setdefault(attrs, []).append(made.cpu)
            taken.setdefault(f"{attrs}_megabytes", []).append(made.megabytes)
        for name, args in {"limit_min": (three, "isal", "2"), "limit_full": (all_,)}.items():
            taken.setdefault(name, []).append(json.loads(run([SHARED / "limit.py", tasks, *args]).out)["limit"])
    ours, reference = folder / "out-full" / "train.spacy", all_
    same = zlib.decompress(ours.read_bytes()) == zlib.decompress(reference.read_bytes())
    return {**{k: round(statistics.median(v), 3) for k, v in taken.items()}, "payload_identical": same}


def main(sentences: int = 2_000, runs: int = 1) -> None:
    """Print the figures."""
    if not (SHARED / "recipe.py").exists():
        print(json.dumps({"skipped": f"{SHARED}: spaCy's recipe is not there"}))
        return
    with tempfile.TemporaryDirectory() as folder:
        big, small = Path(folder) / "big", Path(folder) / "small"
        for place, total in ((big, sentences), (small, 1000)):
            place.mkdir()
            # In a process of its own: a child's peak counts what its parent had when it was started.
            run(["-c", MADE, place, str(total)])
        t = timed(big, runs)
        s = timed(small, runs)
    figures = {
        "sentences": sentences,
        "min_ratio": round(t["recipe_min"] / t["min"], 2),
        "full_ratio": round(t["recipe"] / t["full"], 2),
        "own_ratio": round(t["recipe"] / t["own"], 2),
        "min_over_limit": round(t["min"] / t["limit_min"], 2),
        "full_over_limit": round(t["full"] / t["limit_full"], 2),
        "thousand_min_share": round(s["min"] / s["recipe_min_process"], 4),
        "thousand_full_share": round(s["full"] / s["recipe_process"], 4),
        "payload_identical": t["payload_identical"] and s["payload_identical"],
        "seconds": t,
        "seconds_of_1000": s,
    }
    print(
        f"{sentences} sentences, CPU seconds: recipe {t['recipe']}, three attributes {t['min']} "
        f"({figures['min_ratio']} times), the identical payload {t['full']} ({figures['full_ratio']} times)"
    )
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
