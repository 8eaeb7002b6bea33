"""Which sentence of a later version of an article is what has become of a sentence that has changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from annotator.core.article import Sentence

_KEPT_SHARE = 0.5
"""It has at least this share of the sentence's tokens, in characters."""


class SentenceSuccessors:
    """Finds, among the sentences of a later version that the earlier one lacks, what has become of others."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        """Index their tokens."""
        self._counts: dict[str, list[tuple[int, int]]] = defaultdict(list)
        """By token, the sentences that have it by number, and how often."""
        self._sizes = [sum(len(t.text) for t in s.tokens) for s in sentences]
        for i, s in enumerate(sentences):
            for token, n in Counter(t.text for t in s.tokens).items():
                self._counts[token].append((i, n))

    def find(self, sentence: Sentence) -> int | None:
        """Return the number of the one that has most of a sentence and least else, None where none has enough."""
        shared: dict[int, int] = defaultdict(int)
        for token, n in Counter(t.text for t in sentence.tokens).items():
            for i, m in self._counts.get(token, ()):
                shared[i] += len(token) * min(n, m)
        best = max(shared, key=lambda i: (shared[i], -self._sizes[i]), default=None)
        size = sum(len(t.text) for t in sentence.tokens)
        return best if best is not None and shared[best] >= _KEPT_SHARE * size else None
