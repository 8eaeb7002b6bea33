"""Names of keys: as a keymap file may write them, as Textual knows them, and as people read them."""

from __future__ import annotations

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
"""What a terminal cannot tell from another key."""
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
    """Return how people read a key that Textual names so."""
    *held, last = key.split("+")
    shown = _KEY_LABELS.get(last) or _CHARACTER_BY_KEY.get(last) or (last.upper() if held else last)
    return "+".join([*(x.capitalize() for x in held), shown])


def is_portable_key(key: str) -> bool:
    """Whether every terminal sends the key: a printable one, or one that is everywhere."""
    return len(key) == 1 or key in _CHARACTER_BY_KEY or key in _UNIVERSAL_KEYS
