"""Where the annotator is, and where work goes on: moves, filter, order of work, search hits.

Without a filter and by article, work goes through all sentences of the queue. A filter leads Enter and
the arrows only to sentences that a query matches; the order "unsure first" leads Enter to the sentences
whose suggestions are the least sure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import Sentence
from annotator.core.article_queue import ArticleQueue
from annotator.core.edits import Edit
from annotator.core.errors import DamagedArticleError, RuleError
from annotator.core.schema import Schema
from annotator.core.search_query import SearchQuery, parse_sentence_number
from annotator.core.suggestion import suggestion_uncertainty
from annotator.session.sentence_search import (
    AnswerProgress,
    ArticleCache,
    ProblemFinder,
    ProblemSentenceIds,
    SearchHit,
    SentenceSearch,
    TouchedSentences,
)
from annotator.storage.suggestions import suggestion_files
from annotator.suggest.suggestion_service import SuggestionService

# -- the open sentences, those first whose suggestions are the least sure -----------------------


UncertaintyScore = tuple[float, int, int, str]
"""The uncertainty of a sentence, the number of its article, its start, and its id."""

_RERANK_GROWTH = 1.2
"""While scoring goes on, the sentences are ranked again when there are this many times as many."""


class UncertaintyRanking:
    """Scores the open sentences in another thread and ranks those scored so far."""

    def __init__(self, search: SentenceSearch, queue: ArticleQueue, schema: Schema) -> None:
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
            self._done.update(w.sentence.id for w in edit.after if self._is_done(w))

    def _is_done(self, annotated: AnnotatedSentence) -> bool:
        return self._search.label_pass.is_done(annotated.annotation)

    def score(self, touched: TouchedSentences) -> Iterator[int]:
        """Score the open sentences one by one, to be run in one other thread.

        Yields after each sentence how many articles are done.
        """
        self._scores, self._ranked, self.scored_articles = [], [], 0
        service = SuggestionService(self._schema, self._article_text, suggestion_files(self._search.corpus.path))
        service.update((), [w for sentences in touched.values() for w in sentences])
        for number, articles in enumerate(self._queue.members):
            for article in articles:
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
            if not self._is_done(annotated):
                whole = AnnotatedSentence(tokens.get((s.start, s.end), s), annotated.annotation)
                found = [x for x in service.suggestions(whole) if self._search.label_pass.includes(x.label)]
                yield (suggestion_uncertainty(found), number, s.start, s.id)

    def _article_text(self, article_id: str) -> tuple[str, Sequence[Sentence]]:
        corpus = self._search.corpus
        try:
            return corpus.article(article_id).text, corpus.sentences(article_id)
        except DamagedArticleError:
            return "", ()

    def open_sentences(self, touched: Callable[[], TouchedSentences]) -> Iterator[tuple[int, str, int]]:
        """Yield number, article and start of the open sentences scored so far, the least sure first."""
        growth = _RERANK_GROWTH if self.scored_articles < len(self._queue.ids) else 1
        if len(self._scores) > len(self._ranked) * growth:
            self._ranked = sorted(self._scores, key=lambda x: -x[0])
        if self._done is None:
            self._done = {w.sentence.id for found in touched().values() for w in found if self._is_done(w)}
        done = self._done
        return ((number, id_.partition(":")[0], start) for _, number, start, id_ in self._ranked if id_ not in done)


# -- the position in the queue ------------------------------------------------------------------


FIRST_SENTENCE_MESSAGE = "this is the first sentence"
LAST_SENTENCE_MESSAGE = "this is the last sentence"


class QueuePosition(Struct, frozen=True):
    """Where the annotator is: an article by number in the queue, a sentence by index in the article."""

    article: int = 0
    sentence: int = 0


class Navigation:
    """Holds the position in the queue and decides what comes next; the screen's thread alone calls it."""

    def __init__(
        self, queue: ArticleQueue, cache: ArticleCache, store: AnnotationStore, search: SentenceSearch, schema: Schema
    ) -> None:
        """Start before the first sentence: by article, through all sentences."""
        self.articles = queue
        self.queue = queue.ids
        """The ids of the articles, of a group that of its first one: what the numbers count."""
        self.position = QueuePosition()
        self.sentence_search = search
        self.problem_finder = ProblemFinder(search, schema)
        self.ranking = UncertaintyRanking(search, queue, schema)
        self.query = SearchQuery()
        self.last_query = SearchQuery()
        """The query of the last search or filter."""
        self.search_hits: tuple[SearchHit, ...] = ()
        """The hits of the last search."""
        self.uncertain_first = False
        self._cache = cache
        self._store = store
        self._problems: ProblemSentenceIds = frozenset()
        self._progress_by_article: dict[str, AnswerProgress] = {}
        self._total_progress = AnswerProgress()

    def start_at(self, sentence_id: str, last: AnnotatedSentence | None) -> None:
        """Go to a sentence by id, else to the one changed last or the next open one, else to the first."""
        if sentence_id and self.go_to(sentence_id):
            return
        if last and self.go_to(last.sentence.id):
            if self.is_done(self.article_sentences[self.position.sentence]):
                self.go_to_next_open()
            return
        self.position = QueuePosition(0, -1)  # before the first sentence, so that the search begins there
        if not self.queue or not self.go_to_next_open():
            self.position = QueuePosition()
            if not self.article_sentences:
                self.move_article(1)

    def is_done(self, annotated: AnnotatedSentence) -> bool:
        """Return True if nothing is left to do in a sentence for the labels that are looked at."""
        return self.sentence_search.label_pass.is_done(annotated.annotation)

    @property
    def article_sentences(self) -> tuple[AnnotatedSentence, ...]:
        """The sentences of the current article that are in the queue."""
        return self.sentences_at(self.position.article) if self.queue else ()

    def sentences_at(self, number: int) -> tuple[AnnotatedSentence, ...]:
        """Return the sentences of an article, or of all articles of a group, by number."""
        return self._cache.sentences_of_all(self.articles.members[number])

    @property
    def summary(self) -> str:
        """The filter and the order for the head row; empty without a filter and by article."""
        # That it is no hit comes first, so that no width hides it.
        text = f"filter: {self.query}{self.hit_text(' hit {}/{}')}" if self.at_match else f"no hit of {self.query}"
        parts = [text] if self.query else []
        if self.uncertain_first:
            ranked = self.ranking.scored_articles
            more = f", looked at {ranked} articles" if ranked < len(self.queue) else ""
            parts.append(f"unsure first{more}")
        return ", ".join(parts)

    def edge_message(self, by: int) -> str:
        """Return the message for a move that is not possible, back (-1) or on (1)."""
        if self.query:
            return f"no sentence {'after' if by > 0 else 'before'} this one matches the filter"
        return LAST_SENTENCE_MESSAGE if by > 0 else FIRST_SENTENCE_MESSAGE

    # -- changes of the annotations ----------------------------------------------------------------

    def touched_sentences(self) -> dict[str, tuple[AnnotatedSentence, ...]]:
        """Return the sentences with a record by article, as a value that may go to another thread."""
        return {a: self._store.touched_sentences_of(a) for a in self._store.touched_articles}

    def update(self, edit: Edit) -> None:
        """Take in an edit."""
        self.problem_finder.invalidate()
        self.problem_finder.unsettled -= {w.sentence.id for w in edit.before}
        self.ranking.update(edit)
        changed = {self.articles.entry_of(a) for w in edit.after if (a := w.sentence.article) in self.articles}
        for article in changed & self._progress_by_article.keys():
            self._count_article(article)

    def invalidate(self, article_id: str) -> None:
        """Read an article again: its lines have changed."""
        self.sentence_search.invalidate(article_id)
        self.problem_finder.invalidate()
        if (entry := self.articles.entry_of(article_id)) in self._progress_by_article:
            self._count_article(entry)

    # -- progress ----------------------------------------------------------------------------------

    def progress_of(self, article_id: str) -> AnswerProgress:
        """Return how many sentences of an article are done, without keeping its tokens."""
        if article_id not in self._progress_by_article:
            self._count_article(article_id)
        return self._progress_by_article[article_id]

    @property
    def corpus_progress(self) -> AnswerProgress:
        """How many sentences of the corpus are done; zeros until every article is counted."""
        complete = len(self._progress_by_article) >= len(self.queue)
        return self._total_progress if complete else AnswerProgress()

    def _count_article(self, article_id: str) -> None:
        old = self._progress_by_article.get(article_id, AnswerProgress())
        number = self.articles.number_of(article_id)
        new = self._cache.progress_if_loaded(self.articles.members[number]) or self.sentence_search.progress_at(
            number, self._store.touched_sentences_of
        )
        self._progress_by_article[article_id] = new
        self._total_progress = AnswerProgress(
            self._total_progress.done + new.done - old.done, self._total_progress.total + new.total - old.total
        )

    # -- filter ------------------------------------------------------------------------------------

    def set_filter(self, query: SearchQuery) -> None:
        """Go only through the sentences that a query matches; the empty query is no filter.

        The sentences with problems are looked up now and kept until the filter is set again.
        """
        self.query = query
        self.last_query = query or self.last_query
        touched: TouchedSentences = self.touched_sentences() if query.needs_problems else {}
        self._problems = self.problem_finder.problem_sentences(touched)

    def filter_by(self, query: SearchQuery) -> str:
        """Set the filter or take it off, and go to the nearest match if this sentence is none; return the message.

        Raises RuleError where nothing matches.
        """
        self.set_filter(query)
        if not query:
            return "filter off: all sentences again"
        if not self.at_match and not self._go_to_nearest_match(1) and not self._go_to_nearest_match(-1):
            self.set_filter(SearchQuery())
            raise RuleError(f"no sentence matches {query}; the filter is off", do="search with / first")
        return f"filter on: Enter and the arrows go only through what matches{self.hit_text(', hit {} of {}')}"

    def toggle_filter(self) -> str:
        """Filter by what was searched for last, or take the filter off; return the message."""
        return self.filter_by(SearchQuery() if self.query else self.last_query)

    def toggle_order(self) -> str:
        """Put the least sure sentences first, or go by article again; return the message."""
        self.uncertain_first = not self.uncertain_first
        if not self.uncertain_first:
            return "order: by article"
        return "order: Enter goes on with the sentence whose suggestions are the least sure"

    def hit_text(self, text: str) -> str:
        """Return ``text`` with the number of this sentence among the hits and theirs; empty if it is none of them."""
        here = (self.position.article, self.position.sentence)
        places = [(h.article, h.index) for h in self.search_hits] if self.query == self.last_query else []
        return text.format(places.index(here) + 1, len(places)) if here in places else ""

    @property
    def at_match(self) -> bool:
        """Whether the filter matches the active sentence; True without a filter."""
        sentences = self.article_sentences
        return not self.query or bool(sentences and self.matches_filter(sentences[self.position.sentence]))

    def matches_filter(self, annotated: AnnotatedSentence) -> bool:
        """Return True if the filter matches a sentence; without a filter every sentence matches."""
        return not self.query or self.sentence_search.matches(self.query, annotated, self._problems)

    def _searchable_sentences(self, number: int) -> Sequence[AnnotatedSentence]:
        return self.sentence_search.sentences_at(number, self._store.touched_sentences_of)

    # -- moves -------------------------------------------------------------------------------------

    def find(self, sentence_id: str) -> QueuePosition | None:
        """Return the position of a sentence, or of the one that holds its start now; None for none."""
        article, _, place = sentence_id.rpartition(":")
        first = place.partition("-")[0]
        if article not in self.articles or not first.isdecimal():
            return None
        number, start = self.articles.number_of(article), int(first)
        for i, annotated in enumerate(self.sentences_at(number)):
            s = annotated.sentence
            if s.article == article and s.start <= start < s.end:
                return QueuePosition(number, i)
        return None

    def go_to(self, sentence_id: str) -> bool:
        """Go to a sentence by id, or to the one that holds its start now; return False for none."""
        found = self.find(sentence_id)
        self.position = found or self.position
        return found is not None

    def has_work_at(self, number: int) -> bool:
        """Return True for an article with sentences, and for one without whose lines are doubtful."""
        article = self._cache.article(self.queue[number])
        return bool(self.sentences_at(number) or (article.doubt and not article.replaced_by))

    def go_to_article(self, number: int) -> bool:
        """Go to the first sentence of an article by number; return False if it has nothing to look at."""
        if self.has_work_at(number):
            self.position = QueuePosition(number, 0)
        return self.position == QueuePosition(number, 0)

    def move_in_article(self, to: int) -> None:
        """Go to a sentence of the article by index; -1 is the last."""
        self.position = QueuePosition(self.position.article, to % max(1, len(self.article_sentences)))

    def move_sentence(self, by: int) -> bool:
        """Go ``by`` sentences on, at the edge of the article to the next one; return False at the end.

        With a filter: to the nearest sentence that it matches.
        """
        if self.query:
            return self._go_to_nearest_match(by)
        to = self.position.sentence + by
        if 0 <= to < len(self.article_sentences):
            self.position = QueuePosition(self.position.article, to)
            return True
        return self.move_article(1 if by > 0 else -1, last=by < 0)

    def move_article(self, by: int, *, last: bool = False) -> bool:
        """Go to the next (1) or previous (-1) article with something to look at: to its first sentence, or its last."""
        to = self.position.article + by
        while 0 <= to < len(self.queue):
            if self.has_work_at(to):
                self.position = QueuePosition(to, max(0, len(self.sentences_at(to)) - 1) if last else 0)
                return True
            to += by
        return False

    def _go_to_nearest_match(self, by: int) -> bool:
        here = self.position
        for number in range(here.article, len(self.queue) if by > 0 else -1, by):
            for i, annotated in list(enumerate(self._searchable_sentences(number)))[::by]:
                beyond = number != here.article or (i - here.sentence) * by > 0
                if beyond and self.matches_filter(annotated):
                    self.position = QueuePosition(number, i)
                    return True
        return False

    def go_to_next_open(self) -> bool:
        """Go to the next sentence without an answer, at the end from the start again; False if all are done.

        Filter and order decide which sentence is the next one.
        """
        if self.uncertain_first and self._go_to_most_uncertain():
            return True
        # Without a filter the next sentence is needed with its tokens; with one, many are only looked at.
        sentences_at: Callable[[int], Sequence[AnnotatedSentence]] = (
            self._searchable_sentences if self.query or self.uncertain_first else self.sentences_at
        )
        n, here = len(self.queue), self.position
        for step in range(n + 1 if n else 0):
            number = (here.article + step) % n
            first = here.sentence + 1 if step == 0 else 0
            for i, annotated in enumerate(sentences_at(number)):
                if i >= first and not self.is_done(annotated) and self.matches_filter(annotated):
                    self.position = QueuePosition(number, i)
                    return True
        return False

    def _go_to_most_uncertain(self) -> bool:
        for number, article, start in self.ranking.open_sentences(self.touched_sentences):
            for i, annotated in enumerate(self._searchable_sentences(number)):
                to = QueuePosition(number, i)
                s = annotated.sentence
                open_ = (s.article, s.start) == (article, start) and not self.is_done(annotated)
                if open_ and to != self.position and self.matches_filter(annotated):
                    self.position = to
                    return True
        return False

    def jump_to(self, text: str) -> None:
        """Go to the sentence that a text such as ``12`` or ``3.12`` names; raises RuleError."""
        article, sentence = parse_sentence_number(text)
        number = self.position.article if article is None else article - 1
        if not 0 <= number < len(self.queue):
            raise RuleError(f"there is no article {article}", do=f"the corpus has {len(self.queue)}")
        count, wanted = len(self.sentences_at(number)), 1 if sentence is None else sentence
        if not 1 <= wanted <= count:
            raise RuleError(f"there is no sentence {wanted}", do=f"article {number + 1} has {count}")
        self.position = QueuePosition(number, wanted - 1)

    def go_to_next_hit(self, by: int) -> int:
        """Go to the next (1) or previous (-1) hit of the last search, round; return its index.

        Raises RuleError without hits.
        """
        if not self.search_hits:
            raise RuleError("there are no hits to go through", do="search with / first")
        here = (self.position.article, self.position.sentence)
        places = [(h.article, h.index) for h in self.search_hits]
        beyond = [n for n, place in enumerate(places) if (place > here if by > 0 else place < here)]
        n = (beyond or range(len(places)))[0 if by > 0 else -1]
        self.go_to_hit(self.search_hits[n])
        return n

    def go_to_hit(self, hit: SearchHit) -> None:
        """Go to a hit, or to the sentence that now holds its start; raises RuleError outside the queue."""
        if not self.go_to(hit.annotated.sentence.id):
            raise RuleError("the sentence is no longer in the queue", do="search again")
