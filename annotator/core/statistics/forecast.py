"""How much work is left, with an interval.

The rest is taken to need as many seconds a token as the last ``LATEST`` sentences did: a ratio
estimator (Cochran, Sampling Techniques, 1977, chapter 6), because long sentences take longer. Its
error comes from the *batch means* of the simulation textbooks (Law, Simulation Modeling and
Analysis, 2015, chapter 9): the past is cut into consecutive blocks, so that good and bad stretches,
which a sentence by sentence formula would take for independent, widen the interval as they should.
With ``B`` blocks whose times miss the ratio by the variance ``s2``, and the rest ``x`` times as long
as the past, the error of the forecast has the variance ``B * s2 * (x * x + x)``: the first part
because the ratio is only estimated, the second because the rest is itself as uneven as the past.
Student's t gives the interval, on the logarithm, so that it never reaches below nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, sqrt

from annotator.core.statistics.pace import TimedEvent

MIN_FORECAST_SENTENCES = 20
"""Sentences below which nothing is forecast."""
RECENT_SENTENCES = 500
BLOCK_COUNT_BOUNDS = (6, 20)
_STUDENT_T_95 = (2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753, 1.746, 1.740, 1.734, 1.729)
"""The 95 % points of Student's t for 5 to 19 degrees of freedom."""


@dataclass(frozen=True, slots=True)
class TimedAnswer:
    """Sentences that were finished by one deed, and the time since the one before."""

    seconds: float
    tokens: int
    sentences: int


@dataclass(frozen=True, slots=True)
class Forecast:
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
