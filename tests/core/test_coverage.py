"""A sentence is covered for the labels that somebody has read it for, and two passes over it are united."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation import Annotation, Answer
from annotator.core.coverage import coverage_of, covered_labels, unite_coverage, unite_passes
from annotator.core.spans import Span

LABELS = ("PERSON", "VENUE", "CLAIM")
COVERAGES = st.one_of(st.none(), st.sets(st.sampled_from([*LABELS, "OLD"])).map(lambda x: coverage_of(x, LABELS)))
SPANS = st.lists(st.builds(Span, st.integers(0, 3), st.integers(4, 9), st.sampled_from(LABELS)), max_size=4)


def _annotation(covers: tuple[str, ...] | None, spans: list[Span]) -> Annotation:
    return Annotation(answer=Answer.ACCEPT, covers=covers).with_spans(spans)


@given(COVERAGES, COVERAGES)
def test_a_union_covers_what_one_of_them_does(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> None:
    """The union has the labels of both and no others; it is None only where one of them is."""
    united = unite_coverage(one, other, LABELS)
    both = {*covered_labels(one, LABELS), *covered_labels(other, LABELS)}
    assert set(covered_labels(united, LABELS)) == both
    assert (united is None) == (one is None or other is None)


@given(COVERAGES, COVERAGES, SPANS, SPANS)
def test_a_further_pass_keeps_what_the_first_has_decided(
    one: tuple[str, ...] | None, other: tuple[str, ...] | None, first: list[Span], second: list[Span]
) -> None:
    """Of each label the spans are those of the pass that covers it; where both do they agree, or nothing is united."""
    before, further = _annotation(one, first), _annotation(other, second)
    united = unite_passes(before, further, LABELS)
    for label in LABELS:
        mine, theirs, now = (
            {s.key for s in x.spans if s.label == label} if x else None for x in (before, further, united)
        )
        if united and (one is None or label in one):
            assert now == mine
            assert (other is not None and label not in other) or theirs == mine
        elif united and (other is None or label in other):
            assert now == theirs


def test_passes_that_contradict_each_other_are_not_united() -> None:
    """A label that both cover must have the same spans; an unfinished pass is none."""
    one, other = _annotation(("PERSON",), [Span(0, 4, "PERSON")]), _annotation(("PERSON", "VENUE"), [])
    assert unite_passes(one, other, LABELS) is None
    assert unite_passes(one, _annotation(None, [Span(0, 4, "PERSON")]).with_answer(None), LABELS) is None
