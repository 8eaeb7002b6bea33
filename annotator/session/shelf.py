"""What a session has read and counted of each article, kept up to date edit by edit.

A key must cost the same in an article of 10 sentences and in one of 10,000, so nothing here is
worked out anew for an edit that leaves the sentences where they are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotator.core.annotation import Work
from annotator.core.article import Article, LineMap
from annotator.core.works import Works
from annotator.storage.corpus import Corpus


@dataclass(frozen=True, slots=True)
class Progress:
    """How many sentences of an article, or of the corpus, have an answer."""

    done: int = 0
    total: int = 0


class Shelf:
    """The articles of a corpus with the works that stand in the queue, and their counts."""

    def __init__(self, corpus: Corpus, works: Works) -> None:
        """Read nothing yet."""
        self._corpus = corpus
        self._works = works
        self._articles: dict[str, Article] = {}
        self._shown: dict[str, list[Work]] = {}
        self._tuples: dict[str, tuple[Work, ...]] = {}
        self._done: Counter[str] = Counter()
        self._labels: dict[str, Counter[str]] = {}

    def article(self, article_id: str) -> Article:
        """Return an article of the corpus."""
        if article_id not in self._articles:
            self._articles[article_id] = self._corpus.article(article_id)
        return self._articles[article_id]

    def works_of(self, article_id: str) -> tuple[Work, ...]:
        """Return the works of an article that touch an annotated line; none of a replaced article."""
        if article_id not in self._tuples:
            self._tuples[article_id] = tuple(self._list(article_id))
        return self._tuples[article_id]

    def progress_of(self, article_id: str) -> Progress:
        """Return how far an article is."""
        total = len(self._list(article_id))
        return Progress(self._done[article_id], total)

    def labels_of(self, article_id: str) -> Mapping[str, int]:
        """Return how many spans of each label an article has."""
        self._list(article_id)
        return self._labels[article_id]

    def changed(self, before: Sequence[Work], after: Sequence[Work]) -> None:
        """Take in an edit: each work by one at the same place, or else their articles anew."""
        if [w.sentence for w in before] == [w.sentence for w in after]:
            for work in after:
                self._changed(work)
        else:
            for work in after:
                self._drop(work.sentence.article)

    def _changed(self, work: Work) -> None:
        article = work.sentence.article
        shown = self._shown.get(article)
        if shown is None:
            return
        i = bisect_left(shown, work.sentence.start, key=lambda w: w.sentence.start)
        if i >= len(shown) or shown[i].sentence != work.sentence:
            self._drop(article)
            return
        self._count(article, shown[i], -1)
        shown[i] = work
        self._count(article, work, 1)
        self._tuples.pop(article, None)

    def forget(self, article_id: str) -> None:
        """Read an article anew: its lines have changed."""
        self._articles.pop(article_id, None)
        self._drop(article_id)

    def _drop(self, article_id: str) -> None:
        for kept in (self._shown, self._tuples, self._labels, self._done):
            kept.pop(article_id, None)

    def _list(self, article_id: str) -> list[Work]:
        if article_id not in self._shown:
            article = self.article(article_id)
            lines = LineMap(article)
            works = () if article.replaced_by else self._works.of(article_id)
            self._shown[article_id] = [w for w in works if lines.annotates(w.sentence.start, w.sentence.end)]
            self._labels[article_id] = Counter()
            self._done[article_id] = 0
            for work in self._shown[article_id]:
                self._count(article_id, work, 1)
        return self._shown[article_id]

    def _count(self, article: str, work: Work, by: int) -> None:
        self._done[article] += by * work.done
        for span in work.annotation.spans:
            self._labels[article][span.label] += by
