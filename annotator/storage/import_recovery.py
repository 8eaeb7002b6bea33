"""An import that was killed half-way is rolled back when the corpus is opened next.

Before it changes anything in a corpus, an import writes a note of the old state into its own folder; at the
end it deletes the note, which is the commit. Sentences need no note: without their article they mean nothing.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from annotator.core.digest import is_article_id
from annotator.storage.articles import ArticleStore
from annotator.storage.atomic import sync_folder, write_atomic
from annotator.storage.corpus_layout import ANNOTATIONS_FOLDER
from annotator.storage.file_io import translate_os_errors
from annotator.storage.journal import is_annotator_name, journal_file_name
from annotator.storage.lock import HeldError, Lock

STAGING_PREFIX = ".import-"
"""What the name of the folder begins with in which an import is prepared; it ends with ``.tmp``."""
BEFORE_FOLDER = "before"
"""Where in its folder an import keeps the articles of the corpus that it changes, as they were."""
_NOTE_FILE = "before.json"

ROLLED_BACK_WARNING = "an import that was killed half-way was taken back; import again what is missing"
INTERRUPTED_WARNING = "an import was killed half-way; open the corpus where you may write to it, and it is taken back"


class _RecoveryNote(msgspec.Struct, frozen=True):
    articles: tuple[str, ...]
    """Ids of the articles that the import adds."""
    journals: dict[str, int]
    """By annotator, the size of the journal before the import, in bytes."""
    schema: tuple[str, str]
    """The text of the schema before and after; both empty where it stays."""
    changed: dict[str, str] = {}
    """By id of an article that the import changes the SHA-256 of its new file."""


def write_recovery_note(
    folder: Path,
    articles: Sequence[str],
    journals: Mapping[str, int],
    schema: tuple[str, str],
    changed: Mapping[str, str] | None = None,
) -> None:
    """Write durably what an import will change, in place of an earlier note; raises CorpusError.

    The arguments are the fields of the note.
    """
    note = _RecoveryNote(tuple(articles), dict(journals), schema, dict(changed or {}))
    with translate_os_errors("write", folder):
        write_atomic(folder / _NOTE_FILE, msgspec.json.encode(note))
        sync_folder(folder.parent)


def delete_recovery_note(folder: Path) -> None:
    """Delete the note: the changes of the import stay; raises OSError."""
    (folder / _NOTE_FILE).unlink()
    sync_folder(folder)


def roll_back_interrupted_imports(corpus: Path, schema: Path) -> str:
    """Undo killed imports in a corpus whose schema is the file ``schema``; running imports stay.

    Return the warning for the user, empty where there was nothing to undo.
    """
    message = ""
    for note_path in sorted(corpus.glob(f"{STAGING_PREFIX}*.tmp/{_NOTE_FILE}")):
        try:
            with _staging_locked(note_path.parent):
                note = msgspec.json.decode(note_path.read_bytes(), type=_RecoveryNote)
                _roll_back(corpus, note_path.parent, schema, note)
                message = ROLLED_BACK_WARNING
        except (BlockingIOError, HeldError):
            continue
        except OSError:
            message = message or INTERRUPTED_WARNING
        except (msgspec.MsgspecError, UnicodeError):
            # A note that is not whole: the import was killed before it touched anything.
            shutil.rmtree(note_path.parent, ignore_errors=True)
    return message


def remove_unused_staging(parent: Path) -> None:
    """Remove what killed imports have prepared in a folder, if they have changed nothing yet."""
    for staging in sorted(parent.glob(f"{STAGING_PREFIX}*.tmp")):
        with suppress(OSError), _staging_locked(staging):
            if not (staging / _NOTE_FILE).exists():
                shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def _staging_locked(folder: Path) -> Iterator[None]:
    """Hold the folder of an import for the block; raises BlockingIOError where a running one holds it."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(fd)


def _roll_back(corpus: Path, folder: Path, schema: Path, note: _RecoveryNote) -> None:
    """Bring a corpus back to the state in the note; may be repeated, should it be killed as well."""
    journals = {n: size for n, size in note.journals.items() if is_annotator_name(n)}
    articles = [a for a in note.articles if is_article_id(a)]
    before, after = note.schema
    with ExitStack() as stack:
        for name in journals:
            stack.enter_context(Lock(corpus / ANNOTATIONS_FOLDER / f".{name}.lock"))
        for name, size in journals.items():
            _truncate_journal(corpus / journal_file_name(name), size)
        staged = ArticleStore(folder)
        ArticleStore(corpus).remove(a for a in articles if not staged.has(a))  # the others are staged still
        kept = ArticleStore(folder / BEFORE_FOLDER)
        for article_id in filter(is_article_id, note.changed):
            path = ArticleStore(corpus).path(article_id)
            if path.exists() and sha256(path.read_bytes()).hexdigest() == note.changed[article_id]:
                ArticleStore(corpus).add(article_id, kept.path(article_id).read_bytes())
        if before and schema.read_bytes() == after.encode():
            write_atomic(schema, before.encode())
        delete_recovery_note(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _truncate_journal(journal: Path, size: int) -> None:
    """Cut a journal back to its size; one that was begun for the import goes."""
    if journal.exists() and journal.stat().st_size > size:
        os.truncate(journal, size)
    if size == 0:
        journal.unlink(missing_ok=True)
    sync_folder(journal.parent)
