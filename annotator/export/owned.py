"""Which files in the folder of an export are an export's own: those that a ledger names by digest.

Besides the ledger in the folder count those in what an export that was killed has left behind
(``.export-*``): it may have put new files in place before their ledger.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

import orjson

from annotator.core.errors import AnnotatorError
from annotator.export.files import STAGING_PREFIX

EXPORT_LEDGER_FILE = "ledger.jsonl"
_READ_BLOCK = 1 << 16

FileDigests = dict[str, set[str]]
"""By file name, the SHA-256 (hex) of what exports have written under it."""


def owned_files(folder: Path, names: Iterable[str]) -> list[str]:
    """Return those of the files in the folder that are as an export left them; raises AnnotatorError."""
    digests = _ledger_digests(folder)
    return [n for n in names if (folder / n).is_file() and _why_not_owned(folder / n, digests.get(n)) == ""]


def files_in_ledgers(folder: Path) -> list[str]:
    """Return the names of all files that exports have written into the folder, as their ledgers tell."""
    return sorted(n for n in _ledger_digests(folder) if not n.startswith("/") and ".." not in n.split("/"))


def raise_foreign_files(folder: Path, names: Iterable[str]) -> None:
    """Raise AnnotatorError where one of the files stands in the folder and is not an export's own."""
    digests = _ledger_digests(folder)
    for path in (folder / n for n in names if (folder / n).is_file()):
        if why := _why_not_owned(path, digests.get(path.relative_to(folder).as_posix())):
            raise AnnotatorError(why, where=str(path), do="rename it, or choose another folder")


def _why_not_owned(path: Path, digests: set[str] | None) -> str:
    """Return why a file is not an export's own, or an empty text."""
    if path.name == EXPORT_LEDGER_FILE:
        return (
            "" if _digests_in_ledger(path) is not None else "this is not the ledger of an export and will not be replaced"
        )
    if digests is None:
        return "an export did not write this file and will not replace it"
    with _open_for_reading(path) as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found not in digests:
        return "this file was changed since an export wrote it and will not be replaced"
    return ""


def _ledger_digests(folder: Path) -> FileDigests:
    out: FileDigests = {}
    for path in (folder / EXPORT_LEDGER_FILE, *sorted(folder.glob(f"{STAGING_PREFIX}*/*/{EXPORT_LEDGER_FILE}"))):
        named = _digests_in_ledger(path) if path.is_file() else None
        for name, digest in (named or {}).items():
            out.setdefault(name, set()).add(digest)
    return out


def _digests_in_ledger(ledger: Path) -> dict[str, str] | None:
    """Return what a ledger's totals say of the files beside it; None where it is no ledger."""
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
        raise AnnotatorError(
            f"the file cannot be read ({e.strerror or e}), so it will not be replaced",
            where=str(path),
            do="make it readable, or choose another folder",
        ) from e
