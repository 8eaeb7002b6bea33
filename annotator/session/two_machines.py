"""What one annotator has left differently on two machines, and what of that still waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence
from annotator.core.journal_record import JournalRecord
from annotator.storage.journal_repair import Contradiction
from annotator.storage.repair_reports import open_contradictions


class MachineDifference(Struct, frozen=True):
    """A sentence as the one machine has left it and as the other has."""

    first: AnnotatedSentence
    second: AnnotatedSentence
    """What counts until the sentence is annotated again."""


def open_differences(
    contradictions: Iterable[Contradiction], records: Sequence[JournalRecord]
) -> dict[str, MachineDifference]:
    """Return those that nobody has settled, by the id of the sentence in force."""
    by_seq = {r.seq: r.annotated for r in records}
    waiting = open_contradictions(contradictions, records)
    return {id_: MachineDifference(by_seq[c.other], by_seq[c.in_force]) for id_, c in waiting.items()}
