"""Two journals of one annotator as one: what agrees is joined, what contradicts is kept beside.

Both may begin alike (a corpus that was copied and worked on in two places). What comes after that is
compared place by place: a stretch of an article that only one of the two has touched is taken over with
its history (a migration of labels that was taken back is no touch); where both have, and not with the same
result, the second one's records go to a journal of their own. The outcome is replayed and compared with
what it must be; if the histories cannot be told in one order, all of the second journal is kept beside. So
nothing is lost and nothing overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from annotator.core.annotation import Annotation, Work
from annotator.core.article import Sentence
from annotator.core.edits import Op
from annotator.core.record import Record
from annotator.core.works import Works

Base = Callable[[str], Sequence[Sentence]]


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """A part ``[start, end)`` of an article's text, in code points."""

    article: str
    start: int
    end: int

    def touches(self, other: Stretch) -> bool:
        """Whether the two share text."""
        return self.article == other.article and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Conflict:
    """A stretch on which the two journals end differently."""

    stretch: Stretch
    here: tuple[Work, ...]
    """What the first journal says; it stays."""
    there: tuple[Work, ...]
    """What the second one says; it is kept beside."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What becomes of two journals."""

    records: tuple[Record, ...]
    """The joint journal."""
    beside: tuple[Record, ...] = ()
    """The records that contradict it, numbered from 1."""
    conflicts: tuple[Conflict, ...] = ()
    same: int = 0
    """Stretches that both have worked on with the same result, or the second one without any."""
    taken: int = 0
    """Stretches taken over from the second journal."""


def merge(first: Sequence[Record], second: Sequence[Record], base: Base) -> Merged:
    """Return two journals of one annotator as one, with what cannot be joined.

    ``base`` gives the stored sentences of an article id.
    """
    begun = _common(first, second)
    if begun == len(first):
        return Merged(tuple(second), taken=len(_stretches(second[begun:])))
    here, there = _replayed(first, base), _replayed(second, base)
    was = _replayed(first[:begun], base)
    mine, my_own, their_own = _stretches(first[begun:]), _by_people(first[begun:]), _by_people(second[begun:])
    free, same, conflicts = [], [], []
    for stretch in _stretches(second[begun:]):
        ours, theirs = _within(here, stretch), _within(there, stretch)
        before = _within(was, stretch)
        blank = all(w.annotation == Annotation() for w in ours)
        taken_back = ours == before and not _touched(stretch, my_own)
        alike = ours == theirs or (theirs == before and not _touched(stretch, their_own))
        if not _touched(stretch, mine) or blank or taken_back:
            free.append(stretch)
        elif alike or _unsaid((*before, *theirs), base):
            same.append(stretch)
        else:
            conflicts.append(Conflict(stretch, ours, theirs))
    told = Merged(tuple(first), (), tuple(conflicts), len(same), len(free))
    return _told(told, first, second, begun, free, here, there, base)


def _told(
    told: Merged,
    first: Sequence[Record],
    second: Sequence[Record],
    begun: int,
    free: list[Stretch],
    here: Works,
    there: Works,
    base: Base,
) -> Merged:
    """Return the journals with their records, proven by replay; else all of the second one beside."""
    wanted = _joint(here, there, free)
    tail = [r for r in second[begun:] if _touched(_place(r), free)]
    for taken in (tail, [_plain(r) for r in tail]):
        records = (*first, *_numbered(taken, first))
        if _state(_replayed(records, base)) == wanted:
            contradicting = [c.stretch for c in told.conflicts]
            beside = _beside(second, begun, contradicting, there, base)
            return replace(told, records=records, beside=beside)
    return replace(told, beside=tuple(second), taken=0)


def _beside(
    second: Sequence[Record], begun: int, stretches: list[Stretch], there: Works, base: Base
) -> tuple[Record, ...]:
    """Return the records of the stretches in conflict, or the whole journal if they make no sense alone."""
    wanted = {w.sentence.id: w for s in stretches for w in _within(there, s)}
    tail = [r for r in second[begun:] if _touched(_place(r), stretches)]
    for taken in (tail, [_plain(r) for r in tail]):
        records = tuple(_numbered(taken, ()))
        if _state(_replayed(records, base)) == wanted:
            return records
    return tuple(second)


def _common(first: Sequence[Record], second: Sequence[Record]) -> int:
    """Return how many records both journals begin with; a batch counts whole or not at all."""
    n = 0
    while n < min(len(first), len(second)) and first[n] == second[n]:
        n += 1
    batch = first[n - 1].batch if n else None
    if batch and sum(batch) > first[n - 1].seq + 1:  # the rest of the batch differs: it is no batch then
        n -= first[n - 1].seq - batch[0] + 1
    return n


def _place(record: Record) -> Stretch:
    s = record.work.sentence
    return Stretch(s.article, s.start, s.end)


def _stretches(records: Iterable[Record]) -> list[Stretch]:
    """Return the stretches that records touch; those that share text, or one join or split, are one."""
    places: list[Stretch] = []
    for batch, group in groupby(records, key=lambda r: (r.batch, r.seq if r.batch is None else 0, r.op)):
        each = [_place(r) for r in group]
        if batch[2] in {Op.JOIN, Op.SPLIT} and len({p.article for p in each}) == 1:
            each = [Stretch(each[0].article, min(p.start for p in each), max(p.end for p in each))]
        places += each
    out: list[Stretch] = []
    for place in sorted(places):
        if out and out[-1].touches(place):
            out[-1] = replace(out[-1], end=max(out[-1].end, place.end))
        else:
            out.append(place)
    return out


def _by_people(records: Iterable[Record]) -> list[Stretch]:
    """Return the stretches that somebody has decided on, not a migration of labels for them."""
    return _stretches(r for r in records if r.op is not Op.MIGRATE)


def _touched(stretch: Stretch, others: Sequence[Stretch]) -> bool:
    """Whether a stretch shares text with one of the sorted, disjoint ``others``."""
    lo, hi = 0, len(others)
    while lo < hi:
        mid = (lo + hi) // 2
        before = (others[mid].article, others[mid].end) <= (stretch.article, stretch.start)
        lo, hi = (mid + 1, hi) if before else (lo, mid)
    return lo < len(others) and others[lo].touches(stretch)


def _replayed(records: Iterable[Record], base: Base) -> Works:
    works = Works(base)
    works.replay(records)
    return works


def _within(works: Works, stretch: Stretch) -> tuple[Work, ...]:
    """Return the works with a record that share text with a stretch."""
    return tuple(
        w
        for w in works.touched(stretch.article)
        if w.sentence.start < stretch.end and stretch.start < w.sentence.end
    )


def _unsaid(works: Iterable[Work], base: Base) -> bool:
    """Whether nothing is said of any of the works, and none is joined or split."""
    return all(w.annotation == Annotation() and w.sentence in base(w.sentence.article) for w in works)


def _state(works: Works) -> dict[str, Work]:
    return {w.sentence.id: w for a in works.articles for w in works.touched(a)}


def _joint(here: Works, there: Works, free: Sequence[Stretch]) -> dict[str, Work]:
    """Return the state that a joint journal must lead to."""
    out = _state(here)
    for stretch in free:
        for work in _within(here, stretch):
            out.pop(work.sentence.id, None)
        out.update({w.sentence.id: w for w in _within(there, stretch)})
    return out


def _plain(record: Record) -> Record:
    """Return an undo or redo as an edit: what it took back may stand elsewhere, or in no journal."""
    return replace(record, op=Op.EDIT) if record.op in {Op.UNDO, Op.REDO} else record


def _numbered(records: Sequence[Record], after: Sequence[Record]) -> Iterator[Record]:
    """Yield records numbered on from those of ``after``, batches and parents with them."""
    seq = after[-1].seq if after else 0
    last = {r.work.sentence.id: r.seq for r in after}
    key: Callable[[tuple[int, Record]], tuple[object, int]] = lambda x: (  # noqa: E731  (typed for groupby)
        x[1].batch,
        x[0] if x[1].batch is None else -1,
    )
    for (batch, _), group in groupby(enumerate(records), key=key):
        members = [r for _, r in group]
        whole = (seq + 1, len(members)) if batch is not None and len(members) > 1 else None
        for record in members:
            seq += 1
            parent = last.get(record.work.sentence.id)
            last[record.work.sentence.id] = seq
            yield replace(record, seq=seq, batch=whole, parent=parent)
