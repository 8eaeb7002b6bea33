"""A damaged or missing corpus.toml locks nobody out; what needs it ends with one line, and writes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.annotation import Answer
from annotator.core.edits import set_answer
from tests import builders
from tests.cli.command_runner import call
from tests.storage.storage_helpers import tree


@pytest.fixture(params=[b"", None, b'# A corpus of Annotator.\nname = "ne'], ids=["empty", "missing", "cut"])
def damaged(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a corpus whose settings are damaged, and in which Ana has accepted a sentence."""
    corpus = builders.make_corpus(tmp_path / "news")
    session = builders.open_session(corpus)
    session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
    session.close()
    path = corpus.path / "corpus.toml"
    path.unlink() if request.param is None else path.write_bytes(request.param)
    return corpus.path


def test_the_work_goes_on(damaged: Path) -> None:
    """The session opens with a warning, and a decision is saved."""
    session = builders.open_session(damaged)
    assert [w for w in session.warnings if "corpus.toml is" in w and "annotator repair --lang CODE" in w]
    assert not session.read_only
    session.apply_edit(set_answer(session.annotated, Answer.REJECT))
    assert session.close()


@pytest.mark.parametrize("command", ["articles", "stats", "suggest --rules", "schema rename VENUE PLACE"])
def test_commands_go_on_with_a_warning(damaged: Path, command: str) -> None:
    """What needs no language is done."""
    name, *options = command.split()
    result = call(name, *([options[0], damaged, *options[1:]] if name == "schema" else [damaged, *options]))
    assert result.code == 0, result.err
    assert name == "schema" or "annotator repair --lang CODE" in result.err


def test_check_names_the_file(damaged: Path) -> None:
    """With the way out."""
    result = call("check", damaged, "--only", "journal")
    assert result.code == 3
    assert "error journal: corpus.toml is" in result.out
    assert "run `annotator repair --lang CODE`" in result.out


def test_what_needs_the_language_writes_nothing(damaged: Path, tmp_path: Path) -> None:
    """Training data, new articles and a merge: one line with the way out. Nothing begins a new corpus in the folder."""
    page = tmp_path / "page.txt"
    page.write_text("A boat\n\nIt came to the quay on Friday, and nobody saw it.\n")
    other = builders.make_corpus(tmp_path / "other").path
    before = tree(damaged)
    for arguments in (
        ("export", damaged, tmp_path / "out"),
        ("ingest", page, "--corpus", damaged),
        ("import", page, "--format", "spacy", "--corpus", damaged),
        ("merge", damaged, other, "--into", tmp_path / "both"),
    ):
        result = call(*arguments)
        assert result.code == 1, arguments
        assert "corpus.toml is" in result.err, result.err
        assert "annotator repair --lang CODE" in result.err
    assert tree(damaged) == before
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "both").exists()
    assert call("export", damaged, tmp_path / "out", "--format", "plain").code == 0


def test_a_damaged_schema_is_one_line_and_nothing_is_written(tmp_path: Path) -> None:
    """Nobody can say which labels there were: file, line and the way out."""
    damaged = builders.make_corpus(tmp_path / "news").path
    (damaged / "schema.toml").write_bytes(b"[[label]]\nname = \n")
    before = tree(damaged)
    for command in ("stats", "check", "suggest"):
        result = call(command, damaged, *(["--rules"] if command == "suggest" else []))
        assert result.code == 1
        assert "schema.toml:2: this is no TOML: " in result.err
        assert "or try `annotator repair`" in result.err
        assert len(result.err.splitlines()) == 1
    assert tree(damaged) == before
