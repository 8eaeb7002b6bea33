"""Counts of texts by label, in each article and over the corpus, that go up and down."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

_NONE: Counter[str] = Counter()


@dataclass(slots=True)
class Book:
    """How often each text bears each label."""

    _here: dict[str, dict[str, Counter[str]]] = field(default_factory=dict)
    _everywhere: dict[str, Counter[str]] = field(default_factory=dict)

    def count(self, article: str, text: str, label: str, by: int) -> None:
        """Add ``by`` to the count of a text with a label; a count of zero takes no room."""
        _add(self._here.setdefault(article, {}), text, label, by)
        _add(self._everywhere, text, label, by)

    def in_article(self, article: str, text: str) -> Counter[str]:
        """Return the counts of a text in an article, by label; to be read only."""
        return self._here.get(article, {}).get(text, _NONE)

    def in_corpus(self, text: str) -> Counter[str]:
        """Return the counts of a text in all articles, by label; to be read only."""
        return self._everywhere.get(text, _NONE)


def _add(counters: dict[str, Counter[str]], text: str, label: str, by: int) -> None:
    counter = counters.setdefault(text, Counter())
    counter[label] += by
    if not counter[label]:
        del counter[label]
        if not counter:
            del counters[text]
