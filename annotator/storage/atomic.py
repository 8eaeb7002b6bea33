"""Writes that survive a crash: whole new files, and appends that are on the disk on return."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SYNC_UNSUPPORTED = {errno.EINVAL, errno.ENOTSUP, errno.ENOTTY}
"""Error numbers of file systems that lack a kind of sync, which is no failure."""

_SYNC_THREADS = 32
"""How many files are brought to the disk at a time."""


def write_atomic(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Replace the file at ``path`` by ``data`` so that a crash leaves the old or the new one, whole.

    Writes beside it, fsyncs, renames and fsyncs the folder; keeps the mode of the old file and
    the place that a symbolic link points to. Raises OSError, with the old file as it was.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.name}.{os.urandom(4).hex()}.tmp")
    _write_new(beside, [data] if isinstance(data, bytes) else data, _file_mode(target))
    try:
        os.replace(beside, target)  # noqa: PTH105  (tests inject failures into the functions of `os`)
    except BaseException:
        _remove_quietly(beside)
        raise
    sync_folder(target.parent)


def unfinished_files(folder: Path) -> list[Path]:
    """Return the files that ``write_atomic`` has left in a folder and those in it because it was killed."""
    folders = [folder, *(p for p in sorted(folder.iterdir()) if p.is_dir() and not p.is_symlink())]
    return sorted(p for f in folders for p in f.iterdir() if _UNFINISHED.fullmatch(p.name) and p.is_file())


_UNFINISHED = re.compile(r"\..+\.[0-9a-f]{8}\.tmp")


def write_new(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet, durably; raises FileExistsError or another OSError."""
    _write_new(path, [data], None)
    sync_folder(path.parent)


def _write_new(path: Path, chunks: Iterable[bytes], mode: int | None) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        if mode is not None:
            with suppress(OSError):
                os.fchmod(fd, mode)
        for chunk in chunks:
            write_all(fd, chunk)
        sync(fd)
    except BaseException:
        _remove_quietly(path)
        raise
    finally:
        os.close(fd)


def _remove_quietly(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _file_mode(path: Path) -> int | None:
    with suppress(OSError):
        return stat.S_IMODE(path.stat().st_mode)
    return None


def write_all(fd: int, data: bytes) -> None:
    """Write all of ``data``: ``os.write`` may stop early on a full disk without an error."""
    view = memoryview(data)
    while view:
        written = os.write(fd, view)
        if written <= 0:
            raise OSError(errno.EIO, "nothing was written")
        view = view[written:]


def append_durable(fd: int, data: bytes, end: int) -> int:
    """Append ``data`` to the file of ``end`` bytes open at ``fd`` (O_APPEND) and return its new size.

    On return the bytes are on the disk. On an error the file is cut back to ``end``; the caller
    must not try the same descriptor again, because the kernel reports a failed sync only once.
    """
    try:
        write_all(fd, data)
        sync(fd)
    except BaseException:
        with suppress(OSError):
            os.ftruncate(fd, end)
        raise
    return end + len(data)


@contextmanager
def restored_on_error(journals: Iterable[Path], files: Iterable[Path]) -> Iterator[None]:
    """Cut journals back to their size, and bring files back to their bytes, where the block fails.

    A file that was not there is removed. Raises OSError where one cannot be read before the block.
    """
    sizes = {path: path.stat().st_size for path in journals}
    contents = {path: path.read_bytes() if path.exists() else None for path in files}
    try:
        yield
    except BaseException:
        for path, size in sizes.items():
            with suppress(OSError):
                os.truncate(path, size)
        for path, data in contents.items():
            with suppress(OSError):
                if data is None:
                    path.unlink(missing_ok=True)
                elif path.read_bytes() != data:
                    write_atomic(path, data)
        raise


def sync(fd: int) -> None:
    """Bring the data of ``fd`` to the disk, past its cache on macOS; raises OSError."""
    if sys.platform == "darwin":
        _full_sync(fd)
    elif hasattr(os, "fdatasync"):
        os.fdatasync(fd)
    else:
        os.fsync(fd)


def _full_sync(fd: int) -> None:
    import fcntl

    try:
        fcntl.fcntl(fd, getattr(fcntl, "F_FULLFSYNC", 51))
    except OSError as error:
        if error.errno not in _SYNC_UNSUPPORTED:
            raise
        os.fsync(fd)


def sync_file(path: Path) -> None:
    """Bring the data of a closed file to the disk; raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        sync(fd)
    finally:
        os.close(fd)


def sync_files(paths: Iterable[Path]) -> None:
    """Bring the data of many closed files to the disk; raises OSError.

    Several at a time: asked for one file after another, a disk spends its time waiting.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_SYNC_THREADS) as pool:
        for _ in pool.map(sync_file, paths):
            pass


def sync_folder(path: Path) -> None:
    """Bring the names in a folder to the disk, so that a new file is found after a crash."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in _SYNC_UNSUPPORTED:
            raise
    finally:
        os.close(fd)


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make a folder with the folders above it where they lack, so that all are found after a crash; raises OSError."""
    missing = [p for p in (path, *path.parents) if not p.exists()]
    path.mkdir(parents=True, exist_ok=True, mode=mode)
    for made in reversed(missing):
        sync_folder(made.parent)


def set_aside(path: Path, data: bytes) -> Path:
    """Save ``data`` durably as ``<path>.torn-<n>``, the first number that is free, and return the path."""
    return write_numbered(path.parent, f"{path.name}.torn-", "", data)


def cut_tail(path: Path, start: int, beside: Path | None = None) -> tuple[Path, int]:
    """Set aside what a file holds from byte ``start`` on, and cut it; return the new file and its bytes.

    The new file is named after ``beside``, by default after the file itself.
    """
    with path.open("r+b") as file:
        file.seek(start)
        tail = file.read()
        aside = set_aside(beside or path, tail)
        os.ftruncate(file.fileno(), start)
        sync(file.fileno())
    return aside, len(tail)


def write_numbered(folder: Path, before: str, after: str, data: bytes) -> Path:
    """Save ``data`` durably under a name with the first number that is free, and return the path."""
    for n in range(1, 100_000):
        path = folder / f"{before}{n}{after}"
        with suppress(FileExistsError):
            write_new(path, data)
            return path
    raise FileExistsError(errno.EEXIST, "all numbers are taken")
