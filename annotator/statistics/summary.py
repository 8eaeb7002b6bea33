"""All figures of one annotator, or of several together."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct, field

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.edits import Op
from annotator.core.journal_record import KeystrokeCounts, sum_keystrokes
from annotator.core.suggestion import span_source_names
from annotator.core.tokens import token_range
from annotator.statistics.edit_events import ArticleSpan, ArticleSpanKey, EditEvent, SpeedWarning, find_speed_warnings
from annotator.statistics.throughput import (
    Forecast,
    Quartiles,
    TimedEvent,
    WorkPeriod,
    forecast_remaining,
    hourly_rate,
    quartiles,
    time_events,
    timed_answers,
    work_periods,
)

# -- labels, lengths, answers, keys ------------------------------------------------------------


LENGTH_CLASS_BOUNDS = (1, 2, 3, 4, 6, 9, 14, 24)
"""The upper bounds of the classes of span lengths, in tokens; one more class is open."""
MAX_DENSITY_CLASS = 6
"""This many spans a sentence and more are one class."""


class LabelStatistics(Struct, frozen=True):
    """The spans of one label."""

    name: str
    spans: int
    share: float
    suggested: int
    """How many of them came from a suggestion."""
    tokens: Quartiles | None
    """How long they are."""
    seconds: Quartiles | None
    """How long it took to add one since the event before, breaks left out."""


class AnswerCounts(Struct, frozen=True):
    """Sentences by answer; ``begun`` ones have spans or a note and no answer."""

    accept: int = 0
    reject: int = 0
    ignore: int = 0
    begun: int = 0


class KeystrokeStatistics(Struct, frozen=True):
    """The keys of the events whose keys were counted, and the spans and sentences made with them."""

    keys: KeystrokeCounts
    spans: int
    sentences: int

    def a_span(self, kind: str = "total") -> float | None:
        """Return the keys of a kind for each span; None where no span came of them."""
        return getattr(self.keys, kind) / self.spans if self.spans > 0 else None


def label_statistics(
    labels: Sequence[str], annotated_sentences: Iterable[AnnotatedSentence], timed_events: Iterable[TimedEvent]
) -> tuple[LabelStatistics, ...]:
    """Return the figures of each label, the schema's first and in its order."""
    lengths, suggested = _span_lengths(annotated_sentences)
    times = _span_times(timed_events)
    total = sum(len(v) for v in lengths.values())
    names = [*labels, *sorted({*lengths} - {*labels})]
    return tuple(
        LabelStatistics(
            name,
            len(found := lengths.get(name, [])),
            len(found) / total if total else 0.0,
            suggested[name],
            quartiles(found),
            quartiles(times.get(name, [])),
        )
        for name in names
    )


def _span_lengths(annotated_sentences: Iterable[AnnotatedSentence]) -> tuple[dict[str, list[int]], Counter[str]]:
    """Return the lengths of the spans in tokens by label, and how many were suggested."""
    lengths: dict[str, list[int]] = {}
    suggested: Counter[str] = Counter()
    for annotated in annotated_sentences:
        for span in annotated.annotation.spans:
            first, last = token_range(annotated.sentence.tokens, span.start, span.end)
            lengths.setdefault(span.label, []).append(last - first)
            suggested[span.label] += bool(span.source)
    return lengths, suggested


def _span_times(timed_events: Iterable[TimedEvent]) -> dict[str, list[float]]:
    """Return the gaps before each event that added one span and did nothing else, by label."""
    times: dict[str, list[float]] = {}
    for timed_event in timed_events:
        event = timed_event.event
        if timed_event.gap is not None and event.op is Op.EDIT and len(event.added) == 1 and not event.removed:
            times.setdefault(event.added[0].label, []).append(timed_event.gap)
    return times


def span_length_histogram(annotated_sentences: Iterable[AnnotatedSentence]) -> tuple[int, ...]:
    """Return how many spans fall into each class of ``LENGTH_CLASS_BOUNDS`` and the open one."""
    lengths, _ = _span_lengths(annotated_sentences)
    counts = Counter(bisect_left(LENGTH_CLASS_BOUNDS, n) for found in lengths.values() for n in found)
    return tuple(counts[i] for i in range(len(LENGTH_CLASS_BOUNDS) + 1))


def spans_per_sentence_histogram(annotated_sentences: Iterable[AnnotatedSentence]) -> tuple[int, ...]:
    """Return how many accepted sentences have 0, 1, … spans, ``MAX_DENSITY_CLASS`` and more together."""
    accepted = (w.annotation for w in annotated_sentences if w.annotation.answer is Answer.ACCEPT)
    counts = Counter(min(MAX_DENSITY_CLASS, len(a.spans)) for a in accepted)
    return tuple(counts[i] for i in range(MAX_DENSITY_CLASS + 1))


def answer_counts(annotated_sentences: Iterable[AnnotatedSentence]) -> AnswerCounts:
    """Return how many sentences have each answer; one that was not touched counts nowhere."""
    touched = [w.annotation.answer for w in annotated_sentences if w.annotation != Annotation()]
    return AnswerCounts(*(touched.count(a) for a in (Answer.ACCEPT, Answer.REJECT, Answer.IGNORE, None)))


def keystroke_statistics(events: Iterable[EditEvent]) -> KeystrokeStatistics | None:
    """Return the keys of the events whose keys were counted; None where none were."""
    counted = [(d, d.keystrokes) for d in events if d.keystrokes is not None]
    if not counted:
        return None
    keys = sum_keystrokes(keys for _, keys in counted)
    spans = sum(len(d.added) - len(d.removed) for d, _ in counted)
    return KeystrokeStatistics(keys, spans, sum(d.finished for d, _ in counted))


# What became of the suggestions: kept as they were, changed, taken and removed again, turned down, left.
#
# The journal alone decides. A suggestion whose taking was undone was never taken.


class SuggestionOutcome(Struct, frozen=True):
    """How often suggestions of one source and label ended in which way."""

    source: str
    label: str
    kept: int = 0
    changed: int = 0
    """Taken, and then an edge moved or the label changed."""
    removed: int = 0
    """Taken, and later removed."""
    rejected: int = 0
    """Turned down without taking them."""
    left: int = 0
    """Open when the sentence was accepted, and not decided since; journals of format 1 do not record it."""

    @property
    def judged(self) -> int:
        """All that somebody has decided about."""
        return self.kept + self.changed + self.removed + self.rejected

    @property
    def kept_share(self) -> float:
        """The share that was right as it was proposed."""
        return self.kept / self.judged if self.judged else 0.0


class _SuggestionTracker(Struct):
    """The suggestions that were taken so far, the present spans, and what was turned down."""

    accepted: dict[ArticleSpanKey, ArticleSpan] = field(default_factory=dict)
    current: dict[ArticleSpanKey, ArticleSpan] = field(default_factory=dict)
    undone: set[ArticleSpanKey] = field(default_factory=set)
    rejected: dict[ArticleSpanKey, ArticleSpan] = field(default_factory=dict)

    def record_event(self, event: EditEvent) -> None:
        """Apply one event."""
        for m in event.removed:
            self.current.pop(m.key, None)
            (self.undone.add if event.is_undo_or_redo else self.undone.discard)(m.key)
        for m in event.added:
            self.current[m.key] = m
            self.undone.discard(m.key)
            if m.source and not event.is_undo_or_redo and not _is_moved_span(m, event.removed):
                self.accepted[m.key] = m
        for m in event.unrejected:
            self.rejected.pop(m.key, None)
        self.rejected.update((m.key, m) for m in event.rejected)

    def outcome_of(self, span: ArticleSpan) -> str:
        """Return the outcome of a suggestion that was taken; empty where it does not count."""
        if span.key in self.current:
            return "kept"
        if span.key in self.undone or span.key in self.rejected:
            return ""
        return "changed" if any(_is_successor(span, m) for m in self.current.values()) else "removed"


def suggestion_outcomes(events: Iterable[EditEvent]) -> tuple[SuggestionOutcome, ...]:
    """Return what became of the suggestions of each source and label, by source and label."""
    tracker = _SuggestionTracker()
    for event in events:
        tracker.record_event(event)
    ends = [(m, tracker.outcome_of(m)) for m in tracker.accepted.values()]
    ends += [(m, "rejected") for m in tracker.rejected.values()]
    return sum_outcomes(SuggestionOutcome(m.source, m.label, **{outcome: 1}) for m, outcome in ends if outcome)


def left_outcomes(annotated_sentences: Iterable[AnnotatedSentence]) -> Iterator[SuggestionOutcome]:
    """Yield the suggestions that were left in the sentences."""
    for w in annotated_sentences:
        yield from (SuggestionOutcome(span_source_names(x.source), x.label, left=1) for x in w.annotation.left)


def sum_outcomes(many: Iterable[SuggestionOutcome]) -> tuple[SuggestionOutcome, ...]:
    """Return outcomes together, by source and label."""
    groups: dict[tuple[str, str], list[SuggestionOutcome]] = {}
    for o in many:
        groups.setdefault((o.source, o.label), []).append(o)
    counts = ("kept", "changed", "removed", "rejected", "left")
    return tuple(
        SuggestionOutcome(*key, *(sum(getattr(o, name) for o in group) for name in counts))
        for key, group in sorted(groups.items())
    )


def _is_moved_span(span: ArticleSpan, removed: Iterable[ArticleSpan]) -> bool:
    """Whether a span that appears is one that was taken before, with an edge moved."""
    return any(m.source == span.source and m.label == span.label and m.overlaps(span) for m in removed)


def _is_successor(span: ArticleSpan, other: ArticleSpan) -> bool:
    """Whether a present span is a suggestion that was changed: moved, or of another label."""
    alike = span.label == other.label or (span.start, span.end) == (other.start, other.end)
    return alike and span.overlaps(other)


MAX_CURVE_POINTS = 60
"""The most points of the curve of progress."""


class AnnotatorActivity(Struct, frozen=True):
    """What one annotator has done: all events, and the annotations of the sentences of the queue."""

    name: str
    events: tuple[EditEvent, ...]
    annotated_sentences: tuple[AnnotatedSentence, ...]


class CorpusProgress(Struct, frozen=True):
    """How far the corpus is: sentences to be annotated that have an answer, all, and what is left."""

    done: int
    total: int
    open_lengths: tuple[int, ...]
    """The lengths in tokens of the sentences without an answer."""


class AnnotationStatistics(Struct, frozen=True):
    """The figures; times are seconds at work, idle time left out."""

    name: str
    done: int
    total: int
    seconds: float
    sentences: int
    """Sentences finished in that time, and below spans made; the rest has no times."""
    spans: int
    sentences_an_hour: float | None
    spans_an_hour: float | None
    idle: tuple[float, float]
    """The gap that counts as a break, in seconds: the smallest and the largest of the annotators."""
    breaks: int
    scripted: int
    """Sentences that a script has finished: they have no pace."""
    sessions: tuple[WorkPeriod, ...]
    days: tuple[WorkPeriod, ...]
    keys: KeystrokeStatistics | None
    answers: AnswerCounts
    labels: tuple[LabelStatistics, ...]
    lengths: tuple[int, ...]
    density: tuple[int, ...]
    forecast: Forecast | None
    curve: tuple[tuple[float, float], ...]
    """Seconds at work and the sentences that were done by then; ends at what is done now."""
    suggestions: tuple[SuggestionOutcome, ...]
    haste: tuple[SpeedWarning, ...]


MIN_PACE_SENTENCES = 20
"""With fewer sentences there is no pace."""


def compute_statistics(
    name: str,
    activities: Sequence[AnnotatorActivity],
    progress: CorpusProgress,
    labels: Sequence[str],
    day: Callable[[float], str],
) -> AnnotationStatistics:
    """Return the figures of these annotators together; ``day`` names the day of a time."""
    timed_journals = [time_events(h.events) for h in activities]
    timed_events = [s for c in timed_journals for s in c.timed_events]
    annotated_sentences = [w for h in activities for w in h.annotated_sentences]
    seconds = sum(s.seconds for s in timed_events)
    sentences = sum(s.event.finished for s in timed_events)
    spans = sum(len(s.event.added) - len(s.event.removed) for s in timed_events)
    answers = [answer for c in timed_journals for answer in timed_answers(c.timed_events)]
    idle = [c.idle for c in timed_journals if c.timed_events]
    return AnnotationStatistics(
        name,
        progress.done,
        progress.total,
        seconds,
        sentences,
        spans,
        hourly_rate(sentences, seconds) if sentences >= MIN_PACE_SENTENCES else None,
        hourly_rate(spans, seconds) if sentences >= MIN_PACE_SENTENCES else None,
        (min(idle, default=0.0), max(idle, default=0.0)),
        breaks=sum(c.breaks for c in timed_journals),
        scripted=sum(c.scripted for c in timed_journals),
        sessions=work_periods(timed_events, lambda d: d.session),
        days=work_periods(timed_events, lambda d: day(d.time)),
        keys=keystroke_statistics(d for h in activities for d in h.events),
        answers=answer_counts(annotated_sentences),
        labels=label_statistics(labels, annotated_sentences, timed_events),
        lengths=span_length_histogram(annotated_sentences),
        density=spans_per_sentence_histogram(annotated_sentences),
        forecast=forecast_remaining(answers, progress.open_lengths),
        curve=_progress_curve(timed_events, progress.done),
        suggestions=sum_outcomes(
            [*(o for h in activities for o in suggestion_outcomes(h.events)), *left_outcomes(annotated_sentences)]
        ),
        haste=tuple(x for c in timed_journals for x in find_speed_warnings(s.event for s in c.timed_events)),
    )


def _progress_curve(timed_events: Sequence[TimedEvent], done: int) -> tuple[tuple[float, float], ...]:
    """Return the curve up to ``done``; what others or scripts finished is spread, or at the start."""
    finished = sum(s.event.finished for s in timed_events)
    if finished <= 0:
        return ()
    start = max(0, done - finished)
    points = [(0.0, float(start))]
    seconds = at = 0.0
    for timed_event in sorted(timed_events, key=lambda s: s.event.time):
        seconds += timed_event.seconds
        at += timed_event.event.finished
        points.append((seconds, max(0.0, start + at * (done - start) / finished)))
    n = len(points) - 1
    return tuple(points[i] for i in sorted({n * k // MAX_CURVE_POINTS for k in range(MAX_CURVE_POINTS + 1)}))
