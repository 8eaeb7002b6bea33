"""Suggestions by the rules of `annotator.core.phrases`, with a label where the words tell one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from annotator.core.article import Sentence
from annotator.core.phrases import Candidate, candidates
from annotator.core.phrases.cues import name_cue
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion, characters, in_order
from annotator.suggest.labels import label_for

SCORES = {"number": 0.7, "quotation": 0.7, "claim": 0.5, "person": 0.8, "place": 0.5}
"""Rough shares of each kind that annotators keep; they order suggestions and promise nothing."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The candidates of a sentence with labels of the schema; a name without a cue gets none."""

    schema: Schema
    name: str = "rules"

    def suggest(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        """Return the labelled candidates in reading order."""
        return in_order(self._labelled(sentence))

    def _labelled(self, sentence: Sentence) -> Iterator[Suggestion]:
        for candidate in candidates(sentence.tokens):
            kind = _kind(sentence, candidate)
            label = label_for(self.schema, kind)
            if label:
                start, end = characters(sentence, (candidate.first, candidate.last))
                yield Suggestion(start, end, label, self.name, SCORES[kind], kind)


def _kind(sentence: Sentence, candidate: Candidate) -> str:
    if candidate.kind != "name":
        return candidate.kind
    return name_cue(sentence.tokens, candidate.first, candidate.last)
