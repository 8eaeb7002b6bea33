"""Pace: what a worker of known speed did in which time is found again, breaks or not."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.annotation import Answer
from annotator.core.edits import Op
from annotator.statistics.edit_events import EditEvent, events_from_records
from annotator.statistics.throughput import (
    IDLE_BOUNDS,
    Quartiles,
    hourly_rate,
    idle_threshold,
    quantile,
    quartiles,
    time_events,
    work_periods,
)
from tests.statistics.simulated_annotator import SimulatedAnnotator


def _event(time: float, session: str = "a", finished: int = 1) -> EditEvent:
    return EditEvent(Op.ANSWER, time, session, finished=finished)


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    seconds=st.floats(1.5, 20.0),
    spread=st.floats(0.2, 0.5),
    break_share=st.floats(0.0, 0.04),
    sessions=st.integers(1, 4),
)
def test_time_at_work_is_found_again(
    seed: int, seconds: float, spread: float, break_share: float, sessions: int
) -> None:
    """Breaks and the nights between sessions are left out: the time at work is right to 10 percent."""
    worker = SimulatedAnnotator(seed=seed, seconds=seconds, spread=spread, break_share=break_share)
    for n in range(sessions):
        worker.new_session(f"ana-{n}")
        for _ in range(100 // sessions):
            worker.annotate(spans=worker.rng.choice([0, 1, 2, 3]))
    steps = time_events(events_from_records(worker.records)).timed_events
    assert isclose(sum(s.seconds for s in steps), worker.worked, rel_tol=0.1)
    assert sum(s.event.finished for s in steps) == sum(w.done for w in worker.annotated_sentences.values())
    assert len(work_periods(steps, lambda d: d.session)) == sessions


def test_a_break_counts_as_a_usual_gap() -> None:
    """An hour away costs the mean of the other gaps, and so does the first deed of a session."""
    times = [5.0 * n for n in range(30)]
    found = time_events([_event(t) for t in [*times, times[-1] + 3600, times[-1] + 3605]])
    assert found.breaks == 1
    assert sum(s.seconds for s in found.timed_events) == 32 * 5
    assert [s.gap for s in found.timed_events].count(None) == 2


def test_idle_follows_the_gaps_within_bounds() -> None:
    """Fast hands are away sooner than slow ones; with few gaps it is a minute."""
    assert idle_threshold([4.0] * 19) == 60.0
    assert idle_threshold([1.0, 2.0] * 50) == IDLE_BOUNDS[0]
    assert IDLE_BOUNDS[0] < idle_threshold([5.0, 10.0, 15.0, 20.0] * 20) < IDLE_BOUNDS[1]
    assert idle_threshold([1.0, 100.0] * 50) == IDLE_BOUNDS[1]


def test_a_script_has_no_pace() -> None:
    """More deeds in a second than anybody can do: the whole session has no times, another keeps its own."""
    script = [_event(100.0, "script") for _ in range(21)]
    found = time_events([*script, _event(200.0), _event(210.0)])
    assert found.scripted == 21
    assert [s.event.session for s in found.timed_events] == ["a", "a"]


def test_a_clock_that_was_set_back_costs_a_usual_gap() -> None:
    """Time never runs backwards in the figures."""
    found = time_events([_event(100.0), _event(110.0), _event(50.0), _event(60.0)])
    assert [s.seconds for s in found.timed_events] == [10.0] * 4


def test_what_is_undone_was_not_done() -> None:
    """An answer that is taken back is no sentence, a span that is removed is no span; the time stays."""
    worker = SimulatedAnnotator()
    worker.annotate(spans=1)
    worker.now += 5
    worker.answer(0, answer=None, op=Op.UNDO)
    worker.now += 5
    worker.put(0)
    (stint,) = work_periods(time_events(events_from_records(worker.records)).timed_events, lambda d: d.session)
    assert (stint.sentences, stint.spans) == (0, 0)
    assert stint.seconds > 10


def test_less_than_a_minute_has_no_rate() -> None:
    """A rate needs a minute of work; what was taken back in net is no negative pace."""
    assert hourly_rate(3, 59.0) is None
    assert hourly_rate(30, 3600.0) == 30
    assert hourly_rate(-2, 600.0) == 0


def test_stints_are_in_order_of_time() -> None:
    """Days and sessions come in the order in which they began."""
    steps = time_events([_event(500.0, "b"), _event(100.0, "a", 0)]).timed_events
    assert [s.name for s in work_periods(steps, lambda d: d.session)] == ["a", "b"]
    assert [s.sentences for s in work_periods(steps, lambda _: "monday")] == [1]


def test_batches_are_one_action() -> None:
    """Ten sentences accepted with one key are one deed that finished ten."""
    worker = SimulatedAnnotator()
    numbers = [worker.sentence(8) for _ in range(10)]
    worker.answer(*numbers)
    worker.answer(numbers[0], answer=Answer.IGNORE)
    first, second = events_from_records(worker.records)
    assert (first.finished, first.tokens, first.untouched) == (10, 80, 10)
    assert (second.finished, second.accepted) == (0, 0)


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.floats(0.8, 20.0), st.floats(0.3, 1.0), st.sampled_from([0.25, 0.5, 0.75]))
def test_quantiles_of_whole_seconds(seed: int, seconds: float, spread: float, share: float) -> None:
    """Of durations cut to whole seconds the median and quartiles come out as those of the durations."""
    worker = SimulatedAnnotator(seed=seed)
    took = [worker.rng.lognormvariate(0.0, spread) * seconds for _ in range(400)]
    clock, noted = 0.3, []
    for t in took:
        noted.append(float(int(clock + t) - int(clock)))
        clock += t
    found = quartiles(noted)
    assert found is not None
    value = {0.25: found.low, 0.5: found.median, 0.75: found.high}[share]
    assert value == pytest.approx(quantile(sorted(took), share), rel=0.1, abs=0.35)


def test_the_middle_of_little() -> None:
    """Nothing has no middle; one value is its own; never below nothing."""
    assert quartiles([]) is None
    assert quartiles([3.0]) == Quartiles(3.0, 2.75, 3.25, 1)
    assert quartiles([0.0, 0.0, 0.0, 0.0]) == Quartiles(0.0, 0.0, 0.25, 4)
