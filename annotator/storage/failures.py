"""What the operating system says, told to a user as what, where and what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.core.errors import AnnotatorError, CorpusError

_MESSAGES = {
    errno.EACCES: ("no permission to {doing} here", "ask the owner for it, or work on a copy of the folder"),
    errno.EPERM: ("no permission to {doing} here", "ask the owner for it, or work on a copy of the folder"),
    errno.EROFS: ("cannot {doing} here: the disk is read-only", "work on a copy of the folder"),
    errno.ENOSPC: ("cannot {doing} here: the disk is full", "free some space and try again"),
    errno.EDQUOT: ("cannot {doing} here: your share of the disk is used up", "free some space and try again"),
    errno.EFBIG: ("cannot {doing} here: the file would grow too large", "raise the limit of file sizes"),
    errno.ENOENT: ("cannot {doing} here: there is no such file or folder", "check the path"),
    errno.EEXIST: ("cannot {doing} here: there is a file of this name", "choose another path"),
    errno.ENOTDIR: ("cannot {doing} here: a part of the path is a file", "check the path"),
    errno.ENAMETOOLONG: ("cannot {doing} here: the name is too long", "check the path"),
    errno.EISDIR: ("cannot {doing} here: this is a folder", "name a file"),
    errno.EIO: (
        "cannot {doing} here: the disk reports an error",
        "check the disk, and keep a copy of the folder",
    ),
    errno.ENOLCK: ("this file system knows no locks", "move the corpus to a local disk"),
    errno.ENOTSUP: ("this file system knows no locks", "move the corpus to a local disk"),
}


def translate_os_error(error: OSError, action: str, where: Path | str, error_type: type[AnnotatorError]) -> AnnotatorError:
    """Return ``error`` as one of ours; ``doing`` is a verb such as ``write``."""
    fallback = (f"cannot {{doing}} here: {error.strerror or error}", "check the path and the disk")
    what, do = _MESSAGES.get(error.errno or 0, fallback)
    return error_type(what.format(doing=action), where=str(where), do=do)


@contextmanager
def translate_os_errors(action: str, where: Path | str, error_type: type[AnnotatorError] = CorpusError) -> Iterator[None]:
    """Turn an OSError in the block into an error of ``kind`` that names ``where``."""
    try:
        yield
    except OSError as error:
        raise translate_os_error(error, action, where, error_type) from error
