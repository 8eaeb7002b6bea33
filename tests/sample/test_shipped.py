"""What the project ships is what its scripts make."""

from __future__ import annotations

import html
import re
from pathlib import Path

from annotator.session.keymap import effective_keymap
from annotator.session.keymap_file import parse_keymap
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.schemas import load_schema
from tests.scripts.make_picture import FOLDER, suggestions, take
from tests.scripts.make_readme import README, with_keys
from tests.scripts.make_sample import MADE, ROOT, make


def test_the_readme_has_every_key() -> None:
    """README's key table is that of the registry."""
    text = README.read_text(encoding="utf-8")
    assert with_keys(text) == text


def test_the_readmes_pictures_show_the_app_as_it_is() -> None:
    """Each picture shows the words that the app shows today, and one taken again has the same bytes.

    The markup round the words is Rich's and may differ with its version.
    """
    taken = take()
    assert set(taken) == {p.name for p in FOLDER.glob("*.svg")}
    for name, svg in taken.items():
        assert words_of(svg) == words_of((FOLDER / name).read_text(encoding="utf-8")), name
        assert f"tests/data/{name}" in README.read_text(encoding="utf-8")
    assert take([suggestions])["screen.svg"] == taken["screen.svg"]


def test_the_readmes_keymaps_can_be_used() -> None:
    """Each example of a keymap in the README has no clash with the default keys and labels."""
    blocks = re.findall(r"```toml\n(\[keys\]\n.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 2
    for text in blocks:
        assert not effective_keymap(load_schema("news"), parse_keymap(text, "keymap.toml")).problems


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
                assert made.read_bytes() == shipped.read_bytes(), shipped


def test_the_sample_is_annotated_enough() -> None:
    """At least 130 sentences are accepted by us, under the schema that ships."""
    corpus = CorpusFolder.open(ROOT / "corpus")
    records = Journal.open(corpus.path, "guide", read_only=True).records
    assert sum(r.annotated.annotation.answer == "accept" for r in records) >= 130
    assert corpus.schema == load_schema("news")


def test_ci_runs_the_readmes_test_command() -> None:
    """The continuous integration calls exactly the test command that the README gives."""
    commands = [
        line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("python3 -m venv")
    ]
    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
