"""The way through the work: which sentences one goes through, and in what order.

Without a filter and by article the session goes on by itself. A filter leads Enter and the arrows
only to sentences that a query holds for; the order "unsure" leads Enter to those first whose
suggestions are the least sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from annotator.core.annotation import Work
from annotator.core.article import Sentence
from annotator.core.edits import Edit
from annotator.core.errors import RuleError
from annotator.core.inconsistent import Group, inconsistencies
from annotator.core.queue import ordered, place_of, uncertainty
from annotator.core.repairs import Case, cases, unaligned
from annotator.core.search import Query
from annotator.session.finder import Finder, Hit, Problems, Touched
from annotator.session.shelf import Progress
from annotator.session.state import Message
from annotator.storage.suggestions import suggestion_files
from annotator.suggest.desk import Desk

if TYPE_CHECKING:
    from annotator.session.session import Session

Score = tuple[float, int, int, str]
"""How unsure a sentence is, the number of its article, where it starts, and its id."""


_GROWN = 1.2
"""While the sentences are looked at, they are ranked anew when there are so many times as many."""


class Way:
    """Where a session goes next; its screen thread alone calls it, but for what says otherwise."""

    def __init__(self, session: Session) -> None:
        """Go by article, through all sentences."""
        self.finder = Finder(session.corpus.path, session.queue)
        self.query = Query()
        self.last_query = Query()
        """The query that was searched or filtered by last."""
        self.hits: tuple[Hit, ...] = ()
        """What the last search has found."""
        self.unsure = False
        self.left: set[tuple[str, int, int, str]] = set()
        """The proposals of the worklist that were turned down in this session."""
        self.unrepaired: set[tuple[str, int, int, str]] = set()
        """The spans inside tokens that were left as they are in this session."""
        self._session = session
        self._problems: Problems = frozenset()
        self._version = 0
        self._groups: tuple[int, tuple[Group, ...]] = (-1, ())
        self._each: dict[str, Progress] = {}
        self._sum = Progress()
        self._scores: list[Score] = []
        self._ranked: list[Score] = []
        self._scored = 0
        self._done: set[str] | None = None

    @property
    def special(self) -> bool:
        """Whether the way is another one than through all sentences by article."""
        return bool(self.query) or self.unsure

    @property
    def shown(self) -> str:
        """What the head row says of it; empty for the plain way."""
        parts = [f"filter: {self.query}"] if self.query else []
        if self.unsure:
            left = len(self._session.queue) - self._scored
            parts.append(f"unsure first, looked at {self._scored} articles" if left > 0 else "unsure first")
        return ", ".join(parts)

    @property
    def finished(self) -> str:
        """What is said where no open sentence is left on the way."""
        if self.query:
            return f"no open sentence is left that matches {self.query}: ` takes the filter off"
        return "every sentence is done: leave with Ctrl+C twice, then `annotator export`"

    # -- what the session tells ----------------------------------------------------------------

    def touched(self) -> dict[str, tuple[Work, ...]]:
        """Return what the annotator has touched, as a value that may go to another thread."""
        works = self._session.works
        return {a: works.touched(a) for a in works.articles}

    def changed(self, edit: Edit) -> None:
        """Take in an edit."""
        self._version += 1
        if self._done is not None:
            self._done.difference_update(w.sentence.id for w in edit.before)
            self._done.update(w.sentence.id for w in edit.after if w.done)
        for article in {w.sentence.article for w in edit.after}:
            if article in self._each:
                self._count(article)

    def forget(self, article_id: str) -> None:
        """Look at an article anew: its lines have changed."""
        self.finder.forget(article_id)
        self._version += 1
        if article_id in self._each:
            self._count(article_id)

    # -- counting ------------------------------------------------------------------------------

    def progress_of(self, article_id: str) -> Progress:
        """Return how far an article is, without keeping its tokens."""
        if article_id not in self._each:
            self._count(article_id)
        return self._each[article_id]

    @property
    def counted(self) -> Progress:
        """How far the corpus is; zeros while not every article has been counted."""
        return self._sum if len(self._each) >= len(self._session.queue) else Progress()

    def _count(self, article_id: str) -> None:
        old = self._each.get(article_id, Progress())
        new = self.finder.progress(article_id, self._session.works.touched(article_id))
        self._each[article_id] = new
        self._sum = Progress(self._sum.done + new.done - old.done, self._sum.total + new.total - old.total)

    # -- filter --------------------------------------------------------------------------------

    def use_filter(self, query: Query) -> None:
        """Go only through the sentences that a query holds for; the empty one is no filter.

        Which sentences have problems is looked up now and stays so until the filter is set again.
        """
        self.query = query
        self.last_query = query or self.last_query
        self._problems = self.problems(self.touched()) if query.asks_for_problems else frozenset()

    def groups(self, touched: Touched) -> tuple[Group, ...]:
        """Return the inconsistencies, the strongest first; may be called from any thread.

        They are looked for once, until something is changed.
        """
        version, groups = self._groups
        if version != self._version:
            version = self._version
            groups = inconsistencies(self.finder.seen(touched), self._session.schema)
            self._groups = (version, groups)
        return groups

    def problems(self, touched: Touched) -> Problems:
        """Return the sentences with something to be made consistent or to repair; any thread may call it."""
        changes = (p for g in self.groups(touched) for p in g.changes)
        waiting = (c for c in self.cases(touched) if c.key not in self.unrepaired)
        unlike = {p.work.sentence.id for p in changes if p.key not in self.left}
        return frozenset(unlike | {c.work.sentence.id for c in waiting})

    def cases(self, touched: Touched) -> tuple[Case, ...]:
        """Return the spans that begin or end inside a token; may be called from any thread."""
        there = {a: works for a, works in touched.items() if any(map(unaligned, works))}
        return tuple(cases(self.finder.seen(there)))  # no article is read in vain

    def leads_over(self, work: Work) -> bool:
        """Whether the filter holds for a sentence; without a filter it does."""
        return not self.query or self._matches(work)

    def _matches(self, work: Work) -> bool:
        return self.finder.holds(self.query, work, self._problems)

    def _works(self, number: int) -> Sequence[Work]:
        article = self._session.queue[number]
        return self.finder.works(article, self._session.works.touched(article))

    # -- going on ------------------------------------------------------------------------------

    def next_open(self) -> bool:
        """Go to the next sentence of the way that has no answer; False where there is none."""
        if self.unsure and self._most_unsure():
            return True
        n, here = len(self._session.queue), self._session.place
        for step in range(n + 1 if n else 0):
            number = (here.article + step) % n
            first = here.sentence + 1 if step == 0 else 0
            for i, work in enumerate(self._works(number)):
                if i >= first and not work.done and self._matches(work):
                    self._go(number, i)
                    return True
        return False

    def step(self, by: int) -> bool:
        """Go to the nearest sentence before (-1) or after (1) that the filter holds for."""
        here = self._session.place
        numbers = range(here.article, len(self._session.queue) if by > 0 else -1, by)
        for number in numbers:
            works = list(enumerate(self._works(number)))[::by]
            for i, work in works:
                beyond = number != here.article or (i - here.sentence) * by > 0
                if beyond and self._matches(work):
                    self._go(number, i)
                    return True
        side = "after" if by > 0 else "before"
        self._session.message = Message(f"no sentence {side} this one matches the filter")
        return False

    def jump(self, text: str) -> None:
        """Go to the sentence that a text such as ``12`` or ``3.12`` names; raises RuleError."""
        article, sentence = place_of(text)
        session = self._session
        number = session.place.article if article is None else article - 1
        if not 0 <= number < len(session.queue):
            raise RuleError(f"there is no article {article}", do=f"the corpus has {len(session.queue)}")
        count, wanted = len(session.works_of(session.queue[number])), 1 if sentence is None else sentence
        if not 1 <= wanted <= count:
            raise RuleError(f"there is no sentence {wanted}", do=f"article {number + 1} has {count}")
        self._go(number, wanted - 1)

    def next_hit(self, by: int) -> Hit:
        """Go to the next (1) or previous (-1) hit of the last search, round; raises RuleError."""
        if not self.hits:
            raise RuleError("there are no hits to go through", do="search with / first")
        here = (self._session.place.article, self._session.place.sentence)
        later = [n for n, h in enumerate(self.hits) if ((h.article, h.index) > here) is (by > 0)]
        later = [n for n in later if (self.hits[n].article, self.hits[n].index) != here]
        n = (later or range(len(self.hits)))[0 if by > 0 else -1]
        self.show(self.hits[n])
        self._session.message = Message(f"hit {n + 1} of {len(self.hits)}: {self.last_query}")
        return self.hits[n]

    def show(self, hit: Hit) -> None:
        """Go to a hit, or to the sentence that now holds its start."""
        if not self._session.go_to(hit.work.sentence.id):
            raise RuleError("the sentence is no longer in the queue", do="search again")

    def _go(self, number: int, index: int) -> None:
        place = self._session.place
        place.article, place.sentence = number, index

    # -- unsure first --------------------------------------------------------------------------

    def look(self, touched: Touched) -> Iterator[int]:
        """Look how unsure the open sentences are, one by one; to be run in one other thread.

        Yields after each sentence how many articles are done.
        """
        self._scores, self._ranked, self._scored = [], [], 0
        desk = Desk(self._session.schema, self._text, suggestion_files(self.finder.corpus.path))
        desk.changed((), [w for works in touched.values() for w in works])
        for number, article in enumerate(self._session.queue):
            for score in self._look_at(desk, number, article, touched.get(article, ())):
                self._scores.append(score)
                yield number
            self._scored = number + 1
            yield number + 1

    def _look_at(self, desk: Desk, number: int, article: str, touched: Sequence[Work]) -> Iterator[Score]:
        tokens = {(s.start, s.end): s for s in self._text(article)[1]}
        for work in self.finder.works(article, touched):
            s = work.sentence
            if not work.done:
                whole = Work(tokens.get((s.start, s.end), s), work.annotation)
                yield (uncertainty(desk.suggestions(whole)), number, s.start, s.id)

    def _text(self, article_id: str) -> tuple[str, Sequence[Sentence]]:
        corpus = self.finder.corpus
        return corpus.article(article_id).text, corpus.sentences(article_id)

    def _most_unsure(self) -> bool:
        """Go to the open sentence that is the least sure of those looked at; False where there is none."""
        looking = self._scored < len(self._session.queue)
        if len(self._scores) > len(self._ranked) * (_GROWN if looking else 1):
            self._ranked = ordered(tuple(self._scores), lambda x: x[0])
        if self._done is None:
            self._done = {w.sentence.id for works in self.touched().values() for w in works if w.done}
        place = self._session.place
        for _, number, start, sentence_id in self._ranked:
            if sentence_id in self._done:
                continue
            for i, work in enumerate(self._works(number)):
                here = (number, i) == (place.article, place.sentence)
                if work.sentence.start == start and not work.done and not here and self._matches(work):
                    self._go(number, i)
                    return True
        return False
