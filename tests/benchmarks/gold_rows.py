"""The rows of a gold file: read, checked and put together to articles.

A row is ``{"text","spans":[{"start","end","label"}],"meta"}`` in code points. What else stands in it
(``tokens`` for one) is not looked at. A row that is broken ends the benchmark with its number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

APART = 20
"""How many rows make an article where no ``meta.doc`` says it."""

_BLANK_LINE = re.compile(r"\n\s*\n")
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Row:
    r"""One row: its number in the file, its text with newlines as ``\n``, and its spans."""

    number: int
    text: str
    spans: tuple[tuple[int, int, str], ...]
    """Start, end and label."""
    doc: str
    """What tells which rows are one article; empty where the row does not say."""

    @property
    def lined(self) -> bool:
        """Whether the text has several lines."""
        return "\n" in self.text.strip()

    @property
    def parted(self) -> bool:
        """Whether the text has several paragraphs, so that it is an article and no sentence."""
        return bool(_BLANK_LINE.search(self.text.strip()))


def documents(path: Path, half: str = "all") -> Iterator[tuple[Row, ...]]:
    """Yield the rows that are one article: neighbours of one ``meta.doc``, one of paragraphs, or twenty."""
    kept: list[Row] = []
    for row in rows(path, half):
        if kept and not _belongs(row, kept):
            yield tuple(kept)
            kept = []
        kept.append(row)
    if kept:
        yield tuple(kept)


def _belongs(row: Row, kept: Sequence[Row]) -> bool:
    if row.doc or kept[0].doc:
        return row.doc == kept[0].doc
    return len(kept) < APART and not row.parted and not kept[0].parted


def rows(path: Path, half: str = "all") -> Iterator[Row]:
    """Yield the rows of a file whose document lies in the half; exits where a row is broken."""
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}; name a JSONL file that can be read") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = _row(line, number, f"{path.name}:{number}")
        if half == "all" or _half(row, f"{path.name}:{number}") == half:
            yield row


def _half(row: Row, where: str) -> str:
    """Return the half that a row's document lies in; both are told by a digest of its name."""
    if not row.doc:
        raise SystemExit(f"{where}: the row has no meta.doc, which the halves are told by; use --half all")
    return "tune" if sha256(row.doc.encode()).digest()[0] % 2 else "test"


def _row(line: bytes, number: int, where: str) -> Row:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise SystemExit(f"{where}: this is no JSON ({error}); correct the line") from None
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        raise SystemExit(f'{where}: the row has no "text"; a row is {{"text","spans","meta"}}')
    given, meta = data["text"], data.get("meta")
    try:
        given.encode()
    except UnicodeEncodeError:
        raise SystemExit(f"{where}: half a surrogate pair is no character; correct the text") from None
    spans = data.get("spans") or []
    if not isinstance(spans, list):
        raise SystemExit(f'{where}: "spans" is no list; correct the row')
    found = [_span(s, given, f"{where}: span {n}") for n, s in enumerate(spans, 1)]
    doc = meta.get("doc") if isinstance(meta, dict) else None
    return _unix(Row(number, given, tuple(sorted(found, key=_order)), "" if doc is None else str(doc)))


def _span(span: Any, text: str, where: str) -> tuple[int, int, str]:
    if not isinstance(span, dict):
        raise SystemExit(f"{where} is no object with start, end and label; correct it")
    start, end, label = (span.get(k) for k in ("start", "end", "label"))
    if type(start) is not int or type(end) is not int or not isinstance(label, str) or not label.strip():
        raise SystemExit(f"{where} needs whole numbers as start and end and a label; correct it")
    if not 0 <= start < end <= len(text):
        raise SystemExit(f"{where} ({start}-{end}) lies outside the {len(text)} code points of the text")
    return start, end, _SPACE.sub("_", label.strip())


def _order(span: tuple[int, int, str]) -> tuple[int, int, str]:
    return span[0], -span[1], span[2]


def _unix(row: Row) -> Row:
    r"""Return the row with its line ends as ``\n``, the spans moved with them."""
    if "\r" not in row.text:
        return row

    def at(place: int) -> int:
        return len(row.text[:place].replace("\r\n", "\n"))

    text = row.text.replace("\r\n", "\n").replace("\r", "\n")
    return Row(row.number, text, tuple((at(a), at(b), label) for a, b, label in row.spans), row.doc)
