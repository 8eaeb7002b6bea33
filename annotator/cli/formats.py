"""``annotator export --format NAME``: what was annotated, in the format of another tool."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from annotator.cli.documents import ANSWERS, answered, documents_of, half_read, list_absent
from annotator.cli.gather import Gathered
from annotator.core.errors import AnnotatorError, UsageError
from annotator.export.files import replace_all
from annotator.export.owned import LEDGER, named, own, refuse_foreign
from annotator.export.values import ExportReport
from annotator.formats import detect, ledger
from annotator.formats.document import Account, Document, Entry, Fate

Unit = Literal["sentence", "article"]

HALF_READ = (
    "articles that are written whole though some of their sentences are not accepted, so that nothing is "
    "marked in these: {n}"
)
TWICE = (
    "texts that several annotators have done stand there once for each (--annotator NAME takes one's): {n}"
)
_NAMELESS = {"conll", "spacy-json"}
"""Formats whose one file doesn't say who has annotated what."""
_SENTENCES_ALONE = {"conll", "webanno"}
"""Formats that hold sentences, not the text around them."""


class _Files(Mapping[str, bytes]):
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


def export_format(
    gathered: Gathered, out: Path, name: str, *, full: bool, unit: Unit | None = None
) -> ExportReport:
    """Write what is finished to the folder ``out`` in the format ``name``, with a ledger.

    A document is a sentence or an article, as the format has it unless ``unit`` says otherwise. Raises
    AnnotatorError where nothing is finished, and where a file of another's would be replaced.
    """
    writer = detect.load(name)
    if not detect.can_write(name):
        raise UsageError(f"the format {name} can only be read", do="export another")
    documents = documents_of(gathered, unit or detect.FORMATS[name].unit, answers=name in ANSWERS)
    if not documents:
        raise nothing_to_write(gathered, name)
    account = Account()
    if name not in _SENTENCES_ALONE and (n := half_read(documents)):
        account.notes.append(HALF_READ.format(n=n))
    if name in _NAMELESS and (n := sum(times > 1 for times in Counter(d.id for d in documents).values())):
        account.notes.append(TWICE.format(n=n))
    with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
        writer.write(documents, Path(folder), account)
        lost = ledger.lost(account) + list_absent(gathered, account) + sum(gathered.missing.damaged_lines.values())
        totals = _totals(gathered, account, _Files(Path(folder), {})) | {"lost": lost}
        kept = _kept(account, documents) if full else ()
        written = _Files(Path(folder), {LEDGER: b"".join(ledger.lines(account, totals, kept))})
        refuse_foreign(out, written)
        removed = replace_all(out, written, own(out, [n for n in named(out) if n not in written]))
        names = tuple(written)
    return ExportReport(out.as_posix(), names, removed, {}, totals, None, tuple(account.notes), lost)


def nothing_to_write(gathered: Gathered, name: str) -> AnnotatorError:
    """Return the error for a corpus of which a format can hold no sentence."""
    answers = dict(answered(gathered.items))
    if name in ANSWERS or not (unaccepted := answers["rejected"] + answers["ignored"]):
        return AnnotatorError("there is no finished sentence to export", do="annotate some first")
    return AnnotatorError(
        f"there is no accepted sentence to export; {unaccepted} rejected or ignored, for which {name} has no word",
        do=f"accept some first, or use a format that can: --format {', '.join(sorted(ANSWERS))}",
    )


def _totals(gathered: Gathered, account: Account, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the totals of the ledger; each file with its SHA-256, by which a later export knows it."""
    return {
        "sentences": dict(answered(gathered.items)),
        **ledger.totals_of(account),
        "left out": [],
        "journals with flaws": dict(gathered.missing.damaged_lines),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }


def _kept(account: Account, documents: Sequence[Document]) -> Iterator[Entry]:
    """Yield the spans that no line tells of: they were written just as they are."""
    listed = {(e.where, e.id) for e in account.entries}
    for d in documents:
        for s in d.spans:
            id_ = f"{s.start}-{s.end}:{s.label}"
            if (d.where, id_) not in listed:
                yield Entry(d.where, id_, Fate.MOVED, "", d.text[s.start : s.end])
