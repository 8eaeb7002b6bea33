"""Suggestions by the rules of `annotator.core.phrases`: their readings, under labels of the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from annotator.core.article import Sentence
from annotator.core.phrases import Context, readings
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion, characters, in_order
from annotator.suggest.labels import label_for

NAME = "rules"


def nothing(_: str) -> Context:
    """Stand in where nothing is known of an article but the sentence itself."""
    return Context()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rules read in a sentence; ``context`` tells what the rest of its article tells."""

    schema: Schema
    context: Callable[[str], Context] = field(default=nothing, repr=False)
    name: str = NAME

    def suggest(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        """Return the readings that the schema has a label for, in reading order."""
        return in_order(self._labelled(sentence))

    def _labelled(self, sentence: Sentence) -> Iterator[Suggestion]:
        for r in readings(sentence.tokens, self.context(sentence.article)):
            if label := label_for(self.schema, r.kind):
                start, end = characters(sentence, (r.first, r.last))
                yield Suggestion(start, end, label, self.name, r.score, plain(r.rule or r.kind))


def plain(kind: str) -> str:
    """Return a kind without what sets sources and kinds apart in a span's ``source``."""
    return "".join("-" if c in "+/~" or c.isspace() else c for c in kind)
