"""What a file without quotes counts, where its format's own unit puts spans inside words and another one does not."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from annotator.formats.offset_units import (
    ALL_OFFSET_UNITS,
    QUOTED_UNITS,
    OffsetUnit,
    OffsetUnitDetector,
    QuotedRange,
    UnitFit,
    get_requested_unit,
)

_ENOUGH_TEXTS = 100
"""How many texts with spans are inspected."""
_LEAST_SPANS = 3
_MOST_OWN, _LEAST_OTHER = 0.75, 0.95
"""Shares of the edges of spans that are edges of words: by the format's own unit at most, by another at least."""


class UnquotedTexts(Struct):
    """Texts of a file of which no span has a quote."""

    texts: list[tuple[str, Sequence[QuotedRange]]] = field(default_factory=list)

    def add(self, text: str, ranges: Sequence[QuotedRange]) -> None:
        """Take a text in, unless there are enough."""
        if ranges and len(self.texts) < _ENOUGH_TEXTS:
            self.texts.append((text, ranges))

    def better_unit(self, own: OffsetUnit) -> tuple[OffsetUnit, str]:
        """Return the unit by which nearly all spans are words, with a note; ``own`` where that is none, or is well."""
        size = sum(len(ranges) for _, ranges in self.texts)
        if size < _LEAST_SPANS or get_requested_unit() or self._fits((own,))[own].word_edges > _MOST_OWN * 2 * size:
            return own, ""
        fits = self._fits(tuple(dict.fromkeys((own, *ALL_OFFSET_UNITS, *QUOTED_UNITS))))
        best = max(fits, key=lambda u: (fits[u].inside, fits[u].word_edges))
        if fits[best].inside < size or fits[best].word_edges < _LEAST_OTHER * 2 * size:
            return own, ""
        edges, less = f"{fits[best].word_edges:,} of {2 * size:,}", f"{fits[own].word_edges:,} by {own}"
        return best, f"offsets count {best} ({edges} edges of spans are edges of words; {less})"

    def _fits(self, units: Sequence[OffsetUnit]) -> dict[OffsetUnit, UnitFit]:
        detector = OffsetUnitDetector(units)
        for text, ranges in self.texts:
            detector.add_text(text, ranges)
        return detector.fits
