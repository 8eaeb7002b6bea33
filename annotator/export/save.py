"""The last step of an export: its files and its ledger replace those of the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.export import ledger
from annotator.export.files import FileContent, replace_files
from annotator.export.owned import EXPORT_LEDGER_FILE, files_in_ledgers, owned_files, raise_foreign_files
from annotator.export.values import SPLIT_PARTS

CONFIG_FILE, SPANCAT_CONFIG_FILE, SPANCAT_FOLDER = "config.cfg", "config-spancat.cfg", "spancat/"
REPORT_FILE = "report.html"
_EXPORT_FILES = (
    *(f"{p}.spacy" for p in SPLIT_PARTS),
    *(f"{SPANCAT_FOLDER}{p}.spacy" for p in SPLIT_PARTS),
    CONFIG_FILE,
    SPANCAT_CONFIG_FILE,
    REPORT_FILE,
    EXPORT_LEDGER_FILE,
)
"""Every file that an export may write."""


@dataclass(frozen=True, slots=True)
class SavedExport:
    """What was written, what was removed, and the ledger's totals."""

    files: tuple[str, ...]
    removed: tuple[str, ...]
    foreign_files: tuple[str, ...]
    """Files under a name of ours that are no part of this export, but not an earlier one's either."""
    totals: dict[str, Any]


def save_export(out: Path, files: Mapping[str, bytes], export_ledger: ledger.ExportLedger, *, full: bool) -> SavedExport:
    """Write ``files`` (name → bytes) and the ledger, which comes last, into ``out``.

    An earlier export's files that are not written anew are removed. Raises AnnotatorError, with
    the folder as it was, where a file of another's would be replaced, or nothing can be written.
    """
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    totals = {**ledger.ledger_totals(export_ledger), "files": digests}
    return replace_export(out, {**files, EXPORT_LEDGER_FILE: b"".join(ledger.export_ledger_lines(export_ledger, totals, full=full))}, totals)


def replace_export(out: Path, written: Mapping[str, FileContent], totals: dict[str, Any]) -> SavedExport:
    """Let all files of an export, its ledger among them, take the place of those of the one before."""
    raise_foreign_files(out, written)
    others = [n for n in dict.fromkeys((*_EXPORT_FILES, *files_in_ledgers(out))) if n not in written]
    removed = replace_files(out, written, owned_files(out, others))
    foreign_files = tuple(n for n in others if (out / n).exists())
    return SavedExport(tuple(written), removed, foreign_files, totals)
