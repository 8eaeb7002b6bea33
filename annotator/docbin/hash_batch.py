"""Ids of words by the thousand, computed with numpy.

Looking up a word in a dictionary of a hundred thousand takes longer than hashing it, because
nearly every one is in another page of memory. Here all words of a batch are hashed at once
(MurmurHash64A, as in ``string_ids.py``). A table holds which ids were seen before, so that
only new words are taken up one by one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from annotator.docbin.norms import Norms, WordIds
from annotator.docbin.string_ids import SPACY_SYMBOLS

IdArray = npt.NDArray[np.uint64]
_MULTIPLIER, _SHIFT, _SEED = np.uint64(0xC6A4A7935BD1E995), np.uint64(47), np.uint64(1)
_SEEN_SLOTS = 1 << 19
"""Places for ids that were seen. A word whose place is taken by another is looked up in a dictionary."""
_TAIL_MASKS = np.array([(1 << 8 * n) - 1 for n in range(8)], np.uint64)


def murmurhash_all(words: Sequence[str]) -> IdArray:
    """Return MurmurHash64A of each word in UTF-8; raises UnicodeEncodeError for a lone surrogate."""
    joined = "".join(words)
    sizes = np.fromiter(map(len, words), np.int64, len(words))
    if not joined.isascii():
        sizes = _byte_sizes(joined, sizes)
    at = np.cumsum(sizes) - sizes
    data = joined.encode() + bytes(8)
    eight: IdArray = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))
    blocks = sizes >> 3
    found = sizes.astype(np.uint64) * _MULTIPLIER ^ _SEED
    for n in range(int(blocks.max(initial=0))):
        longer = np.flatnonzero(blocks > n)
        block = eight[at[longer] + 8 * n] * _MULTIPLIER
        found[longer] = (found[longer] ^ (block ^ block >> _SHIFT) * _MULTIPLIER) * _MULTIPLIER
    rest = eight[at + (blocks << 3)] & _TAIL_MASKS[sizes & 7]
    found = np.where(sizes & 7, (found ^ rest) * _MULTIPLIER, found)
    found = (found ^ found >> _SHIFT) * _MULTIPLIER
    out: IdArray = found ^ found >> _SHIFT
    return out


def _byte_sizes(joined: str, sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return how many bytes each word takes of those that have this many code points."""
    points = np.frombuffer(joined.encode("utf-32-le"), "<u4")
    more = np.append(0, np.cumsum((points > 0x7F).astype(np.int8) + (points > 0x7FF) + (points > 0xFFFF)))
    end = np.cumsum(sizes)
    out: npt.NDArray[np.int64] = sizes + more[end] - more[end - sizes]
    return out


class HashedWordIds(WordIds):
    """Words by their hashes."""

    def __init__(self, norms: Norms | None) -> None:
        """Begin with no tokens."""
        super().__init__(norms)
        self._words: dict[int, str] = {}
        """By hash."""
        self._symbols: dict[int, int] = {}
        """Of words that spaCy has a number for, by hash."""
        self._seen = np.zeros(_SEEN_SLOTS, np.uint64)
        self._norm_of = np.zeros(_SEEN_SLOTS if norms else 0, np.uint64)

    def extend(self, words: Sequence[str]) -> None:
        """Add tokens."""
        ids = murmurhash_all(words)
        slots = (ids & np.uint64(_SEEN_SLOTS - 1)).astype(np.int64)
        other = np.flatnonzero(self._seen[slots] != ids).tolist()
        for n in other:
            self._add_word(int(ids[n]), int(slots[n]), words[n])
        if self._norms is not None:
            norms = self._norm_of[slots]
            for n in other:  # those that have found no place among them
                norms[n] = self._norms[words[n]]
            self.norm.frombytes(norms.tobytes())
        for found, symbol in self._symbols.items():
            ids[ids == np.uint64(found)] = symbol
        self.orth.frombytes(ids.tobytes())

    def _add_word(self, found: int, slot: int, word: str) -> None:
        """Keep a word that is new."""
        if found in self._words:
            return
        self._words[found] = word
        if word in SPACY_SYMBOLS:
            self._symbols[found] = SPACY_SYMBOLS[word]
        if self._seen[slot] == 0:
            self._seen[slot] = found
            if self._norms is not None:
                self._norm_of[slot] = self._norms[word]

    def strings(self) -> set[str]:
        """Return the strings of the ids."""
        return super().strings().union(self._words.values())
