"""The columns of what tokens are called: the ids of their words, and of the words' norms.

Few words are looked up one by one. In a big file a dictionary of all its words is slow, because it
lies all over the memory: there ids are reckoned by numpy (``hashed.py``), to the same numbers.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Protocol

from annotator.export.straight.ids import native_string_id, cached_string_id
from annotator.export.straight.norms import Norms


class WordIds(Protocol):
    """Ids of words and, where norms are asked for, of their norms: a number for each token."""

    orth: array[int]
    norm: array[int]

    def extend(self, words: Sequence[str]) -> None:
        """Add tokens."""

    def set_norm(self, token: int, norm: str) -> None:
        """Give a token another norm."""

    def strings(self) -> Iterator[str]:
        """Yield what the ids stand for, some of it more than once."""


class _CachedIds(dict[str, int]):
    """The ids of words; new ones are made when they are asked for."""

    def __missing__(self, word: str) -> int:
        made = self[word] = native_string_id(word)
        return made


class NormIdCache(dict[str, int]):
    """The ids of words' norms, by word, with the norms."""

    def __init__(self, norms: Norms) -> None:
        """Begin with none."""
        super().__init__()
        self._norms = norms
        self.norms_by_id: dict[int, str] = {}
        """By id."""

    def __missing__(self, word: str) -> int:
        made = self[word] = self.add(self._norms.norm_of(word))
        return made

    def add(self, norm: str) -> int:
        """Return the id of a norm, which is kept."""
        made = cached_string_id(norm)
        self.norms_by_id[made] = norm
        return made

    def strings(self, column: array[int]) -> Iterator[str]:
        """Yield the norms that stand in a column: one that a token had may have been renamed."""
        yield from (self.norms_by_id[number] for number in set(column))


class CachedWordIds:
    """Words by a dictionary of those that were seen."""

    def __init__(self, norms: Norms | None) -> None:
        """Begin with no tokens."""
        self.orth = array("Q")
        self.norm = array("Q")
        self._ids = _CachedIds()
        self._norms = NormIdCache(norms) if norms else None

    def extend(self, words: Sequence[str]) -> None:
        """Add tokens."""
        self.orth.extend(map(self._ids.__getitem__, words))
        if self._norms is not None:
            self.norm.extend(map(self._norms.__getitem__, words))

    def set_norm(self, token: int, norm: str) -> None:
        """Give a token another norm."""
        assert self._norms is not None
        self.norm[token] = self._norms.add(norm)

    def strings(self) -> Iterator[str]:
        """Yield what the ids stand for, some of it more than once."""
        yield from self._ids
        if self._norms is not None:
            yield from self._norms.strings(self.norm)
