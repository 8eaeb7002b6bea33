"""What is worked out once on arrival at a sentence and stays while one works in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.core.hints import Hint
from annotator.core.phrases import SelectionCandidate
from annotator.core.tokens import TokenRange


@dataclass(frozen=True, slots=True)
class HintLayout:
    """Hints and candidates of one sentence."""

    hints: tuple[Hint, ...] = ()
    candidates: tuple[SelectionCandidate, ...] = ()
    claim_label: str = ""
    """The schema's label for what a source says; empty where it has none."""

    def tab_stops(self, others: Sequence[TokenRange]) -> list[TokenRange]:
        """Return what Tab visits: candidates, spans and suggestions in reading order, the longer first."""
        return sorted({*others, *((c.first, c.last) for c in self.candidates)}, key=range_sort_key)


def range_sort_key(tokens: TokenRange) -> tuple[int, int]:
    """Return the key that sorts ranges in reading order, the longer of two at one place first."""
    return (tokens[0], -tokens[1])
