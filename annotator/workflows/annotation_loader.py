"""What the annotators of a corpus left: whole journals replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from msgspec import Struct

from annotator.core.annotation_store import AnnotationStore
from annotator.core.errors import JournalError
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import ANNOTATIONS_FOLDER
from annotator.storage.journal import Journal
from annotator.storage.journal_index import UnreadableRecordError


class LoadedJournal(Struct, frozen=True):
    """One annotator's sentences."""

    annotator: str
    store: AnnotationStore
    warnings: tuple[str, ...]


def load_journals(corpus: CorpusFolder) -> Iterator[LoadedJournal]:
    """Yield the sentences of each annotator, by name; nothing on the disk is touched."""
    for name in corpus.annotators():
        journal = Journal.open(corpus.path, name, read_only=True)
        store = AnnotationStore(corpus.sentences)
        store.replay(journal.records)
        yield LoadedJournal(name, store, tuple(journal.warnings))


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
                raise JournalError(
                    "a record has changed or contradicts itself",
                    where=f"{ANNOTATIONS_FOLDER}/{name}.jsonl",
                    do="try again; if it stays so, restore the file from a copy",
                ) from None
            replay |= {name}
