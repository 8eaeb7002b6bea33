"""Journals read for an export of a million sentences: an index first, records only where they count.

The index tells, for a journal in which every line is as it should be, which records are in force at
its end, by the place in the file: some 60 bytes a record. A record is decoded when its turn comes,
typed, without the objects of core. Both do nothing but what is plain: anything else, such as a
damaged line, raises OddError, and the caller reads the journal as everybody does (``journal.py``,
``scan.py``, ``records.py``, ``core/works.py``). Tests hold that what is taken here is taken there
just so.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import add
from pathlib import Path

import msgspec

from annotator.core.annotation import Answer
from annotator.core.edits import Op
from annotator.storage.jsonl import MAX_RECORD
from annotator.storage.records import FORMAT

_BEFORE_SPANS = b'],"spans":['
_CRC_LENGTH = len(b',"_crc":"00000000"}')
_OPS = frozenset(op.value for op in Op)
_ONE_BY_ONE = frozenset({Op.EDIT.value, Op.ANSWER.value, Op.NOTE.value, Op.MIGRATE.value})
_ANSWERS = {None: 0, Answer.ACCEPT.value: 1, Answer.REJECT.value: 2, Answer.IGNORE.value: 3}
ACCEPTED = _ANSWERS[Answer.ACCEPT.value]
"""The number of the answer in an index; 0 is an unfinished sentence."""
ANSWERS = {n: Answer(name) if name else None for name, n in _ANSWERS.items()}


class OddError(ValueError):
    """A journal that is not plain: it has to be read record by record."""


class Token(msgspec.Struct, gc=False):
    """A stored token."""

    text: str
    start: int
    end: int
    ws: bool


class Mark(msgspec.Struct, gc=False):
    """A stored span."""

    start: int
    end: int
    label: str
    source: str = ""


class Head(msgspec.Struct, gc=False):
    """What a line has before its spans."""

    text: str
    tokens: list[Token]


class _Meta(msgspec.Struct, gc=False):
    article: str
    sentence: str
    index: int
    start: int
    end: int


class _Batch(msgspec.Struct, gc=False):
    first: int
    size: int


class _Said(msgspec.Struct, gc=False):
    spans: list[Mark]
    digest: str = msgspec.field(name="_digest")
    rejected: list[Mark] = []


class Tail(msgspec.Struct, gc=False):
    """What a line has from its spans on."""

    spans: list[Mark]
    answer: str | None
    meta: _Meta
    annotator: str = msgspec.field(name="_annotator_id")
    session: str = msgspec.field(name="_session_id")
    time: int = msgspec.field(name="_timestamp")
    version: int = msgspec.field(name="_v")
    seq: int = msgspec.field(name="_seq")
    digest: str = msgspec.field(name="_digest")
    op: str = msgspec.field(name="_op")
    parent: int | None = msgspec.field(name="_parent", default=None)
    batch: _Batch | None = msgspec.field(name="_batch", default=None)
    rejected: list[Mark] = []
    note: str = ""
    flagged: bool = False
    keys: dict[str, int] | None = msgspec.field(name="_keys", default=None)


_head = msgspec.json.Decoder(Head).decode
_tail = msgspec.json.Decoder(Tail).decode
_said = msgspec.json.Decoder(_Said).decode


class Row:
    """One record, checked: the tokens spell the text, the spans lie in it, the digest is the text's."""

    __slots__ = ("ends", "rejected", "spaces", "spans", "starts", "text", "words")

    def __init__(
        self,
        text: str,
        words: list[str],
        spaces: list[bool],
        starts: list[int],
        ends: list[int],
        spans: list[Mark],
        rejected: list[Mark],
    ) -> None:
        """Take the fields over: tokens in four lists, spans and known-wrong ones in the order of the file."""
        self.text = text
        self.words = words
        self.spaces = spaces
        self.starts = starts
        self.ends = ends
        self.spans = spans
        self.rejected = rejected


def check_line(raw: bytes, checksum: Callable[[bytes], int] = zlib.crc32) -> Tail:
    """Return what a line (with LF) says besides text and tokens, its CRC checked; raises OddError."""
    body = raw[: -_CRC_LENGTH - 1]
    if raw[len(body) :] != b',"_crc":"%08x"}\n' % checksum(body):
        raise OddError("the checksum is wrong or missing")
    spans = raw.find(_BEFORE_SPANS)
    if spans < 0:
        raise OddError("`spans` does not follow `tokens`")
    try:
        tail = _tail(b"{" + raw[spans + 2 :])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise OddError(str(error)) from None
    _check_tail(tail)
    return tail


def _check_tail(tail: Tail) -> None:
    meta, seq, batch = tail.meta, tail.seq, tail.batch
    if tail.version != FORMAT or tail.op not in _OPS or tail.answer not in _ANSWERS:
        raise OddError("a word of another version")
    if not 0 <= meta.start < meta.end < 1 << 32 or meta.sentence != f"{meta.article}:{meta.start}-{meta.end}":
        raise OddError("`sentence` is not the place in `meta`")
    if tail.parent is not None and not 1 <= tail.parent < seq:
        raise OddError("`_parent` is no earlier record")
    if batch is not None and not batch.first <= seq < batch.first + batch.size:
        raise OddError("`_batch` does not hold its own record")
    if tail.keys and min(tail.keys.values()) < 0:
        raise OddError("`_keys` counts below nothing")


def decode_row(raw: bytes, length: int) -> Row:
    """Return the record of a line whose CRC was checked and whose sentence has ``length`` code points.

    Raises OddError for what contradicts itself.
    """
    at = raw.find(_BEFORE_SPANS)
    try:
        head, said = _head(raw), _said(b"{" + raw[at + 2 :])
        text = head.text
        digest = hashlib.sha256(text.encode()).hexdigest()
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise OddError(str(error)) from None
    if raw.find(b'"text":', at) > 0 or raw.find(b'"tokens":', at) > 0:
        raise OddError("there are two texts")  # a quotation mark in a text has a backslash before it
    if digest != said.digest or length != len(text):
        raise OddError("the digest or the place is not the text's")
    for marks in (said.spans, said.rejected):
        for mark in marks:
            if not 0 <= mark.start < mark.end <= length:
                raise OddError("a span ends after the text, or before it starts")
    tokens = head.tokens
    words = [t.text for t in tokens]
    spaces = [t.ws for t in tokens]
    starts = [t.start for t in tokens]
    ends = [t.end for t in tokens]
    _check_tiles(text, words, spaces, starts, ends)
    return Row(text, words, spaces, starts, ends, said.spans, said.rejected)


def _check_tiles(text: str, words: list[str], spaces: list[bool], starts: list[int], ends: list[int]) -> None:
    """Raise OddError unless the tokens stand one after the other, none empty, and spell the text."""
    if (
        list(map(add, starts, map(len, words))) != ends
        or [0, *map(add, ends, spaces)] != [*starts, len(text)]
        or "" in words
        or "".join([w + " " if ws else w for w, ws in zip(words, spaces, strict=True)]) != text
    ):
        raise OddError("the tokens do not spell the text")


@dataclass(slots=True)
class _Places:
    """The records in force of one article: where their sentences start, in order, and their numbers."""

    starts: array[int] = field(default_factory=lambda: array("I"))
    records: array[int] = field(default_factory=lambda: array("I"))


@dataclass(slots=True)
class Index:
    """What a plain journal comes to, a number in each array for each of its records."""

    path: Path
    name: str
    crc: str = ""
    """SHA-256 over the checksums of all lines: what the journal holds, in a few bytes."""
    starts: array[int] = field(default_factory=lambda: array("I"))
    ends: array[int] = field(default_factory=lambda: array("I"))
    """The sentences' places, in code points of their articles."""
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    sizes: array[int] = field(default_factory=lambda: array("I"))
    """Where the lines lie in the file, in bytes; the size counts the LF."""
    answers: bytearray = field(default_factory=bytearray)
    texts: array[int] = field(default_factory=lambda: array("Q"))
    """The first 64 bits of the text's digest."""
    old: list[int] = field(default_factory=list)
    """Records that are in force no more."""
    _articles: dict[str, _Places] = field(default_factory=dict)

    @property
    def articles(self) -> list[str]:
        """The articles that have a record, in the order of their first one."""
        return list(self._articles)

    def of(self, article: str) -> Sequence[int]:
        """Return the records in force of an article (from 0; ``seq`` is one more), by place."""
        places = self._articles.get(article)
        return places.records if places else ()

    def take(self, tail: Tail, offset: int, size: int) -> int:
        """Note a record and return its number."""
        self.starts.append(tail.meta.start)
        self.ends.append(tail.meta.end)
        self.offsets.append(offset)
        self.sizes.append(size)
        self.answers.append(_ANSWERS[tail.answer])
        try:
            self.texts.append(int(tail.digest[:16], 16))
        except ValueError:
            raise OddError("the digest is none") from None
        return len(self.starts) - 1

    def put(self, step: Sequence[tuple[int, Tail]]) -> None:
        """Let the records of one deed take the place of what stands there; raises OddError.

        A record takes the place of all that shares text with it. That is what ``Works.replay`` does
        with single records and with deeds that go sentence by sentence; with joins and splits as long
        as nothing lies between their sentences.
        """
        if len(step) > 1 and step[0][1].op not in _ONE_BY_ONE:
            self._check_together(step)
        for number, tail in step:
            self._put(number, self._articles.setdefault(tail.meta.article, _Places()))

    def _put(self, number: int, places: _Places) -> None:
        starts, records, mine = places.starts, places.records, self.starts[number]
        if not starts or (starts[-1] < mine and self.ends[records[-1]] <= mine):  # the usual way: at the end
            starts.append(mine)
            records.append(number)
            return
        first, last = self._touched(places, mine, self.ends[number])
        self.old += records[first:last]
        starts[first:last] = array("I", [mine])
        records[first:last] = array("I", [number])

    def _touched(self, places: _Places, start: int, end: int) -> tuple[int, int]:
        """Return which of the places share text with ``[start, end)``, as a half-open range."""
        first = bisect_left(places.starts, start)
        if first and self.ends[places.records[first - 1]] > start:
            first -= 1
        return first, max(first, bisect_left(places.starts, end))

    def _check_together(self, step: Sequence[tuple[int, Tail]]) -> None:
        """Raise OddError unless the sentences of a deed lie in one article with nothing in between."""
        metas = [tail.meta for _, tail in step]
        places = self._articles.get(metas[0].article, _Places())
        each = [self._touched(places, m.start, m.end) for m in metas]
        whole = self._touched(places, metas[0].start, metas[-1].end)
        covered = {n for first, last in each for n in range(first, last)}
        if {m.article for m in metas} != {metas[0].article} or covered != set(range(*whole)):
            raise OddError("a deed on sentences that are no neighbours")


def read_index(path: Path, name: str) -> Index:
    """Read a whole journal, each line's CRC checked; raises OddError, OSError."""
    index = Index(path, name)
    seen = hashlib.sha256()
    checksum = _checksum()
    step: list[tuple[int, Tail]] = []
    names = {name, ""}
    offset = number = 0
    with path.open("rb") as file:
        while raw := file.readline(MAX_RECORD + 2):
            tail = check_line(raw, checksum)
            number += 1
            if tail.seq != number or tail.annotator not in names:
                raise OddError("a line is missing, or by another annotator")
            _join_step(step, index.take(tail, offset, len(raw)), tail)
            if tail.batch is None or len(step) == tail.batch.size:
                index.put(step)
                step = []
            seen.update(raw[-11:])
            offset += len(raw)
        if step:
            raise OddError("a batch is incomplete")
        for old in index.old:  # those in force are decoded when they are exported
            file.seek(index.offsets[old])
            decode_row(file.read(index.sizes[old]), index.ends[old] - index.starts[old])
    index.crc = seen.hexdigest()
    return index


def _join_step(step: list[tuple[int, Tail]], number: int, tail: Tail) -> None:
    """Add a record to the deed that it belongs to; raises OddError where a batch is not whole."""
    here = tail.batch.first + len(step) if tail.batch else tail.seq
    if tail.seq != here or (step and tail.batch != step[0][1].batch):
        raise OddError("a batch is incomplete")
    step.append((number, tail))


def _checksum() -> Callable[[bytes], int]:
    """Return the fastest CRC-32 there is."""
    try:
        from isal import isal_zlib
    except ImportError:  # an extra: the standard library's does the same
        return zlib.crc32
    found: Callable[[bytes], int] = isal_zlib.crc32
    return found


class Reader:
    """Reads records of journals by their place in the file."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._open: dict[str, int] = {}

    def row(self, path: str, offset: int, size: int, length: int) -> Row:
        """Return the record there, whose sentence has ``length`` code points.

        Raises OddError where it is not as the index found it, and OSError.
        """
        if path not in self._open:
            self._open[path] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        return decode_row(os.pread(self._open[path], size, offset), length)

    def close(self) -> None:
        """Let the files go."""
        for fd in self._open.values():
            os.close(fd)
        self._open.clear()
