"""What a file without quotes counts, where its format's own unit puts spans inside words and another one does not."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.quote_search import is_word_edge
from annotator.formats.offset_units import (
    ALL_OFFSET_UNITS,
    QUOTED_UNITS,
    OffsetUnit,
    OffsetUnitDetector,
    QuotedRange,
    UnitFit,
    get_may_cut_words,
    get_requested_unit,
    to_code_points,
)

_ENOUGH_TEXTS = 100
"""How many texts with spans are inspected."""
_LEAST_SPANS = 3
_LEAST_CUT = 5
"""How many spans that cut words make the offsets doubtful, if half of all do."""
CUT_WORDS = (
    "{:,} of {:,} spans begin or end inside words, so that the offsets may count something else: their texts stay open "
    "(--offsets code-points takes the offsets as they are; so does --inside-tokens split, out or in)"
)
_MOST_OWN, _LEAST_OTHER = 0.75, 0.95
"""Shares of the edges of spans that are edges of words: by the format's own unit at most, by another at least."""


class UnquotedTexts(Struct):
    """Texts of a file of which no span has a quote."""

    texts: list[tuple[str, Sequence[QuotedRange]]] = field(default_factory=list)

    def add(self, text: str, ranges: Sequence[QuotedRange]) -> None:
        """Take a text in, unless there are enough."""
        if ranges and len(self.texts) < _ENOUGH_TEXTS:
            self.texts.append((text, ranges))

    def better_unit(self, own: OffsetUnit, *, is_quoted: bool = False) -> tuple[OffsetUnit, str]:
        """Return the unit by which nearly all spans are words, with a note; ``own`` where that is none, or is well.

        ``own`` is doubtful where it cuts words with most spans and no other unit is better, or where ``is_quoted``:
        the quotes of other texts of the file show that it is right there.
        """
        size = sum(len(ranges) for _, ranges in self.texts)
        if size < _LEAST_SPANS or get_requested_unit() or self._fits((own,))[own].word_edges > _MOST_OWN * 2 * size:
            return own, ""
        fits = self._fits(tuple(dict.fromkeys((own, *ALL_OFFSET_UNITS, *QUOTED_UNITS))))
        best = max(fits, key=lambda u: (fits[u].inside, fits[u].word_edges))
        is_better = fits[best].inside == size and fits[best].word_edges >= _LEAST_OTHER * 2 * size
        if is_quoted or not is_better or self._count_words(best) < _LEAST_SPANS:
            return self._doubtful(own, size)
        edges, less = f"{fits[best].word_edges:,} of {2 * size:,}", f"{fits[own].word_edges:,} by {own}"
        return best, f"offsets count {best} ({edges} edges of spans are edges of words; {less})"

    def _doubtful(self, own: OffsetUnit, size: int) -> tuple[OffsetUnit, str]:
        """Return the unit as a doubtful one with a note, if it cuts words with all spans, or with most of many."""
        cut = sum(_cuts_word(text, start, end, own) for text, ranges in self.texts for start, end, _ in ranges)
        are_most = cut == size or (cut >= _LEAST_CUT and 2 * cut >= size)
        if not are_most or get_may_cut_words() or self._count_words(own) < _LEAST_SPANS:
            return own, ""
        return replace(own, is_doubtful=True), CUT_WORDS.format(cut, size)

    def _count_words(self, unit: OffsetUnit) -> int:
        """Return how many different words the spans end with: copies show no more than one of them."""
        words = set[str]()
        for text, ranges in self.texts:
            for start, end, _ in ranges:
                with suppress(ValueError):
                    words.update(text[slice(*to_code_points(text, start, end, unit))].split()[-1:])
        return len(words)

    def _fits(self, units: Sequence[OffsetUnit]) -> dict[OffsetUnit, UnitFit]:
        detector = OffsetUnitDetector(units)
        for text, ranges in self.texts:
            detector.add_text(text, ranges)
        return detector.fits


def _cuts_word(text: str, start: int, end: int, unit: OffsetUnit) -> bool:
    """Return True if a span begins or ends inside a word of a script with blanks, or is not in the text."""
    try:
        first, last = to_code_points(text, start, end, unit)
    except ValueError:
        return True
    return last > len(text) or not (is_word_edge(text, first) and is_word_edge(text, last))
