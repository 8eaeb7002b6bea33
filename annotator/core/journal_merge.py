"""Two journals of one annotator as one: what agrees is joined, what contradicts is kept beside.

Both may begin alike (a corpus that was copied and worked on in two places). What comes after that is
compared place by place. A range of an article that only one of the two has changed is copied with its
history (a label migration that was undone is no change). Where both have, with different results, the second
one's records go to a journal of their own. The merged journal is replayed and compared with the expected
state; if no order of the records leads to it, all of the second journal is kept beside. So nothing is lost
and nothing overwritten.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import Sentence
from annotator.core.edits import Op
from annotator.core.journal_record import JournalRecord

StoredSentences = Callable[[str], Sequence[Sentence]]


class ArticleRange(Struct, frozen=True, order=True):
    """A part ``[start, end)`` of an article's text, in code points."""

    article: str
    start: int
    end: int

    def overlaps(self, other: ArticleRange) -> bool:
        """Return True if the two share text."""
        return self.article == other.article and self.start < other.end and other.start < self.end


class JournalConflict(Struct, frozen=True):
    """A range on which the two journals end differently."""

    article_range: ArticleRange
    ours: tuple[AnnotatedSentence, ...]
    """The sentences by the first journal, which stay."""
    theirs: tuple[AnnotatedSentence, ...]
    """The sentences by the second one, which are kept beside."""


class JournalMergeResult(Struct, frozen=True):
    """The result of merging two journals."""

    records: tuple[JournalRecord, ...]
    """The joint journal."""
    conflicting_records: tuple[JournalRecord, ...] = ()
    """The records that contradict it, numbered from 1."""
    conflicts: tuple[JournalConflict, ...] = ()
    identical: int = 0
    """Ranges that both have changed with the same result, or the second one without any."""
    taken_over: int = 0
    """Ranges copied from the second journal."""


def merge_journals(
    first: Sequence[JournalRecord], second: Sequence[JournalRecord], stored_sentences: StoredSentences
) -> JournalMergeResult:
    """Return two journals of one annotator as one, with what cannot be joined.

    ``stored_sentences`` returns the sentences of an article by its id.
    """
    common = _common_prefix_length(first, second)
    if common == len(first):
        return JournalMergeResult(tuple(second), taken_over=len(_touched_ranges(second[common:])))
    return _Merge(first, second, common, stored_sentences).result()


class _Merge:
    """Two journals that begin alike, with ``common`` records, and then differ."""

    def __init__(
        self,
        first: Sequence[JournalRecord],
        second: Sequence[JournalRecord],
        common: int,
        stored_sentences: StoredSentences,
    ) -> None:
        self.first, self.our_tail, self.second = first, first[common:], second
        self.their_tail = second[common:]
        self.stored_sentences = stored_sentences
        self.ours, self.theirs = self.replayed(first), self.replayed(second)
        self.before = self.replayed(first[:common])

    def replayed(self, records: Iterable[JournalRecord]) -> AnnotationStore:
        store = AnnotationStore(self.stored_sentences)
        store.replay(records)
        return store

    def result(self) -> JournalMergeResult:
        """Return the merged journals, proven by a replay; else all of the second one is kept beside."""
        free, same, conflicts = self.compare()
        wanted = self.expected_sentences(free)
        for records in self.candidates(free, self.first):
            joint = (*self.first, *records)
            if _sentences_by_id(self.replayed(joint)) == wanted:
                beside = self.conflicting_records([c.article_range for c in conflicts])
                return JournalMergeResult(joint, beside, tuple(conflicts), same, len(free))
        return JournalMergeResult(tuple(self.first), tuple(self.second), tuple(conflicts), same)

    def compare(self) -> tuple[list[ArticleRange], int, list[JournalConflict]]:
        """Return the ranges to take from the second journal, how many end alike, and the conflicts."""
        touched = _touched_ranges(self.our_tail)
        we_decided, they_decided = (
            _touched_ranges(r for r in tail if r.op is not Op.MIGRATE)  # nobody decides a label migration
            for tail in (self.our_tail, self.their_tail)
        )
        free: list[ArticleRange] = []
        conflicts: list[JournalConflict] = []
        same = 0
        for place in _touched_ranges(self.their_tail):
            before, ours, theirs = (_sentences_within(store, place) for store in (self.before, self.ours, self.theirs))
            blank = all(w.annotation == Annotation() for w in ours)
            undone = ours == before and not _overlaps_any_range(place, we_decided)
            if blank or undone or not _overlaps_any_range(place, touched):
                free.append(place)
            elif (
                _without_left(ours) == _without_left(theirs)
                or (theirs == before and not _overlaps_any_range(place, they_decided))
                or self.is_unannotated((*before, *theirs))
            ):
                same += 1
            else:
                conflicts.append(JournalConflict(place, ours, theirs))
        return free, same, conflicts

    def candidates(
        self, ranges: Sequence[ArticleRange], after: Sequence[JournalRecord]
    ) -> Iterator[tuple[JournalRecord, ...]]:
        """Yield the second journal's records in some ranges, numbered on: as they are, then as plain edits.

        What an undo or redo takes back may be elsewhere, or in no journal.
        """
        tail = [r for r in self.their_tail if _overlaps_any_range(_record_range(r), ranges)]
        yield tuple(_renumbered(tail, after))
        plain = [replace(r, op=Op.EDIT) if r.op in {Op.UNDO, Op.REDO} else r for r in tail]
        yield tuple(_renumbered(plain, after))

    def conflicting_records(self, ranges: Sequence[ArticleRange]) -> tuple[JournalRecord, ...]:
        """Return the records in conflict, or the whole second journal if they make no sense alone."""
        wanted = {w.sentence.id: w for s in ranges for w in _sentences_within(self.theirs, s)}
        for records in self.candidates(ranges, ()):
            if _sentences_by_id(self.replayed(records)) == wanted:
                return records
        return tuple(self.second)

    def expected_sentences(self, free: Sequence[ArticleRange]) -> dict[str, AnnotatedSentence]:
        """Return the state that the merged journal must lead to, by sentence id."""
        out = _sentences_by_id(self.ours)
        for place in free:
            for annotated in _sentences_within(self.ours, place):
                out.pop(annotated.sentence.id, None)
            out.update({w.sentence.id: w for w in _sentences_within(self.theirs, place)})
        return out

    def is_unannotated(self, sentences: Iterable[AnnotatedSentence]) -> bool:
        """Return True if none of the sentences is annotated, joined or split."""
        return all(
            w.annotation == Annotation() and w.sentence in self.stored_sentences(w.sentence.article) for w in sentences
        )


def _common_prefix_length(first: Sequence[JournalRecord], second: Sequence[JournalRecord]) -> int:
    """Return how many records both journals begin with; a batch counts whole or not at all."""
    n = 0
    while n < min(len(first), len(second)) and first[n] == second[n]:
        n += 1
    batch = first[n - 1].batch if n else None
    if batch and sum(batch) > first[n - 1].seq + 1:  # the rest of the batch differs: it is no batch then
        n -= first[n - 1].seq - batch[0] + 1
    return n


def _record_range(record: JournalRecord) -> ArticleRange:
    s = record.annotated.sentence
    return ArticleRange(s.article, s.start, s.end)


def _touched_ranges(records: Iterable[JournalRecord]) -> list[ArticleRange]:
    """Return the ranges that records touch; those that share text, or one join or split, are one."""
    places: list[ArticleRange] = []
    for batch, group in groupby(records, key=lambda r: (r.batch, r.seq if r.batch is None else 0, r.op)):
        each = [_record_range(r) for r in group]
        if batch[2] in {Op.JOIN, Op.SPLIT} and len({p.article for p in each}) == 1:
            each = [ArticleRange(each[0].article, min(p.start for p in each), max(p.end for p in each))]
        places += each
    out: list[ArticleRange] = []
    for place in sorted(places):
        if out and out[-1].overlaps(place):
            out[-1] = replace(out[-1], end=max(out[-1].end, place.end))
        else:
            out.append(place)
    return out


def _overlaps_any_range(article_range: ArticleRange, others: Sequence[ArticleRange]) -> bool:
    """Return True if a range shares text with one of the sorted, disjoint ``others``."""
    at = bisect_right(others, (article_range.article, article_range.start), key=lambda r: (r.article, r.end))
    return at < len(others) and others[at].overlaps(article_range)


def _sentences_within(store: AnnotationStore, article_range: ArticleRange) -> tuple[AnnotatedSentence, ...]:
    """Return the sentences with a record that share text with a range."""
    return tuple(
        w
        for w in store.touched_sentences_of(article_range.article)
        if w.sentence.start < article_range.end and article_range.start < w.sentence.end
    )


def _without_left(sentences: Iterable[AnnotatedSentence]) -> list[AnnotatedSentence]:
    """Return the sentences without what was left at the accept: it is no decision that may contradict another."""
    return [replace(w, annotation=replace(w.annotation, left=())) for w in sentences]


def _sentences_by_id(store: AnnotationStore) -> dict[str, AnnotatedSentence]:
    return {w.sentence.id: w for a in store.touched_articles for w in store.touched_sentences_of(a)}


def _renumbered(records: Sequence[JournalRecord], after: Sequence[JournalRecord]) -> Iterator[JournalRecord]:
    """Yield records numbered on from those of ``after``, batches and parents with them."""
    seq = after[-1].seq if after else 0
    last = {r.annotated.sentence.id: r.seq for r in after}

    def batch_key(numbered: tuple[int, JournalRecord]) -> tuple[tuple[int, int] | None, int]:
        n, record = numbered
        return record.batch, n if record.batch is None else -1

    for (batch, _), group in groupby(enumerate(records), key=batch_key):
        members = [r for _, r in group]
        whole = (seq + 1, len(members)) if batch is not None and len(members) > 1 else None
        for record in members:
            seq += 1
            parent = last.get(record.annotated.sentence.id)
            last[record.annotated.sentence.id] = seq
            yield replace(record, seq=seq, batch=whole, parent=parent)
