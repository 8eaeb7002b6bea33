"""zlib streams, by isal where it is installed: the same format, some fifteen times faster at a like size."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

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
