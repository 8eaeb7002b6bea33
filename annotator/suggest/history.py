"""Suggestions from what the annotator has already marked: the same words, the same label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotator.core.annotation import Work
from annotator.core.article import Sentence
from annotator.core.suggestion import Suggestion, in_order
from annotator.core.tokens import Token, is_aligned

LONGEST = 8
"""How many tokens a mention may have: a whole quotation is not said twice."""


@dataclass(frozen=True, slots=True)
class OwnHistory:
    """Every mention in ``works`` (the annotator's own, of one article) with the label given most often."""

    works: Sequence[Work]
    name: str = "history"

    def suggest(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        """Return the mentions that stand again in a sentence on token edges, in reading order."""
        elsewhere = [w for w in self.works if w.sentence.id != sentence.id]
        return in_order(self._again(sentence, mentions(elsewhere)))

    def _again(self, sentence: Sentence, known: dict[str, Counter[str]]) -> Iterator[Suggestion]:
        for start, end in _stretches(sentence.tokens):
            labels = known.get(sentence.text[start:end])
            if labels:
                label, times = min(labels.items(), key=lambda x: (-x[1], x[0]))
                yield Suggestion(start, end, label, self.name, times / labels.total(), "history")


def mentions(works: Sequence[Work]) -> dict[str, Counter[str]]:
    """Return how often each text of up to ``LONGEST`` tokens bears each label."""
    known: dict[str, Counter[str]] = {}
    for work in works:
        for span in work.annotation.spans:
            if is_aligned(work.sentence.tokens, span.start, span.end):
                known.setdefault(work.text_of(span), Counter())[span.label] += 1
    return known


def _stretches(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the code points of every run of up to ``LONGEST`` tokens."""
    for i, first in enumerate(tokens):
        for last in tokens[i : i + LONGEST]:
            yield first.start, last.end
