"""The lines that a program knows to be on the disk, packed: they are rescued if an older copy takes their place."""

from __future__ import annotations

import bz2
from array import array
from collections.abc import Sequence
from pathlib import Path

from annotator.core.journal_record import JournalRecord
from annotator.storage.codec import RecordDecoder, line_crc
from annotator.storage.file_io import raw_lines
from annotator.storage.journal_reader import JournalReader
from annotator.storage.rescue import JournalLine

_PACKED_AT = 2**18
"""How many bytes are packed at a time, to some 200 a line: a long session must stay small."""


class SavedLines:
    """The records at the opening of a journal, and the lines that were appended since."""

    def __init__(self, records: Sequence[JournalRecord], crcs: Sequence[int]) -> None:
        """Take the records at the opening with the checksums of their lines."""
        self._records = records
        self._crcs = array("L", crcs)
        self._packed: list[bytes] = []
        self._recent: list[bytes] = []
        self._recent_size = 0

    def add(self, lines: Sequence[bytes]) -> None:
        """Add durable lines, each with its LF."""
        self._recent += lines
        self._recent_size += sum(map(len, lines))
        self._crcs.extend(line_crc(line[:-1]) for line in lines)
        if self._recent_size >= _PACKED_AT:
            self._packed.append(bz2.compress(b"".join(self._recent)))
            self._recent, self._recent_size = [], 0

    def missing_in(self, path: Path) -> tuple[JournalLine, list[JournalRecord]]:
        """Return the last line that a file has in common with the saved ones, and the records that it lacks.

        Raises OSError, AnnotatorError where it cannot be read.
        """
        with path.open("rb") as file:
            reader = JournalReader(str(path)).read(raw_lines(file, str(path)))
        common = 0
        for (_, _, crc), saved in zip(reader.lines, self._crcs, strict=False):
            if crc != saved:
                break
            common += 1
        last = JournalLine(reader.records[common - 1].seq, self._crcs[common - 1]) if common else JournalLine()
        return last, self._all()[common:]

    def _all(self) -> list[JournalRecord]:
        decoder = RecordDecoder()
        data = b"".join([*map(bz2.decompress, self._packed), *self._recent])
        return [*self._records, *(decoder.decode(line) for line in data.split(b"\n")[:-1])]
