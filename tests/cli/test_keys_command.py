"""``annotator keys``: the keys in force, and the clashes of a keymap file."""

from __future__ import annotations

from pathlib import Path

from annotator.session.commands import COMMANDS
from tests.cli.command_runner import call


def test_it_prints_every_command_and_where_the_file_would_be(home: Path) -> None:
    """Without a keymap the table is the registry's, nothing is marked, and the file's place is told."""
    result = call("keys")
    assert result.code == 0
    lines = result.out.splitlines()
    assert [x.split()[0] for x in lines[: len(COMMANDS)]] == [c.id for c in COMMANDS]
    assert not any(x.startswith("*") for x in lines)
    assert result.err == f"keymap file: {home / 'keymap.toml'} (there is none yet)\n"


def test_it_marks_what_the_users_file_has_changed(home: Path) -> None:
    """A changed command is marked, and the JSON says the same."""
    home.mkdir(exist_ok=True)
    (home / "keymap.toml").write_text('[keys]\nundo = ["U", "ctrl+z"]\n[labels]\nPERSON = "p"\n')
    result = call("keys")
    assert [x for x in result.out.splitlines() if x.startswith("*")] == [
        next(x for x in result.out.splitlines() if " undo " in x)
    ]
    assert "U (Ctrl+Z)" in result.out
    report = call("keys", "--json").json
    assert [c["id"] for c in report["commands"] if c["changed"]] == ["undo"]
    assert report["labels"]["PERSON"] == "p"
    assert "p" not in report["letters"]
    assert report["clashes"] == []


def test_clashes_are_reported_and_end_with_one(tmp_path: Path) -> None:
    """A file with two meanings for a key is named with its line, exit code 1; the table is the default."""
    file = tmp_path / "k.toml"
    file.write_text('[keys]\naccept = ["enter"]\nreject = ["enter"]\n')
    result = call("keys", "--check", file)
    assert result.code == 1
    assert result.err.startswith(f"{file}:2: Enter is accept, and it is the command reject too; give reject ")
    assert "*" not in [x[:1] for x in result.out.splitlines()]
    result = call("keys", "--check", file, "--json")
    assert result.code == 1
    assert result.json["clashes"][0]["do"] == "give reject other keys"


def test_a_warning_is_no_failure(tmp_path: Path) -> None:
    """A command that is left without a key is told, and the file is good all the same."""
    file = tmp_path / "k.toml"
    file.write_text("[keys]\nquit = []\n")
    result = call("keys", "--check", file)
    assert result.code == 0
    assert f"warning: {file}:2: quit has no key; it is in the command palette alone" in result.err


def test_a_users_key_beats_a_default_key(tmp_path: Path) -> None:
    """A default key that the file gives to another command is taken from its own; this is no failure."""
    file = tmp_path / "k.toml"
    file.write_text('[keys]\nnote = "@"\n')
    result = call("keys", "--check", file)
    assert result.code == 0
    assert f"warning: {file}:2: @ is note, and no longer overview; overview still has F2" in result.err
    keys = {c["id"]: c["keys"] for c in call("keys", "--check", file, "--json").json["commands"]}
    assert (keys["note"], keys["overview"]) == (["at"], ["f2"])


def test_a_keymap_file_that_is_not_there(tmp_path: Path) -> None:
    """The error names the file, and what to do."""
    result = call("keys", "--check", tmp_path / "k.toml")
    do = "give the path of a keymap file, or leave --check out for your own"
    assert (result.code, result.err) == (1, f"annotator: {tmp_path / 'k.toml'}: there is no such keymap file; {do}\n")


def test_a_file_that_is_no_keymap(tmp_path: Path) -> None:
    """What cannot be read as a keymap is one line on stderr and exit code 1."""
    (tmp_path / "k.toml").write_text("[keys\n")
    result = call("keys", "--check", tmp_path / "k.toml")
    assert result.code == 1
    assert result.err.startswith(f"annotator: {tmp_path / 'k.toml'}:1: this is no TOML")
