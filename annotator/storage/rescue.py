"""The last resort: records that the journal could not take, in a file of another place.

Such a file names its corpus in its first line, and holds journal lines that follow the last one of the
journal. When the journal is next opened for writing and nothing has been added to it meanwhile, they
are appended to it as they are and the file gets the ending ``.saved``. Where the journal has other
records with their numbers, a warning names the file, and a person has to annotate its sentences again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import orjson
from msgspec import Struct

from annotator.core.errors import JournalError, path_text
from annotator.core.journal_record import JournalRecord
from annotator.storage.atomic import write_atomic, write_numbered
from annotator.storage.codec import NewerFormatError, RecordDecoder, RecordLineError, encode_record
from annotator.storage.file_io import dump_json_line
from annotator.storage.user_files import user_state_folder

SAVED_SUFFIX = ".saved"
"""What is added to the name of a file whose records are in the journal."""


class RescueFile(Struct, frozen=True):
    """What a rescue file holds."""

    corpus: str
    """The path of the corpus; empty in a file of an earlier version."""
    records: list[JournalRecord]
    """None where the file cannot be read or a line is damaged."""

    def is_of_other(self, corpus: Path) -> bool:
        """Return True where its own corpus is still there and is another one than ``corpus``."""
        return self.corpus not in {"", path_text(corpus.resolve())} and os.access(self.corpus, os.F_OK)


def write_rescue(records: Sequence[JournalRecord], corpus: Path, annotator: str, earlier: Path | None = None) -> Path:
    """Write journal lines to ``<corpus>-<annotator>-<n>.jsonl`` in the state folder, else in the temporary one.

    ``earlier`` is the file of an earlier call, which is replaced. Raises JournalError where neither
    folder can be written to.
    """
    head = dump_json_line({"_corpus": path_text(corpus.resolve())})
    data = head + b"".join(encode_record(r) for r in records)
    if earlier:
        with suppress(OSError):
            write_atomic(earlier, data)
            return earlier
    for folder in _rescue_folders():
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return write_numbered(folder, f"{rescue_name(corpus, annotator)}-", ".jsonl", data)
    what = f"{len(records)} decisions could not be saved anywhere"
    do = "keep this window open, free some space and save again"
    raise JournalError(what, where=str(user_state_folder() / "rescue"), do=do)


def rescue_name(corpus: Path, annotator: str) -> str:
    """Return what the rescue files of an annotator's journal are called; another corpus may have the name too."""
    return f"{corpus.resolve().name}-{annotator}"


def find_rescue_files(corpus: Path, annotator: str) -> list[Path]:
    """Return the rescue files of that name that are not in a journal yet, oldest first.

    Others can write to the temporary folder too: only files of the user's own count.
    """
    found, name = [], rescue_name(corpus, annotator)
    for folder in _rescue_folders():
        with suppress(OSError):
            numbers = ((_rescue_number(p.name, name), p) for p in folder.iterdir())
            found += [p for n, p in sorted(x for x in numbers if x[0]) if p.lstat().st_uid == os.getuid()]
    return found


def read_rescue(path: Path) -> RescueFile:
    """Return what a rescue file holds."""
    decoder, corpus = RecordDecoder(), ""
    try:
        lines = [line for line in path.read_bytes().split(b"\n") if line.strip()]
        if lines and lines[0].startswith(b'{"_corpus":'):
            corpus = str(orjson.loads(lines.pop(0))["_corpus"])
        return RescueFile(corpus, [decoder.decode(line) for line in lines])
    except (OSError, orjson.JSONDecodeError, RecordLineError, NewerFormatError):
        return RescueFile(corpus, [])


def mark_rescue_saved(path: Path) -> None:
    """Note that a file's records are in the journal; where that cannot be, the next opening sees it."""
    with suppress(OSError):
        path.rename(path.with_name(path.name + SAVED_SUFFIX))


def _rescue_folders() -> tuple[Path, Path]:
    import tempfile  # loaded only when a disk has failed or a rescue file is looked for

    return user_state_folder() / "rescue", Path(tempfile.gettempdir()) / "annotator-rescue"


def _rescue_number(file: str, name: str) -> int:
    """Return the number of a rescue file, or 0 where the file is none of that name."""
    found = re.fullmatch(re.escape(name) + r"-(\d{1,6})\.jsonl", file)
    return int(found.group(1)) if found else 0
