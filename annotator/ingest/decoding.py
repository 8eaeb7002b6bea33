"""From the bytes of a source to text: bounds, compression, encoding and line ends."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib

from annotator.core.errors import SourceError

MAX_SOURCE_BYTES = 64 * 1024 * 1024
"""The largest source, unpacked, in bytes."""

MAX_LINE_BYTES = 10 * 1024 * 1024
"""The longest line of a source, in bytes."""

_OTHER_LATIN = "Croatian Czech Estonian Hungarian Latvian Lithuanian Polish Romanian Slovak Slovene Turkish Vietnamese"
"""Languages in Latin letters whose code pages differ from windows-1252."""

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
    """Raise SourceError for the first line that is longer than ``MAX_LINE``."""
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
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode_strict(data, "utf-16", where), "read as utf-16"
    if _is_binary(data):
        raise _binary_error(where)
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        name = _declared_encoding(data) or _detected_encoding(data)
    if not name:
        raise _binary_error(where)
    return _decode_strict(data, name, where), f"read as {name}"


def _decode_strict(data: bytes, name: str, where: str) -> str:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError):
        raise _binary_error(where) from None


def _binary_error(where: str) -> SourceError:
    do = "give a text, HTML or JSONL file, in UTF-8 if you can"
    return SourceError("the source is binary, not text", where=where, do=do)


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
    return name if name and _decodes(data, name) else ""


def _detected_encoding(data: bytes) -> str:
    """Return charset-normalizer's guess, or windows-1252 where it fits a Western text as well.

    The guesser tells code pages of Latin letters apart by a few letters; what the web takes for
    unlabelled text is the better guess unless a language points elsewhere.
    """
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000]).best()
    western = _decodes(data, "windows-1252")
    if best is None:
        return ""
    if western and best.language not in _OTHER_LATIN.split() and _is_mostly_latin(str(best)):
        return "windows-1252"
    name = re.sub(r"^cp(125\d)$", r"windows-\1", best.encoding.replace("_", "-"))
    return name if _decodes(data, name) else ("windows-1252" if western else "")


def _decodes(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _is_mostly_latin(text: str) -> bool:
    """Whether most of the letters beyond ASCII are Latin ones."""
    letters = [c for c in text if c.isalpha() and ord(c) > 127]
    return sum(ord(c) < 0x250 for c in letters) * 2 >= len(letters)
