"""Which unit a file counts its offsets in, by all of its records; one pass before the reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from annotator.formats.document import ConversionLog
from annotator.formats.fields import RawSpan, whole_number
from annotator.formats.units import OffsetUnitDetector, QuotedRange, OffsetUnit

ENOUGH_TEXTS = 1000
"""How many texts tell whether ends are inclusive, where that is all that can be told from them."""

WORD_EDGE_MARGIN = 3
"""How many more edges of spans must be edges of words for another unit, where nothing is quoted."""

QuotedText = tuple[str, list[QuotedRange]]
"""A text, and what the file says stands where."""


def unit_of_records(
    records: Iterable[Any],
    quoted_texts: Callable[[Any], Iterable[QuotedText]],
    allowed: Sequence[OffsetUnit],
    where: str,
    log: ConversionLog,
) -> OffsetUnit:
    """Return the unit that fits the records best and note it; the first allowed one where nothing differs.

    Raises SourceError where two units fit equally well and give other words.
    """
    detector = OffsetUnitDetector(allowed)
    inclusive = any(unit.inclusive for unit in allowed)
    alike = 0
    for text, quoted in (found for record in records for found in quoted_texts(record)):
        if not text.isascii() or "\n" in text:
            detector.add_text(text, quoted)
        elif inclusive and alike < ENOUGH_TEXTS:
            alike += bool(quoted)
            detector.add_text(text, quoted)
    quoted_at_all = any(fit.exact_quotes for fit in detector.fits.values())
    doubts = [] if quoted_at_all else _narrow_by_words(detector)
    unit = detector.unit(where)
    log.notes.extend(note for note in [detector.note(unit), *doubts] if note)
    return unit


def _narrow_by_words(detector: OffsetUnitDetector) -> list[str]:
    """Leave the units that the edges of words speak for, and return what is to be said of the others.

    Nothing is quoted, so the first unit, which is what the format says of itself, stands unless
    another one is plainly better. What fits about as well, and gives other words, is told.
    """
    first, fits = detector.allowed[0], detector.fits
    least = fits[first].word_edges if first in fits else 0
    better = [u for u in detector.allowed if u in fits and fits[u].word_edges >= least + WORD_EDGE_MARGIN]
    close = [u for u in detector.allowed if u in fits and least <= fits[u].word_edges < least + WORD_EDGE_MARGIN]
    detector.allowed = [first, *better]
    if better:
        return []
    said = [(u, detector.differences.get((first, u))) for u in close if not u.inclusive]
    return [f"offsets may count {u} ({description}); {first} were taken" for u, description in said if description]


def quoted_ranges(raw_spans: Iterable[tuple[RawSpan, Any]]) -> Iterator[QuotedRange]:
    """Yield the offsets of spans that have some, with the text that each quotes, if it does."""
    for raw, quote in raw_spans:
        start, end = whole_number(raw.start), whole_number(raw.end)
        if start is not None and end is not None and 0 <= start <= end:
            yield start, end, quote if isinstance(quote, str) and quote else None
