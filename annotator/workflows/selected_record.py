"""A record of a journal that is in force, by its numbers: a million of them have room in memory."""

from __future__ import annotations

from typing import NamedTuple

RecordNumber = tuple[int, int]
"""Which of the journals, and which of its records."""


class SelectedRecord(NamedTuple):
    """A record in force: its sentence's place in the article, whose it is, and the answer's number."""

    start: int
    end: int
    journal_number: int
    number: int
    answer: int
    article: str = ""

    @property
    def record_number(self) -> RecordNumber:
        """Which record it is."""
        return self.journal_number, self.number

    @property
    def range(self) -> tuple[int, int]:
        """Where the sentence is, in code points of the article."""
        return self.start, self.end

    @property
    def sentence_id(self) -> str:
        """The id of its sentence."""
        return f"{self.article}:{self.start}-{self.end}"
