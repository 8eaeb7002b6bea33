"""What the rest of an article tells of the words in one of its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.core.phrases.common import small_words
from annotator.core.tokens import Token


@dataclass(frozen=True, slots=True)
class Context:
    """The words that an article has in small letters, worked out once an article."""

    small: frozenset[str] = frozenset()


NOTHING = Context()
"""Nothing is known but the sentence itself."""


def context_of(text: str, sentences: Sequence[Sequence[Token]]) -> Context:
    """Return what an article tells: ``text`` is its source, ``sentences`` the tokens of its sentences."""
    return Context(small_words(text))
