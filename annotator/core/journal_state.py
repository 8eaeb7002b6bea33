"""How far a journal had gone: later it shows what has been added or changed."""

from __future__ import annotations

from msgspec import Struct


class JournalState(Struct, frozen=True):
    """A journal up to one of its lines."""

    seq: int
    """The number of the last record that counts; 0 without one."""
    lines: int
    """How many lines of the file, from the first one on, the digest is of."""
    sha256: str
    """The digest (hex) of these lines, byte for byte."""
