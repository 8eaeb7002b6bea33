"""The one door through which corpus text becomes screen text.

Terminal escapes, control and bidirectional characters in an article could command the terminal
or move what is drawn; each becomes one visible character, so no offset moves.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_ALLOWED_FORMAT_CHARACTERS = {"\u200c", "\u200d"}
"""Joiners: scripts and emoji need them, and they can't command a terminal."""


@lru_cache(maxsize=4096)
def _visible_character(char: str) -> str:
    point = ord(char)
    if char in "\n\r\t":
        return " "
    if char == "\x1b":
        return "␛"
    if point < 0x20:
        return chr(0x2400 + point)
    if 0x7F <= point <= 0x9F or 0xD800 <= point <= 0xDFFF:
        return "\ufffd"
    if unicodedata.category(char) in {"Cf", "Zl", "Zp"} and char not in _ALLOWED_FORMAT_CHARACTERS:
        return "◦"
    return char


def screen_text(text: str) -> str:
    """Return ``text`` with each character that is not safe to draw replaced by a visible one (1:1)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible_character, text))
