"""What an article as a whole tells of its names: the values; `context` works them out."""

from __future__ import annotations

from dataclasses import dataclass

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What an article tells of names, worked out once an article; all words folded to small letters."""

    small: frozenset[str] = frozenset()
    """The words that the article has in small letters."""
    full: frozenset[Words] = frozenset()
    """Names of two and more words that are a person's by their own words or by a word beside them."""
    tails: frozenset[Words] = frozenset()
    """What those names end with: surnames, with and without their particles."""
    firsts: frozenset[Words] = frozenset()
    """What those names begin with."""
    titled: frozenset[Words] = frozenset()
    """Names that stand somewhere behind Mr., Sen. and the like."""
    bodies: frozenset[Words] = frozenset()
    """Names, and short forms of names, of firms and bodies."""
    alone: frozenset[str] = frozenset()
    """Words that stand somewhere as a whole name, so that a longer name may be shortened to them."""
    placed: frozenset[Words] = frozenset()
    """Names that the gazetteer does not know and that stand somewhere as a place does."""

    spoken: frozenset[str] = frozenset()
    """The texts of the sentences that begin inside a quotation which an earlier one opened."""

    def is_short(self, words: Words) -> bool:
        """Whether the article calls a person so without the first name."""
        return words in self.tails or words in self.titled


NOTHING = Context()
"""Nothing is known but the sentence itself."""
