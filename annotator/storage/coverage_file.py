"""``coverage.json``: the labels that accepted records without `_covers` were read for.

It is written with the first record of a corpus, with the labels of the schema at that time, and never gets further
ones: so an earlier accept covers no label that is added later, on whatever machine and in whatever way. A later
accept lists its labels. In an older corpus it is written when a journal is opened for writing, or the schema is
replaced; what was accepted before that is taken as read for all labels of then.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from annotator.core.coverage import CoverageBase
from annotator.core.errors import AnnotatorError, CorpusError
from annotator.core.label_migration import MigrationRule, migrated_labels
from annotator.storage.atomic import write_atomic, write_new
from annotator.storage.corpus_layout import ANNOTATIONS_FOLDER, COVERAGE_FILE, schema_name
from annotator.storage.file_io import dump_json_line, parse_json_line, translate_os_errors
from annotator.storage.schemas import load_schema

_COVERAGE_FORMAT = 1


class _DamagedCoverageError(CorpusError):
    """What is wrong with a damaged file."""


def read_coverage_base(corpus: Path) -> CoverageBase:
    """Return what a record without `_covers` covers; raises CorpusError where the file is damaged."""
    base = _read_base(corpus / COVERAGE_FILE)
    with suppress(AnnotatorError):
        return CoverageBase(_labels_in_force(corpus), base)
    return CoverageBase((), base)


def read_undamaged_base(corpus: Path) -> tuple[CoverageBase, str]:
    """Return the same, and what is wrong with a damaged file: then nothing is taken as read, and accepts list labels.

    So nobody is kept from annotating. Raises CorpusError for a file of a newer version.
    """
    try:
        return read_coverage_base(corpus), ""
    except _DamagedCoverageError as error:
        with suppress(AnnotatorError):
            return CoverageBase(_labels_in_force(corpus), ()), f"{COVERAGE_FILE}: {error.what}; {error.do}"
        return CoverageBase((), ()), f"{COVERAGE_FILE}: {error.what}; {error.do}"


def _labels_in_force(corpus: Path) -> tuple[str, ...]:
    return tuple(x.name for x in load_schema(corpus.resolve() / schema_name(corpus)).labels)


def _read_base(path: Path) -> tuple[str, ...] | None:
    with translate_os_errors("read", path):
        if not path.exists():
            return None
        raw = path.read_bytes()
    return decode_base(raw, str(path))


def decode_base(raw: bytes, where: str = COVERAGE_FILE) -> tuple[str, ...]:
    """Return the labels in the file's bytes; raises CorpusError that names ``where``."""
    try:
        data: dict[str, Any] = parse_json_line(raw.strip(), where)
    except CorpusError:
        data = {}
    if isinstance(version := data.get("_v"), int) and version > _COVERAGE_FORMAT:
        what = f"a newer Annotator wrote this (format {version})"
        raise CorpusError(what, where=where, do="update Annotator")
    labels = data.get("labels")
    if not isinstance(labels, list) or not all(isinstance(x, str) for x in labels):
        what = "this does not list the labels that the first sentences were read for"
        do = "restore it from a copy, or from git; of two versions keep the labels that both have"
        raise _DamagedCoverageError(what, where=where, do=do)
    return tuple(dict.fromkeys(labels))


def encode_base(labels: tuple[str, ...]) -> bytes:
    """Return the file for these labels."""
    return dump_json_line({"_v": _COVERAGE_FORMAT, "labels": list(labels)})


def keep_coverage_base(corpus: Path, labels: tuple[str, ...]) -> None:
    """Write the labels unless the corpus has the file; what cannot be written now is tried with the next record."""
    with suppress(OSError):
        if labels and not (corpus / COVERAGE_FILE).exists():
            write_new(corpus / COVERAGE_FILE, encode_base(labels))


def with_kept_base(corpus: Path, coverage: CoverageBase) -> CoverageBase:
    """Write the labels of the schema unless the corpus has the file, and return the coverage with what it has.

    Of a file that came meanwhile and cannot be read nothing is taken as read, as of a damaged one.
    """
    keep_coverage_base(corpus, coverage.labels)
    with suppress(CorpusError):
        return CoverageBase(coverage.labels, _read_base(corpus / COVERAGE_FILE))
    return CoverageBase(coverage.labels, ())


def keep_base_of_begun(corpus: Path) -> None:
    """Write the labels of the schema in force for a corpus without the file of which a journal has records."""
    with suppress(OSError, AnnotatorError):
        if (corpus / COVERAGE_FILE).exists():
            return
        if any(p.stat().st_size for p in (corpus / ANNOTATIONS_FOLDER).glob("*.jsonl")):
            keep_coverage_base(corpus, _labels_in_force(corpus))


def migrate_coverage_base(corpus: Path, rule: MigrationRule) -> None:
    """Give the labels in the file the names that a migration gives them; raises CorpusError, OSError."""
    base = _read_base(corpus / COVERAGE_FILE)
    if base is not None:
        write_atomic(corpus / COVERAGE_FILE, encode_base(migrated_labels(base, rule)))
