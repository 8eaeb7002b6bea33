"""Shingles: the runs of five words of a text, by which near-duplicates are found.

After Broder, "On the resemblance and containment of documents" (1997). Case and punctuation don't
count, so wire copy that was set again stays the same. Chinese and Japanese set no blanks: each of their
characters is a word here, or an edit in one clause would change all of it. A shingle is kept as the CRC-32
of its words: small, quick, and the same on every machine; of two articles of 500 words a pair of different
shingles has the same number once in 16,000 times.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

SHINGLE_SIZE = 5
"""How many words make a shingle."""

SINGLE_CHARACTER_WORDS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Kana and Han, as a class of characters in a pattern."""
_WORD = re.compile(rf"[^\W{SINGLE_CHARACTER_WORDS}]+|\w")


def shingle_words(text: str) -> list[str]:
    """Return the words of a text in order, case folded, punctuation left out."""
    return _WORD.findall(text.casefold())


def shingle_hashes(words: Sequence[str], size: int = SHINGLE_SIZE) -> frozenset[int]:
    """Return the shingles of a list of words; one of all words where there are fewer than ``size``."""
    if not words:
        return frozenset()
    coded = [word.encode("utf-8", "surrogatepass") for word in words]
    shifted = [coded[i:] for i in range(min(size, len(words)))]
    return frozenset(map(zlib.crc32, map(b" ".join, zip(*shifted, strict=False))))


def jaccard(a: AbstractSet[int], b: AbstractSet[int]) -> float:
    """Return the share of shingles that two texts have in common (Jaccard), 0 to 1."""
    both = len(a & b)
    return both / (len(a) + len(b) - both) if both else 0.0
