"""The command group: near commands, versions, examples, completion, and failures as JSON."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from annotator.cli import output
from annotator.cli.main import _COMMANDS
from tests import builders
from tests.cli.command_runner import call


def test_a_misspelt_command_suggests_the_near_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal too; a folder of that name is a corpus all the same."""
    monkeypatch.chdir(tmp_path)
    said = call("anotate")
    assert said.code == 2
    assert said.err == (
        "annotator: there is no command 'anotate', and no such corpus; did you mean `annotator annotate`?\n"
    )
    (tmp_path / "anotate").mkdir()
    assert "annotating needs a terminal" in call("anotate").err


def test_the_version_names_the_stored_formats() -> None:
    """Program, corpus, record and plug-ins have a version each."""
    said = call("--version")
    assert said.code == 0
    assert said.out.splitlines()[1] == "corpus format 1, record format 2, plug-in interface 1"


@pytest.mark.parametrize("name", _COMMANDS)
def test_each_help_ends_with_an_example(name: str) -> None:
    """The example is a call of this command."""
    assert f"\n  Example: annotator {name}" in call(name, "--help").out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_shells_script(shell: str) -> None:
    """The script asks the program itself for what completes a word."""
    said = call("completion", shell)
    assert said.code == 0
    assert f"_ANNOTATOR_COMPLETE={shell}_complete" in said.out


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("annotator exp", "plain,export\ndir,exp\n"),
        ("annotator news --re", "plain,--read-only\n"),
        ("annotator export news out --format b", "plain,brat\n"),
        ("annotator help ke", "plain,keys\n"),
        ("annotator check news --only jo", "plain,journal\n"),
    ],
)
def test_a_shell_completes_words(typed: str, found: str) -> None:
    """A first word is a command or the folder of a corpus; what follows depends on it."""
    last = str(len(typed.split()) - 1)
    asked = {"_ANNOTATOR_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": last}
    run = subprocess.run(
        [sys.executable, "-m", "annotator"], env=os.environ | asked, capture_output=True, text=True, check=False
    )
    assert run.stdout == found


def test_a_failure_is_json_too(tmp_path: Path) -> None:
    """With --json the error is on stdout in fields, and the line on stderr stays."""
    missing = tmp_path / "nowhere"
    said = call("stats", missing, "--json")
    assert said.code == 1
    assert said.json == {
        "error": {
            "kind": "corpus",
            "what": "there is no such corpus",
            "where": str(missing),
            "do": f"make it with `annotator ingest FILE… --corpus {missing}`",
        }
    }
    assert said.err == call("stats", missing).err
    assert not call("stats", missing).out


def test_a_usage_error_is_json_too(tmp_path: Path) -> None:
    """Whenever --json is among the arguments, even where click refuses them."""
    said = call("check", tmp_path, "--wrong", "--json")
    assert said.code == 2
    assert said.json["error"]["kind"] == "usage"
    assert said.json["error"]["what"].startswith("No such option")
    assert said.json["error"]["do"] == "see `annotator check --help`"
    said = call("check", builders.make_corpus(tmp_path / "news").path, "--only", "commas", "--json")
    assert said.json["error"]["what"] == "--only commas is no kind of problem"


def test_a_misspelt_option_of_the_group_is_suggested() -> None:
    """The group answers, not the command that a corpus alone would mean."""
    result = call("--verison")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Usage: annotator [OPTIONS] COMMAND")
    assert "No such option '--verison'. Did you mean '--version'?" in result.err
    for words in (("--nothing",), ("-x",), ("--json", "stats")):
        assert call(*words).err.startswith("Usage: annotator [OPTIONS] COMMAND")
    assert "Did you mean '--theme'?" in call("--them=dark").err


@pytest.mark.parametrize("words", [("articles", ""), ("export", "c", ""), ("annotate", ""), ("help", "")])
def test_the_empty_text_is_no_name(words: tuple[str, ...]) -> None:
    """No path, which would be the current folder, and no page."""
    result = call(*words)
    assert (result.code, result.out) == (2, "")
    assert "the empty text is no path" in result.err or "the manual has no page ''" in result.err


def test_an_unforeseen_error_is_json_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the system that no command has foreseen has its kind."""

    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/locked")

    monkeypatch.setattr("annotator.cli.stats.collect_statistics", fail)
    said = call("stats", builders.make_corpus(tmp_path / "news").path, "--json")
    assert said.code == 1
    error = {"kind": "unexpected", "what": "no permission to go on here", "where": "/locked"}
    assert said.json["error"] == error | {"do": "ask the owner for it, or work on a copy of the folder"}


def test_a_row_is_cut_to_the_terminals_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wide character takes two cells and is never cut in half; without a terminal nothing is cut."""
    monkeypatch.setenv("COLUMNS", "10")
    for terminal, rows in (
        (True, ["short", "exactly t…", "日本語日…"]),
        (False, ["short", "exactly ten", "日本語日本語"]),
    ):
        stream = io.StringIO()
        monkeypatch.setattr(stream, "isatty", lambda terminal=terminal: terminal)
        with redirect_stdout(stream):
            for row in ("short", "exactly ten", "日本語日本語"):
                output.write_row(row)
        assert stream.getvalue().splitlines() == rows


def test_max_lost_turns_three_into_zero(tmp_path: Path) -> None:
    """For make and CI: so many things may be left out; the report and the ledger stay."""
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": "There sat Ada.", "spans": [{"start": 20, "end": 23, "label": "PERSON"}]}\n')
    for n, code in enumerate((3, 0)):
        said = call("import", rows, "--corpus", tmp_path / f"c{n}", "--max-lost", str(n), "--json")
        assert (said.code, said.json["lost"]) == (code, 1)
