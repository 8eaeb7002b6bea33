"""The 64-bit ids that spaCy stores instead of strings."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module

from annotator.export.straight.symbols import SYMBOLS

_M = 0xC6A4A7935BD1E995
_ALL = 0xFFFFFFFFFFFFFFFF
_SEED = 1
_MOST = 1 << 17
"""How many ids are kept; a big corpus has more words than memory should hold."""

_kept: dict[str, bytes] = {}


def murmur(data: bytes, seed: int = _SEED) -> int:
    """Return MurmurHash64A of ``data`` (Austin Appleby, 2008; public domain), as spaCy's StringStore does."""
    size = len(data)
    h = seed ^ (size * _M & _ALL)
    if size >= 8:
        for at in range(0, size & ~7, 8):
            k = int.from_bytes(data[at : at + 8], "little") * _M & _ALL
            h = ((k ^ k >> 47) * _M & _ALL ^ h) * _M & _ALL
        data = data[size & ~7 :]
    if data:
        h = (h ^ int.from_bytes(data, "little")) * _M & _ALL
    h = (h ^ h >> 47) * _M & _ALL
    return h ^ h >> 47


@cache
def native() -> Callable[[bytes, int, int], int]:
    """Return MurmurHash64A of (bytes, their number, seed) in C, or in Python where that can't be had.

    It is that of ``murmurhash``, the package that spaCy hashes with, which offers it to Cython alone:
    so it is called by its address. That needs no spaCy and takes a third of the time; its answers are
    tried before it is used.
    """
    try:
        import ctypes

        mrmr = import_module("murmurhash.mrmr")  # it has no types

        address = ctypes.pythonapi.PyCapsule_GetPointer
        address.restype, address.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
        call = ctypes.PYFUNCTYPE(ctypes.c_uint64, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint64)(
            address(mrmr.__pyx_capi__["hash64"], b"uint64_t (void *, int, uint64_t)")
        )
    except (ImportError, AttributeError, LookupError, ValueError):
        return _plain
    return call if all(call(x, len(x), _SEED) == murmur(x) for x in _TRIED) else _plain


def _plain(data: bytes, _: int, seed: int) -> int:
    return murmur(data, seed)


_TRIED = (b"", b"a", b"Rosavik", b"\xff" * 8, "Zürich – Genève".encode(), b"\0" * 31)


def string_id(string: str) -> int:
    """Return the id of a string; symbols have small ones. Raises UnicodeEncodeError for a lone surrogate."""
    return int.from_bytes(packed_id(string), "little")


def packed_id(string: str) -> bytes:
    """Return the id as DocBin's arrays hold it: 8 bytes, the lowest first."""
    found = _kept.get(string)
    if found is None:
        if len(_kept) >= _MOST:
            _kept.clear()
        number = SYMBOLS.get(string)
        if number is None:
            data = string.encode()
            number = native()(data, len(data), _SEED)
        found = _kept[string] = number.to_bytes(8, "little")
    return found
