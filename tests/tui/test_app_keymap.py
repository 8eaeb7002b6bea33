"""The app goes by a user's keymap and habits, and says where it cannot."""

from __future__ import annotations

from pathlib import Path

from annotator.session.actions.hints import LOOKALIKE_LETTERS
from annotator.session.keymap_file import parse_keymap
from annotator.storage.user_files import Preferences
from tests.app_pilot import RunningApp, running_app


def _hints(d: RunningApp) -> str:
    return "".join(h.letters for h in d.app.controller.state().hints)


async def test_the_app_goes_by_the_keymap(tmp_path: Path) -> None:
    """A changed key does its deed, the old one no longer, and the rows of keys and help say the new one."""
    keymap = parse_keymap('[keys]\naccept = ["=", "ctrl+a"]\neverywhere = ["X"]\nhelp = ["f5"]', "k.toml")
    async with running_app(tmp_path / "news", size=(120, 90), keymap=keymap) as d:
        await d.press("enter")
        assert "sentence 1/6" in d.rows()[0]
        await d.press("equals_sign")
        assert "sentence 2/6" in d.rows()[0]
        await d.press("ctrl+a")
        assert "sentence 3/6" in d.rows()[0]
        assert "= accept" in d.raw()
        assert "Enter accept" not in d.raw()
        d.app.controller.spans_made = 9  # no newcomer any more
        await d.press("up")
        assert d.rows()[-1].endswith("F5 all keys")
        await d.press("f5")
        assert "=                      accept the sentence" in d.raw()
        await d.press("asterisk")
        assert "= (Ctrl+A)" in d.raw()


async def test_a_broken_keymap_is_reported_and_not_used(tmp_path: Path) -> None:
    """The app starts with the default keys and says which line is wrong."""
    keymap = parse_keymap('[keys]\naccept = ["enter"]\nreject = ["enter"]', "k.toml")
    async with running_app(tmp_path / "news", size=(120, 40), keymap=keymap) as d:
        message = d.app.controller.keyboard.warnings
        clash = "k.toml:2: Enter is accept, and it is the command reject too; give reject other keys"
        assert message == (f"{clash}; the default keys are used",)
        assert message[0] in [n.message for n in d.app._notifications]
        await d.press("enter")
        assert d.session.article_sentences[0].annotation.answer == "accept"


async def test_letters_that_are_called_for(tmp_path: Path) -> None:
    """In trigger mode no hint is drawn and a label's key is a label; after [ every letter is a hint, once."""
    keymap = parse_keymap('[hints]\nletters = "asdfghjklqwertyuiopzxcvbnm"', "k.toml")
    kept = Preferences(hint_mode="trigger")
    async with running_app(tmp_path / "news", preferences=kept, keymap=keymap) as d:
        at = next(i for i, r in enumerate(d.rows()) if "More than 40" in r) - 1
        assert d.rows()[at].split() == ["▌"]
        await d.press("j")
        assert "j is no label's key, and the letters are off; [ calls for them" in d.raw().replace("\n", " ")
        await d.press("left_square_bracket")
        assert len(d.rows()[at].split()) > 3
        words = [t.text for t in d.session.annotated.sentence.tokens]
        word = d.app.controller.state().hints[words.index("Tarn")].letters
        assert word in tuple("asdf")
        await d.press(word)
        assert d.app.controller.selection is not None
        assert d.rows()[at].split() == ["▌"]
        await d.press("s")
        assert [s.label for s in d.session.annotated.annotation.spans] == ["VENUE"]


async def test_a_labels_key_stays_one_while_a_label_has_called_for_the_letters(tmp_path: Path) -> None:
    """The same label disarms, another follows its own rule, and no word has the letter of one."""
    keymap = parse_keymap('[hints]\nletters = "asdfghjklqwertyuiopzxcvbnm"', "k.toml")
    kept = Preferences(hint_mode="trigger", hints="all")
    async with running_app(tmp_path / "news", preferences=kept, keymap=keymap) as d:
        await d.press("d", "d")
        assert "COUNT press a letter" in d.row("▸ ")
        assert not {"a", "s", "d", "f"} & {h.letters[:1] for h in d.app.controller.state().hints}
        await d.press("d")
        assert not d.app.controller.selection_state.armed_label
        assert not d.app.controller.keyboard.letters.active
        await d.press("d", "s")
        assert [s.label for s in d.session.annotated.annotation.spans] == ["COUNT", "VENUE"]
        await d.press("left_square_bracket")
        assert {"a", "s", "d", "f"} & {h.letters[:1] for h in d.app.controller.state().hints}


async def test_letters_that_are_switched(tmp_path: Path) -> None:
    """In toggle mode [ shows the letters until it is pressed again; a deed does not put them out."""
    async with running_app(tmp_path / "news", preferences=Preferences(hint_mode="toggle")) as d:
        at = next(i for i, r in enumerate(d.rows()) if "More than 40" in r) - 1
        assert d.rows()[at].split() == ["▌"]
        await d.press("left_square_bracket", "right")
        assert len(d.rows()[at].split()) > 3
        assert not set("asdf") & set(_hints(d))
        await d.press("left_square_bracket")
        assert d.rows()[at].split() == ["▌"]


async def test_hand_mode_and_look_alikes_change_at_once_and_are_remembered(tmp_path: Path) -> None:
    """The palette's commands change letters and label keys without a restart."""
    async with running_app(tmp_path / "news") as d:
        screen = d.app.screen
        selected = d.app.controller.selection
        for name in ("hand", "look_alikes", "hint_mode", "hint_mode"):
            screen.perform(name)  # type: ignore[attr-defined]
            await d.pilot.pause()
        assert d.app.controller.keyboard.keys.schema.keys == frozenset("hjkl")
        assert not (LOOKALIKE_LETTERS | set("hjkl")) & set(_hints(d))
        assert d.app.controller.selection == selected
        assert "h PERSON" in d.rows()[-2]
    d.app.save_and_close()
    kept = Preferences.load()
    assert (kept.hint_mode, kept.hand, kept.avoid) == ("toggle", "left", True)


async def test_a_keymap_that_forbids_a_mode_says_so(tmp_path: Path) -> None:
    """Where letters are commands, always having hints would give them two meanings: told, not done."""
    keymap = parse_keymap('[keys]\nundo = ["u"]\n[hints]\nmode = "toggle"\nletters = "jklio"', "k.toml")
    async with running_app(tmp_path / "news", keymap=keymap) as d:
        assert not d.app.controller.keyboard.keys.errors
    keymap = parse_keymap('[keys]\nundo = ["u"]\n[hints]\nmode = "trigger"', "k.toml")
    async with running_app(tmp_path / "news2", size=(160, 40), keymap=keymap) as d:
        d.app.screen.perform("hint_mode")  # type: ignore[attr-defined]
        await d.pilot.pause()
        assert "k.toml:2: u is undo, and it is a hint letter too" in d.raw()
        assert d.app.controller.keyboard.keys.hint_settings.mode == "trigger"
