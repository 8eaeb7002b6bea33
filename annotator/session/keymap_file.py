"""The user's keymap file: ``keymap.toml`` in the settings folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from annotator.core.errors import AnnotatorError
from annotator.storage.file_io import parse_toml, read_text, translate_os_errors
from annotator.storage.user_files import user_settings_folder

KEYMAP_FILE = "keymap.toml"

_HINT_SETTING_VALUES: Mapping[str, tuple[object, ...]] = {
    "mode": ("always", "trigger", "toggle"),
    "hand": ("right", "left"),
    "avoid": (True, False),
}
"""What a setting in ``[hints]`` may be, beside ``letters``."""
_KEYMAP_TABLES = ("keys", "labels", "hints")
_TABLE_HEADER = re.compile(r"\s*\[\s*([A-Za-z_]+)\s*\]")
_TABLE_ENTRY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_-]+))\s*=""")


class KeymapError(AnnotatorError):
    """A keymap file that cannot be read as one."""


class UserKeymap(Struct, frozen=True):
    """The entries of the file; what it leaves out keeps its default."""

    path: str = ""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Command id → its keys as they are written there, in place of all default ones."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Label name → its key."""
    letters: str = ""
    """The hint letters, those of the likely words first."""
    mode: str = ""
    """``always``, ``trigger`` or ``toggle``."""
    hand: str = ""
    """``right`` or ``left``."""
    avoid: bool | None = None
    """Whether letters that look alike are left out."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """``table.name`` → its line, counted from 1."""

    def where(self, name: str) -> str:
        """Return ``file:line`` of an entry such as ``keys.undo``; the file where the line is not known."""
        line = self.lines.get(name, 0)
        return f"{self.path}:{line}" if line else self.path


def user_keymap_path() -> Path:
    """Return where the user's keymap is, whether it is there or not."""
    return user_settings_folder() / KEYMAP_FILE


def load_user_keymap(path: Path | None = None) -> UserKeymap:
    """Return the keymap of a file, by default the user's; without that file everything stays as it is.

    Raises KeymapError where a named file is not there, and with ``file:line`` where it is no keymap.
    """
    if path is None:
        path = user_keymap_path()
        with translate_os_errors("read", path, KeymapError):
            if not path.exists():
                return UserKeymap(str(path))
    elif not path.exists():
        do = "give the path of a keymap file, or leave --check out for your own"
        raise KeymapError("there is no such keymap file", where=str(path), do=do)
    return parse_keymap(read_text(path, KeymapError), str(path))


def load_keymap_or_default() -> tuple[UserKeymap, list[str]]:
    """Return the user's keymap; an empty one, and what is wrong, where the file is no keymap."""
    try:
        return load_user_keymap(), []
    except AnnotatorError as error:
        return UserKeymap(str(user_keymap_path())), [f"{error}; the default keys are used"]


def parse_keymap(text: str, where: str) -> UserKeymap:
    """Return the keymap of a TOML text; raises KeymapError naming ``where:line``."""
    data = parse_toml(text, where, KeymapError)
    located = UserKeymap(where, lines=_line_numbers(text))
    for name, table in data.items():
        known = name in _KEYMAP_TABLES
        if not known or not isinstance(table, dict):
            at = located.lines.get(name, 0)
            raise KeymapError(
                f"{name} is no table" if known else f"there is no table [{name}] in a keymap",
                where=f"{where}:{at}" if at else where,
                do=f"write [{name}], and its entries below" if known else "use [keys], [labels] and [hints]",
            )
    return UserKeymap(
        where,
        {name: _command_keys(value, located, name) for name, value in data.get("keys", {}).items()},
        {name: _checked_label_key(value, located, name) for name, value in data.get("labels", {}).items()},
        lines=located.lines,
        **_checked_hint_settings(data.get("hints", {}), located),
    )


def _command_keys(value: Any, keymap: UserKeymap, name: str) -> tuple[str, ...]:
    """Return a command's keys: a list of texts, or one text."""
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(x, str) and x for x in found):
        raise KeymapError(
            f"the keys of {name} are no list of texts",
            where=keymap.where(f"keys.{name}"),
            do=f'write {name} = ["x", "ctrl+x"]',
        )
    return tuple(found)


def _checked_label_key(value: Any, keymap: UserKeymap, name: str) -> str:
    if not isinstance(value, str) or not re.fullmatch("[a-z]", value):
        raise KeymapError(
            f"the key of the label {name} is no small letter",
            where=keymap.where(f"labels.{name}"),
            do="use a letter from a to z",
        )
    return value


def _checked_hint_settings(table: Mapping[str, Any], keymap: UserKeymap) -> dict[str, Any]:
    """Return the settings of ``[hints]``; raises KeymapError for one that is unknown or wrong."""
    for name, value in table.items():
        where = keymap.where(f"hints.{name}")
        if name == "letters":
            _check_hint_letters(value, where)
        elif name not in _HINT_SETTING_VALUES:
            raise KeymapError(f"[hints] has no {name}", where=where, do="use letters, mode, hand and avoid")
        elif value not in _HINT_SETTING_VALUES[name] or isinstance(value, bool) is not isinstance(
            _HINT_SETTING_VALUES[name][0], bool
        ):
            known = " or ".join(str(x).lower() if isinstance(x, bool) else f'"{x}"' for x in _HINT_SETTING_VALUES[name])
            raise KeymapError(f"{name} is {value!r}", where=where, do=f"write {name} = {known}")
    return dict(table)


def _check_hint_letters(value: Any, where: str) -> None:
    if not isinstance(value, str) or not re.fullmatch("[a-z]+", value):
        raise KeymapError("letters are no small letters", where=where, do='write them in one text: letters = "jklu"')
    twice = [c for i, c in enumerate(value) if c in value[:i]]
    if twice:
        raise KeymapError(f"the letter {twice[0]} is there twice", where=where, do="leave one of them out")


def _line_numbers(text: str) -> dict[str, int]:
    """Return the line of each table and entry; tomllib does not report it."""
    table = ""
    out: dict[str, int] = {}
    for n, line in enumerate(text.split("\n"), 1):
        if head := _TABLE_HEADER.match(line):
            table = head.group(1)
            out.setdefault(table, n)
        elif entry := _TABLE_ENTRY.match(line):
            name = next(g for g in entry.groups() if g)
            out.setdefault(f"{table}.{name}" if table else name, n)
    return out


# -- names of keys -----------------------------------------------------------------------------


_PUNCTUATION_NAMES = """
exclamation_mark quotation_mark number_sign dollar_sign percent_sign ampersand apostrophe left_parenthesis
right_parenthesis asterisk plus comma minus full_stop slash colon semicolon less_than_sign equals_sign
greater_than_sign question_mark at left_square_bracket backslash right_square_bracket circumflex_accent
underscore grave_accent left_curly_bracket vertical_line right_curly_bracket tilde
"""
_KEY_BY_CHARACTER = dict(zip("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", _PUNCTUATION_NAMES.split(), strict=True))
_CHARACTER_BY_KEY = {name: char for char, name in _KEY_BY_CHARACTER.items()}
_KEY_LABELS = {
    "space": "Space", "enter": "Enter", "tab": "Tab", "backspace": "Backspace", "escape": "Esc",
    "delete": "Del", "insert": "Ins", "home": "Home", "end": "End", "pageup": "PgUp", "pagedown": "PgDn",
    "up": "↑", "down": "↓", "left": "←", "right": "→", **{f"f{n}": f"F{n}" for n in range(1, 25)},
}  # fmt: skip
_KEY_ALIASES = {
    " ": "space", "return": "enter", "esc": "escape", "del": "delete", "ins": "insert", "pgup": "pageup",
    "pgdn": "pagedown", "page_up": "pageup", "page_down": "pagedown", "control": "ctrl",
    "↑": "up", "↓": "down", "←": "left", "→": "right", "period": "full_stop", "plus_sign": "plus",
}  # fmt: skip
_MODIFIERS = ("alt", "ctrl", "shift")
_INDISTINGUISHABLE_KEYS = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace"}
"""What a terminal cannot distinguish from another key."""
_UNIVERSAL_KEYS = frozenset({"space", "enter", "tab", "shift+tab", "backspace", "home", "end"}) | {
    "up", "down", "left", "right"
}  # fmt: skip


def textual_key_name(text: str) -> str:
    """Return Textual's name of a key written as ``!``, ``U``, ``Ctrl+Z``, ``PgUp``…; empty for no key."""
    if len(text) == 1 and text.isascii() and text.isalnum():
        return text
    if text in _KEY_BY_CHARACTER:
        return _KEY_BY_CHARACTER[text]
    *held, last = [_KEY_ALIASES.get(x, x) for x in text.lower().split("+")]
    if len(set(held)) < len(held) or not set(held) <= set(_MODIFIERS):
        return ""
    return _with_modifiers(sorted(held), _KEY_BY_CHARACTER.get(last, last))


def _with_modifiers(held: list[str], last: str) -> str:
    """Return the name of a key pressed while others are held."""
    letter = len(last) == 1 and last.isascii() and last.isalpha()
    if held == ["shift"] and letter:
        return last.upper()
    if last not in _KEY_LABELS and not (held and letter) and not (held in ([], ["alt"]) and last in _CHARACTER_BY_KEY):
        return ""
    name = "+".join([*held, last])
    return _INDISTINGUISHABLE_KEYS.get(name, name)


def key_label(key: str) -> str:
    """Return how people read a key by its name in Textual."""
    *held, last = key.split("+")
    shown = _KEY_LABELS.get(last) or _CHARACTER_BY_KEY.get(last) or (last.upper() if held else last)
    return "+".join([*(x.capitalize() for x in held), shown])


def is_portable_key(key: str) -> bool:
    """Whether every terminal sends the key: a printable one, or one that is everywhere."""
    return len(key) == 1 or key in _CHARACTER_BY_KEY or key in _UNIVERSAL_KEYS
