"""Suggestions by the rules of `annotator.language`, under labels of the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annotator.core.article import Sentence
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion, character_range, sorted_suggestions
from annotator.language import ArticleContext, span_candidates
from annotator.language.label_kinds import label_for_kind

if TYPE_CHECKING:
    pass


RULES_SOURCE = "rules"


def empty_context(_: str) -> ArticleContext:
    """Return the context of an article of which nothing is known but the sentence itself."""
    return ArticleContext()


@dataclass(frozen=True, slots=True)
class RuleSuggester:
    """What the rules find in a sentence; ``context`` returns the context of its article."""

    schema: Schema
    context: Callable[[str], ArticleContext] = field(default=empty_context, repr=False)
    name: str = RULES_SOURCE

    def suggest(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        """Return the candidates that the schema has a label for, in reading order."""
        return sorted_suggestions(self._labelled(sentence))

    def _labelled(self, sentence: Sentence) -> Iterator[Suggestion]:
        for r in span_candidates(sentence.tokens, self.context(sentence.article)):
            if label := label_for_kind(self.schema, r.kind):
                start, end = character_range(sentence, (r.first, r.last))
                yield Suggestion(start, end, label, self.name, r.score, plain_kind(r.rule or r.kind))


def plain_kind(kind: str) -> str:
    """Return a kind without the characters that part sources and kinds in a span's ``source``."""
    return "".join("-" if c in "+/~" or c.isspace() else c for c in kind)
