"""All figures of one annotator, or of several together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from annotator.core.annotation import Work
from annotator.core.statistics.deeds import Deed
from annotator.core.statistics.forecast import Forecast, Unit, forecast, units_of
from annotator.core.statistics.haste import Haste, hasty
from annotator.core.statistics.pace import Clocked, Step, Stint, clocked, rate, stints
from annotator.core.statistics.spans import (
    Answers,
    KeyFigures,
    LabelFigures,
    answers_of,
    density_of,
    key_figures,
    label_figures,
    length_classes,
)
from annotator.core.statistics.suggestions import Outcome, added_up, outcomes

POINTS = 60
"""The most points of the curve of progress."""


@dataclass(frozen=True, slots=True)
class Hand:
    """What one annotator has done: all deeds, and the works of the sentences that are to be annotated."""

    name: str
    events: tuple[Deed, ...]
    annotated_sentences: tuple[Work, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the corpus is: sentences to be annotated that have an answer, all, and what is left."""

    done: int
    total: int
    open_lengths: tuple[int, ...]
    """The lengths in tokens of the sentences without an answer."""


@dataclass(frozen=True, slots=True)
class Figures:
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
    sessions: tuple[Stint, ...]
    days: tuple[Stint, ...]
    keys: KeyFigures | None
    answers: Answers
    labels: tuple[LabelFigures, ...]
    lengths: tuple[int, ...]
    density: tuple[int, ...]
    forecast: Forecast | None
    curve: tuple[tuple[float, float], ...]
    """Seconds at work and the sentences that were done by then; ends at what is done now."""
    suggestions: tuple[Outcome, ...]
    haste: tuple[Haste, ...]


FEWEST = 20
"""Fewer sentences tell nothing of somebody's pace."""


def figures_of(
    name: str, activities: Sequence[Hand], progress: Progress, labels: Sequence[str], day: Callable[[float], str]
) -> Figures:
    """Return the figures of these annotators together; ``day`` names the day of a time."""
    timed_journals = [clocked(h.events) for h in activities]
    timed_events = [s for c in timed_journals for s in c.timed_events]
    annotated_sentences = [w for h in activities for w in h.annotated_sentences]
    seconds = sum(s.seconds for s in timed_events)
    sentences = sum(s.event.finished for s in timed_events)
    spans = sum(len(s.event.added) - len(s.event.removed) for s in timed_events)
    idle = [c.idle for c in timed_journals if c.timed_events]
    return Figures(
        name,
        progress.done,
        progress.total,
        seconds,
        sentences,
        spans,
        rate(sentences, seconds) if sentences >= FEWEST else None,
        rate(spans, seconds) if sentences >= FEWEST else None,
        (min(idle, default=0.0), max(idle, default=0.0)),
        breaks=sum(c.breaks for c in timed_journals),
        scripted=sum(c.scripted for c in timed_journals),
        sessions=stints(timed_events, lambda d: d.session),
        days=stints(timed_events, lambda d: day(d.time)),
        keys=key_figures(d for h in activities for d in h.events),
        answers=answers_of(annotated_sentences),
        labels=label_figures(labels, annotated_sentences, timed_events),
        lengths=length_classes(annotated_sentences),
        density=density_of(annotated_sentences),
        forecast=forecast(_units(timed_journals), progress.open_lengths),
        curve=_curve(timed_events, progress.done),
        suggestions=added_up(o for h in activities for o in outcomes(h.events)),
        haste=tuple(x for c in timed_journals for x in hasty(s.event for s in c.timed_events)),
    )


def _units(timed_journals: Sequence[Clocked]) -> list[Unit]:
    return [u for c in timed_journals for u in units_of(c.timed_events)]


def _curve(timed_events: Sequence[Step], done: int) -> tuple[tuple[float, float], ...]:
    """Return the way to ``done``; what others finished too, or scripts, is spread or stands at the start."""
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
    return tuple(points[i] for i in sorted({n * k // POINTS for k in range(POINTS + 1)}))
