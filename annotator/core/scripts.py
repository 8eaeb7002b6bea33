"""The script of a letter, by blocks of Unicode: Latin, Han, kana, Hangul, Thai, Arabic, Cyrillic and others."""

from __future__ import annotations

from bisect import bisect_right

_BLOCKS = (
    (0x41, 0x24F, "Latin"), (0x370, 0x3FF, "Greek"), (0x400, 0x52F, "Cyrillic"), (0x531, 0x58F, "Armenian"),
    (0x591, 0x5FF, "Hebrew"), (0x600, 0x6FF, "Arabic"), (0x750, 0x77F, "Arabic"), (0x8A0, 0x8FF, "Arabic"),
    (0x900, 0x97F, "Devanagari"), (0x980, 0x9FF, "Bengali"), (0xA00, 0xA7F, "Gurmukhi"), (0xA80, 0xAFF, "Gujarati"),
    (0xB80, 0xBFF, "Tamil"), (0xC00, 0xC7F, "Telugu"), (0xC80, 0xCFF, "Kannada"), (0xD00, 0xD7F, "Malayalam"),
    (0xD80, 0xDFF, "Sinhala"), (0xE00, 0xE7F, "Thai"), (0xE80, 0xEFF, "Lao"), (0xF00, 0xFFF, "Tibetan"),
    (0x1000, 0x109F, "Myanmar"), (0x10A0, 0x10FF, "Georgian"), (0x1100, 0x11FF, "Hangul"), (0x1200, 0x139F, "Ethiopic"),
    (0x1780, 0x17FF, "Khmer"), (0x1E00, 0x1EFF, "Latin"), (0x1F00, 0x1FFF, "Greek"), (0x3041, 0x30FF, "kana"),
    (0x3131, 0x318E, "Hangul"), (0x31F0, 0x31FF, "kana"), (0x3400, 0x4DBF, "Han"), (0x4E00, 0x9FFF, "Han"),
    (0xAC00, 0xD7AF, "Hangul"), (0xF900, 0xFAFF, "Han"), (0xFB1D, 0xFB4F, "Hebrew"), (0xFB50, 0xFDFF, "Arabic"),
    (0xFE70, 0xFEFC, "Arabic"), (0xFF21, 0xFF5A, "Latin"), (0xFF66, 0xFF9D, "kana"), (0x20000, 0x323AF, "Han"),
)  # fmt: skip
"""First and last code point of each block, in order."""
_STARTS = [first for first, _, _ in _BLOCKS]

SCRIPTS_WITHOUT_BLANKS = frozenset({"Han", "kana", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"})
"""The scripts that put no blank between words."""


def script_of(char: str) -> str:
    """Return the script of a letter; empty for what is no letter, or one of another script."""
    if not char.isalpha():
        return ""
    found = bisect_right(_STARTS, ord(char)) - 1
    return _BLOCKS[found][2] if found >= 0 and ord(char) <= _BLOCKS[found][1] else ""
