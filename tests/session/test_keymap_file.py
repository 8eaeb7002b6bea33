"""The keymap file: what it may say, and what is told about one that says something else."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.session.keymap_file import (
    KeymapError,
    UserKeymap,
    load_keymap_or_default,
    load_user_keymap,
    parse_keymap,
    user_keymap_path,
)
from annotator.storage.user_files import user_settings_folder

WHOLE = """# my keys
[keys]
undo = ["u", "ctrl+z"]   # as elsewhere
"redo" = "U"

[labels]
PERSON = "j"

[hints]
letters = "fdsa"
mode = "trigger"
hand = "left"
avoid = true
"""


def test_a_whole_keymap_with_the_line_of_each_entry() -> None:
    """Keys, label keys and hint settings are read, one key may stand without a list, lines are known."""
    found = parse_keymap(WHOLE, "k.toml")
    assert found.keys == {"undo": ("u", "ctrl+z"), "redo": ("U",)}
    assert found.labels == {"PERSON": "j"}
    assert (found.letters, found.mode, found.hand, found.avoid) == ("fdsa", "trigger", "left", True)
    assert [found.where(x) for x in ("keys.undo", "keys.redo", "labels.PERSON", "hints.hand", "keys.no")] == [
        "k.toml:3",
        "k.toml:4",
        "k.toml:7",
        "k.toml:12",
        "k.toml",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[keys]\nundo = [", "k.toml:2: this is no TOML: "),
        ("\n[key]\n", "k.toml:2: there is no table [key] in a keymap; use [keys], [labels] and [hints]"),
        ("keys = 1", "k.toml:1: keys is no table; write [keys], and its entries below"),
        ("[keys]\nundo = 1", 'k.toml:2: the keys of undo are no list of texts; write undo = ["x", "ctrl+x"]'),
        ('[keys]\nundo = ["u", ""]', "k.toml:2: the keys of undo are no list of texts"),
        (
            '[labels]\nPERSON = "A"',
            "k.toml:2: the key of the label PERSON is no small letter; use a letter from a to z",
        ),
        ("[hints]\nhand = 1", 'k.toml:2: hand is 1; write hand = "right" or "left"'),
        ("[hints]\navoid = 1", "k.toml:2: avoid is 1; write avoid = true or false"),
        ('[hints]\nmode = "sometimes"', 'write mode = "always" or "trigger" or "toggle"'),
        ("[hints]\nsize = 3", "k.toml:2: [hints] has no size; use letters, mode, hand and avoid"),
        ('[hints]\nletters = "ab1"', "k.toml:2: letters are no small letters"),
        ('[hints]\nletters = "abca"', "k.toml:2: the letter a is there twice; leave one of them out"),
    ],
)
def test_what_is_no_keymap_is_reported_with_its_line(text: str, message: str) -> None:
    """Each mistake in the shape of the file says what, where and what to do."""
    with pytest.raises(KeymapError) as caught:
        parse_keymap(text, "k.toml")
    assert message in str(caught.value)


@given(st.text(max_size=60))
def test_no_text_breaks_the_loader(text: str) -> None:
    """Any text is a keymap or an error that a user can read."""
    for written in (text, f"[keys]\n{text}", f"[hints]\n{text}"):
        with suppress(KeymapError):
            assert parse_keymap(written, "k.toml").path == "k.toml"


def test_the_users_own_file(home: Path) -> None:
    """It lies in the settings folder; absent it changes nothing, broken it is told and changes nothing."""
    assert user_keymap_path() == user_settings_folder() / "keymap.toml" == home / "keymap.toml"
    assert load_user_keymap() == UserKeymap(str(user_keymap_path()))
    assert load_keymap_or_default() == (load_user_keymap(), [])
    home.mkdir(exist_ok=True)
    user_keymap_path().write_text(WHOLE)
    assert load_keymap_or_default()[0].letters == "fdsa"
    user_keymap_path().write_bytes(b"[keys]\n\xff")
    keymap, message = load_keymap_or_default()
    assert not keymap.keys
    where = user_keymap_path()
    assert message == [f"{where}:2: this is not UTF-8; save the file as UTF-8; the default keys are used"]


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    """A keymap to be checked that is not there is an error, unlike the user's own."""
    with pytest.raises(KeymapError, match=r"k\.toml"):
        load_user_keymap(tmp_path / "k.toml")


def test_the_systems_folder_without_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ANNOTATOR_HOME the settings lie where the system keeps them."""
    monkeypatch.delenv("ANNOTATOR_HOME", raising=False)
    assert user_settings_folder().name == "annotator"


def test_a_folder_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the right to look for a keymap the default keys are used, and a warning names the folder."""

    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", refuse)
    keymap, warnings = load_keymap_or_default()
    assert not keymap.keys
    assert "keymap.toml: no permission to read here" in warnings[0]
    assert warnings[0].endswith("the default keys are used")
