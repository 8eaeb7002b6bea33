"""Which unit a file counts its offsets in, by all of its records; one pass before the reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from annotator.formats.document import Account
from annotator.formats.fields import Raw, offset
from annotator.formats.units import Detective, Quoted, Unit

ENOUGH = 1000
"""How many texts tell whether ends are inclusive, where that is all that can be told from them."""

MARGIN = 3
"""How many more edges of spans must be edges of words for another unit, where nothing is quoted."""

Evidence = tuple[str, list[Quoted]]
"""A text, and what the file says stands where."""


def unit_of(
    records: Iterable[Any],
    evidence: Callable[[Any], Iterable[Evidence]],
    allowed: Sequence[Unit],
    where: str,
    account: Account,
) -> Unit:
    """Return the unit that fits the records best and note it; the first allowed one where nothing differs.

    Raises SourceError where two units fit equally well and give other words.
    """
    detective = Detective(allowed)
    inclusive = any(unit.inclusive for unit in allowed)
    alike = 0
    for text, quoted in (found for record in records for found in evidence(record)):
        if not text.isascii() or "\n" in text:
            detective.see(text, quoted)
        elif inclusive and alike < ENOUGH:
            alike += bool(quoted)
            detective.see(text, quoted)
    quoted_at_all = any(fit.quotes for fit in detective.fits.values())
    doubts = [] if quoted_at_all else _narrow(detective)
    unit = detective.unit(where)
    account.notes.extend(note for note in [detective.note(unit), *doubts] if note)
    return unit


def _narrow(detective: Detective) -> list[str]:
    """Leave the units that the edges of words speak for, and return what is to be said of the others.

    Nothing is quoted, so the first unit, which is what the format says of itself, stands unless
    another one is plainly better. What fits about as well, and gives other words, is told.
    """
    first, fits = detective.allowed[0], detective.fits
    least = fits[first].words if first in fits else 0
    better = [u for u in detective.allowed if u in fits and fits[u].words >= least + MARGIN]
    close = [u for u in detective.allowed if u in fits and least <= fits[u].words < least + MARGIN]
    detective.allowed = [first, *better]
    if better:
        return []
    said = [(u, detective.clashes.get((first, u))) for u in close if not u.inclusive]
    return [f"offsets may count {u} ({told}); {first} were taken" for u, told in said if told]


def quoted_of(raws: Iterable[tuple[Raw, Any]]) -> Iterator[Quoted]:
    """Yield the offsets of spans that have some, with the text that each quotes, if it does."""
    for raw, quote in raws:
        start, end = offset(raw.start), offset(raw.end)
        if start is not None and end is not None and 0 <= start <= end:
            yield start, end, quote if isinstance(quote, str) and quote else None
