"""Which lines of a page an extract of it is made of, by aligning their words in order."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher

_WORD_PATTERN = re.compile(r"\w+")
MIN_COVERED_SHARE = 0.5
"""A line is in the extract if more than this share of its words is."""
MAX_ALIGNMENT_PAIRS = 20_000_000
"""How many pairs of equal words are aligned (about 10 s); beyond, equal lines count."""


def alignment_words(text: str) -> list[str]:
    """Return the words of a text in small letters, without punctuation."""
    return _WORD_PATTERN.findall(text.lower())


def covered_lines(lines: list[str], extract: str) -> list[bool]:
    """Return for each line whether the extract holds it.

    The words of all lines are aligned with those of the extract by longest matching blocks
    (Ratcliff and Obershelp), which keep the order of both: of two equal lines the one whose
    neighbours are in the extract counts. A line without words is in if both neighbours are.
    """
    counts = [len(alignment_words(line)) for line in lines]
    page, part = [w for line in lines for w in alignment_words(line)], alignment_words(extract)
    if _pair_count(page, part) > MAX_ALIGNMENT_PAIRS:
        kept = {tuple(alignment_words(line)) for line in extract.split("\n")}
        return [tuple(alignment_words(line)) in kept for line in lines]
    hits = _aligned_words(page, part)
    at = 0
    shares: list[float | None] = []
    for n in counts:
        shares.append(sum(hits[at : at + n]) / n if n else None)
        at += n
    return [_is_covered(shares, i) for i in range(len(shares))]


def _pair_count(page: list[str], extract: list[str]) -> int:
    """Return how many pairs of equal words there are: the time that aligning takes at least."""
    there = Counter(extract)
    return sum(n * there[word] for word, n in Counter(page).items())


def _aligned_words(page: list[str], extract: list[str]) -> list[bool]:
    """Return for each word of the page whether the alignment uses it; single words don't count."""
    hits = [False] * len(page)
    blocks = SequenceMatcher(None, page, extract, autojunk=False).get_matching_blocks()
    for a, _, n in blocks:
        if n > 1:
            hits[a : a + n] = [True] * n
    return hits


def _is_covered(shares: list[float | None], i: int) -> bool:
    share = shares[i]
    if share is not None:
        return share > MIN_COVERED_SHARE
    around = [s for s in (*shares[i - 1 : i], *shares[i + 1 : i + 2]) if s is not None]
    return len(around) == 2 and all(s > MIN_COVERED_SHARE for s in around)
