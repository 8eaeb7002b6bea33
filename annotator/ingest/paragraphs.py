"""Which lines of an article are one paragraph: hard-wrapped ones are, others are alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annotator.core.article import SourceLine

PARAGRAPH_WIDTHS = range(40, 121)
"""The widths, in code points, that text is wrapped at."""

_LINE_ENDS_SENTENCE = re.compile(r"[.!?…:;。！？][\"”’'»)\]]*\s*$")
_LINE_CONTINUES = re.compile(r"\s*[,;]?\s*[\"“‘'(]?[a-zß-öø-ÿ]")


def paragraph_lines(rows: Sequence[str], lines: Sequence[SourceLine]) -> Iterator[range]:
    """Yield the line numbers of each paragraph; blank lines are in none.

    Consecutive lines of one verdict are one paragraph where the second goes on in the middle of
    a sentence, or where both belong to a block wrapped at one width and the first is full.
    """
    for block in _verdict_runs(rows, lines):
        width = max(len(rows[i].rstrip()) for i in block)
        wrapped = width in PARAGRAPH_WIDTHS and any(_sentence_continues(rows[i], rows[i + 1]) for i in block[:-1])
        first = block.start
        for i in block:
            if i + 1 < block.stop and _is_same_paragraph(rows[i], rows[i + 1], width if wrapped else 0):
                continue
            yield range(first, i + 1)
            first = i + 1


def _verdict_runs(rows: Sequence[str], lines: Sequence[SourceLine]) -> Iterator[range]:
    """Yield the runs of non-blank lines with one verdict."""
    first = 0
    for i in range(len(rows)):
        if not rows[i].strip():
            first = i + 1
        elif i + 1 == len(rows) or not rows[i + 1].strip() or lines[i].verdict != lines[i + 1].verdict:
            yield range(first, i + 1)
            first = i + 1


def _is_same_paragraph(one: str, other: str, width: int) -> bool:
    """Whether two lines are one paragraph; ``width`` is 0 where nothing is wrapped."""
    if _sentence_continues(one, other) and max(len(one), len(other)) >= PARAGRAPH_WIDTHS.start:
        return True
    word = len(other.split(maxsplit=1)[0])
    return width > 0 and len(one.rstrip()) + 1 + word > width


def _sentence_continues(one: str, other: str) -> bool:
    """Whether a sentence runs over the end of a line."""
    return not _LINE_ENDS_SENTENCE.search(one) and bool(_LINE_CONTINUES.match(other))
