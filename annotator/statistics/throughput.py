"""Time at work, with idle time left out, and how much was done in it.

A journal has the time at which each event was saved, in whole seconds, and nothing of the time
between. So

- a gap between two events of a session is work, unless it is longer than ``idle``;
- ``idle`` is Tukey's upper fence (third quartile + 1.5 interquartile ranges; Exploratory Data
  Analysis, 1977) of the logarithms of the gaps, because gaps are skewed; bounded to 30 to 300
  seconds, and 60 with fewer than 20 gaps;
- the event after a longer gap, and the first of a session, took as long as the mean of the others:
  a break is left out, the work on that event is not;
- more than 20 events in a second are a script's, and all of its session is left out: it has no pace.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import exp, log, sqrt

from msgspec import Struct

from annotator.statistics.edit_events import EditEvent

# Quantiles of samples, and of durations that were noted in whole seconds.


class Quartiles(Struct, frozen=True):
    """The median of a sample with its quartiles."""

    median: float
    low: float
    """A quarter of the sample is below."""
    high: float
    """A quarter is above."""
    count: int


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return a quantile of sorted values, interpolated (type 7 of Hyndman and Fan 1996)."""
    at = share * (len(ordered) - 1)
    i = min(int(at), len(ordered) - 2)
    if len(ordered) == 1:
        return ordered[0]
    return ordered[i] + (at - i) * (ordered[i + 1] - ordered[i])


def grouped_quantile(ordered: Sequence[float], share: float) -> float:
    """Return a quantile of sorted whole numbers as that of grouped data, each a class of width 1.

    A gap of whole seconds is anything within half a second of it, and ties are many: the
    value is interpolated in its class, as the textbook median of grouped data is. Never below 0.
    """
    value = ordered[min(int(share * len(ordered)), len(ordered) - 1)]
    below, upto = bisect_left(ordered, value), bisect_right(ordered, value)
    return max(0.0, value - 0.5 + (share * len(ordered) - below) / (upto - below))


def quartiles(values: Sequence[float]) -> Quartiles | None:
    """Return median and quartiles of durations in whole seconds, or None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    low, median, high = (grouped_quantile(ordered, x) for x in (0.25, 0.5, 0.75))
    return Quartiles(median, low, high, len(ordered))


IDLE_BOUNDS = (30.0, 300.0)
DEFAULT_IDLE = 60.0
MIN_GAPS = 20
MAX_EVENTS_PER_SECOND = 20
"""The most events that a person can do in a second."""
MIN_RATE_SECONDS = 60.0
"""Seconds of work below which there is no rate."""
SECONDS_PER_HOUR = 3600.0


class TimedEvent(Struct, frozen=True):
    """A event with the time that it took."""

    event: EditEvent
    seconds: float
    gap: float | None
    """The gap before it where all of it is work; None for a first event and after a break."""


class TimedJournal(Struct, frozen=True):
    """The events of one journal with their times."""

    timed_events: tuple[TimedEvent, ...]
    idle: float
    """The gap from which on one was not at work, in seconds."""
    breaks: int
    scripted: int
    """Sentences finished in sessions that no person can have typed."""


class WorkPeriod(Struct, frozen=True):
    """A session or a day: time at work and what was done in it."""

    name: str
    start: float
    """When its first event was saved, in seconds since 1970 (UTC)."""
    seconds: float
    sentences: int
    spans: int

    @property
    def sentences_an_hour(self) -> float | None:
        """Sentences finished in an hour of work; None for less than a minute."""
        return hourly_rate(self.sentences, self.seconds)

    @property
    def spans_an_hour(self) -> float | None:
        """Spans present at the end, for each hour of work; None for less than a minute."""
        return hourly_rate(self.spans, self.seconds)


def hourly_rate(n: int, seconds: float) -> float | None:
    """Return the rate of ``n`` an hour; None for less than a minute, never below 0."""
    return max(0, n) * SECONDS_PER_HOUR / seconds if seconds >= MIN_RATE_SECONDS else None


def idle_threshold(gaps: Iterable[float]) -> float:
    """Return the gap from which on somebody was not at work, in seconds."""
    logs = sorted(log(g + 0.5) for g in gaps)
    if len(logs) < MIN_GAPS:
        return DEFAULT_IDLE
    low, high = quantile(logs, 0.25), quantile(logs, 0.75)
    return min(max(exp(high + 1.5 * (high - low)), IDLE_BOUNDS[0]), IDLE_BOUNDS[1])


def time_events(events: Sequence[EditEvent]) -> TimedJournal:
    """Return the events of one journal with the time that each took."""
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
    """Return the sessions that hold more events in one second than a person can do."""
    per_second = Counter((d.session, int(d.time)) for d in events)
    return {session for (session, _), n in per_second.items() if n > MAX_EVENTS_PER_SECOND}


def _gaps(events: Sequence[EditEvent]) -> list[float | None]:
    """Return the seconds before each event; None for a session's first and where a clock was set back."""
    before = [None, *events[:-1]] if events else []
    return [
        d.time - b.time if b and b.session == d.session and d.time >= b.time else None
        for b, d in zip(before, events, strict=True)
    ]


def work_periods(timed_events: Iterable[TimedEvent], name: Callable[[EditEvent], str]) -> tuple[WorkPeriod, ...]:
    """Return time and work by session or day, the earliest first; ``name`` gives which one an event is of."""
    groups: dict[str, list[TimedEvent]] = {}
    for timed_event in timed_events:
        groups.setdefault(name(timed_event.event), []).append(timed_event)
    periods = (
        WorkPeriod(
            key,
            min(s.event.time for s in group),
            sum(s.seconds for s in group),
            sum(s.event.finished for s in group),
            sum(len(s.event.added) - len(s.event.removed) for s in group),
        )
        for key, group in groups.items()
    )
    return tuple(sorted(periods, key=lambda s: (s.start, s.name)))


# How much work is left, with an interval.
#
# The rest is taken to need as many seconds a token as the last ``RECENT_SENTENCES`` sentences did: a ratio
# estimator (Cochran, Sampling Techniques, 1977, chapter 6), because long sentences take longer. Its
# error comes from the *batch means* of the simulation textbooks (Law, Simulation Modeling and
# Analysis, 2015, chapter 9): the past is cut into consecutive blocks, so that good and bad stretches,
# which a sentence by sentence formula would take for independent, widen the interval as they should.
# With ``B`` blocks whose times miss the ratio by the variance ``s2``, and the rest ``x`` times as long
# as the past, the error of the forecast has the variance ``B * s2 * (x * x + x)``: the first part
# because the ratio is only estimated, the second because the rest is itself as uneven as the past.
# Student's t gives the interval, on the logarithm, so that it never reaches below nothing.


MIN_FORECAST_SENTENCES = 20
"""Sentences below which nothing is forecast."""
RECENT_SENTENCES = 500
BLOCK_COUNT_BOUNDS = (6, 20)
_STUDENT_T_95 = (
    2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771,
    1.761, 1.753, 1.746, 1.740, 1.734, 1.729,
)  # fmt: skip
"""The 95 % points of Student's t for 5 to 19 degrees of freedom."""


class TimedAnswer(Struct, frozen=True):
    """Sentences that were finished by one event, and the time since the one before."""

    seconds: float
    tokens: int
    sentences: int


class Forecast(Struct, frozen=True):
    """Work that is left, in seconds at work, and the bounds that hold 9 times in 10."""

    seconds: float
    low: float
    high: float
    sentences: int
    """The sentences that are left."""


def timed_answers(timed_events: Sequence[TimedEvent]) -> tuple[TimedAnswer, ...]:
    """Return the finished sentences with the time that went by at work since those before.

    An answer that is taken back counts against the sentences, its time does not.
    """
    answers, waiting = [], 0.0
    for timed_event in timed_events:
        waiting += timed_event.seconds
        if timed_event.event.finished:
            answers.append(TimedAnswer(waiting, timed_event.event.tokens, timed_event.event.finished))
            waiting = 0.0
    return tuple(answers)


def forecast_remaining(answers: Sequence[TimedAnswer], left: Sequence[int]) -> Forecast | None:
    """Return the work left for sentences of these lengths in tokens; None where too little is known."""
    latest = _recent_answers(answers)
    done, tokens = sum(u.sentences for u in latest), sum(u.tokens for u in latest)
    seconds = sum(u.seconds for u in latest)
    if done < MIN_FORECAST_SENTENCES or len(latest) < BLOCK_COUNT_BOUNDS[0] or tokens <= 0 or seconds <= 0:
        return None
    expected = seconds / tokens * sum(left)
    if not left:
        return Forecast(0.0, 0.0, 0.0, 0)
    error = _interval_half_width(latest, seconds / tokens, sum(left) / tokens) / expected
    return Forecast(expected, expected * exp(-error), expected * exp(error), len(left))


def _recent_answers(answers: Sequence[TimedAnswer]) -> Sequence[TimedAnswer]:
    done = 0
    for i in range(len(answers) - 1, -1, -1):
        done += answers[i].sentences
        if done >= RECENT_SENTENCES:
            return answers[i:]
    return answers


def _interval_half_width(answers: Sequence[TimedAnswer], ratio: float, x: float) -> float:
    """Return half the width of the interval in seconds."""
    blocks = _blocks(answers)
    missed = [sum(u.seconds - ratio * u.tokens for u in block) for block in blocks]
    s2 = sum(m * m for m in missed) / (len(blocks) - 1)
    return _STUDENT_T_95[len(blocks) - 6] * sqrt(len(blocks) * s2 * (x * x + x))


def _blocks(answers: Sequence[TimedAnswer]) -> list[Sequence[TimedAnswer]]:
    n = min(max(BLOCK_COUNT_BOUNDS[0], len(answers) // 5), BLOCK_COUNT_BOUNDS[1])
    edges = [len(answers) * i // n for i in range(n + 1)]
    return [answers[a:b] for a, b in pairwise(edges)]
