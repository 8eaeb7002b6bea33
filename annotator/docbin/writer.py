"""One DocBin while it grows: its arrays, and at the end its payload."""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from sys import byteorder
from typing import Any

import msgspec
from msgspec import Struct

from annotator.core.errors import UsageError
from annotator.core.tokens import TokenRange
from annotator.docbin.norms import Norms
from annotator.docbin.string_ids import cached_string_id
from annotator.docbin.token_columns import ATTRIBUTE_IDS, AttributeSet, TokenColumns, TokenSpans

# The fields of msgpack (https://github.com/msgpack/msgpack/blob/master/spec.md): msgspec packs whole values, as
# srsly does; for what a DocBin streams, the head is written here.

MAX_FIELD_BYTES = 2**32 - 1
"""The most bytes that one field can hold: its length has 32 bits."""

pack_msgpack = msgspec.msgpack.Encoder().encode
"""Return a plain value (text, bytes, number, bool, None, list, tuple, dict) as a field."""


def bytes_head(size: int) -> bytes:
    """Return what precedes ``size`` bytes; raises OverflowError over 4 GiB."""
    if size < 1 << 8:
        return b"\xc4%c" % size
    if size < 1 << 16:
        return b"\xc5" + size.to_bytes(2, "big")
    return b"\xc6" + size.to_bytes(4, "big")


def array_head(size: int) -> bytes:
    """Return what precedes ``size`` values."""
    return _length_head(size, 0x90, 0xDC)


def map_head(size: int) -> bytes:
    """Return what precedes ``size`` keys, each with its value."""
    return _length_head(size, 0x80, 0xDE)


def _length_head(size: int, short: int, long: int) -> bytes:
    if size < 16:
        return b"%c" % (short | size)
    if size < 1 << 16:
        return b"%c" % long + size.to_bytes(2, "big")
    return b"%c" % (long + 1) + size.to_bytes(4, "big")


# zlib streams, by isal where it is installed: the same format, some fifteen times faster at a like size.


_CHUNK = 1 << 16
_LEVEL = 2
"""isal's levels go to 3; 2 packs a little tighter than 1 in the same time."""


def deflate_chunks(pieces: Iterable[bytes | bytearray]) -> bytes:
    """Return the pieces as one zlib stream, which any zlib inflates."""
    packer = _compressor()
    out: list[bytes] = [packer.compress(chunk) for chunk in _joined_chunks(pieces)]
    out.append(packer.flush())
    return b"".join(out)


def _compressor() -> Any:
    try:
        from isal import isal_zlib
    except ImportError:  # an extra: the standard library does the same, slower
        return zlib.compressobj()
    return isal_zlib.compressobj(_LEVEL)


def _joined_chunks(pieces: Iterable[bytes | bytearray]) -> Iterable[bytes | bytearray]:
    """Join small pieces: a call costs more than a few bytes do."""
    kept: list[bytes | bytearray] = []
    size = 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield b"".join(kept)
            kept, size = [], 0
    yield b"".join(kept)


GroupSpans = Sequence[tuple[str, int, int, int, int] | tuple[str, int, int, int, int, str]]
"""Spans of a group: label, first token, the one after the last, first code point, the one after the last, span id."""
SpanGroups = Sequence[tuple[str, GroupSpans]]
"""The span groups of a Doc by their names."""

_DOC_FLAGS = pack_msgpack({"has_unknown_spaces": False})
_DOC_CATS = pack_msgpack({})
_SPAN_HEAD = 0xC428
"""msgpack's head of a field of 40 bytes."""
_pack_span = struct.Struct(">HQQQllll").pack
"""``SpanGroup.to_bytes``: id, knowledge base id, label, first and last token, first and last code point."""
_SPAN_SIZE = 42
_GroupShape = tuple[tuple[str, int], ...]
"""Of each span group of a Doc its name and the number of its spans."""
_GroupFrame = tuple[bytes, list[tuple[bytes, bytes]]]
"""What precedes all groups of a Doc, and what surrounds the spans of each."""


class DocContent(Struct, frozen=True):
    """What a DocBin stores of a Doc; its maker has checked the offsets."""

    words: Sequence[str]
    spaces: Sequence[int]
    ents: TokenSpans
    """They do not overlap."""
    groups: SpanGroups
    starts: Sequence[int] = (0,)
    """The first tokens of the sentences."""
    missing: Sequence[TokenRange] = ()
    user_data: bytes = b""
    """As msgpack; empty where it is not stored."""


@dataclass(slots=True)
class DocBinWriter:
    """The arrays of one DocBin; ``norms`` is needed for ``Attrs.FULL`` alone."""

    attrs: AttributeSet = AttributeSet.OWN
    norms: Norms | None = None
    mark_inside: bool = True
    """Whether tokens inside a sentence are marked as such (SENT_START -1) or not (0)."""
    use_numpy: bool = False
    """Whether there will be enough tokens for numpy to be worth its loading."""
    docs: int = 0
    _tokens: TokenColumns = field(init=False)
    _spaces: bytearray = field(default_factory=bytearray)
    _lengths: array[int] = field(default_factory=lambda: array("i"))
    _groups: bytearray = field(default_factory=bytearray)
    _user_data: bytearray = field(default_factory=bytearray)
    _labels: dict[str, int] = field(default_factory=dict)
    """By label of a span, its id."""
    _frames: dict[_GroupShape, _GroupFrame] = field(default_factory=dict)
    """By shape, the bytes of span groups without their spans."""

    def __post_init__(self) -> None:
        norms = self.norms if self.attrs is AttributeSet.FULL else None
        self._tokens = TokenColumns(self.attrs, norms, mark_inside=self.mark_inside, use_numpy=self.use_numpy)

    def add(self, doc: DocContent) -> None:
        """Add a Doc."""
        spaces = bytes(doc.spaces)
        self._tokens.add(doc.words, spaces, doc.ents, doc.starts, doc.missing)
        self._add_doc_fields(spaces, [len(doc.words)], [doc.groups], [doc.user_data])

    def extend(
        self,
        words: Sequence[str],
        spaces: bytes,
        sizes: Sequence[int],
        ents: Sequence[TokenSpans],
        groups: Sequence[SpanGroups],
        user_data: Sequence[bytes],
    ) -> None:
        """Add Docs of one sentence each, of these numbers of tokens; the rest is in ``DocContent``, an entry each."""
        self._tokens.extend(words, spaces, sizes, ents)
        self._add_doc_fields(spaces, sizes, groups, user_data)

    def _add_doc_fields(
        self, spaces: bytes, sizes: Sequence[int], groups: Sequence[SpanGroups], user_data: Sequence[bytes]
    ) -> None:
        self.docs += len(sizes)
        self._spaces += spaces
        self._lengths.extend(sizes)
        for each in groups:
            self._add_span_groups(each)
        if self.attrs is AttributeSet.OWN:
            for data in user_data:
                self._user_data += pack_msgpack(data)

    def _add_span_groups(self, groups: SpanGroups) -> None:
        """Add the span groups of a Doc as ``SpanGroups.to_bytes`` packs them."""
        labels, out = self._labels, self._groups
        shape = tuple([(key, len(spans)) for key, spans in groups])
        head, around = self._frames.get(shape) or self._make_frame(shape)
        out += head
        for (_, spans), (before, after) in zip(groups, around, strict=True):
            out += before
            for label, first, end, start, stop, *ids in spans:
                for string in (label, *ids):
                    if string not in labels:
                        labels[string] = cached_string_id(string)
                id_ = labels[ids[0]] if ids else 0
                out += _pack_span(_SPAN_HEAD, id_, 0, labels[label], first, end, start, stop)
            out += after

    def _make_frame(self, shape: _GroupShape) -> _GroupFrame:
        """Return what precedes all groups, and what surrounds the spans of each."""
        around = [_group_frame(key, spans) for key, spans in shape]
        head = map_head(len(shape))
        size = len(head) + sum(len(a) + len(b) for a, b in around) + _SPAN_SIZE * sum(n for _, n in shape)
        made = self._frames[shape] = (bytes_head(size) + head, around)
        return made

    def to_bytes(self) -> bytes:
        """Return the file, as ``DocBin.to_bytes`` does: the payload, deflated."""
        return deflate_chunks(self.payload())

    def payload(self) -> Iterator[bytes | bytearray]:
        """Yield what is deflated, piece by piece; raises UsageError for an array of over 4 GiB.

        srsly would fail there too, after hours: 41 million tokens with all thirteen attributes.
        """
        yield map_head(9 + (self.attrs is AttributeSet.OWN))
        yield pack_msgpack("version") + pack_msgpack("0.1")
        yield pack_msgpack("attrs") + pack_msgpack(ATTRIBUTE_IDS[self.attrs])
        if self._tokens.size > MAX_FIELD_BYTES:
            what = f"{self.docs} Docs are too many for one file: their tokens take over 4 GiB"
            raise UsageError(what, do="give --shard a smaller number")
        yield pack_msgpack("tokens") + bytes_head(self._tokens.size)
        yield from self._tokens.rows()
        yield pack_msgpack("spaces") + pack_msgpack(self._spaces)
        yield pack_msgpack("lengths") + pack_msgpack(_little_endian(self._lengths))
        strings = sorted(self._tokens.strings().union(self._labels, ("",) if self.docs else ()))
        yield pack_msgpack("strings") + array_head(len(strings))
        yield from map(pack_msgpack, strings)
        yield from self._doc_fields("cats", _DOC_CATS * self.docs)
        yield from self._doc_fields("flags", _DOC_FLAGS * self.docs)
        yield from self._doc_fields("span_groups", self._groups)
        if self.attrs is AttributeSet.OWN:
            yield from self._doc_fields("user_data", self._user_data)

    def _doc_fields(self, key: str, fields: bytes | bytearray) -> Iterator[bytes | bytearray]:
        """Yield an array with a field for each Doc."""
        yield pack_msgpack(key) + array_head(self.docs)
        yield fields


def _group_frame(key: str, spans: int) -> tuple[bytes, bytes]:
    """Return what surrounds this many spans of a group; each takes as many bytes."""
    values: tuple[object, ...] = ("name", key, "attrs", {}, "spans")
    head = map_head(3) + b"".join(map(pack_msgpack, values)) + array_head(spans)
    return bytes_head(len(head) + spans * _SPAN_SIZE) + head, pack_msgpack([key])


def _little_endian(numbers: array[int]) -> bytes:
    """Return 32-bit numbers as bytes, the lowest first."""
    if byteorder == "big":
        numbers = array("i", numbers)
        numbers.byteswap()
    return numbers.tobytes()
