"""What earlier repairs have left for a person: sentences that two machines have annotated differently."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

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
    """Yield what repairs of an annotator's journal found, oldest first; a report that cannot be read counts nothing.

    One is settled when its sentence has a later record than the one in force.
    """
    for path in sorted((corpus / DAMAGED_FOLDER).glob(f"*/{REPORT_FILE}")):
        with suppress(OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
            report = msgspec.json.decode(path.read_bytes(), type=_Report)
            for file in report.files:
                if file.file == journal_file_name(annotator):
                    yield from file.contradictions
