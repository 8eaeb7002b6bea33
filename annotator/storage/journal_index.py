"""An index of a journal for an export of a million sentences: which records are in force, and where they lie.

It takes some 70 bytes a record, and a journal in which every line is as it should be. It does
nothing but what is plain: anything else, such as a damaged line, raises OddError, and the caller
reads the journal as everybody does (``journal.py``, ``scan.py``, ``records.py``, ``core/works.py``).
Tests hold that what is taken here is taken there just so.
"""

from __future__ import annotations

import hashlib
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256 as _sha256
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

import msgspec

from annotator.core.annotation import Answer
from annotator.core.edits import Op
from annotator.storage.codec import JOURNAL_FORMAT
from annotator.storage.file_io import MAX_RECORD

_ANSWER_KEY = b'],"answer":'
"""What ends the spans of a line. (A quotation mark in a text or a label has a backslash before it.)"""
CRC_LENGTH = len(b',"_crc":"00000000"}')
"""How many bytes at the end of a line its checksum is not reckoned over."""
_INDEX_READ_SIZE = 1 << 19
_KNOWN_OPS = frozenset(op.value for op in Op)
_SINGLE_SENTENCE_OPS = frozenset({Op.EDIT.value, Op.ANSWER.value, Op.NOTE.value, Op.MIGRATE.value})
_ANSWER_NUMBERS = {None: 0, Answer.ACCEPT.value: 1, Answer.REJECT.value: 2, Answer.IGNORE.value: 3}
ACCEPTED_NUMBER = _ANSWER_NUMBERS[Answer.ACCEPT.value]
"""The number of the answer in an index; 0 is an unfinished sentence."""
ANSWER_BY_NUMBER = {n: Answer(name) if name else None for name, n in _ANSWER_NUMBERS.items()}


class FastReadError(ValueError):
    """A journal that is not plain: it has to be read record by record."""


class _TailMeta(msgspec.Struct, gc=False):
    article: str
    sentence: str
    index: int
    start: int
    end: int


class _TailBatch(msgspec.Struct, gc=False):
    first: int
    size: int


class _ForbiddenField(msgspec.Struct, gc=False):
    """What has no place there: its type fits no text and no list, and a decoder refuses it."""


class RecordTail(msgspec.Struct, gc=False):
    """What a line has after its spans, and where ``text``, ``tokens`` and ``spans`` have no place."""

    answer: str | None
    meta: _TailMeta
    annotator: str = msgspec.field(name="_annotator_id")
    session: str = msgspec.field(name="_session_id")
    time: int = msgspec.field(name="_timestamp")
    version: int = msgspec.field(name="_v")
    seq: int = msgspec.field(name="_seq")
    digest: str = msgspec.field(name="_digest")
    op: str = msgspec.field(name="_op")
    parent: int | None = msgspec.field(name="_parent", default=None)
    batch: _TailBatch | None = msgspec.field(name="_batch", default=None)
    note: str = ""
    flagged: bool = False
    keys: dict[str, int] | None = msgspec.field(name="_keys", default=None)
    text: _ForbiddenField | None = None
    tokens: _ForbiddenField | None = None
    spans: _ForbiddenField | None = None


_decode_tail = msgspec.json.Decoder(RecordTail).decode


def fast_crc() -> Callable[[bytes], int]:
    """Return the fastest CRC-32 there is."""
    try:
        from isal import isal_zlib
    except ImportError:  # the standard library's does the same
        return zlib.crc32
    found: Callable[[bytes], int] = isal_zlib.crc32
    return found


def check_journal_lines(
    raws: Sequence[bytes], checksum: Callable[[bytes], int] = zlib.crc32
) -> list[tuple[RecordTail, int]]:
    """Return what lines (without LF) say after their spans, and their CRCs, checked; raises OddError.

    One step after the other for all: so each runs fastest.
    """
    crcs = [checksum(raw[:-CRC_LENGTH]) for raw in raws]
    if [raw[-CRC_LENGTH:] for raw in raws] != [b',"_crc":"%08x"}' % crc for crc in crcs]:
        raise FastReadError("a checksum is wrong or missing")
    try:  # a line without that has its text in the tail, which is no place for it
        tails = [_decode_tail(b"{" + raw[raw.rfind(_ANSWER_KEY) + 2 :]) for raw in raws]
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise FastReadError(str(error)) from None
    for tail in tails:
        _check_tail(tail)
    return list(zip(tails, crcs, strict=True))


def _check_tail(tail: RecordTail) -> None:
    meta = tail.meta
    if tail.version != JOURNAL_FORMAT or tail.op not in _KNOWN_OPS or tail.answer not in _ANSWER_NUMBERS:
        raise FastReadError("a word of another version")
    if not 0 <= meta.start < meta.end < 1 << 32 or meta.sentence != f"{meta.article}:{meta.start}-{meta.end}":
        raise FastReadError("`sentence` is not the place in `meta`")
    if tail.parent is not None and not 1 <= tail.parent < tail.seq:
        raise FastReadError("`_parent` is no earlier record")
    if tail.batch is not None and not tail.batch.first <= tail.seq < tail.batch.first + tail.batch.size:
        raise FastReadError("`_batch` does not hold its own record")
    if tail.keys and min(tail.keys.values()) < 0:
        raise FastReadError("`_keys` counts below nothing")


class _ArticleRecords:
    """The records in force of one article: where their sentences start, in order, and their numbers."""

    __slots__ = ("records", "starts")

    def __init__(self) -> None:
        self.starts = array("I")
        self.records = array("I")


class JournalIndex:
    """What a plain journal comes to, a number in each array for each of its records."""

    def __init__(self, path: Path, name: str) -> None:
        """Begin with nothing."""
        self.path = path
        self.name = name
        self.crc = ""
        """SHA-256 over the checksums of all lines: what the journal holds, in a few bytes."""
        self.starts = array("I")
        self.ends = array("I")
        """The sentences' places, in code points of their articles."""
        self.offsets = array("Q")
        self.sizes = array("I")
        """Where the lines lie in the file, in bytes; the size counts the LF."""
        self.crcs = array("I")
        """Their checksums: a line that has changed since is found out."""
        self.answers = bytearray()
        self.text_hashes = array("Q")
        """The first 64 bits of the text's digest."""
        self.superseded: list[int] = []
        """Records that are in force no more."""
        self._articles: dict[str, _ArticleRecords] = {}

    @property
    def articles(self) -> list[str]:
        """The articles that have a record, in the order of their first one."""
        return list(self._articles)

    def current_records(self, article: str) -> Sequence[int]:
        """Return the records in force of an article (from 0; ``seq`` is one more), by place."""
        places = self._articles.get(article)
        return places.records if places else ()

    def add_lines(self, raws: Sequence[bytes], checked: Sequence[tuple[RecordTail, int]]) -> None:
        """Note the records of lines (without LF) that follow in the file; raises OddError."""
        tails = [tail for tail, _ in checked]
        sizes = [len(raw) + 1 for raw in raws]
        before = self.offsets[-1] + self.sizes[-1] if self.sizes else 0
        self.starts.extend([tail.meta.start for tail in tails])
        self.ends.extend([tail.meta.end for tail in tails])
        self.offsets.extend(list(accumulate(sizes, initial=before))[:-1])
        self.sizes.extend(sizes)
        self.crcs.extend([crc for _, crc in checked])
        self.answers.extend([_ANSWER_NUMBERS[tail.answer] for tail in tails])
        try:
            self.text_hashes.extend([int(tail.digest[:16], 16) for tail in tails])
        except (ValueError, OverflowError):
            raise FastReadError("the digest is none") from None

    def apply_batch(self, batch: Sequence[tuple[int, RecordTail]]) -> None:
        """Let the records of one deed take the place of what stands there; raises OddError.

        A record takes the place of all that shares text with it. That is what ``Works.replay`` does
        with single records and with deeds that go sentence by sentence; with joins and splits as long
        as nothing lies between their sentences.
        """
        if len(batch) > 1 and batch[0][1].op not in _SINGLE_SENTENCE_OPS:
            self._check_adjacent(batch)
        for number, tail in batch:
            self.apply_record(number, tail)

    def apply_record(self, number: int, tail: RecordTail) -> None:
        """Let a record take the place of what stands there."""
        places = self._articles.get(tail.meta.article)
        if places is None:
            places = self._articles[tail.meta.article] = _ArticleRecords()
        starts, records, mine = places.starts, places.records, self.starts[number]
        if not starts or (starts[-1] < mine and self.ends[records[-1]] <= mine):  # the usual way: at the end
            starts.append(mine)
            records.append(number)
            return
        first, last = self._overlapping_range(places, mine, self.ends[number])
        self.superseded += records[first:last]
        starts[first:last] = array("I", [mine])
        records[first:last] = array("I", [number])

    def _overlapping_range(self, places: _ArticleRecords, start: int, end: int) -> tuple[int, int]:
        """Return which of the places share text with ``[start, end)``, as a half-open range."""
        first = bisect_left(places.starts, start)
        if first and self.ends[places.records[first - 1]] > start:
            first -= 1
        return first, max(first, bisect_left(places.starts, end))

    def _check_adjacent(self, batch: Sequence[tuple[int, RecordTail]]) -> None:
        """Raise OddError unless the sentences of a deed lie in one article with nothing in between."""
        metas = [tail.meta for _, tail in batch]
        places = self._articles.get(metas[0].article, _ArticleRecords())
        each = [self._overlapping_range(places, m.start, m.end) for m in metas]
        whole = self._overlapping_range(places, metas[0].start, metas[-1].end)
        covered = {n for first, last in each for n in range(first, last)}
        if {m.article for m in metas} != {metas[0].article} or covered != set(range(*whole)):
            raise FastReadError("a deed on sentences that are no neighbours")


def read_journal_index(path: Path, name: str) -> JournalIndex:
    """Read a whole journal, each line's CRC checked; raises OddError, OSError.

    Records that are in force no more are not checked further here: see ``Index.old``.
    """
    index = JournalIndex(path, name)
    seen = hashlib.sha256()
    checksum = fast_crc()
    batch: list[tuple[int, RecordTail]] = []
    names = {name, ""}
    with path.open("rb", buffering=0) as file:
        for raws in _read_line_chunks(file):
            number = len(index.starts)
            checked = check_journal_lines(raws, checksum)
            index.add_lines(raws, checked)
            for taken, (tail, _) in enumerate(checked, number):
                if tail.seq != taken + 1 or tail.annotator not in names:
                    raise FastReadError("a line is missing, or by another annotator")
                if tail.batch is None and not batch:
                    index.apply_record(taken, tail)
                else:
                    _add_to_batch(batch, taken, tail)
                    if tail.batch and len(batch) == tail.batch.size:
                        index.apply_batch(batch)
                        batch = []
            seen.update(index.crcs[number:].tobytes())
    if batch:
        raise FastReadError("a batch is incomplete")
    index.crc = seen.hexdigest()
    return index


def _read_line_chunks(file: BinaryIO) -> Iterator[list[bytes]]:
    """Yield the lines of a journal without LF, many at a time; raises OddError for a long or torn one."""
    remainder = b""
    while data := file.read(_INDEX_READ_SIZE):
        *lines, remainder = (remainder + data).split(b"\n")
        if max(map(len, (remainder, *lines))) > MAX_RECORD:
            raise FastReadError("a line is too long")
        if lines:
            yield lines
    if remainder:
        raise FastReadError("the last line is torn")


def _add_to_batch(batch: list[tuple[int, RecordTail]], number: int, tail: RecordTail) -> None:
    """Add a record to the deed that it belongs to; raises OddError where a batch is not whole."""
    if tail.batch is None or tail.seq != tail.batch.first + len(batch):
        raise FastReadError("a batch is incomplete")
    if batch and tail.batch != batch[0][1].batch:
        raise FastReadError("a batch is incomplete")
    batch.append((number, tail))


# Journal lines decoded for an export of a million sentences: typed, checked, without the objects of core.
#
# A record is decoded when its turn comes, from the place that the index (``fast_index.py``) has noted.
# Nothing is taken but what is plain: anything else raises OddError, and the caller reads the journal
# as everybody does.


_BEFORE_SPANS = b'],"spans":['
_RECORD_READ_SIZE = 1 << 18
"""How many bytes of a journal are read at a time."""


class FastToken(msgspec.Struct, gc=False):
    """A stored token."""

    text: str
    start: int
    end: int
    ws: bool


class FastSpan(msgspec.Struct, gc=False):
    """A stored span; its tokens, the last one included, are None where it has none."""

    start: int
    end: int
    label: str
    token_start: int | None = None
    token_end: int | None = None
    source: str = ""


class FastRecord(msgspec.Struct, gc=False):
    """One record; from ``decode_row`` it is checked: the tokens spell the text, the spans lie in it."""

    text: str
    tokens: list[FastToken]
    spans: list[FastSpan]
    digest: str = msgspec.field(name="_digest")
    rejected: list[FastSpan] = []
    note: str = ""
    flagged: bool = False


_decode_fast_record = msgspec.json.Decoder(FastRecord).decode


def decode_fast_records(raws: Sequence[bytes], lengths: Sequence[int]) -> list[FastRecord]:
    """Return the records of lines that ``check_lines`` has seen, whose sentences have so many code points.

    Raises OddError for what contradicts itself. One step after the other for all: so each runs fastest.
    """
    try:
        records = [_decode_fast_record(raw) for raw in raws]
        digests = [_sha256(record.text.encode()).hexdigest() for record in records]
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise FastReadError(str(error)) from None
    if digests != [record.digest for record in records] or list(lengths) != [
        len(record.text) for record in records
    ]:
        raise FastReadError("the digest or the place is not the text's")
    for raw, record in zip(raws, records, strict=True):
        if record.rejected and b'"rejected":' in raw[: raw.find(_BEFORE_SPANS)]:
            raise FastReadError("`rejected` stands before `spans`")
        check_fast_spans(record.spans, len(record.text))
        check_fast_spans(record.rejected, len(record.text))
    for record in records:
        _check_tokens_cover_text(record.text, record.tokens)
    return records


def check_fast_spans(spans: list[FastSpan], length: int) -> None:
    """Raise OddError unless spans lie in a sentence of ``length`` code points."""
    for span in spans:
        if not 0 <= span.start < span.end <= length:
            raise FastReadError("a span ends after the text, or before it starts")


def _check_tokens_cover_text(text: str, tokens: list[FastToken]) -> None:
    """Raise OddError unless the tokens stand one after the other, none empty, and spell the text."""
    position = 0
    for token in tokens:
        end = token.end
        if token.start != position or end <= position or text[position:end] != token.text:
            raise FastReadError("the tokens do not spell the text")
        position = end
        if token.ws:
            if text[end : end + 1] != " ":
                raise FastReadError("the tokens do not spell the text")
            position += 1
    if position != len(text):
        raise FastReadError("the tokens do not spell the text")


class FastRecordReader:
    """Reads records of journals by their place in the file."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._open_files: dict[str, BinaryIO] = {}
        self._checksum = fast_crc()

    def read_records(
        self, path: str, locations: Sequence[tuple[int, int, int]], lengths: Sequence[int]
    ) -> list[FastRecord]:
        """Return the records of these offsets, sizes and checksums; sentences of so many code points.

        Raises OddError where one is not as the index found it, and OSError.
        """
        if path not in self._open_files:
            self._open_files[path] = Path(path).open("rb", buffering=_RECORD_READ_SIZE)  # noqa: SIM115  (see close)
        file = self._open_files[path]
        raws = []
        for offset, size, _ in locations:
            file.seek(offset)
            raws.append(file.read(size))
        if [self._checksum(raw[: -CRC_LENGTH - 1]) for raw in raws] != [crc for _, _, crc in locations]:
            raise FastReadError("the journal has changed")
        return decode_fast_records(raws, lengths)

    def close(self) -> None:
        """Let the files go."""
        for file in self._open_files.values():
            file.close()
        self._open_files.clear()


def check_superseded_records(index: JournalIndex) -> None:
    """Check the records of a journal that are in force no more as well; raises OddError, OSError."""
    reader = FastRecordReader()
    try:
        for n in index.superseded:
            at = (index.offsets[n], index.sizes[n], index.crcs[n])
            reader.read_records(str(index.path), [at], [index.ends[n] - index.starts[n]])
    finally:
        reader.close()
