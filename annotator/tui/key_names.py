"""Names of keys: as a keymap file may write them, as Textual knows them, and as people read them."""

from __future__ import annotations

_MARK_NAMES = """
exclamation_mark quotation_mark number_sign dollar_sign percent_sign ampersand apostrophe left_parenthesis
right_parenthesis asterisk plus comma minus full_stop slash colon semicolon less_than_sign equals_sign
greater_than_sign question_mark at left_square_bracket backslash right_square_bracket circumflex_accent
underscore grave_accent left_curly_bracket vertical_line right_curly_bracket tilde
"""
_MARKS = dict(zip("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", _MARK_NAMES.split(), strict=True))
_SIGNS = {name: char for char, name in _MARKS.items()}
_NAMED = {
    "space": "Space", "enter": "Enter", "tab": "Tab", "backspace": "Backspace", "escape": "Esc",
    "delete": "Del", "insert": "Ins", "home": "Home", "end": "End", "pageup": "PgUp", "pagedown": "PgDn",
    "up": "↑", "down": "↓", "left": "←", "right": "→", **{f"f{n}": f"F{n}" for n in range(1, 25)},
}  # fmt: skip
_ALSO = {
    " ": "space", "return": "enter", "esc": "escape", "del": "delete", "ins": "insert", "pgup": "pageup",
    "pgdn": "pagedown", "page_up": "pageup", "page_down": "pagedown", "control": "ctrl",
    "↑": "up", "↓": "down", "←": "left", "→": "right", "period": "full_stop", "plus_sign": "plus",
}  # fmt: skip
_MODIFIERS = ("alt", "ctrl", "shift")
_SAME = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace"}
"""What a terminal cannot tell from another key."""
_EVERYWHERE = frozenset({"space", "enter", "tab", "shift+tab", "backspace", "home", "end"}) | {
    "up", "down", "left", "right"
}  # fmt: skip


def key_name(text: str) -> str:
    """Return Textual's name of a key written as ``!``, ``U``, ``Ctrl+Z``, ``PgUp``…; empty for no key."""
    if len(text) == 1 and text.isascii() and text.isalnum():
        return text
    if text in _MARKS:
        return _MARKS[text]
    *held, last = [_ALSO.get(x, x) for x in text.lower().split("+")]
    if len(set(held)) < len(held) or not set(held) <= set(_MODIFIERS):
        return ""
    return _held(sorted(held), _MARKS.get(last, last))


def _held(held: list[str], last: str) -> str:
    """Return the name of a key pressed while others are held."""
    letter = len(last) == 1 and last.isascii() and last.isalpha()
    if held == ["shift"] and letter:
        return last.upper()
    if last not in _NAMED and not (held and letter) and not (held in ([], ["alt"]) and last in _SIGNS):
        return ""
    name = "+".join([*held, last])
    return _SAME.get(name, name)


def written(key: str) -> str:
    """Return how people read a key that Textual names so."""
    *held, last = key.split("+")
    shown = _NAMED.get(last) or _SIGNS.get(last) or (last.upper() if held else last)
    return "+".join([*(x.capitalize() for x in held), shown])


def is_plain(key: str) -> bool:
    """Whether every terminal sends the key: a printable one, or one that is everywhere."""
    return len(key) == 1 or key in _SIGNS or key in _EVERYWHERE
