"""The forecast: its interval holds what comes as often as it says, whoever works."""

from __future__ import annotations

from math import exp
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.statistics.edit_events import events_from_records
from annotator.statistics.throughput import (
    RECENT_SENTENCES,
    Forecast,
    TimedAnswer,
    forecast_remaining,
    time_events,
    timed_answers,
)
from tests.statistics.simulated_annotator import SimulatedAnnotator


def _timed_answers(rng: Random, n: int, memory: float) -> list[TimedAnswer]:
    """Return sentences of a worker with good and bad stretches, as long as ``memory`` (0 to 1) is large."""
    units, mood = [], 0.0
    for _ in range(n):
        mood = memory * mood + rng.gauss(0.0, 0.3)
        tokens = rng.randint(5, 45)
        units.append(TimedAnswer((2 + 0.4 * tokens) * exp(mood + rng.gauss(0.0, 0.4)), tokens, 1))
    return units


@pytest.mark.parametrize(("known", "left", "memory"), [(24, 200, 0.0), (60, 100, 0.5), (200, 800, 0.5)])
def test_the_interval_holds_9_times_in_10(known: int, left: int, memory: float) -> None:
    """Of 200 workers at least four in five, and not all, need a time within the bounds (nominal: 180)."""
    hits = 0
    for seed in range(200):
        units = _timed_answers(Random(seed), known + left, memory)
        rest = units[known:]
        found = forecast_remaining(units[:known], [u.tokens for u in rest])
        assert found is not None
        hits += found.low <= sum(u.seconds for u in rest) <= found.high
    assert 160 <= hits <= 198


def test_the_interval_narrows_with_what_is_known() -> None:
    """Ten times the past gives a narrower interval for the same rest."""
    units = _timed_answers(Random(1), 300, 0.0)
    few, many = forecast_remaining(units[:30], [20] * 100), forecast_remaining(units, [20] * 100)
    assert few is not None
    assert many is not None
    assert many.high / many.low < few.high / few.low


def test_long_sentences_take_longer() -> None:
    """The rest is forecast by tokens, not by sentences."""
    units = [TimedAnswer(2.0 * t, t, 1) for t in (10, 20, 30, 40) * 10]
    assert forecast_remaining(units, [10] * 10) == Forecast(200.0, 200.0, 200.0, 10)
    assert forecast_remaining(units, [40] * 10) == Forecast(800.0, 800.0, 800.0, 10)


@pytest.mark.parametrize(
    "units",
    [[], [TimedAnswer(5.0, 10, 1)] * 19, [TimedAnswer(60.0, 200, 40)] * 5, [TimedAnswer(0.0, 10, 1)] * 30],
    ids=["none", "19 sentences", "5 deeds", "no time"],
)
def test_too_little_is_no_forecast(units: list[TimedAnswer]) -> None:
    """With fewer than 20 sentences, too few deeds or no times nothing is said."""
    assert forecast_remaining(units, [10] * 50) is None


def test_nothing_left_takes_no_time() -> None:
    """A finished corpus has a forecast of nothing."""
    assert forecast_remaining([TimedAnswer(5.0, 10, 1)] * 30, []) == Forecast(0.0, 0.0, 0.0, 0)


def test_the_latest_work_counts() -> None:
    """What was done before the last 500 sentences, when all was new, is forgotten."""
    units = [TimedAnswer(100.0, 10, 1)] * 50 + [TimedAnswer(10.0, 10, 1)] * RECENT_SENTENCES
    found = forecast_remaining(units, [10] * 10)
    assert found is not None
    assert found.seconds == pytest.approx(100.0)


def test_units_hold_all_the_time() -> None:
    """Each sentence has the time since the one before, spans, corrections and all."""
    worker = SimulatedAnnotator(seed=4)
    for _ in range(30):
        worker.annotate(words=12, spans=2)
    steps = time_events(events_from_records(worker.records)).timed_events
    units = timed_answers(steps)
    assert [(u.tokens, u.sentences) for u in units] == [(12, 1)] * 30
    assert sum(u.seconds for u in units) == pytest.approx(sum(s.seconds for s in steps))


@given(
    st.lists(st.tuples(st.floats(0.0, 1e5), st.integers(-50, 500), st.integers(-3, 30)), min_size=1, max_size=80),
    st.lists(st.integers(1, 200), max_size=50),
)
def test_any_past_gives_a_sound_interval_or_none(past: list[tuple[float, int, int]], left: list[int]) -> None:
    """Whatever was done and taken back, low <= expected <= high and nothing is below 0."""
    found = forecast_remaining([TimedAnswer(*u) for u in past], left)
    assert found is None or 0.0 <= found.low <= found.seconds <= found.high
