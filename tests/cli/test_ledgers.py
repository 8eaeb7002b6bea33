"""Where ledgers and exports may go: not in the place of something else, not among a corpus's own files."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.cli.command_runner import call

TASK = {"text": "Mara Voss came to Ostra.", "spans": [{"start": 0, "end": 9, "label": "PERSON"}]}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a file with a text and a span."""
    path = tmp_path / "in.jsonl"
    path.write_bytes(orjson.dumps(TASK) + b"\n")
    return path


def test_a_ledger_replaces_nothing_but_a_ledger(source: Path, tmp_path: Path) -> None:
    """``--ledger-file`` on the imported file itself stops the import; on an older ledger it does not."""
    before = source.read_bytes()
    result = call("import", source, "--corpus", tmp_path / "c", "--ledger-file", source)
    assert result.code == 1
    assert "this file is no ledger" in result.err
    assert "--ledger-file another name" in result.err
    assert source.read_bytes() == before
    assert not (tmp_path / "c").exists()
    for _ in range(2):
        result = call("import", source, "--corpus", tmp_path / "c", "--ledger-file", tmp_path / "l.jsonl")
        assert result.code == 0


def test_an_import_that_cannot_be_accounted_for_changes_nothing(source: Path, tmp_path: Path) -> None:
    """Where the ledger cannot be written, an import into a corpus exits 1 and the corpus is as it was."""
    call("import", source, "--corpus", tmp_path / "c")
    before = {p: p.read_bytes() for p in (tmp_path / "c").rglob("*") if p.is_file() and p.suffix != ".lock"}
    other = tmp_path / "other.jsonl"
    other.write_bytes(orjson.dumps(TASK | {"text": "Mara Voss saw Ostra."}))
    result = call("import", other, "--corpus", tmp_path / "c", "--ledger-file", source / "l.jsonl")
    assert result.code == 1
    after = {p: p.read_bytes() for p in (tmp_path / "c").rglob("*") if p.is_file() and p.suffix != ".lock"}
    assert after == before


@pytest.mark.parametrize("folder", ["annotations", "articles", "suggestions/x"])
def test_nothing_is_written_among_the_files_of_a_corpus(source: Path, tmp_path: Path, folder: str) -> None:
    """An export or a ledger into a folder that the corpus reads whole is refused."""
    into = tmp_path / "c" / folder
    result = call("import", source, "--corpus", tmp_path / "c", "--ledger-file", into / "l.jsonl")
    assert result.code == 1
    assert "and nothing else" in result.err
    assert not (tmp_path / "c").exists()
    call("import", source, "--corpus", tmp_path / "c")
    for form in ("spacy", "plain"):
        result = call("export", tmp_path / "c", into, "--format", form)
        assert result.code == 1
        assert "choose a folder outside" in result.err


@pytest.mark.parametrize("name", ["corpus.toml", "schema.toml", "sentences.jsonl", "migrations.jsonl", "splits.json"])
def test_a_ledger_takes_the_place_of_no_file_of_a_corpus(source: Path, tmp_path: Path, name: str) -> None:
    """Not even of one that is not there yet."""
    file = tmp_path / "c" / name
    assert "keeps its" in call("import", source, "--corpus", tmp_path / "c", "--ledger-file", file).err
    assert not (tmp_path / "c").exists()
    call("import", source, "--corpus", tmp_path / "c")
    result = call("import", source, "--corpus", tmp_path / "c", "--ledger-file", file)
    assert (result.code, f"the corpus keeps its {name} here" in result.err) == (1, True)


def test_a_map_of_labels_that_are_not_there_is_reported(source: Path, tmp_path: Path) -> None:
    """A typing error in ``--map`` leaves the label as it was, and a note names it."""
    result = call("import", source, "--corpus", tmp_path / "c", "--map", "PERSN=VENUE,PERSON=VENUE")
    assert result.code == 0
    assert "note: --map names labels that are not in the files: PERSN\n" in result.err
