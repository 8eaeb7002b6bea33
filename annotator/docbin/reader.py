"""The arrays of a DocBin, unpacked within bounds and checked against each other."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from msgspec import Struct

from annotator.core.errors import SourceError
from annotator.docbin.string_ids import spacy_string_id

MAX_DOCBIN_BYTES = 2**32
"""The most bytes that a DocBin may inflate to; srsly's msgpack cannot hold more."""
SMALL_DOCBIN_BYTES = 2**24
"""Below this many bytes a DocBin may inflate to any number of times its size."""
MAX_DOCBIN_RATIO = 250
"""How many times its size a larger one may inflate to: news reaches 6 (three attributes) or 13 (all)."""

_MAX_ITEMS = 20_000_000
_CHUNK = 2**20
WRITE_AGAIN = "write the DocBin again with spaCy"
"""What to do with a DocBin that cannot be read."""

ORTH, ENT_IOB, ENT_TYPE, SENT_START = 65, 77, 78, 80
ENTITY_LINKS = 452
UNUSED_ATTRIBUTES = {
    73: "lemmas",
    74: "parts of speech",
    75: "tags",
    76: "dependencies",
    454: "entity ids",
    453: "morphology",
}
"""spaCy's attributes that no document here has a place for."""


class PackedDoc(Struct, frozen=True):
    """One Doc as it is packed; ``columns`` holds one number a token for each attribute that is stored."""

    words: tuple[str, ...]
    spaces: tuple[bool, ...] | None
    """None where the file doesn't know them."""
    columns: Mapping[int, Sequence[int]]
    groups: bytes
    user_data: bytes
    cats: Mapping[str, Any]


class DocBinArrays(Struct, frozen=True):
    """The unpacked arrays of a DocBin."""

    attrs: tuple[int, ...]
    tokens: memoryview
    spaces: bytes
    lengths: tuple[int, ...]
    strings: Mapping[int, str]
    """By id."""
    flags: Sequence[Any]
    groups: Sequence[Any]
    user_data: Sequence[Any]
    cats: Sequence[Any]
    where: str

    def docs(self) -> Iterator[PackedDoc]:
        """Yield the Docs; raises SourceError for a word whose string is not in the file."""
        width = len(self.attrs)
        starts = accumulate(self.lengths, initial=0)
        for n, (start, size) in enumerate(zip(starts, self.lengths, strict=False)):
            flat = self.tokens[start * width : (start + size) * width].tolist()
            columns = {attr: flat[at::width] for at, attr in enumerate(self.attrs)}
            yield PackedDoc(
                tuple(self._word(id_, n) for id_ in columns[ORTH]),
                None if self._unknown_spaces(n) else tuple(map(bool, self.spaces[start : start + size])),
                columns,
                _bytes_at(self.groups, n),
                _bytes_at(self.user_data, n),
                found if n < len(self.cats) and isinstance(found := self.cats[n], dict) else {},
            )

    def _word(self, id_: int, number: int) -> str:
        word = self.strings.get(id_)
        if not word:
            where = f"{self.where}, doc {number + 1}"
            raise SourceError(f"the file has no string for the word {id_}", where=where, do=WRITE_AGAIN)
        return word

    def _unknown_spaces(self, number: int) -> bool:
        flags = self.flags[number] if number < len(self.flags) else None
        return isinstance(flags, dict) and flags.get("has_unknown_spaces") is True


def _bytes_at(found: Sequence[Any], number: int) -> bytes:
    value = found[number] if number < len(found) else b""
    return value if isinstance(value, bytes) else b""


def read_docbin(data: bytes, where: str) -> DocBinArrays:
    """Return the arrays of a DocBin's bytes; raises SourceError for what is none, is damaged or a bomb."""
    found = unpack_msgpack(inflate(data, where), where)
    if not isinstance(found, dict):
        raise _damaged("it holds no map", where)
    attrs, lengths, strings = found.get("attrs"), found.get("lengths"), found.get("strings")
    if not isinstance(attrs, tuple) or not _all_of_type(attrs, int) or len({ORTH, *attrs}) != len(attrs):
        raise _damaged("its attributes are no list of numbers", where)
    if not isinstance(lengths, bytes) or len(lengths) % 4 or not isinstance(strings, tuple):
        raise _damaged("its lengths or strings are missing", where)
    sizes = struct.unpack(f"={len(lengths) // 4}i", lengths)
    tokens, spaces, total = found.get("tokens"), found.get("spaces"), sum(sizes)
    if min(sizes, default=0) < 0 or not isinstance(tokens, bytes) or len(tokens) != 8 * len(attrs) * total:
        raise _damaged("its token array does not fit its lengths", where)
    if not isinstance(spaces, bytes) or len(spaces) != total:
        raise _damaged("its array of blanks does not fit its lengths", where)
    flags, groups, user_data, cats = map(_as_tuple, map(found.get, ("flags", "span_groups", "user_data", "cats")))
    ids = _strings_by_id(strings, where)
    array = memoryview(tokens).cast("Q")
    return DocBinArrays(attrs, array, spaces, sizes, ids, flags, groups, user_data, cats, where)


def _all_of_type(found: Sequence[Any], kind: type) -> bool:
    return all(type(x) is kind for x in found)


def _strings_by_id(strings: Sequence[Any], where: str) -> dict[int, str]:
    if not _all_of_type(strings, str):
        raise _damaged("its strings are no texts", where)
    try:
        return {spacy_string_id(s): s for s in strings}
    except UnicodeEncodeError:
        raise _damaged("one of its strings is no Unicode text", where) from None


def inflate(data: bytes, where: str) -> bytes:
    """Return what zlib (or gzip) bytes inflate to; raises SourceError for damage, and for a bomb."""
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    out: list[bytes] = []
    size, most = 0, min(MAX_DOCBIN_BYTES, max(SMALL_DOCBIN_BYTES, MAX_DOCBIN_RATIO * len(data)))
    try:
        while data and not stream.eof:
            out.append(stream.decompress(data, _CHUNK))
            size += len(out[-1])
            data = stream.unconsumed_tail
            if size > most:
                do = "import it with spaCy if you trust it"
                raise SourceError(f"the file inflates to more than {most:,} bytes", where=where, do=do)
    except zlib.error as error:
        raise _damaged(f"it cannot be inflated, {error}", where) from None
    if not stream.eof:
        raise _damaged("it is cut off", where)
    return b"".join(out)


def unpack_msgpack(data: bytes, where: str) -> Any:
    """Return the value of msgpack bytes, lists as tuples; raises SourceError for anything else.

    srsly's own entry searches entry points on every call, and its numpy hook unpickles objects; the
    unpacker beneath does neither.
    """
    from srsly.msgpack._unpacker import unpackb

    try:
        return unpackb(
            data,
            use_list=False,
            raw=False,
            strict_map_key=False,
            ext_hook=lambda _code, _data: None,  # a DocBin has no extension types
            max_array_len=min(_MAX_ITEMS, len(data)),
            max_map_len=min(_MAX_ITEMS, len(data)),
        )
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise _damaged(f"its msgpack cannot be read, {type(error).__name__}", where) from None


def _damaged(what: str, where: str) -> SourceError:
    return SourceError(f"this is no DocBin, or a damaged one ({what})", where=where, do=WRITE_AGAIN)


# The span groups of a Doc as a DocBin holds them, in each of the three forms that spaCy has written.


_SPAN_STRUCT = struct.Struct(">QQQllll")
PART_ID_PREFIX = "part of "
"""How the id of a span begins that is a part of a discontinuous one; other programs give spans other ids."""


class PackedSpan(Struct, frozen=True):
    """A span of a group: the ids of its label, its link and its own, token indexes and code points."""

    label: int
    kb_id: int
    first: int
    last: int
    """The token after it."""
    start: int
    end: int
    span_id: int = 0


def read_span_groups(data: bytes, where: str) -> Iterator[tuple[str, list[PackedSpan]]]:
    """Yield (key, spans) of each group: a map from groups to keys, or an older list of groups by name.

    Raises SourceError for what is neither.
    """
    found = unpack_msgpack(data, where) if data else ()
    pairs = found.items() if isinstance(found, dict) else ((group, None) for group in _as_tuple(found))
    for group, keys in pairs:
        body = unpack_msgpack(group, where) if isinstance(group, bytes) else None
        if isinstance(body, dict):
            fields = _as_tuple(body.get("spans"))
            if not all(isinstance(x, bytes) and len(x) == _SPAN_STRUCT.size for x in fields):
                raise _damaged("a span group has spans of another form", where)
            spans = [_unpack_span(x) for x in fields]
            names = keys if isinstance(keys, tuple) else (body.get("name"),)
            yield from ((name if isinstance(name, str) else "", spans) for name in names)


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _unpack_span(data: bytes) -> PackedSpan:
    id_, link, label, first, last, start, end = _SPAN_STRUCT.unpack(data)
    return PackedSpan(label, link, first, last, start, end, id_)
