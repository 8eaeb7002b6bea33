"""What a session has read and counted of each article, kept up to date edit by edit.

A key must cost the same in an article of 10 sentences and in one of 10,000, so nothing here is
computed again for an edit that leaves the sentences where they are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import AnnotatedLineIndex, Article
from annotator.storage.corpus_folder import CorpusFolder


class AnswerProgress(Struct, frozen=True):
    """How many sentences of an article, or of the corpus, have an answer."""

    done: int = 0
    total: int = 0


class ArticleCache:
    """The articles of a corpus with the sentences that are in the queue, and their counts."""

    def __init__(self, corpus: CorpusFolder, annotation_store: AnnotationStore) -> None:
        """Read nothing yet."""
        self._corpus = corpus
        self._annotation_store = annotation_store
        self._articles: dict[str, Article] = {}
        self._sentences: dict[str, list[AnnotatedSentence]] = {}
        self._sentence_tuples: dict[str, tuple[AnnotatedSentence, ...]] = {}
        self._done: Counter[str] = Counter()
        self._label_counts: dict[str, Counter[str]] = {}

    def article(self, article_id: str) -> Article:
        """Return an article of the corpus."""
        if article_id not in self._articles:
            self._articles[article_id] = self._corpus.article(article_id)
        return self._articles[article_id]

    def sentences_of(self, article_id: str) -> tuple[AnnotatedSentence, ...]:
        """Return the sentences of an article that touch an annotated line; none of a replaced article."""
        if article_id not in self._sentence_tuples:
            self._sentence_tuples[article_id] = tuple(self._load(article_id))
        return self._sentence_tuples[article_id]

    def progress_of(self, article_id: str) -> AnswerProgress:
        """Return how far an article is."""
        total = len(self._load(article_id))
        return AnswerProgress(self._done[article_id], total)

    def label_counts_of(self, article_id: str) -> Mapping[str, int]:
        """Return how many spans of each label an article has."""
        self._load(article_id)
        return self._label_counts[article_id]

    def update(self, before: Sequence[AnnotatedSentence], after: Sequence[AnnotatedSentence]) -> None:
        """Take in an edit: replace each sentence by the one at its place, else read its article again."""
        if [w.sentence for w in before] == [w.sentence for w in after]:
            for annotated in after:
                self._update_sentence(annotated)
        else:
            for annotated in after:
                self._discard(annotated.sentence.article)

    def _update_sentence(self, annotated: AnnotatedSentence) -> None:
        article = annotated.sentence.article
        shown = self._sentences.get(article)
        if shown is None:
            return
        i = bisect_left(shown, annotated.sentence.start, key=lambda w: w.sentence.start)
        if i >= len(shown) or shown[i].sentence != annotated.sentence:
            self._discard(article)
            return
        self._count(article, shown[i], -1)
        shown[i] = annotated
        self._count(article, annotated, 1)
        self._sentence_tuples.pop(article, None)

    def invalidate(self, article_id: str) -> None:
        """Read an article again: its lines have changed."""
        self._articles.pop(article_id, None)
        self._discard(article_id)

    def _discard(self, article_id: str) -> None:
        for kept in (self._sentences, self._sentence_tuples, self._label_counts, self._done):
            kept.pop(article_id, None)

    def _load(self, article_id: str) -> list[AnnotatedSentence]:
        if article_id not in self._sentences:
            article = self.article(article_id)
            lines = AnnotatedLineIndex(article)
            annotated_sentences = () if article.replaced_by else self._annotation_store.sentences_of(article_id)
            self._sentences[article_id] = [
                w for w in annotated_sentences if lines.is_annotated(w.sentence.start, w.sentence.end)
            ]
            self._label_counts[article_id] = Counter()
            self._done[article_id] = 0
            for annotated in self._sentences[article_id]:
                self._count(article_id, annotated, 1)
        return self._sentences[article_id]

    def _count(self, article: str, annotated: AnnotatedSentence, by: int) -> None:
        self._done[article] += by * annotated.done
        for span in annotated.annotation.spans:
            self._label_counts[article][span.label] += by
