"""What a session has read of the articles: those on the screen, and for searches the texts of all."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import RLock, current_thread, main_thread
from time import sleep

from msgspec import Struct
from msgspec.structs import replace

from annotator.checks.consistency import InconsistencyGroup, find_inconsistencies
from annotator.core.annotation import AnnotatedSentence, Annotation
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import AnnotatedLineIndex, Article, stand_in_article
from annotator.core.article_queue import ArticleQueue
from annotator.core.errors import DamagedArticleError
from annotator.core.label_pass import ALL_LABELS, LabelPass
from annotator.core.schema import Schema
from annotator.core.search_query import HighlightRange, QuerySubject, SearchQuery
from annotator.core.span_repair import MisalignedSpan, find_misaligned_spans, misaligned_spans
from annotator.storage.corpus_folder import CorpusFolder

# -- the articles of the screen, kept up to date edit by edit -----------------------------------
#
# A key must cost the same in an article of 10 sentences and in one of 10,000, so nothing here is
# computed again for an edit that leaves the sentences where they are.


class AnswerProgress(Struct, frozen=True):
    """How many sentences of an article, or of the corpus, have an answer."""

    done: int = 0
    total: int = 0


class ArticleCache:
    """The articles of a corpus with the sentences that are in the queue, and their counts."""

    def __init__(
        self,
        corpus: CorpusFolder,
        annotation_store: AnnotationStore,
        warn: Callable[[str], None] = lambda _: None,
        label_pass: LabelPass = ALL_LABELS,
    ) -> None:
        """Read nothing yet; ``warn`` gets a warning for each damaged article."""
        self._corpus = corpus
        self._label_pass = label_pass
        self._warn = warn
        self._annotation_store = annotation_store
        self._articles: dict[str, Article] = {}
        self._sentences: dict[str, list[AnnotatedSentence]] = {}
        self._sentence_tuples: dict[str, tuple[AnnotatedSentence, ...]] = {}
        self._entries: dict[str, tuple[AnnotatedSentence, ...]] = {}
        """By the first article of a group, the sentences of all."""
        self._entry_of: dict[str, str] = {}
        """By article, the first one of its group, once the sentences of all were asked for."""
        self._done: Counter[str] = Counter()
        self._label_counts: dict[str, Counter[str]] = {}

    def article(self, article_id: str) -> Article:
        """Return an article of the corpus; a damaged one has neither lines nor sentences."""
        if article_id not in self._articles:
            known = len(self._corpus.warnings)
            try:
                self._articles[article_id] = self._corpus.article(article_id)
            except DamagedArticleError as error:
                self._set_apart(article_id, error)
            for warning in self._corpus.warnings[known:]:
                self._warn(warning)
        return self._articles[article_id]

    def _set_apart(self, article_id: str, error: DamagedArticleError) -> None:
        """Go on without a damaged article: all others can be annotated."""
        self._articles[article_id] = stand_in_article(article_id)
        if article_id not in self._corpus.damaged_articles:
            self._corpus.set_article_apart(article_id, error)
            self._warn(self._corpus.warnings[-1])

    def sentences_of(self, article_id: str) -> tuple[AnnotatedSentence, ...]:
        """Return the sentences of an article that touch an annotated line; none of a replaced article."""
        if article_id not in self._sentence_tuples:
            self._sentence_tuples[article_id] = tuple(self._load(article_id))
        return self._sentence_tuples[article_id]

    def sentences_of_all(self, articles: Sequence[str]) -> tuple[AnnotatedSentence, ...]:
        """Return the sentences of the articles of an entry of the queue, one after the other."""
        first, *more = articles
        if not more:
            return self.sentences_of(first)
        if first not in self._entries:
            self._entries[first] = tuple(w for a in articles for w in self._load(a))
            self._entry_of |= dict.fromkeys(articles, first)
        return self._entries[first]

    def progress_of(self, *articles: str) -> AnswerProgress:
        """Return how far some articles are."""
        total = sum(len(self._load(a)) for a in articles)
        return AnswerProgress(sum(self._done[a] for a in articles), total)

    def progress_if_loaded(self, articles: Sequence[str]) -> AnswerProgress | None:
        """Return how far articles are, None where not all are in memory: kept up to date, it costs no count."""
        return self.progress_of(*articles) if all(a in self._sentences for a in articles) else None

    def label_counts_of(self, articles: Sequence[str]) -> Mapping[str, int]:
        """Return how many spans of each label articles have."""
        counts: Counter[str] = Counter()
        for article in articles:
            self._load(article)
            counts += self._label_counts[article]
        return counts

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
        self._entries.pop(self._entry_of.get(article, ""), None)

    def invalidate(self, article_id: str) -> None:
        """Read an article again: its lines have changed."""
        self._articles.pop(article_id, None)
        self._discard(article_id)

    def _discard(self, article_id: str) -> None:
        for kept in (self._sentences, self._sentence_tuples, self._label_counts, self._done):
            kept.pop(article_id, None)
        self._entries.pop(self._entry_of.get(article_id, ""), None)

    def _load(self, article_id: str) -> list[AnnotatedSentence]:
        if article_id not in self._sentences:
            annotated_sentences = self._stored_sentences(article_id)
            lines = AnnotatedLineIndex(self.article(article_id))
            self._sentences[article_id] = [
                w for w in annotated_sentences if lines.is_annotated(w.sentence.start, w.sentence.end)
            ]
            self._label_counts[article_id] = Counter()
            self._done[article_id] = 0
            for annotated in self._sentences[article_id]:
                self._count(article_id, annotated, 1)
        return self._sentences[article_id]

    def _stored_sentences(self, article_id: str) -> Sequence[AnnotatedSentence]:
        """Return all sentences of an article; none of a replaced or a damaged one."""
        if self.article(article_id).replaced_by or article_id in self._corpus.damaged_articles:
            return ()
        try:
            return self._annotation_store.sentences_of(article_id)
        except DamagedArticleError as error:
            self._set_apart(article_id, error)
            return ()

    def _count(self, article: str, annotated: AnnotatedSentence, by: int) -> None:
        self._done[article] += by * self._label_pass.is_done(annotated.annotation)
        for span in annotated.annotation.spans:
            self._label_counts[article][span.label] += by


# -- the texts of all sentences, for searches ---------------------------------------------------
#
# They are read once, without their tokens, and looked through in the background: every method may be called
# from any thread, takes what the annotator has touched as a value, and reads with a corpus of its own.


_READ_PAUSE_SECONDS = 0.001
"""Seconds that a background thread leaves to the others after it has read an article."""
MAX_LISTED_HITS = 1000
"""How many hits are listed; the others are only counted."""

TouchedSentences = Mapping[str, Sequence[AnnotatedSentence]]
"""Article id → the sentences that have a record."""
TouchedSentencesOf = Callable[[str], Sequence[AnnotatedSentence]]
"""The same as a function."""
ProblemSentenceIds = frozenset[str]
"""The ids of the sentences that are inconsistent with another one."""


class SearchableArticle(Struct, frozen=True):
    """What is kept of an article: its names, and its sentences without tokens and annotations."""

    title: str
    origin: str
    line_index: AnnotatedLineIndex
    annotated_sentences: tuple[AnnotatedSentence, ...]
    is_replaced: bool
    document: str = ""
    """The document that it is a part of."""
    is_doubtful: bool = False
    """Whether there is an open doubt about its lines."""

    @property
    def searchable_names(self) -> str:
        """What the article may be searched by."""
        return f"{self.title}\n{self.origin}\n{self.document}"


class SearchHit(Struct, frozen=True):
    """A sentence that a query holds for."""

    article: int
    """The article's number in the queue, from 0."""
    index: int
    """The sentence's number in the article, from 0."""
    title: str
    annotated: AnnotatedSentence
    """Without tokens where nobody has touched the sentence."""
    highlights: tuple[HighlightRange, ...]
    """What the query speaks of, in code points of the text."""


class SearchProgress(Struct, frozen=True):
    """What a search has found so far."""

    query: SearchQuery
    hits: tuple[SearchHit, ...] = ()
    total: int = 0
    articles_searched: int = 0
    done: bool = False
    error: str = ""


class SentenceSearch:
    """Looks through the sentences of a queue."""

    def __init__(self, path: Path, queue: ArticleQueue, label_pass: LabelPass) -> None:
        """Look through these articles of the corpus at ``path``; nothing is read yet."""
        self.label_pass = label_pass
        self._path = path
        self._queue = queue
        self._corpus: CorpusFolder | None = None
        self._articles: dict[str, SearchableArticle] = {}
        self._lock = RLock()

    @property
    def corpus(self) -> CorpusFolder:
        """The finder's own view of the corpus."""
        with self._lock:
            if self._corpus is None:
                self._corpus = CorpusFolder.open(self._path)
            return self._corpus

    def invalidate(self, article_id: str) -> None:
        """Read an article again: its lines have changed."""
        with self._lock:
            self._articles.pop(article_id, None)

    def article(self, article_id: str) -> SearchableArticle:
        """Return what is kept of an article; raises CorpusError where it can't be read."""
        known = self._articles.get(article_id)
        if known is not None:
            return known
        with self._lock:
            if article_id not in self._articles:
                self._articles[article_id] = self._read(article_id)
            page = self._articles[article_id]
        if current_thread() is not main_thread():
            sleep(_READ_PAUSE_SECONDS)  # else the screen thread would hardly ever get the lock
        return page

    def _read(self, article_id: str) -> SearchableArticle:
        try:
            article = self.corpus.article(article_id)
            stored = self.corpus.active_sentences(article)
        except DamagedArticleError:  # the session warns of it
            article, stored = stand_in_article(article_id), ()
        annotated_sentences = tuple(AnnotatedSentence(replace(s, tokens=())) for s in stored)
        return SearchableArticle(
            article.name,
            article.origin,
            AnnotatedLineIndex(article),
            annotated_sentences,
            bool(article.replaced_by),
            article.group.value if article.group else "",
            bool(article.doubt) and not article.replaced_by,
        )

    def sentences_of(self, article_id: str, touched: Sequence[AnnotatedSentence]) -> Sequence[AnnotatedSentence]:
        """Return the sentences of an article that are in the queue, the same ones as in the session."""
        page = self.article(article_id)
        if not touched or page.is_replaced:
            return page.annotated_sentences
        shown = [w for w in touched if page.line_index.is_annotated(w.sentence.start, w.sentence.end)]
        overlay = AnnotationStore(lambda _: [w.sentence for w in page.annotated_sentences])
        overlay.replace_sentences((), touched)
        bare = [w for w in overlay.sentences_of(article_id) if w.annotation == Annotation() and not w.sentence.tokens]
        return sorted([*bare, *shown], key=lambda w: w.sentence.start)

    def sentences_at(self, number: int, touched_of: TouchedSentencesOf) -> Sequence[AnnotatedSentence]:
        """Return the sentences of an entry of the queue, by number, the same ones as in the session."""
        first, *more = self._queue.members[number]
        if not more:
            return self.sentences_of(first, touched_of(first))
        return [w for a in (first, *more) for w in self.sentences_of(a, touched_of(a))]

    def progress_at(self, number: int, touched_of: TouchedSentencesOf) -> AnswerProgress:
        """Return how far an entry of the queue is."""
        annotated_sentences = self.sentences_at(number, touched_of)
        is_done = self.label_pass.is_done
        return AnswerProgress(sum(is_done(w.annotation) for w in annotated_sentences), len(annotated_sentences))

    def annotated_sentences(self, touched: TouchedSentences) -> list[AnnotatedSentence]:
        """Return the sentences with an annotation, in the order of the queue."""
        each = (self.sentences_of(a, touched[a]) for a in self._queue.articles if touched.get(a))
        return [w for annotated_sentences in each for w in annotated_sentences if w.annotation != Annotation()]

    def search(
        self, query: SearchQuery, touched: TouchedSentences, problems: ProblemSentenceIds = frozenset()
    ) -> Iterator[list[SearchHit]]:
        """Yield the hits of each article in the order of the queue; an empty list too, as a sign of life."""
        for number, article_id in enumerate(self._queue.ids):
            title = self.article(article_id).title
            annotated_sentences = self.sentences_at(number, lambda a: touched.get(a, ()))
            yield [
                SearchHit(number, i, title, w, query.highlights(w))
                for i, w in enumerate(annotated_sentences)
                if self.matches(query, w, problems)
            ]

    def progress(
        self,
        query: SearchQuery,
        touched: TouchedSentences,
        find_problems: Callable[[TouchedSentences], ProblemSentenceIds],
    ) -> Iterator[SearchProgress]:
        """Yield what is found so far after each article, with at most MAX_LISTED_HITS hits."""
        problems = find_problems(touched) if query.needs_problems else frozenset()
        hits: tuple[SearchHit, ...] = ()
        total = 0
        for n, more in enumerate(self.search(query, touched, problems), 1):
            total += len(more)
            hits += tuple(more[: MAX_LISTED_HITS - len(hits)])
            yield SearchProgress(query, hits, total, n)

    def matches(self, query: SearchQuery, annotated: AnnotatedSentence, problems: ProblemSentenceIds) -> bool:
        """Whether a query holds for a sentence."""
        problem = query.needs_problems and annotated.sentence.id in problems
        return query.matches(
            QuerySubject(
                annotated,
                self.article(annotated.sentence.article).searchable_names,
                problem,
                self.label_pass.is_done(annotated.annotation),
            )
        )


# -- problems: words not labelled alike, spans inside tokens -----------------------------------


ReviewItemKey = tuple[str, int, int, str]
"""Sentence id, start, end and label of a problem: two problems with the same key are the same."""


class ProblemFinder:
    """Finds problems and knows which of them the annotator has left as they are in this session."""

    def __init__(self, search: SentenceSearch, schema: Schema) -> None:
        """Find nothing yet."""
        self.skipped_proposals: set[ReviewItemKey] = set()
        self.skipped_repairs: set[ReviewItemKey] = set()
        self.unsettled: frozenset[str] = frozenset()
        """The ids of the sentences that two machines have left differently, or that are changed in a new version of
        their article, until they are annotated again."""
        self._search = search
        self._schema = schema
        self._version = 0
        self._inconsistencies: tuple[int, tuple[InconsistencyGroup, ...]] = (-1, ())

    def invalidate(self) -> None:
        """Look for inconsistencies again when they are asked for: something has changed."""
        self._version += 1

    def inconsistencies(self, touched: TouchedSentences) -> tuple[InconsistencyGroup, ...]:
        """Return the inconsistencies, the strongest first; computed once until something changes."""
        version, groups = self._inconsistencies
        if version != self._version:
            version = self._version
            found = find_inconsistencies(self._search.annotated_sentences(touched), self._schema)
            groups = tuple(g for group in found if (g := self._of_pass(group)).changes)
            self._inconsistencies = (version, groups)
        return groups

    def _of_pass(self, group: InconsistencyGroup) -> InconsistencyGroup:
        """Return a group without the changes of labels that are not looked at."""
        includes = self._search.label_pass.includes
        kept = (
            p
            for p in group.occurrences
            if p.is_consistent or all(includes(s.label) for s in (p.existing, p.proposed) if s)
        )
        return replace(group, occurrences=tuple(kept))

    def misaligned_spans(self, touched: TouchedSentences) -> tuple[MisalignedSpan, ...]:
        """Return the spans that begin or end inside a token; only articles that have one are read."""
        affected = {a: found for a, found in touched.items() if any(map(misaligned_spans, found))}
        found = find_misaligned_spans(self._search.annotated_sentences(affected))
        return tuple(x for x in found if self._search.label_pass.includes(x.span.label))

    def sentences_with_left(self, touched: TouchedSentences) -> list[AnnotatedSentence]:
        """Return the sentences that were accepted with a suggestion open, in the order of the queue."""
        left_in = self._search.label_pass.left_in
        affected = {a: found for a, found in touched.items() if any(left_in(w.annotation) for w in found)}
        return [w for w in self._search.annotated_sentences(affected) if left_in(w.annotation)]

    def problem_sentences(self, touched: TouchedSentences) -> ProblemSentenceIds:
        """Return the ids of the sentences with a problem that the annotator has not left as it is."""
        changes = (p for g in self.inconsistencies(touched) for p in g.changes)
        unlike = {p.annotated.sentence.id for p in changes if p.key not in self.skipped_proposals}
        waiting = (c for c in self.misaligned_spans(touched) if c.key not in self.skipped_repairs)
        return frozenset(unlike | {c.annotated.sentence.id for c in waiting} | self.unsettled)
