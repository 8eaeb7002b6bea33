"""A script of twenty lines, as a notebook has them: a corpus, suggestions, an export, a trained model."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import json, subprocess, sys
from pathlib import Path
import annotator

corpus = annotator.Corpus.create("news", schema="news", lang="en")
corpus.ingest(sorted(Path(SOURCES).glob("*.txt")))
articles = list(corpus.articles())
rows = []
for article in articles:
    for s in corpus.sentences(article):
        names = [t for t in s.tokens if t.text.istitle() and t.start > 0]
        spans = [{"start": t.start, "end": t.end, "label": "PERSON", "score": 0.5} for t in names]
        rows.append({"meta": {"article": article.id, "start": s.start, "end": s.end}, "spans": spans})
print(corpus.add_suggestions("mine", rows).spans)
tasks = [{"text": a.text, "spans": [], "answer": "accept"} for a in articles]
for task in tasks:
    at = task["text"].find("said")
    task["spans"] = [{"start": at, "end": at + 4, "label": "PERSON"}] if at >= 0 else []
Path("tasks.jsonl").write_text("".join(json.dumps(t) + "\\n" for t in tasks))
print(corpus.import_files(["tasks.jsonl"], annotator="ana").ledger.lost)
report = corpus.export("out", split="50/50/0", split_by="article", annotator="ana")
print(report.ledger.lost, sum(1 for row in corpus.annotations(answer="accept") if row.spans) > 0)
train = [sys.executable, "-m", "spacy", "train", "out/config.cfg", "--paths.folder=out", "-o", "model"]
subprocess.run(train + ["--training.max_steps=2", "--training.eval_frequency=1"], check=True, capture_output=True)
print(Path("model/model-last/config.cfg").exists())
"""


@pytest.mark.slow
def test_a_notebook_goes_from_pages_to_a_model(tmp_path: Path) -> None:
    """Each step is a call of the API, and nothing but the training runs a command."""
    source = f"SOURCES = {str(ROOT / 'corpus' / 'sources')!r}\n{SCRIPT}"
    run = subprocess.run(
        [sys.executable, "-c", source],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    suggested, imported, exported, trained = run.stdout.splitlines()
    assert suggested.startswith("{'PERSON': ")
    assert (imported, exported, trained) == ("0", "0 True", "True")
