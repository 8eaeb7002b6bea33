"""The records of a journal as edit events: what each one changed and when, and which came too fast.

A batch is one event. A span is identified by its range in the article, so a join or a split of
sentences, which moves none of them there, changes none.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.edits import Op
from annotator.core.journal_record import JournalRecord, KeystrokeCounts, sum_keystrokes
from annotator.core.suggestion import span_source_names

ArticleSpanKey = tuple[str, int, int, str]
"""Article, start, end and label."""


class ArticleSpan(Struct, frozen=True):
    """A span at its place in an article: code points of the article's text."""

    article: str
    start: int
    end: int
    label: str
    source: str = ""

    @property
    def key(self) -> ArticleSpanKey:
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
    """Sentences that got an answer, for other labels too, less those that lost one."""
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
    untouched = [w for w in accepted if _is_untouched(latest.get(w.sentence.id, Annotation()), w.annotation)]
    more, fewer = _covering(after, latest), _covering(before, {w.sentence.id: w.annotation for w in after})
    return EditEvent(
        op,
        time,
        session,
        keys,
        added=_difference(new, old),
        removed=_difference(old, new),
        rejected=_difference(new_no, old_no),
        unrejected=_difference(old_no, new_no),
        finished=len(more) - len(fewer),
        tokens=_count_tokens(more) - _count_tokens(fewer),
        accepted=len(accepted),
        untouched=len(untouched),
        untouched_tokens=_count_tokens(untouched),
    )


def events_from_records(records: Iterable[JournalRecord]) -> tuple[EditEvent, ...]:
    """Return the events of a journal's records, oldest first, but for what no annotator did."""
    latest = _LatestSentences()
    every = (_event_from_batch(list(batch), latest) for _, batch in groupby(records, lambda r: r.batch or (r.seq, 1)))
    return tuple(event for event in every if event.op not in {Op.MIGRATE, Op.CARRY})


def _event_from_batch(batch: Sequence[JournalRecord], latest: _LatestSentences) -> EditEvent:
    first, after = batch[0], [r.annotated for r in batch]
    before = latest.replace_overlapping(after)
    counted = [r.keystrokes for r in batch if r.keystrokes is not None]
    keys = sum_keystrokes(counted) if counted else None
    return event_from_edit(first.op, before, after, time=first.time, session=first.session, keys=keys)


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
) -> dict[ArticleSpanKey, ArticleSpan]:
    found = {}
    for w in annotated_sentences:
        for s in w.annotation.rejected if rejected else w.annotation.spans:
            at, source = w.sentence.start, span_source_names(s.source)
            span = ArticleSpan(w.sentence.article, at + s.start, at + s.end, s.label, source)
            found[span.key] = span
    return found


def _difference(spans: dict[ArticleSpanKey, ArticleSpan], others: Container[ArticleSpanKey]) -> tuple[ArticleSpan, ...]:
    return tuple(span for key, span in spans.items() if key not in others)


def _covering(
    annotated_sentences: Iterable[AnnotatedSentence], others: Mapping[str, Annotation]
) -> list[AnnotatedSentence]:
    """Return those with an answer that have none, or one for fewer labels, among some others (by id)."""
    return [
        w for w in annotated_sentences if w.done and _covers_less(others.get(w.sentence.id, Annotation()), w.annotation)
    ]


def _covers_less(one: Annotation, other: Annotation) -> bool:
    if one.answer is None or one.covers is None:
        return one.answer is None
    return other.covers is None or set(one.covers) < set(other.covers)


def _is_untouched(before: Annotation, after: Annotation) -> bool:
    """Return True if nothing was done in a sentence before it was accepted, for labels that were not covered yet."""
    if before.answer is Answer.ACCEPT and _covers_less(before, after):
        return not before.note and all(s.label in (before.covers or ()) for s in before.spans)
    return before == Annotation()


def _count_tokens(annotated_sentences: Iterable[AnnotatedSentence]) -> int:
    return sum(len(w.sentence.tokens) for w in annotated_sentences)


# -- sentences that were accepted faster than anybody can read them -----------------------------
#
# Two signs, each over the shortest latest run of one session that is long enough:
#
# - *unread*: at least 40 sentences of together 400 tokens or more, on which nothing was done before,
#   accepted at more than 15 tokens a second. That is about 800 words a minute; adults read 238 (most
#   175 to 300; Brysbaert 2019, Journal of Memory and Language 109). 40 sentences are more than a large
#   screen shows at once, so most of the time spent reading ahead is part of the run.
# - *all taken*: more than 50 suggestions taken one after the other with none turned down, changed or
#   removed, no span of one's own and no sentence rejected or ignored, at more than 6 tokens a second,
#   a third faster than the average reader without a key to press. A pause counts as a minute at most.
#
# A journal has whole seconds, so one is added to each run; the first event of a session has no time
# before it and begins the first run.


UNREAD_SPEED = 15.0
"""Tokens a second that nobody reads."""
UNREAD_SENTENCES = 40
UNREAD_TOKENS = 400
ACCEPTED_SPEED = 6.0
MAX_ACCEPTED_IN_A_ROW = 50
MAX_PAUSE_SECONDS = 60.0


class SpeedWarningKind(StrEnum):
    """Which of the two signs it is."""

    UNREAD = "unread"
    ALL_TAKEN = "all taken"


class SpeedWarning(Struct, frozen=True):
    """A run of sentences that went faster than they can have been read."""

    kind: SpeedWarningKind
    count: int
    """Sentences that were accepted (unread), or suggestions that were taken (all taken)."""
    tokens: int
    seconds: float

    @property
    def speed(self) -> float:
        """Tokens a second."""
        return self.tokens / self.seconds

    @property
    def message(self) -> str:
        """Return a kind word for the prompt row."""
        if self.kind is SpeedWarningKind.UNREAD:
            return (
                f"{self.count} sentences accepted in {self.seconds:.0f} s, faster than one can read; "
                "if you have not read them, Ctrl+Z brings them back"
            )
        return (
            f"the last {self.count} suggestions were all taken, none was turned down; "
            "look at a few of them again, 0 turns one down"
        )


class _AcceptedStretch(Struct, frozen=True):
    """One answer, or several together: the seconds since those before, and what was accepted untouched."""

    seconds: float = 0.0
    sentences: int = 0
    tokens: int = 0

    def plus(self, other: _AcceptedStretch, times: int = 1) -> _AcceptedStretch:
        """Return both together; with ``times`` -1 this one without the other, which is part of it."""
        seconds, sentences = self.seconds + times * other.seconds, self.sentences + times * other.sentences
        return _AcceptedStretch(seconds, sentences, self.tokens + times * other.tokens)

    @property
    def is_conclusive(self) -> bool:
        """Whether it is long enough for a warning."""
        return self.sentences >= UNREAD_SENTENCES and self.tokens >= UNREAD_TOKENS


class SpeedMonitor:
    """Observes the events of an annotator as they come, and warns once of each hasty run."""

    def __init__(self, session: str = "", start: float | None = None) -> None:
        """Begin; ``start`` is when the session was opened, if that is known, in seconds since 1970."""
        self._stretches: deque[_AcceptedStretch] = deque()
        self._stretch = _AcceptedStretch()
        self._begin(session, start)

    def _begin(self, session: str, start: float | None) -> None:
        self._session = session
        self._last = self._last_answer = start
        self._reset()

    def _reset(self) -> None:
        self._stretches.clear()
        self._stretch = _AcceptedStretch()
        self._reset_accepted()

    def _reset_accepted(self) -> None:
        self._accepted = self._accepted_tokens = 0
        self._accepted_seconds = 0.0

    def observe(self, event: EditEvent) -> SpeedWarning | None:
        """Observe an event; return the warning of the run that it ends, if there is one."""
        if event.session != self._session or self._last is None or self._last_answer is None:
            self._begin(event.session, event.time)
            return None
        found = self._check_all_accepted(event, event.time - self._last)
        if event.accepted:
            found = self._check_unread(event, event.time - self._last_answer) or found
            self._last_answer = event.time
        self._last = event.time
        if found:
            self._reset()
        return found

    def _check_unread(self, event: EditEvent, seconds: float) -> SpeedWarning | None:
        stretch = _AcceptedStretch(max(0.0, seconds), event.untouched, event.untouched_tokens)
        if stretch.sentences:
            self._stretches.append(stretch)
        elif self._stretches:  # it falls out of the run together with the one before
            self._stretches[-1] = self._stretches[-1].plus(stretch)
        else:
            return None
        self._stretch = self._stretch.plus(stretch)
        while (shorter := self._stretch.plus(self._stretches[0], -1)).is_conclusive:
            self._stretch = shorter
            self._stretches.popleft()
        if not self._stretch.is_conclusive:
            return None
        found = self._stretch
        warning = SpeedWarning(SpeedWarningKind.UNREAD, found.sentences, found.tokens, 1.0 + max(0.0, found.seconds))
        return warning if warning.speed > UNREAD_SPEED else None

    def _check_all_accepted(self, event: EditEvent, seconds: float) -> SpeedWarning | None:
        own = any(not m.source for m in event.added)
        passed = event.finished > 0 and not event.accepted
        if event.is_undo_or_redo or event.removed or event.rejected or own or passed:
            self._reset_accepted()
            return None
        self._accepted += len(event.added)
        self._accepted_tokens += max(0, event.tokens)
        self._accepted_seconds += min(MAX_PAUSE_SECONDS, max(0.0, seconds))
        seconds = 1.0 + self._accepted_seconds
        warning = SpeedWarning(SpeedWarningKind.ALL_TAKEN, self._accepted, self._accepted_tokens, seconds)
        return warning if self._accepted > MAX_ACCEPTED_IN_A_ROW and warning.speed > ACCEPTED_SPEED else None


def find_speed_warnings(events: Iterable[EditEvent]) -> tuple[SpeedWarning, ...]:
    """Return the hasty runs of a journal, in order."""
    monitor = SpeedMonitor()
    return tuple(warning for event in events if (warning := monitor.observe(event)))
