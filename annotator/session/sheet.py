"""What is worked out once on arrival at a sentence and stays while one works in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from annotator.core.article import Article, Sentence
from annotator.core.hints import Hint, assign
from annotator.core.phrases import Candidate, candidates
from annotator.core.phrases.common import small_words, without_common
from annotator.core.schema import Schema
from annotator.core.tokens import Range
from annotator.suggest.rules import Rules

_WHOLE = {"name", "number"}
"""Kinds whose parts are no candidates any more once the whole is labelled."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hints, candidates and guesses of one sentence."""

    sentence: str = ""
    hints: tuple[Hint, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    guesses: Mapping[tuple[int, int], str] | None = None
    """The label that the rules suggest for a range of code points, where they suggest one."""

    def guess(self, start: int, end: int) -> str:
        """Return the label that the rules suggest for ``[start, end)``, or nothing."""
        return (self.guesses or {}).get((start, end), "")

    def stops(self, spans: Sequence[Range]) -> list[Range]:
        """Return what Tab visits: candidates and spans in reading order, the longer first."""
        return sorted({*spans, *((c.first, c.last) for c in self.candidates)}, key=order)

    def offer(self, spans: Sequence[Range], after: Range | None) -> Range | None:
        """Return the first candidate after ``after`` that is neither labelled nor a part of such a one."""
        start = order(after) if after else (-1, 0)
        kinds = {(c.first, c.last): c.kind for c in self.candidates}
        for c in self.candidates:
            if order((c.first, c.last)) > start and (c.first, c.last) not in spans:
                whole = (r for r in spans if r[0] <= c.first and c.last <= r[1] and kinds.get(r) == c.kind)
                if c.kind not in _WHOLE or next(whole, None) is None:
                    return (c.first, c.last)
        return None


def order(tokens: Range) -> tuple[int, int]:
    """Return the key that sorts ranges in reading order, the longer of two at one place first."""
    return (tokens[0], -tokens[1])


class Sheets:
    """Makes the sheets of a session's sentences."""

    def __init__(self, schema: Schema, cells: Callable[[str], int]) -> None:
        """Make sheets for this schema; ``cells`` tells how wide a token is drawn."""
        self._schema = schema
        self._cells = cells
        self._rules = Rules(schema)
        self._small: tuple[str, frozenset[str]] = ("", frozenset())

    def make(self, sentence: Sentence, article: Article) -> Sheet:
        """Return the sheet of a sentence, its candidates judged by the words of the whole article."""
        if article.id != self._small[0]:
            self._small = (article.id, small_words(article.text))
        tokens = sentence.tokens
        return Sheet(
            sentence.id,
            assign(tokens, [self._cells(t.text) for t in tokens], self._schema.keys),
            without_common(candidates(tokens), tokens, self._small[1]),
            {(x.start, x.end): x.label for x in self._rules.suggest(sentence)},
        )
