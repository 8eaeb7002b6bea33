"""What an import has left in a corpus, for the tests of the commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from annotator.core.annotation import AnnotatedSentence
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.opening import load_journals
from tests.cli.command_runner import CommandResult, call


def jsonl(path: Path, *rows: Any) -> Path:
    """Write a file with a JSON value a line."""
    path.write_bytes(b"".join(orjson.dumps(r) + b"\n" for r in rows))
    return path


def imported(path: Path, corpus: Path, *more: str | Path) -> CommandResult:
    """Import a file."""
    return call("import", path, "--corpus", corpus, *more)


def sentences_by_annotator(corpus: Path) -> dict[str, list[AnnotatedSentence]]:
    """Return the works of each annotator."""
    opened = CorpusFolder.open(corpus)
    return {loaded.annotator: loaded.annotated_sentences for loaded in load_journals(opened)}


def spans(corpus: Path) -> list[tuple[str, str, str]]:
    """Return (annotator, words, label) of all that the journals hold."""
    return [
        (name, w.text_of(s), s.label)
        for name, found in sentences_by_annotator(corpus).items()
        for w in found
        for s in w.annotation.spans
    ]


def answers(corpus: Path) -> list[tuple[str, str | None]]:
    """Return each sentence that somebody has worked on, with the answer."""
    return [
        (w.sentence.text, w.annotation.answer.value if w.annotation.answer else None)
        for found in sentences_by_annotator(corpus).values()
        for w in found
    ]


def files(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder but locks, with their bytes."""
    found = (p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(".lock"))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}
