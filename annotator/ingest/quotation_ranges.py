"""The quotations of a paragraph: pairs of marks, without apostrophes and inches."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

CharRange = tuple[int, int]

MAX_QUOTATION_LENGTH = 1000
"""The longest quotation, in code points (about 180 words).

A longer pair is more often two marks that do not belong together, so the segmenter's cuts stay.
"""

MAX_NESTED_QUOTATIONS = 8
"""How many quotations inside each other are followed."""

CLOSERS_BY_OPENER = {
    "“": "”", "„": "“”", "‟": "”", "‚": "‘", "«": "»", "‹": "›", "「": "」", "『": "』", "《": "》",
    "``": "''", "''": "''", '"': '"',
}  # fmt: skip
"""What closes each mark that can open; where a mark closes itself, its neighbours show which end it is."""

_DOUBLE = re.compile(r"``|''|[“”„‟«»‹›「」『』《》‚‘\"]")
_SINGLE_OPEN = re.compile(r"(?<![^\s(\[{—–\-“„«\"])(?<!')['‘‚](?!')(?=\S)")
_ELISION = re.compile(r"['‘](?:\d\ds?|em|til|tis|twas|cause|n|round|bout)\b", re.IGNORECASE)
_SINGLE_CLOSE = re.compile(r"(?<=[^\s'])(?<!')['’](?!['\w])")
_POSSESSIVE = re.compile(r"[sxzSXZ]['’]\s+\w")
_BEFORE_OPEN = re.compile(r"[\s(\[{—–\-/‘'“„«]")


class _OpenMark(Struct, frozen=True):
    """An opening mark at a code point that waits for its closing one."""

    mark: str
    start: int


def quotation_ranges(text: str) -> list[CharRange]:
    """Return the closed quotations of a paragraph, marks inside, outer before inner.

    A quotation that never closes or is longer than ``MAX_QUOTATION_LENGTH`` is none, and a pair that crosses
    another is dropped. Single marks are paired last, inside or outside of the double ones,
    because most of them are apostrophes.
    """
    doubles = _double_quotations(text)
    return sorted([*doubles, *_single_quotations(text, doubles)], key=lambda r: (r[0], -r[1]))


def _double_quotations(text: str) -> list[CharRange]:
    """Pair double marks like brackets; what is left open between a pair is dropped."""
    stack: list[_OpenMark] = []
    out: list[CharRange] = []
    closers = CLOSERS_BY_OPENER | _reversed_guillemets(text) | _marks_alike(text)
    for m in _DOUBLE.finditer(text):
        stack = [o for o in stack[-MAX_NESTED_QUOTATIONS:] if m.end() - o.start <= MAX_QUOTATION_LENGTH]
        at = _matching_open(stack, m, text, closers)
        if at is not None:
            out.append((stack[at].start, m.end()))
            del stack[at:]
        elif _may_open(m, text, closers):
            stack = [o for o in stack if o.mark != m[0] or m[0] not in closers[m[0]]]
            stack.append(_OpenMark(m[0], m.start()))
    return out


def _reversed_guillemets(text: str) -> dict[str, str]:
    """Return the pairs »…« and ›…‹ instead where the first guillemet of the paragraph is the closing one."""
    out: dict[str, str] = {}
    for left, right in ("«»", "‹›"):
        first = re.search(f"[{left}{right}]", text)
        out |= {right: left, left: ""} if first and first[0] == right else {}
    return out


def _marks_alike(text: str) -> dict[str, str]:
    """Return ”…” and »…», the Swedish and Finnish pairs, where the paragraph has no mark that opens for them."""
    return {
        mark: mark for mark, openers in (("”", "[“„‟]"), ("»", "«")) if mark in text and not re.search(openers, text)
    }


def _matching_open(stack: list[_OpenMark], m: re.Match[str], text: str, closers: dict[str, str]) -> int | None:
    """Return the place in the stack of the mark that this one closes, or None."""
    if m[0] == '"' and not _may_close(m, text):
        return None
    for i in range(len(stack) - 1, -1, -1):
        mark = stack[i].mark
        if m[0] in closers.get(mark, ()) and (mark != m[0] or _may_close(m, text)):
            return i
    return None


def _may_open(m: re.Match[str], text: str, closers: dict[str, str]) -> bool:
    """Whether a mark can open a quotation where it is."""
    if closers.get(m[0]) != m[0]:
        return bool(closers.get(m[0]))
    return m.start() == 0 or bool(_BEFORE_OPEN.match(text[m.start() - 1]))


def _may_close(m: re.Match[str], text: str) -> bool:
    """Whether a straight mark can close: not when it has a blank before it and a word after."""
    before = text[m.start() - 1 : m.start()]
    after = text[m.end() : m.end() + 1]
    return not ((before.isspace() or before in ("(", "[")) and after and not after.isspace())


def _single_quotations(text: str, doubles: list[CharRange]) -> Iterator[CharRange]:
    """Yield the single-marked quotations, none of them crossing a double-marked one."""
    closes = [m.start() for m in _SINGLE_CLOSE.finditer(text)]
    opens = [m.start() for m in _SINGLE_OPEN.finditer(text) if not _ELISION.match(text, m.start())]
    home = _enclosing_ranges(doubles, sorted({*opens, *closes}))
    done = 0
    for i, start in enumerate(opens):
        if start < done:
            continue
        reach = closes[bisect_right(closes, start) : bisect_right(closes, start + MAX_QUOTATION_LENGTH)]
        ends = [c for c in reach if home[c] == home[start]]
        window = opens[i + 1 : bisect_right(opens, start + MAX_QUOTATION_LENGTH)]
        later = next((o for o in window if home[o] == home[start]), len(text))
        end = _closing_position(text, [c for c in ends if c < later] or ends[:1])
        if end is not None:
            done = end + 1
            yield (start, end + 1)


def _enclosing_ranges(ranges: list[CharRange], places: list[int]) -> dict[int, CharRange | None]:
    """Map each place, in order, to the shortest of the nested ranges that covers it, or None."""
    queue = sorted(ranges, key=lambda r: (r[0], -r[1]))
    stack: list[CharRange] = []
    out: dict[int, CharRange | None] = {}
    n = 0
    for place in places:
        while n < len(queue) and queue[n][0] <= place:
            while stack and stack[-1][1] <= queue[n][0]:
                stack.pop()
            stack.append(queue[n])
            n += 1
        while stack and stack[-1][1] <= place:
            stack.pop()
        out[place] = stack[-1] if stack else None
    return out


def _closing_position(text: str, candidates: list[int]) -> int | None:
    """Return the first closing mark that is no plural possessive (workers' pay), else the first."""
    sure = (c for c in candidates if not _POSSESSIVE.match(text, c - 1))
    return next(sure, candidates[0] if candidates else None)
