"""The tokens of one DocBin while it grows: a column of 64-bit numbers for each attribute, rows at the end.

DocBin stores a row for each token, its attributes in the order of ``NUMBERS``. Of the columns only
those of words are filled token by token; the others are one number nearly everywhere, and are made
when the rows are.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import accumulate
from sys import byteorder

from annotator.core.tokens import TokenRange
from annotator.docbin.norms import CachedWordIds, Norms, WordIds
from annotator.docbin.string_ids import cached_string_id


class AttributeSet(StrEnum):
    """Which attributes a DocBin stores."""

    OWN = "own"
    """All that annotators decide about a token, sentence starts too, and the origin of each Doc."""
    MIN = "min"
    """ORTH, ENT_IOB and ENT_TYPE: what training reads."""
    FULL = "full"
    """The thirteen of ``DocBin()``: the payload is that of spaCy's own API."""


ATTRIBUTE_NAMES = {
    AttributeSet.OWN: ("ORTH", "SPACY", "ENT_IOB", "ENT_TYPE", "SENT_START"),
    AttributeSet.MIN: ("ORTH", "ENT_IOB", "ENT_TYPE"),
    AttributeSet.FULL: None,
}
"""What ``DocBin(attrs=)`` is given for them; None for its default."""
ATTRIBUTE_IDS = {
    AttributeSet.OWN: (65, 77, 78, 80),
    AttributeSet.MIN: (65, 77, 78),
    AttributeSet.FULL: (65, 67, 73, 74, 75, 76, 77, 78, 79, 80, 452, 453, 454),
}
"""spaCy's numbers of the attributes, as the DocBin stores them (SPACY goes into an array of its own)."""
_ORTH, _NORM, _ENT_IOB, _ENT_TYPE, _SENT_START = 65, 67, 77, 78, 80

TokenSpan = tuple[int, int, str]
"""First token, the one after the last, label."""
TokenSpans = Sequence[TokenSpan]

_MISSING, _INSIDE, _OUTSIDE, _BEGIN = 0, 1, 2, 3
"""ENT_IOB."""
_NOT_SENTENCE_START = 2**64 - 1
"""SENT_START of a token that starts no sentence: -1."""
_ROWS_PER_BLOCK = 1 << 12
"""How many rows are made at a time."""


class TokenColumns:
    """The attributes of tokens; with ``norms`` all thirteen of them, which ``Attrs.FULL`` needs."""

    def __init__(self, attrs: AttributeSet, norms: Norms | None, *, mark_inside: bool, use_numpy: bool) -> None:
        """Begin with no tokens; ``mark_inside`` is whether those inside a sentence are marked as such.

        ``use_numpy`` is whether there are enough words for numpy, which takes time to load, to be worth it.
        """
        if (norms is None) is (attrs is AttributeSet.FULL):
            raise ValueError("all attributes need norms, and fewer have none")
        self._attrs = attrs
        self._norms = norms
        self._mark_inside = mark_inside
        self._words = _word_ids(norms, use_numpy=use_numpy)
        self._ents = array("Q")
        """Of each entity the first token, the one after the last, and the id of the label."""
        self._labels: dict[str, int] = {}
        self._missing: list[TokenRange] = []
        self._starts = array("Q")
        self._unset_starts: set[int] = set()
        """Starts that are left unmarked."""

    def __len__(self) -> int:
        """Return the number of tokens."""
        return len(self._words.orth)

    def strings(self) -> set[str]:
        """Return the words, norms and labels of the tokens."""
        return self._words.strings().union(self._labels)

    @property
    def size(self) -> int:
        """How many bytes the rows take."""
        return len(self) * 8 * len(ATTRIBUTE_IDS[self._attrs])

    def extend(self, words: Sequence[str], spaces: bytes, sizes: Sequence[int], ents: Iterable[TokenSpans]) -> None:
        """Add the tokens of Docs with these numbers of tokens, a sentence a Doc, with the entities of each."""
        at = len(self)
        bases = list(accumulate(sizes, initial=at))
        self._words.extend(words)
        for base, marks in zip(bases, ents, strict=False):  # the last base is the end
            if marks:
                self._add_ents(base, marks)
        if self._attrs is not AttributeSet.MIN:
            self._starts.extend([base for base, size in zip(bases, sizes, strict=False) if size])
        if self._norms is not None:
            self._apply_exceptions(words, spaces, bases)

    def add(
        self,
        words: Sequence[str],
        spaces: bytes,
        ents: TokenSpans,
        starts: Iterable[int],
        missing: Iterable[TokenRange],
    ) -> None:
        """Add the tokens of a Doc in which several sentences start, or tokens whose tag is missing."""
        base = len(self)
        self.extend(words, spaces, [len(words)], [ents])
        if self._attrs is not AttributeSet.MIN:
            self._starts.extend([base + n for n in starts if n])
        self._missing.extend([(base + first, base + end) for first, end in missing])

    def _add_ents(self, base: int, marks: TokenSpans) -> None:
        labels, out = self._labels, self._ents
        for first, end, label in marks:
            if label not in labels:
                labels[label] = cached_string_id(label)
            out.append(base + first)
            out.append(base + end)
            out.append(labels[label])

    def _apply_exceptions(self, words: Sequence[str], spaces: bytes, bases: Sequence[int]) -> None:
        """Apply the tokenizer's exceptions to Docs that begin there; see ``norms``."""
        assert self._norms is not None
        opens, cases, alone = bases[0], self._norms.exceptions, self._norms.single_word_exceptions
        hits = [n for n, word in enumerate(words) if word in cases and (not spaces[n] or word in alone)]
        docs = sorted({bisect_right(bases, opens + n) - 1 for n in hits})
        for doc in docs:
            first, end = bases[doc] - opens, bases[doc + 1] - opens
            for place, (_, own, bare) in self._norms.find_exceptions(words[first:end], spaces[first:end]):
                if bare and place == 0 and not self._mark_inside:
                    self._unset_starts.add(bases[doc])
                for n, norm in enumerate(own, bases[doc] + place):
                    if norm:
                        self._words.set_norm(n, norm)

    def rows(self) -> Iterator[bytes]:
        """Yield the rows, a block at a time; each number has its lowest byte first."""
        columns, width = self._columns(), len(ATTRIBUTE_IDS[self._attrs])
        for at in range(0, len(self), _ROWS_PER_BLOCK):
            size = min(_ROWS_PER_BLOCK, len(self) - at)
            block = array("Q", bytes(8 * width * size))
            view = memoryview(block)
            for place, column in columns.items():
                view[place::width] = memoryview(column)[at : at + size]
            if byteorder == "big":
                block.byteswap()
            yield block.tobytes()

    def _columns(self) -> dict[int, array[int]]:
        """Return the columns that are not zero throughout, by their place in a row."""
        place = ATTRIBUTE_IDS[self._attrs].index
        iob, type_ = self._entity_columns()
        columns = {place(_ORTH): self._words.orth, place(_ENT_IOB): iob, place(_ENT_TYPE): type_}
        if self._norms:
            columns[place(_NORM)] = self._words.norm
        if self._attrs is not AttributeSet.MIN:
            inside = _NOT_SENTENCE_START if self._mark_inside else 0
            columns[place(_SENT_START)] = starts = array("Q", [inside]) * len(self)
            for n in self._starts:
                starts[n] = 1
            for n in self._unset_starts:
                starts[n] = 0
        return columns

    def _entity_columns(self) -> tuple[array[int], array[int]]:
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


def _word_ids(norms: Norms | None, *, use_numpy: bool) -> WordIds:
    if not use_numpy:
        return CachedWordIds(norms)
    from annotator.docbin.hash_batch import HashedWordIds

    return HashedWordIds(norms)
