"""The 64-bit ids that spaCy stores instead of strings, fast and remembered."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module

from annotator.core.string_ids import SPACY_SYMBOLS, murmurhash64a

_MURMUR_SEED = 1
_CACHE_SIZE = 1 << 17
"""How many ids are kept; a big corpus has more words than memory should hold."""

_cached_ids: dict[str, int] = {}


@cache
def native_murmur() -> Callable[[bytes, int, int], int]:
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
        return _python_murmur
    return call if all(call(x, len(x), _MURMUR_SEED) == murmurhash64a(x) for x in _PROBES) else _python_murmur


def _python_murmur(data: bytes, _: int, seed: int) -> int:
    return murmurhash64a(data, seed)


_PROBES = (b"", b"a", b"Rosavik", b"\xff" * 8, "Zürich – Genève".encode(), b"\0" * 31)


def cached_string_id(string: str) -> int:
    """Return the id of a string, kept for the next time."""
    found = _cached_ids.get(string)
    if found is None:
        if len(_cached_ids) >= _CACHE_SIZE:
            _cached_ids.clear()
        found = _cached_ids[string] = native_string_id(string)
    return found


def native_string_id(string: str) -> int:
    """Return the same without looking whether it is kept, or keeping it."""
    number = SPACY_SYMBOLS.get(string)
    if number is None:
        data = string.encode()
        number = native_murmur()(data, len(data), _MURMUR_SEED)
    return number
