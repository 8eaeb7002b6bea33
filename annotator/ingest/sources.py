"""Sources of articles: files, folders and standard input, one value for each article or failure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from annotator.core.errors import SourceError
from annotator.ingest.decode import MAX_BYTES, MAX_LINE, bounded, check_lines, decoded, line_error

STDIN = "-"
"""The path that stands for standard input, and the origin of what comes from there."""

KINDS = {
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
"""What a file holds by its ending; a further ``.gz`` means that it is packed."""

MAX_DEPTH = 20
"""The deepest nesting of a record's fields."""

_USED = frozenset({"text", "title", "byline", "date", "meta"})
_HTML = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_RECORD = re.compile(r'\s*\{\s*"')


@dataclass(frozen=True, slots=True)
class Source:
    """One article as it came in.

    ``kind`` is ``text`` for a dump of a page, ``html`` for a page (then ``html`` holds it and
    ``text`` is empty) and ``record`` for a line of JSONL, whose text is the article itself.
    """

    origin: str
    """The path as given; for a record ``path#id``, or ``path:line`` where it has no id or url."""
    text: str
    kind: str = "text"
    html: str = ""
    title: str = ""
    byline: str = ""
    date: str = ""
    url: str = ""
    meta: dict[str, object] = field(default_factory=dict)
    stable_origin: str = ""
    """What the same source is known by another time: its resolved path, for a record ``path#id``.

    Empty for standard input and for a record with neither id nor url: the next text that comes
    from there, or stands on that line, may be any other."""
    notes: tuple[str, ...] = ()
    """What a user should know of the reading, such as ``read as windows-1252``."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A source that could not be read, and why."""

    origin: str
    error: SourceError


def read_sources(paths: Sequence[Path | str], stdin: BinaryIO | None) -> Iterator[Source | Failed]:
    """Yield the articles of files, folders and standard input (``-``) in the order given.

    Files of a folder come in the order of their paths, hidden ones left out. What fails is
    yielded as Failed and never stops the rest; ``stdin`` is None where standard input is closed.
    """
    for path in paths:
        if str(path) == STDIN:
            yield from _stdin(stdin)
        elif os.path.isdir(path):  # noqa: PTH112  (Path.is_dir raises where a folder cannot be looked into)
            yield from _folder(Path(path))
        else:
            yield from _file(Path(path))


def _stdin(stdin: BinaryIO | None) -> Iterator[Source | Failed]:
    if stdin is None:
        error = SourceError("standard input is closed", do="pipe a page into it, or name a file")
        yield Failed(STDIN, error)
        return
    try:
        yield from _one(STDIN, "standard input", stdin)
    except OSError as error:
        yield _unreadable(STDIN, "standard input", error)


def _folder(folder: Path) -> Iterator[Source | Failed]:
    """Yield the articles of all files below a folder whose ending is known."""
    closed: list[OSError] = []
    files = [p for p in _visible(folder, closed) if kind_of(p.name)]
    for error in closed:
        name = _shown(error.filename or folder)
        yield _unreadable(name, name, error)
    if not files and not closed:
        yield Failed(
            _shown(folder),
            SourceError(
                "the folder has no source in it",
                where=_shown(folder),
                do="give one with files that end in " + ", ".join(KINDS),
            ),
        )
    for path in files:
        yield from _file(path)


def _visible(folder: Path, closed: list[OSError]) -> list[Path]:
    """Return the files below a folder, sorted; links to folders are not followed.

    The errors of folders that cannot be looked into are added to ``closed``.
    """
    found: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        found += [Path(root) / n for n in names if not n.startswith(".")]
    return sorted(found)


def _file(path: Path) -> Iterator[Source | Failed]:
    name = _shown(path)
    try:
        came_from = os.path.realpath(path)
        with path.open("rb") as file:
            yield from _one(name, name, file, kind_of(path.name), came_from)
    except OSError as error:
        yield _unreadable(name, name, error)


def _shown(path: Path | str) -> str:
    """Return a path as text: bytes in a name that are no UTF-8 become U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace")


def _unreadable(origin: str, where: str, error: OSError) -> Failed:
    reason = (error.strerror or type(error).__name__).lower()
    do = "check its permissions" if isinstance(error, PermissionError) else "check the path"
    return Failed(origin, SourceError(f"the source cannot be read ({reason})", where=where, do=do))


def kind_of(name: str) -> str:
    """Return what a file holds by its ending: text, html or jsonl, or nothing if it is unknown."""
    return KINDS.get(Path(name.lower().removesuffix(".gz")).suffix, "")


def _one(
    origin: str, where: str, file: BinaryIO, kind: str = "", stable_origin: str = ""
) -> Iterator[Source | Failed]:
    """Yield what one stream of bytes holds."""
    try:
        data = bounded(file.read(MAX_BYTES + 1), where)
        if (kind or _sniffed(data)) == "jsonl":
            yield from (_placed(x, origin, stable_origin) for x in _records(origin, where, data))
        else:
            yield replace(_page(origin, where, data, kind), stable_origin=stable_origin)
    except SourceError as error:
        yield Failed(origin, error)


def _placed(source: Source | Failed, origin: str, stable_origin: str) -> Source | Failed:
    """Return a record with what it is known by another time: its file and its id, if it has both."""
    name = source.origin.removeprefix(origin)
    if isinstance(source, Failed) or not stable_origin or not name.startswith("#"):
        return source
    return replace(source, stable_origin=stable_origin + name)


def _sniffed(data: bytes) -> str:
    """Return what the bytes look like by their start."""
    start = data[:4096].decode("utf-8", "ignore").removeprefix("\ufeff")
    return "jsonl" if _RECORD.match(start) else "html" if _HTML.match(start) else "text"


def _page(origin: str, where: str, data: bytes, kind: str) -> Source:
    """Return a whole file as one article."""
    check_lines(data, where)
    text, note = decoded(data, where)
    if not text.strip():
        raise SourceError("the source is empty", where=where, do="leave it out")
    notes = (note,) if note else ()
    if (kind or _sniffed(data)) == "html":
        return Source(origin, "", "html", html=text, notes=notes)
    return Source(origin, text, notes=notes)


def _records(origin: str, where: str, data: bytes) -> Iterator[Source | Failed]:
    """Yield the articles of a JSONL file, and a failure for each line that is none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = decoded(data, where)[0].encode()
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if not any(line.strip() for line in lines):
        raise SourceError("the source is empty", where=where, do="leave it out")
    for n, line in enumerate(lines, 1):
        if line.strip():
            yield _record(origin, f"{where}:{n}", n, line)


def _record(origin: str, where: str, n: int, line: bytes) -> Source | Failed:
    """Return the article of one line of JSONL, or the failure with its place."""
    try:
        if len(line) > MAX_LINE:
            raise line_error(where.removesuffix(f":{n}"), n)
        text, note = decoded(line, where)
        return _article(origin, n, _parsed(text, where), where, (note,) if note else ())
    except SourceError as error:
        return Failed(f"{origin}:{n}", error)


def _parsed(line: str, where: str) -> dict[str, Any]:
    """Return the object of one line; a lone surrogate counts as wrong JSON."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        problem = f"the line is not JSON ({error.msg} at column {error.colno})"
        raise SourceError(problem, where=where, do="mend the line or take it out") from None
    if not isinstance(value, dict):
        raise SourceError("the line is not a JSON object", where=where, do='write {"text": "…"}')
    if _depth(value) > MAX_DEPTH:
        what = f"the record is nested deeper than {MAX_DEPTH}"
        raise SourceError(what, where=where, do="flatten its fields")
    return value


def _depth(value: Any) -> int:
    """Return how deep lists and objects are nested, counted no further than the bound."""
    level, depth = [value], 0
    while level and depth <= MAX_DEPTH:
        inside = [v.values() if isinstance(v, dict) else v for v in level if isinstance(v, dict | list)]
        level = [x for values in inside for x in values]
        depth += 1
    return depth


def _article(origin: str, n: int, record: dict[str, Any], where: str, notes: tuple[str, ...]) -> Source:
    """Build the source of a record; its ``meta`` and its other fields become one dict."""
    text = record.get("text")
    if not isinstance(text, str):
        raise SourceError("the record has no `text`", where=where, do='write {"text": "…"}')
    if not text.strip():
        raise SourceError("the `text` of the record is empty", where=where, do="take the line out")
    given = record.get("meta", {})
    meta: dict[str, object] = {k: v for k, v in record.items() if k not in _USED}
    meta |= given if isinstance(given, dict) else {"meta": given}
    url = _word(record, meta, "url")
    name = _word(record, meta, "id") or url
    return Source(
        origin=f"{origin}#{name}" if name else f"{origin}:{n}",
        text=text.replace("\r\n", "\n").replace("\r", "\n"),
        kind="record",
        title=_word(record, meta, "title"),
        byline=_word(record, meta, "byline"),
        date=_word(record, meta, "date"),
        url=url,
        meta=meta,
        notes=notes,
    )


def _word(record: dict[str, Any], meta: dict[str, object], key: str) -> str:
    """Return a text or number field of a record or else of its ``meta`` as one line."""
    value = record.get(key, meta.get(key, ""))
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""
