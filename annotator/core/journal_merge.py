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
        """Whether the two share text."""
        return self.article == other.article and self.start < other.end and other.start < self.end


class JournalConflict(Struct, frozen=True):
    """A stretch on which the two journals end differently."""

    article_range: ArticleRange
    ours: tuple[AnnotatedSentence, ...]
    """What the first journal says; it stays."""
    theirs: tuple[AnnotatedSentence, ...]
    """What the second one says; it is kept beside."""


class JournalMergeResult(Struct, frozen=True):
    """What becomes of two journals."""

    records: tuple[JournalRecord, ...]
    """The joint journal."""
    conflicting_records: tuple[JournalRecord, ...] = ()
    """The records that contradict it, numbered from 1."""
    conflicts: tuple[JournalConflict, ...] = ()
    identical: int = 0
    """Stretches that both have worked on with the same result, or the second one without any."""
    taken_over: int = 0
    """Stretches taken over from the second journal."""


def merge_journals(
    first: Sequence[JournalRecord], second: Sequence[JournalRecord], stored_sentences: StoredSentences
) -> JournalMergeResult:
    """Return two journals of one annotator as one, with what cannot be joined.

    ``base`` gives the stored sentences of an article id.
    """
    common_length = _common_prefix_length(first, second)
    if common_length == len(first):
        return JournalMergeResult(tuple(second), taken_over=len(_touched_ranges(second[common_length:])))
    our_store, their_store = (
        _replayed_store(first, stored_sentences),
        _replayed_store(second, stored_sentences),
    )
    was = _replayed_store(first[:common_length], stored_sentences)
    mine, my_own, their_own = (
        _touched_ranges(first[common_length:]),
        _human_touched_ranges(first[common_length:]),
        _human_touched_ranges(second[common_length:]),
    )
    free, same, conflicts = [], [], []
    for article_range in _touched_ranges(second[common_length:]):
        ours, theirs = (
            _sentences_within(our_store, article_range),
            _sentences_within(their_store, article_range),
        )
        before = _sentences_within(was, article_range)
        blank = all(w.annotation == Annotation() for w in ours)
        taken_back = ours == before and not _overlaps_any_range(article_range, my_own)
        alike = ours == theirs or (theirs == before and not _overlaps_any_range(article_range, their_own))
        if not _overlaps_any_range(article_range, mine) or blank or taken_back:
            free.append(article_range)
        elif alike or _is_unannotated((*before, *theirs), stored_sentences):
            same.append(article_range)
        else:
            conflicts.append(JournalConflict(article_range, ours, theirs))
    result = JournalMergeResult(tuple(first), (), tuple(conflicts), len(same), len(free))
    return _verified_result(
        result, first, second, common_length, free, our_store, their_store, stored_sentences
    )


def _verified_result(
    result: JournalMergeResult,
    first: Sequence[JournalRecord],
    second: Sequence[JournalRecord],
    common_length: int,
    free: list[ArticleRange],
    our_store: AnnotationStore,
    their_store: AnnotationStore,
    stored_sentences: StoredSentences,
) -> JournalMergeResult:
    """Return the journals with their records, proven by replay; else all of the second one beside."""
    wanted = _expected_sentences(our_store, their_store, free)
    tail = [r for r in second[common_length:] if _overlaps_any_range(_record_range(r), free)]
    for taken in (tail, [_as_plain_edit(r) for r in tail]):
        records = (*first, *_renumbered(taken, first))
        if _sentences_by_id(_replayed_store(records, stored_sentences)) == wanted:
            contradicting = [c.article_range for c in result.conflicts]
            beside = _conflicting_records(second, common_length, contradicting, their_store, stored_sentences)
            return replace(result, records=records, conflicting_records=beside)
    return replace(result, conflicting_records=tuple(second), taken_over=0)


def _conflicting_records(
    second: Sequence[JournalRecord],
    common_length: int,
    ranges: list[ArticleRange],
    their_store: AnnotationStore,
    stored_sentences: StoredSentences,
) -> tuple[JournalRecord, ...]:
    """Return the records of the stretches in conflict, or the whole journal if they make no sense alone."""
    wanted = {w.sentence.id: w for s in ranges for w in _sentences_within(their_store, s)}
    tail = [r for r in second[common_length:] if _overlaps_any_range(_record_range(r), ranges)]
    for taken in (tail, [_as_plain_edit(r) for r in tail]):
        records = tuple(_renumbered(taken, ()))
        if _sentences_by_id(_replayed_store(records, stored_sentences)) == wanted:
            return records
    return tuple(second)


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
    """Return the stretches that records touch; those that share text, or one join or split, are one."""
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


def _human_touched_ranges(records: Iterable[JournalRecord]) -> list[ArticleRange]:
    """Return the stretches that somebody has decided on, not a migration of labels for them."""
    return _touched_ranges(r for r in records if r.op is not Op.MIGRATE)


def _overlaps_any_range(article_range: ArticleRange, others: Sequence[ArticleRange]) -> bool:
    """Whether a stretch shares text with one of the sorted, disjoint ``others``."""
    lo, hi = 0, len(others)
    while lo < hi:
        mid = (lo + hi) // 2
        before = (others[mid].article, others[mid].end) <= (article_range.article, article_range.start)
        lo, hi = (mid + 1, hi) if before else (lo, mid)
    return lo < len(others) and others[lo].overlaps(article_range)


def _replayed_store(records: Iterable[JournalRecord], stored_sentences: StoredSentences) -> AnnotationStore:
    store = AnnotationStore(stored_sentences)
    store.replay(records)
    return store


def _sentences_within(store: AnnotationStore, article_range: ArticleRange) -> tuple[AnnotatedSentence, ...]:
    """Return the works with a record that share text with a stretch."""
    return tuple(
        w
        for w in store.touched_sentences_of(article_range.article)
        if w.sentence.start < article_range.end and article_range.start < w.sentence.end
    )


def _is_unannotated(
    annotated_sentences: Iterable[AnnotatedSentence], stored_sentences: StoredSentences
) -> bool:
    """Whether nothing is said of any of the works, and none is joined or split."""
    return all(
        w.annotation == Annotation() and w.sentence in stored_sentences(w.sentence.article)
        for w in annotated_sentences
    )


def _sentences_by_id(store: AnnotationStore) -> dict[str, AnnotatedSentence]:
    return {w.sentence.id: w for a in store.touched_articles for w in store.touched_sentences_of(a)}


def _expected_sentences(
    our_store: AnnotationStore, their_store: AnnotationStore, free: Sequence[ArticleRange]
) -> dict[str, AnnotatedSentence]:
    """Return the state that a joint journal must lead to."""
    out = _sentences_by_id(our_store)
    for article_range in free:
        for annotated in _sentences_within(our_store, article_range):
            out.pop(annotated.sentence.id, None)
        out.update({w.sentence.id: w for w in _sentences_within(their_store, article_range)})
    return out


def _as_plain_edit(record: JournalRecord) -> JournalRecord:
    """Return an undo or redo as an edit: what it took back may stand elsewhere, or in no journal."""
    return replace(record, op=Op.EDIT) if record.op in {Op.UNDO, Op.REDO} else record


def _renumbered(records: Sequence[JournalRecord], after: Sequence[JournalRecord]) -> Iterator[JournalRecord]:
    """Yield records numbered on from those of ``after``, batches and parents with them."""
    seq = after[-1].seq if after else 0
    last = {r.annotated.sentence.id: r.seq for r in after}
    key: Callable[[tuple[int, JournalRecord]], tuple[object, int]] = lambda x: (  # noqa: E731  (typed for groupby)
        x[1].batch,
        x[0] if x[1].batch is None else -1,
    )
    for (batch, _), group in groupby(enumerate(records), key=key):
        members = [r for _, r in group]
        whole = (seq + 1, len(members)) if batch is not None and len(members) > 1 else None
        for record in members:
            seq += 1
            parent = last.get(record.annotated.sentence.id)
            last[record.annotated.sentence.id] = seq
            yield replace(record, seq=seq, batch=whole, parent=parent)
