"""An import that was killed half-way is taken back by whoever opens the corpus next.

Before it touches anything of a corpus, an import writes down in its own folder what was there; when all
is done it takes the note away, which is the commit. Sentences need no note: without their article
they mean nothing, and a journal only ever grows.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

from annotator.core.digest import is_article_id
from annotator.storage.articles import ArticleStore
from annotator.storage.atomic import sync_folder, write_atomic
from annotator.storage.journal import ANNOTATIONS_FOLDER as ANNOTATIONS
from annotator.storage.journal import is_annotator_name
from annotator.storage.lock import HeldError, Lock

STAGING_PREFIX = ".import-"
"""What the name of the folder begins with in which an import is prepared; it ends with ``.tmp``."""
_NOTE_FILE = "before.json"

ROLLED_BACK_WARNING = "an import that was killed half-way was taken back; import again what is missing"
INTERRUPTED_WARNING = (
    "an import was killed half-way; open the corpus where you may write to it, and it is taken back"
)


def write_recovery_note(
    folder: Path, articles: Sequence[str], journals: Mapping[str, int], schema: tuple[str, str]
) -> None:
    """Write down durably what an import will change, in place of what was noted before; raises OSError.

    ``articles`` are the ids of those that are new, ``journals`` the sizes in bytes by annotator, ``schema``
    its text before and after, both empty where it stays.
    """
    fields = {"articles": list(articles), "journals": dict(journals), "schema": list(schema)}
    write_atomic(folder / _NOTE_FILE, orjson.dumps(fields))
    sync_folder(folder.parent)


def delete_recovery_note(folder: Path) -> None:
    """Take the note away: what the import has changed stays; raises OSError."""
    (folder / _NOTE_FILE).unlink()
    sync_folder(folder)


def roll_back_interrupted_imports(corpus: Path, schema: Path) -> str:
    """Take back what killed imports have left in a corpus with the file ``schema``.

    Return what to tell, empty for nothing. What a running import holds stays as it is.
    """
    message = ""
    for note_path in sorted(corpus.glob(f"{STAGING_PREFIX}*.tmp/{_NOTE_FILE}")):
        try:
            with _staging_locked(note_path.parent):
                _roll_back(corpus, note_path.parent, schema, orjson.loads(note_path.read_bytes()))
                message = ROLLED_BACK_WARNING
        except (BlockingIOError, HeldError):
            continue
        except OSError:
            message = message or INTERRUPTED_WARNING
        except (ValueError, LookupError, TypeError, AttributeError):
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


def _roll_back(corpus: Path, folder: Path, schema: Path, fields: dict[str, Any]) -> None:
    """Bring a corpus back to what the note says; again and again, should that be killed as well."""
    journals = {n: int(size) for n, size in fields["journals"].items() if is_annotator_name(n)}
    articles = [a for a in fields["articles"] if is_article_id(a)]
    before, after = map(str, fields["schema"])
    with ExitStack() as stack:
        for name in journals:
            stack.enter_context(Lock(corpus / ANNOTATIONS / f".{name}.lock"))
        for name, size in journals.items():
            _truncate_journal(corpus / ANNOTATIONS / f"{name}.jsonl", size)
        staged = ArticleStore(folder)
        ArticleStore(corpus).remove(a for a in articles if not staged.has(a))  # the others are staged still
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
