"""In which line of a journal a record stands, for messages that name file and line."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from annotator.core.errors import JournalError
from annotator.storage.failures import translate_os_errors
from annotator.storage.journal import ANNOTATIONS_FOLDER
from annotator.storage.jsonl import raw_lines

_SEQ_FIELD = re.compile(rb',"_seq":(\d{1,18})[,}]')
"""Only a key looks so: in a text the quotation marks are ``\\"``."""


def journal_file_name(annotator: str) -> str:
    """Return an annotator's journal as a path in the corpus folder."""
    return f"{ANNOTATIONS_FOLDER}/{annotator}.jsonl"


def find_record_lines(corpus: Path, annotator: str, seqs: Collection[int]) -> dict[int, int]:
    """Return, by number of the record, the line (from 1) where it stands; raises JournalError.

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
