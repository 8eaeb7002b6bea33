"""Makes the sheets of a session's sentences: hints and candidates, worked out once on arrival."""

from __future__ import annotations

from collections.abc import Callable

from annotator.core.article import Article, Sentence
from annotator.core.graphemes import parted
from annotator.core.hints import DEFAULT, HintStyle, assign
from annotator.core.phrases import candidates
from annotator.core.phrases.common import small_words, without_common
from annotator.core.schema import Schema
from annotator.core.sheet import Sheet
from annotator.suggest.labels import label_for

KEPT = 64
"""How many sheets are remembered: of the sentences on the screen and around it."""


class Sheets:
    """Makes the sheets of a session's sentences and remembers the last ones."""

    def __init__(self, schema: Schema, cells: Callable[[str], int]) -> None:
        """Make sheets for this schema; ``cells`` tells how wide a token is drawn."""
        self._schema = schema
        self._cells = cells
        self.style = DEFAULT
        self.taken = schema.keys
        """The letters that are no hints."""
        self._claim = label_for(schema, "claim") or ""
        self._small: tuple[str, frozenset[str]] = ("", frozenset())
        self._made: dict[Sentence, Sheet] = {}

    def use_letters(self, style: HintStyle, taken: frozenset[str]) -> None:
        """Make hints of other letters from now on, none of them among ``taken``."""
        self.style, self.taken = style, taken
        self._made.clear()

    def make(self, sentence: Sentence, article: Article) -> Sheet:
        """Return the sheet of a sentence, its candidates judged by the words of the whole article."""
        sheet = self._made.pop(sentence, None) or self._new(sentence, article)
        self._made[sentence] = sheet  # at the end: the one not asked for longest goes first
        if len(self._made) > KEPT:
            del self._made[next(iter(self._made))]
        return sheet

    def _new(self, sentence: Sentence, article: Article) -> Sheet:
        if article.id != self._small[0]:
            self._small = (article.id, small_words(article.text))
        tokens = sentence.tokens
        cut = parted(tokens)  # no cell of their own: what they belong to is drawn as one
        widths = [0 if i in cut else self._cells(t.text) for i, t in enumerate(tokens)]
        return Sheet(
            assign(tokens, widths, self.taken, self.style),
            without_common(candidates(tokens), tokens, self._small[1]),
            self._claim,
        )
