"""Trials of many annotators at once, joined by a merge and exported."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import orjson

from annotator.core.article import Article
from annotator.storage.journal import Journal
from tests import builders
from tests.cli.command_runner import call
from tests.torture.crowd import ANNOTATORS, tasks_of
from tests.torture.rows import Trial, torture_row

ROOT = Path(__file__).resolve().parents[2]
_LINES = 20


def _article(n: int) -> Article:
    lines = "\n".join(f"Rower {n} counted {i} boats on Tarn Quay." for i in range(_LINES))
    return builders.article(f"{lines}\n", "b" * _LINES + "-", title="", origin=f"{n}.txt")


@torture_row("crowd", small=1, large=20)
def crowd(trial: Trial) -> str:
    """Twenty annotate at once in two clones, some are killed with -9: every saved record is there, none doubled."""
    tasks = 60 if trial.number == 0 else 600
    here, there, merged = (trial.folder / name for name in ("here", "there", "merged"))
    builders.make_corpus(here, *map(_article, range(tasks // _LINES)))
    shutil.copytree(here, there)
    arguments = [sys.executable, "-m", "tests.torture.crowd", str(trial.random.random()), str(tasks), here, there]
    run = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        return run.stderr[-2000:]
    acknowledged = [line.split() for line in run.stdout.splitlines()]
    result = call("merge", here, there, "--into", merged)
    if result.code:
        return f"merge ends with {result.code}: {result.out}{result.err}"
    for corpus in (here, merged):
        for number, name in enumerate(ANNOTATORS):
            if not (corpus / "annotations" / f"{name}.jsonl").exists():
                continue
            found = [r.annotated.sentence.id for r in Journal.open(corpus, name, read_only=True).records]
            seqs = [int(seq) for who, seq in acknowledged if who == name]
            if len(seqs) > len(set(seqs)):
                return f"{name}: a record was acknowledged, and made again after a kill: {seqs}"
            if len(found) < max(seqs) or len(found) != len(set(found)) or len(found) != len(tasks_of(number, tasks)):
                return f"{corpus.name}, {name}: {max(seqs)} records acknowledged, found are {found}"
    return _export_fault(merged, trial.folder / "out", tasks)


def _export_fault(corpus: Path, out: Path, tasks: int) -> str:
    """Return what is wrong with the export: each sentence is there once from both its annotators."""
    result = call("export", corpus, out, "--format", "prodigy")
    if result.code:
        return f"export ends with {result.code}: {result.err}"
    files = [p for p in out.glob("*.jsonl") if p.name != "ledger.jsonl"]
    lines = [orjson.loads(x) for p in files for x in p.read_bytes().splitlines()]
    done = Counter((x["text"], x["_annotator_id"]) for x in lines if len(x["spans"]) == 1)
    texts = Counter(text for text, _ in done)
    if done.total() != 2 * tasks or set(done.values()) != {1} or set(texts.values()) != {2} or len(texts) != tasks:
        return f"{tasks} sentences were done twice, exported are {len(lines)} records of {len(texts)} sentences"
    return ""
