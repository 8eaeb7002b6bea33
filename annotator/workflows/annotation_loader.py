"""What the annotators of a corpus left: whole journals replayed, or single records read by number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence, Annotation
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import Sentence
from annotator.core.errors import JournalError
from annotator.core.spans import Span
from annotator.storage.codec import FastRecord, FastSpan
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import ANNOTATIONS_FOLDER
from annotator.storage.journal import Journal
from annotator.storage.journal_index import (
    ANSWER_BY_NUMBER,
    FastReadError,
    FastRecordReader,
    JournalIndex,
)


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


class UnreadableRecordError(ValueError):
    """A record that an index counts contradicts itself, or has changed since: the journal must be replayed.

    The one argument is the annotator's name.
    """


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


class RecordReader:
    """Reads records by number; files stay open until ``close``."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._reader = FastRecordReader()

    def close(self) -> None:
        """Close the files."""
        self._reader.close()

    def read(self, journal: JournalIndex, number: int) -> FastRecord:
        """Return a record; raises UnreadableRecordError."""
        at = (journal.offsets[number], journal.sizes[number], journal.crcs[number])
        length = journal.ends[number] - journal.starts[number]
        return self.read_lines(journal.name, str(journal.path), [at], [length])[0]

    def read_lines(
        self, name: str, path: str, locations: Sequence[tuple[int, int, int]], lengths: Sequence[int]
    ) -> list[FastRecord]:
        """Return the records of these offsets, sizes and checksums; raises UnreadableRecordError."""
        try:
            return self._reader.read_records(path, locations, lengths)
        except (FastReadError, OSError):
            raise UnreadableRecordError(name) from None

    def annotated(self, journal: JournalIndex, article: str, number: int) -> AnnotatedSentence:
        """Return a record as a value of core; the sentence's index is 0. Raises UnreadableRecordError."""
        stored = self.read(journal, number)
        start, end = journal.starts[number], journal.ends[number]
        sentence = Sentence(article, 0, start, end, stored.text, tuple(stored.tokens))
        answer = ANSWER_BY_NUMBER[journal.answers[number]]
        annotation = Annotation(answer=answer, note=stored.note, flagged=stored.flagged)
        annotation = annotation.with_spans([*map(_core_span, stored.spans)])
        return AnnotatedSentence(sentence, annotation.with_rejected([*map(_core_span, stored.rejected)]))


def _core_span(span: FastSpan) -> Span:
    return Span(span.start, span.end, span.label, span.source)
