"""Installed as a wheel somewhere else, with nothing of the checkout beside it, it works."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing of this checkout in its environment."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "ANNOTATOR"))}
    return subprocess.run(
        [str(c) for c in command],
        cwd=cwd,
        env={**env, "ANNOTATOR_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_wheel_has_all_it_needs(tmp_path: Path) -> None:
    """Schemas, manual and sample travel in the wheel; ingest, articles and export run from it."""
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=ROOT, home=tmp_path)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("article_annotator-*.whl")
    venv.create(tmp_path / "env", with_pip=True, system_site_packages=False)
    python = tmp_path / "env" / "bin" / "python"
    installed = run(python, "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path, home=tmp_path)
    assert installed.returncode == 0, installed.stderr
    annotator = tmp_path / "env" / "bin" / "annotator"
    page = ROOT / "corpus" / "sources" / "06-cannery.txt"
    for args in (
        ("ingest", page, "--corpus", "news", "--schema", "court"),
        ("articles", "news"),
        ("help", "corpus-folder"),
    ):
        done = run(annotator, *args, cwd=tmp_path, home=tmp_path)
        assert done.returncode == 0, done.stderr
    code = "from annotator.storage.user_files import user_sample_corpus; print(user_sample_corpus())"
    copied = run(python, "-c", code, cwd=tmp_path, home=tmp_path)
    assert copied.stdout.strip() == str(tmp_path / "sample")
    code = "from annotator.storage.schemas import sample_corpus_path; print(sample_corpus_path())"
    shipped = run(python, "-c", code, cwd=tmp_path, home=tmp_path).stdout.strip()
    exported = run(annotator, "export", shipped, "out", cwd=tmp_path, home=tmp_path)
    assert exported.returncode == 0, exported.stderr
    assert (tmp_path / "out" / "train.spacy").exists()
    html = tmp_path / "page.html"
    html.write_text("<html><body><p>The ferry left at noon, said Ada Pell.</p></body></html>")
    refused = run(annotator, "ingest", html, "--corpus", "news", cwd=tmp_path, home=tmp_path)
    assert refused.returncode == 1
    assert "pip install 'article-annotator[html]'" in refused.stderr
