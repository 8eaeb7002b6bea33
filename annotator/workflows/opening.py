"""What most workflows share: opening a corpus, its journals and its schema, and showing progress and warnings."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from annotator.core.article import Article
from annotator.core.errors import (
    AnnotatorError,
    AnnotatorWarning,
    CorpusError,
    DamagedArticleError,
    JournalError,
    SchemaError,
)
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import SENTENCES_FILE
from annotator.storage.file_io import REPAIR_HINT, translate_os_errors
from annotator.storage.journal import Journal, ReplayedJournal, journal_file_name
from annotator.storage.journal_index import UnreadableRecordError
from annotator.storage.migrations import all_journals_locked
from annotator.storage.schemas import parse_schema_text

# A workflow shows progress and warnings by calling a function: it knows nothing of the screen.


WarningCallback = Callable[[str], None]
"""Called with each warning: what is wrong with the stored files."""
ProgressCallback = Callable[[int, int], None]
"""Called with what is done and the total, both in the units of the workflow."""


def ignore_progress(done: int, total: int) -> None:
    """Show nothing."""


def ignore_warning(text: str) -> None:
    """Show nothing."""


def warn_in_python(text: str) -> None:
    """Show an AnnotatorWarning as Python shows its own."""
    warnings.warn(text, AnnotatorWarning, stacklevel=2)


def warn_once(warn: WarningCallback) -> WarningCallback:
    """Return a function that passes each text on once, for work that may begin again."""
    seen: set[str] = set()

    def show(text: str) -> None:
        if text not in seen:
            seen.add(text)
            warn(text)

    return show


# What the annotators of a corpus left: whole journals replayed.


def load_journals(corpus: CorpusFolder) -> Iterator[ReplayedJournal]:
    """Yield the journal of each annotator, by name; nothing on the disk is touched."""
    for name in corpus.annotators():
        yield ReplayedJournal.of(Journal.open(corpus.path, name, read_only=True), corpus.sentences_to_replay)


_Value = TypeVar("_Value")


def with_replays(work: Callable[[frozenset[str]], _Value]) -> _Value:
    """Run ``work`` with the names of the annotators whose journals must be replayed, and return its value.

    Nobody is at first; a journal in which a record proves unreadable is replayed the next time.
    """
    replay: frozenset[str] = frozenset()
    while True:
        try:
            return work(replay)
        except UnreadableRecordError as error:
            name = error.args[0]
            if name in replay:
                raise changed_record_error(name) from None
            replay |= {name}


_Parameters = ParamSpec("_Parameters")


def with_damaged_apart(
    work: Callable[Concatenate[CorpusFolder, _Parameters], _Value],
) -> Callable[Concatenate[CorpusFolder, _Parameters], _Value]:
    """Run a workflow on a corpus again without the articles that prove damaged, which are then set apart.

    Nothing is checked beforehand: a sound corpus costs nothing.
    """

    @wraps(work)
    def run(corpus: CorpusFolder, /, *args: _Parameters.args, **options: _Parameters.kwargs) -> _Value:
        try:
            return work(corpus, *args, **options)
        except DamagedArticleError:
            for _ in corpus.readable_articles():
                pass
            return work(corpus, *args, **options)

    return run


def damaged_sentences_warning(article_id: str) -> str:
    """Return the warning of an export for an article of which ``sentences.jsonl`` has another text.

    The export goes on: a record of a journal has its text and tokens, with a digest and a checksum.
    """
    what = f"{SENTENCES_FILE}: sentences of article {article_id} are damaged"
    return f"{what}; what is exported of them is as the journals have it; {REPAIR_HINT}"


def changed_record_error(annotator: str) -> JournalError:
    """Return the error for a journal that does not hold a record as it was when the work began."""
    return JournalError(
        "a record has changed or contradicts itself",
        where=journal_file_name(annotator),
        do="try again; if it happens again, restore the file from a copy",
    )


def open_corpus(path: Path | str) -> CorpusFolder:
    """Open a corpus; raises CorpusError with how to make one where there is none."""
    with translate_os_errors("read", path):
        if not Path(path).exists():
            raise CorpusError(
                "there is no such corpus", where=str(path), do=f"make it with `annotator ingest FILE… --corpus {path}`"
            )
    return CorpusFolder.open(path)


def chosen_annotators(corpus: CorpusFolder, annotator: str | None) -> tuple[str, ...]:
    """Return the one annotator, or all for None; raises AnnotatorError for one without a journal."""
    names = corpus.annotators()
    if annotator is None:
        return names
    if annotator not in names:
        there = f"use one of: {', '.join(names)}" if names else "nobody has annotated this corpus yet"
        what = f"there is no journal of the annotator {annotator!r}"
        raise AnnotatorError(what, where=str(corpus.path), do=there)
    return (annotator,)


@with_damaged_apart
def labels_in_use(corpus: CorpusFolder) -> set[str]:
    """Return the labels of all spans that are there now, or that undo and redo can bring back."""
    labels: set[str] = set()
    for loaded in load_journals(corpus):
        labels |= loaded.labels_in_history()
        labels |= {span.label for w in loaded.annotated_sentences for span in w.annotation.spans}
    return labels


def apply_schema(corpus: CorpusFolder, text: str, where: str = "schema") -> None:
    """Put the schema of a TOML text in force, unless it is.

    Raises SchemaError where it lacks a label that is in use, and JournalError while somebody annotates here:
    an open session goes on with the labels that it has read.
    """
    schema = parse_schema_text(text, where)
    with translate_os_errors("read", corpus.schema_path):
        if corpus.schema_path.read_bytes() == text.encode():
            return
    with all_journals_locked(corpus):
        lacking = sorted(labels_in_use(corpus) - {x.name for x in schema.labels})
        if lacking:
            raise SchemaError(
                f"the schema {schema.name} lacks labels that are in use here: {', '.join(lacking)}",
                where=str(corpus.path),
                do="add them to the schema, or annotate in another corpus",
            )
        corpus.set_schema(text)


def articles_with_warnings(folder: CorpusFolder) -> Iterator[Article]:
    """Yield the articles that can be read, then warn of the others."""
    before = len(folder.warnings)
    yield from folder.readable_articles()
    for warning in folder.warnings[before:]:
        warn_in_python(warning)
