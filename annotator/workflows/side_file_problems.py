"""What is damaged in the files beside the journals: adjudications, second passes and claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from annotator.checks.problem import Problem, ProblemKind, ProblemLocation
from annotator.core.errors import JournalError
from annotator.storage.claims import claims_file_name, read_claims
from annotator.storage.corpus_layout import CLAIMS_FOLDER
from annotator.storage.journal import annotator_names
from annotator.storage.journal_reader import LineFlaw
from annotator.storage.side_journals import SIDE_FOLDERS, read_side_journal, side_journal_file, side_journal_names

_RESTORE = "restore the file from a copy; all other lines count"


def side_file_problems(corpus: Path) -> Iterator[Problem]:
    """Yield the lines that do not count, and the files that cannot be read."""
    for folder in SIDE_FOLDERS:
        for name in side_journal_names(corpus, folder):
            file = side_journal_file(folder, name)
            try:
                yield from _line_problems(file, name, read_side_journal(corpus, folder, name).flaws)
            except JournalError as error:
                yield _unreadable(file, name, error)
    for name in annotator_names(corpus, CLAIMS_FOLDER):
        file = claims_file_name(name)
        try:
            yield from _line_problems(file, name, read_claims(corpus, name).flaws)
        except JournalError as error:
            yield _unreadable(file, name, error)


def _line_problems(file: str, name: str, flaws: Sequence[LineFlaw]) -> Iterator[Problem]:
    for flaw in flaws:
        place = ProblemLocation(annotator=name, file=file, line=flaw.line)
        yield Problem(ProblemKind.JOURNAL, place, f"the line does not count: {flaw.reason}", _RESTORE)


def _unreadable(file: str, name: str, error: JournalError) -> Problem:
    return Problem(ProblemKind.JOURNAL, ProblemLocation(annotator=name, file=file), error.what, error.do)
