"""One writer a file: a kernel lock that names its holder and dies with it."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Self

import msgspec

from annotator.core.errors import AnnotatorError

_HELD_ERRNOS = {errno.EWOULDBLOCK, errno.EACCES, errno.EAGAIN}


_NO_LOCK_ERRNOS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS}
"""What network file systems (NFS, FUSE) answer that have no locks."""
_WITHOUT_LOCKS = "work in a folder on a local disk and share it by git or rsync, or look at it with --read-only"


class LockHolder(msgspec.Struct, frozen=True):
    """Who holds a lock, from the lock file; pid 0 where that is not known."""

    pid: int = 0
    host: str = ""
    since: str = ""

    def __str__(self) -> str:
        """Return the holder in words."""
        if not self.pid:
            return "another process"
        return f"process {self.pid} on {self.host} since {self.since}"


class HeldError(Exception):
    """The lock is held by ``holder``; callers turn it into an error for the user."""

    def __init__(self, holder: LockHolder) -> None:
        super().__init__(str(holder))
        self.holder = holder


def lock_or_raise(
    path: Path, error_type: type[AnnotatorError], what: str, *, where: Path, do: str, wait: float = 0.0
) -> Lock:
    """Return the lock on ``path``, trying for ``wait`` seconds; raises an ``error_type`` where it is held.

    ``what`` has ``{holder}`` for who holds it. Raises an ``error_type`` too where the file system has no locks,
    and OSError.
    """
    try:
        return Lock(path, wait)
    except HeldError as error:
        raise error_type(what.format(holder=error.holder), where=str(where), do=do) from error
    except OSError as error:
        if error.errno not in _NO_LOCK_ERRNOS:
            raise
        what = f"this file system has no file locks ({error.strerror}): two programs could write here at once"
        raise error_type(what, where=str(where), do=_WITHOUT_LOCKS) from error


class Lock:
    """An exclusive ``flock`` on a small file beside what it guards.

    The file stays when the lock is released: deleting it would let two processes lock two files of
    the same name. Its content is for error messages; only the kernel's lock counts.
    """

    def __init__(self, path: Path, wait: float = 0.0) -> None:
        """Take the lock, trying for ``wait`` seconds; raises HeldError or OSError."""
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            _acquire(self._fd, time.monotonic() + wait)
            _write_holder(self._fd)
        except BaseException:
            os.close(self._fd)
            raise

    def guards(self, path: Path) -> bool:
        """Return True if ``path`` still is the file that is locked; raises OSError where there is none."""
        mine, there = os.fstat(self._fd), path.stat()
        return (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino)

    def release(self) -> None:
        """Release the lock; a second call does nothing."""
        if self._fd < 0:
            return
        with suppress(OSError):
            os.ftruncate(self._fd, 0)
        os.close(self._fd)
        self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_held(path: Path) -> bool:
    """Return True if a process holds the lock now; nothing on the disk is touched."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in _HELD_ERRNOS
    finally:
        os.close(fd)
    return False


def _acquire(fd: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _HELD_ERRNOS:
                raise
            if time.monotonic() >= deadline:
                raise HeldError(_read_holder(fd)) from None
            time.sleep(0.02)
        else:
            return


def _write_holder(fd: int) -> None:
    since = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    # Only for the error message of others: a full disk must not stop the lock itself.
    with suppress(OSError):
        os.ftruncate(fd, 0)
        os.pwrite(fd, msgspec.json.encode(LockHolder(os.getpid(), os.uname().nodename, since)), 0)


def _read_holder(fd: int) -> LockHolder:
    try:
        return msgspec.json.decode(os.pread(fd, 4096, 0), type=LockHolder)
    except (OSError, msgspec.MsgspecError, UnicodeError):
        return LockHolder()
