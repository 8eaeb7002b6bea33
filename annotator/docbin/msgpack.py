"""The part of msgpack that a DocBin needs, with the shortest forms, as srsly writes them.

Format: https://github.com/msgpack/msgpack/blob/master/spec.md
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

MAX_FIELD_BYTES = 2**32 - 1
"""The most bytes that one field can hold: its length has 32 bits."""


class FieldTooLongError(ValueError):
    """A field of more than ``MOST`` bytes."""


def pack_bytes(data: bytes | bytearray) -> bytes:
    """Return bytes as a field; raises TooLongError over 4 GiB."""
    return bytes_head(len(data)) + data


def bytes_head(size: int) -> bytes:
    """Return what stands before ``size`` bytes; raises TooLongError over 4 GiB."""
    if size < 1 << 8:
        return b"\xc4%c" % size
    if size < 1 << 16:
        return b"\xc5" + size.to_bytes(2, "big")
    if size > MAX_FIELD_BYTES:
        raise FieldTooLongError(f"a field of {size} bytes")
    return b"\xc6" + size.to_bytes(4, "big")


def pack_text(value: str) -> bytes:
    """Return a string as a field."""
    data = value.encode()
    size = len(data)
    if size < 32:
        return b"%c%b" % (0xA0 | size, data)
    if size < 1 << 8:
        return b"\xd9%c%b" % (size, data)
    if size < 1 << 16:
        return b"\xda" + size.to_bytes(2, "big") + data
    return b"\xdb" + size.to_bytes(4, "big") + data


def pack_integer(value: int) -> bytes:
    """Return a whole number of at most 64 bits as a field."""
    if 0 <= value < 128:
        return b"%c" % value
    if -32 <= value < 0:
        return b"%c" % (value + 256)
    for code, bits in ((0xCC, 8), (0xCD, 16), (0xCE, 32), (0xCF, 64)) if value > 0 else ():
        if value < 1 << bits:
            return b"%c" % code + value.to_bytes(bits // 8, "big")
    for code, bits in ((0xD0, 8), (0xD1, 16), (0xD2, 32)):
        if value >= -1 << bits - 1:
            return b"%c" % code + value.to_bytes(bits // 8, "big", signed=True)
    return b"\xd3" + value.to_bytes(8, "big", signed=True)


def array_head(size: int) -> bytes:
    """Return what stands before ``size`` values."""
    return _length_head(size, 0x90, 0xDC)


def map_head(size: int) -> bytes:
    """Return what stands before ``size`` keys, each with its value."""
    return _length_head(size, 0x80, 0xDE)


def _length_head(size: int, short: int, long: int) -> bytes:
    if size < 16:
        return b"%c" % (short | size)
    if size < 1 << 16:
        return b"%c" % long + size.to_bytes(2, "big")
    return b"%c" % (long + 1) + size.to_bytes(4, "big")


def pack_value(value: Any) -> bytes:
    """Return a plain value (text, number, bool, None, list, tuple, dict) as a field; raises TypeError."""
    if isinstance(value, str):
        return pack_text(value)
    if value is None or isinstance(value, bool):
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, int):
        return pack_integer(value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, Mapping):
        return map_head(len(value)) + b"".join(pack_value(k) + pack_value(v) for k, v in value.items())
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return array_head(len(value)) + b"".join(map(pack_value, value))
    raise TypeError(f"{type(value).__name__} is no plain value")
