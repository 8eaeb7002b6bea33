"""What a stretch of tokens may be read as, and how likely that is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpanCandidate:
    """Tokens ``[first, last)`` read as a thing of one kind."""

    first: int
    last: int
    kind: str
    """``person``, ``place``, ``number`` or ``claim``; what label that is, the schema says."""
    score: float
    """The share of such readings that annotators keep just as they are, 0 to 1, as measured by rule."""
    rule: str = ""
    """The rule that found it, for tests and for learning what is rejected."""
