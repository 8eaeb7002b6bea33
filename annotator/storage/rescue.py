"""The last resort: records that the journal could not take, in a file of another place.

The first line of such a file names its corpus and annotator, and the line of the journal that its records
follow, by number and checksum: so they find their journal wherever the corpus folder is by then. When that
journal is next opened for writing and nothing has been added to it meanwhile, they are appended to it as they
are and the file gets the ending ``.saved``. Where the journal has other records with their numbers, or has gone back,
a warning names the file and ``annotator repair``, which puts them behind the others.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import dropwhile
from pathlib import Path
from typing import Any, Protocol

import orjson
from msgspec import Struct
from msgspec.structs import replace

from annotator.core.errors import CorpusError, JournalError, path_text
from annotator.core.journal_record import JournalRecord
from annotator.core.pluralize import pluralize
from annotator.storage.articles import ArticleStore
from annotator.storage.atomic import make_folder, write_atomic, write_numbered
from annotator.storage.codec import NewerFormatError, RecordDecoder, RecordLineError, encode_record
from annotator.storage.corpus_layout import corpus_identity, repair_command
from annotator.storage.file_io import dump_json_line, raw_lines
from annotator.storage.user_files import user_state_folder

SAVED_SUFFIX = ".saved"
"""What is added to the name of a file whose records are in the journal."""


class JournalLine(Struct, frozen=True):
    """A line of a journal by its number and its checksum; 0 is before the first line."""

    seq: int = 0
    crc: int = 0


class RescueFile(Struct, frozen=True):
    """What a rescue file holds."""

    path: Path
    corpus: str = ""
    """The path of the corpus when it was written; empty in a file of 0.1."""
    corpus_id: str = ""
    """What the clones of the corpus have in common; it decides where the journal was empty."""
    follows: JournalLine | None = None
    """The last line of the journal when it was written; None in a file of an earlier version."""
    records: tuple[JournalRecord, ...] = ()
    """None where the file cannot be read or a line is damaged."""


# -- writing ---------------------------------------------------------------------------------------


class RescueTarget(Struct):
    """Where the records of one open journal are rescued to: one file, replaced by each later call."""

    corpus: Path
    annotator: str
    corpus_id: str = ""
    file: Path | None = None

    def write(self, records: Sequence[JournalRecord], follows: JournalLine) -> Path:
        """Write all unsaved records to the state folder, else to a temporary one, and return the file.

        Raises JournalError where none of the folders can be written to.
        """
        head = {
            "_corpus": path_text(self.corpus),
            "_corpus_id": self.corpus_id,
            "_annotator": self.annotator,
            "_follows": {"_seq": follows.seq, "_crc": f"{follows.crc:08x}"},
        }
        data = dump_json_line(head) + b"".join(encode_record(r) for r in records)
        if self.file:
            with suppress(OSError):
                write_atomic(self.file, data)
                return self.file
        for folder in _folders_to_write():
            with suppress(OSError):
                make_folder(folder, 0o700)
                if folder.lstat().st_uid != os.getuid():  # another user made it, and could read or remove the file
                    continue
                name = f"{self.corpus.name}-{self.annotator}-"
                self.file = write_numbered(folder, name, ".jsonl", data)
                return self.file
        what = f"{len(records)} decisions could not be saved anywhere"
        do = "keep this window open, free some space and save again"
        raise JournalError(what, where=str(user_state_folder() / "rescue"), do=do)

    def note_saved(self) -> None:
        """Note that the journal has taken all records."""
        if self.file:
            mark_rescue_saved(self.file)
            self.file = None


def mark_rescue_saved(path: Path) -> None:
    """Note that a file's records are in the journal; where that cannot be, the next opening sees it."""
    with suppress(OSError):
        path.rename(path.with_name(path.name + SAVED_SUFFIX))


TEMPORARY_FOLDERS = ("/tmp", "/var/tmp", "/usr/tmp")  # noqa: S108  (each user writes only in a folder of their own)
"""The temporary folders of a system; those that the environment names come before them."""


def _temporary_folders() -> list[Path]:
    """Return every temporary folder there is.

    ``tempfile.gettempdir`` names only one that can be written to now: another one than when the disk was full.
    """
    named = (os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP"))
    return [p for p in (Path(n).absolute() for n in (*named, *TEMPORARY_FOLDERS) if n) if p.is_dir()]


def _folders_to_write() -> list[Path]:
    """Return where a rescue file may be written, the best place first; each user has a folder of their own."""
    return [user_state_folder() / "rescue", *(p / f"annotator-rescue-{os.getuid()}" for p in _temporary_folders())]


def _folders_to_read() -> list[Path]:
    """Return every folder that may have rescue files, each once, however many names it has."""
    shared = [p / "annotator-rescue" for p in _temporary_folders()]  # of 0.2 and before
    return list({os.path.realpath(p): p for p in reversed([*_folders_to_write(), *shared])}.values())[::-1]


# -- finding and reading ---------------------------------------------------------------------------


def rescued_annotators(corpus: Path) -> set[str]:
    """Return the names of which records were rescued from the corpus at this place."""
    here = path_text(corpus.resolve())
    heads = [_read_head(path) for _, path in _own_files()]
    return {str(head.get("_annotator", "")) for head in heads if head.get("_corpus") == here}


def find_rescue_files(corpus: Path, annotator: str) -> list[Path]:
    """Return the files of this annotator that are not in a journal yet, oldest first; of any corpus.

    A file of an earlier version is found by its name alone.
    """
    name = f"{corpus.resolve().name}-{annotator}"
    return [p for n, p in _own_files() if _read_head(p).get("_annotator", annotator * (n == name)) == annotator]


def _own_files() -> Iterator[tuple[str, Path]]:
    """Yield the user's rescue files, oldest first in each folder, each with its name without the number.

    Others can write to the temporary folder too: their files do not count.
    """
    for folder in _folders_to_read():
        with suppress(OSError):
            numbered = ((_FILE_NAME.fullmatch(p.name), p) for p in folder.iterdir())
            for _, name, path in sorted((int(m.group(2)), m.group(1), p) for m, p in numbered if m):
                if path.lstat().st_uid == os.getuid():
                    yield name, path


_FILE_NAME = re.compile(r"(.*)-(\d{1,6})\.jsonl")


def _read_head(path: Path) -> dict[str, Any]:
    """Return the first line of a rescue file; empty for a file of 0.1, or one that cannot be read."""
    with suppress(OSError, orjson.JSONDecodeError), path.open("rb") as file:
        line = file.readline(100_000)
        return dict(orjson.loads(line)) if line.startswith(b'{"_corpus":') else {}
    return {}


def read_rescue(path: Path) -> RescueFile:
    """Return what a rescue file holds."""
    head, decoder = _read_head(path), RecordDecoder()
    records: tuple[JournalRecord, ...] = ()
    follows: JournalLine | None = None
    try:
        lines = [line for line in path.read_bytes().split(b"\n") if line.strip()]
        records = tuple(decoder.decode(line) for line in lines[1 if head else 0 :])
        if "_follows" in head:
            follows = JournalLine(int(head["_follows"]["_seq"]), int(head["_follows"]["_crc"], 16))
    except (OSError, KeyError, TypeError, ValueError, RecordLineError, NewerFormatError):
        records = ()
    return RescueFile(path, str(head.get("_corpus", "")), str(head.get("_corpus_id", "")), follows, records)


# -- bringing back ---------------------------------------------------------------------------------


class RescuedJournal(Protocol):
    """A journal of which records may have been rescued."""

    path: Path
    annotator: str
    corpus_id: str
    records: tuple[JournalRecord, ...]

    def has_line(self, line: JournalLine) -> bool:
        """Return True if a line of this number has this checksum."""


class OpenJournal(RescuedJournal, Protocol):
    """The journal that records are brought back to."""

    next_seq: int
    warnings: list[str]
    not_restored: list[str]

    @property
    def read_only(self) -> bool:
        """True if it takes no records."""

    def append(self, records: Sequence[JournalRecord]) -> None:
        """Add records durably; raises JournalError."""

    def keep_pending(self, records: Sequence[JournalRecord], error: JournalError, rescued: Path) -> None:
        """Keep records that ``append`` has refused, as those to be saved next."""


def rescued_files(journal: RescuedJournal) -> Iterator[RescueFile]:
    """Yield the rescue files that belong to a journal, oldest first."""
    for path in find_rescue_files(_corpus_of(journal), journal.annotator):
        rescued = read_rescue(path)
        if _belongs(rescued, journal):
            yield rescued


def lacking_records(rescued: RescueFile, journal: RescuedJournal) -> list[JournalRecord]:
    """Return the rescued records that a journal lacks, whole edits only.

    It has the first of them where a write that hung ended after all had been rescued, and all of them at its end,
    under other numbers, where a repair was killed before it could mark the file.
    """
    records = list(rescued.records)
    if list(map(_content, records)) == list(map(_content, journal.records[-len(records) :])):
        return []
    by_seq = {r.seq: r for r in journal.records}
    return list(dropwhile(lambda r: by_seq.get(r.seq) == r, records))


def _content(record: JournalRecord) -> JournalRecord:
    """Return a record without what ``repair`` changes where it gets another number."""
    return replace(record, seq=0, parent=None, batch=None)


def restore_rescued(journal: OpenJournal) -> None:
    """Restore records from rescue files where they follow the last record, else warn about them."""
    for rescued in rescued_files(journal):
        if not _restore_from(rescued, journal):
            what = pluralize(len(rescued.records), "decision") if rescued.records else "some decisions"
            verb = "is" if len(rescued.records) == 1 else "are"
            journal.not_restored.append(
                f"{what} that could not be saved {verb} in {rescued.path}: " + _explain_not_restored(rescued, journal)
            )
    journal.warnings += journal.not_restored


def _belongs(rescued: RescueFile, journal: RescuedJournal) -> bool:
    """Return True if the records are of this journal, and not of one that is still where they were rescued from."""
    is_here = rescued.corpus in {"", path_text(_corpus_of(journal))}
    if rescued.follows is None:
        return (is_here or not os.access(rescued.corpus, os.F_OK)) and _has_articles(rescued, journal)
    if _is_followed(rescued, journal):
        return is_here or not _is_still_there(Path(rescued.corpus), journal, rescued.follows)
    return is_here and _has_articles(rescued, journal)


def _corpus_of(journal: RescuedJournal) -> Path:
    return journal.path.parent.parent.resolve()


def _has_articles(rescued: RescueFile, journal: RescuedJournal) -> bool:
    articles = ArticleStore(_corpus_of(journal))
    return all(articles.has(r.annotated.sentence.article) for r in rescued.records)


def _is_followed(rescued: RescueFile, journal: RescuedJournal) -> bool:
    """Return True if the journal has the line that the records follow."""
    if rescued.follows is None:
        return True
    if rescued.follows.seq:
        return journal.has_line(rescued.follows)
    is_here = rescued.corpus == path_text(_corpus_of(journal))
    has_ids = bool(rescued.corpus_id and journal.corpus_id)  # else its settings were or are damaged
    return (rescued.corpus_id == journal.corpus_id if has_ids else is_here) and _has_articles(rescued, journal)


def _is_still_there(corpus: Path, journal: RescuedJournal, line: JournalLine) -> bool:
    """Return True if a corpus is where it was: with a journal that has the line, or with the same id."""
    if not line.seq:
        return corpus_identity(corpus) == journal.corpus_id
    end, number = b',"_crc":"%08x"}' % line.crc, b',"_seq":%d,' % line.seq
    path = corpus / journal.path.parent.name / journal.path.name
    with suppress(OSError, CorpusError), path.open("rb") as file:
        return any(x.raw.endswith(end) and number in x.raw for x in raw_lines(file, str(path)))
    return False


def _restore_from(rescued: RescueFile, journal: OpenJournal) -> bool:
    """Restore the records of a rescue file; return True if they are in the journal now, or to be saved next."""
    missing = _missing_records(rescued, journal)
    if missing is None or (missing and journal.read_only):
        return False
    if missing:
        try:
            journal.append(missing)
        except JournalError as error:  # the disk is full still: nobody is kept from annotating by that
            journal.keep_pending(missing, error, rescued.path)
            return True
        journal.records += tuple(missing)
        journal.warnings.append(
            f"brought back {pluralize(len(missing), 'decision')} that could not be saved the last time"
        )
    if not journal.read_only:
        mark_rescue_saved(rescued.path)
    return True


def _missing_records(rescued: RescueFile, journal: OpenJournal) -> Sequence[JournalRecord] | None:
    """Return which of the records the journal lacks at its end; None where it has gone on without them.

    It has the first of them where a write that hung ended after all had been rescued.
    """
    records = rescued.records
    if records and not lacking_records(rescued, journal):
        return ()
    if not records or not _is_followed(rescued, journal):
        return None
    present = max(0, journal.next_seq - records[0].seq)
    there = journal.records[-present:] if present else ()
    follows = records[0].seq <= journal.next_seq and there[: len(records)] == records[:present]
    return records[present:] if follows else None


def _explain_not_restored(rescued: RescueFile, journal: OpenJournal) -> str:
    if not rescued.records:
        return "the file is damaged; look at it, then move it away"
    if _missing_records(rescued, journal):
        return "they come back when you annotate here under this name"
    return (
        f"{_why_not_followed(rescued, journal)}; leave, and run {repair_command(_corpus_of(journal))}, "
        "which puts them behind the others"
    )


def _why_not_followed(rescued: RescueFile, journal: OpenJournal) -> str:
    """Return what has happened to a journal that does not end where rescued records begin."""
    if _is_followed(rescued, journal):
        return "the journal has gone on without them"
    if rescued.follows and rescued.follows.seq >= journal.next_seq:
        return f"the journal has gone back to record {journal.next_seq - 1}: an older copy has its place"
    return "another copy of the journal has its place"
