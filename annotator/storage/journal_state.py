"""The state of a journal on the disk: its last record, and a digest of the lines up to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from annotator.core.errors import JournalError
from annotator.core.journal_state import JournalState
from annotator.storage.file_io import translate_os_errors
from annotator.storage.journal import journal_file_name
from annotator.storage.journal_index import JournalIndex
from annotator.storage.rescue import find_rescue_files

_BLOCK = 1 << 20


def journal_state(corpus: Path, index: JournalIndex) -> JournalState:
    """Return the state of a journal as its index has it, whatever has been appended since; raises JournalError.

    Of a journal with flaws, or with rescued decisions beside it, the whole file counts.
    """
    size = index.offsets[-1] + index.sizes[-1] if index.offsets else 0
    rescued = bool(find_rescue_files(corpus, index.name))
    digest, lines = hashlib.sha256(), 0
    with translate_os_errors("read", index.path, JournalError):
        for block in _blocks(index.path, None if rescued or index.flaws else size):
            digest.update(block)
            lines += block.count(b"\n")
    if rescued:
        digest.update(index.crc.encode())
    return JournalState(index.seqs[-1] if index.seqs else 0, lines, digest.hexdigest())


def has_first_lines(corpus: Path, name: str, state: JournalState) -> bool:
    """Return True if a journal still begins with the lines of a state; raises JournalError.

    An adjudicator's name has the folder before it.
    """
    path = corpus / (f"{name}.jsonl" if "/" in name else journal_file_name(name))
    digest, left = hashlib.sha256(), state.lines
    with translate_os_errors("read", path, JournalError), path.open("rb") as file:
        for line in file:
            if not left:
                break
            digest.update(line)
            left -= 1
    return not left and digest.hexdigest() == state.sha256


def _blocks(path: Path, size: int | None) -> Iterator[bytes]:
    """Yield the first ``size`` bytes of a file; all of them for None."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK if size is None else min(_BLOCK, size)):
            yield block
            size = None if size is None else size - len(block)
