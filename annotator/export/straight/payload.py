"""One DocBin while it grows: its arrays, and at the end its payload."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from sys import byteorder

from annotator.core.errors import UsageError
from annotator.core.tokens import Range
from annotator.export.straight import msgpack
from annotator.export.straight.columns import NUMBERS, Attrs, Columns, Marks
from annotator.export.straight.deflate import deflate
from annotator.export.straight.ids import string_id
from annotator.export.straight.norms import Norms

Group = Sequence[tuple[str, int, int, int, int]]
"""Spans of a group: label, first token, the one after the last, first code point, the one after the last."""
Groups = Sequence[tuple[str, Group]]
"""The span groups of a Doc by their names."""

_FLAGS = msgpack.pack({"has_unknown_spaces": False})
_CATS = msgpack.pack({})
_SPAN_HEAD = 0xC428
"""msgpack's head of a field of 40 bytes."""
_SPAN = struct.Struct(">HQQQllll").pack
"""``SpanGroup.to_bytes``: id, knowledge base id, label, first and last token, first and last code point."""
_SPAN_SIZE = 42
_Shape = tuple[tuple[str, int], ...]
"""Of each span group of a Doc its name and the number of its spans."""
_Frame = tuple[bytes, list[tuple[bytes, bytes]]]
"""What stands before all groups of a Doc, and before and after the spans of each."""


@dataclass(slots=True)
class Bin:
    """The arrays of one DocBin; ``norms`` is needed for ``Attrs.FULL`` alone."""

    attrs: Attrs = Attrs.OWN
    norms: Norms | None = None
    mark_inside: bool = True
    """Whether tokens inside a sentence say so (SENT_START -1) or nothing (0)."""
    use_numpy: bool = False
    """Whether there will be so many tokens that numpy is worth its loading."""
    docs: int = 0
    _tokens: Columns = field(init=False)
    _spaces: bytearray = field(default_factory=bytearray)
    _lengths: array[int] = field(default_factory=lambda: array("i"))
    _groups: bytearray = field(default_factory=bytearray)
    _user_data: bytearray = field(default_factory=bytearray)
    _labels: dict[str, int] = field(default_factory=dict)
    """By label of a span, its id."""
    _frames: dict[_Shape, _Frame] = field(default_factory=dict)
    """By shape, the bytes of span groups without their spans."""

    def __post_init__(self) -> None:
        norms = self.norms if self.attrs is Attrs.FULL else None
        self._tokens = Columns(self.attrs, norms, mark_inside=self.mark_inside, use_numpy=self.use_numpy)

    def add(
        self,
        words: Sequence[str],
        spaces: Sequence[int],
        ents: Marks,
        groups: Groups,
        *,
        starts: Iterable[int] = (0,),
        missing: Sequence[Range] = (),
        user_data: bytes = b"",
    ) -> None:
        """Add a Doc: entities that don't overlap, span groups by key, tokens that start sentences.

        ``user_data`` is msgpack. Offsets are taken as they are: whoever calls has checked them.
        """
        self._tokens.add(words, bytes(spaces), ents, starts, missing)
        self._add_doc_fields(bytes(spaces), [len(words)], [groups], [user_data])

    def extend(
        self,
        words: Sequence[str],
        spaces: bytes,
        sizes: Sequence[int],
        ents: Sequence[Marks],
        groups: Sequence[Groups],
        user_data: Sequence[bytes],
    ) -> None:
        """Add Docs of one sentence each, of so many tokens; the rest as for ``add``, an entry for each."""
        self._tokens.extend(words, spaces, sizes, ents)
        self._add_doc_fields(spaces, sizes, groups, user_data)

    def _add_doc_fields(
        self, spaces: bytes, sizes: Sequence[int], groups: Sequence[Groups], user_data: Sequence[bytes]
    ) -> None:
        self.docs += len(sizes)
        self._spaces += spaces
        self._lengths.extend(sizes)
        for each in groups:
            self._add_span_groups(each)
        if self.attrs is Attrs.OWN:
            for data in user_data:
                self._user_data += msgpack.blob(data)

    def _add_span_groups(self, groups: Groups) -> None:
        """Add the span groups of a Doc as ``SpanGroups.to_bytes`` packs them."""
        labels, out = self._labels, self._groups
        shape = tuple([(key, len(spans)) for key, spans in groups])
        head, around = self._frames.get(shape) or self._make_frame(shape)
        out += head
        for (_, spans), (before, after) in zip(groups, around, strict=True):
            out += before
            for label, first, end, start, stop in spans:
                if label not in labels:
                    labels[label] = string_id(label)
                out += _SPAN(_SPAN_HEAD, 0, 0, labels[label], first, end, start, stop)
            out += after

    def _make_frame(self, shape: _Shape) -> _Frame:
        """Return what stands before all groups, and before and after the spans of each."""
        around = [_around(key, spans) for key, spans in shape]
        head = msgpack.map_head(len(shape))
        size = len(head) + sum(len(a) + len(b) for a, b in around) + _SPAN_SIZE * sum(n for _, n in shape)
        made = self._frames[shape] = (msgpack.blob_head(size) + head, around)
        return made

    @property
    def last_doc_length(self) -> int:
        """How many tokens the last Doc has."""
        return self._lengths[-1]

    def to_bytes(self) -> bytes:
        """Return the file, as ``DocBin.to_bytes`` does: the payload, deflated."""
        return deflate(self.payload())

    def payload(self) -> Iterator[bytes | bytearray]:
        """Yield what is deflated, piece by piece; raises UsageError for an array of over 4 GiB.

        srsly would fail there too, after hours: 41 million tokens with all thirteen attributes.
        """
        yield msgpack.map_head(9 + (self.attrs is Attrs.OWN))
        yield msgpack.pack("version") + msgpack.pack("0.1")
        yield msgpack.pack("attrs") + msgpack.pack(NUMBERS[self.attrs])
        yield msgpack.pack("tokens") + self._tokens_head(self._tokens.size)
        yield from self._tokens.rows()
        yield msgpack.pack("spaces") + msgpack.blob(self._spaces)
        yield msgpack.pack("lengths") + msgpack.blob(_little(self._lengths))
        strings = sorted({"", *self._tokens.strings(), *self._labels})
        yield msgpack.pack("strings") + msgpack.array_head(len(strings))
        yield from map(msgpack.text, strings)
        yield from self._doc_fields("cats", _CATS * self.docs)
        yield from self._doc_fields("flags", _FLAGS * self.docs)
        yield from self._doc_fields("span_groups", self._groups)
        if self.attrs is Attrs.OWN:
            yield from self._doc_fields("user_data", self._user_data)

    def _tokens_head(self, size: int) -> bytes:
        try:
            return msgpack.blob_head(size)
        except msgpack.TooLongError:
            raise UsageError(
                f"{self.docs} Docs are too many for one file: their tokens take over 4 GiB",
                do="give --shard a smaller number",
            ) from None

    def _doc_fields(self, key: str, fields: bytes | bytearray) -> Iterator[bytes | bytearray]:
        """Yield an array with a field for each Doc."""
        yield msgpack.pack(key) + msgpack.array_head(self.docs)
        yield fields


def _around(key: str, spans: int) -> tuple[bytes, bytes]:
    """Return what stands before and after so many spans of a group; each takes as many bytes."""
    head = msgpack.map_head(3) + msgpack.pack("name") + msgpack.pack(key)
    head += msgpack.pack("attrs") + msgpack.pack({}) + msgpack.pack("spans") + msgpack.array_head(spans)
    return msgpack.blob_head(len(head) + spans * _SPAN_SIZE) + head, msgpack.pack([key])


def _little(numbers: array[int]) -> bytes:
    """Return 32-bit numbers as bytes, the lowest first."""
    if byteorder == "big":
        numbers = array("i", numbers)
        numbers.byteswap()
    return numbers.tobytes()
