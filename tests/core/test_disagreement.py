"""Where annotators disagree, and what their union and their majority are."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation import Annotation, Answer
from annotator.core.coverage import covered_labels
from annotator.core.disagreement import DisagreementKind, SpanUnit, find_disagreements, span_units, unite_annotations
from annotator.core.spans import Span

LABELS = ("PERSON", "VENUE", "COUNT")


def annotation(*spans: Span, covers: tuple[str, ...] | None = None) -> Annotation:
    """Return an accepted annotation."""
    return Annotation(answer=Answer.ACCEPT, covers=covers).with_spans(spans)


SPANS = st.builds(
    lambda start, size, label: Span(start, start + size, label),
    st.integers(0, 8),
    st.integers(1, 4),
    st.sampled_from(LABELS),
)
COVERS = st.none() | st.lists(st.sampled_from(LABELS), unique=True).map(lambda x: tuple(sorted(x)))
ANNOTATIONS = st.builds(lambda spans, covers: annotation(*spans, covers=covers), st.lists(SPANS, max_size=4), COVERS)


def kinds(*annotations: Annotation) -> list[DisagreementKind]:
    """Return the kinds of the differences."""
    return [d.kind for d in find_disagreements(annotations)]


def test_the_kinds_of_differences() -> None:
    """Other edges, another label, nothing there; a span in another is no rival of it."""
    person, longer, venue = Span(0, 5, "PERSON"), Span(0, 9, "PERSON"), Span(0, 5, "VENUE")
    assert kinds(annotation(person), annotation(longer)) == [DisagreementKind.BOUNDARY]
    assert kinds(annotation(person), annotation(venue)) == [DisagreementKind.LABEL]
    assert kinds(annotation(person), annotation()) == [DisagreementKind.MISSING]
    assert kinds(annotation(Span(0, 9, "CLAIM"), person), annotation(person)) == [DisagreementKind.MISSING]
    assert kinds(annotation(person, longer), annotation()) == [DisagreementKind.MISSING] * 2


def test_labels_that_one_alone_covers_are_no_difference() -> None:
    """The union of two passes has the spans and the labels of both."""
    one = annotation(Span(0, 5, "PERSON"), covers=("PERSON",))
    other = annotation(Span(6, 9, "VENUE"), covers=("VENUE",))
    assert kinds(one, other) == []
    united = unite_annotations([one, other], LABELS)
    assert (united.spans, united.covers) == ((*one.spans, *other.spans), ("PERSON", "VENUE"))
    assert unite_annotations([one, annotation()], LABELS).covers is None


def test_parts_of_a_discontinuous_span_count_as_one() -> None:
    """How annotators name the group is no difference; a part more is one difference; names stay apart in the union."""
    parts = [Span(0, 3, "PERSON", group="g1"), Span(6, 9, "PERSON", group="g1")]
    same = annotation(*(Span(s.start, s.end, s.label, group="x") for s in parts))
    assert kinds(annotation(*parts), same) == []
    assert kinds(annotation(*parts), annotation(parts[0])) == [DisagreementKind.BOUNDARY]
    venue = [Span(10, 12, "VENUE", group="g1"), Span(14, 16, "VENUE", group="g1")]
    both = annotation(*parts, covers=("PERSON",)), annotation(*venue, covers=("VENUE",))
    assert set(span_units(unite_annotations(both, LABELS).spans)) == set(span_units([*parts, *venue]))


def test_two_edges_against_nothing_are_undecided() -> None:
    """Two of three who mark a name with different edges have no majority, and nor has its absence."""
    short, long = annotation(Span(0, 5, "PERSON")), annotation(Span(0, 9, "PERSON"))
    nothing = annotation()
    (undecided,) = find_disagreements([short, long, nothing])
    assert undecided.majority() is None
    (absent,) = find_disagreements([short, long, nothing, nothing, nothing])
    assert absent.majority() == frozenset()
    (longer,) = find_disagreements([short, long, long])
    assert longer.majority() == {SpanUnit(((0, 9),), "PERSON")}
    (tie,) = find_disagreements([short, nothing])
    assert tie.majority() is None


def test_what_one_has_rejected_and_another_has_is_not_rejected() -> None:
    """A rejection counts where nobody has the span, unfinished annotations included."""
    rejected = [Span(0, 5, "PERSON"), Span(6, 9, "VENUE"), Span(10, 12, "VENUE")]
    one = annotation().with_rejected(rejected)
    united = unite_annotations([one, annotation(rejected[0])], LABELS, beside=[Annotation().with_spans(rejected[1:2])])
    assert (united.spans, united.rejected) == ((rejected[0],), (rejected[2],))


@given(ANNOTATIONS, st.integers(2, 4))
def test_identical_annotators_change_nothing(one: Annotation, times: int) -> None:
    """They have no difference, and their union is what each of them has."""
    assert find_disagreements([one] * times) == []
    united = unite_annotations([one] * times, LABELS)
    labels = covered_labels(one.covers, LABELS)
    assert (set(united.spans), covered_labels(united.covers, LABELS)) == (set(one.spans), labels)


@given(st.lists(ANNOTATIONS, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_annotators_changes_neither_differences_nor_majority(
    every: list[Annotation], random: Random
) -> None:
    """Kinds, units and majorities are the same in each order."""
    other = random.sample(every, len(every))
    found = [[(d.kind, [u.unit for u in d.units], d.majority()) for d in find_disagreements(x)] for x in (every, other)]
    assert found[0] == found[1]


@given(st.lists(st.lists(SPANS, max_size=4).map(lambda x: annotation(*x)), min_size=2, max_size=5))
def test_spans_that_a_majority_has_are_together_in_an_annotation(every: list[Annotation]) -> None:
    """So a vote among annotators of all labels makes no overlap that none of them has made."""
    units = [span_units(a.spans) for a in every]
    dropped = {u.unit for d in find_disagreements(every) for u in d.units if not u.has_majority}
    kept = set(span_units(unite_annotations(every, LABELS, dropped).spans))
    assert all(any({a, b} <= set(x) for x in units) for a in kept for b in kept)


@given(st.lists(ANNOTATIONS, min_size=2, max_size=4))
def test_a_preference_has_the_first_one_s_spans(every: list[Annotation]) -> None:
    """Of the labels that the first annotator covers, its spans count alone."""
    found = find_disagreements(every)
    dropped = {u.unit for d in found for u in d.units} - {u for d in found for u in d.preferred()}
    united, first = unite_annotations(every, LABELS, dropped), every[0]

    def of_first(spans: tuple[Span, ...]) -> set[Span]:
        return {s for s in spans if first.covers is None or s.label in first.covers}

    assert of_first(united.spans) == of_first(first.spans)
