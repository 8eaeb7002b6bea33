"""The overview of a corpus: its problems by sentence, and its articles in a chosen order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from annotator.checks.consistency import InconsistencyGroup, WordOccurrence
from annotator.core.annotation import AnnotatedSentence
from annotator.core.errors import RuleError
from annotator.core.span_repair import MisalignedSpan
from annotator.session.actions.annotation_actions import count_left
from annotator.session.session import AnnotationSession

ARTICLE_ORDERS = ("as they came", "least done first", "most problems first", "most flags and notes first")


class InconsistentPlace(Struct, frozen=True):
    """A place that is not labelled like most others."""

    group: InconsistencyGroup
    place: WordOccurrence
    majority: Sequence[int]
    """The numbers, from 1, of the sentences of the same article that are like most."""


SentenceProblem = MisalignedSpan | InconsistentPlace


class ArticleListItem(Struct, frozen=True):
    """An article as the list of articles shows it."""

    title: str
    done: int
    total: int
    signs: str = ""
    """What there is to look at: ``#`` doubtful lines, ``!`` problems, ``?`` what was left, ``f`` flags, ``n`` notes."""


class CorpusOverview:
    """Summarises the articles of a session; it changes nothing."""

    def __init__(self, session: AnnotationSession) -> None:
        """Start with the articles as they came, and without problems."""
        self.order = 0
        """How the articles are sorted: an index of ARTICLE_ORDERS."""
        self.articles = list(range(len(session.queue)))
        """The numbers of the articles in the chosen order."""
        self.left = 0
        """How many suggestions of the corpus accepts have left that the user should hear of."""
        self._session = session
        self._problems: dict[str, dict[str, list[SentenceProblem]]] = {}

    def set_problems(self, groups: Iterable[InconsistencyGroup], misaligned_spans: Iterable[MisalignedSpan]) -> bool:
        """Take in the problems of the corpus and return whether they are others than before.

        Places that the annotator has left as they are do not count.
        """
        skipped = self._session.navigation.problem_finder.skipped_proposals
        old, self._problems = self._problems, defaultdict(lambda: defaultdict(list))
        for span in misaligned_spans:
            self._add(span.annotated, span)
        for group in groups:
            places = [p for p in group.changes if p.key not in skipped]
            majority = self._majority(group) if places else {}
            for place in places:
                numbers = majority.get(self._entry(place.annotated), ())
                self._add(place.annotated, InconsistentPlace(group, place, numbers))
        return self._problems != old

    def _add(self, annotated: AnnotatedSentence, problem: SentenceProblem) -> None:
        self._problems[self._entry(annotated)][annotated.sentence.id].append(problem)

    def _entry(self, annotated: AnnotatedSentence) -> str:
        """Return the id of the article of a sentence, of a group that of its first one."""
        return self._session.navigation.articles.entry_of(annotated.sentence.article)

    def _majority(self, group: InconsistencyGroup) -> dict[str, list[int]]:
        """Return the numbers of the sentences that are like most, by article."""
        out: dict[str, set[int]] = defaultdict(set)
        for place in group.occurrences:
            if place.is_consistent:
                out[self._entry(place.annotated)].add(self._session.sentence_number(place.annotated.sentence)[1])
        return {article: sorted(numbers) for article, numbers in out.items()}

    def current_problems(self) -> dict[int, list[SentenceProblem]]:
        """Return the problems of the current article by the index of the sentence."""
        mine = self._problems.get(self._session.queue[self._session.position.article], {})
        sentences = self._session.article_sentences if mine else ()
        return {i: mine[w.sentence.id] for i, w in enumerate(sentences) if w.sentence.id in mine}

    def summary_of(self, article_id: str) -> ArticleListItem:
        """Return what the list of articles shows of one, or of a group by its first one."""
        navigation = self._session.navigation
        progress, touched = navigation.progress_of(article_id), self._touched_sentences(article_id)
        problems, left = len(self._problems.get(article_id, ())), count_left(touched, self._session.label_pass)
        listed = navigation.sentence_search.article(article_id)
        counts = (listed.is_doubtful, problems, left, *self._flag_and_note_counts(article_id))
        signs = "".join(sign if n else "" for sign, n in zip("#!?fn", counts, strict=True))
        return ArticleListItem(listed.title, progress.done, progress.total, signs)

    def _flag_and_note_counts(self, article_id: str) -> tuple[int, int]:
        """Return how many sentences of an article are flagged, and how many have a note."""
        touched = self._touched_sentences(article_id)
        return sum(w.annotation.flagged for w in touched), sum(bool(w.annotation.note) for w in touched)

    def _touched_sentences(self, article_id: str) -> Sequence[AnnotatedSentence]:
        """Return the sentences with a record of an article, or of a group by its first one."""
        articles = self._session.navigation.articles
        store = self._session.annotation_store
        members = articles.members[articles.number_of(article_id)]
        return [w for a in members for w in store.touched_sentences_of(a)]

    def sort_next(self) -> None:
        """Sort the articles another way; raises RuleError while a large corpus is not counted yet."""
        queue = self._session.queue
        if len(queue) > 1 and not self._session.corpus_progress.total:
            raise RuleError("still counting: sort in a moment")
        self.order = (self.order + 1) % len(ARTICLE_ORDERS)
        weights: tuple[Callable[[str], float], ...] = (
            lambda _: 0.0,
            lambda a: -self._share_done(a),
            lambda a: len(self._problems.get(a, ())),
            lambda a: sum(self._flag_and_note_counts(a)),
        )
        weight = {a: weights[self.order](a) for a in queue}
        self.articles = sorted(range(len(queue)), key=lambda n: (-weight[queue[n]], n))

    def _share_done(self, article_id: str) -> float:
        """Return how much of an article is done; one without sentences is."""
        progress = self._session.navigation.progress_of(article_id)
        return progress.done / progress.total if progress.total else 1.0

    def neighbour(self, by: int) -> int | None:
        """Return the number of the next (1) or previous (-1) article in the chosen order with something to look at."""
        at = self.articles.index(self._session.position.article)
        following = self.articles[at + 1 :] if by > 0 else self.articles[:at][::-1]
        return next((n for n in following if self._session.navigation.has_work_at(n)), None)
