"""The sample, the pictures and the commands that the project ships are what its scripts make."""

from __future__ import annotations

import html
import re
from pathlib import Path

from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.schemas import load_schema
from tests.scripts.make_docs import pages
from tests.scripts.make_picture import FOLDER, suggestions, take
from tests.scripts.make_sample import MADE, ROOT, make

README = ROOT / "README.md"
PAGES = [README, *pages()]


def test_the_pictures_show_the_app_as_it_is() -> None:
    """Each picture shows the words that the app shows today, and one taken again has the same bytes.

    The markup round the words is Rich's and may differ with its version.
    """
    taken = take()
    assert set(taken) == {p.name for p in FOLDER.glob("*.svg")}
    for name, svg in taken.items():
        assert words_of(svg) == words_of((FOLDER / name).read_text(encoding="utf-8")), (
            f"{name}: run `python -m tests.scripts.make_picture`"
        )
        assert any(f"tests/data/{name})" in p.read_text(encoding="utf-8") for p in PAGES), name
    assert take([suggestions])["screen.svg"] == taken["screen.svg"]


def words_of(svg: str) -> list[str]:
    """Return the texts of a picture in their order."""
    return [html.unescape(x) for x in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def test_the_sample_is_what_its_sources_make(tmp_path: Path) -> None:
    """The sample corpus can be made again from its sources, byte for byte, bar the tokenizer's version."""
    make(tmp_path / "sample")
    for name in MADE:
        for made in sorted((tmp_path / "sample" / name).rglob("*") or [tmp_path / "sample" / name]):
            if made.is_file() and not made.name.startswith("."):
                shipped = ROOT / "corpus" / made.relative_to(tmp_path / "sample")
                assert made.read_bytes() == shipped.read_bytes(), (
                    f"{shipped}: run `python -m tests.scripts.make_sample`"
                )


def test_the_sample_is_annotated_enough() -> None:
    """At least 130 sentences are accepted by us, under the schema that ships."""
    corpus = CorpusFolder.open(ROOT / "corpus")
    records = Journal.open(corpus.path, "guide", read_only=True).records
    assert sum(r.annotated.annotation.answer == "accept" for r in records) >= 130
    assert corpus.schema == load_schema("news")


def test_ci_runs_the_readmes_test_command() -> None:
    """The continuous integration calls exactly the test command that the README gives."""
    commands = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("python3 -m venv")]
    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
