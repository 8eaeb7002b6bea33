"""What the project ships is what its scripts make."""

from __future__ import annotations

from pathlib import Path

from annotator.storage.corpus import Corpus
from annotator.storage.journal import Journal
from annotator.storage.schemas import load_schema
from tests.scripts.make_readme import README, with_keys
from tests.scripts.make_sample import MADE, ROOT, make


def test_the_readme_has_every_key() -> None:
    """README's key table is that of the registry."""
    text = README.read_text(encoding="utf-8")
    assert with_keys(text) == text


def test_the_sample_is_what_its_sources_make(tmp_path: Path) -> None:
    """The sample corpus can be made again from its sources, byte for byte, bar the tokenizer's version."""
    make(tmp_path / "sample")
    for name in MADE:
        for made in sorted((tmp_path / "sample" / name).rglob("*") or [tmp_path / "sample" / name]):
            if made.is_file() and not made.name.startswith("."):
                shipped = ROOT / "corpus" / made.relative_to(tmp_path / "sample")
                assert made.read_bytes() == shipped.read_bytes(), shipped


def test_the_sample_is_annotated_enough() -> None:
    """At least 130 sentences are accepted by us, under the schema that ships."""
    corpus = Corpus.open(ROOT / "corpus")
    records = Journal.open(corpus.path, "guide", read_only=True).records
    assert sum(r.work.annotation.answer == "accept" for r in records) >= 130
    assert corpus.schema == load_schema("news")


def test_ci_runs_the_readmes_test_command() -> None:
    """The continuous integration calls exactly the test command that the README gives."""
    commands = [
        line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("python3 -m venv")
    ]
    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
