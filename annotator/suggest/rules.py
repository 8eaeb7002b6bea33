"""Suggestions by the rules of `annotator.language`, under labels of the schema."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from annotator.core.article import Sentence
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion, character_range, sorted_suggestions
from annotator.language import ArticleContext, span_candidates
from annotator.language.span_kinds import label_for_kind

RULES_SOURCE = "rules"


def empty_context(_: str) -> ArticleContext:
    """Return the context of an article of which nothing is known but the sentence itself."""
    return ArticleContext()


class RuleSuggester(Struct, frozen=True):
    """What the rules find in a sentence; ``context`` returns the context of its article."""

    schema: Schema
    context: Callable[[str], ArticleContext] = empty_context
    name: str = RULES_SOURCE

    def suggest(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        """Return the candidates that the schema has a label for, in reading order."""
        return sorted_suggestions(
            Suggestion(*character_range(sentence, (r.first, r.last)), label, self.name, r.score, kind)
            for r in span_candidates(sentence.tokens, self.context(sentence.article))
            if (label := label_for_kind(self.schema, r.kind))
            for kind in (plain_kind(r.rule or r.kind),)
        )


def plain_kind(kind: str) -> str:
    """Return a kind without the characters that part sources and kinds in a span's ``source``."""
    return "".join("-" if c in "+/~" or c.isspace() else c for c in kind)
