"""What a text file states of itself above its text: the front matter of markdown, or lines like those of a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.clean.metadata import CleanedPage, normalize_date

MAX_HEADER_LINES = 80
"""The longest header, in lines."""

_NAMES = {
    "title": ("title", "headline", "subject", "titel", "betreff", "titre", "título", "titolo", "タイトル"),
    "byline": ("author", "authors", "byline", "by", "from", "autor", "autorin", "auteur", "著者", "記者"),
    "date": ("date", "published", "pubdate", "datum", "fecha", "data", "日付"),
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names}
_OTHER_FIELDS = frozenset(
    ("to", "cc", "bcc", "reply-to", "sender", "slug", "dateline", "source", "section", "length", "keywords", "body",
     "language", "copyright", "message-id", "mime-version", "content-type", "content-transfer-encoding", "received",
     "return-path", "delivered-to", "status")
)  # fmt: skip
_FENCE = re.compile(r"---|\+\+\+")
_FIELD = re.compile(r"(?P<key>[^\W\d_][\w-]{0,30})\s*(?P<mark>[:：=])(?:\s+|$|(?<=：))(?P<value>.*)$")
_MBOX = re.compile(r"From \S+@\S+ .*\d{4}$")
_MAIL_NAME = re.compile(r"\s*<[^<>]*>$")


class FileHeader(Struct, frozen=True):
    """The header of a text: how many lines it has, and what they state; empty for what they do not."""

    rows: int = 0
    title: str = ""
    byline: str = ""
    date: str = ""


def file_header(rows: Sequence[str]) -> FileHeader:
    """Return the header of a text's lines, one of no lines where it has none.

    That is front matter between two ``---`` or ``+++``, or two or more known fields at the top, one of them a title.
    """
    first = next((n for n, row in enumerate(rows[:MAX_HEADER_LINES]) if row.strip()), 0)
    if rows and _FENCE.fullmatch(rows[first].strip()):
        return _front_matter(rows, first)
    start = first + bool(rows and _MBOX.match(rows[first]))
    end, known = start, 0
    found: dict[str, str] = {}
    for row in rows[start : start + MAX_HEADER_LINES]:
        m = _FIELD.match(row)
        key = m["key"].lower() if m and m["mark"] != "=" else ""
        if key in _FIELDS or key in _OTHER_FIELDS or key.startswith("x-"):
            known += 1
            found.setdefault(_FIELDS.get(key, key), m["value"].strip() if m else "")
        elif not (known and row[:1] in " \t" and row.strip()):
            break
        end += 1
    return _header(end, found) if known > 1 and found.get("title") else FileHeader()


def _front_matter(rows: Sequence[str], first: int) -> FileHeader:
    """Return the header between two fences; no header where what they hold has another form."""
    fence = rows[first].strip()
    found: dict[str, str] = {}
    key = ""
    for n, row in enumerate(rows[first + 1 : first + MAX_HEADER_LINES], first + 1):
        if row.strip() == fence:
            return _header(n + 1, found) if found else FileHeader()
        m = _FIELD.match(row)
        item = re.match(r"\s+(?:-\s+)?(.*)|-\s+(.*)", row)
        if m:
            key = _FIELDS.get(m["key"].lower(), m["key"].lower())
            found.setdefault(key, m["value"].strip())
        elif item and key:
            value = (item[1] or item[2] or "").removeprefix("name:").strip()
            found[key] = f"{found[key]}, {value}".strip(", ")
        elif row.strip() and not row.startswith("#"):
            return FileHeader()
    return FileHeader()


def _header(rows: int, found: dict[str, str]) -> FileHeader:
    values = {name: _plain_value(found.get(name, "")) for name in ("title", "byline", "date")}
    name = _MAIL_NAME.sub("", values["byline"])
    return FileHeader(rows, values["title"], "" if "@" in name else name, values["date"])


def _plain_value(value: str) -> str:
    """Return a value without quotation marks and the brackets of a list."""
    is_list = value[:1] == "[" and value[-1:] == "]"
    parts = (part.strip().strip("\"'") for part in value[1:-1].split(",")) if is_list else [value]
    return ", ".join(part.strip().strip("\"'") for part in parts if part.strip())


def with_header(page: CleanedPage, rows: Sequence[str], header: FileHeader) -> CleanedPage:
    """Return a cleaned page with the verdicts on the lines of its header; what the header states goes first."""
    if not header.rows:
        return page
    lines = (*_header_lines(rows[: header.rows]), *page.lines[header.rows :])
    return replace(
        page,
        lines=lines,
        title=header.title or page.title,
        byline=header.byline or page.byline,
        date=normalize_date(header.date) or page.date,
    )


def _header_lines(rows: Sequence[str]) -> Iterator[SourceLine]:
    for row in rows:
        verdict = LineVerdict.BOILERPLATE if row.strip() else LineVerdict.BLANK
        yield SourceLine(verdict, "a field of the file's header" if row.strip() else "nothing on it")
