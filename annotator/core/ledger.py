"""What a ledger holds: the outcome of each span, reasons, counts, and lines of JSON.

An import and an export write one each. A line names one span (or relation, comment, …) with what
became of it and why; the last line is ``{"totals": …}``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct, field


class Outcome(StrEnum):
    """What became of one span; the values are words of the files."""

    KEPT = "kept"
    TRIMMED = "trimmed"
    """White space was taken off its edges."""
    DEMOTED = "demoted"
    """It lost its place in ``doc.ents`` to a longer entity."""
    MOVED = "moved"
    """Its offsets were counted in another unit, its quote is elsewhere, or its edges were put on those of tokens."""
    SPLIT = "split"
    """A discontinuous span became one span for each part."""
    DOUBLE = "double"
    """The same range and label occurred twice."""
    CHARACTERS = "characters"
    """It is inside a token and is kept as it is, marked for repair."""
    LEFT_OUT = "left out"


class Ledger(Struct, frozen=True):
    """The totals of a ledger, and how much was lost."""

    totals: Mapping[str, Any] = field(default_factory=dict)
    """As in the last line of the file."""
    lost: int = 0
    """Spans, sentences without a span and unusable lines left out though nobody asked for that."""

    @property
    def spans(self) -> Mapping[str, int]:
        """Return the number of spans by outcome; ``in`` is their sum."""
        counts: Mapping[str, int] = self.totals["spans"]
        return counts


encode_json = msgspec.json.Encoder().encode


def encode_ledger_line(line: object) -> bytes:
    """Return one line with its LF; raises UnicodeEncodeError for a lone surrogate."""
    return encode_json(line) + b"\n"


def encode_totals(totals: Mapping[str, Any]) -> bytes:
    """Return the last line of a ledger."""
    return encode_ledger_line({"totals": totals})


def encode_ledger(lines: Iterable[object], totals: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the lines of a ledger, the totals last."""
    yield from map(encode_ledger_line, lines)
    yield encode_totals(totals)


def count_outcomes(counts: Mapping[tuple[Outcome, str], int], outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Return the number of spans by outcome, in the order of ``outcomes``; ``counts`` is by (outcome, reason)."""
    return {kind.value: sum(n for (what, _), n in counts.items() if what is kind) for kind in outcomes}
