"""Sentences of a paragraph: the cuts of its language's splitter, kept off quotations, asides and long stretches.

Cuts are moved off quotation marks, and dropped inside a closed quotation or an aside, whatever the
language; what the words of a language decide is in ``sentence_splitters``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from annotator.ingest.mark_cuts import is_after_opening_mark, mark_cuts
from annotator.ingest.quotation_ranges import CharRange, quotation_ranges
from annotator.ingest.sentence_splitters import SentenceSplitter, splitter_for

MAX_SENTENCE_LENGTH = 4000
"""The longest sentence, in code points."""

_SPACE = re.compile(r"\s")
_BLANK = re.compile(" +")
_OPENING = frozenset("“‘„«‹「『《（([{")
_CLOSING = frozenset("”»›」』》）)]}")
_BRACKETED_ASIDE = re.compile(r"[^\s.!?…:;”\"’']\s*(\([^()]{1,300}\)|（[^（）]{1,300}）)")
_QUOTED_END = re.compile(r"([.!?…])[\"”’'»)]*$")
_CAPITAL_NEXT = re.compile(r"\s+(?=[\"“‘'«„(\[]*[A-Z0-9])")


def sentence_ranges(text: str, start: int, end: int, lang: str = "en") -> list[CharRange]:
    """Return the sentences of the paragraph ``text[start:end]`` in ``lang`` as trimmed ranges of ``text``.

    Ranges are in order and disjoint, and cover all that is not white space. No range begins or
    ends inside a quotation that closes within the paragraph and is at most ``MAX_QUOTATION_LENGTH`` code
    points long; a longer or unclosed one is cut where the segmenter cuts it. A stretch of more
    than ``MAX_SENTENCE_LENGTH`` without a sentence end (a table, a list of names) is cut at blanks.
    """
    paragraph = _SPACE.sub(" ", text[start:end])
    cuts = repaired_cuts(paragraph, splitter_for(lang))
    out = []
    for a, b in zip([0, *cuts], [*cuts, len(paragraph)], strict=True):
        piece = paragraph[a:b]
        if piece.strip():
            out.append((start + b - len(piece.lstrip()), start + a + len(piece.rstrip())))
    return out


def repaired_cuts(paragraph: str, splitter: SentenceSplitter) -> list[int]:
    """Return the cuts of a splitter without its mistakes at quotations and brackets."""
    quotes = quotation_ranges(paragraph)
    found = {*splitter.cuts(paragraph), *mark_cuts(paragraph), *_after_quotations(paragraph, quotes)}
    opens = {a + (paragraph[a : a + 2] in ("``", "''")): a for a, _ in quotes}
    ends = {b - 1 for _, b in quotes}
    moved = sorted({_snap_cut(paragraph, c, opens, ends) for c in found})
    inner = (c for c in moved if 0 < c < len(paragraph) and not is_after_opening_mark(paragraph, c))
    kept = [c for c in inner if not splitter.is_false_cut(paragraph, c)]
    # What brackets hold that open in mid-sentence belongs to the sentence.
    asides = (m.span(1) for m in _BRACKETED_ASIDE.finditer(paragraph))
    closed = _merged(sorted([*quotes, *asides]))
    return list(_split_long(paragraph, list(_cuts_outside(kept, closed)), closed))


def _merged(ranges: list[CharRange]) -> list[CharRange]:
    """Return disjoint ranges that cover the same text: an aside may begin before a quotation and end inside it."""
    out: list[CharRange] = []
    for a, b in ranges:
        if out and a < out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return out


def _split_long(text: str, cuts: list[int], closed: list[CharRange]) -> Iterator[int]:
    """Yield the cuts and, where two are too far apart, some more, outside quotations if it goes."""
    at = 0
    for cut in [*cuts, len(text)]:
        while cut - at > MAX_SENTENCE_LENGTH:
            blanks = [m.end() for m in _BLANK.finditer(text, at + MAX_SENTENCE_LENGTH // 2, at + MAX_SENTENCE_LENGTH)]
            free = list(_cuts_outside(blanks, closed)) or blanks
            at = free[-1] if free else at + MAX_SENTENCE_LENGTH
            yield at
        at = cut
        if cut < len(text):
            yield cut


def _after_quotations(text: str, quotes: list[CharRange]) -> Iterator[int]:
    """Yield where a capital follows a quotation of several words that ends like a sentence."""
    for a, b in quotes:
        following = _CAPITAL_NEXT.match(text, b)
        if following and _QUOTED_END.search(text, max(a, b - 6), b) and text.count(" ", a, b) >= 3:
            yield following.end()


def _snap_cut(text: str, cut: int, opens: dict[int, int], ends: set[int]) -> int:
    """Move a cut right over marks that close and blanks, then left over marks that open."""
    while cut < len(text) and (text[cut] in _CLOSING or cut in ends or text[cut] == " "):
        cut += 1
    at = cut
    while at:
        last = at - 1
        while last and text[last] == " ":
            last -= 1
        if last not in opens and (text[last] not in _OPENING or last in ends):
            break
        at = cut = opens.get(last, last)
    return cut


def _cuts_outside(cuts: list[int], closed: list[CharRange]) -> Iterator[int]:
    """Yield the cuts that are inside none of the disjoint ranges; both are in order."""
    n = 0
    for cut in cuts:
        while n < len(closed) and closed[n][1] <= cut:
            n += 1
        if n == len(closed) or cut <= closed[n][0]:
            yield cut
