"""What the rest of the article tells of a sentence's first word, which is capitalised in any case."""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotator.core.phrases.candidates import SelectionCandidate
from annotator.core.tokens import Token

_LOWERCASE_WORD = re.compile(r"\b[a-zà-öø-ÿ]{2,}\b")


def lowercase_words(text: str) -> frozenset[str]:
    """Return the words that an article has in small letters."""
    return frozenset(_LOWERCASE_WORD.findall(text))


def without_sentence_initial(
    candidates: Sequence[SelectionCandidate], tokens: Sequence[Token], lowercase: frozenset[str]
) -> tuple[SelectionCandidate, ...]:
    """Return the candidates but for a first word that the article has in small letters elsewhere."""
    first = next((i for i, t in enumerate(tokens) if t.text[:1].isalpha()), -1)
    return tuple(
        c
        for c in candidates
        if not (
            c.first == first
            and c.last == first + 1
            and c.kind == "name"
            and tokens[first].text.lower() in lowercase
        )
    )
