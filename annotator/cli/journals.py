"""What the annotators of a corpus have made of it, read from their journals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from annotator.core.works import AnnotationStore
from annotator.storage.corpus import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.scan import LineFlaw


@dataclass(frozen=True, slots=True)
class LoadedJournal:
    """One annotator's works, and what was found wrong with the journal."""

    annotator: str
    store: AnnotationStore
    warnings: tuple[str, ...]
    unusable_lines: int = 0
    """Lines of the journal that do not count or have others missing before them."""
    flaws: tuple[LineFlaw, ...] = ()
    """The lines that do not count as they should, and why."""


def load_journals(corpus: CorpusFolder) -> Iterator[LoadedJournal]:
    """Yield the works of each annotator, by name; nothing on the disk is touched."""
    for name in corpus.annotators():
        journal = Journal.open(corpus.path, name, read_only=True)
        store = AnnotationStore(corpus.sentences)
        store.replay(journal.records)
        yield LoadedJournal(name, store, tuple(journal.warnings), journal.unusable_lines, journal.flaws)
