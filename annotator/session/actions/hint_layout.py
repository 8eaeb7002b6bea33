"""Makes the hint layouts of a session's sentences: hints and candidates, worked out once on arrival."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from annotator.core.article import Article, Sentence
from annotator.core.graphemes import tokens_inside_graphemes
from annotator.core.schema import Schema
from annotator.core.tokens import TokenRange
from annotator.language import SelectionCandidate, selection_candidates
from annotator.language.article_context import lowercase_words, without_sentence_initial
from annotator.language.label_kinds import label_for_kind
from annotator.session.actions.hints import DEFAULT_HINT_STYLE, Hint, HintStyle, assign_hints


class HintLayout(Struct, frozen=True):
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


MAX_CACHED_LAYOUTS = 64
"""How many layouts are remembered: of the sentences on the screen and around it."""


class HintLayoutCache:
    """Makes the hint layouts of a session's sentences and remembers the last ones."""

    def __init__(self, schema: Schema, cell_width: Callable[[str], int]) -> None:
        """Make layouts for this schema; ``cell_width`` returns how many cells a token takes."""
        self._schema = schema
        self._cell_width = cell_width
        self.style = DEFAULT_HINT_STYLE
        self.reserved_letters = schema.keys
        """The letters that are no hints."""
        self._claim_label = label_for_kind(schema, "claim") or ""
        self._lowercase_words: tuple[str, frozenset[str]] = ("", frozenset())
        self._layouts: dict[Sentence, HintLayout] = {}

    def use_letters(self, style: HintStyle, reserved: frozenset[str]) -> None:
        """Make hints of other letters from now on, none of them among ``reserved``."""
        self.style, self.reserved_letters = style, reserved
        self._layouts.clear()

    def layout_for(self, sentence: Sentence, article: Article) -> HintLayout:
        """Return the hint layout of a sentence, its candidates judged by the words of the whole article."""
        layout = self._layouts.pop(sentence, None) or self._build_layout(sentence, article)
        self._layouts[sentence] = layout  # at the end: the one not asked for longest goes first
        if len(self._layouts) > MAX_CACHED_LAYOUTS:
            del self._layouts[next(iter(self._layouts))]
        return layout

    def _build_layout(self, sentence: Sentence, article: Article) -> HintLayout:
        if article.id != self._lowercase_words[0]:
            self._lowercase_words = (article.id, lowercase_words(article.text))
        tokens = sentence.tokens
        inside_graphemes = tokens_inside_graphemes(tokens)  # no cell of their own: what they belong to is drawn as one
        widths = [0 if i in inside_graphemes else self._cell_width(t.text) for i, t in enumerate(tokens)]
        return HintLayout(
            assign_hints(tokens, widths, self.reserved_letters, self.style),
            without_sentence_initial(selection_candidates(tokens), tokens, self._lowercase_words[1]),
            self._claim_label,
        )
