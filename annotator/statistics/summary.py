"""All figures of one annotator, or of several together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence
from annotator.statistics.annotation_statistics import (
    AnswerCounts,
    KeystrokeStatistics,
    LabelStatistics,
    SuggestionOutcome,
    answer_counts,
    keystroke_statistics,
    label_statistics,
    span_length_histogram,
    spans_per_sentence_histogram,
    suggestion_outcomes,
    sum_outcomes,
)
from annotator.statistics.edit_events import EditEvent
from annotator.statistics.speed_check import SpeedWarning, find_speed_warnings
from annotator.statistics.throughput import (
    Forecast,
    TimedEvent,
    WorkPeriod,
    forecast_remaining,
    hourly_rate,
    time_events,
    timed_answers,
    work_periods,
)

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
        suggestions=sum_outcomes(o for h in activities for o in suggestion_outcomes(h.events)),
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
