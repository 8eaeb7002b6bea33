"""All works of one annotator: the stored sentences, overlaid with what the journal says.

A sentence that nobody has touched comes from ``base``. One that was edited, joined or split
comes from the overlay and hides every base sentence that it shares text with.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Sequence

from annotator.core.annotation import Work
from annotator.core.article import Sentence
from annotator.core.edits import Edit, Op
from annotator.core.errors import RuleError
from annotator.core.history import History
from annotator.core.record import Record

Place = tuple[int, int]


class Works:
    """What one annotator has made of each article."""

    def __init__(self, base: Callable[[str], Sequence[Sentence]]) -> None:
        """Start with nothing touched; ``base`` gives the stored sentences of an article id."""
        self._base = base
        self._touched: dict[str, dict[Place, Work]] = {}
        self._places: dict[str, list[Place]] = {}
        self._seqs: dict[str, int] = {}

    def of(self, article: str) -> tuple[Work, ...]:
        """Return the works of an article in text order."""
        touched = self._touched.get(article, {})
        places = self._places.get(article, [])
        kept = [Work(s) for s in self._base(article) if not _overlap(places, (s.start, s.end))]
        return tuple(sorted([*kept, *touched.values()], key=lambda w: w.sentence.start))

    def touched(self, article: str) -> tuple[Work, ...]:
        """Return the works of an article that have a record, in text order."""
        touched = self._touched.get(article, {})
        return tuple(touched[p] for p in self._places.get(article, []))

    @property
    def articles(self) -> tuple[str, ...]:
        """The ids of the articles that have a record, in the order of their first one."""
        return tuple(a for a, t in self._touched.items() if t)

    def seq(self, sentence_id: str) -> int | None:
        """Return the ``seq`` of a sentence's last record, or None."""
        return self._seqs.get(sentence_id)

    def apply(self, edit: Edit) -> None:
        """Replace the works before the edit by those after it.

        Raises RuleError, and changes nothing, where a work is not as the edit found it.
        """
        for work in edit.before:
            now = self._touched.get(work.sentence.article, {}).get(_place(work))
            if now is not None and now.annotation != work.annotation:
                raise RuleError(
                    "the sentence has changed since", where=work.sentence.id, do="look at it and try again"
                )
        self.put(edit.before, edit.after)

    def put(self, before: Iterable[Work], after: Iterable[Work]) -> None:
        """Take the one set of works out and the other in."""
        for work in before:
            article, place = work.sentence.article, _place(work)
            if self._touched.get(article, {}).pop(place, None) is not None:
                self._places[article].remove(place)
        for work in after:
            article, place = work.sentence.article, _place(work)
            there = self._touched.setdefault(article, {})
            if place not in there:
                insort(self._places.setdefault(article, []), place)
            there[place] = work

    def overlapping(self, article: str, start: int, end: int) -> tuple[Work, ...]:
        """Return the works that share text with ``[start, end)`` of the article."""
        return tuple(w for w in self.of(article) if w.sentence.start < end and start < w.sentence.end)

    def note_seq(self, record: Record) -> None:
        """Remember the last record of a sentence."""
        self._seqs[record.work.sentence.id] = record.seq

    def replay(self, records: Iterable[Record]) -> History:
        """Take in the records of a journal, oldest first, and return the history that they make."""
        history = History()
        for step in _steps(records):
            self._replay_step(step, history)
        return history

    def _replay_step(self, step: Sequence[Record], history: History) -> None:
        after = tuple(r.work for r in step)
        op = step[0].op
        edit = _taken_from(history, op, after)
        if edit is None:
            edit = Edit(op, self._before(op, after), after)
            history.did(edit)
        if op is Op.MIGRATE:  # what was done before has labels that the schema may not have any more
            history.done.clear()
        self.put(edit.before, ())
        self.put((), edit.after)
        for record in step:
            self.note_seq(record)

    def _before(self, op: Op, after: tuple[Work, ...]) -> tuple[Work, ...]:
        """Return the works that ``after`` takes the place of."""
        if op in {Op.EDIT, Op.ANSWER, Op.NOTE, Op.MIGRATE}:
            # Several sentences of one deed need not be neighbours, nor of one article.
            # Two of them may be parts of one, in a journal that was put together from others.
            return tuple(dict.fromkeys(b for w in after for b in self._before_one(w.sentence)))
        first = after[0].sentence
        return self.overlapping(first.article, first.start, after[-1].sentence.end)

    def _before_one(self, s: Sentence) -> tuple[Work, ...]:
        known = self._touched.get(s.article, {}).get((s.start, s.end))
        if known is not None:
            return (known,)
        if not _overlap(self._places.get(s.article, []), (s.start, s.end)):
            return (Work(s),)
        return self.overlapping(s.article, s.start, s.end)


def _taken_from(history: History, op: Op, after: tuple[Work, ...]) -> Edit | None:
    """Return the edit that an undo or redo record stands for, if the history has it on top."""
    if op not in {Op.UNDO, Op.REDO}:
        return None
    stack = history.done if op is Op.UNDO else history.undone
    if not stack:
        return None
    expected = stack[-1].before if op is Op.UNDO else stack[-1].after
    if [(w.sentence.id, w.annotation) for w in expected] != [(w.sentence.id, w.annotation) for w in after]:
        return None
    return history.undo() if op is Op.UNDO else history.redo()


def _steps(records: Iterable[Record]) -> Iterable[list[Record]]:
    """Group records into deeds: a batch is one, any other record by itself."""
    step: list[Record] = []
    for record in records:
        if step and (record.batch is None or record.batch != step[0].batch):
            yield step
            step = []
        step.append(record)
        if record.batch is None:
            yield step
            step = []
    if step:
        yield step


def _place(work: Work) -> Place:
    return (work.sentence.start, work.sentence.end)


def _overlap(places: Sequence[Place], place: Place) -> bool:
    """Whether ``place`` shares text with one of the sorted, disjoint ``places``."""
    lo, hi = 0, len(places)
    while lo < hi:
        mid = (lo + hi) // 2
        if places[mid][1] <= place[0]:
            lo = mid + 1
        else:
            hi = mid
    return lo < len(places) and places[lo][0] < place[1]
