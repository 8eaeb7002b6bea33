"""Sentences of a paragraph: nupunkt's cuts, repaired for quotations and abbreviations.

nupunkt won over spaCy's sentencizer and pysbd on real news. ``tests/benchmarks/sentences.py``
gives boundary F1 against gold (without those inside quotations) on the Wall Street Journal, on
seven news sites and on Wikinews, and how many of the quotations in the four sets are cut:

==================  =====  =====  =====  ====
spaCy sentencizer   0.882  0.757  0.929  482
pysbd 0.3.4         0.964  0.910  0.966     2
nupunkt 0.8.0       0.981  0.867  0.966  163
nupunkt repaired    0.986  0.969  0.981     0
==================  =====  =====  =====  ====

The repair moves cuts off quotation marks, drops those inside a closed quotation or an aside, and
adds or drops some at abbreviations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import cast

from annotator.core.article import SourceLine
from annotator.ingest.clean.lexicon import word_groups
from annotator.ingest.quotation_ranges import CharRange, outermost_ranges, quotation_ranges

# What a sentence segmenter gets wrong at English abbreviations, times, initials and lists.


_WORDS = word_groups("boundaries")
_ALTERNATIVES = {name: f"(?:{'|'.join(words)})" for name, words in _WORDS.items()}


_WORD_EDGE = r"(?:^|(?<=[\s(\[“‘\"'—–-]))"
_STARTER = re.compile(r"[\"“‘'«»„(]?(?:" + _ALTERNATIVES["starters"] + r"\b(?![.-])|(?:Mr|Mrs|Ms|Messrs)\.\s)")
_TITLE_END = re.compile(_WORD_EDGE + _ALTERNATIVES["titles"] + r"\.$")
_NUMBERED_END = re.compile(_WORD_EDGE + _ALTERNATIVES["numbered"] + r"\.$")
_INITIAL_END = re.compile(r"(?:^|(?:^|\s)[A-Z][\w’'-]*\.?\s+)(?!I\.)[A-Z]\.$")
_INITIALS_END = re.compile(r"(?:^|[\s(“\"])(?!U\.|E\.U|D\.C|L\.A|[NS]\.[A-Z]|R\.I)[A-Z]\.[A-Z]\.$")
_STATE_END = re.compile(r"(?:^|[\s(“\"])(?:U\.S|U\.N|U\.K|E\.U)\.$")
_COMPANY_END = re.compile(r"\b(?:Inc|Corp|Co|Ltd)\.$")
_COMPANY_NEXT = re.compile(r"(?:Chair|President|Chief|C[EFO]O\b|Vice\b|Executive|Director|Spokes|Founder|Managing)")
_STATE_NEXT = re.compile(
    r"(?:Ambassador|President|Senat|Sen\.|Rep\.|Gov\.|Gen\.|Secretary|House|Congress|Army|Navy|Air|Marine|"
    r"Attorney|District|Supreme|Court|Treasury|State|Department|Justice|Customs|Coast|Federal|Security|General|Prime|"
    r"Foreign|Central|Special|Embassy|Open|Envoy|Steel|Olympic|Postal|Chamber|Geological)"
)
_TIME_END = re.compile(r"\b[ap]\.\s?m\.$", re.IGNORECASE)
_TIME_NEXT = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)|[A-Z]{1,3}T\b|(?:GMT|UTC|Eastern|Central|Mountain|Pacific)\b|"
    r"(?:Jan|Feb|March|April|May\b|June|July|Aug|Sep|Oct|Nov|Dec)"
)
_ENUMERATOR_END = re.compile(r"(?:^|(?:[:;!?]|[a-z]{4}\.)\s+)[(\[]?(?:\d{1,2}|[A-Za-z])[.)\]]$")
_LOWERCASE_NEXT = re.compile(r"[\"“‘'(\[]*[a-z]+(?![a-z]*[A-Z])")
_EXCLAIMED_END = re.compile(r"[?!][\"”’'»]+$")
_ATTRIBUTION = re.compile(
    r"(?!"
    + _ALTERNATIVES["starters"]
    + r"\b)(?:(?:[A-Z][\w.'’-]*|de|van|von|al|bin|the|of)\s+){1,6}"
    + _ALTERNATIVES["speech verbs"]
    + r"(?:\s*[.,;:—–]|\s*$|\s+(?:"
    + _ALTERNATIVES["after speech verb"]
    + r"\b|[A-Z]\w+day\b|[a-z]+ly\b))"
)
_CLOSERS = "\"”’'»)]"
_LOWERCASE_STOP = re.compile(_WORD_EDGE + r"([a-z]{3,})\.[\"”’')\]]*\s+(?=[\"“‘'«»„(\[]?[A-Z\d])")
_OTHER_STOP = re.compile(
    r"(?<![\w.’'])(\w{4,}|[a-z]{2}|[A-Z]|Inc|Co|Ltd|Jr|LLC|PLC|(?:\w\.){1,6}\w)\.[\"”’')\]]*\s+(?=\S)"
)
_FULLWIDTH_STOP = re.compile(r"(?<![。！？])[。！？]+\s*(?=[^\s。！？」』”’）])")


_NOT_BOUNDARY_PAIRS = (
    (_NUMBERED_END, re.compile(r"\d")),
    (_TIME_END, _TIME_NEXT),
    (_STATE_END, _STATE_NEXT),
    (_COMPANY_END, _COMPANY_NEXT),
)
"""What a sentence does not end with, if that follows."""

_NAME_ENDS = (_TITLE_END, _INITIAL_END, _INITIALS_END)
"""What a sentence does not end with, unless a word follows that starts one."""


def missed_boundaries(text: str) -> Iterator[int]:
    """Yield where sentences start that a segmenter takes for the rest of an abbreviation.

    After a word in small letters that is no abbreviation, after a company's or country's
    abbreviation where a function word is capitalised (Mikheev, Computational Linguistics 28(3),
    2002), and after the full stops of scripts without blanks.
    """
    small = frozenset(_WORDS["lowercase abbreviations"])
    yield from (m.end() for m in _LOWERCASE_STOP.finditer(text) if m[1] not in small)
    others = (m for m in _OTHER_STOP.finditer(text) if m[1] not in small)
    yield from (m.end() for m in others if _STARTER.match(text, m.end()))
    yield from (m.end() for m in _FULLWIDTH_STOP.finditer(text))


def is_false_boundary(text: str, cut: int) -> bool:
    """Whether no sentence can start at ``cut``, by what is within 80 code points of it."""
    raw = text[max(0, cut - 80) : cut].rstrip()
    left, right = raw.rstrip(_CLOSERS), text[cut : cut + 80]
    word = _LOWERCASE_NEXT.match(right)
    # A word in small letters follows; eBay and iPhone may start a sentence.
    if (word and not right[word.end() : word.end() + 1].isupper()) or _ENUMERATOR_END.search(raw):
        return True
    if any(end.search(left) and following.match(right) for end, following in _NOT_BOUNDARY_PAIRS):
        return True
    if _EXCLAIMED_END.search(raw) and _ATTRIBUTION.match(right):
        return True
    return any(end.search(left) for end in _NAME_ENDS) and not _STARTER.match(right)


# Which lines of an article are one paragraph: hard-wrapped ones are, others are alone.


PARAGRAPH_WIDTHS = range(40, 121)
"""The widths, in code points, that text is wrapped at."""

_LINE_ENDS_SENTENCE = re.compile(r"[.!?…:;。！？][\"”’'»)\]]*\s*$")
_LINE_CONTINUES = re.compile(r"\s*[,;]?\s*[\"“‘'(]?[a-zß-öø-ÿ]")


def paragraph_lines(rows: Sequence[str], lines: Sequence[SourceLine]) -> Iterator[range]:
    """Yield the line numbers of each paragraph; blank lines are in none.

    Consecutive lines of one verdict are one paragraph where the second goes on in the middle of
    a sentence, or where both belong to a block wrapped at one width and the first is full.
    """
    for block in _verdict_runs(rows, lines):
        width = max(len(rows[i].rstrip()) for i in block)
        wrapped = width in PARAGRAPH_WIDTHS and any(_sentence_continues(rows[i], rows[i + 1]) for i in block[:-1])
        first = block.start
        for i in block:
            if i + 1 < block.stop and _is_same_paragraph(rows[i], rows[i + 1], width if wrapped else 0):
                continue
            yield range(first, i + 1)
            first = i + 1


def _verdict_runs(rows: Sequence[str], lines: Sequence[SourceLine]) -> Iterator[range]:
    """Yield the runs of non-blank lines with one verdict."""
    first = 0
    for i in range(len(rows)):
        if not rows[i].strip():
            first = i + 1
        elif i + 1 == len(rows) or not rows[i + 1].strip() or lines[i].verdict != lines[i + 1].verdict:
            yield range(first, i + 1)
            first = i + 1


def _is_same_paragraph(one: str, other: str, width: int) -> bool:
    """Whether two lines are one paragraph; ``width`` is 0 where nothing is wrapped."""
    if _sentence_continues(one, other) and max(len(one), len(other)) >= PARAGRAPH_WIDTHS.start:
        return True
    word = len(other.split(maxsplit=1)[0])
    return width > 0 and len(one.rstrip()) + 1 + word > width


def _sentence_continues(one: str, other: str) -> bool:
    """Whether a sentence runs over the end of a line."""
    return not _LINE_ENDS_SENTENCE.search(one) and bool(_LINE_CONTINUES.match(other))


MAX_SENTENCE_LENGTH = 4000
"""The longest sentence, in code points."""

_SPACE = re.compile(r"\s")
_BLANK = re.compile(" +")
_OPENING = frozenset("“‘„«‹「『([{")
_CLOSING = frozenset("”»›」』)]}")
_BRACKETED_ASIDE = re.compile(r"[^\s.!?…:;”\"’']\s*(\([^()]{1,300}\))")
_QUOTED_END = re.compile(r"([.!?…])[\"”’'»)]*$")
_CAPITAL_NEXT = re.compile(r"\s+(?=[\"“‘'«„(\[]*[A-Z0-9])")


def sentence_ranges(text: str, start: int, end: int) -> list[CharRange]:
    """Return the sentences of the paragraph ``text[start:end]`` as trimmed ranges of ``text``.

    Ranges are in order and disjoint, and cover all that is not white space. No range begins or
    ends inside a quotation that closes within the paragraph and is at most ``MAX_QUOTATION_LENGTH`` code
    points long; a longer or unclosed one is cut where the segmenter cuts it. A stretch of more
    than ``MAX_SENTENCE_LENGTH`` without a sentence end (a table, a list of names) is cut at blanks.
    """
    paragraph = _SPACE.sub(" ", text[start:end])
    cuts = repair_cuts(paragraph, nupunkt_cuts(paragraph))
    out = []
    for a, b in zip([0, *cuts], [*cuts, len(paragraph)], strict=True):
        piece = paragraph[a:b]
        if piece.strip():
            out.append((start + b - len(piece.lstrip()), start + a + len(piece.rstrip())))
    return out


def nupunkt_cuts(paragraph: str) -> list[int]:
    """Return where nupunkt starts each sentence of a paragraph after the first."""
    return [a for a, _ in _nupunkt_segmenter()(paragraph)][1:]


@lru_cache(maxsize=1)
def _nupunkt_segmenter() -> Callable[[str], list[CharRange]]:
    """Return nupunkt's default model, loaded once (15 ms)."""
    import nupunkt

    return cast("Callable[[str], list[CharRange]]", nupunkt.load("default").spans)


def repair_cuts(paragraph: str, cuts: Iterable[int]) -> list[int]:
    """Return the cuts of a segmenter without its mistakes at abbreviations and quotations."""
    quotes = quotation_ranges(paragraph)
    found = {*cuts, *missed_boundaries(paragraph), *_after_quotations(paragraph, quotes)}
    opens = {a + (paragraph[a : a + 2] in ("``", "''")): a for a, _ in quotes}
    ends = {b - 1 for _, b in quotes}
    moved = sorted({_snap_cut(paragraph, c, opens, ends) for c in found})
    # A cut has a blank or a wide stop before it.
    inner = (c for c in moved if 0 < c < len(paragraph) and paragraph[c - 1] in " 。！？」』）")
    kept = [c for c in inner if not is_false_boundary(paragraph, c)]
    # What brackets hold that open in mid-sentence belongs to the sentence.
    asides = (m.span(1) for m in _BRACKETED_ASIDE.finditer(paragraph))
    closed = outermost_ranges(sorted([*quotes, *asides], key=lambda r: (r[0], -r[1])))
    return list(_split_long(paragraph, list(_cuts_outside(kept, closed)), closed))


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
