"""Replaces the files of an export together, or not at all.

All new files are written and fsynced in a folder of their own inside the target. Then the old
ones get a second name there (a hard link, or a copy where the file system has none), the new
ones are renamed over them, and the folders are fsynced. Whatever fails on the way, the old
files are put back. A process killed between two renames leaves whole files, old and new; the
digests in the ledger's totals show which belong together. The folder that it leaves behind is
locked by no process any more: the next export that succeeds removes it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path

import orjson

from annotator.core.errors import AnnotatorError

FileContent = bytes | Iterable[bytes]
"""What a file is to hold, whole or piece by piece."""


class FileChunks:
    """The bytes of a file, read a megabyte at a time when they are wanted."""

    def __init__(self, path: Path) -> None:
        """Point to the file."""
        self.path = path

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while data := file.read(1 << 20):
                yield data

    def sha256(self) -> str:
        """Return the digest (hex)."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


STAGING_PREFIX = ".export-"
"""How the name of the folder begins in which the files of an export are made ready."""


def replace_own_files(folder: Path, files: Mapping[str, FileContent], others: Iterable[str]) -> tuple[str, ...]:
    """Replace the files of the last export by ``files``; of ``others`` those go that an export has written.

    Returns the names of those. Raises AnnotatorError where a file of another's would be replaced.
    """
    raise_foreign_files(folder, files)
    return replace_files(folder, files, owned_files(folder, [n for n in others if n not in files]))


def replace_files(folder: Path, files: Mapping[str, FileContent], stale: Iterable[str]) -> tuple[str, ...]:
    """Write ``files`` (by name) into ``folder``, remove ``stale``, return those removed.

    Raises AnnotatorError with the earlier files as they were.
    """
    made = _make_folder(folder)
    try:
        with translate_write_errors(folder):
            return _replace(folder, files, [n for n in stale if (folder / n).is_file()])
    except BaseException:
        remove_empty_folders(made)
        raise


def _make_folder(folder: Path) -> list[Path]:
    """Make the folder; return the folders made, the innermost first."""
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise no_folder_error(folder, e) from e
    return missing


def no_folder_error(folder: Path, error: OSError) -> AnnotatorError:
    """Return the error for a target that is no folder and cannot become one."""
    what = "is a file" if folder.is_file() else f"cannot be made ({error.strerror or error})"
    return AnnotatorError(f"the folder {what}", where=str(folder), do="choose another folder")


@contextmanager
def translate_write_errors(folder: Path) -> Iterator[None]:
    """Turn an OSError in the block into an error with the note that the last export is as it was."""
    try:
        yield
    except OSError as e:
        do = "the files of the last export are as they were; free some space or choose another folder"
        raise AnnotatorError(f"the export cannot be written ({e.strerror or e})", where=str(folder), do=do) from e


def remove_empty_folders(folders: Iterable[Path]) -> None:
    """Remove folders that were made and have stayed empty, the innermost first."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()


def _replace(folder: Path, files: Mapping[str, FileContent], stale: list[str]) -> tuple[str, ...]:
    work = Path(tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=folder))
    with _lock_folder(work):
        try:
            for name, data in files.items():
                _write_synced(work / "new" / name, data)
            _back_up(folder, work / "old", [*files, *stale])
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        removed = _move_into_place(folder, work, list(files), stale)
    _remove_leftovers(folder)
    return removed


@contextmanager
def _lock_folder(staging: Path) -> Iterator[bool]:
    """Yield whether the folder could be locked; the lock ends with the block, or with the process."""
    at = os.open(staging, os.O_RDONLY)
    got = False
    try:
        with suppress(OSError):  # another process has it, or the file system knows no locks
            fcntl.flock(at, fcntl.LOCK_EX | fcntl.LOCK_NB)
            got = True
        yield got
    finally:
        os.close(at)


def _remove_leftovers(folder: Path) -> None:
    """Remove what exports have left behind that were killed, empty folders included."""
    for left in sorted(folder.glob(f"{STAGING_PREFIX}*")):
        with suppress(OSError):
            if left.is_dir() and {p.name for p in left.iterdir()} <= {"new", "old"}:
                with _lock_folder(left) as dead:
                    if dead:
                        for place in left.glob("*/*/"):
                            _remove_if_empty(folder / place.name, folder)
                        shutil.rmtree(left, ignore_errors=True)


def _write_synced(path: Path, data: FileContent) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as f:
        f.writelines([data] if isinstance(data, bytes) else data)
        f.flush()
        os.fsync(f.fileno())


def _back_up(folder: Path, old: Path, names: Iterable[str]) -> None:
    for name in names:
        if not (folder / name).exists():
            continue
        (old / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(folder / name, old / name)
        except OSError:
            shutil.copy2(folder / name, old / name)


def _move_into_place(folder: Path, staging: Path, names: list[str], stale: list[str]) -> tuple[str, ...]:
    """Put the new files in place; on any failure put the old ones back and raise it."""
    try:
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (staging / "new" / name).replace(folder / name)
        for name in stale:
            (folder / name).unlink()
        for place in sorted({(folder / n).parent for n in [*names, *stale]}):
            _fsync_folder(place)
    except BaseException:
        _restore_old(folder, staging, [*names, *stale])
        raise
    shutil.rmtree(staging, ignore_errors=True)
    for name in stale:
        _remove_if_empty((folder / name).parent, folder)
    return tuple(stale)


def _restore_old(folder: Path, staging: Path, names: list[str]) -> None:
    """Restore every old file and drop every new one that had none before it.

    Where even that fails the folder with the old files stays, and is named in the error.
    """
    try:
        for name in names:
            if (staging / "old" / name).exists():
                (staging / "old" / name).replace(folder / name)
            elif not (staging / "new" / name).exists():
                (folder / name).unlink(missing_ok=True)
    except OSError as e:
        what = f"the export failed and so did putting the old files back ({e.strerror or e})"
        do = f"the old files are in {staging / 'old'}: copy them back"
        raise AnnotatorError(what, where=str(folder), do=do) from e
    shutil.rmtree(staging, ignore_errors=True)
    for name in names:
        _remove_if_empty((folder / name).parent, folder)


def _remove_if_empty(path: Path, folder: Path) -> None:
    """Remove a folder inside the target that has become empty."""
    if path != folder:
        with suppress(OSError):
            path.rmdir()


def _fsync_folder(folder: Path) -> None:
    at = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(at)
    finally:
        os.close(at)


# Which files in the folder of an export are an export's own: those that a ledger names by digest.
#
# Besides the ledger in the folder count those in what an export that was killed has left behind
# (``.export-*``): it may have put new files in place before their ledger.


EXPORT_LEDGER_FILE = "ledger.jsonl"
MANIFEST_FILE = "manifest.json"
"""It has the digest of the ledger, so no ledger can have its own: what it holds makes it an export's."""
_READ_BLOCK = 1 << 16

FileDigests = dict[str, set[str]]
"""By file name, the SHA-256 (hex) of what exports have written under it."""


def owned_files(folder: Path, names: Iterable[str]) -> list[str]:
    """Return those of the files in the folder that are as an export left them; raises AnnotatorError."""
    digests = _ledger_digests(folder)
    return [n for n in names if (folder / n).is_file() and _why_not_owned(folder / n, digests.get(n)) == ""]


def files_in_ledgers(folder: Path) -> list[str]:
    """Return the names of all files that exports have written into the folder, by their ledgers."""
    return sorted(n for n in _ledger_digests(folder) if not n.startswith("/") and ".." not in n.split("/"))


def raise_foreign_files(folder: Path, names: Iterable[str]) -> None:
    """Raise AnnotatorError where one of the files is in the folder and no export has written it."""
    digests = _ledger_digests(folder)
    for path in (folder / n for n in names if (folder / n).is_file()):
        if why := _why_not_owned(path, digests.get(path.relative_to(folder).as_posix())):
            raise AnnotatorError(why, where=str(path), do="rename it, or choose another folder")


def _why_not_owned(path: Path, digests: set[str] | None) -> str:
    """Return why a file is not an export's own, or an empty text."""
    if path.name == EXPORT_LEDGER_FILE:
        foreign = _digests_in_ledger(path) is None
        return "this is not the ledger of an export and will not be replaced" if foreign else ""
    if path.name == MANIFEST_FILE:
        return "" if _is_manifest(path) else "this is not the manifest of an export and will not be replaced"
    if digests is None:
        return "an export did not write this file and will not replace it"
    with _open_for_reading(path) as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found not in digests:
        return "this file was changed since an export wrote it and will not be replaced"
    return ""


def _is_manifest(path: Path) -> bool:
    with _open_for_reading(path) as file:
        try:
            found = orjson.loads(file.read())
            return bool({"manifest", "inputs", "files"} <= found.keys())
        except (orjson.JSONDecodeError, AttributeError):
            return False


def _ledger_digests(folder: Path) -> FileDigests:
    out: FileDigests = {}
    for path in (folder / EXPORT_LEDGER_FILE, *sorted(folder.glob(f"{STAGING_PREFIX}*/*/{EXPORT_LEDGER_FILE}"))):
        named = _digests_in_ledger(path) if path.is_file() else None
        for name, digest in (named or {}).items():
            out.setdefault(name, set()).add(digest)
    return out


def _digests_in_ledger(ledger: Path) -> dict[str, str] | None:
    """Return the digests that a ledger's totals hold of the files beside it; None where it is no ledger."""
    with _open_for_reading(ledger) as file:
        last = _last_line(file)
    try:
        files = orjson.loads(last)["totals"]["files"]
        return {str(name): str(digest) for name, digest in files.items()}
    except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError):
        return None


def _last_line(file: BufferedReader) -> bytes:
    """Return the last line of a file; the ledger of a million sentences is long."""
    at = file.seek(0, os.SEEK_END)
    line = b""
    while at and b"\n" not in line.rstrip(b"\n"):
        size = min(_READ_BLOCK, at)
        at = file.seek(at - size)
        line = file.read(size) + line
    return line.rstrip(b"\n").rpartition(b"\n")[2]


@contextmanager
def _open_for_reading(path: Path) -> Iterator[BufferedReader]:
    """Open a file to be read; raises AnnotatorError where that can't be done."""
    try:
        with path.open("rb") as file:
            yield file
    except OSError as e:
        what = f"the file cannot be read ({e.strerror or e}), so it will not be replaced"
        raise AnnotatorError(what, where=str(path), do="make it readable, or choose another folder") from e
