"""The demonstration runs on the sample and leaves a film that plays."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.scripts.film import Film
from tests.scripts.make_sample import ROOT

pytestmark = pytest.mark.slow
LARGEST = 400_000


def test_the_demonstration_runs_and_is_filmed(tmp_path: Path) -> None:
    """From pages to a model, with a kill between: the journal is what was typed, and both films have it all."""
    command = [sys.executable, "-m", "tests.scripts.demo", "--to", str(tmp_path), "--sentences", "12", "--steps", "8"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    head, *events = map(json.loads, (tmp_path / "demo.cast").read_text(encoding="utf-8").splitlines())
    assert (head["version"], head["width"], head["height"]) == (2, 80, 24)
    assert [t for t, _, _ in events] == sorted(t for t, _, _ in events)
    shown = "".join(text for _, kind, text in events if kind == "o")
    for words in ("12 articles added", "Killed", "written to out", "Saved pipeline", "model-model-last.jsonl"):
        assert words in shown
    assert len([e for e in events if e[1] == "m"]) >= 5


def test_the_film_of_the_readme_is_small_and_well_formed() -> None:
    """It is XML without scripts and links, and each row that is used is defined."""
    svg = (ROOT / "tests" / "data" / "demo" / "demo.svg").read_text(encoding="utf-8")
    assert len(svg.encode()) < LARGEST
    ET.fromstring(svg)
    assert set(re.findall(r'href="#(\w+)"', svg)) <= set(re.findall(r'<g id="(\w+)"', svg))
    assert "<script" not in svg
    assert "demo/demo.svg" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_text_of_the_terminal_is_escaped() -> None:
    """Markup in a page is text in the film."""
    film = Film(20, 2)
    film.write('<b a="1">&\x1b[31m x', 1)
    svg = film.svg("a < b", 10, 0)
    assert "<b" not in svg
    assert "&lt;b" in svg
    ET.fromstring(svg)
