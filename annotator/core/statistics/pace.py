"""Time at work, with idle time left out, and how much was done in it.

A journal tells when each deed was saved, in whole seconds, and nothing of the time between. So

- a gap between two deeds of a session is work, unless it is longer than ``idle``;
- ``idle`` is Tukey's upper fence (third quartile + 1.5 interquartile ranges; Exploratory Data
  Analysis, 1977) of the logarithms of the gaps, because gaps are skewed; bounded to 30 to 300
  seconds, and 60 with fewer than 20 gaps;
- the deed after a longer gap, and the first of a session, took as long as the mean of the others:
  a break is left out, the work on that deed is not;
- more than 20 deeds in a second are a script's, and all of its session is left out: it has no pace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import exp, log

from annotator.core.statistics.deeds import EditEvent
from annotator.core.statistics.quantiles import quantile

IDLE_BOUNDS = (30.0, 300.0)
DEFAULT_IDLE = 60.0
MIN_GAPS = 20
MAX_EVENTS_PER_SECOND = 20
"""The most deeds that a person can do in a second."""
MIN_RATE_SECONDS = 60.0
"""Seconds of work below which there is no rate."""
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class TimedEvent:
    """A deed with the time that it took."""

    event: EditEvent
    seconds: float
    gap: float | None
    """The gap before it where it is all work; None for the first deed, after a break and so on."""


@dataclass(frozen=True, slots=True)
class TimedJournal:
    """The deeds of one journal with their times."""

    timed_events: tuple[TimedEvent, ...]
    idle: float
    """The gap from which on one was not at work, in seconds."""
    breaks: int
    scripted: int
    """Sentences finished in sessions that no person can have typed."""


@dataclass(frozen=True, slots=True)
class WorkPeriod:
    """A session or a day: time at work and what was done in it."""

    name: str
    start: float
    """When its first deed was saved, in seconds since 1970 (UTC)."""
    seconds: float
    sentences: int
    spans: int

    @property
    def sentences_an_hour(self) -> float | None:
        """Sentences finished in an hour of work; None for less than a minute."""
        return hourly_rate(self.sentences, self.seconds)

    @property
    def spans_an_hour(self) -> float | None:
        """Spans that stood at the end, for each hour of work; None for less than a minute."""
        return hourly_rate(self.spans, self.seconds)


def hourly_rate(n: int, seconds: float) -> float | None:
    """Return how many of ``n`` come to an hour; None for less than a minute, never below 0."""
    return max(0, n) * SECONDS_PER_HOUR / seconds if seconds >= MIN_RATE_SECONDS else None


def idle_threshold(gaps: Iterable[float]) -> float:
    """Return the gap from which on somebody was not at work, in seconds."""
    logs = sorted(log(g + 0.5) for g in gaps)
    if len(logs) < MIN_GAPS:
        return DEFAULT_IDLE
    low, high = quantile(logs, 0.25), quantile(logs, 0.75)
    return min(max(exp(high + 1.5 * (high - low)), IDLE_BOUNDS[0]), IDLE_BOUNDS[1])


def time_events(events: Sequence[EditEvent]) -> TimedJournal:
    """Return the deeds of one journal with the time that each took."""
    scripts = _scripted_sessions(events)
    timed = [d for d in events if d.session not in scripts]
    gaps = _gaps(timed)
    idle = idle_threshold(g for g in gaps if g is not None)
    working_gaps = [g for g in gaps if g is not None and g <= idle]
    typical = sum(working_gaps) / len(working_gaps) if working_gaps else 0.0
    timed_events = tuple(
        TimedEvent(d, g, g) if g is not None and g <= idle else TimedEvent(d, typical, None)
        for d, g in zip(timed, gaps, strict=True)
    )
    breaks = sum(g is not None and g > idle for g in gaps)
    return TimedJournal(timed_events, idle, breaks, sum(d.finished for d in events if d.session in scripts))


def _scripted_sessions(events: Sequence[EditEvent]) -> set[str]:
    """Return the sessions that hold more deeds in one second than a person can do."""
    per_second = Counter((d.session, int(d.time)) for d in events)
    return {session for (session, _), n in per_second.items() if n > MAX_EVENTS_PER_SECOND}


def _gaps(events: Sequence[EditEvent]) -> list[float | None]:
    """Return the seconds before each deed; None for a session's first and where a clock was set back."""
    before = [None, *events[:-1]] if events else []
    return [
        d.time - b.time if b and b.session == d.session and d.time >= b.time else None
        for b, d in zip(before, events, strict=True)
    ]


def work_periods(timed_events: Iterable[TimedEvent], name: Callable[[EditEvent], str]) -> tuple[WorkPeriod, ...]:
    """Return time and work by session or day, the earliest first; ``name`` tells to which a deed belongs."""
    groups: dict[Hashable, list[TimedEvent]] = {}
    for timed_event in timed_events:
        groups.setdefault(name(timed_event.event), []).append(timed_event)
    found = (_work_period(str(key), group) for key, group in groups.items())
    return tuple(sorted(found, key=lambda s: (s.start, s.name)))


def _work_period(name: str, timed_events: Sequence[TimedEvent]) -> WorkPeriod:
    return WorkPeriod(
        name,
        min(s.event.time for s in timed_events),
        sum(s.seconds for s in timed_events),
        sum(s.event.finished for s in timed_events),
        sum(len(s.event.added) - len(s.event.removed) for s in timed_events),
    )
