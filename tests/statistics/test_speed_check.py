"""Haste: whoever takes everything unseen is told so, whoever reads is left in peace."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.annotation import Answer
from annotator.core.spans import Span
from annotator.statistics.edit_events import events_from_records
from annotator.statistics.speed_check import SpeedWarning, SpeedWarningKind, find_speed_warnings
from tests.statistics.simulated_annotator import SimulatedAnnotator

TOKENS = 12


def _hasty(worker: SimulatedAnnotator) -> tuple[SpeedWarning, ...]:
    return find_speed_warnings(events_from_records(worker.records))


def _begin(worker: SimulatedAnnotator) -> None:
    """Do a first sentence, so that the session has a time to begin with."""
    worker.answer(worker.sentence(TOKENS))


def test_accepting_page_after_page_unread_is_reported() -> None:
    """Six screens of 15 sentences, accepted with a key each in two seconds: told for each stretch of 40."""
    worker = SimulatedAnnotator()
    _begin(worker)
    for _ in range(6):
        worker.now += 2
        worker.answer(*[worker.sentence(TOKENS) for _ in range(15)])
    first, second = _hasty(worker)
    assert first.kind is SpeedWarningKind.UNREAD
    assert first.count == second.count == 45
    assert first.speed > 15
    assert first.message == (
        "45 sentences accepted in 7 s, faster than one can read; if you have not read them, Ctrl+Z brings them back"
    )


@settings(max_examples=40)
@given(
    st.integers(0, 1000),
    st.lists(st.integers(1, 20), min_size=1, max_size=30),
    st.floats(1.0, 7.0),
    st.sampled_from(["batch", "one by one"]),
)
def test_who_reads_is_never_reported(seed: int, pages: list[int], speed: float, how: str) -> None:
    """Who reads pages of up to 20 sentences, at up to 7 tokens a second, is in no haste to accept them."""
    worker = SimulatedAnnotator(seed=seed)
    _begin(worker)
    for n in pages:
        worker.now += n * TOKENS / speed
        numbers = [worker.sentence(TOKENS) for _ in range(n)]
        for group in [numbers] if how == "batch" else [[x] for x in numbers]:
            worker.answer(*group)
            worker.now += 0.1
    assert not [h for h in _hasty(worker) if h.kind is SpeedWarningKind.UNREAD]


def test_a_second_pass_over_what_was_annotated_is_no_haste() -> None:
    """Sentences that have spans already were looked at when those were made."""
    worker = SimulatedAnnotator()
    numbers = [worker.sentence(TOKENS) for _ in range(100)]
    for n in numbers:
        worker.now += 5
        worker.put(n, Span(0, 4, "PERSON"))
    for n in numbers:
        worker.now += 0.3
        worker.answer(n)
    assert _hasty(worker) == ()


def _take(worker: SimulatedAnnotator, seconds: float, n: int = 60) -> None:
    for _ in range(n):
        worker.now += seconds
        number = worker.sentence(TOKENS)
        worker.put(number, Span(0, 4, "PERSON", "rules"))
        worker.answer(number)


def test_taking_every_suggestion_fast_is_reported() -> None:
    """More than 50 suggestions in a row, none turned down, faster than one reads."""
    worker = SimulatedAnnotator()
    _begin(worker)
    _take(worker, 1.2)
    (haste,) = _hasty(worker)
    assert haste.kind is SpeedWarningKind.ALL_TAKEN
    assert haste.count == 51
    assert haste.message == (
        "the last 51 suggestions were all taken, none was turned down; look at a few of them again, 0 turns one down"
    )


def test_a_judgement_of_ones_own_ends_the_row() -> None:
    """A rejection, a removal, a span of one's own or a sentence that is ignored: somebody is looking."""
    for judge in ("turn down", "remove", "own", "ignore"):
        worker = SimulatedAnnotator()
        _begin(worker)
        _take(worker, 1.2, 40)
        number = worker.sentence(TOKENS)
        if judge == "turn down":
            worker.turn_down(number, Span(0, 4, "PERSON", "rules"))
        elif judge == "own":
            worker.put(number, Span(0, 4, "PERSON"))
        elif judge == "ignore":
            worker.answer(number, answer=Answer.IGNORE)
        else:
            worker.put(number - 1)
        _take(worker, 1.2, 40)
        assert _hasty(worker) == (), judge


def test_taking_every_suggestion_slowly_is_fine() -> None:
    """Good suggestions may all be right: at reading speed nobody is warned, and a pause is no reading."""
    worker = SimulatedAnnotator()
    _begin(worker)
    _take(worker, 4.0, 200)
    assert _hasty(worker) == ()


def test_a_new_session_begins_again() -> None:
    """Nothing is known of the time before a session's first deed, so it is not held against anybody."""
    worker = SimulatedAnnotator()
    for n in range(10):
        worker.new_session(f"ana-{n}")
        worker.answer(*[worker.sentence(TOKENS) for _ in range(30)])
    assert _hasty(worker) == ()
