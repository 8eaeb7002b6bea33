"""What is worked out once on arrival at a sentence and stays while one works in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.core.hints import Hint
from annotator.core.phrases import Candidate
from annotator.core.tokens import Range


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hints and candidates of one sentence."""

    hints: tuple[Hint, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    claim_label: str = ""
    """The schema's label for what a source says; empty where it has none."""

    def tab_stops(self, others: Sequence[Range]) -> list[Range]:
        """Return what Tab visits: candidates, spans and suggestions in reading order, the longer first."""
        return sorted({*others, *((c.first, c.last) for c in self.candidates)}, key=order)


def order(tokens: Range) -> tuple[int, int]:
    """Return the key that sorts ranges in reading order, the longer of two at one place first."""
    return (tokens[0], -tokens[1])
