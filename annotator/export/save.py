"""The last step of an export: its files and its ledger replace those of the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.export import ledger
from annotator.export.files import Content, replace_all
from annotator.export.owned import LEDGER, named, own, refuse_foreign
from annotator.export.values import PARTS

CONFIG, SPANCAT_CONFIG, SPANCAT = "config.cfg", "config-spancat.cfg", "spancat/"
REPORT = "report.html"
_OURS = (
    *(f"{p}.spacy" for p in PARTS),
    *(f"{SPANCAT}{p}.spacy" for p in PARTS),
    CONFIG,
    SPANCAT_CONFIG,
    REPORT,
    LEDGER,
)
"""Every file that an export may write."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written, what was removed, and the ledger's totals."""

    files: tuple[str, ...]
    removed: tuple[str, ...]
    foreign_files: tuple[str, ...]
    """Files under a name of ours that are no part of this export, but not an earlier one's either."""
    totals: dict[str, Any]


def save(out: Path, files: Mapping[str, bytes], export_ledger: ledger.Book, *, full: bool) -> Saved:
    """Write ``files`` (name → bytes) and the ledger, which comes last, into ``out``.

    An earlier export's files that are not written anew are removed. Raises AnnotatorError, with
    the folder as it was, where a file of another's would be replaced, or nothing can be written.
    """
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    totals = {**ledger.count(export_ledger), "files": digests}
    return put(out, {**files, LEDGER: b"".join(ledger.lines(export_ledger, totals, full=full))}, totals)


def put(out: Path, written: Mapping[str, Content], totals: dict[str, Any]) -> Saved:
    """Let all files of an export, its ledger among them, take the place of those of the one before."""
    refuse_foreign(out, written)
    others = [n for n in dict.fromkeys((*_OURS, *named(out))) if n not in written]
    removed = replace_all(out, written, own(out, others))
    foreign_files = tuple(n for n in others if (out / n).exists())
    return Saved(tuple(written), removed, foreign_files, totals)
