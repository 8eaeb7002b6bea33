"""What other tools have annotated trains: imported, exported, seen by ``debug data``, trained on a bit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.formats import registry

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "corpus"
SHARED = ROOT.parent / "shared" / "data" / "exports"
FORMATS = tuple(name for name, info in registry.FORMATS.items() if info.can_write)
TINY = (
    "--components.tok2vec.model.encode.width", "32",
    "--components.tok2vec.model.encode.depth", "1",
    "--components.tok2vec.model.embed.rows", "[500,200,300,300]",
    "--training.max_steps", "60",
    "--training.eval_frequency", "20",
)  # fmt: skip
HARMLESS = re.compile(r"Low number of examples|No examples for texts WITHOUT|also in evaluation data|\d+ warning")
"""What ``debug data`` says of every small corpus."""
DISTINCT = re.compile(r"not (be )?distinct|not present in the train data")
"""What it says of a corpus of a few spans, and of a label that only dev has."""


def _run(cwd: Path, *words: str, ok: tuple[int, ...] = (0,)) -> str:
    """Run a command; return what it prints, without colours."""
    run = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    message = re.sub(r"\x1b\[[0-9;]*[mK]", "", run.stdout + run.stderr)
    assert run.returncode in ok, message
    return message


def _annotator(cwd: Path, *words: str, ok: tuple[int, ...] = (0, 3)) -> str:
    return _run(cwd, "annotator.cli.main", *words, ok=ok)


def _debugged(cwd: Path, config: str) -> None:
    """Hold that ``debug data`` finds nothing but that the corpus is small."""
    where = ("--paths.folder", str(Path(config).parent))
    message = _run(cwd, "spacy", "debug", "data", config, *where, ok=(0, 1))  # it fails below 100 training Docs
    assert "Traceback" not in message, message
    assert "misaligned" not in message, message
    assert "whitespace" not in message or "No entities consisting of or starting/ending with whitespace" in message
    doubts = [line for line in message.splitlines() if "⚠" in line or ("✘" in line and "error" not in line)]
    assert not [x for x in doubts if not HARMLESS.search(x) and not DISTINCT.search(x)], message


def _trained(cwd: Path, config: str) -> None:
    """Hold that training runs, and that the loss of each component falls."""
    message = _run(cwd, "spacy", "train", config, "--paths.folder", str(Path(config).parent), *TINY)
    rows = [line.split() for line in message.splitlines() if re.match(r"\s+\d+\s+\d+\s", line)]
    pipes = re.findall(r"pipeline: \['tok2vec', (.*?)\]", message, re.IGNORECASE)[0].count("'") // 2
    first, last = rows[1][3 : 3 + pipes], rows[-1][3 : 3 + pipes]
    assert all(float(b) < float(a) for a, b in zip(first, last, strict=True)), message


def _trains(cwd: Path, corpus: str) -> None:
    """Export a corpus, and train on what the config says."""
    _annotator(cwd, "export", corpus, "out", "--split", "80/20/0")
    configs = sorted((cwd / "out").glob("*.cfg"))
    assert configs
    for config in configs:
        _debugged(cwd, f"out/{config.name}")
        _trained(cwd, f"out/{config.name}")


@pytest.mark.parametrize("form", FORMATS)
def test_a_corpus_that_came_through_a_format_trains(tmp_path: Path, form: str) -> None:
    """The sample corpus, written for another tool and imported from there, is good training data."""
    _annotator(tmp_path, "export", str(SAMPLE), "sent", "--format", form)
    sent = tmp_path / "sent"
    for name in ("ledger.jsonl", "manifest.json"):
        (sent / name).unlink()
    files = [
        f"sent/{p.name}"
        for p in sorted(sent.iterdir())
        if p.suffix in {".jsonl", ".json", ".parquet", ".tsv", ".conll"}
    ]
    _annotator(tmp_path, "import", *(files or ["sent"]), "--corpus", "back")
    _trains(tmp_path, "back")


def test_a_corpus_that_came_as_docbins_trains(tmp_path: Path) -> None:
    """Our own training data, imported, are training data again."""
    _annotator(tmp_path, "export", str(SAMPLE), "sent")
    _annotator(tmp_path, "import", "sent/train.spacy", "sent/dev.spacy", "sent/test.spacy", "--corpus", "back")
    _trains(tmp_path, "back")


def _logged_scores(n: int) -> tuple[str, int, int]:
    """Return a sentence, and where a venue stands in it."""
    venue = ("Port Ellen", "Rosavik", "Nordby Square")[n % 3]
    text = f"Ida Holm said that boat {n} left {venue} at noon."
    return text, text.index(venue), text.index(venue) + len(venue)


def _row(text: str, *spans: tuple[int, int, str]) -> str:
    marked = [{"start": a, "end": b, "label": label} for a, b, label in spans]
    return json.dumps({"text": text, "spans": marked}) + "\n"


def _odd(n: int) -> str:
    text, start, end = _logged_scores(n)
    return _row(text, (0, 8, "B-"), (start, end, "Ä|#x=${paths.train}"))


def _crossing(n: int) -> str:
    text, start, end = _logged_scores(n)
    return _row(text, (0, end, "A"), (start, len(text) - 1, "B"))


def _chinese(n: int) -> str:
    return _row(f"王小明昨天第{n}次去了北京。", (0, 3, "PERSON"))


AWKWARD = {"odd labels": _odd, "crossing spans alone": _crossing, "characters as tokens": _chinese}


@pytest.mark.parametrize("kind", AWKWARD)
def test_awkward_data_train(tmp_path: Path, kind: str) -> None:
    """Labels with signs of configs and tags, spans of which none nest, and another tokenizer than rules."""
    (tmp_path / "in.jsonl").write_text("".join(map(AWKWARD[kind], range(150))), encoding="utf-8")
    lang = "zh" if AWKWARD[kind] is _chinese else "en"
    _annotator(tmp_path, "import", "in.jsonl", "--corpus", "c", "--add-labels", "--lang", lang)
    _trains(tmp_path, "c")


def _samples() -> list[Path]:
    """Return the files of other tools that lie beside the project; folders for brat."""
    if not SHARED.is_dir():
        return []
    files = [p for p in sorted(SHARED.rglob("*")) if p.is_file() and p.parent.name != "brat"]
    return [*files, *(p for p in [SHARED / "brat"] if p.is_dir())]


@pytest.mark.parametrize("source", _samples(), ids=lambda p: p.name)
def test_what_other_tools_wrote_trains(tmp_path: Path, source: Path) -> None:
    """Whatever can be imported with three sentences and a span is exported and trained on."""
    message = _annotator(
        tmp_path, "import", str(source), "--corpus", "c", "--add-labels", "--answer", "accept", ok=(0, 1, 3)
    )
    if not (tmp_path / "c").exists():
        assert "Traceback" not in message
        pytest.skip("refused")
    message = _annotator(tmp_path, "export", "c", "out", "--split", "100/0/0", ok=(0, 1, 3))
    assert "Traceback" not in message
    if not (tmp_path / "out" / "config.cfg").exists():
        pytest.skip("no spans to learn from")
    _debugged(tmp_path, "out/config.cfg")
    _trained(tmp_path, "out/config.cfg")
