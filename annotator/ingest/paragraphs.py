"""Which lines of an article are one paragraph: hard-wrapped ones are, others are alone.

A line that begins an item of a list, a heading, a row of a table or a speaker's turn begins a paragraph, whatever
the line before it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from annotator.core.article import SourceLine
from annotator.ingest.clean.agency_marks import is_agency_mark
from annotator.ingest.clean.lexicon import CJK, function_words
from annotator.ingest.clean.line_features import wrap_width

PARAGRAPH_WIDTHS = range(40, 121)
"""The widths, in code points, that text is wrapped at."""

UNSPACED_WIDTHS = range(15, 81)
"""The widths, in code points, that text without blanks between words is wrapped at."""

_ENDS_SENTENCE = re.compile(r"[.!?…:;。！？؟۔।][\"”’“‘«‹》'»)\]」』）*_]*\s*$")
_CONTINUES = re.compile(r"[,;]?\s*[\"“‘'(*_\[]*(?P<word>[^\W\d_][\w’'-]*)")
_HYPHENATED = re.compile(r"\w-\s*$")
_BYLINE = re.compile(r"(?:by|von|par|por)(?:\s+[^\W\d_a-z][\w.’'-]*){1,4}\s*$")
_QUOTE_PREFIX = re.compile(r"(?:\s{0,3}>)+ ?")
_MARKER = re.compile(
    r"(?P<bullet>[•*+▪◦‣·∙\u2190-\u21ff\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?\s+|[・●○■□◆◇▶►▼▲①-⑳]\s*)\S"
    r"|(?P<letter_o>o)\s+\S|(?P<dash>[-–—]+)\s+\S"
    r"|[(\[]?(?P<number>\d{1,3}|[a-zA-Z]|[ivx]{1,5}|[IVX]{1,5})[.)\]]{1,2}\s+\S"
)
_ALONE = re.compile(r"#{1,6}\s|\||[^\w\s]$|```|~~~|[^\w\s]{3,}\s*$|(?:#\w+\s*)+$")
"""A heading, a row of a table with strokes, a fence, a rule, hashtags."""

_COLUMN_GAP = re.compile(r"(?<=\S)(?: {3,}|\t)")
"""A row of a table without strokes has two such gaps or more."""

_MIN_ITEM_WORDS = 3


class _Line(Struct, frozen=True):
    """A physical line without its quotation prefix and indent."""

    text: str
    indent: int
    depth: int
    """How many ``>`` of a quoted mail are before it."""
    opens: bool
    """Whether it begins a paragraph in any case."""
    is_alone: bool
    is_item: bool = False
    text_column: int = 0
    """Where the text of a list's item begins."""

    @property
    def width(self) -> int:
        return self.indent + len(self.text)


def paragraph_lines(
    rows: Sequence[str], lines: Sequence[SourceLine], opening_rows: Collection[int] = ()
) -> Iterator[range]:
    """Yield the line numbers of each paragraph; blank lines are in none.

    Consecutive lines of one verdict are one paragraph where the second goes on in the middle of
    a sentence, or where both belong to a block wrapped at one width and the first is full.
    ``opening_rows`` are lines that begin a paragraph.
    """
    page_width = wrap_width(list(rows))
    for block in _verdict_runs(rows, lines):
        found = _block_lines(rows, block, opening_rows)
        width = _wrapped_width(found, page_width)
        items_start = block.start + _first_item(found, page_width)
        first = block.start
        for one, other, i in zip(found, found[1:], block, strict=False):
            if i + 1 >= items_start or not _is_same_paragraph(one, other, width):
                yield range(first, i + 1)
                first = i + 1
        yield range(first, block.stop)


def _verdict_runs(rows: Sequence[str], lines: Sequence[SourceLine]) -> Iterator[range]:
    """Yield the runs of non-blank lines with one verdict."""
    first = 0
    for i in range(len(rows)):
        if not rows[i].strip():
            first = i + 1
        elif i + 1 == len(rows) or not rows[i + 1].strip() or lines[i].verdict != lines[i + 1].verdict:
            yield range(first, i + 1)
            first = i + 1


def _block_lines(rows: Sequence[str], block: range, opening_rows: Collection[int]) -> list[_Line]:
    """Return the lines of a block with the marks of lists that are none in running text taken back."""
    out: list[_Line] = []
    dashes = sum(rows[i].lstrip().startswith(("- ", "– ", "— ")) for i in block)
    number = ""
    for i in block:
        prefix = _QUOTE_PREFIX.match(rows[i])
        row = rows[i][prefix.end() if prefix else 0 :]
        text = row.strip()
        before = out[-1] if out else None
        m = _MARKER.match(text)
        if m is not None and not _is_item(m, before, len(row) - len(row.lstrip()), number, dashes):
            m = None
        number = (m["number"] if m else "") or number
        indent = len(row) - len(row.lstrip())
        out.append(
            _Line(
                text=text,
                indent=indent,
                depth=prefix[0].count(">") if prefix else 0,
                opens=i in opening_rows or m is not None,
                is_alone=not text
                or bool(_ALONE.match(text))
                or is_agency_mark(text)
                or len(_COLUMN_GAP.findall(text)) > 1,
                is_item=m is not None or (before is not None and before.is_item and indent >= before.text_column > 0),
                text_column=indent + m.end() - 1 if m else before.text_column if before and before.is_item else 0,
            )
        )
    return out


def _is_item(m: re.Match[str], before: _Line | None, indent: int, number: str, dashes: int) -> bool:
    """Return whether a mark at the beginning of a line is a list's and not running text's.

    After a line that may go on, a dash may be one of a sentence, and a number one of a date ("am / 3. März").
    """
    may_go_on = before is not None and not before.is_alone and not _ENDS_SENTENCE.search(before.text)
    if m["bullet"] or not may_go_on or before is None:
        return not m["letter_o"] or indent > 0
    if m["letter_o"]:
        return before.is_item and indent > 0
    if before.is_item or before.width < PARAGRAPH_WIDTHS.start:
        return True
    if m["dash"]:
        return dashes > 1
    follows = number.isdigit() and m["number"].isdigit() and int(m["number"]) == int(number) + 1
    return follows or m["number"] in {"1", "a", "A", "i", "I"}


def _wrapped_width(block: Sequence[_Line], page_width: int) -> int:
    """Return the width that a block is wrapped at, 0 where each of its lines ends where its text does."""
    width = max(line.width for line in block)
    pairs = list(pairwise(block))
    if width in PARAGRAPH_WIDTHS and any(_sentence_continues(one, other) for one, other in pairs):
        return width
    if page_width - 25 < width <= page_width:
        return page_width
    # Without small letters at their beginnings: lines of one length that break off.
    unspaced = bool(CJK.search(block[0].text))
    slack = 2 if unspaced else 12
    even = len(pairs) > 1 and all(one.width >= width - slack for one, _ in pairs)
    if not even or width not in (UNSPACED_WIDTHS if unspaced else PARAGRAPH_WIDTHS):
        return 0
    return width if any(_breaks_off(one, other) for one, other in pairs) else 0


def _breaks_off(one: _Line, other: _Line) -> bool:
    """Return whether a line's end is no sentence's by its last word, or in a script without capitals."""
    if _ENDS_SENTENCE.search(one.text) or one.is_alone or other.opens:
        return False
    first, last = other.text[0], one.text.split()[-1].lower()
    return (first.isalpha() and first.lower() == first.upper()) or last in function_words() or last.endswith((",", "-"))


def _is_same_paragraph(one: _Line, other: _Line, width: int) -> bool:
    """Whether two lines are one paragraph; ``width`` is 0 where nothing is wrapped."""
    if other.opens or one.is_alone or other.is_alone or one.depth != other.depth:
        return False
    if _sentence_continues(one, other):
        hangs = one.is_item and other.indent == one.text_column > 0
        return max(one.width, other.width) >= PARAGRAPH_WIDTHS.start or hangs or bool(_HYPHENATED.search(one.text))
    # A first line is indented where paragraphs have no blank line between them.
    if not width or (other.indent > one.indent and _ENDS_SENTENCE.search(one.text) and not one.is_item):
        return False
    if CJK.match(other.text):
        return one.width >= width - 2
    return _is_full(one, other, width)


def _is_full(one: _Line, other: _Line, width: int) -> bool:
    """Return whether the first word of the next line would not have fitted on a line."""
    return one.width + 1 + len(other.text.split(maxsplit=1)[0]) > width


def _sentence_continues(one: _Line, other: _Line) -> bool:
    """Whether a sentence runs over the end of a line: the next one begins in small letters."""
    m = _CONTINUES.match(other.text)
    if m is None or not m["word"].islower() or _ENDS_SENTENCE.search(one.text) or one.is_alone or other.opens:
        return False
    return not _BYLINE.match(other.text)


def _first_item(block: Sequence[_Line], page_width: int) -> int:
    """Return where a list without marks begins that a colon introduces, or the block's length.

    Its items begin in small letters, have some words each, end alike without a full stop, and none breaks off
    at a function word or at the width that the page is wrapped at.
    """
    first = next((n for n, line in enumerate(block, 1) if line.text.endswith((":", "："))), len(block))
    items = block[first:]
    for item in items:
        words = item.text.split()
        m = _CONTINUES.match(item.text)
        broken = words[-1].lower() in function_words() or words[-1].endswith((",", "-"))
        if m is None or not m["word"].islower() or len(words) < _MIN_ITEM_WORDS or broken or item.opens:
            return len(block)
    pairs = pairwise(items)
    if any(_ENDS_SENTENCE.search(item.text) for item in items) or (
        page_width and all(_is_full(a, b, page_width) for a, b in pairs)
    ):
        return len(block)
    return first
