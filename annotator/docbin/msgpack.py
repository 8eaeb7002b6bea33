"""The heads of msgpack's fields, for what a DocBin streams; msgspec packs whole values, as srsly does.

Format: https://github.com/msgpack/msgpack/blob/master/spec.md
"""

from __future__ import annotations

import msgspec

MAX_FIELD_BYTES = 2**32 - 1
"""The most bytes that one field can hold: its length has 32 bits."""

pack = msgspec.msgpack.Encoder().encode
"""Return a plain value (text, bytes, number, bool, None, list, tuple, dict) as a field."""


class FieldTooLongError(ValueError):
    """A field of more than ``MAX_FIELD_BYTES`` bytes."""


def bytes_head(size: int) -> bytes:
    """Return what precedes ``size`` bytes; raises FieldTooLongError over 4 GiB."""
    if size < 1 << 8:
        return b"\xc4%c" % size
    if size < 1 << 16:
        return b"\xc5" + size.to_bytes(2, "big")
    if size > MAX_FIELD_BYTES:
        raise FieldTooLongError(f"a field of {size} bytes")
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
