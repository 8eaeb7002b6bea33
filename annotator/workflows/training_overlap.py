"""Which of the sentences that measure a pipeline are those that it was trained on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from annotator.core.errors import AnnotatorError
from annotator.core.pluralize import pluralize
from annotator.docbin.reader import SENT_START, PackedDoc, read_docbin
from annotator.suggest.evaluation import GoldSentence

_MAX_PARENTS = 3
"""How many folders above a pipeline its training data are looked for in: OUT/training/model-best."""


def overlap_warning(source: str, trained_on: Sequence[Path], gold: Sequence[GoldSentence]) -> str:
    """Return a warning where a pipeline was trained on some of the gold sentences; else an empty text."""
    known = {text for path in trained_on for text in _texts(path)}
    seen = sum(g.sentence.text.strip() in known for g in gold)
    if not seen:
        return ""
    files = f"{trained_on[0]} and {len(trained_on) - 1} more" if len(trained_on) > 1 else trained_on[0]
    what = f"{source} was trained on {seen} of the {pluralize(len(gold), 'sentence')} ({files})"
    return f"{what}: its figures are better than they will be on new texts; measure it with --part test"


def training_files(folder: Path, named: Sequence[str]) -> list[Path]:
    """Return the DocBins that a pipeline was trained on, as far as they are still there.

    ``named`` are files, or folders of files, as the pipeline names them. A relative path is tried from the
    pipeline's ``folder``, those above it, and the working folder.
    """
    bases = [folder, *folder.resolve().parents[:_MAX_PARENTS], Path()]
    return [path for name in named for path in _docbins(name, bases)]


def _docbins(name: str, bases: Sequence[Path]) -> list[Path]:
    for path in (base / name for base in bases):
        if path.is_file():
            return [path]
        if path.is_dir() and (files := sorted(path.rglob("*.spacy"))):
            return files
    return []


def _texts(path: Path) -> Iterator[str]:
    """Yield the texts and the sentences of a DocBin; nothing of one that cannot be read."""
    with suppress(AnnotatorError, OSError):
        for doc in read_docbin(path.read_bytes(), str(path)).docs():
            yield from _sentences(doc)


def _sentences(doc: PackedDoc) -> Iterator[str]:
    spaces = doc.spaces or (True,) * len(doc.words)
    pieces = [w + " " * s for w, s in zip(doc.words, spaces, strict=True)]
    yield "".join(pieces).strip()
    starts = [n for n, v in enumerate(doc.columns.get(SENT_START, ())) if v == 1]
    for first, last in zip(starts, [*starts[1:], len(pieces)], strict=True):
        yield "".join(pieces[first:last]).strip()
