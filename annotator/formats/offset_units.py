"""Detects the offset unit: what a file counts its offsets in, decided by quoted texts or by words.

Each unit is tried that the format, or its age, allows. What a file quotes is the best evidence, then
offsets that are in the text, then edges that are edges of words. Where two units fit equally well
and give other words, nothing is guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, combinations
from unicodedata import category

from msgspec import Struct, field
from msgspec.structs import astuple

from annotator.core.errors import SourceError, UsageError
from annotator.core.graphemes import split_graphemes
from annotator.core.pluralize import pluralize

QuotedRange = tuple[int, int, str | None]
"""Start and end as the file has them, and the text that the file quotes, if it does."""


class OffsetScale(StrEnum):
    """What one step of an offset is."""

    CODE_POINTS = "code points"
    UTF16 = "UTF-16 units"
    UTF8 = "UTF-8 bytes"
    GRAPHEMES = "graphemes"


class NewlineCounting(StrEnum):
    """How the text that was counted had its line ends, against the given text."""

    AS_THEY_ARE = ""
    CRLF_AS_ONE = "CRLF counted as one"
    LF_AS_TWO = "LF counted as two"


class OffsetUnit(Struct, frozen=True):
    """A unit of offsets."""

    scale: OffsetScale = OffsetScale.CODE_POINTS
    inclusive: bool = False
    """Whether the end is the last unit of the span, not the one after it."""
    newlines: NewlineCounting = NewlineCounting.AS_THEY_ARE
    one_based: bool = False
    """Whether the first unit of the text is 1."""
    is_doubtful: bool = False
    """Whether most spans of the file begin or end inside words by it, as by any other."""

    def __str__(self) -> str:
        """Return the unit as a note names it."""
        rest = ("from 1" if self.one_based else "", "inclusive ends" if self.inclusive else "", self.newlines.value)
        return ", ".join(x for x in (self.scale.value, *rest) if x)


CODE_POINTS = OffsetUnit()
UTF16 = OffsetUnit(OffsetScale.UTF16)
UTF8 = OffsetUnit(OffsetScale.UTF8)
GRAPHEMES = OffsetUnit(OffsetScale.GRAPHEMES)
INCLUSIVE = OffsetUnit(inclusive=True)
CRLF_AS_ONE = OffsetUnit(newlines=NewlineCounting.CRLF_AS_ONE)
LF_AS_TWO = OffsetUnit(newlines=NewlineCounting.LF_AS_TWO)
UTF16_CRLF_AS_ONE = OffsetUnit(OffsetScale.UTF16, newlines=NewlineCounting.CRLF_AS_ONE)
UTF16_LF_AS_TWO = OffsetUnit(OffsetScale.UTF16, newlines=NewlineCounting.LF_AS_TWO)
UTF16_INCLUSIVE = OffsetUnit(OffsetScale.UTF16, inclusive=True)
ONE_BASED = OffsetUnit(one_based=True)
ONE_BASED_INCLUSIVE = OffsetUnit(inclusive=True, one_based=True)

ALL_OFFSET_UNITS = (
    CODE_POINTS,
    UTF16,
    GRAPHEMES,
    UTF8,
    INCLUSIVE,
    UTF16_INCLUSIVE,
    CRLF_AS_ONE,
    LF_AS_TWO,
    UTF16_CRLF_AS_ONE,
    UTF16_LF_AS_TWO,
)
"""All units that are known, the likelier ones first."""

QUOTED_UNITS = (
    INCLUSIVE,
    ONE_BASED_INCLUSIVE,
    ONE_BASED,
    *(
        OffsetUnit(scale, inclusive, newlines, one_based)
        for scale, newlines in (
            (OffsetScale.UTF16, NewlineCounting.AS_THEY_ARE),
            (OffsetScale.CODE_POINTS, NewlineCounting.CRLF_AS_ONE),
            (OffsetScale.UTF8, NewlineCounting.AS_THEY_ARE),
        )
        for inclusive, one_based in ((True, False), (True, True), (False, True))
    ),
)
"""The units that any format may have where quotes show it: other ends, or another beginning."""

OFFSET_UNIT_NAMES = {
    "code-points": CODE_POINTS,
    "utf-16": UTF16,
    "utf-8": UTF8,
    "graphemes": GRAPHEMES,
    "inclusive": INCLUSIVE,
    "one-based": ONE_BASED,
    "one-based-inclusive": ONE_BASED_INCLUSIVE,
    "crlf-as-one": CRLF_AS_ONE,
    "lf-as-two": LF_AS_TWO,
}
"""What a user may call a unit."""


class OffsetConverter:
    """Turns the offsets of one text from a unit into code points."""

    def __init__(self, text: str, unit: OffsetUnit) -> None:
        """Measure the text once."""
        self._unit = unit
        self._identical = _counts_code_points(text, unit)
        """Whether the unit counts this text exactly as code points do."""
        self._edges = {} if self._identical else _character_edges(text, unit)
        self._size = len(text) if self._identical else max(self._edges, default=0)
        self._length = len(text)

    def range(self, start: int, end: int) -> tuple[int, int]:
        """Return the range in code points; raises ValueError where an edge is inside a character.

        What is past the end of the text is past it in code points as well.
        """
        first = self._unit.one_based
        return self._point(start - first), self._point(end + self._unit.inclusive - first)

    def touched_range(self, start: int, end: int) -> tuple[int, int]:
        """Return the part of a range in code points that is in the text, whole characters, its ends in order."""
        low, high = sorted((start - self._unit.one_based, end + self._unit.inclusive - self._unit.one_based))
        if not self._identical:
            edges = sorted(self._edges)
            low = self._edges[edges[max(bisect_right(edges, low) - 1, 0)]]
            high = self._edges[edges[min(bisect_left(edges, high), len(edges) - 1)]]
        return max(low, 0), min(high, self._length)

    def _point(self, at: int) -> int:
        if at > self._size:
            return self._length + at - self._size
        if self._identical:
            return at
        if at not in self._edges:
            raise ValueError(f"{at} is inside a character ({self._unit})")
        return self._edges[at]


def touched_code_points(text: str, start: int, end: int, unit: OffsetUnit) -> tuple[int, int]:
    """Return the part of a range that is in the text, as ``OffsetConverter.touched_range`` does."""
    return _cached_converter(text, unit).touched_range(start, end)


def to_code_points(text: str, start: int, end: int, unit: OffsetUnit) -> tuple[int, int]:
    """Return ``[start, end)`` in code points of ``text``; raises ValueError as ``OffsetConverter.range`` does."""
    return _cached_converter(text, unit).range(start, end)


_CRLF_OR_CHARACTER = re.compile(r"\r\n|.", re.DOTALL)
_cached_converter = lru_cache(maxsize=16)(OffsetConverter)


def _counts_code_points(text: str, unit: OffsetUnit) -> bool:
    if unit.newlines is NewlineCounting.CRLF_AS_ONE and "\r\n" in text:
        return False
    if unit.newlines is NewlineCounting.LF_AS_TWO and "\n" in text:
        return False
    if unit.scale is OffsetScale.CODE_POINTS or (text.isascii() and "\r\n" not in text):
        return True
    return unit.scale is OffsetScale.UTF16 and max(text, default="") < "\U00010000"


def _character_edges(text: str, unit: OffsetUnit) -> dict[int, int]:
    """Return the code point at each offset that is an edge between characters."""
    pieces: Sequence[str] = split_graphemes(text) if unit.scale is OffsetScale.GRAPHEMES else text
    if unit.newlines is NewlineCounting.CRLF_AS_ONE:
        pieces = _CRLF_OR_CHARACTER.findall(text)
    widths = [_width(p, unit) for p in pieces]
    points = accumulate((len(p) for p in pieces), initial=0)
    return dict(zip(accumulate(widths, initial=0), points, strict=True))


def _width(piece: str, unit: OffsetUnit) -> int:
    if unit.newlines is NewlineCounting.CRLF_AS_ONE and piece == "\r\n":
        return 1
    if unit.newlines is NewlineCounting.LF_AS_TWO and piece == "\n":
        return 2
    if unit.scale is OffsetScale.UTF16:
        return len(piece) + sum(c > "\uffff" for c in piece)
    if unit.scale is OffsetScale.UTF8:
        return len(piece.encode("utf-8", "surrogatepass"))
    return 1 if unit.scale is OffsetScale.GRAPHEMES else len(piece)


class UnitFit(Struct, frozen=True, order=True):
    """How well a unit fits, the strongest evidence first."""

    exact_quotes: int = 0
    """Quoted texts that are exactly there."""
    near_quotes: int = 0
    """Quoted texts that are there but for blanks."""
    inside: int = 0
    """Spans that are in the text, edges between characters."""
    word_edges: int = 0
    """Edges of spans that are edges of words, with no blank inside."""

    def __add__(self, other: UnitFit) -> UnitFit:
        return UnitFit(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    def decisive_evidence(self, other: UnitFit) -> str:
        """Return the evidence that decides between this and a worse one, with what that has of it."""
        for n, (one, many), less in zip(astuple(self), _EVIDENCE_WORDS, astuple(other), strict=True):
            if n != less:
                return f"{pluralize(n, one, many)}; {less:,}"
        return ""


_EVIDENCE_WORDS = (
    ("quoted text is at its offsets", "quoted texts are at their offsets"),
    ("quoted text is at its offsets but for blanks", "quoted texts are at their offsets but for blanks"),
    ("span is in the text", "spans are in the text"),
    ("edge of spans is an edge of words", "edges of spans are edges of words"),
)
"""The fields of `UnitFit` as a note names them."""


_REQUESTED_UNIT: ContextVar[OffsetUnit | None] = ContextVar("requested_unit", default=None)
_MAY_CUT_WORDS: ContextVar[bool] = ContextVar("may_cut_words", default=False)


@contextmanager
def requested_unit(unit: OffsetUnit | None, *, may_cut_words: bool = False) -> Iterator[None]:
    """Use the unit that the user requests within the block, without detection.

    ``may_cut_words`` is the user's word that spans begin and end inside words, which is no doubt then.
    """
    tokens = _REQUESTED_UNIT.set(unit), _MAY_CUT_WORDS.set(may_cut_words)
    try:
        yield
    finally:
        _REQUESTED_UNIT.reset(tokens[0])
        _MAY_CUT_WORDS.reset(tokens[1])


def refuse_requested_unit(kind: str, where: str) -> None:
    """Raise UsageError if the user requests an offset unit, and ``kind`` has no offsets."""
    if _REQUESTED_UNIT.get():
        raise UsageError(f"--offsets has no meaning for {kind}", where=where, do="leave it out")


def get_requested_unit() -> OffsetUnit | None:
    """Return the unit that is the user's word, if there is one."""
    return _REQUESTED_UNIT.get()


def get_may_cut_words() -> bool:
    """Return True if it is the user's word that spans begin and end inside words."""
    return _MAY_CUT_WORDS.get()


class OffsetUnitDetector(Struct):
    """Gathers evidence over the texts of a file, which counts all its offsets alike."""

    allowed: Sequence[OffsetUnit]
    """The units that the format allows, the likelier ones first."""
    if_quoted: Sequence[OffsetUnit] = ()
    """Units that are taken where more quotes are at their offsets by them than by any that the format allows."""
    fits: dict[OffsetUnit, UnitFit] = field(default_factory=dict)
    differences: dict[tuple[OffsetUnit, OffsetUnit], str] = field(default_factory=dict)
    """For two units that give other words somewhere, an example of it."""
    quotes: int = 0
    """How many spans have a quote."""
    has_unquoted: bool = False
    """Whether a span has no quote: only what the offsets count decides on its place."""

    def __post_init__(self) -> None:
        self.if_quoted = [u for u in self.if_quoted if u not in self.allowed]
        if unit := _REQUESTED_UNIT.get():
            self.allowed, self.if_quoted = (unit,), ()

    def add_text(self, text: str, quoted: Sequence[QuotedRange]) -> None:
        """Take in the spans of one text."""
        self._note_quotes(quoted)
        asked = (*self.allowed, *self.if_quoted) if any(q[2] for q in quoted) else self.allowed
        found = {unit: _converted_ranges(text, quoted, unit) for unit in asked}
        for unit, places in found.items():
            fit = sum((_unit_fit(text, p, q[2]) for p, q in zip(places, quoted, strict=True)), UnitFit())
            self.fits[unit] = self.fits.get(unit, UnitFit()) + fit
        self._compare(text, {unit: found[unit] for unit in self.allowed})

    def add_agreeing(self, quoted: Sequence[QuotedRange]) -> None:
        """Take in spans that all quote what is at their offsets, of a text that all units count alike."""
        self._note_quotes(quoted)
        for unit in self.allowed:
            if not (unit.inclusive or unit.one_based):
                self.fits[unit] = self.fits.get(unit, UnitFit()) + UnitFit(len(quoted), 0, len(quoted), 0)

    def _note_quotes(self, quoted: Sequence[QuotedRange]) -> None:
        has_quote = [bool(quote) for _, _, quote in quoted]
        self.quotes += sum(has_quote)
        self.has_unquoted = self.has_unquoted or not all(has_quote)

    def _compare(self, text: str, found: dict[OffsetUnit, list[tuple[int, int] | None]]) -> None:
        distinct = {tuple(places) for places in found.values()}
        if len(distinct) == 1:
            return
        for pair in combinations(found, 2):
            if pair not in self.differences and (words := _first_difference(text, *(found[unit] for unit in pair))):
                self.differences[pair] = words

    def unit(self, where: str = "") -> OffsetUnit:
        """Return the unit that fits best.

        Raises SourceError where two fit equally and give other words to spans without a quote.
        """
        if better := self._unit_by_quotes():
            return better
        if self._is_misquoted() or self._is_first_exact():
            return self.allowed[0]
        best = max((self.fits.get(u, UnitFit()) for u in self.allowed), default=UnitFit())
        first, *others = [u for u in self.allowed if self.fits.get(u, UnitFit()) == best] or [CODE_POINTS]
        for other in others if self.has_unquoted else ():
            if words := self.differences.get((first, other)):
                what = f"the offsets may count {first} or {other}, and the two give other words ({words})"
                raise SourceError(what, where=where, do="choose one with --offsets")
        return first

    def units_by_quotes(self) -> list[OffsetUnit]:
        """Return the allowed units by which most quotes are at their offsets; the first where none is by any."""
        if self._is_misquoted():
            return list(self.allowed[:1])
        fits = {u: self.fits.get(u, UnitFit()) for u in self.allowed}
        best = max((fit.exact_quotes, fit.near_quotes) for fit in fits.values())
        return [u for u, fit in fits.items() if (fit.exact_quotes, fit.near_quotes) == best]

    def _unit_by_quotes(self) -> OffsetUnit | None:
        """Return the unit beyond those allowed by which most quotes are exact, more than by these; None for none.

        One quote alone decides only where no other span would follow it.
        """
        exact = {u: self.fits.get(u, UnitFit()).exact_quotes for u in (*self.allowed, *self.if_quoted)}
        least = max(exact[u] for u in self.allowed)
        fitting = [u for u in self.if_quoted if exact[u] > least and exact[u] * 2 > self.quotes]
        better = [u for u in fitting if exact[u] > 1 or not self.has_unquoted]
        return max(better, key=lambda u: self.fits[u], default=None)

    def _is_misquoted(self) -> bool:
        """Return True if there are quotes, and none is at its offsets by any unit: these then show nothing."""
        return bool(self.quotes) and not any(fit.exact_quotes or fit.near_quotes for fit in self.fits.values())

    def _is_first_exact(self) -> bool:
        """Return True if each span is quoted and exact by the likeliest unit: edges of words then show nothing."""
        first = self.fits.get(self.allowed[0], UnitFit())
        return bool(self.quotes) and not self.has_unquoted and first.exact_quotes == self.quotes

    def best_unit(self) -> OffsetUnit:
        """Return the unit that fits best, the first of several that fit alike."""
        if self._is_misquoted() or self._is_first_exact():
            return self.allowed[0]
        return self._unit_by_quotes() or max(self.allowed, key=lambda u: self.fits.get(u, UnitFit()))

    def note(self, unit: OffsetUnit) -> str:
        """Return the note on the choice; empty for the likeliest unit where no other differs."""
        if self._is_misquoted():
            return ""
        tried = (
            [u for u in self.fits if unit in self.if_quoted or u not in self.if_quoted] if self.quotes else self.allowed
        )
        differing = [u for u in tried if u != unit and self.fits.get(u) != self.fits.get(unit)]
        if unit == self.allowed[0] and not differing:
            return ""
        rival = max((self.fits.get(u, UnitFit()) for u in differing), default=UnitFit())
        evidence = self.fits.get(unit, UnitFit()).decisive_evidence(rival)
        return f"offsets count {unit} ({evidence} with the next best unit)"


def quotes_agree(text: str, quoted: Iterable[QuotedRange]) -> bool:
    """Return True if all ranges have a quote, and read so as they are."""
    return all(quote and text[start:end] == quote for start, end, quote in quoted)


def _converted_ranges(text: str, quoted: Sequence[QuotedRange], unit: OffsetUnit) -> list[tuple[int, int] | None]:
    """Return each span's range in code points; None where it is none in this unit."""
    converter = OffsetConverter(text, unit)
    out: list[tuple[int, int] | None] = []
    for start, end, _ in quoted:
        try:
            place = converter.range(start, end)
        except ValueError:
            place = (0, 0)
        out.append(place if 0 <= place[0] < place[1] <= len(text) else None)
    return out


def _unit_fit(text: str, place: tuple[int, int] | None, quote: str | None) -> UnitFit:
    if place is None:
        return UnitFit()
    start, end = place
    words = _is_word_edge(text, start, opens=True) + _is_word_edge(text, end, opens=False)
    if quote is None:
        return UnitFit(0, 0, 1, words)
    there = text[start:end]
    return UnitFit(there == quote, there.split() == quote.split(), 1, words)


def _is_word_edge(text: str, at: int, *, opens: bool) -> bool:
    """Whether a word begins (or ends) at ``at``: a visible character inside, none of a word outside."""
    inside, outside = (at, at - 1) if opens else (at - 1, at)
    if text[inside].isspace():
        return False
    if not 0 <= outside < len(text):
        return True
    return not (_is_word_character(text[inside]) and _is_word_character(text[outside]))


def _is_word_character(character: str) -> bool:
    """Return True if a character is part of a word; vowel signs and accents of their own are."""
    return character.isalnum() or category(character)[0] == "M"


def _first_difference(text: str, first: list[tuple[int, int] | None], second: list[tuple[int, int] | None]) -> str:
    """Return the first span that gives other words in two units, both as text; empty where there is none."""
    words = ((_quoted_words(text, a), _quoted_words(text, b)) for a, b in zip(first, second, strict=True) if a != b)
    return next((f"{one!r} or {other!r}" for one, other in words if one != other), "")


def _quoted_words(text: str, place: tuple[int, int] | None) -> str:
    description = text[place[0] : place[1]] if place else "nothing"
    return description if len(description) <= 40 else description[:39] + "…"
