"""The way through the work: which sentences one goes through, and in what order.

Without a filter and by article the session goes on by itself. A filter leads Enter and the arrows
only to sentences that a query holds for; the order "unsure" leads Enter to those first whose
suggestions are the least sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from annotator.checks.consistency import InconsistencyGroup, find_inconsistencies
from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import Sentence
from annotator.core.edits import Edit
from annotator.core.errors import RuleError
from annotator.core.search_query import SearchQuery
from annotator.core.sentence_order import parse_sentence_number, sorted_descending, suggestion_uncertainty
from annotator.core.span_repair import MisalignedSpan, find_misaligned_spans, misaligned_spans
from annotator.session.article_cache import AnswerProgress
from annotator.session.sentence_search import ProblemSentenceIds, SearchHit, SentenceSearch, TouchedSentences
from annotator.session.state import StatusMessage
from annotator.storage.suggestions import suggestion_files
from annotator.suggest.suggestion_service import SuggestionService

if TYPE_CHECKING:
    from annotator.session.session import AnnotationSession

UncertaintyScore = tuple[float, int, int, str]
"""How unsure a sentence is, the number of its article, where it starts, and its id."""


_RERANK_GROWTH = 1.2
"""While the sentences are looked at, they are ranked anew when there are so many times as many."""


class Navigation:
    """Where a session goes next; its screen thread alone calls it, but for what says otherwise."""

    def __init__(self, session: AnnotationSession) -> None:
        """Go by article, through all sentences."""
        self.sentence_search = SentenceSearch(session.corpus.path, session.queue)
        self.query = SearchQuery()
        self.last_query = SearchQuery()
        """The query that was searched or filtered by last."""
        self.search_hits: tuple[SearchHit, ...] = ()
        """What the last search has found."""
        self.uncertain_first = False
        self.skipped_proposals: set[tuple[str, int, int, str]] = set()
        """The proposals of the worklist that were turned down in this session."""
        self.skipped_repairs: set[tuple[str, int, int, str]] = set()
        """The spans inside tokens that were left as they are in this session."""
        self._session = session
        self._problems: ProblemSentenceIds = frozenset()
        self._version = 0
        self._inconsistencies: tuple[int, tuple[InconsistencyGroup, ...]] = (-1, ())
        self._progress_by_article: dict[str, AnswerProgress] = {}
        self._total_progress = AnswerProgress()
        self._scores: list[UncertaintyScore] = []
        self._ranked: list[UncertaintyScore] = []
        self._scored_articles = 0
        self._done: set[str] | None = None

    @property
    def is_customized(self) -> bool:
        """Whether the way is another one than through all sentences by article."""
        return bool(self.query) or self.uncertain_first

    @property
    def summary(self) -> str:
        """What the head row says of it; empty for the plain way."""
        parts = [f"filter: {self.query}"] if self.query else []
        if self.uncertain_first:
            left = len(self._session.queue) - self._scored_articles
            parts.append(
                f"unsure first, looked at {self._scored_articles} articles" if left > 0 else "unsure first"
            )
        return ", ".join(parts)

    @property
    def finished_message(self) -> str:
        """What is said where no open sentence is left on the way."""
        if self.query:
            return f"no open sentence is left that matches {self.query}: ` takes the filter off"
        return "every sentence is done: leave with Ctrl+C twice, then `annotator export`"

    # -- what the session tells ----------------------------------------------------------------

    def touched_sentences(self) -> dict[str, tuple[AnnotatedSentence, ...]]:
        """Return what the annotator has touched, as a value that may go to another thread."""
        store = self._session.annotation_store
        return {a: store.touched_sentences_of(a) for a in store.touched_articles}

    def update(self, edit: Edit) -> None:
        """Take in an edit."""
        self._version += 1
        if self._done is not None:
            self._done.difference_update(w.sentence.id for w in edit.before)
            self._done.update(w.sentence.id for w in edit.after if w.done)
        for article in {w.sentence.article for w in edit.after}:
            if article in self._progress_by_article:
                self._count_article(article)

    def invalidate(self, article_id: str) -> None:
        """Look at an article anew: its lines have changed."""
        self.sentence_search.invalidate(article_id)
        self._version += 1
        if article_id in self._progress_by_article:
            self._count_article(article_id)

    # -- counting ------------------------------------------------------------------------------

    def progress_of(self, article_id: str) -> AnswerProgress:
        """Return how far an article is, without keeping its tokens."""
        if article_id not in self._progress_by_article:
            self._count_article(article_id)
        return self._progress_by_article[article_id]

    @property
    def corpus_progress(self) -> AnswerProgress:
        """How far the corpus is; zeros while not every article has been counted."""
        return (
            self._total_progress
            if len(self._progress_by_article) >= len(self._session.queue)
            else AnswerProgress()
        )

    def _count_article(self, article_id: str) -> None:
        old = self._progress_by_article.get(article_id, AnswerProgress())
        new = self.sentence_search.progress_of(
            article_id, self._session.annotation_store.touched_sentences_of(article_id)
        )
        self._progress_by_article[article_id] = new
        self._total_progress = AnswerProgress(
            self._total_progress.done + new.done - old.done,
            self._total_progress.total + new.total - old.total,
        )

    # -- filter --------------------------------------------------------------------------------

    def set_filter(self, query: SearchQuery) -> None:
        """Go only through the sentences that a query holds for; the empty one is no filter.

        Which sentences have problems is looked up now and stays so until the filter is set again.
        """
        self.query = query
        self.last_query = query or self.last_query
        self._problems = (
            self.problem_sentences(self.touched_sentences()) if query.needs_problems else frozenset()
        )

    def inconsistencies(self, touched: TouchedSentences) -> tuple[InconsistencyGroup, ...]:
        """Return the inconsistencies, the strongest first; may be called from any thread.

        They are looked for once, until something is changed.
        """
        version, groups = self._inconsistencies
        if version != self._version:
            version = self._version
            groups = find_inconsistencies(
                self.sentence_search.annotated_sentences(touched), self._session.schema
            )
            self._inconsistencies = (version, groups)
        return groups

    def problem_sentences(self, touched: TouchedSentences) -> ProblemSentenceIds:
        """Return the sentences with something to be made consistent or to repair; any thread may call it."""
        changes = (p for g in self.inconsistencies(touched) for p in g.changes)
        waiting = (c for c in self.misaligned_spans(touched) if c.key not in self.skipped_repairs)
        unlike = {p.annotated.sentence.id for p in changes if p.key not in self.skipped_proposals}
        return frozenset(unlike | {c.annotated.sentence.id for c in waiting})

    def misaligned_spans(self, touched: TouchedSentences) -> tuple[MisalignedSpan, ...]:
        """Return the spans that begin or end inside a token; may be called from any thread."""
        there = {
            a: annotated_sentences
            for a, annotated_sentences in touched.items()
            if any(map(misaligned_spans, annotated_sentences))
        }
        return tuple(
            find_misaligned_spans(self.sentence_search.annotated_sentences(there))
        )  # no article is read in vain

    def matches_filter(self, annotated: AnnotatedSentence) -> bool:
        """Whether the filter holds for a sentence; without a filter it does."""
        return not self.query or self._matches(annotated)

    def _matches(self, annotated: AnnotatedSentence) -> bool:
        return self.sentence_search.matches(self.query, annotated, self._problems)

    def _sentences_of(self, number: int) -> Sequence[AnnotatedSentence]:
        article = self._session.queue[number]
        return self.sentence_search.sentences_of(
            article, self._session.annotation_store.touched_sentences_of(article)
        )

    # -- going on ------------------------------------------------------------------------------

    def go_to_next_open(self) -> bool:
        """Go to the next sentence of the way that has no answer; False where there is none."""
        if self.uncertain_first and self._go_to_most_uncertain():
            return True
        n, here = len(self._session.queue), self._session.position
        for step in range(n + 1 if n else 0):
            number = (here.article + step) % n
            first = here.sentence + 1 if step == 0 else 0
            for i, annotated in enumerate(self._sentences_of(number)):
                if i >= first and not annotated.done and self._matches(annotated):
                    self._go_to(number, i)
                    return True
        return False

    def go_to_nearest_match(self, by: int) -> bool:
        """Go to the nearest sentence before (-1) or after (1) that the filter holds for."""
        here = self._session.position
        numbers = range(here.article, len(self._session.queue) if by > 0 else -1, by)
        for number in numbers:
            annotated_sentences = list(enumerate(self._sentences_of(number)))[::by]
            for i, annotated in annotated_sentences:
                beyond = number != here.article or (i - here.sentence) * by > 0
                if beyond and self._matches(annotated):
                    self._go_to(number, i)
                    return True
        side = "after" if by > 0 else "before"
        self._session.message = StatusMessage(f"no sentence {side} this one matches the filter")
        return False

    def jump_to(self, text: str) -> None:
        """Go to the sentence that a text such as ``12`` or ``3.12`` names; raises RuleError."""
        article, sentence = parse_sentence_number(text)
        session = self._session
        number = session.position.article if article is None else article - 1
        if not 0 <= number < len(session.queue):
            raise RuleError(f"there is no article {article}", do=f"the corpus has {len(session.queue)}")
        count, wanted = len(session.sentences_of(session.queue[number])), 1 if sentence is None else sentence
        if not 1 <= wanted <= count:
            raise RuleError(f"there is no sentence {wanted}", do=f"article {number + 1} has {count}")
        self._go_to(number, wanted - 1)

    def go_to_next_hit(self, by: int) -> SearchHit:
        """Go to the next (1) or previous (-1) hit of the last search, round; raises RuleError."""
        if not self.search_hits:
            raise RuleError("there are no hits to go through", do="search with / first")
        here = (self._session.position.article, self._session.position.sentence)
        later = [n for n, h in enumerate(self.search_hits) if ((h.article, h.index) > here) is (by > 0)]
        later = [n for n in later if (self.search_hits[n].article, self.search_hits[n].index) != here]
        n = (later or range(len(self.search_hits)))[0 if by > 0 else -1]
        self.go_to_hit(self.search_hits[n])
        self._session.message = StatusMessage(f"hit {n + 1} of {len(self.search_hits)}: {self.last_query}")
        return self.search_hits[n]

    def go_to_hit(self, hit: SearchHit) -> None:
        """Go to a hit, or to the sentence that now holds its start."""
        if not self._session.go_to(hit.annotated.sentence.id):
            raise RuleError("the sentence is no longer in the queue", do="search again")

    def _go_to(self, number: int, index: int) -> None:
        place = self._session.position
        place.article, place.sentence = number, index

    # -- unsure first --------------------------------------------------------------------------

    def score_sentences(self, touched: TouchedSentences) -> Iterator[int]:
        """Look how unsure the open sentences are, one by one; to be run in one other thread.

        Yields after each sentence how many articles are done.
        """
        self._scores, self._ranked, self._scored_articles = [], [], 0
        suggestion_service = SuggestionService(
            self._session.schema, self._article_text, suggestion_files(self.sentence_search.corpus.path)
        )
        suggestion_service.update(
            (), [w for annotated_sentences in touched.values() for w in annotated_sentences]
        )
        for number, article in enumerate(self._session.queue):
            for score in self._score_article(suggestion_service, number, article, touched.get(article, ())):
                self._scores.append(score)
                yield number
            self._scored_articles = number + 1
            yield number + 1

    def _score_article(
        self,
        suggestion_service: SuggestionService,
        number: int,
        article: str,
        touched: Sequence[AnnotatedSentence],
    ) -> Iterator[UncertaintyScore]:
        tokens = {(s.start, s.end): s for s in self._article_text(article)[1]}
        for annotated in self.sentence_search.sentences_of(article, touched):
            s = annotated.sentence
            if not annotated.done:
                whole = AnnotatedSentence(tokens.get((s.start, s.end), s), annotated.annotation)
                yield (suggestion_uncertainty(suggestion_service.suggestions(whole)), number, s.start, s.id)

    def _article_text(self, article_id: str) -> tuple[str, Sequence[Sentence]]:
        corpus = self.sentence_search.corpus
        return corpus.article(article_id).text, corpus.sentences(article_id)

    def _go_to_most_uncertain(self) -> bool:
        """Go to the open sentence that is the least sure of those looked at; False where there is none."""
        looking = self._scored_articles < len(self._session.queue)
        if len(self._scores) > len(self._ranked) * (_RERANK_GROWTH if looking else 1):
            self._ranked = sorted_descending(tuple(self._scores), lambda x: x[0])
        if self._done is None:
            self._done = {
                w.sentence.id
                for annotated_sentences in self.touched_sentences().values()
                for w in annotated_sentences
                if w.done
            }
        place = self._session.position
        for _, number, start, sentence_id in self._ranked:
            if sentence_id in self._done:
                continue
            for i, annotated in enumerate(self._sentences_of(number)):
                here = (number, i) == (place.article, place.sentence)
                if (
                    annotated.sentence.start == start
                    and not annotated.done
                    and not here
                    and self._matches(annotated)
                ):
                    self._go_to(number, i)
                    return True
        return False
