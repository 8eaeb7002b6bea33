"""Files that are no UTF-8, read as if they were; and the notes on what was guessed."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import IO

from annotator.core.pluralize import pluralize
from annotator.core.text_encoding import UTF8, TextEncoding

_CHUNK = 2**16
_MAX_NOTES = 5
"""How many files are named one by one."""


class DecodedFile:
    """The UTF-8 of a file in another encoding; it reads no further ahead than 64 KiB."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        """Begin where the file is; raises UnicodeDecodeError later for bytes that the encoding does not know."""
        self._file, self._decoder = file, codecs.getincrementaldecoder(encoding)()
        self._ahead, self._ended = bytearray(), False

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes of UTF-8, fewer at the end."""
        while len(self._ahead) < size and self._fill():
            pass
        return self._take(size)

    def readline(self, size: int) -> bytes:
        """Return the next line with its LF, or its first ``size`` bytes."""
        searched = 0
        while (at := self._ahead.find(b"\n", searched)) < 0 and len(self._ahead) < size:
            searched = len(self._ahead)
            if not self._fill():
                break
        return self._take(min(size, at + 1) if at >= 0 else size)

    def _fill(self) -> bool:
        """Decode some more; return False at the end."""
        if self._ended:
            return False
        data = self._file.read(_CHUNK)
        self._ended = not data
        self._ahead += self._decoder.decode(data, self._ended).encode()
        return True

    def _take(self, size: int) -> bytes:
        taken = bytes(self._ahead[:size])
        del self._ahead[:size]
        return taken


_encodings: ContextVar[dict[str, TextEncoding] | None] = ContextVar("encodings", default=None)


def note_encoding(file: str, encoding: TextEncoding) -> None:
    """Keep what a file was decoded from, where somebody collects it and it is not UTF-8."""
    found = _encodings.get()
    if found is not None and encoding.name != UTF8:
        found[file] = encoding


@contextmanager
def collected_encodings() -> Iterator[dict[str, TextEncoding]]:
    """Collect the encodings of the files that are read in the block and are no UTF-8, by file."""
    found: dict[str, TextEncoding] = {}
    token = _encodings.set(found)
    try:
        yield found
    finally:
        _encodings.reset(token)


def encoding_notes(found: dict[str, TextEncoding]) -> Iterator[str]:
    """Yield the notes on files that were decoded: those that may be wrong first."""
    ordered = sorted(found.items(), key=lambda x: (not x[1].is_doubtful, not x[1].characters))
    yield from (f"{file}: {encoding.note}" for file, encoding in ordered[:_MAX_NOTES])
    if (more := len(ordered) - _MAX_NOTES) > 0:
        yield f"{pluralize(more, 'more file is', 'more files are')} no UTF-8 and read in the same way"
