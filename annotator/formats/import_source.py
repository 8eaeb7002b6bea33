"""The files that a format is read from: bounded, checked for changes, and never a path made from data."""

from __future__ import annotations

import json
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import IO, Any

from msgspec import Struct

from annotator.core.errors import SourceError, path_text
from annotator.core.text_encoding import UTF8, TextEncoding, encoding_of
from annotator.formats.decoded_file import DecodedFile, note_encoding

# What the auto-detection sees of a file: its first bytes, and the names in a folder or a zip.


SAMPLE_BYTES = 64 * 1024
"""How many bytes are looked at."""
SAMPLE_VALUES = 20
"""How many JSON values are looked at."""

_JSON_SEPARATORS = re.compile(r"[\s,]*")


class FileSample(Struct, frozen=True):
    """The start of what is to be imported."""

    name: str
    head: bytes
    """The first 64 KiB; none of a folder."""
    is_folder: bool = False
    names: tuple[str, ...] = ()
    """The first 200 files of a folder or a zip, relative to it, sorted."""
    inner: bytes = b""
    """The first 64 KiB of the first file in a folder or a zip that is not empty."""

    @property
    def is_zip(self) -> bool:
        """Whether the file begins as a zip does."""
        return self.head.startswith(b"PK\x03\x04")

    @property
    def is_whole(self) -> bool:
        """Whether the head is the whole file."""
        return len(self.head) < SAMPLE_BYTES

    @property
    def start(self) -> bytes:
        """The start of the text: of the file, or of the first file in a folder or a zip."""
        return (self.inner if self.is_folder or self.is_zip else self.head).removeprefix(b"\xef\xbb\xbf")

    @property
    def text(self) -> str:
        """The start as text, wrong bytes as U+FFFD, a character that is cut at the end left out."""
        return self.start.decode("utf-8", "replace").removesuffix("\ufffd")

    @property
    def is_list(self) -> bool:
        """Whether the start is that of one JSON list."""
        return self.start.lstrip()[:1] == b"["

    def json_values(self, most: int = SAMPLE_VALUES) -> list[Any]:
        """Return the first whole JSON values: elements of one list, or values on lines (JSONL).

        A first line that is itself an array comes as its elements, and no other line does. The last
        one may be cut off and is left out then; none where this is no JSON.
        """
        text, decoder = self.text.lstrip().removeprefix("["), json.JSONDecoder()
        found: list[Any] = []
        at = 0
        while len(found) < most:
            between = _JSON_SEPARATORS.match(text, at)
            try:
                value, at = decoder.raw_decode(text, between.end() if between else at)
            except (ValueError, RecursionError):
                break
            found.append(value)
        return found


MAX_LINE_BYTES = 10_000_000
"""The most bytes that a line may have."""
MAX_FILE_BYTES = 2**30
"""The most bytes of a file that is read in one piece."""
MAX_ZIP_MEMBERS = 10_000
"""The most files that a zip may hold."""
MAX_UNPACKED_BYTES = 2**32
"""The most bytes that a zip may unpack to."""
MAX_ZIP_RATIO = 200
"""How many times its packed size a member over a megabyte may unpack to; text reaches 20."""
MAX_FOLDER_FILES = 200_000
"""The most files that a folder may hold."""
LEDGER_FILE = "ledger.jsonl"
"""What an export of this program puts beside its files."""
_BESIDE_LEDGER = frozenset({LEDGER_FILE, "manifest.json", "parts.json"})

_SMALL_MEMBER = 2**20
_SCANNED_BYTES = 2**20
_SAMPLED_NAMES = 200
_SAMPLED_FILES = 20
_ZIP_MAGIC = b"PK\x03\x04"
_LEADING_BYTES = b"\xef\xbb\xbf \t\r\n"


class ImportSource(Struct, frozen=True):
    """A file, a folder, or (with ``member``) one file in a zip."""

    path: Path
    member: str = ""
    """The name inside the zip ``path``; it is looked up there and never becomes a path."""
    max_line_bytes: int = MAX_LINE_BYTES

    @property
    def name(self) -> str:
        """How messages name it; bytes in a name that are no UTF-8 become U+FFFD."""
        shown = path_text(self.path)
        return f"{shown}/{self.member}" if self.member else shown

    @property
    def base(self) -> str:
        """The last part of its name: what it is called in its folder or zip."""
        return self.name.rstrip("/").rpartition("/")[2]

    @property
    def is_folder(self) -> bool:
        """Whether this is a folder of files."""
        return not self.member and os.path.isdir(self.path)  # noqa: PTH112  (Path.is_dir raises)

    @property
    def is_zip(self) -> bool:
        """Whether this is a file that begins as a zip does."""
        return not self.member and not self.is_folder and self._head(len(_ZIP_MAGIC)) == _ZIP_MAGIC

    @property
    def size(self) -> int:
        """How many bytes the file has, unpacked."""
        with self._open() as (_, size):
            return size

    def files(self) -> list[ImportSource]:
        """Return the files of a folder, however deep, or of a zip, by name; of a file, itself.

        Hidden files and the ledger of an export are left out, and links to folders not followed.
        Raises SourceError for a zip that is damaged, locked or unpacks to too much.
        """
        if self.is_folder:
            found = [ImportSource(p, max_line_bytes=self.max_line_bytes) for p in self._walk()]
        elif self.is_zip:
            found = [ImportSource(self.path, m, self.max_line_bytes) for m in self._members()]
        else:
            return [self]
        is_export = any(f.base == LEDGER_FILE for f in found)
        return [f for f in found if f.base not in _BESIDE_LEDGER] if is_export else found

    def sample(self) -> FileSample:
        """Return what the auto-detection looks at first: the start, and the names in a folder or zip."""
        return next(self.samples())

    def samples(self) -> Iterator[FileSample]:
        """Yield what the auto-detection looks at: of a folder or zip, the start of one file after another."""
        if not self.is_folder and not self.is_zip:
            yield FileSample(self.name, self._sample_head())
            return
        found = self.files()
        head = b"" if self.is_folder else self._head(SAMPLE_BYTES)
        names = tuple(f.member or str(f.path.relative_to(self.path)) for f in found[:_SAMPLED_NAMES])
        heads = _file_heads(found[:_SAMPLED_FILES])
        for inner in chain([next(heads, b"")], heads):
            yield FileSample(self.name, head, is_folder=self.is_folder, names=names, inner=inner)

    @property
    def encoding(self) -> TextEncoding:
        """The encoding of the text; the file is read for it once. Raises SourceError for one that cannot be read."""
        return _file_encoding(self, self._current_state())

    def read_text_bytes(self, limit: int = MAX_FILE_BYTES) -> bytes:
        """Return the whole file as UTF-8 without a byte order mark; raises as ``text`` does."""
        return self.text(limit).encode()

    def read_bytes(self, limit: int = MAX_FILE_BYTES) -> bytes:
        """Return the bytes of the whole file; raises SourceError where it has more than ``limit`` bytes or changes."""
        with self._open() as (file, size):
            if size > limit:
                raise self.error(f"the file has {size:,} bytes, more than {limit:,}", do="split it into several files")
            data = _read(self, file.read, limit + 1)
            if len(data) != size:
                raise self._changed_error()
            return data

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield (number from 1, UTF-8 without the LF) of each line, blank ones too.

        Lines end at LF alone; a byte order mark is left out. Raises SourceError for text of an unknown encoding,
        a line of more than ``max_line_bytes`` bytes, and a file that changes while it is read.
        """
        encoding = self._known_encoding(self.encoding)
        with self._open() as (file, size):
            readline = file.readline if encoding.name == UTF8 else DecodedFile(file, encoding.name).readline
            number = 0
            while raw := _read(self, readline, self.max_line_bytes + 2):
                number += 1
                line = raw.removesuffix(b"\n")
                if len(line) > self.max_line_bytes:
                    what = f"the line has more than {self.max_line_bytes:,} bytes"
                    raise self.error(what, number, do="split the text into several lines")
                yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if file.tell() != size:
                raise self._changed_error()

    def text(self, limit: int = MAX_FILE_BYTES) -> str:
        """Return the text, line ends as they are; raises SourceError for one of an unknown encoding."""
        data = self.read_bytes(limit)
        return self.decoded(data, self._known_encoding(encoding_of([data])).name).removeprefix("\ufeff")

    def check_encoding(self) -> None:
        """Raise SourceError for text of an unknown encoding."""
        self._known_encoding(self.encoding)

    def _known_encoding(self, encoding: TextEncoding) -> TextEncoding:
        """Return an encoding, for whose guess a note is kept; raises SourceError for an unknown one."""
        if not encoding.name:
            raise self.error(f"this is not UTF-8, {encoding.why}", encoding.line, do="save the file as UTF-8")
        note_encoding(self.name, encoding)
        return encoding

    def decoded(self, data: bytes, encoding: str = "utf-8", line: int = 0) -> str:
        """Return bytes of the file as text; raises SourceError with the line of the first wrong byte."""
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            at = line or data.count(b"\n", 0, error.start) + 1
            description = "UTF-8" if encoding.startswith("utf-8") else encoding[:6].upper()
            raise self.error(f"this is not {description}", at, do="save the file as UTF-8") from None

    @contextmanager
    def checked_for_changes(self) -> Iterator[None]:
        """Raise SourceError at the end where the file has changed meanwhile: most formats read it twice."""
        before = self._current_state()
        yield
        if self._current_state() != before:
            raise self._changed_error()

    def _current_state(self) -> tuple[int, int, int] | None:
        """Return the state of the file; None for a folder, and where there is none."""
        try:
            return None if self.is_folder else _file_state(os.stat(self.path))  # noqa: PTH116  (as below)
        except OSError:
            return None

    def where(self, line: int = 0) -> str:
        """Return ``file:line``, or the file alone."""
        return f"{self.name}:{line}" if line else self.name

    def error(self, what: str, line: int = 0, *, do: str = "") -> SourceError:
        """Return the error that something is wrong in a line of this file."""
        return SourceError(what, where=self.where(line), do=do)

    def _changed_error(self) -> SourceError:
        return self.error("the file has changed while it was read", do="wait until it is written, then try again")

    def _sample_head(self) -> bytes:
        """Return the first 64 KiB, or as much as holds a whole record: one may be an article.

        Text comes as UTF-8 where the first 64 KiB show that it is another encoding.
        """
        head = self._head(SAMPLE_BYTES)
        encoding = encoding_of([head], is_whole=len(head) < SAMPLE_BYTES).name or UTF8
        if encoding != UTF8:
            head = self._head(SAMPLE_BYTES, encoding)
        if len(head) == SAMPLE_BYTES and b"\n" not in head:
            with self._open_decoded(encoding) as file:
                return _read(self, file.readline, self.max_line_bytes)
        is_json = len(head) == SAMPLE_BYTES and head.lstrip(_LEADING_BYTES)[:1] in (b"[", b"{")
        if is_json and not FileSample("", head).json_values(1):
            head = self._head(self.max_line_bytes, encoding)  # a list over many lines
        return head

    def _head(self, size: int, encoding: str = UTF8) -> bytes:
        with self._open_decoded(encoding) as file:
            return _read(self, file.read, size)

    @contextmanager
    def _open_decoded(self, encoding: str) -> Iterator[IO[bytes] | DecodedFile]:
        with self._open() as (file, _):
            yield file if encoding == UTF8 else DecodedFile(file, encoding)

    @contextmanager
    def _open(self) -> Iterator[tuple[IO[bytes], int]]:
        """Yield the open file and its size; raises SourceError where the file has changed at the end."""
        try:
            before = os.stat(self.path)  # noqa: PTH116  (as below: what the open file is compared with)
            if not stat.S_ISREG(before.st_mode):
                what = "this is a folder" if stat.S_ISDIR(before.st_mode) else "this is no plain file"
                raise self.error(what, do="name a file")
            with self.path.open("rb") as file:
                if self.member:
                    with self._open_member(file) as unpacked:
                        yield unpacked
                else:
                    yield file, before.st_size
                after = os.fstat(file.fileno())
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise self.error(f"the file cannot be read ({reason})", do="check the path") from error
        if _file_state(before) != _file_state(after):
            raise self._changed_error()

    @contextmanager
    def _open_member(self, file: IO[bytes]) -> Iterator[tuple[IO[bytes], int]]:
        with self._open_zip(file) as packed:
            try:
                info = packed.getinfo(self.member)
            except KeyError:
                raise self.error("the zip has no such file", do="export it again") from None
            if _is_bomb(info):
                raise self.error(f"it unpacks to more than {MAX_ZIP_RATIO} times its size", do="unpack it yourself")
            try:
                member = packed.open(info)
            except (RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
                raise self.error(f"it cannot be unpacked ({error})", do="pack it again") from None
            with member:
                yield member, info.file_size

    def _open_zip(self, file: IO[bytes]) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, IndexError) as error:
            raise SourceError(f"the zip is damaged ({error})", where=str(self.path), do="export it again") from None

    def _walk(self) -> list[Path]:
        found: list[Path] = []
        closed: list[OSError] = []
        for root, folders, names in os.walk(self.path, onerror=closed.append):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            found += [Path(root) / n for n in names if not n.startswith(".")]
            if len(found) > MAX_FOLDER_FILES:
                raise self.error(f"the folder holds more than {MAX_FOLDER_FILES:,} files", do="name one inside it")
        for error in closed:
            what = f"a folder in it cannot be read ({(error.strerror or 'an error').lower()})"
            raise self.error(what, do="check its permissions")
        return sorted(p for p in found if p.is_file())

    def _members(self) -> list[str]:
        """Return the names of a zip's files, sorted, after its bounds were checked."""
        with self._open() as (file, _), self._open_zip(file) as packed:
            infos = [i for i in packed.infolist() if i.filename and not i.is_dir() and not _is_hidden(i.filename)]
            if len(infos) > MAX_ZIP_MEMBERS:
                raise self.error(f"the zip holds more than {MAX_ZIP_MEMBERS:,} files", do="unpack it yourself")
            if sum(i.file_size for i in infos) > MAX_UNPACKED_BYTES:
                what = f"the zip unpacks to more than {MAX_UNPACKED_BYTES // 2**30} GiB"
                raise self.error(what, do="unpack it yourself")
            if any(_is_bomb(i) for i in infos):
                what = f"a file in the zip unpacks to more than {MAX_ZIP_RATIO} times its size"
                raise self.error(what, do="unpack it yourself if you trust it")
            return sorted({i.filename for i in infos})


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    return info.file_size > _SMALL_MEMBER and info.file_size > MAX_ZIP_RATIO * max(info.compress_size, 1)


def _is_hidden(name: str) -> bool:
    """Return True if a member is what macOS and others put beside the files."""
    parts = (part for part in name.split("/") if part not in {".", ".."})
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _read(source: ImportSource, read: Callable[[int], bytes], size: int) -> bytes:
    """Return what ``read`` does; what the unpackers raise for damaged data becomes a SourceError."""
    import lzma
    import zlib

    try:
        return read(size)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError) as error:
        raise source.error(f"it cannot be unpacked ({error})", do="pack it again") from None
    except UnicodeDecodeError as error:
        what = f"this is {error.encoding[:6].upper()}, but damaged ({error.reason})"
        raise source.error(what, do="save the file as UTF-8") from None


@lru_cache(maxsize=256)
def _file_encoding(source: ImportSource, _state: tuple[int, int, int] | None) -> TextEncoding:
    """Return the encoding of a file in this state."""
    with source._open() as (file, _):  # noqa: SLF001  (a Source's own)
        return encoding_of(iter(lambda: _read(source, file.read, _SCANNED_BYTES), b""))


def _file_heads(files: list[ImportSource]) -> Iterator[bytes]:
    """Yield the starts of the files that have one; an unreadable file raises an error when it is read."""
    for file in files:
        try:
            head = file._sample_head()  # noqa: SLF001  (a Source's own)
        except SourceError:
            continue
        if head.strip():
            yield head


def _file_state(found: os.stat_result) -> tuple[int, int, int]:
    return (found.st_ino, found.st_size, found.st_mtime_ns)
