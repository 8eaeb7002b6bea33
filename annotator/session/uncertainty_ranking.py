"""The open sentences of a corpus, those first whose suggestions are the least sure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import Sentence
from annotator.core.edits import Edit
from annotator.core.schema import Schema
from annotator.core.suggestion import suggestion_uncertainty
from annotator.session.sentence_search import SentenceSearch, TouchedSentences
from annotator.storage.suggestions import suggestion_files
from annotator.suggest.suggestion_service import SuggestionService

UncertaintyScore = tuple[float, int, int, str]
"""The uncertainty of a sentence, the number of its article, its start, and its id."""

_RERANK_GROWTH = 1.2
"""While scoring goes on, the sentences are ranked again when there are this many times as many."""


class UncertaintyRanking:
    """Scores the open sentences in another thread and ranks those scored so far."""

    def __init__(self, search: SentenceSearch, queue: Sequence[str], schema: Schema) -> None:
        """Score nothing yet."""
        self.scored_articles = 0
        self._search = search
        self._queue = queue
        self._schema = schema
        self._scores: list[UncertaintyScore] = []
        self._ranked: list[UncertaintyScore] = []
        self._done: set[str] | None = None

    def update(self, edit: Edit) -> None:
        """Take in an edit."""
        if self._done is not None:
            self._done.difference_update(w.sentence.id for w in edit.before)
            self._done.update(w.sentence.id for w in edit.after if w.done)

    def score(self, touched: TouchedSentences) -> Iterator[int]:
        """Score the open sentences one by one, to be run in one other thread.

        Yields after each sentence how many articles are done.
        """
        self._scores, self._ranked, self.scored_articles = [], [], 0
        service = SuggestionService(self._schema, self._article_text, suggestion_files(self._search.corpus.path))
        service.update((), [w for sentences in touched.values() for w in sentences])
        for number, article in enumerate(self._queue):
            for score in self._score_article(service, number, article, touched.get(article, ())):
                self._scores.append(score)
                yield number
            self.scored_articles = number + 1
            yield number + 1

    def _score_article(
        self, service: SuggestionService, number: int, article: str, touched: Sequence[AnnotatedSentence]
    ) -> Iterator[UncertaintyScore]:
        tokens = {(s.start, s.end): s for s in self._article_text(article)[1]}
        for annotated in self._search.sentences_of(article, touched):
            s = annotated.sentence
            if not annotated.done:
                whole = AnnotatedSentence(tokens.get((s.start, s.end), s), annotated.annotation)
                yield (suggestion_uncertainty(service.suggestions(whole)), number, s.start, s.id)

    def _article_text(self, article_id: str) -> tuple[str, Sequence[Sentence]]:
        corpus = self._search.corpus
        return corpus.article(article_id).text, corpus.sentences(article_id)

    def open_sentences(self, touched: Callable[[], TouchedSentences]) -> Iterator[tuple[int, int]]:
        """Yield article number and start of the open sentences scored so far, the least sure first."""
        growth = _RERANK_GROWTH if self.scored_articles < len(self._queue) else 1
        if len(self._scores) > len(self._ranked) * growth:
            self._ranked = sorted(self._scores, key=lambda x: -x[0])
        if self._done is None:
            self._done = {w.sentence.id for found in touched().values() for w in found if w.done}
        done = self._done
        return ((number, start) for _, number, start, id_ in self._ranked if id_ not in done)
