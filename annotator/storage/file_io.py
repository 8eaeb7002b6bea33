"""Reading files: lines of JSON, split at LF alone and bounded; TOML; errors that name file and line."""

from __future__ import annotations

import errno
import gc
import hashlib
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from msgspec import Struct

from annotator.core.errors import AnnotatorError, CorpusError


@contextmanager
def gc_paused() -> Iterator[None]:
    """Keep the cyclic collector off: it would walk all that is loaded time and again and find nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


# -- errors of the operating system as errors for the user -----------------------------------------

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
    errno.EIO: ("cannot {doing} here: the disk reports an error", "check the disk, and keep a copy of the folder"),
}


def translate_os_error(
    error: OSError, action: str, where: Path | str, error_type: type[AnnotatorError]
) -> AnnotatorError:
    """Return ``error`` as one of ours; ``action`` is a verb such as "write"."""
    fallback = (f"cannot {{doing}} here: {error.strerror or error}", "check the path and the disk")
    what, do = _MESSAGES.get(error.errno or 0, fallback)
    return error_type(what.format(doing=action), where=str(where), do=do)


@contextmanager
def translate_os_errors(
    action: str, where: Path | str, error_type: type[AnnotatorError] = CorpusError
) -> Iterator[None]:
    """Turn an OSError in the block into an ``error_type`` that names ``where``."""
    try:
        yield
    except OSError as error:
        raise translate_os_error(error, action, where, error_type) from error


def file_digest(path: Path) -> str:
    """Return the SHA-256 (hex) of a file; empty where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def file_state(path: Path) -> tuple[int, ...]:
    """Return what changes when a file or a folder does."""
    try:
        now = path.stat()
    except FileNotFoundError:
        return ()
    return (now.st_ino, now.st_mtime_ns, now.st_size)


MAX_RECORD = 64 * 2**20
"""The longest line that is read, in bytes."""


class RawLine(Struct, frozen=True):
    """One line as it is in the file: 1-based number, byte offset, bytes without the LF."""

    number: int
    start: int
    raw: bytes
    complete: bool
    """True if an LF ends it; only the last line of a file may lack one."""

    @property
    def end(self) -> int:
        """The byte offset after the line and its LF."""
        return self.start + len(self.raw) + self.complete


def raw_lines(file: BinaryIO, where: str, start: int = 0, number: int = 1) -> Iterator[RawLine]:
    """Yield the lines of an open file from byte ``start``, which is line ``number``.

    Splits at LF alone: U+2028 and U+0085 are text. Raises CorpusError for a line over MAX_RECORD.
    """
    file.seek(start)
    while raw := file.readline(MAX_RECORD + 2):
        whole = raw.endswith(b"\n")
        line = RawLine(number, start, raw[:-1] if whole else raw, whole)
        if len(line.raw) > MAX_RECORD:
            what = f"the line is longer than {MAX_RECORD // 2**20} MiB"
            raise CorpusError(what, where=f"{where}:{number}", do="split it into several records")
        yield line
        start, number = line.end, number + 1


def parse_json_line(raw: bytes, where: str) -> dict[str, Any]:
    """Return the JSON object in ``raw``; raises CorpusError naming ``where`` (``file:line``)."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        what = f"this is no JSON ({error.msg} at column {error.colno})"
        raise CorpusError(what, where=where, do=_LINE_HINT) from None
    if not isinstance(value, dict):
        raise CorpusError("this is JSON, but no object", where=where, do=_LINE_HINT)
    return value


_LINE_HINT = "correct that line, or restore the file from a copy"
REPAIR_HINT = "try `annotator repair`, or restore the file from a copy"


def dump_json(value: Any, where: str = "", *, pretty: bool = False, sort: bool = False) -> bytes:
    """Return ``value`` as JSON in UTF-8, keys in the order given or sorted, without a line end.

    Raises CorpusError for what JSON can't hold: a lone surrogate, an integer over 64 bits, other types.
    """
    try:
        return orjson.dumps(value, option=pretty * orjson.OPT_INDENT_2 | sort * orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise CorpusError(f"this cannot be stored as JSON: {error}", where=where, do="correct the source") from None


def dump_json_line(value: Any, where: str = "") -> bytes:
    """Return ``value`` as one JSON line with its LF."""
    return dump_json(value, where) + b"\n"


# -- TOML -----------------------------------------------------------------------------------------

MAX_TOML_BYTES = 4 * 2**20
"""The largest TOML file that is read: settings and schemas are far smaller."""

_ERROR_POSITION = re.compile(r" \(at line (\d+), column \d+\)")


def read_toml(path: Path, error_type: type[AnnotatorError] = CorpusError) -> dict[str, Any]:
    """Return the tables of a TOML file; raises ``error_type`` with ``file:line`` where it is none."""
    return parse_toml(read_text(path, error_type), str(path), error_type)


def read_text(path: Path, error_type: type[AnnotatorError] = CorpusError) -> str:
    """Return the text of a TOML file without its byte order mark; raises ``error_type``."""
    with translate_os_errors("read", path, error_type), path.open("rb") as file:
        raw = file.read(MAX_TOML_BYTES + 1)
    if len(raw) > MAX_TOML_BYTES:
        what = f"the file is larger than {MAX_TOML_BYTES // 2**20} MiB"
        raise error_type(what, where=str(path), do="name another file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise error_type("this is not UTF-8", where=f"{path}:{line}", do="save the file as UTF-8") from None


def parse_toml(text: str, where: str, error_type: type[AnnotatorError] = CorpusError) -> dict[str, Any]:
    """Return the tables of a TOML text; raises ``error_type`` with ``where:line``."""
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        found = _ERROR_POSITION.search(str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        why = _ERROR_POSITION.sub("", str(error)).removesuffix(" (at end of document)")
        why = f"{why[:1].lower()}{why[1:]}"
        raise error_type(f"this is no TOML: {why}", where=f"{where}:{line}", do="correct that line") from None
    except RecursionError:
        raise error_type("this TOML is nested too deeply", where=where, do="name another file") from None
