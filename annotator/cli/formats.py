"""``annotator export --format NAME``: what was annotated, in the format of another tool."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from annotator.cli.documents import FORMATS_WITH_ANSWERS, sentences_by_answer, build_documents, count_partly_annotated, list_left_out
from annotator.cli.gather import ExportSelection
from annotator.core.errors import AnnotatorError, UsageError
from annotator.export.files import replace_files
from annotator.export.owned import EXPORT_LEDGER_FILE, files_in_ledgers, owned_files, raise_foreign_files
from annotator.export.values import ExportReport
from annotator.formats import detect, ledger
from annotator.formats.document import ConversionLog, Document, ConversionLogEntry, ConversionOutcome

DocumentUnit = Literal["sentence", "article"]

PARTLY_ANNOTATED_NOTE = (
    "articles that are written whole though some of their sentences are not accepted, so that nothing is "
    "marked in these: {n}"
)
REPEATED_TEXTS_NOTE = (
    "texts that several annotators have done stand there once for each (--annotator NAME takes one's): {n}"
)
_FORMATS_WITHOUT_ANNOTATOR = {"conll", "spacy-json"}
"""Formats whose one file doesn't say who has annotated what."""
_SENTENCE_ONLY_FORMATS = {"conll", "webanno"}
"""Formats that hold sentences, not the text around them."""


class _FolderFiles(Mapping[str, bytes]):
    """The files below a folder, each read when it is asked for."""

    def __init__(self, folder: Path, more: Mapping[str, bytes]) -> None:
        self._folder, self._more = folder, more
        self._names = tuple(
            sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
        )

    def __getitem__(self, name: str) -> bytes:
        if name in self._more:
            return self._more[name]
        if name not in self._names:
            raise KeyError(name)
        return (self._folder / name).read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter([*self._names, *self._more])

    def __len__(self) -> int:
        return len(self._names) + len(self._more)


def export_to_format(
    gathered: ExportSelection, out: Path, name: str, *, full: bool, unit: DocumentUnit | None = None
) -> ExportReport:
    """Write what is finished to the folder ``out`` in the format ``name``, with a ledger.

    A document is a sentence or an article, as the format has it unless ``unit`` says otherwise. Raises
    AnnotatorError where nothing is finished, and where a file of another's would be replaced.
    """
    writer = detect.load_format(name)
    if not detect.can_write(name):
        raise UsageError(f"the format {name} can only be read", do="export another")
    documents = build_documents(gathered, unit or detect.FORMATS[name].unit, answers=name in FORMATS_WITH_ANSWERS)
    if not documents:
        raise nothing_to_export_error(gathered, name)
    account = ConversionLog()
    if name not in _SENTENCE_ONLY_FORMATS and (n := count_partly_annotated(documents)):
        account.notes.append(PARTLY_ANNOTATED_NOTE.format(n=n))
    if name in _FORMATS_WITHOUT_ANNOTATOR and (n := sum(times > 1 for times in Counter(d.id for d in documents).values())):
        account.notes.append(REPEATED_TEXTS_NOTE.format(n=n))
    with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
        writer.write(documents, Path(folder), account)
        lost = ledger.count_losses(account) + list_left_out(gathered, account) + sum(gathered.missing.damaged_lines.values())
        totals = _ledger_totals(gathered, account, _FolderFiles(Path(folder), {})) | {"lost": lost}
        kept = _kept_entries(account, documents) if full else ()
        written = _FolderFiles(Path(folder), {EXPORT_LEDGER_FILE: b"".join(ledger.conversion_ledger_lines(account, totals, kept))})
        raise_foreign_files(out, written)
        removed = replace_files(out, written, owned_files(out, [n for n in files_in_ledgers(out) if n not in written]))
        names = tuple(written)
    return ExportReport(out.as_posix(), names, removed, {}, totals, None, tuple(account.notes), lost)


def nothing_to_export_error(gathered: ExportSelection, name: str) -> AnnotatorError:
    """Return the error for a corpus of which a format can hold no sentence."""
    answers = dict(sentences_by_answer(gathered.items))
    if name in FORMATS_WITH_ANSWERS or not (unaccepted := answers["rejected"] + answers["ignored"]):
        return AnnotatorError("there is no finished sentence to export", do="annotate some first")
    return AnnotatorError(
        f"there is no accepted sentence to export; {unaccepted} rejected or ignored, for which {name} has no word",
        do=f"accept some first, or use a format that can: --format {', '.join(sorted(FORMATS_WITH_ANSWERS))}",
    )


def _ledger_totals(gathered: ExportSelection, account: ConversionLog, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the totals of the ledger; each file with its SHA-256, by which a later export knows it."""
    return {
        "sentences": dict(sentences_by_answer(gathered.items)),
        **ledger.conversion_totals(account),
        "left out": [],
        "journals with flaws": dict(gathered.missing.damaged_lines),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }


def _kept_entries(account: ConversionLog, documents: Sequence[Document]) -> Iterator[ConversionLogEntry]:
    """Yield the spans that no line tells of: they were written just as they are."""
    listed = {(e.where, e.id) for e in account.entries}
    for d in documents:
        for s in d.spans:
            id_ = f"{s.start}-{s.end}:{s.label}"
            if (d.where, id_) not in listed:
                yield ConversionLogEntry(d.where, id_, ConversionOutcome.MOVED, "", d.text[s.start : s.end])
