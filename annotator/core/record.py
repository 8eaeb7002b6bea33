"""The journal in memory: one record a line, and what the records add up to."""

from __future__ import annotations

from dataclasses import dataclass

from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import Op
from annotator.core.keys import KeystrokeCounts


@dataclass(frozen=True, slots=True)
class JournalRecord:
    """One line of a journal: the whole annotation of one sentence after one deed."""

    seq: int
    """Counts from 1 in each journal, without gaps."""
    op: Op
    annotated: AnnotatedSentence
    parent: int | None = None
    """The ``seq`` of the record that this one follows on the same sentence; None for a first."""
    batch: tuple[int, int] | None = None
    """First ``seq`` and size of the batch it belongs to; an incomplete batch is void."""
    annotator: str = ""
    session: str = ""
    time: float = 0.0
    """Seconds since 1970 (UTC)."""
    keystrokes: KeystrokeCounts | None = None
    """The keys that the deed took, in the first record of a batch; None where nobody counted them."""
