"""Replaces the files of an export together, or not at all.

All new files are written and fsynced in a folder of their own inside the target. Then the old
ones get a second name there (a hard link, or a copy where the file system has none), the new
ones are renamed over them, and the folders are fsynced. Whatever fails on the way, the old
files are put back. A process killed between two renames leaves whole files, old and new; the
digests in the ledger's totals tell which belong together. The folder that it leaves behind is
locked by no process any more: the next export that succeeds removes it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from annotator.core.errors import AnnotatorError

FileContent = bytes | Iterable[bytes]
"""What a file is to hold, whole or piece by piece."""

STAGING_PREFIX = ".export-"
"""How the name of the folder begins in which the files of an export are made ready."""


def replace_files(folder: Path, files: Mapping[str, FileContent], stale: Iterable[str]) -> tuple[str, ...]:
    """Write ``files`` (by name) into ``folder``, remove ``stale``, return those removed.

    Raises AnnotatorError with the earlier files as they were.
    """
    made = _make_folder(folder)
    done = False
    try:
        removed = _replace(folder, files, [n for n in stale if (folder / n).is_file()])
        done = True
    except OSError as e:
        raise AnnotatorError(
            f"the export cannot be written ({e.strerror or e})",
            where=str(folder),
            do="the files of the last export are as they were; free some space or choose another folder",
        ) from e
    finally:
        if not done:
            _remove_empty_folders(made)
    return removed


def _make_folder(folder: Path) -> list[Path]:
    """Make the folder; return the folders made, the innermost first."""
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        description = "is a file" if folder.is_file() else f"cannot be made ({e.strerror or e})"
        raise AnnotatorError(f"the folder {description}", where=str(folder), do="choose another folder") from e
    return missing


def _remove_empty_folders(folders: Iterable[Path]) -> None:
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
    try:
        try:
            fcntl.flock(at, fcntl.LOCK_EX | fcntl.LOCK_NB)
            got = True
        except OSError:  # another process has it, or the file system knows no locks
            got = False
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
        raise AnnotatorError(
            f"the export failed and so did putting the old files back ({e.strerror or e})",
            where=str(folder),
            do=f"the old files are in {staging / 'old'}: copy them back",
        ) from e
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
