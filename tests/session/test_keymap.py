"""The keys in force: what a keymap may change, what clashes, whose hand has which letters."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as structs_replace
from textual.keys import _character_to_key

from annotator.core.errors import RuleError
from annotator.core.schema import mirrored_label_keys, parse_schema, with_label_keys
from annotator.session.actions.hints import LOOKALIKE_LETTERS
from annotator.session.commands import ALL_COMMANDS, COMMANDS, Command, command_by_id, footer_items
from annotator.session.keymap import EffectiveKeymap, HintSettings, Keyboard, effective_keymap
from annotator.session.keymap_file import UserKeymap, is_portable_key, key_label, parse_keymap, textual_key_name
from annotator.storage.schemas import load_schema

NEWS = load_schema("news")
LEFT = """
[keys]
accept = ["Q", "enter"]
let_go = ["E", "escape"]
undo = ["Z", "ctrl+z"]
redo = ["Y", "ctrl+y"]

[labels]
PERSON = "j"
VENUE = "k"
COUNT = "l"
CLAIM = "h"

[hints]
hand = "left"
"""
VIM = """
[keys]
letters = ["i", "["]
cursor_left = ["h", "left"]
cursor_right = ["l", "right"]
sentence_down = ["j", "down"]
sentence_up = ["k", "up"]
article_down = ["J", "pagedown"]
article_up = ["K", "pageup"]
first = ["g", "home"]
last = ["G", "end"]
next_stop = ["w", "tab"]
previous_stop = ["b", "shift+tab"]
next_hit = ["n"]
previous_hit = ["N"]
remove = ["x", "0", "delete"]
undo = ["u", "ctrl+z"]
redo = ["U", "ctrl+r"]

[hints]
mode = "trigger"
"""


def force(text: str) -> EffectiveKeymap:
    """Return what a keymap text makes of the registry and the news schema."""
    return effective_keymap(NEWS, parse_keymap(text, "k.toml"))


# -- names of keys -----------------------------------------------------------------------------


def test_printable_keys_have_textuals_names() -> None:
    """Each printable key is known by its own sign, by Textual's name, and is written as its sign."""
    for char in map(chr, range(33, 127)):
        name = _character_to_key(char)
        assert textual_key_name(char) == name
        assert textual_key_name(name) == name
        assert key_label(name) == char
        assert is_portable_key(name)


def test_every_key_of_the_registry_is_a_name() -> None:
    """A user can write every key that the registry has, by the name it has there or as it is shown."""
    for key in (k for c in ALL_COMMANDS for k in c.keys):
        assert textual_key_name(key) == key
        assert textual_key_name(key_label(key)) == key


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ctrl+Z", "ctrl+z"),
        ("shift+ctrl+left", "ctrl+shift+left"),
        ("shift+u", "U"),
        ("PgUp", "pageup"),
        ("Esc", "escape"),
        (" ", "space"),
        ("alt+.", "alt+full_stop"),
        ("ctrl+i", "tab"),
        ("F12", "f12"),
        ("→", "right"),
        ("", ""),
        ("+", "plus"),
        ("ctrl+", ""),
        ("ctrl+ctrl+a", ""),
        ("hyper+a", ""),
        ("f99", ""),
        ("é", ""),
        ("ctrl+!", ""),
    ],
)
def test_ways_to_write_a_key(text: str, name: str) -> None:
    """Capitals, short names and the order of the held keys don't matter; what no terminal sends is no key."""
    assert textual_key_name(text) == name


@given(st.text(max_size=12))
def test_any_text_is_a_key_or_not(text: str) -> None:
    """No text breaks the names, and a name means itself."""
    name = textual_key_name(text)
    assert textual_key_name(name) == name or not name


# -- what clashes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('accep = ["x"]', "k.toml:2: there is no command accep; did you mean accept?"),
        ('zzz = ["x"]', "k.toml:2: there is no command zzz; `annotator keys` lists the commands"),
        ('undo = ["hyper+x"]', 'k.toml:2: there is no key \'hyper+x\'; write keys like "!", "U", "ctrl+z", "pageup"'),
        (
            'reject = ["Enter"]\naccept = ["enter"]',
            "k.toml:3: Enter is accept, and it is the command reject too; give reject other keys",
        ),
        ('grow = ["a"]', "k.toml:2: a is grow, and it is the key of PERSON too; give PERSON another key in [labels]"),
        (
            'undo = ["u"]',
            (
                "k.toml:2: u is undo, and it is a hint letter too; "
                'leave it out of letters in [hints], or write mode = "trigger" there'
            ),
        ),
        ('undo = ["7"]', "k.toml:2: 7 is undo, and it is the number of a label too; choose another key"),
        ('undo = ["ctrl+c"]', "k.toml:2: Ctrl+C is undo, and it is the key that leaves too; choose another key"),
        ('[labels]\nPERSON = "s"', "k.toml:3: PERSON and VENUE have the key s; give each its own"),
    ],
)
def test_an_error_says_what_where_and_what_to_do(text: str, message: str) -> None:
    """Each clash is one line, and a file with one is not used at all."""
    keys = force(f"[keys]\n{text}\n")
    assert [str(c) for c in keys.errors] == [message]
    assert keys.commands == COMMANDS
    assert keys.schema == NEWS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('drop = ["q"]', "k.toml:2: q is drop, and it is a key that moves in the worklists too; choose another key"),
        (
            'drop = ["x"]\nlist_all = ["x"]',
            "k.toml:3: x is list_all, and it is the command drop too; give drop other keys",
        ),
    ],
)
def test_the_keys_of_the_worklists_clash_among_themselves(text: str, message: str) -> None:
    """A worklist has keys of its own: they may mean other things elsewhere, but one there."""
    assert [str(c) for c in force(f"[keys]\n{text}\n").errors] == [message]
    keys = force('[keys]\nsnap_out = ["f", "enter"]\nlist_open = ["ctrl+o", "7"]\n')
    assert [str(c) for c in keys.errors] == []
    assert keys.worklist_command_by_key["f"] == "snap_out"
    assert keys.by_key["enter"] == "accept"


def test_two_changed_commands_clash_once() -> None:
    """Of two entries with one key the first is told, with the name of the other."""
    message = [str(c) for c in force('[keys]\nundo = ["U"]\nredo = ["U"]\n').errors]
    assert message == ["k.toml:2: U is undo, and it is the command redo too; give redo other keys"]


@given(
    st.dictionaries(
        st.sampled_from(["undo", "redo", "accept", "reject", "grow", "hints"]),
        st.lists(st.sampled_from(["U", "W", "Q", "alt+x"]), max_size=3, unique=True).map(tuple),
    )
)
def test_each_key_of_several_changed_commands_is_one_error(keys: dict[str, tuple[str, ...]]) -> None:
    """However many commands have it, and whatever other keys they have: the first of them names the next."""
    order = [c.id for c in COMMANDS if c.id in keys]
    expected = []
    for first in order:
        for key in keys[first]:
            owners = [name for name in order if key in keys[name]]
            if len(owners) > 1 and owners[0] == first:
                label = key_label(textual_key_name(key))
                what = f"{label} is {first}, and it is the command {owners[1]} too"
                expected.append(f"k.toml: {what}; give {owners[1]} other keys")
    found = effective_keymap(NEWS, UserKeymap("k.toml", keys), HintSettings("trigger"))
    assert [str(x) for x in found.errors] == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[keys]\nquit = []", "k.toml:2: quit has no key; it is in the command palette alone"),
        ("[keys]\ndrop = []", "k.toml:2: drop has no key; give it one"),
        ('[keys]\nreject = ["Enter"]', "k.toml:2: Enter is reject, and no longer accept; give accept other keys"),
        ('[keys]\nreject = ["@"]', "k.toml:2: @ is reject, and no longer overview; overview still has F2"),
        ('[keys]\nsnap_out = ["t"]', "k.toml:2: t is snap_out, and no longer split_token; give split_token other keys"),
        ("[keys]\npalette = []", "k.toml:2: palette has no key; give it one"),
        ('[keys]\nfirst = ["alt+home"]', "k.toml:2: some terminals do not send Alt+Home; add a printable key"),
        (
            '[hints]\nletters = "jklu"',
            "k.toml:2: 4 letters are left for hints; add letters, or many words have two letters or none",
        ),
    ],
)
def test_a_warning_leaves_the_keymap_in_force(text: str, message: str) -> None:
    """What works but is unwise is told, and done."""
    keys = force(text)
    assert [str(c) for c in keys.problems] == [message]
    assert keys.problems[0].warning
    assert keys.all_commands != ALL_COMMANDS or keys.style.letters == "jklu"


def test_a_new_default_key_never_breaks_a_users_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of the user's file stays the user's where a later version gives it to a new command."""
    new = Command("brand_new", ("L", "f12"), "L (F12)", "does something new", "View")
    monkeypatch.setattr("annotator.session.keymap.COMMANDS", (*COMMANDS, new))
    monkeypatch.setattr("annotator.session.keymap.command_by_id", lambda i: command_by_id(i, (*ALL_COMMANDS, new)))
    keys = force('[keys]\nnote = "L"\n')
    assert not keys.errors
    assert (keys.by_key["L"], keys.by_key["f12"]) == ("note", "brand_new")
    assert keys.commands[-1].key_text == "F12"


def test_a_letter_may_be_a_command_where_hints_are_called_for() -> None:
    """In trigger mode a letter means its command until hints are called for; then it is a hint."""
    keys = force('[keys]\nundo = ["u"]\n[hints]\nmode = "trigger"')
    assert not keys.problems
    assert keys.by_key["u"] == "undo"
    assert keys.label_keys == frozenset()
    assert "u" in keys.style.available_letters(keys.label_keys)


@pytest.mark.parametrize("text", [LEFT, VIM], ids=["left", "vim"])
def test_the_keymaps_of_the_guide_have_no_clash(text: str) -> None:
    """The example keymaps can be used as they are."""
    assert force(text).problems == ()


@given(
    st.dictionaries(st.sampled_from([c.id for c in ALL_COMMANDS]), st.lists(st.characters(), max_size=3), max_size=4)
)
def test_a_keymap_without_errors_has_one_meaning_for_each_key(keys: dict[str, list[str]]) -> None:
    """Whatever a file says: if it is used, no key means two things, and each command is there once."""
    from annotator.session.keymap_file import UserKeymap

    found = effective_keymap(NEWS, UserKeymap("k.toml", {k: tuple(v) for k, v in keys.items()}))
    bound = [k for c in found.commands for k in c.keys]
    assert len(bound) == len(set(bound))
    assert [c.id for c in found.all_commands] == [c.id for c in ALL_COMMANDS]
    listed = [k for c in found.worklist_commands for k in c.keys]
    assert len(listed) == len(set(listed))
    letters = set(found.style.available_letters(found.schema.keys))
    assert not set(bound) & (letters | found.schema.keys | set("123456789"))


def test_changed_keys_are_shown_as_they_are() -> None:
    """Help, table and the row of keys say the keys in force."""
    keys = force('[keys]\nundo = ["U", "ctrl+z"]\naccept = ["ctrl+a"]\ntake = ["X"]\nignore = []\n')
    shown = {c.id: c.key_text for c in keys.commands}
    assert shown["undo"] == "U (Ctrl+Z)"
    assert shown["accept"] == "Ctrl+A"
    assert shown["take"] == "X and a label"
    assert shown["ignore"] == ": ignore"
    assert shown["redo"] == command_by_id("redo").key_text
    assert {("^A", "accept"), ("U", "undo")} <= {*footer_items(keys.commands)}
    assert footer_items([c.with_keys(()) for c in COMMANDS]) == footer_items(has_effect=lambda _: False) == []


@pytest.mark.parametrize(("text", "keys"), [("", "asdfghjk"), (VIM, "asdf")], ids=["default", "vim"])
def test_a_bare_list_of_labels_has_keys(text: str, keys: str) -> None:
    """Labels to which the schema gives no key have those of the home row that mean nothing else."""
    bare = parse_schema({"label": [{"name": f"L{n}"} for n in range(10)]}, "s")
    user = parse_keymap(text, "k.toml")
    found = effective_keymap(bare, user)
    assert not found.problems
    assert "".join(x.key for x in found.schema.labels) == keys
    some = parse_schema({"label": [{"name": "A"}, {"name": "B", "key": "a"}, {"name": "C"}]}, "s")
    assert [x.key for x in effective_keymap(some, user).schema.labels] == ["s", "a", "d"]


# -- the hands ---------------------------------------------------------------------------------


def test_the_mirror_moves_label_keys_to_the_other_hand() -> None:
    """Labels of the left home row get the right one; a key whose mirror is no letter gets a free one."""
    assert mirrored_label_keys(NEWS) == {"PERSON": "h", "VENUE": "l", "COUNT": "k", "CLAIM": "j"}
    court = mirrored_label_keys(load_schema("court"))
    assert len(set(court.values())) == len(court)
    keys = effective_keymap(NEWS, hint_settings=HintSettings(hand="left"))
    assert keys.schema.keys == frozenset("hjkl")
    assert keys.style.available_letters(keys.label_keys)[:4] == tuple("fdsa")


def test_a_users_label_keys_win_over_the_mirror() -> None:
    """What the file says of a label stands, for the others the mirror."""
    keys = force('[labels]\nPERSON = "p"\nNOBODY = "q"\n[hints]\nhand = "left"\navoid = true')
    assert {x.name: x.key for x in keys.schema.labels} == {"PERSON": "p", "VENUE": "l", "COUNT": "k", "CLAIM": "j"}
    assert not LOOKALIKE_LETTERS & set(keys.style.available_letters(keys.label_keys))
    assert with_label_keys(NEWS, {}) == NEWS


def test_a_keymap_that_leaves_no_letter_for_hints_is_an_error() -> None:
    """The one letter is a label's key."""
    assert [str(c) for c in force('[hints]\nletters = "a"').errors] == [
        "k.toml:2: 0 letters are left for hints; add letters, or many words have two letters or none"
    ]


@pytest.mark.parametrize(
    ("press", "setting", "values"),
    [
        (Keyboard.next_trigger_mode, "mode", 3),
        (Keyboard.switch_hand, "hand", 2),
        (Keyboard.toggle_look_alikes, "avoid", 2),
    ],
)
@given(
    mode=st.sampled_from(["", "always", "trigger", "toggle"]),
    hand=st.sampled_from(["", "left", "right"]),
    avoid=st.sampled_from([None, True, False]),
    chosen=st.sampled_from([HintSettings(), HintSettings("toggle", "left", avoid=True)]),
)
def test_a_setting_changed_in_the_app_is_in_force_whatever_the_file_says(
    press: Callable[[Keyboard], str],
    setting: str,
    values: int,
    mode: str,
    hand: str,
    avoid: bool | None,
    chosen: HintSettings,
) -> None:
    """It changes at once and alone, and is remembered; as many presses as it has values bring it back."""
    keyboard = Keyboard(NEWS, UserKeymap(mode=mode, hand=hand, avoid=avoid), chosen)
    first, seen = keyboard.keys.hint_settings, set()
    for _ in range(values):
        seen.add(getattr(keyboard.keys.hint_settings, setting))
        before = keyboard.keys.hint_settings
        assert press(keyboard)
        now = keyboard.keys.hint_settings
        assert now == keyboard.saved_settings == structs_replace(before, **{setting: getattr(now, setting)})
        assert keyboard.letters.mode == now.mode
        assert Keyboard(NEWS, UserKeymap(), keyboard.saved_settings).keys.hint_settings == now
    assert (len(seen), keyboard.keys.hint_settings) == (values, first)


def test_letters_that_need_no_key_cannot_be_called_for() -> None:
    """The message says what shows or hides them."""
    with pytest.raises(RuleError, match=r"^letters need no key before them; \S+ shows or hides them$"):
        Keyboard(NEWS, UserKeymap(), HintSettings("always")).toggle_letters()
