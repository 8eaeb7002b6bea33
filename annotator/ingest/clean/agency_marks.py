"""The lines of an agency's file that are no text: where a story begins and ends, and where a page of it does."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_MARK_LENGTH = 160
"""The longest such line, in code points."""

_COUNTED = (
    r"(?i:story|article|document|item|text|take|meldung|dokument|artikel|beitrag|nota|artículo|dépêche)\s+#?\d{1,4}"
    r"(?:\s*(?:of|von|de|sur|/)\s*\d{1,4})?\W*$|\d{1,4}\s+(?:of|von|de|sur)\s+\d{1,4}\s+(?i:documents?|stories|articles)"
    r"|第\d{1,4}[件報話]$|\d{1,4}件中\d{1,4}件目$"
)
_MBOX = r"From \S+@\S+ .*\d{4}$"
_WIRE_NUMBER = r"[a-z]\d{4}\s+-{3,}\s.{0,80}$"
_SLUG_REGEX = r"[\^<]?(?:[a-z]\d{4}\W+)?[A-Z]{2,5}(?:-{1,2}[A-Z&'][\w&'.]*){1,6}(?:[,/ ].{0,30})?[<^]?$"
SLUG = re.compile(_SLUG_REGEX)
STORY_START = re.compile(rf"{_COUNTED}|{_MBOX}|{_SLUG_REGEX}|{_WIRE_NUMBER}")
"""The first line of a story: a count, a mail's first line, a slug, an agency's number."""

_SURE_START = re.compile(rf"{_MBOX}|{_WIRE_NUMBER}")

TOP_LINES = 6
"""Among the first lines that are not blank a count or slug is a mark; further down "Article 5" may be a heading."""

RULE = re.compile(r"([=*_~#-])(?:\s?\1){2,}$")
STORY_END = re.compile(
    r"(?:[-–—(*#\s]*(?:30|END|ENDS|ENDE|FIN|ENDIT|NNNN)[-–—)*#.\s]*$|[-–—(*#]+\s*(?:end|ends|ende|fin)\s*[-–—)*#]+\s*$"
    r"|\((?:END|ENDS|ENDE|FIN)\).{0,80}$|[(（]?(?:了|終わり|終)[)）]?$)"
)
"""The last line of a story."""

PAGE_END = re.compile(r"\W*MORE\W*$|\W+more\W+$")
"""An agency's mark that the story goes on."""


def short_line(row: str) -> str:
    """Return a line that is short enough for a mark, else an empty string."""
    return row.strip() if len(row) <= MAX_MARK_LENGTH else ""


def is_agency_mark(row: str) -> bool:
    """Return whether a line is a mark and no text; a rule is none, which a page may have too."""
    text = short_line(row)
    return bool(text) and any(mark.match(text) for mark in (STORY_START, STORY_END, PAGE_END))


def without_agency_marks(rows: Sequence[str]) -> list[str]:
    """Return the lines of a text with those that are marks empty."""
    top = 0
    out = []
    for row in rows:
        mark = short_line(row)
        top += bool(mark)
        is_mark = bool(STORY_END.match(mark) or PAGE_END.match(mark) or _SURE_START.match(mark)) if mark else False
        out.append("" if is_mark or (top <= TOP_LINES and STORY_START.match(mark)) else row)
    return out
