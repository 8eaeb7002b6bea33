"""Whether a corpus would still give the bytes of an export, and what has changed (``annotator export --verify``).

Where version, options and everything that the manifest names are the same, so are the bytes. Otherwise the
export is made again in a temporary folder, and the digests are compared. Nothing else is written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from annotator.core.errors import AnnotatorError
from annotator.core.journal_state import JournalState
from annotator.core.pluralize import pluralize
from annotator.export.atomic_output import MANIFEST_FILE
from annotator.export.manifest import (
    PROGRAM,
    ExportInputs,
    ExportManifest,
    InputChange,
    decode_manifest,
    effective_options,
    input_changes,
)
from annotator.export.options import ExportOptions
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.file_io import file_digest, translate_os_errors
from annotator.storage.journal_state import has_first_lines
from annotator.workflows.adjudicated_records import export_journals
from annotator.workflows.corpus_export import export_corpus
from annotator.workflows.export_manifest import export_inputs
from annotator.workflows.opening import ProgressCallback, ignore_progress, ignore_warning, with_damaged_apart

ChangeOptions = Callable[[ExportOptions], ExportOptions]
"""What makes the options of an export into those that it is compared with."""


class FileChange(Struct, frozen=True):
    """A file that is not as the export left it, or that would not be so again."""

    file: str
    what: str


class VerificationReport(Struct, frozen=True, kw_only=True):
    """What a verification found."""

    folder: str
    same: bool
    """Whether the files are as the export left them, and an export now would write the same bytes."""
    program: str
    """Who has made the export."""
    files: int
    """How many files it has, besides the manifest."""
    changed_files: tuple[FileChange, ...]
    """Files that are not as the export left them."""
    changed_inputs: tuple[InputChange, ...]
    """What decides the bytes and is not as it was."""
    other_bytes: tuple[FileChange, ...]
    """Files that an export now would write otherwise."""
    error: str
    """Why the corpus cannot be exported so any more; empty where it can."""
    made_again: bool
    """Whether the export was made again to compare it; not where all that decides the bytes is the same."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        return dict(to_builtins(self))

    def lines(self) -> list[str]:
        """Return the report for people, the verdict last."""
        out = [f"{x.file}: {x.what}" for x in self.changed_files]
        out += [f"changed since the export: {x.message}" for x in self.changed_inputs]
        out += [f"{x.file}: {x.what}" for x in self.other_bytes]
        if self.error:
            out.append(f"the corpus cannot be exported so any more: {self.error}")
        return [*out, f"{self.folder}: {self._verdict()}"]

    def _verdict(self) -> str:
        files = pluralize(self.files, "file")
        if self.same and self.changed_inputs:
            return f"same: the corpus still gives the same bytes, {files} by {self.program}"
        if self.same:
            return f"same: the corpus gives these bytes, {files} by {self.program}"
        if self.other_bytes or self.error:
            return "different: the corpus no longer gives these bytes; export again to have its present state"
        return "different: the corpus still gives the bytes of the export, but the files have been changed"

    def __str__(self) -> str:
        return "\n".join(self.lines())


def verify_export(
    corpus: CorpusFolder,
    out: Path,
    change: ChangeOptions = lambda options: options,
    progress: ProgressCallback = ignore_progress,
) -> VerificationReport:
    """Compare the export in the folder ``out`` with what the corpus would give now, by the options of its manifest.

    ``change`` gives other options to compare with. Raises AnnotatorError where there is no manifest, or a damaged one.
    """
    manifest = _read_manifest(out)
    changed_files = tuple(_changed_files(out, manifest.files))
    options, error, inputs = None, "", list[InputChange]()
    try:
        options = replace(change(manifest.export_options()), lang=corpus.known_lang)
        now = replace(
            manifest, program=PROGRAM, options=effective_options(options), inputs=_current_inputs(corpus, options)
        )
        inputs = [*input_changes(manifest, now), *_journal_changes(corpus, manifest.inputs, now.inputs)]
        other = tuple(_bytes_now(corpus, options, manifest.files, progress)) if inputs else ()
    except AnnotatorError as failure:
        if options is None or isinstance(failure.__cause__, OSError):
            raise
        other, error = (), str(failure)
    return VerificationReport(
        folder=out.as_posix(),
        same=not (changed_files or other or error),
        program=manifest.program,
        files=len(manifest.files),
        changed_files=changed_files,
        changed_inputs=tuple(inputs),
        other_bytes=other,
        error=error,
        made_again=bool(inputs),
    )


def _read_manifest(out: Path) -> ExportManifest:
    path = out / MANIFEST_FILE
    with translate_os_errors("read", path, AnnotatorError):
        if not path.is_file():
            what = "there is no export here with a manifest"
            raise AnnotatorError(what, where=str(path), do="export again, or give the folder of an export")
        return decode_manifest(path.read_bytes(), str(path))


def _changed_files(out: Path, files: Mapping[str, str]) -> Iterator[FileChange]:
    """Yield the files of an export that are not as it left them, and what has come into its folders of shards."""
    for name, digest in files.items():
        found = file_digest(out / name)
        if found != digest:
            yield FileChange(name, "was changed since the export" if found else "is missing")
    folders = sorted({name.rpartition("/")[0] for name in files if "/" in name})
    for place in folders:
        for path in sorted((out / place).glob("*")) if (out / place).is_dir() else ():
            if path.is_file() and (name := f"{place}/{path.name}") not in files:
                yield FileChange(name, "is no file of the export")


@with_damaged_apart
def _current_inputs(corpus: CorpusFolder, options: ExportOptions) -> ExportInputs:
    journals = export_journals(corpus, adjudicated=not options.annotator)
    return export_inputs(corpus, journals, options)


def _journal_changes(corpus: CorpusFolder, then: ExportInputs, now: ExportInputs) -> Iterator[InputChange]:
    """Yield what has been added to the journals, or changed in them."""
    for name in sorted({*then.annotators, *now.annotators}):
        old, new = then.annotators.get(name), now.annotators.get(name)
        if old != new:
            yield InputChange("annotator", name, old, new, f"{name}: {_journal_change(corpus, name, old, new)}")


def _journal_change(corpus: CorpusFolder, name: str, old: JournalState | None, new: JournalState | None) -> str:
    if new is None:
        return "the journal is gone"
    if old is None:
        return f"a new journal with {pluralize(new.lines, 'line')}"
    if new.lines > old.lines and has_first_lines(corpus.path, name, old):
        return f"{pluralize(new.lines - old.lines, 'new line')} (the last record was {old.seq}, and is {new.seq} now)"
    return f"lines that were exported (up to record {old.seq}) have changed"


def _bytes_now(
    corpus: CorpusFolder, options: ExportOptions, then: Mapping[str, str], progress: ProgressCallback
) -> Iterator[FileChange]:
    """Export into a temporary folder, and yield the files that differ from those of the manifest."""
    with (
        translate_os_errors("write", tempfile.gettempdir(), AnnotatorError),
        tempfile.TemporaryDirectory(prefix="annotator-") as folder,
    ):
        again = Path(folder, "out")
        export_corpus(corpus, again, options, progress, ignore_warning, save_groups=False)
        now = _read_manifest(again).files
    for name in sorted({*then, *now}):
        if name not in now:
            yield FileChange(name, "would not be written now")
        elif then.get(name) != now[name]:
            yield FileChange(name, "would have other bytes now" if name in then else "would be written too")
