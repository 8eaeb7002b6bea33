"""What earlier repairs have left for a person: sentences that two machines have annotated differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import Op
from annotator.core.journal_record import JournalRecord
from annotator.storage.corpus_layout import DAMAGED_FOLDER
from annotator.storage.journal import journal_file_name
from annotator.storage.journal_repair import Contradiction

REPORT_FILE = "repair.json"
"""The report of a repair, beside the files as they were."""


class _ReportedFile(Struct, frozen=True):
    file: str
    contradictions: tuple[Contradiction, ...] = ()


class _Report(Struct, frozen=True):
    files: tuple[_ReportedFile, ...] = ()


def read_contradictions(corpus: Path, annotator: str) -> Iterator[Contradiction]:
    """Yield what repairs of an annotator's journal found, oldest first; a report that cannot be read counts nothing."""
    for path in sorted((corpus / DAMAGED_FOLDER).glob(f"*/{REPORT_FILE}")):
        with suppress(OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
            report = msgspec.json.decode(path.read_bytes(), type=_Report)
            for file in report.files:
                if file.file == journal_file_name(annotator):
                    yield from file.contradictions


def open_contradictions(
    contradictions: Iterable[Contradiction], records: Sequence[JournalRecord]
) -> dict[str, Contradiction]:
    """Return those that nobody has settled, by the id of the sentence in force.

    One is settled when its sentence has a later record than the one in force, unless undo and redo have led back.
    """
    by_seq = {r.seq: r for r in records}
    last: dict[str, JournalRecord] = {}
    before: dict[str, JournalRecord] = {}
    for r in records:
        before[r.annotated.sentence.id] = last.get(r.annotated.sentence.id, r)
        last[r.annotated.sentence.id] = r
    found: dict[str, Contradiction] = {}
    for c in contradictions:
        second, now = by_seq.get(c.in_force), last.get(c.sentence)
        if c.other in by_seq and second and now and c.sentence == second.annotated.sentence.id:
            was = (before[c.sentence].annotated,)
            if now.seq == c.in_force or leads_back(now.op, was, now.annotated, second.annotated):
                found.setdefault(c.sentence, c)
    return found


def leads_back(
    op: Op, before: Sequence[AnnotatedSentence], after: AnnotatedSentence, second: AnnotatedSentence
) -> bool:
    """Return True if undo, or redo of more than a decision, leads to what counts until somebody decides."""
    return after == second and (op is Op.UNDO or (op is Op.REDO and second not in before))
