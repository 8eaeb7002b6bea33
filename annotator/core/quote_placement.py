"""Where quoted spans are in a text: the words decide, never the offsets against them.

A file that quotes the words of a span has its place twice, and where the two disagree the offsets are wrong. The
rules are tried in this order, each for all spans of a text: the offsets agree; one shift of the whole text; the same
words at the offsets but for case, quotation marks and dashes; the quote occurs once, or once for each span that has
it; the nearest occurrence, if it is within 20 code points and twice as near as the next. Nothing is fuzzy: a span
that no rule places has no place, and what it may be about is returned for a person to read.

An occurrence begins and ends at edges of words, except in scripts without blanks; a run of blanks counts as one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate
from unicodedata import normalize

from msgspec import Struct

from annotator.core.quote_search import MAX_DISTANCE, MAX_OCCURRENCES, CharRange, QuoteSearch, fold_characters

_MAX_VOTES = 32
"""How many occurrences of a quote before its offsets, and behind them, count as evidence of a shift."""

SHIFTED = "all offsets of its text are shifted alike, and its quote is there"
SHIFTED_ALONG = "it has no quote, and all quoted spans of its text are shifted"
NOT_SHIFTED = "it has no quote, and the quoted spans of its text are not at their offsets"
BEGINS_THERE = "its quote begins at its offsets, and ends elsewhere"
QUOTED_ONCE = "its quote occurs once in the text"
QUOTED_EACH = "its quote occurs as often as spans quote it"
NEAREST = "its quote is near its offsets"
NOT_QUOTED = "it has neither offsets nor a quote"
NOT_IN_TEXT = "its words are not in the text"
IN_WORDS = "its words are in the text only inside other words"
SEVERAL_PLACES = "its words occur several times, and the file does not show which are meant"
PLACE_TAKEN = "its words occur once, where another span of its label is"


class QuotedSpan(Struct, frozen=True):
    """A span as a file has it; offsets are code points of the text."""

    start: int | None = None
    end: int | None = None
    quote: str = ""
    """The words that it covers by the file; empty: the offsets decide alone."""
    label: str = ""
    sure: bool = True
    """Whether the quote is one; a base form is not, and where the text does not have it the offsets stay."""


def quotes_of_parts(quote: str, sizes: Sequence[int]) -> list[str]:
    """Return the words of each part of a discontinuous span, whose quote has one blank between them, or nothing.

    ``sizes`` are the parts' lengths in code points; the words are empty where the quote has another length.
    """
    between = (len(quote) - sum(sizes)) / max(len(sizes) - 1, 1)
    if len(sizes) <= 1:
        return [quote for _ in sizes]
    if between not in {0, 1} or min(sizes) <= 0:
        return ["" for _ in sizes]
    starts = accumulate((size + int(between) for size in sizes), initial=0)
    return [quote[at : at + size] for at, size in zip(starts, sizes, strict=False)]


class Placement(Struct, frozen=True):
    """What became of a span."""

    range: CharRange | None
    """Its place in code points; None where it has none."""
    why: str = ""
    """Why it was moved or has no place; empty where it is as it was."""
    doubtful: tuple[CharRange, ...] = ()
    """The ranges that it may be about, where its place is not sure."""


def place_quotes(text: str, spans: Sequence[QuotedSpan]) -> list[Placement]:
    """Return what became of each span of one text, in their order."""
    placer = _Placer(text, spans)
    for rule in (
        placer.keep_agreeing,
        placer.shift_all,
        placer.keep_folded,
        placer.place_counted,
        placer.place_nearest,
    ):
        if not placer.pending:
            break
        rule()
    for n in placer.pending:
        placer.placed[n] = placer.without_place(n)
    return [placer.placed[n] for n in range(len(spans))]


def quote_agrees(text: str, start: int, end: int, quote: str) -> bool:
    """Return True if the quote is at ``[start, end)``, blanks left aside."""
    if not 0 <= start < end <= len(text):
        return False
    there, words = "".join(text[start:end].split()), "".join(quote.split())
    return there == words or (not words.isascii() and normalize("NFC", there) == normalize("NFC", words))


class _Placer:
    """The spans of one text, and which of them have a place."""

    def __init__(self, text: str, spans: Sequence[QuotedSpan]) -> None:
        self._text, self._spans = text, spans
        self._search = QuoteSearch(text)
        self.placed: dict[int, Placement] = {}
        self._owners: dict[tuple[int, int, str], tuple[int | None, int | None]] = {}
        """By range and label the offsets of the span that has the place; spans with the same offsets share it."""
        self.pending: list[int] = list(range(len(spans)))
        """The spans that are to be placed, by number."""
        self._any_agrees = False

    # -- the rules, in their order -------------------------------------------------------------

    def keep_agreeing(self) -> None:
        """Keep the spans whose quote is at their offsets, and those without a quote."""
        for n in self.pending:
            span = self._spans[n]
            if not span.quote.strip():
                has_offsets = span.start is not None and span.end is not None
                place = (span.start or 0, span.end or 0) if has_offsets else None
                self.placed[n] = Placement(place, "" if has_offsets else NOT_QUOTED)
                if place:
                    self._owners[(*place, span.label)] = place
            elif span.start is not None and span.end is not None and self._agrees(span, span.start, span.end):
                self._any_agrees = True
                self._claim(n, (span.start, span.end), "")
        self._update_pending()

    def _agrees(self, span: QuotedSpan, start: int, end: int) -> bool:
        return quote_agrees(self._text, start, end, span.quote)

    def shift_all(self) -> None:
        """Move all spans by one distance, if most that disagree are there, two at least, or the only unique one."""
        quoted = [n for n in self.pending if self._spans[n].start is not None]
        votes: dict[int, set[tuple[int, str]]] = defaultdict(set)
        unique: set[int] = set()
        for n in quoted:
            quote, expected = self._spans[n].quote, self._expected_start(n)
            found = self._search.words(quote) or self._search.near(quote, expected)
            at = bisect_left(found, (expected, expected))
            for start, _ in found[max(0, at - _MAX_VOTES) : at + _MAX_VOTES]:
                votes[start - expected].add((expected, quote))
            unique |= {
                start - expected for start, _ in self._search.words(quote) if len(found) == 1 and self._spans[n].sure
            }
        located = len({name for names in votes.values() for name in names})
        ranked = sorted(((len(names), delta) for delta, names in votes.items()), reverse=True)
        (most, delta), (next_most, _) = [*ranked, (0, 0), (0, 0)][:2]
        if most > 1 and most > next_most and most * 2 > located:
            self._apply_shift(quoted, delta, SHIFTED)
        elif len(unique) == 1 and not self._any_agrees:
            self._apply_shift(quoted, unique.pop(), QUOTED_ONCE)

    def _apply_shift(self, quoted: Sequence[int], delta: int, why: str) -> None:
        for n in quoted:
            at = self._expected_start(n) + delta
            if (end := self._search.end_at(self._spans[n].quote, at)) is not None:
                self._claim(n, (at, end), why)
        if not self._any_agrees:
            self._shift_unquoted(delta, moves=why == SHIFTED)
        self._update_pending()

    def _shift_unquoted(self, delta: int, *, moves: bool) -> None:
        """Move the spans without a quote along, where two quotes show the shift; they are doubtful in any case."""
        for n, span in enumerate(self._spans):
            place = self.placed[n].range if n in self.placed and not span.quote.strip() else None
            if place is not None:
                shifted = (place[0] + delta, place[1] + delta)
                moves_here = moves and shifted[0] >= 0 and shifted[1] <= len(self._text)
                why = SHIFTED_ALONG if moves_here else NOT_SHIFTED
                doubtful = tuple(self._clipped([place, shifted]))
                self.placed[n] = Placement(shifted if moves_here else place, why, doubtful)

    def keep_folded(self) -> None:
        """Keep the spans whose quote is at their offsets but for case, marks, dashes and blanks."""
        for n in self.pending:
            span = self._spans[n]
            if span.start is not None and span.end is not None and 0 <= span.start < span.end <= len(self._text):
                there = fold_characters("".join(self._text[span.start : span.end].split()))
                if there == fold_characters("".join(span.quote.split())):
                    self._claim(n, (span.start, span.end), "")
        self._update_pending()

    def place_counted(self) -> None:
        """Place the quotes that occur once, or as often as spans of one label quote them."""
        same: dict[tuple[str, str], list[int]] = defaultdict(list)
        for n, span in enumerate(self._spans):
            if span.quote.strip():
                same[" ".join(span.quote.split()), span.label].append(n)
        for (quote, label), numbers in same.items():
            waiting = [n for n in numbers if n not in self.placed]
            if not waiting:
                continue
            found = self._search.words(quote)
            if len(found) == 1:
                for n in waiting:
                    self._claim(n, found[0], QUOTED_ONCE)
                continue
            free = [place for place in found if (*place, label) not in self._owners]
            waiting = self._distinct(waiting)
            if len(waiting) == len(free):
                for n, place in zip(waiting, free, strict=True):
                    self._claim(n, place, QUOTED_EACH)
        self._update_pending()

    def _distinct(self, numbers: Sequence[int]) -> list[int]:
        """Return the numbers in the order of the offsets, one for each pair of them; those without any all stay."""
        spans = self._spans
        seen: dict[object, int] = {}
        for n in numbers:
            seen.setdefault(n if spans[n].start is None else (spans[n].start, spans[n].end), n)
        return sorted(seen.values(), key=lambda n: (spans[n].start or 0, n))

    def place_nearest(self) -> None:
        """Place the quotes that are near, and twice as near as where they occur next; the nearest first."""
        found: list[tuple[int, int, CharRange]] = []
        for n in self.pending:
            if self._spans[n].start is None or not self._spans[n].sure:
                continue
            expected = self._expected_start(n)
            near = sorted(self._search.near(self._spans[n].quote, expected), key=lambda p: abs(p[0] - expected))
            distances = [abs(start - expected) for start, _ in near[:2]]
            if distances and distances[0] <= MAX_DISTANCE and (len(near) < 2 or distances[1] >= 2 * distances[0]):
                found.append((distances[0], n, near[0]))
        for _, n, place in sorted(found):
            self._claim(n, place, NEAREST)
        self._update_pending()

    # -- what all rules share ------------------------------------------------------------------

    def _expected_start(self, n: int) -> int:
        """Return where the words of a quote begin by the offsets: blanks at its edge are no part of them."""
        span = self._spans[n]
        return (span.start or 0) + len(span.quote) - len(span.quote.lstrip())

    def _claim(self, n: int, place: CharRange, why: str) -> None:
        """Give a span a place, unless a span of its label with other offsets has it."""
        span = self._spans[n]
        own = (span.start, span.end)
        if not why or self._owners.setdefault((*place, span.label), own) == own:
            self._owners[(*place, span.label)] = own
            begins_there = why and span.start is not None and self._expected_start(n) == place[0]
            self.placed[n] = Placement(place, BEGINS_THERE if begins_there else why)

    def _update_pending(self) -> None:
        self.pending = [n for n in self.pending if n not in self.placed]

    def without_place(self, n: int) -> Placement:
        """Return what a span may be about that no rule places; one whose quote is not sure keeps its offsets."""
        span = self._spans[n]
        found, words = self._search.characters(span.quote), self._search.words(span.quote)
        if not span.sure and span.start is not None and span.end is not None:
            others = [place for place in found if (*place, span.label) not in self._owners]
            why, touched = (SEVERAL_PLACES, self._touched(span, others)) if others else ("", ())
            return Placement((span.start, span.end), why, touched)
        is_often = bool(words) or len(found) > MAX_OCCURRENCES
        why = PLACE_TAKEN if len(words) == 1 else SEVERAL_PLACES if is_often else IN_WORDS if found else NOT_IN_TEXT
        return Placement(None, why, self._touched(span, found))

    def _touched(self, span: QuotedSpan, found: Sequence[CharRange]) -> tuple[CharRange, ...]:
        """Return the ranges of offsets and occurrences; all of the text where there are too many."""
        alike = found or self._search.folded(span.quote)
        own = [] if span.start is None or span.end is None else [(min(span.start, span.end), max(span.start, span.end))]
        is_anywhere = len(alike) > MAX_OCCURRENCES
        return tuple(dict.fromkeys(self._clipped([(0, len(self._text))] if is_anywhere else [*own, *alike])))

    def _clipped(self, ranges: Sequence[CharRange]) -> Iterator[CharRange]:
        """Yield the parts of ranges that are in the text."""
        for start, end in ranges:
            if max(start, 0) < min(end, len(self._text)):
                yield max(start, 0), min(end, len(self._text))
