"""The 64-bit ids that spaCy stores instead of strings: a hash, or a small number for its own symbols.

An annotator's label may be a symbol (``PERSON`` is 380), and so may a word (``mark``, ``det``). The
numbers are the places in ``data/symbols.txt``, from 1; a test compares it with the installed spaCy
(``spacy/symbols.pyx``), which only ever adds to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from pathlib import Path

_MURMUR_MULTIPLIER = 0xC6A4A7935BD1E995
_MASK_64 = 0xFFFFFFFFFFFFFFFF
_SEED = 1

_SYMBOLS = (Path(__file__).parent / "data" / "symbols.txt").read_text("utf-8").split()
SPACY_SYMBOLS: dict[str, int] = {name: n for n, name in enumerate(["", *_SYMBOLS])}
"""The id of each symbol; the empty string's is 0."""


def murmurhash64a(data: bytes, seed: int = _SEED) -> int:
    """Return MurmurHash64A of ``data`` (Austin Appleby, 2008; public domain), as spaCy's StringStore does."""
    size = len(data)
    h = seed ^ (size * _MURMUR_MULTIPLIER & _MASK_64)
    for at in range(0, size & ~7, 8):
        k = int.from_bytes(data[at : at + 8], "little") * _MURMUR_MULTIPLIER & _MASK_64
        h = ((k ^ k >> 47) * _MURMUR_MULTIPLIER & _MASK_64 ^ h) * _MURMUR_MULTIPLIER & _MASK_64
    if rest := data[size & ~7 :]:
        h = (h ^ int.from_bytes(rest, "little")) * _MURMUR_MULTIPLIER & _MASK_64
    h = (h ^ h >> 47) * _MURMUR_MULTIPLIER & _MASK_64
    return h ^ h >> 47


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

    def in_python(data: bytes, _: int, seed: int) -> int:
        return murmurhash64a(data, seed)

    try:
        import ctypes

        mrmr = import_module("murmurhash.mrmr")  # it has no types

        address = ctypes.pythonapi.PyCapsule_GetPointer
        address.restype, address.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
        call = ctypes.PYFUNCTYPE(ctypes.c_uint64, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint64)(
            address(mrmr.__pyx_capi__["hash64"], b"uint64_t (void *, int, uint64_t)")
        )
    except (ImportError, AttributeError, LookupError, ValueError):
        return in_python
    return call if all(call(x, len(x), _SEED) == murmurhash64a(x) for x in _PROBES) else in_python


_PROBES = (b"", b"a", b"Rosavik", b"\xff" * 8, "Zürich – Genève".encode(), b"\0" * 31)


def cached_string_id(string: str) -> int:
    """Return the id of a string, kept for the next time."""
    found = _cached_ids.get(string)
    if found is None:
        if len(_cached_ids) >= _CACHE_SIZE:
            _cached_ids.clear()
        found = _cached_ids[string] = spacy_string_id(string)
    return found


def spacy_string_id(string: str) -> int:
    """Return the id of a string; symbols have small ones. Raises UnicodeEncodeError for a lone surrogate."""
    number = SPACY_SYMBOLS.get(string)
    if number is None:
        data = string.encode()
        number = native_murmur()(data, len(data), _SEED)
    return number


class StringIds(dict[str, int]):
    """The ids of strings; a new one is made when it is asked for."""

    def __missing__(self, string: str) -> int:
        made = self[string] = spacy_string_id(string)
        return made

    def of(self, strings: Iterable[str]) -> list[int]:
        """Return the id of each string."""
        return list(map(self.__getitem__, strings))
