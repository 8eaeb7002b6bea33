"""``sentences.jsonl``: appended to at ingest, found by article without decoding the rest."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import orjson
from msgspec import Struct, field

from annotator.core.article import Article, Sentence
from annotator.core.digest import is_article_id
from annotator.core.errors import CorpusError, DamagedArticleError
from annotator.core.tokens import tokens_cover_text
from annotator.storage.atomic import append_durable, cut_tail, sync_folder, write_atomic
from annotator.storage.codec import DataError, decode_sentence, encode_sentence
from annotator.storage.file_io import MAX_RECORD, REPAIR_HINT, RawLine, dump_json_line, parse_json_line, raw_lines

_LINE_START = b'{"id":"'
_SENTENCE_ID = re.compile(rb'\{"id":"[0-9a-f]+:(\d+)-(\d+)",')
SentenceOffsets = tuple[int, int]
"""Where a sentence starts and ends, in code points of its article."""
_COPY_SIZE = 2**20


class LineExtent(Struct):
    """Neighbouring lines of one article: bytes ``[start, end)`` of the file, the first line's number."""

    start: int
    end: int
    line: int


class _SentenceIndex(Struct):
    """Where each article's lines are, for a file of this ``inode`` and ``size``."""

    inode: int = 0
    size: int = 0
    lines: int = 0
    extents: dict[str, list[LineExtent]] = field(default_factory=dict)
    """In the order of the file, which is the order of ingest."""
    torn: int | None = None
    """Where a last line begins that a crash has cut short."""
    open_end: bool = False
    """True if the last line lacks its LF."""
    flaws: list[int] = field(default_factory=list)
    """The numbers of lines that no article can be read from."""

    def add_line(self, line: RawLine) -> None:
        """Add a line to its article."""
        self.lines, self.open_end = line.number, not line.complete
        if not line.raw.strip():
            return
        if line.complete:
            if (article := article_of_line(line.raw)) is None:
                self.flaws.append(line.number)
                return
        else:  # counts only if it is whole
            try:
                article = decode_sentence(line.raw).article
            except DataError:
                self.torn = line.start
                return
        extents = self.extents.setdefault(article, [])
        if extents and extents[-1].end == line.start:
            extents[-1].end = line.end
        else:
            extents.append(LineExtent(line.start, line.end, line.number))

    def add_own_lines(self, file: BinaryIO) -> None:
        """Add the following lines of the file as long as they are our own.

        The result is that of ``add_line`` for each of them, in a tenth of the time.
        """
        if self.open_end:
            return
        head, here = b"", LineExtent(0, 0, 0)
        while (raw := file.readline(MAX_RECORD + 2)).startswith(_LINE_START) and raw.endswith(b"}\n"):
            if len(raw) > MAX_RECORD:
                return
            if not head or not raw.startswith(head):
                name = _article_of_own_line(raw)
                if name is None:
                    return
                head = b"%b%b:" % (_LINE_START, name.encode())
                extents = self.extents.setdefault(name, [])
                if not extents or extents[-1].end != self.size:
                    extents.append(LineExtent(self.size, self.size, self.lines + 1))
                here = extents[-1]
            self.size += len(raw)
            self.lines += 1
            here.end = self.size


def article_of_line(raw: bytes) -> str | None:
    """Return the article that a line belongs to, or None for no sentence; cheap for our own lines.

    A line with its LF is not decoded here, so that a big corpus opens fast: ``read`` checks it.
    """
    if raw.endswith(b"}") and (name := _article_of_own_line(raw)):
        return name
    with suppress(CorpusError, KeyError, TypeError):
        name = parse_json_line(raw, "")["meta"]["article"]
        return name if isinstance(name, str) and is_article_id(name) else None
    return None


def _article_of_own_line(raw: bytes) -> str | None:
    """Return the article in a line that begins as we write it, or None."""
    if not raw.startswith(_LINE_START):
        return None
    name = raw[len(_LINE_START) : raw.find(b":", len(_LINE_START))].decode("ascii", "replace")
    return name if is_article_id(name) else None


class SentenceFile:
    """The sentences of a corpus on the disk; the writing methods need the corpus lock."""

    def __init__(self, path: Path) -> None:
        """Point to the file; nothing is read yet."""
        self.path = path
        self._index = _SentenceIndex()

    def refresh(self) -> _SentenceIndex:
        """Bring the index up to date with the file, reading only what was added; raises OSError."""
        try:
            now = self.path.stat()
        except FileNotFoundError:
            self._index = _SentenceIndex()
            return self._index
        old = self._index
        if (now.st_ino, now.st_size) != (old.inode, old.size):
            grown = now.st_ino == old.inode and now.st_size > old.size and not old.open_end
            self._index = self._scan(old if grown else _SentenceIndex(), now)
        return self._index

    def _scan(self, index: _SentenceIndex, now: os.stat_result) -> _SentenceIndex:
        index.inode = now.st_ino
        with self.path.open("rb", buffering=1 << 18) as file:
            while line := next(raw_lines(file, str(self.path), index.size, index.lines + 1), None):
                index.add_line(line)
                index.size = line.end
                index.add_own_lines(file)
        return index

    def articles(self) -> list[str]:
        """Return the ids that have sentences, in the order of ingest, committed or not."""
        return list(self.refresh().extents)

    @property
    def flaws(self) -> list[int]:
        """The numbers of the lines that are no sentences."""
        return self._index.flaws

    @property
    def torn(self) -> bool:
        """True if a crash has cut the last line short."""
        return self._index.torn is not None

    def read(self, article: str) -> tuple[Sentence, ...]:
        """Return an article's sentences in text order; raises CorpusError with file and line."""
        sentences: list[Sentence] = []
        for extent in self.refresh().extents.get(article, []):
            sentences += self._read_extent(article, extent)
        return tuple(sorted(sentences, key=lambda s: (s.start, s.end)))

    def count_sound(self, article: Article) -> int:
        """Return how many sentences of an article there are, -1 if one of them is damaged; raises OSError."""
        with suppress(CorpusError):
            stored = self.read(article.id)
            check_article_sentences(article, stored)
            return len(stored)
        return -1

    def _read_extent(self, article: str, extent: LineExtent) -> Iterator[Sentence]:
        with self.path.open("rb") as file:
            file.seek(extent.start)
            raw = file.read(extent.end - extent.start)
        for number, line in enumerate(raw.removesuffix(b"\n").split(b"\n"), extent.line):
            where = f"{self.path}:{number}"
            try:
                sentence = decode_sentence(line)
            except DataError as error:
                what = f"the sentence is damaged: {_why_no_json(line) or error}"
                raise DamagedArticleError(what, where=where, do=REPAIR_HINT) from None
            if sentence.article != article:
                raise DamagedArticleError("the sentence names two articles", where=where, do=REPAIR_HINT)
            yield sentence

    @contextmanager
    def open_ranges(self) -> Iterator[SentenceRanges]:
        """Open the file for the places of many articles' sentences; raises OSError."""
        extents = self.refresh().extents
        with self.path.open("rb", buffering=1 << 18) if extents else BytesIO() as file:
            yield SentenceRanges(file, extents, self._read_extent)

    def append(self, sentences: Sequence[Sentence]) -> None:
        """Add sentences in one durable append; raises OSError or CorpusError, with the file as it was."""
        self._append_bytes(b"".join(encode_sentence_line(s) for s in sentences))

    def append_file(self, prepared: Path) -> int:
        """Add the lines of a prepared file durably and return the size before; raises OSError.

        On an error the file is cut back to what it was.
        """
        before = self.path.stat().st_size if self.path.exists() else 0
        try:
            with prepared.open("rb") as file:
                while data := file.read(_COPY_SIZE * 16):
                    self._append_bytes(data, first=file.tell() == len(data))
        except BaseException:
            self.truncate(before)
            raise
        return before

    def truncate(self, size: int) -> None:
        """Cut the file back to ``size`` bytes; a failure does no harm."""
        with suppress(OSError):
            os.truncate(self.path, size)
            self._index = _SentenceIndex()

    def _append_bytes(self, data: bytes, *, first: bool = True) -> None:
        new = not self.path.exists()
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        try:
            end = os.fstat(fd).st_size
            if first and end and os.pread(fd, 1, end - 1) != b"\n":
                data = b"\n" + data
            append_durable(fd, data, end)
        finally:
            os.close(fd)
        if new:
            sync_folder(self.path.parent)

    def remove_article(self, article: str) -> None:
        """Remove the lines that an interrupted ingest of ``article`` has left; raises OSError."""
        holes = self.refresh().extents.get(article, [])
        if holes:
            write_atomic(self.path, self._without(holes))

    def _without(self, holes: Sequence[LineExtent]) -> Iterator[bytes]:
        starts = [0, *(h.end for h in holes)]
        ends = [*(h.start for h in holes), self._index.size]
        with self.path.open("rb") as file:
            for start, end in zip(starts, ends, strict=True):
                file.seek(start)
                left = end - start
                while left and (chunk := file.read(min(_COPY_SIZE, left))):
                    yield chunk
                    left -= len(chunk)

    def quarantine_torn_line(self) -> tuple[Path, int] | None:
        """Copy a torn last line to a file beside and cut it; return that file and the bytes, or None."""
        start = self.refresh().torn
        return None if start is None else cut_tail(self.path, start)


class SentenceRanges:
    """The offsets of articles' sentences, read without decoding their lines."""

    def __init__(
        self,
        file: BinaryIO,
        extents: Mapping[str, Sequence[LineExtent]],
        read: Callable[[str, LineExtent], Iterator[Sentence]],
    ) -> None:
        """Take the open file, where articles are in it, and the function that decodes their lines."""
        self._file, self._extents, self._read = file, extents, read

    def match(self, article: str, ranges: Sequence[SentenceOffsets]) -> bool:
        """Return True if an article's lines are our own, one for each of the ranges, in their order."""
        extents = self._extents.get(article, ())
        if len(extents) != 1:
            return False
        lines = self._lines(extents[0])
        if len(lines) != len(ranges):
            return False
        head = b"%b%b:" % (_LINE_START, article.encode())
        for line, (start, end) in zip(lines, ranges, strict=True):
            if not line.startswith(b'%b%d-%d",' % (head, start, end)):
                return False
        return True

    def ranges(self, article: str) -> list[SentenceOffsets]:
        """Return the offsets of an article's sentences, in text order.

        Raises CorpusError for a line that is none of our own and no sentence.
        """
        found: list[SentenceOffsets] = []
        for extent in self._extents.get(article, ()):
            marks = [_SENTENCE_ID.match(line) for line in self._lines(extent)]
            if all(marks):
                found += [(int(m[1]), int(m[2])) for m in marks if m]
            else:
                found += [(s.start, s.end) for s in self._read(article, extent)]
        return sorted(found)

    def have_text(self, article: Article) -> bool:
        """Return False if a line of an article has another text; a line as we write it is not decoded for that."""
        return all(
            _has_text(line, article) for extent in self._extents.get(article.id, ()) for line in self._lines(extent)
        )

    def _lines(self, extent: LineExtent) -> list[bytes]:
        self._file.seek(extent.start)
        raw = self._file.read(extent.end - extent.start)
        return raw.removesuffix(b"\n").split(b"\n")


def _has_text(line: bytes, article: Article) -> bool:
    if m := _SENTENCE_ID.match(line):
        text = orjson.dumps(article.text[int(m[1]) : int(m[2])])
        if line.startswith(b'"text":%b,' % text, m.end()) and line.endswith(b"}}"):
            return True
    with suppress(DataError):
        sentence = decode_sentence(line)
        return article.text[sentence.start : sentence.end] == sentence.text
    return False


def _why_no_json(raw: bytes) -> str:
    """Return why a line is no JSON object, empty where it is one."""
    try:
        parse_json_line(raw, "")
    except CorpusError as error:
        return error.what
    return ""


def encode_sentence_line(sentence: Sentence) -> bytes:
    """Return a sentence as a line of the file; raises CorpusError where it is too long."""
    line = dump_json_line(encode_sentence(sentence), f"sentence {sentence.id}")
    if len(line) > MAX_RECORD:
        what = f"the sentence takes more than {MAX_RECORD // 2**20} MiB"
        raise CorpusError(what, where=sentence.id, do="split the source")
    return line


def check_article_sentences(article: Article, sentences: Sequence[Sentence]) -> None:
    """Raise CorpusError unless the sentences are in the article's text in order, tokens and all."""
    check_sentences_in_text(article, sentences)
    for s in sentences:
        if not tokens_cover_text(s.tokens, s.text):
            raise CorpusError("the tokens do not spell the sentence", where=f"sentence {s.id}", do=_INGEST_AGAIN)


def check_sentences_in_text(article: Article, sentences: Sequence[Sentence]) -> None:
    """Raise CorpusError unless the sentences are in the article's text, in order."""
    end = 0
    for s in sentences:
        if s.article != article.id or s.start < end or article.text[s.start : s.end] != s.text or not s.text:
            what = "the sentence is not the article's text there"
            raise DamagedArticleError(what, where=f"sentence {s.id}", do=REPAIR_HINT)
        end = s.end


_INGEST_AGAIN = "ingest the source into a new corpus"
