"""What an article as a whole tells of its names: the values; `context` works them out."""

from __future__ import annotations

from dataclasses import dataclass

NameWords = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArticleContext:
    """What an article tells of names, worked out once an article; all words folded to small letters."""

    lowercase_words: frozenset[str] = frozenset()
    """The words that the article has in small letters."""
    full_names: frozenset[NameWords] = frozenset()
    """Names of two and more words that are a person's by their own words or by a word beside them."""
    surnames: frozenset[NameWords] = frozenset()
    """What those names end with: surnames, with and without their particles."""
    first_names: frozenset[NameWords] = frozenset()
    """What those names begin with."""
    titled_names: frozenset[NameWords] = frozenset()
    """Names that stand somewhere behind Mr., Sen. and the like."""
    organisation_names: frozenset[NameWords] = frozenset()
    """Names, and short forms of names, of firms and bodies."""
    single_word_names: frozenset[str] = frozenset()
    """Words that stand somewhere as a whole name, so that a longer name may be shortened to them."""
    inferred_places: frozenset[NameWords] = frozenset()
    """Names that the gazetteer does not know and that stand somewhere as a place does."""

    open_quotation_texts: frozenset[str] = frozenset()
    """The texts of the sentences that begin inside a quotation which an earlier one opened."""

    def is_short_name(self, words: NameWords) -> bool:
        """Whether the article calls a person so without the first name."""
        return words in self.surnames or words in self.titled_names


EMPTY_CONTEXT = ArticleContext()
"""Nothing is known but the sentence itself."""
