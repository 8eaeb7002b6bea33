"""Counts of texts by label, in each article and over the corpus, that go up and down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CountsByLabel = dict[str, int]
"""How often each label was seen; a plain dict, because there are as many as mentions."""
_NO_COUNTS: CountsByLabel = {}


@dataclass(slots=True)
class LabelCounts:
    """How often each text bears each label."""

    _by_article: dict[str, dict[str, CountsByLabel]] = field(default_factory=dict)
    _in_corpus: dict[str, CountsByLabel] = field(default_factory=dict)

    def add(self, article: str, text: str, label: str, by: int) -> None:
        """Add ``by`` to the count of a text with a label; a count of zero takes no room."""
        _add_count(self._by_article.setdefault(article, {}), text, label, by)
        _add_count(self._in_corpus, text, label, by)

    def in_article(self, article: str, text: str) -> Mapping[str, int]:
        """Return the counts of a text in an article, by label; to be read only."""
        return self._by_article.get(article, {}).get(text, _NO_COUNTS)

    def in_corpus(self, text: str) -> Mapping[str, int]:
        """Return the counts of a text in all articles, by label; to be read only."""
        return self._in_corpus.get(text, _NO_COUNTS)


def _add_count(texts: dict[str, CountsByLabel], text: str, label: str, by: int) -> None:
    counts = texts.get(text)
    if counts is None:
        texts[text] = {label: by}
        return
    n = counts.get(label, 0) + by
    if n:
        counts[label] = n
        return
    counts.pop(label, None)
    if not counts:
        del texts[text]
