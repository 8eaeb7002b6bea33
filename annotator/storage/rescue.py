"""The last resort: records that the journal could not take, in a file of another place."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from annotator.core.errors import JournalError
from annotator.core.record import Record
from annotator.storage.atomic import write_new
from annotator.storage.places import state_folder
from annotator.storage.records import encode


def write_rescue(records: Sequence[Record], name: str) -> Path:
    """Write journal lines to ``<name>-<n>.jsonl`` in the state folder, else in the temporary one.

    Raises JournalError where neither can be written to.
    """
    data = b"".join(encode(r) for r in records)
    import tempfile  # loaded only when a disk has failed

    for folder in (state_folder() / "rescue", Path(tempfile.gettempdir()) / "annotator-rescue"):
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return _first_free(folder, name, data)
    raise JournalError(
        f"{len(records)} decisions could not be saved anywhere",
        where=str(state_folder() / "rescue"),
        do="keep this window open, free some space and save again",
    )


def _first_free(folder: Path, name: str, data: bytes) -> Path:
    for n in range(1, 100_000):
        path = folder / f"{name}-{n}.jsonl"
        with suppress(FileExistsError):
            write_new(path, data)
            return path
    raise FileExistsError(folder)
