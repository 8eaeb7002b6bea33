"""The lines of a markdown text as a reader sees them: the cleaner judges these, the article keeps the marks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.clean.agency_marks import without_agency_marks

MIN_MARKED_LINES = 2
"""From so many headings, links and bold stretches on a text is markdown."""

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?=\S)")
_HEADING_END = re.compile(r"[ \t]+#+$")
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_RULE = re.compile(r"(?:(?:-[ \t]?){3,}|(?:\*[ \t]?){3,}|(?:_[ \t]?){3,}|[|: -]*-{3,}[|: -]*|```[\w-]*|~~~[\w-]*)")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,20}\](?!:)")
_REFERENCE = re.compile(r"\[[^\]^\n][^\]\n]{0,80}\]:[ \t]*\S{1,2000}.{0,200}$")
_BREAK_MARK = "\0"
_BREAK = r"\n[ \t>]*(?=[^\s>])"
_LINK_TARGET = (
    rf"\((?:[ \t]|{_BREAK})?<?(?:[^()\s]|\([^()\s]{{0,200}}\)|{_BREAK}){{0,2000}}"
    rf"(?:(?:[ \t]+|{_BREAK})\"[^\"]{{0,300}}\")?[ \t]*\)"
)
_LABEL = rf"(?:[^\[\]\n]|{_BREAK}){{0,500}}"
_IMAGE = re.compile(rf"!\[{_LABEL}\]{_LINK_TARGET}")
_LINK = re.compile(rf"(?<!!)\[({_LABEL})\](?:{_LINK_TARGET}|\[[^\[\]\n]{{0,80}}\])")
_STRONG = re.compile(r"(?<![\w*_])(\*\*\*|\*\*|__|\*|_)(?=[^\s*_])([^*_\n]{1,1000}?)(?<=[^\s*_])\1(?![\w*_])")
_QUOTE = re.compile(r"(?: {0,3}>)+ ?")
_ITEM = re.compile(r"^([ \t]*)[*+][ \t]+(?=\S)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!>~|-])")


class ShownRows(Struct, frozen=True):
    """The lines of a text as they are shown, and which of them are headings by their marks."""

    rows: list[str]
    headings: frozenset[int] = frozenset()
    tails: frozenset[int] = frozenset()
    """The lines that the address of a link ends on: what follows it is shown on the line of the link."""


def shown_rows(rows: list[str]) -> ShownRows:
    """Return a text's lines without an agency's marks and those of markdown.

    A line of marks alone (a rule, a fence, a link's address) is empty.
    """
    rows = without_agency_marks(rows)
    if not _is_markdown(rows) or any(_BREAK_MARK in row for row in rows):
        return ShownRows(rows)
    headings = {n for n, row in enumerate(rows) if _HEADING.match(row) or _is_underlined(rows, n)}
    text = "\n".join("" if _REFERENCE.match(row) else row for row in rows)
    lines: list[str] = []
    tails: set[int] = set()
    for line in _LINK.sub(_label, _IMAGE.sub(_label, text)).split("\n"):
        lines.append(_shown(line.replace(_BREAK_MARK, "")))
        broken = line.count(_BREAK_MARK)
        tails.update(range(len(lines), len(lines) + broken))
        lines += [""] * broken
    return ShownRows(lines, frozenset(headings), frozenset(tails))


def _label(m: re.Match[str]) -> str:
    """Return the text of a link, nothing of a picture, and a mark for each line end of its address."""
    label = m[1] if m.re is _LINK else ""
    return label + _BREAK_MARK * (m[0].count("\n") - label.count("\n"))


def _is_markdown(rows: Sequence[str]) -> bool:
    found = 0
    for n, row in enumerate(rows):
        marked = _HEADING.match(row) or ("](" in row and _LINK.search(row)) or ("**" in row and _STRONG.search(row))
        found += bool(marked) or _is_underlined(rows, n)
        if found >= MIN_MARKED_LINES:
            return True
    return False


def _is_underlined(rows: Sequence[str], n: int) -> bool:
    """Return whether a line has the underline of a heading below and nothing above."""
    row = rows[n].strip()
    if not row or len(row) > 150 or n + 1 == len(rows) or not _UNDERLINE.fullmatch(rows[n + 1].strip()):
        return False
    return (n == 0 or not rows[n - 1].strip()) and row[-1] not in ".。" and row[-1].isalnum()


def _shown(row: str) -> str:
    """Return a line without its marks."""
    text = row.strip()
    if not text or (len(text) <= 200 and _RULE.fullmatch(text)) or _UNDERLINE.fullmatch(text):
        return ""
    text = _ITEM.sub(r"\1- ", _QUOTE.sub("", row, count=1))
    if _HEADING.match(text):
        text = _HEADING_END.sub("", _HEADING.sub("", text, count=1))
    if "[^" in text:
        text = _FOOTNOTE.sub("", text)
    if "*" in text or "_" in text:
        text = _STRONG.sub(r"\2", _STRONG.sub(r"\2", text))
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text


def with_marks(lines: Sequence[SourceLine], rows: Sequence[str], shown: ShownRows) -> tuple[SourceLine, ...]:
    """Return the verdicts with those on headings and on lines that have marks alone.

    The end of a link's address goes with the line of the link.
    """
    out = list(lines)
    for n, row in enumerate(rows):
        if n in shown.tails and row.strip():
            out[n] = out[n - 1]
        elif row.strip() and not shown.rows[n].strip():
            out[n] = SourceLine(LineVerdict.BOILERPLATE, "marks of the text's form alone")
        elif n in shown.headings and out[n].verdict is LineVerdict.BODY:
            out[n] = SourceLine(LineVerdict.SUBHEAD, "a heading by its marks")
    return tuple(out)
