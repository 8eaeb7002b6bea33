"""Makes the sheets of a session's sentences: hints and candidates, worked out once on arrival."""

from __future__ import annotations

from collections.abc import Callable

from annotator.core.article import Article, Sentence
from annotator.core.graphemes import parted
from annotator.core.hints import DEFAULT, assign
from annotator.core.phrases import candidates
from annotator.core.phrases.common import small_words, without_common
from annotator.core.schema import Schema
from annotator.core.sheet import Sheet
from annotator.suggest.labels import label_for


class Sheets:
    """Makes the sheets of a session's sentences."""

    def __init__(self, schema: Schema, cells: Callable[[str], int]) -> None:
        """Make sheets for this schema; ``cells`` tells how wide a token is drawn."""
        self._schema = schema
        self._cells = cells
        self.style = DEFAULT
        self.taken = schema.keys
        """The letters that are no hints."""
        self._claim = label_for(schema, "claim") or ""
        self._small: tuple[str, frozenset[str]] = ("", frozenset())

    def make(self, sentence: Sentence, article: Article) -> Sheet:
        """Return the sheet of a sentence, its candidates judged by the words of the whole article."""
        if article.id != self._small[0]:
            self._small = (article.id, small_words(article.text))
        tokens = sentence.tokens
        cut = parted(tokens)  # no cell of their own: what they belong to is drawn as one
        widths = [0 if i in cut else self._cells(t.text) for i, t in enumerate(tokens)]
        return Sheet(
            sentence.id,
            assign(tokens, widths, self.taken, self.style),
            without_common(candidates(tokens), tokens, self._small[1]),
            self._claim,
        )
