"""Which files in the folder of an export are an export's own: those that a ledger names by digest.

Besides the ledger in the folder count those in what an export that was killed has left behind
(``.export-*``): it may have put new files in place before their ledger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import orjson

from annotator.core.errors import AnnotatorError
from annotator.export.files import LEFTOVERS

LEDGER = "ledger.jsonl"

Digests = dict[str, set[str]]
"""By file name, the SHA-256 (hex) of what exports have written under it."""


def own(folder: Path, names: Iterable[str]) -> list[str]:
    """Return those of the files in the folder that are as an export left them; raises AnnotatorError."""
    digests = _digests(folder)
    return [n for n in names if (folder / n).is_file() and _why_not(folder / n, digests.get(n)) == ""]


def named(folder: Path) -> list[str]:
    """Return the names of all files that exports have written into the folder, as their ledgers tell."""
    return sorted(n for n in _digests(folder) if not n.startswith("/") and ".." not in n.split("/"))


def refuse_foreign(folder: Path, names: Iterable[str]) -> None:
    """Raise AnnotatorError where one of the files stands in the folder and is not an export's own."""
    digests = _digests(folder)
    for path in (folder / n for n in names if (folder / n).is_file()):
        if why := _why_not(path, digests.get(path.relative_to(folder).as_posix())):
            raise AnnotatorError(why, where=str(path), do="rename it, or choose another folder")


def _why_not(path: Path, digests: set[str] | None) -> str:
    """Return why a file is not an export's own, or an empty text."""
    if path.name == LEDGER:
        return (
            "" if _named(path) is not None else "this is not the ledger of an export and will not be replaced"
        )
    if digests is None:
        return "an export did not write this file and will not replace it"
    if hashlib.sha256(_read(path)).hexdigest() not in digests:
        return "this file was changed since an export wrote it and will not be replaced"
    return ""


def _digests(folder: Path) -> Digests:
    out: Digests = {}
    for path in (folder / LEDGER, *sorted(folder.glob(f"{LEFTOVERS}*/*/{LEDGER}"))):
        named = _named(path) if path.is_file() else None
        for name, digest in (named or {}).items():
            out.setdefault(name, set()).add(digest)
    return out


def _named(ledger: Path) -> dict[str, str] | None:
    """Return what a ledger's totals say of the files beside it; None where it is no ledger."""
    last = _read(ledger).splitlines()[-1:]
    try:
        files = orjson.loads(last[0])["totals"]["files"]
        return {str(name): str(digest) for name, digest in files.items()}
    except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError):
        return None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        raise AnnotatorError(
            f"the file cannot be read ({e.strerror or e}), so it will not be replaced",
            where=str(path),
            do="make it readable, or choose another folder",
        ) from e
