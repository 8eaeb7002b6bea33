"""In which line of its journal a record is, for messages that name file and line."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from annotator.core.errors import JournalError
from annotator.storage.file_io import raw_lines, translate_os_errors
from annotator.storage.journal import journal_file_name

_SEQ_FIELD = re.compile(rb',"_seq":(\d{1,18})[,}]')
"""Only a key matches: inside a text, JSON writes a backslash before the quotation mark."""


def find_record_lines(corpus: Path, annotator: str, seqs: Collection[int]) -> dict[int, int]:
    """Return, by number of the record, its line in the file (from 1); raises JournalError.

    Of two lines with one number the first counts, as it does for the journal.
    """
    path = corpus / journal_file_name(annotator)
    wanted = set(seqs)
    found: dict[int, int] = {}
    with translate_os_errors("read", path, JournalError), path.open("rb") as file:
        for line in raw_lines(file, str(path)):
            if m := _SEQ_FIELD.search(line.raw):
                seq = int(m.group(1))
                if seq in wanted:
                    found.setdefault(seq, line.number)
    return found
