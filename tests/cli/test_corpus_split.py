"""``[split]`` of ``corpus.toml``: every command and function that has parts draws by it, and options override it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import spacy

from annotator.storage.split_settings import SplitSettings
from annotator.workflows.corpus import Corpus
from tests.cli.command_runner import call

SAMPLE = Path(__file__).parents[2] / "corpus"
TABLE = '\n[split]\nshares = [50, 25, 25]\nseed = 7\nunit = "article"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a copy of the shipped sample, which has no table."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "news"))


def _write(corpus: Path, table: str) -> Path:
    text = (SAMPLE / "corpus.toml").read_text(encoding="utf-8")
    (corpus / "corpus.toml").write_text(text + table, encoding="utf-8")
    return corpus


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _parts(out: Path) -> dict[str, str | None]:
    """Return the part of each article in ``parts.json``."""
    return {x["article"]: x["part"] for x in _json(out / "parts.json")["parts"]}


def _export(corpus: Path, *options: str) -> dict[str, str | None]:
    out = corpus.parent / "out"
    assert call("export", corpus, out, *options).code == 0
    return _parts(out)


def test_the_table_is_what_the_options_would_be(path: Path) -> None:
    """Written out as it is without a table, it changes nothing; an option that is given counts."""
    plain = _export(path)
    assert _export(_write(path, '\n[split]\nshares = [80, 10, 10]\nseed = 0\nunit = "story"\n')) == plain
    chosen = _export(path, "--split", "50/25/25", "--split-by", "article")
    assert chosen != plain
    _write(path, TABLE.replace("seed = 7\n", ""))
    assert _export(path) == chosen
    assert _export(path, "--split", "80/10/10", "--split-by", "story") == plain


def test_a_seed_draws_another_split_of_the_same_articles(path: Path) -> None:
    """``parts.json`` names it, and the stand-ins of one seed are none of another."""
    plain = _export(path)
    seeded = {seed: _export(_write(path, f"\n[split]\nseed = {seed}\n")) for seed in range(1, 5)}
    assert all(parts.keys() == plain.keys() for parts in seeded.values())
    assert any(parts != plain for parts in seeded.values())
    assert _json(path.parent / "out" / "parts.json")["split"] == {"shares": [80, 10, 10], "seed": 4, "by": "story"}
    assert _export(_write(path, "")) == plain
    assert _export(_write(path, "\n[split]\nseed = 2\n")) == seeded[2]


def test_all_who_have_parts_have_the_same(path: Path) -> None:
    """The DocBins, ``splits``, ``docs``, the formats with ``--split``, and the part that measures suggestions."""
    _write(path, TABLE)
    parts = _export(path)
    corpus = Corpus.open(path)
    assert {a: part for part, articles in corpus.splits().items() for a in articles} == parts
    assert {doc.user_data["annotator"]["article"]: part for part, doc in corpus.docs(spacy.blank("en"))} == parts
    assert call("export", path, path.parent / "plain", "--format", "plain", "--split", "50/25/25").code == 0
    assert _parts(path.parent / "plain") == parts
    tested = {a for a, part in parts.items() if part == "test"}
    size = _json(path.parent / "out" / "parts.json")["sizes"]["test"]["sentences"]
    assert tested
    assert call("suggest", path, "--rules", "--part", "test", "--json").json["sentences"] == size


def test_another_format_still_writes_one_file(path: Path) -> None:
    """The table alone asks for no parts."""
    _write(path, TABLE)
    assert call("export", path, path.parent / "out", "--format", "plain").code == 0
    assert not (path.parent / "out" / "parts.json").exists()
    assert _json(path.parent / "out" / "manifest.json")["inputs"]["split"] is None


def test_a_verification_names_what_has_changed(path: Path) -> None:
    """The manifest has what was used; a seed that changes is reported, one that an option overrides is not."""
    _write(path, TABLE)
    _export(path, "--split-by", "story")
    manifest = _json(path.parent / "out" / "manifest.json")
    assert manifest["inputs"]["split"] == {"shares": [50, 25, 25], "seed": 7, "unit": "story"}
    assert call("export", path, path.parent / "out", "--verify").code == 0
    _write(path, TABLE.replace("article", "story"))
    same = call("export", path, path.parent / "out", "--verify")
    assert "changed" not in same.out
    _write(path, TABLE.replace("7", "8"))
    changed = call("export", path, path.parent / "out", "--verify")
    assert changed.code == 3
    assert "changed since the export: seed in [split] of corpus.toml: 7 then, 8 now" in changed.out


def test_a_wrong_table_stops_what_has_parts_alone(path: Path) -> None:
    """Annotating goes on with a warning that names line, file and remedy; repair leaves the table to the user."""
    _write(path, "\n[split]\nshares = [80, 20]\n")
    out = path.parent / "out"
    do = "write the shares of train, dev and test, such as shares = [80, 10, 10]"
    for options in ([], ["--format", "plain", "--split", "80/10/10"]):
        result = call("export", path, out, *options)
        assert result.code == 1
        assert f"{path}/corpus.toml: this needs all settings: corpus.toml: `shares` in [split]" in result.err
        assert do in result.err
    assert not out.exists()
    assert do in call("articles", path).err
    assert call("export", path, out, "--format", "plain").code == 0
    before = (path / "corpus.toml").read_bytes()
    assert do in call("repair", path, "--write").out
    assert (path / "corpus.toml").read_bytes() == before


def test_a_repair_and_a_merge_keep_the_table(path: Path) -> None:
    """A corpus whose other settings are lost has it still; a merged one has that of the first."""
    _write(path, TABLE)
    before = (path / "corpus.toml").read_text(encoding="utf-8")
    parts = _export(path)
    (path / "corpus.toml").write_text(before.replace("schema = ", "schema "), encoding="utf-8")
    assert _export(path) == parts
    assert call("repair", path, "--write").code == 0
    other = Path(shutil.copytree(SAMPLE, path.parent / "other"))
    merged = path.parent / "merged"
    result = call("merge", path, other, "--into", merged)
    assert f"{other} has another [split] in corpus.toml; that of {path} stays" in result.err
    for folder in (path, merged):
        assert Corpus.open(folder).folder.split == SplitSettings((50, 25, 25), 7, "article")
    assert _export(merged) == parts


def test_a_rebalance_needs_stories(path: Path) -> None:
    """The message names the table, and what overrides it."""
    _write(path, TABLE)
    result = call("export", path, path.parent / "out", "--rebalance")
    assert result.code == 2
    assert 'corpus.toml has unit = "article" in [split], with which --rebalance has no meaning; ' in result.err
    assert call("export", path, path.parent / "out", "--rebalance", "--split-by", "story").code == 0
