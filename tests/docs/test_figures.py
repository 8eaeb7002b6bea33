"""Each figure of the README is one of the manual's, where its program is named."""

from __future__ import annotations

import re

from tests.scripts.make_sample import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MANUAL = (ROOT / "annotator" / "manual" / "figures.md").read_text(encoding="utf-8")
FIGURE = re.compile(r"\d+\.\d+")
PROGRAM = re.compile(r"python -m (tests\.benchmarks\.\w+)")


def test_a_figure_of_the_readme_has_its_program() -> None:
    """Each decimal of the README's table is in a section of the manual's figures that names a benchmark."""
    table = README.partition("\n## Figures\n")[2].partition("\n## ")[0]
    figures = {figure for row in table.splitlines() if row.startswith("|") for figure in FIGURE.findall(row)}
    measured = {
        figure for section in MANUAL.split("\n## ") if PROGRAM.search(section) for figure in FIGURE.findall(section)
    }
    assert figures
    assert not figures - measured


def test_the_programs_of_the_figures_exist() -> None:
    """Each benchmark that the manual names can be run."""
    named = set(PROGRAM.findall(MANUAL + README))
    assert named
    assert not {name for name in named if not (ROOT / (name.replace(".", "/") + ".py")).is_file()}
