"""One DocBin while it grows: the bytes of its arrays, and at the end its payload.

The order of a token's attributes is DocBin's: ORTH first, then by number. Each token is a row of
unsigned 64-bit numbers, the lowest byte first. Rows of the same word outside of any entity are
the same, so they are kept by word; only those of entities and sentence starts are made anew.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from sys import byteorder

from annotator.core.errors import UsageError
from annotator.core.tokens import Range
from annotator.export.straight import msgpack
from annotator.export.straight.deflate import deflate
from annotator.export.straight.ids import packed_id
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
_NUMBERS = {
    Attrs.OWN: (65, 77, 78, 80),
    Attrs.MIN: (65, 77, 78),
    Attrs.FULL: (65, 67, 73, 74, 75, 76, 77, 78, 79, 80, 452, 453, 454),
}
"""spaCy's numbers of the attributes, as the DocBin stores them (SPACY goes into an array of its own)."""

Mark = tuple[int, int, str]
"""First token, the one after the last, label."""
Group = Sequence[tuple[str, int, int, int, int]]
"""Spans of a group: label, first token, the one after the last, first code point, the one after the last."""

_NONE = bytes(8)
_YES = (1).to_bytes(8, "little")
_NO = (2**64 - 1).to_bytes(8, "little")
"""SENT_START of a token that starts no sentence: -1."""
_INSIDE = _YES
_OUTSIDE = (2).to_bytes(8, "little") + _NONE
_BEGIN = (3).to_bytes(8, "little")
"""ENT_IOB; the last two with and without ENT_TYPE."""
_MISSING = _NONE + _NONE
_FLAGS = msgpack.pack({"has_unknown_spaces": False})
_CATS = msgpack.pack({})
_SPAN_HEAD = 0xC428
"""msgpack's head of a field of 40 bytes."""
_SPAN = struct.Struct(">HQQQllll").pack
"""``SpanGroup.to_bytes``: id, knowledge base id, label, first and last token, first and last code point."""
_SPAN_SIZE = 42


class _Plain(dict[str, bytes]):
    """By word, its row in no entity and at no start; new words are made when they are asked for."""

    __slots__ = ("_end", "_heads", "_norms", "_strings")

    def __init__(self, heads: dict[str, bytes], end: bytes, norms: Norms | None, strings: set[str]) -> None:
        """Take what rows begin with and the strings, both to be filled, and what rows end with.

        ``norms`` is given where rows hold all attributes: then those between ORTH and ENT_IOB stand in them.
        """
        self._heads = heads
        self._end = end
        self._norms = norms
        self._strings = strings

    def __missing__(self, word: str) -> bytes:
        head = packed_id(word)
        if self._norms:
            norm = self._norms.of(word)
            self._strings.add(norm)
            head += packed_id(norm) + _NONE * 4
        self._heads[word] = head
        row = self[word] = head + self._end
        return row


@dataclass(slots=True)
class Bin:
    """The arrays of one DocBin; ``norms`` is needed for ``Attrs.FULL`` alone."""

    attrs: Attrs = Attrs.OWN
    norms: Norms | None = None
    bounded: bool = True
    """Whether tokens inside a sentence say so (SENT_START -1) or nothing (0)."""
    docs: int = 0
    _rows: list[bytes] = field(default_factory=list)
    """The tokens of each Doc."""
    _spaces: bytearray = field(default_factory=bytearray)
    _lengths: array[int] = field(default_factory=lambda: array("i"))
    _groups: list[bytes] = field(default_factory=list)
    _user_data: list[bytes] = field(default_factory=list)
    _heads: dict[str, bytes] = field(default_factory=dict)
    """By word, what its row begins with: its id, and its norm's."""
    _plain: _Plain = field(init=False)
    """By word, its row in no entity and at no start."""
    _strings: set[str] = field(default_factory=lambda: {""})
    """What the tokens and spans name besides the words."""
    _labels: dict[str, tuple[bytes, bytes, int]] = field(default_factory=dict)
    """By label, the fields of an entity's first token, those of its others, and the id."""
    _keys: dict[tuple[str, int], tuple[bytes, bytes]] = field(default_factory=dict)
    """By name of a span group and number of its spans, what stands before and after them."""

    def __post_init__(self) -> None:
        end = _OUTSIDE + self._tail(_NO if self.bounded else _NONE)
        norms_ = self.norms if self.attrs is Attrs.FULL else None
        self._plain = _Plain(self._heads, end, norms_, self._strings)

    def add(
        self,
        words: Sequence[str],
        spaces: Sequence[bool],
        ents: Sequence[Mark],
        groups: Sequence[tuple[str, Group]],
        *,
        starts: Iterable[int] = (0,),
        missing: Sequence[Range] = (),
        user_data: bytes = b"",
    ) -> None:
        """Add a Doc: entities that don't overlap, span groups by key, tokens that start sentences.

        ``user_data`` is msgpack. Offsets are taken as they are: whoever calls has checked them.
        """
        plain = self._plain
        rows = [plain[w] for w in words]
        if ents or missing:
            self._tag(rows, words, ents, missing)
        if self.attrs is not Attrs.MIN and rows:
            self._start(rows, starts)
        if self.attrs is Attrs.FULL:
            self._except(rows, words, spaces)
        self.docs += 1
        self._rows.append(b"".join(rows))
        self._spaces += bytes(spaces)
        self._lengths.append(len(rows))
        self._groups.append(self._grouped(groups))
        if self.attrs is Attrs.OWN:
            self._user_data.append(msgpack.blob(user_data))

    def _tail(self, start: bytes) -> bytes:
        """Return what a row has after ENT_TYPE."""
        if self.attrs is Attrs.MIN:
            return b""
        return start if self.attrs is Attrs.OWN else _NONE + start + _NONE * 3

    def _tag(
        self, rows: list[bytes], words: Sequence[str], ents: Iterable[Mark], missing: Iterable[Range]
    ) -> None:
        """Write the entities into the rows, and where nothing is known."""
        heads = self._heads
        for first, end, label in ents:
            begin, inside, _ = self._labels.get(label) or self._label(label)
            rows[first] = heads[words[first]] + begin
            for n in range(first + 1, end):
                rows[n] = heads[words[n]] + inside
        for first, end in missing:
            tail = _MISSING + self._tail(_NO if self.bounded else _NONE)
            rows[first:end] = [heads[w] + tail for w in words[first:end]]

    def _start(self, rows: list[bytes], starts: Iterable[int]) -> None:
        tail = self._tail(_YES)
        for n in starts:
            rows[n] = rows[n][: -len(tail)] + tail

    def _except(self, rows: list[bytes], words: Sequence[str], spaces: Sequence[bool]) -> None:
        """Write what the tokenizer's exceptions say; see ``norms``."""
        assert self.norms is not None, "all attributes need norms"
        for first, (_, own, bare) in self.norms.found(words, spaces):
            if bare and first == 0 and not self.bounded:
                tail = self._tail(_NONE)
                rows[0] = rows[0][: -len(tail)] + tail
            for n, norm in enumerate(own, first):
                if norm:
                    self._strings.add(norm)
                    rows[n] = rows[n][:8] + packed_id(norm) + rows[n][16:]

    def _label(self, label: str) -> tuple[bytes, bytes, int]:
        packed = packed_id(label)
        tail = packed + self._tail(_NO if self.bounded else _NONE)
        self._strings.add(label)
        self._labels[label] = (_BEGIN + tail, _INSIDE + tail, int.from_bytes(packed, "little"))
        return self._labels[label]

    def _grouped(self, groups: Sequence[tuple[str, Group]]) -> bytes:
        """Return the span groups of a Doc as ``SpanGroups.to_bytes`` does."""
        labels = self._labels
        out = []
        for key, spans in groups:
            before, after = self._keys.get((key, len(spans))) or self._key(key, len(spans))
            out.append(before)
            for label, first, end, start, stop in spans:
                number = (labels.get(label) or self._label(label))[2]
                out.append(_SPAN(_SPAN_HEAD, 0, 0, number, first, end, start, stop))
            out.append(after)
        return msgpack.blob(msgpack.map_head(len(groups)) + b"".join(out))

    def _key(self, key: str, spans: int) -> tuple[bytes, bytes]:
        """Return what stands before and after so many spans of a group; each takes as many bytes."""
        head = msgpack.map_head(3) + msgpack.pack("name") + msgpack.pack(key)
        head += msgpack.pack("attrs") + msgpack.pack({}) + msgpack.pack("spans") + msgpack.array_head(spans)
        size = len(head) + spans * _SPAN_SIZE
        self._keys[key, spans] = (msgpack.blob_head(size) + head, msgpack.pack([key]))
        return self._keys[key, spans]

    @property
    def last(self) -> int:
        """How many tokens the last Doc has."""
        return self._lengths[-1]

    def to_bytes(self) -> bytes:
        """Return the file, as ``DocBin.to_bytes`` does: the payload, deflated."""
        return deflate(self.payload())

    def payload(self) -> Iterator[bytes]:
        """Yield what is deflated, piece by piece; raises UsageError for an array of over 4 GiB.

        srsly would fail there too, after hours: 41 million tokens with all thirteen attributes.
        """
        yield msgpack.map_head(9 + (self.attrs is Attrs.OWN))
        yield msgpack.pack("version") + msgpack.pack("0.1")
        yield msgpack.pack("attrs") + msgpack.pack(_NUMBERS[self.attrs])
        yield msgpack.pack("tokens") + self._head(sum(map(len, self._rows)))
        yield from self._rows
        yield msgpack.pack("spaces") + msgpack.blob(self._spaces)
        yield msgpack.pack("lengths") + msgpack.blob(_little(self._lengths))
        strings = sorted(self._strings.union(self._plain))
        yield msgpack.pack("strings") + msgpack.array_head(len(strings))
        yield from map(msgpack.text, strings)
        yield from self._each("cats", [_CATS] * self.docs)
        yield from self._each("flags", [_FLAGS] * self.docs)
        yield from self._each("span_groups", self._groups)
        if self.attrs is Attrs.OWN:
            yield from self._each("user_data", self._user_data)

    def _head(self, size: int) -> bytes:
        try:
            return msgpack.blob_head(size)
        except msgpack.TooLongError:
            raise UsageError(
                f"{self.docs} Docs are too many for one file: their tokens take over 4 GiB",
                do="give --shard a smaller number",
            ) from None

    def _each(self, key: str, fields: Sequence[bytes]) -> Iterator[bytes]:
        yield msgpack.pack(key) + msgpack.array_head(len(fields))
        yield from fields


def _little(numbers: array[int]) -> bytes:
    """Return 32-bit numbers as bytes, the lowest first."""
    if byteorder == "big":
        numbers = array("i", numbers)
        numbers.byteswap()
    return numbers.tobytes()
