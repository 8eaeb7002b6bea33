"""What became of suggestions: each ends in one way, and those who undo have decided nothing."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.edits import Op
from annotator.core.spans import Span
from annotator.core.suggestion import LeftSuggestion
from annotator.statistics.edit_events import events_from_records
from annotator.statistics.summary import SuggestionOutcome, left_outcomes, suggestion_outcomes, sum_outcomes
from tests.statistics.simulated_annotator import SimulatedAnnotator

ENDS = ["kept", "moved", "moved twice", "relabelled", "removed", "rejected", "undone", "redone", "own"]
FATE = {"moved": "changed", "moved twice": "changed", "relabelled": "changed", "redone": "kept"}


def test_what_was_left_is_counted_apart() -> None:
    """A suggestion that was open at the accept counts by source and label, and not in the share that was kept."""
    worker = SimulatedAnnotator()
    n = worker.sentence(8)
    worker.answer(n)
    left = (
        LeftSuggestion(0, 4, "PERSON", 0.9, "history/surname+rules/title"),
        LeftSuggestion(5, 9, "PERSON", 0.5, "rules"),
    )
    annotated = worker.annotated_sentences[n]
    annotated = replace(annotated, annotation=replace(annotated.annotation, left=left))
    found = sum_outcomes([*left_outcomes([annotated]), SuggestionOutcome("rules", "PERSON", kept=1)])
    assert found == (
        SuggestionOutcome("history+rules", "PERSON", left=1),
        SuggestionOutcome("rules", "PERSON", kept=1, left=1),
    )
    assert [(o.judged, o.kept_share) for o in found] == [(0, 0.0), (1, 1.0)]


def _do(worker: SimulatedAnnotator, end: str, source: str) -> None:
    """Deal with one suggestion in a sentence of its own."""
    n = worker.sentence(8)
    words = worker.annotated_sentences[n].sentence.tokens
    mine = Span(words[4].start, words[4].end, "VENUE")
    taken = Span(words[0].start, words[0].end, "PERSON", source)
    longer = Span(words[0].start, words[1].end, "PERSON", source)
    if end == "own":
        worker.put(n, mine)
    elif end == "rejected":
        worker.turn_down(n, taken)
    else:
        worker.put(n, taken)
    later: dict[str, list[tuple[Op, tuple[Span, ...]]]] = {
        "moved": [(Op.EDIT, (longer,))],
        "moved twice": [(Op.EDIT, (longer,)), (Op.EDIT, (Span(0, words[2].end, "PERSON", source),))],
        "relabelled": [(Op.EDIT, (Span(taken.start, taken.end, "VENUE"),))],
        "removed": [(Op.EDIT, (mine,))],
        "undone": [(Op.UNDO, ())],
        "redone": [(Op.UNDO, ()), (Op.REDO, (taken,))],
    }
    for op, spans in later.get(end, []):
        worker.put(n, *spans, op=op)
    worker.answer(n)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(ENDS), st.sampled_from(["rules", "history"])), max_size=25))
def test_each_suggestion_ends_in_one_way(ends: list[tuple[str, str]]) -> None:
    """Kept, changed, removed and rejected ones are told apart by source; undone and own ones don't count."""
    worker = SimulatedAnnotator()
    for end, source in ends:
        _do(worker, end, source)
    found = suggestion_outcomes(events_from_records(worker.records))
    counted = Counter(
        {(o.source, fate): getattr(o, fate) for o in found for fate in ("kept", "changed", "removed", "rejected")}
    )
    expected = Counter((source, FATE.get(end, end)) for end, source in ends if end not in {"undone", "own"})
    assert +counted == expected
    assert [o.source for o in found] == sorted({s for s, _ in expected})


def test_turning_down_what_was_taken_is_a_rejection_once() -> None:
    """Taken by mistake, removed and turned down: one judgement, not two."""
    worker = SimulatedAnnotator()
    n = worker.sentence(5)
    span = Span(0, 4, "PERSON", "rules")
    worker.put(n, span)
    worker.put(n)
    worker.turn_down(n, span)
    assert suggestion_outcomes(events_from_records(worker.records)) == (
        SuggestionOutcome("rules", "PERSON", rejected=1),
    )


def test_a_rejection_that_is_undone_was_none() -> None:
    """Only what is turned down now counts."""
    worker = SimulatedAnnotator()
    n = worker.sentence(5)
    worker.turn_down(n, Span(0, 4, "PERSON", "rules"))
    worker.write(Op.UNDO, {n: worker.annotation_of(n).with_rejected(())})
    assert suggestion_outcomes(events_from_records(worker.records)) == ()


def test_annotators_are_added_up() -> None:
    """Outcomes of the same source and label are one row."""
    a, b = SuggestionOutcome("rules", "PERSON", 3, 1, 0, 2), SuggestionOutcome("rules", "PERSON", 1, 0, 1, 0)
    (both, other) = sum_outcomes([b, SuggestionOutcome("spacy", "VENUE", 1), a])
    assert both == SuggestionOutcome("rules", "PERSON", 4, 1, 1, 2)
    assert (both.judged, both.kept_share) == (8, 0.5)
    assert other.kept_share == 1.0
    assert SuggestionOutcome("x", "y").kept_share == 0.0
