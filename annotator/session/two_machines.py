"""What one annotator has left differently on two machines, and what of that still waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import Op
from annotator.core.journal_record import JournalRecord
from annotator.storage.journal_repair import Contradiction


class MachineDifference(Struct, frozen=True):
    """A sentence as the one machine has left it and as the other has."""

    first: AnnotatedSentence
    second: AnnotatedSentence
    """What counts until the sentence is annotated again."""


def open_differences(
    contradictions: Iterable[Contradiction], records: Sequence[JournalRecord]
) -> dict[str, MachineDifference]:
    """Return those that nobody has settled, by the id of the sentence in force.

    One is settled when its sentence has a later record than the one in force, unless that is an undo back to it.
    """
    by_seq = {r.seq: r for r in records}
    last = {r.annotated.sentence.id: r for r in records}
    found: dict[str, MachineDifference] = {}
    for c in contradictions:
        first, second, now = by_seq.get(c.other), by_seq.get(c.in_force), last.get(c.sentence)
        if first and second and now and c.sentence == second.annotated.sentence.id:
            is_undone = now.op is Op.UNDO and now.annotated == second.annotated
            if now.seq == c.in_force or is_undone:
                found.setdefault(c.sentence, MachineDifference(first.annotated, second.annotated))
    return found
