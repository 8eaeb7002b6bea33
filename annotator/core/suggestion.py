"""A suggestion, and what every source of suggestions offers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from annotator.core.article import Sentence
from annotator.core.tokens import TokenRange


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A label that a source proposes for ``[start, end)`` in code points of the sentence's text."""

    start: int
    end: int
    label: str
    source: str
    """The name of the suggester; it stays with the span when the suggestion is taken."""
    score: float
    """Between 0 and 1; comparable within one source alone."""
    kind: str = ""
    """What made it: a candidate's kind, a pipeline's own label, "history"."""


class Suggester(Protocol):
    """A source of suggestions."""

    @property
    def name(self) -> str:
        """The name that its suggestions bear as their source."""

    def suggest(self, sentence: Sentence) -> Iterable[Suggestion]:
        """Yield suggestions for a sentence in reading order, outer before inner."""


def sorted_suggestions(found: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """Return suggestions in reading order, each range and label once (the best score stays)."""
    best: dict[tuple[int, int, str], Suggestion] = {}
    for s in found:
        key = (s.start, s.end, s.label)
        if key not in best or s.score > best[key].score:
            best[key] = s
    return tuple(sorted(best.values(), key=lambda s: (s.start, -s.end, s.label)))


def character_range(sentence: Sentence, tokens: TokenRange) -> tuple[int, int]:
    """Return the code points that a range of tokens covers."""
    return sentence.tokens[tokens[0]].start, sentence.tokens[tokens[1] - 1].end
