"""Where the ledger of an import goes, and that nothing is taken in without it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson

from annotator.cli.asked import ImportOptions
from annotator.core.errors import SourceError
from annotator.formats.source import ImportSource
from annotator.storage.atomic import write_atomic
from annotator.storage.failures import translate_os_errors
from annotator.storage.folder import check_outside_corpus

IMPORTS_FOLDER = "imports"
"""Where the ledgers of a corpus's imports lie."""


def check_ledger_path(options: ImportOptions) -> None:
    """Raise AnnotatorError where the user's ledger file would stand in the place of something else."""
    path = options.ledger_file
    if path is None:
        return
    check_outside_corpus(path, options.folder)
    with translate_os_errors("write", path, SourceError):
        if path.exists() and not _is_ledger(path):
            raise SourceError(
                "this file is no ledger, and will not be replaced by one",
                where=str(path),
                do="give --ledger-file another name",
            )


def _is_ledger(path: Path) -> bool:
    last = path.read_bytes().splitlines()[-1:]
    try:
        return "spans" in orjson.loads(last[0])["totals"]
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return False


def ledger_path(options: ImportOptions, sources: Sequence[ImportSource], data: bytes) -> Path:
    """Return where the ledger goes: named after the first file and its own content, never a clock."""
    if options.ledger_file is not None:
        return options.ledger_file
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", sources[0].base).strip(".-")[:60] or "import"
    return options.folder / IMPORTS_FOLDER / f"{stem}-{hashlib.sha256(data).hexdigest()[:8]}.jsonl"


@contextmanager
def ledger_written(path: Path, data: bytes) -> Iterator[None]:
    """Write the ledger before what it tells of is done; an error in the block takes a new one away."""
    new = not path.exists()
    write_ledger(path, data)
    try:
        yield
    except BaseException:
        if new:
            path.unlink(missing_ok=True)
        raise


def write_ledger(path: Path, data: bytes) -> None:
    """Write a ledger, and the folders above it; raises CorpusError."""
    with translate_os_errors("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data)
