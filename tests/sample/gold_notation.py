"""The gold notation of the sample corpus: ``{LABEL|…}`` round a span, nested at will."""

from __future__ import annotations

import re

Mark = tuple[int, int, str]
"""Start, end (code points of the text without marks, half-open) and label."""

_PIECE = re.compile(r"\{([A-Z_]+)\||(\})")


def parse_gold(line: str) -> tuple[str, list[Mark]]:
    """Return the text without marks and its spans in reading order, the outer before the inner.

    Raises ValueError for a mark that is closed without being opened, or the other way round.
    """
    text, at = "", 0
    opened: list[tuple[int, str]] = []
    marks: list[Mark] = []
    for piece in _PIECE.finditer(line):
        text += line[at : piece.start()]
        at = piece.end()
        if piece[1]:
            opened.append((len(text), piece[1]))
        else:
            marks.append(_closed(opened, len(text), line))
    if opened:
        raise ValueError(f"a mark is never closed: {line!r}")
    return text + line[at:], sorted(marks, key=lambda m: (m[0], -m[1], m[2]))


def _closed(opened: list[tuple[int, str]], end: int, line: str) -> Mark:
    if not opened:
        raise ValueError(f"a mark is closed that was never opened: {line!r}")
    start, label = opened.pop()
    return start, end, label
