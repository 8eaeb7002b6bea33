"""The tokens of one DocBin while it grows: a column of 64-bit numbers for each attribute, rows at the end.

DocBin stores a row for each token, its attributes in the order of ``NUMBERS``. Of the columns only
those of words are filled token by token; the others are one number nearly everywhere, and are made
when the rows are.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from sys import byteorder

from annotator.core.tokens import Range
from annotator.export.straight.ids import new_id, string_id
from annotator.export.straight.norms import Norms


class Attrs(StrEnum):
    """Which attributes a DocBin stores."""

    OWN = "own"
    """All that a person has said of a token, sentence starts too, and where each Doc comes from."""
    MIN = "min"
    """ORTH, ENT_IOB and ENT_TYPE: what training reads."""
    FULL = "full"
    """The thirteen of ``DocBin()``: the payload is that of spaCy's own API."""


NAMES = {
    Attrs.OWN: ("ORTH", "SPACY", "ENT_IOB", "ENT_TYPE", "SENT_START"),
    Attrs.MIN: ("ORTH", "ENT_IOB", "ENT_TYPE"),
    Attrs.FULL: None,
}
"""What ``DocBin(attrs=)`` is given for them; None for its default."""
NUMBERS = {
    Attrs.OWN: (65, 77, 78, 80),
    Attrs.MIN: (65, 77, 78),
    Attrs.FULL: (65, 67, 73, 74, 75, 76, 77, 78, 79, 80, 452, 453, 454),
}
"""spaCy's numbers of the attributes, as the DocBin stores them (SPACY goes into an array of its own)."""
_ORTH, _NORM, _ENT_IOB, _ENT_TYPE, _SENT_START = 65, 67, 77, 78, 80

Mark = tuple[int, int, str]
"""First token, the one after the last, label."""

_MISSING, _INSIDE, _OUTSIDE, _BEGIN = 0, 1, 2, 3
"""ENT_IOB."""
_NO = 2**64 - 1
"""SENT_START of a token that starts no sentence: -1."""
_BLOCK = 1 << 15
"""How many rows are made at a time."""


class _Ids(dict[str, int]):
    """The ids of words; new ones are made when they are asked for."""

    def __missing__(self, word: str) -> int:
        made = self[word] = new_id(word)
        return made


class _NormIds(dict[str, int]):
    """The ids of words' norms, by word, with the norms."""

    def __init__(self, norms: Norms) -> None:
        super().__init__()
        self._norms = norms
        self.names: set[str] = set()

    def __missing__(self, word: str) -> int:
        norm = self._norms.of(word)
        self.names.add(norm)
        made = self[word] = string_id(norm)
        return made


class Columns:
    """The attributes of tokens; with ``norms`` all thirteen of them, which ``Attrs.FULL`` needs."""

    def __init__(self, attrs: Attrs, norms: Norms | None, *, bounded: bool) -> None:
        """Begin with no tokens; ``bounded`` says whether those inside a sentence say so, or nothing."""
        if (norms is None) is (attrs is Attrs.FULL):
            raise ValueError("all attributes need norms, and fewer have none")
        self._attrs = attrs
        self._norms = norms
        self._bounded = bounded
        self._ids = _Ids()
        self._norm_ids = _NormIds(norms) if norms else None
        self._orth = array("Q")
        self._norm = array("Q")
        self._ents = array("Q")
        """Of each entity the first token, the one after the last, and the id of the label."""
        self._labels: dict[str, int] = {}
        self._missing: list[Range] = []
        self._starts = array("Q")

    def __len__(self) -> int:
        """Return the number of tokens."""
        return len(self._orth)

    @property
    def strings(self) -> Iterator[str]:
        """What the tokens name, some of it more than once."""
        yield from self._ids
        yield from self._labels
        if self._norm_ids is not None:
            yield from self._norm_ids.names

    @property
    def size(self) -> int:
        """How many bytes the rows take."""
        return len(self) * 8 * len(NUMBERS[self._attrs])

    def add(
        self,
        words: Sequence[str],
        spaces: Sequence[int],
        ents: Iterable[Mark],
        starts: Iterable[int],
        missing: Iterable[Range],
    ) -> None:
        """Add the tokens of a Doc; places are counted from its first one."""
        base = len(self._orth)
        self._orth.extend(map(self._ids.__getitem__, words))
        for first, end, label in ents:
            if label not in self._labels:
                self._labels[label] = string_id(label)
            self._ents.extend((base + first, base + end, self._labels[label]))
        for first, end in missing:
            self._missing.append((base + first, base + end))
        if self._attrs is Attrs.MIN or not words:
            return
        for n in starts:
            self._starts.append(base + n)
        if self._norm_ids is not None:
            self._norm.extend(map(self._norm_ids.__getitem__, words))
            self._except(base, words, spaces)

    def _except(self, base: int, words: Sequence[str], spaces: Sequence[int]) -> None:
        """Write what the tokenizer's exceptions say; see ``norms``."""
        assert self._norms is not None
        assert self._norm_ids is not None
        for first, (_, own, bare) in self._norms.found(words, spaces):
            if bare and first == 0 and not self._bounded and self._starts[-1] == base:
                self._starts.pop()
            for n, norm in enumerate(own, base + first):
                if norm:
                    self._norm_ids.names.add(norm)
                    self._norm[n] = string_id(norm)

    def rows(self) -> Iterator[bytes]:
        """Yield the rows, a block at a time; each number has its lowest byte first."""
        columns, width = self._columns(), len(NUMBERS[self._attrs])
        for at in range(0, len(self), _BLOCK):
            size = min(_BLOCK, len(self) - at)
            block = array("Q", bytes(8 * width * size))
            view = memoryview(block)
            for place, column in columns.items():
                view[place::width] = memoryview(column)[at : at + size]
            if byteorder == "big":
                block.byteswap()
            yield block.tobytes()

    def _columns(self) -> dict[int, array[int]]:
        """Return the columns that are not zero throughout, by their place in a row."""
        place = NUMBERS[self._attrs].index
        iob, type_ = self._tagged()
        columns = {place(_ORTH): self._orth, place(_ENT_IOB): iob, place(_ENT_TYPE): type_}
        if self._norms:
            columns[place(_NORM)] = self._norm
        if self._attrs is not Attrs.MIN:
            columns[place(_SENT_START)] = starts = array("Q", [_NO if self._bounded else 0]) * len(self)
            for n in self._starts:
                starts[n] = 1
        return columns

    def _tagged(self) -> tuple[array[int], array[int]]:
        """Return ENT_IOB and ENT_TYPE."""
        iob, type_ = array("Q", [_OUTSIDE]) * len(self), array("Q", [0]) * len(self)
        inside = array("Q", [_INSIDE])
        ents = iter(self._ents)
        for first, end, label in zip(ents, ents, ents, strict=True):
            size = end - first
            iob[first:end] = inside * size
            iob[first] = _BEGIN
            type_[first:end] = array("Q", [label]) * size
        for first, end in self._missing:
            iob[first:end] = array("Q", [_MISSING]) * (end - first)
            type_[first:end] = array("Q", [0]) * (end - first)
        return iob, type_
