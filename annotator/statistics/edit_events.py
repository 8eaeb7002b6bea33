"""The records of a journal as edit events: what each one changed, and when.

A batch is one event. A span is identified by its range in the article, so a join or a split of
sentences, which moves none of them there, changes none.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.edits import Op
from annotator.core.journal_record import JournalRecord, KeystrokeCounts, sum_keystrokes
from annotator.core.suggestion import span_source_names


class ArticleSpan(Struct, frozen=True):
    """A span at its place in an article: code points of the article's text."""

    article: str
    start: int
    end: int
    label: str
    source: str = ""

    @property
    def key(self) -> tuple[str, int, int, str]:
        """What makes two spans the same: range and label, not the source."""
        return (self.article, self.start, self.end, self.label)

    def overlaps(self, other: ArticleSpan) -> bool:
        """Whether the two share text."""
        return self.article == other.article and self.start < other.end and other.start < self.end


class EditEvent(Struct, frozen=True):
    """One edit of an annotator and what it changed."""

    op: Op
    time: float
    """Seconds since 1970 (UTC); a journal stores whole ones."""
    session: str
    keystrokes: KeystrokeCounts | None = None
    """The keys that it took; None where nobody counted them."""
    added: tuple[ArticleSpan, ...] = ()
    removed: tuple[ArticleSpan, ...] = ()
    rejected: tuple[ArticleSpan, ...] = ()
    """The suggestions that it turned down."""
    unrejected: tuple[ArticleSpan, ...] = ()
    """The suggestions that it no longer turns down."""
    finished: int = 0
    """Sentences that got an answer, less those that lost theirs."""
    tokens: int = 0
    """The tokens of those sentences, counted likewise."""
    accepted: int = 0
    """Sentences that an answer of this event accepted."""
    untouched: int = 0
    """Those of them that had no span, answer or note before."""
    untouched_tokens: int = 0

    @property
    def is_undo_or_redo(self) -> bool:
        """Whether it takes another event back or brings it back."""
        return self.op in {Op.UNDO, Op.REDO}


def event_from_edit(
    op: Op,
    before: Sequence[AnnotatedSentence],
    after: Sequence[AnnotatedSentence],
    *,
    time: float,
    session: str = "",
    keys: KeystrokeCounts | None = None,
) -> EditEvent:
    """Return the event that replaced ``before`` by ``after``; a sentence not in either is empty there."""
    old, new = _article_spans(before), _article_spans(after)
    old_no, new_no = _article_spans(before, rejected=True), _article_spans(after, rejected=True)
    accepted = [w for w in after if w.annotation.answer is Answer.ACCEPT] if op is Op.ANSWER else []
    latest = {w.sentence.id: w.annotation for w in before}
    untouched = [w for w in accepted if latest.get(w.sentence.id, Annotation()) == Annotation()]
    return EditEvent(
        op,
        time,
        session,
        keys,
        added=_difference(new, old),
        removed=_difference(old, new),
        rejected=_difference(new_no, old_no),
        unrejected=_difference(old_no, new_no),
        finished=sum(w.done for w in after) - sum(w.done for w in before),
        tokens=_count_tokens(w for w in after if w.done) - _count_tokens(w for w in before if w.done),
        accepted=len(accepted),
        untouched=len(untouched),
        untouched_tokens=_count_tokens(untouched),
    )


def events_from_records(records: Iterable[JournalRecord]) -> tuple[EditEvent, ...]:
    """Return the events of a journal's records, oldest first, but for migrations of labels."""
    latest = _LatestSentences()
    every = (_event_from_batch(list(batch), latest) for _, batch in groupby(records, lambda r: r.batch or (r.seq, 1)))
    return tuple(event for event in every if event.op is not Op.MIGRATE)


def _event_from_batch(batch: Sequence[JournalRecord], latest: _LatestSentences) -> EditEvent:
    after = [r.annotated for r in batch]
    counted = [r.keystrokes for r in batch if r.keystrokes is not None]
    return event_from_edit(
        batch[0].op,
        latest.replace_overlapping(after),
        after,
        time=batch[0].time,
        session=batch[0].session,
        keys=sum_keystrokes(counted) if counted else None,
    )


class _LatestSentences:
    """The latest annotation of each range of the articles."""

    def __init__(self) -> None:
        self._sentences: dict[str, dict[tuple[int, int], AnnotatedSentence]] = {}
        self._ranges: dict[str, list[tuple[int, int]]] = {}

    def replace_overlapping(self, after: Sequence[AnnotatedSentence]) -> tuple[AnnotatedSentence, ...]:
        """Add sentences and return those that share text with them, which they replace."""
        before = [w for new in after for w in self._pop_overlapping(new.sentence)]
        for annotated in after:
            s = annotated.sentence
            self._sentences.setdefault(s.article, {})[s.start, s.end] = annotated
            insort(self._ranges.setdefault(s.article, []), (s.start, s.end))
        return tuple(before)

    def _pop_overlapping(self, s: Sentence) -> Iterator[AnnotatedSentence]:
        places = self._ranges.get(s.article, [])
        i = bisect_left(places, (s.start, s.start))
        if i and places[i - 1][1] > s.start:
            i -= 1
        while i < len(places) and places[i][0] < s.end:
            yield self._sentences[s.article].pop(places.pop(i))


def _article_spans(
    annotated_sentences: Sequence[AnnotatedSentence], *, rejected: bool = False
) -> dict[tuple[str, int, int, str], ArticleSpan]:
    found = {}
    for w in annotated_sentences:
        for s in w.annotation.rejected if rejected else w.annotation.spans:
            at, source = w.sentence.start, span_source_names(s.source)
            span = ArticleSpan(w.sentence.article, at + s.start, at + s.end, s.label, source)
            found[span.key] = span
    return found


def _difference(
    marks: dict[tuple[str, int, int, str], ArticleSpan], others: dict[tuple[str, int, int, str], ArticleSpan]
) -> tuple[ArticleSpan, ...]:
    return tuple(m for key, m in marks.items() if key not in others)


def _count_tokens(annotated_sentences: Iterable[AnnotatedSentence]) -> int:
    return sum(len(w.sentence.tokens) for w in annotated_sentences)
