"""An index of a journal: which records are in force, and where they are in the file.

It takes some 70 bytes a record, so that an export of a million sentences needs no values of core. A plain
journal is indexed from the tails of its lines. One with a flaw, or with a batch whose effect depends on the
history of edits, is read and replayed whole, and indexed from that.
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.digest import text_digest
from annotator.core.edits import SINGLE_SENTENCE_OPS
from annotator.core.errors import JournalError
from annotator.core.spans import Span
from annotator.storage.codec import NewerFormatError, RecordLineError, RecordTail, decode_tail, has_valid_crc, line_crc
from annotator.storage.coverage_file import read_undamaged_base
from annotator.storage.file_io import MAX_RECORD, translate_os_errors
from annotator.storage.journal import Journal, ReplayedJournal, journal_file_name
from annotator.storage.journal_reader import RECORD_END, LineFlaw
from annotator.storage.record_rows import RecordRow, decode_row
from annotator.storage.rescue import find_rescue_files

_INDEX_READ_SIZE = 1 << 19
_ANSWER_NUMBERS = {None: 0, Answer.ACCEPT: 1, Answer.REJECT: 2, Answer.IGNORE: 3}
ACCEPTED_NUMBER = _ANSWER_NUMBERS[Answer.ACCEPT]
"""The number of the answer in an index; 0 is an unfinished sentence."""
ANSWER_BY_NUMBER = {n: answer for answer, n in _ANSWER_NUMBERS.items()}


class NotPlainError(ValueError):
    """A journal that must be replayed to be indexed."""


class UnreadableRecordError(ValueError):
    """A record that contradicts itself, or that has changed since it was indexed.

    The one argument is the annotator's name.
    """


class _ArticleRecords:
    """The records in force of one article: where their sentences start, in order, and their numbers."""

    __slots__ = ("records", "starts")

    def __init__(self) -> None:
        self.starts = array("I")
        self.records = array("I")


class JournalIndex:
    """What a journal amounts to; each array has a number for each of its records, in file order."""

    def __init__(self, path: Path, name: str) -> None:
        """Begin with no records of the annotator ``name``."""
        self.path = path
        self.name = name
        self.crc = ""
        """SHA-256 over the checksums of all lines: identifies the contents of the journal."""
        self.seqs: Sequence[int] = ()
        """The numbers of the records; they count from 1 unless lines of the journal are lost."""
        self.starts = array("I")
        self.ends = array("I")
        """Where the sentences start and end, in code points of their articles."""
        self.offsets = array("Q")
        self.sizes = array("I")
        """Where the lines are in the file, in bytes; the size counts the LF."""
        self.crcs = array("I")
        """The checksums of the lines: a line that changes later is noticed."""
        self.answers = bytearray()
        self.text_hashes = array("Q")
        """The first 64 bits of the text's digest."""
        self.origins: dict[int, str] = {}
        """Of records that carry sentences over, by number: the ids of those that they come from."""
        self.covers: dict[int, tuple[str, ...]] = {}
        """Of records that do not cover all of the schema, by number: the labels that they cover."""
        self.compared: dict[int, tuple[tuple[str, int], ...]] = {}
        """Of records that adjudicate, by number: what they have compared, annotators with their ``seq``."""
        self.later_labels: tuple[str, ...] = ()
        """The labels of the schema that ``accepted_before`` do not cover."""
        self.accepted_before = 0
        """How many sentences in force were accepted before the schema had these labels, and not again since."""
        self.superseded: list[int] = []
        """Records that are no longer in force and that nobody has checked beyond their tails."""
        self.warnings: tuple[str, ...] = ()
        """What a user should know of the journal; empty for a plain one."""
        self.flaws: tuple[LineFlaw, ...] = ()
        """The lines that do not count as they should, and why."""
        self.unusable_lines = 0
        """How many lines do not count, have others missing before them, or are by another annotator."""
        self._articles: dict[str, _ArticleRecords] = {}

    @property
    def articles(self) -> list[str]:
        """The articles that have a record, in the order of their first one."""
        return list(self._articles)

    def current_records(self, article: str) -> Sequence[int]:
        """Return the records in force of an article, numbered from 0 in file order, by place in the text."""
        places = self._articles.get(article)
        return places.records if places else ()

    def overlapping_records(self, article: str, start: int, end: int) -> Sequence[int]:
        """Return the records in force that share text with ``[start, end)`` of an article."""
        places = self._articles.get(article)
        return places.records[slice(*self._overlapping_range(places, start, end))] if places else ()

    def begin_article(self, article: str) -> _ArticleRecords:
        """Return the place for the records of an article that has none yet."""
        places = self._articles[article] = _ArticleRecords()
        return places

    def add_lines(self, raws: Sequence[bytes], tails: Sequence[RecordTail]) -> None:
        """Add the records of lines (without LF) that follow in the file; raises NotPlainError."""
        sizes = [len(raw) + 1 for raw in raws]
        before = self.offsets[-1] + self.sizes[-1] if self.sizes else 0
        self.starts.extend([tail.meta.start for tail in tails])
        self.ends.extend([tail.meta.end for tail in tails])
        self.offsets.extend(list(accumulate(sizes, initial=before))[:-1])
        self.sizes.extend(sizes)
        self.crcs.extend([line_crc(raw) for raw in raws])
        self.answers.extend([_ANSWER_NUMBERS[tail.answer] for tail in tails])
        first = len(self.starts) - len(tails)
        self.compared |= {first + i: tuple(tail.compared.items()) for i, tail in enumerate(tails) if tail.compared}
        self.origins |= {first + i: tail.carried_from for i, tail in enumerate(tails) if tail.carried_from}
        self.covers |= {first + i: tail.covers for i, tail in enumerate(tails) if tail.covers is not None}
        try:
            self.text_hashes.extend([int(tail.digest[:16], 16) for tail in tails])
        except (ValueError, OverflowError):
            raise NotPlainError("the digest is no SHA-256") from None

    def apply_batch(self, batch: Sequence[tuple[int, RecordTail]]) -> None:
        """Put the records of one edit in force.

        Each takes the place of all records that share text with it. ``AnnotationStore.replay`` does the
        same with single records and with edits that go sentence by sentence; with others as long as no
        other record is between their sentences; raises NotPlainError where one does.
        """
        if len(batch) > 1 and batch[0][1].op not in SINGLE_SENTENCE_OPS:
            self._check_adjacent(batch)
        for number, tail in batch:
            self.apply_record(number, tail.meta.article)

    def apply_record(self, number: int, article: str) -> None:
        """Put a record in force in the place of all that share text with it."""
        places = self._articles.get(article) or self.begin_article(article)
        starts, records, mine = places.starts, places.records, self.starts[number]
        if not starts or (starts[-1] < mine and self.ends[records[-1]] <= mine):  # most records: at the end
            starts.append(mine)
            records.append(number)
            return
        first, last = self._overlapping_range(places, mine, self.ends[number])
        self.superseded += records[first:last]
        starts[first:last] = array("I", [mine])
        records[first:last] = array("I", [number])

    def limit_coverage(self, corpus: Path) -> None:
        """Give the accepted records without `_covers` the labels that they cover by the schema in force.

        With a damaged ``coverage.json`` these are none, and ``warnings`` names it. Raises CorpusError for a file of
        a newer version.
        """
        coverage, flaw = read_undamaged_base(corpus)
        if not (coverage.later or coverage.is_unknown):
            return
        assert coverage.base is not None
        limited = [n for n, x in enumerate(self.answers) if x == ACCEPTED_NUMBER and n not in self.covers]
        self.covers |= dict.fromkeys(limited, coverage.base)
        if flaw:
            self.warnings = tuple(dict.fromkeys((*self.warnings, flaw)))
            return
        self.later_labels = coverage.later
        in_force = (n for article in self.articles for n in self.current_records(article))
        self.accepted_before = len(set(limited).intersection(in_force))

    def _overlapping_range(self, places: _ArticleRecords, start: int, end: int) -> tuple[int, int]:
        """Return which of the places share text with ``[start, end)``, as a half-open range."""
        first = bisect_left(places.starts, start)
        if first and self.ends[places.records[first - 1]] > start:
            first -= 1
        return first, max(first, bisect_left(places.starts, end))

    def _check_adjacent(self, batch: Sequence[tuple[int, RecordTail]]) -> None:
        """Raise NotPlainError unless an edit's sentences are in one article with no other record between."""
        metas = [tail.meta for _, tail in batch]
        places = self._articles.get(metas[0].article, _ArticleRecords())
        each = [self._overlapping_range(places, m.start, m.end) for m in metas]
        whole = self._overlapping_range(places, metas[0].start, metas[-1].end)
        covered = {n for first, last in each for n in range(first, last)}
        if {m.article for m in metas} != {metas[0].article} or covered != set(range(*whole)):
            raise NotPlainError("an edit of sentences that are no neighbours")


def load_journal_index(
    corpus: Path,
    name: str,
    stored_sentences: Callable[[str], Sequence[Sentence]],
    *,
    replay: bool = False,
    file: str = "",
) -> JournalIndex:
    """Return the index of an annotator's journal, whatever its state; nothing on the disk is touched.

    ``file`` is another one in the corpus folder with such lines, beside which nothing is rescued.

    ``stored_sentences`` returns the sentences of an article by its id. ``replay`` reads every line with all
    checks: for a journal in which a record in force has proved unreadable. Raises JournalError for a journal
    of a newer version or one that cannot be read.
    """
    path = corpus / (file or journal_file_name(name))
    with translate_os_errors("read", path, JournalError):
        if not (replay or (not file and find_rescue_files(corpus, name))):
            with suppress(NotPlainError, UnreadableRecordError):
                index = read_journal_index(path, name)
                in_force = (n for article in index.articles for n in index.current_records(article))
                unread = [n for n in in_force if index.answers[n] != ACCEPTED_NUMBER]
                with closing(RecordReader()) as reader:
                    for n in (*index.superseded, *unread):  # no export reads them, and they count as much
                        reader.read(index, n)
                index.limit_coverage(corpus)
                return index
        index = _index_by_replay(corpus, name, stored_sentences, file)
        index.limit_coverage(corpus)
        return index


def read_journal_index(path: Path, name: str) -> JournalIndex:
    """Index a plain journal from the tails of its lines; raises NotPlainError, OSError.

    Every line's CRC is checked; text, tokens and spans are checked when a record is read.
    """
    index = JournalIndex(path, name)
    batch: list[tuple[int, RecordTail]] = []
    names = {name, ""}
    with path.open("rb", buffering=0) as file:
        for raws in _read_line_chunks(file):
            number = len(index.starts)
            try:
                tails = [decode_tail(raw) for raw in raws]
            except (RecordLineError, NewerFormatError) as error:
                raise NotPlainError(str(error)) from None
            index.add_lines(raws, tails)
            for seq, tail in enumerate(tails, number + 1):
                if tail.seq != seq or tail.annotator not in names:
                    raise NotPlainError("a line is missing, or by another annotator")
                if tail.batch is None and not batch:
                    index.apply_record(seq - 1, tail.meta.article)
                else:
                    _add_to_batch(batch, seq - 1, tail)
                    if tail.batch and len(batch) == tail.batch.size:
                        index.apply_batch(batch)
                        batch = []
    if batch:
        raise NotPlainError("a batch is incomplete")
    index.seqs = range(1, len(index.starts) + 1)
    index.crc = hashlib.sha256(index.crcs.tobytes()).hexdigest()
    return index


def _read_line_chunks(file: BinaryIO) -> Iterator[list[bytes]]:
    """Yield the lines of a journal without LF, many at a time; raises NotPlainError for a torn one."""
    remainder = b""
    while data := file.read(_INDEX_READ_SIZE):
        *lines, remainder = (remainder + data).split(b"\n")
        if max(map(len, (remainder, *lines))) > MAX_RECORD:
            raise NotPlainError("a line is too long")
        if lines:
            yield lines
    if remainder:
        raise NotPlainError("the last line is torn")


def _add_to_batch(batch: list[tuple[int, RecordTail]], number: int, tail: RecordTail) -> None:
    """Add a record to the batch that it belongs to; raises NotPlainError where a batch is not whole."""
    if tail.batch is None or tail.seq != tail.batch.first + len(batch):
        raise NotPlainError("a batch is incomplete")
    if batch and tail.batch != batch[0][1].batch:
        raise NotPlainError("a batch is incomplete")
    batch.append((number, tail))


def _index_by_replay(
    corpus: Path, name: str, stored_sentences: Callable[[str], Sequence[Sentence]], file: str
) -> JournalIndex:
    """Index a journal from its replayed records, with what is wrong with its lines."""
    journal = Journal.read_file(corpus / file, name) if file else Journal.open(corpus, name, read_only=True)
    index = JournalIndex(journal.path, name)
    for record in journal.records:
        sentence = record.annotated.sentence
        index.starts.append(sentence.start)
        index.ends.append(sentence.end)
        index.answers.append(_ANSWER_NUMBERS[record.annotated.annotation.answer])
        index.text_hashes.append(int(text_digest(sentence.text)[:16], 16))
        if record.compared:
            index.compared[len(index.starts) - 1] = record.compared
        if record.carried_from:
            index.origins[len(index.starts) - 1] = record.carried_from
        if record.annotated.annotation.covers is not None:
            index.covers[len(index.starts) - 1] = record.annotated.annotation.covers
    for offset, size, crc in journal.lines:
        index.offsets.append(offset)
        index.sizes.append(size)
        index.crcs.append(crc)
    index.seqs = array("Q", [record.seq for record in journal.records])
    index.crc = hashlib.sha256(index.crcs.tobytes()).hexdigest()
    index.warnings, index.flaws = tuple(journal.warnings), journal.flaws
    index.unusable_lines = journal.unusable_lines + len(journal.records_of_others)
    store = ReplayedJournal.of(journal, stored_sentences).store
    numbers = {seq: number for number, seq in enumerate(index.seqs)}
    for article in store.touched_articles:
        places = index.begin_article(article)
        for annotated in store.touched_sentences_of(article):
            places.starts.append(annotated.sentence.start)
            places.records.append(numbers[store.last_seq(annotated.sentence.id) or 0])
    return index


# -- records by their place in the file ----------------------------------------------------------

_RECORD_READ_SIZE = 1 << 18
"""How many bytes of a journal are read at a time."""


class RecordReader:
    """Reads records of journals by number or by their place in the file; files stay open until ``close``."""

    def __init__(self) -> None:
        """Open no file yet."""
        self._open_files: dict[str, BinaryIO] = {}

    def close(self) -> None:
        """Close the files."""
        for file in self._open_files.values():
            file.close()
        self._open_files.clear()

    def __del__(self) -> None:
        """Close the files of an iterator that nobody has begun."""
        self.close()

    def _open(self, path: str) -> BinaryIO:
        file = self._open_files.get(path)
        if file is None:
            file = self._open_files[path] = Path(path).open("rb", buffering=_RECORD_READ_SIZE)  # noqa: SIM115  (see close)
        return file

    def read_raw(self, journal: JournalIndex, number: int) -> bytes:
        """Return the line (without LF) of a record by number; raises UnreadableRecordError."""
        try:
            file = self._open(str(journal.path))
            file.seek(journal.offsets[number])
            raw = file.read(journal.sizes[number]).rstrip(RECORD_END)
        except OSError:
            raise UnreadableRecordError(journal.name) from None
        if not has_valid_crc(raw) or line_crc(raw) != journal.crcs[number]:
            raise UnreadableRecordError(journal.name)
        return raw

    def read_lines(
        self, name: str, path: str, locations: Sequence[tuple[int, int, int]], lengths: Sequence[int]
    ) -> list[RecordRow]:
        """Return the records at these offsets, of these sizes (bytes) and checksums.

        ``lengths`` are the lengths of their sentences in code points. Raises UnreadableRecordError with
        the annotator's ``name``.
        """
        try:
            file, rows = self._open(path), []
            for (offset, size, crc), length in zip(locations, lengths, strict=True):
                file.seek(offset)
                rows.append(decode_row(file.read(size).rstrip(RECORD_END), crc, length))
        except (RecordLineError, OSError):
            raise UnreadableRecordError(name) from None
        return rows

    def read(self, journal: JournalIndex, number: int) -> RecordRow:
        """Return a record by number; raises UnreadableRecordError."""
        at = (journal.offsets[number], journal.sizes[number], journal.crcs[number])
        length = journal.ends[number] - journal.starts[number]
        row = self.read_lines(journal.name, str(journal.path), [at], [length])[0]
        row.covers = journal.covers.get(number, row.covers)
        return row

    def annotated(self, journal: JournalIndex, article: str, number: int) -> AnnotatedSentence:
        """Return a record as a value of core; the sentence's index is 0. Raises UnreadableRecordError."""
        row = self.read(journal, number)
        start, end = journal.starts[number], journal.ends[number]
        both = (row.spans, row.rejected)
        spans, rejected = ([Span(s.start, s.end, s.label, s.source, s.group) for s in rows] for rows in both)
        annotation = Annotation(
            (), ANSWER_BY_NUMBER[journal.answers[number]], (), row.note, row.flagged, (), row.covers
        )
        sentence = Sentence(article, 0, start, end, row.text, tuple(row.tokens))
        return AnnotatedSentence(sentence, annotation.with_spans(spans).with_rejected(rejected))
