"""Sources of articles: files, folders and standard input, one value for each article or failure."""

from __future__ import annotations

import gzip
import io
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.digest import article_id_from_digest, text_digest
from annotator.core.errors import SourceError, path_text
from annotator.core.text_encoding import CP1252, encoding_of, encoding_of_start
from annotator.ingest.story_cut import StoryCut, cut_stories

# From the bytes of a source to text: bounds, compression, encoding and line ends.


MAX_SOURCE_BYTES = 64 * 1024 * 1024
"""The largest source, unpacked, in bytes."""

MAX_LINE_BYTES = 10 * 1024 * 1024
"""The longest line of a source, in bytes."""

_DECLARED = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_ALLOWED_CONTROLS = b"\t\n\r\f\v\x1b\x08"
_CONTROLS = bytes(b for b in range(32) if b not in _ALLOWED_CONTROLS)


def unpack_bounded(data: bytes, where: str) -> bytes:
    """Return the bytes, unpacked if they are gzip, or raise SourceError if they are too many."""
    if data.startswith(b"\x1f\x8b"):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
                data = file.read(MAX_SOURCE_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(f"the gzip file is damaged ({error})", where=where, do="pack it again") from None
    if len(data) > MAX_SOURCE_BYTES:
        what = f"the source is larger than {MAX_SOURCE_BYTES // 2**20} MB"
        raise SourceError(what, where=where, do="split it into smaller files")
    return data


def check_line_lengths(data: bytes, where: str) -> None:
    """Raise SourceError for the first line that is longer than ``MAX_LINE_BYTES``."""
    start, n = 0, 0
    while len(data) - start > MAX_LINE_BYTES:
        n += 1
        end = data.find(b"\n", start, start + MAX_LINE_BYTES + 1)
        if end < 0:
            raise long_line_error(where, n)
        start = end + 1


def long_line_error(where: str, line: int) -> SourceError:
    """Return the error for a line that is too long."""
    what = f"the line is longer than {MAX_LINE_BYTES // 2**20} MB"
    return SourceError(what, where=f"{where}:{line}", do="break it into shorter lines")


def decode_source(data: bytes, where: str) -> tuple[str, str]:
    r"""Return the text of a source and a note on its encoding, empty for UTF-8.

    A byte order mark is dropped and CR and CRLF become ``\n``; no other character ends a line.
    Raises SourceError for bytes that are no text.
    """
    text, note = _decode_bytes(data, where)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), note


def _decode_bytes(data: bytes, where: str) -> tuple[str, str]:
    if found := encoding_of_start(data):
        name = found.name
    elif _is_binary(data):
        name = ""
    elif (text := _decoded(data, "utf-8")) is not None:
        return text, ""
    else:
        name = _declared_encoding(data) or _detected_encoding(data)
    if not name or (text := _decoded(data, name)) is None:
        do = "give a text, HTML or JSONL file, in UTF-8 if you can"
        raise SourceError("the source is binary, not text", where=where, do=do)
    return text, f"read as {name}"


def _decoded(data: bytes, name: str) -> str | None:
    """Return the text of bytes in an encoding, None where they are none in it or it is unknown."""
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _is_binary(data: bytes) -> bool:
    """Whether bytes hold a NUL, many control characters or the mark of a PDF or archive."""
    controls = len(data) - len(data.translate(None, _CONTROLS))
    return data.startswith((b"%PDF-", b"PK\x03\x04")) or b"\0" in data or controls > len(data) // 50


def _declared_encoding(data: bytes) -> str:
    """Return the encoding that an HTML page names, if it decodes the page.

    ISO 8859-1 and ASCII mean windows-1252, as in the WHATWG Encoding Standard.
    """
    m = _DECLARED.search(data[:4096])
    name = m[1].decode("ascii").lower() if m else ""
    name = "windows-1252" if name in {"iso-8859-1", "latin1", "ascii", "us-ascii"} else name
    return name if name and _decoded(data, name) is not None else ""


def _detected_encoding(data: bytes) -> str:
    """Return windows-1252 where its characters are those of Western text, as for an import, else a guess.

    Of a text that nobody has annotated a guess at any code page is better than an error; the note names it.
    """
    from charset_normalizer import from_bytes

    if encoding_of([data]).name == CP1252:
        return "windows-1252"
    best = from_bytes(data[:200_000]).best()
    if best is None:
        return ""
    name = re.sub(r"^cp(125\d)$", r"windows-\1", best.encoding.replace("_", "-"))
    return next((x for x in (name, "windows-1252") if _decoded(data, x) is not None), "")


STDIN = "-"
"""The path that means standard input, and the origin of what comes from there."""

KINDS_BY_SUFFIX = {
    **dict.fromkeys((".txt", ".text", ".md"), "text"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".jsonl", ".ndjson"), "jsonl"),
}
"""What a file holds by its ending; a further ``.gz`` means that it is packed."""

MAX_RECORD_DEPTH = 20
"""The deepest nesting of a record's fields."""

_KNOWN_FIELDS = frozenset({"text", "title", "byline", "date", "meta"})
_HTML = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_RECORD = re.compile(r'\s*\{\s*"')


class StoryPart(Struct, frozen=True):
    """Which story of a file a source is, of a file that holds several."""

    file: str
    number: int
    """From 1."""
    headline: str
    stories: int
    whole_id: str
    """The id that the whole file has as one article, as it came in before files were cut."""
    file_stable_origin: str


class ArticleSource(Struct, frozen=True):
    """One article as it came in.

    ``kind`` is ``text`` for a dump of a page, ``html`` for a page (then ``html`` holds it and
    ``text`` is empty) and ``record`` for a line of JSONL, whose text is the article itself.
    """

    origin: str
    """The path as given; for a record ``path#id``, or ``path:line`` where it has no id or url.

    For a story of a file of several it is ``path#2``."""
    text: str
    kind: str = "text"
    html: str = ""
    title: str = ""
    byline: str = ""
    date: str = ""
    url: str = ""
    meta: dict[str, object] = field(default_factory=dict)
    stable_origin: str = ""
    """What the same source is known by another time: its resolved path, for a record ``path#id``, for a story
    ``path#headline``.

    Empty for standard input and for a record with neither id nor url: the next text that comes
    from there, or is on that line, may be any other."""
    notes: tuple[str, ...] = ()
    """What a user should know of the reading, such as ``read as windows-1252``."""
    part: StoryPart | None = None
    """The story of a file that it is; None where it is no part of one."""
    doubt: str = ""
    """Why it may be no single article, a clause; empty where nobody doubts it."""
    as_before: bool = False
    """Whether an HTML page is read as version 0.2.0 did, because the corpus has it so."""


class SourceFailure(Struct, frozen=True):
    """A source that could not be read, and why."""

    origin: str
    error: SourceError


def read_sources(paths: Sequence[Path | str], stdin: BinaryIO | None) -> Iterator[ArticleSource | SourceFailure]:
    """Yield the articles of files, folders and standard input (``-``) in the order given.

    Files of a folder come in the order of their paths, hidden ones left out. What fails is
    yielded as Failed and never stops the rest; ``stdin`` is None where standard input is closed.
    """
    for path in paths:
        if str(path) == STDIN and stdin is None:
            do = "pipe a page into it, or name a file"
            yield SourceFailure(STDIN, SourceError("standard input is closed", do=do))
        elif str(path) == STDIN and stdin is not None:
            try:
                yield from _read_stream(STDIN, "standard input", stdin)
            except OSError as error:
                yield _read_failure(STDIN, "standard input", error)
        elif os.path.isdir(path):  # noqa: PTH112  (Path.is_dir raises where a folder cannot be looked into)
            yield from _read_folder(Path(path))
        else:
            yield from _read_file(Path(path))


def _read_folder(folder: Path) -> Iterator[ArticleSource | SourceFailure]:
    """Yield the articles of all files below a folder whose ending is known."""
    if _is_out_of_bounds(folder):
        what, do = "this is a folder of the system, or of a corpus", "give the folder with the articles alone"
        yield SourceFailure(path_text(folder), SourceError(what, where=path_text(folder), do=do))
        return
    closed: list[OSError] = []
    files = [p for p in _visible_files(folder, closed) if source_kind(p.name)]
    for closing in closed:
        name = path_text(closing.filename or folder)
        yield _read_failure(name, name, closing)
    if not files and not closed:
        do = "give one with files that end in " + ", ".join(KINDS_BY_SUFFIX)
        error = SourceError("the folder has no source in it", where=path_text(folder), do=do)
        yield SourceFailure(path_text(folder), error)
    for path in files:
        yield from _read_file(path)


def _is_out_of_bounds(folder: Path) -> bool:
    """Return True for the root of the machine, for its special file systems, and for a corpus folder."""
    real = Path(os.path.realpath(folder))
    return len(real.parts) == 1 or real.parts[1] in {"proc", "sys", "dev"} or os.path.isfile(real / "corpus.toml")  # noqa: PTH113


def _visible_files(folder: Path, closed: list[OSError]) -> list[Path]:
    """Return the files below a folder, sorted; links to folders and folders of a corpus are not followed.

    The errors of folders that cannot be looked into are added to ``closed``.
    """
    found: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not _is_out_of_bounds(Path(root, f)))
        found += [Path(root) / n for n in names if not n.startswith(".")]
    return sorted(found)


def _read_file(path: Path) -> Iterator[ArticleSource | SourceFailure]:
    name = path_text(path)
    try:
        came_from = os.path.realpath(path)
        with path.open("rb") as file:
            yield from _read_stream(name, name, file, source_kind(path.name), came_from)
    except OSError as error:
        yield _read_failure(name, name, error)


def _read_failure(origin: str, where: str, error: OSError) -> SourceFailure:
    reason = (error.strerror or type(error).__name__).lower()
    do = "check its permissions" if isinstance(error, PermissionError) else "check the path"
    return SourceFailure(origin, SourceError(f"the source cannot be read ({reason})", where=where, do=do))


def source_kind(name: str) -> str:
    """Return what a file holds by its ending: text, html or jsonl, or nothing if it is unknown."""
    return KINDS_BY_SUFFIX.get(Path(name.lower().removesuffix(".gz")).suffix, "")


def _read_stream(
    origin: str, where: str, file: BinaryIO, kind: str = "", stable_origin: str = ""
) -> Iterator[ArticleSource | SourceFailure]:
    """Yield what one stream of bytes holds."""
    try:
        data = unpack_bounded(file.read(MAX_SOURCE_BYTES + 1), where)
        kind = kind or _sniff_kind(data)
        if kind == "jsonl":
            yield from _read_records(origin, where, data, stable_origin)
        else:
            yield from _page_sources(origin, where, data, kind, stable_origin)
    except SourceError as error:
        yield SourceFailure(origin, error)


def _sniff_kind(data: bytes) -> str:
    """Return the kind of file by its first bytes."""
    found = encoding_of_start(data)
    start = data[:4096].decode(found.name if found else "utf-8", "ignore").removeprefix("\ufeff")
    return "jsonl" if _RECORD.match(start) else "html" if _HTML.match(start) else "text"


def _page_sources(origin: str, where: str, data: bytes, kind: str, stable_origin: str) -> Iterator[ArticleSource]:
    """Yield a whole file as one article, or each story of a text that surely holds several."""
    check_line_lengths(data, where)
    text, note = decode_source(data, where)
    if not text.strip():
        raise SourceError("the source is empty", where=where, do="leave it out")
    plain, html = ("", text) if kind == "html" else (text, "")
    notes = (note,) if note else ()
    whole = ArticleSource(origin, plain, kind, html, stable_origin=stable_origin, notes=notes)
    cut = cut_stories(plain) if plain else StoryCut((plain,))
    if len(cut.texts) == 1:
        yield replace(whole, doubt=cut.doubt)
        return
    whole_id = article_id_from_digest(text_digest(plain))
    stories = zip(cut.texts, cut.names, cut.headlines, strict=True)
    for number, (story, name, headline) in enumerate(stories, 1):
        known_by = f"{stable_origin}#{name}" if stable_origin else ""
        part = StoryPart(origin, number, headline, len(cut.texts), whole_id, stable_origin)
        yield replace(whole, origin=f"{origin}#{number}", text=story, stable_origin=known_by, part=part)


def _read_records(origin: str, where: str, data: bytes, stable_origin: str) -> Iterator[ArticleSource | SourceFailure]:
    """Yield the articles of a JSONL file, and a failure for each line that is none."""
    if encoding_of_start(data):
        data = decode_source(data, where)[0].encode()
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if not any(line.strip() for line in lines):
        raise SourceError("the source is empty", where=where, do="leave it out")
    for n, line in enumerate(lines, 1):
        if line.strip():
            try:
                if len(line) > MAX_LINE_BYTES:
                    raise long_line_error(where, n)
                yield _record_source(origin, n, f"{where}:{n}", line, stable_origin)
            except SourceError as error:
                yield SourceFailure(f"{origin}:{n}", error)


def _parse_record(line: str, where: str) -> dict[str, Any]:
    """Return the object of one line; a lone surrogate counts as wrong JSON."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        problem = f"the line is not JSON ({error.msg} at column {error.colno})"
        raise SourceError(problem, where=where, do="mend the line or take it out") from None
    if not isinstance(value, dict):
        raise SourceError("the line is not a JSON object", where=where, do='write {"text": "…"}')
    if _nesting_depth(value) > MAX_RECORD_DEPTH:
        what = f"the record is nested deeper than {MAX_RECORD_DEPTH}"
        raise SourceError(what, where=where, do="flatten its fields")
    return value


def _nesting_depth(value: Any) -> int:
    """Return how deep lists and objects are nested, counted no further than the bound."""
    level, depth = [value], 0
    while level and depth <= MAX_RECORD_DEPTH:
        inside = [v.values() if isinstance(v, dict) else v for v in level if isinstance(v, dict | list)]
        level = [x for values in inside for x in values]
        depth += 1
    return depth


def _record_source(origin: str, n: int, where: str, line: bytes, stable_origin: str) -> ArticleSource:
    """Return the source of line ``n``; the record's ``meta`` and its other fields become one dict."""
    decoded, note = decode_source(line, where)
    record = _parse_record(decoded, where)
    text = record.get("text")
    if not isinstance(text, str):
        raise SourceError("the record has no `text`", where=where, do='write {"text": "…"}')
    if not text.strip():
        raise SourceError("the `text` of the record is empty", where=where, do="take the line out")
    given = record.get("meta", {})
    meta: dict[str, object] = {k: v for k, v in record.items() if k not in _KNOWN_FIELDS}
    meta |= given if isinstance(given, dict) else {"meta": given}
    url = _text_field(record, meta, "url")
    name = _text_field(record, meta, "id") or url
    return ArticleSource(
        origin=f"{origin}#{name}" if name else f"{origin}:{n}",
        text=text.replace("\r\n", "\n").replace("\r", "\n"),
        kind="record",
        title=_text_field(record, meta, "title"),
        byline=_text_field(record, meta, "byline"),
        date=_text_field(record, meta, "date"),
        url=url,
        meta=meta,
        stable_origin=f"{stable_origin}#{name}" if stable_origin and name else "",
        notes=(note,) if note else (),
    )


def _text_field(record: dict[str, Any], meta: dict[str, object], key: str) -> str:
    """Return a text or number field of a record or else of its ``meta`` as one line."""
    value = record.get(key, meta.get(key, ""))
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""
