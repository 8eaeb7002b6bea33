"""The same words labelled in different ways, within one annotator's work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from annotator.core.inconsistent import InconsistencyGroup, WordOccurrence, find_inconsistencies
from annotator.core.inconsistent import InconsistencyKind as Way
from annotator.core.problems.material import CheckInput, ReviewedSentence
from annotator.core.problems.problem import ProblemKind, Problem, quote_text
from annotator.core.problems.problem import ProblemLocation as Where
from annotator.core.spans import Span

_PROBLEM_KINDS = {Way.LABELS: ProblemKind.TWO_LABELS, Way.EDGES: ProblemKind.OTHER_EDGES, Way.MISSED: ProblemKind.UNLABELLED}


def check_label_consistency(material: CheckInput) -> Iterator[Problem]:
    """Yield the words that one annotator has labelled here and not there, or in two ways."""
    for annotator, reviewed in material.by_annotator().items():
        seqs = {x.annotated.sentence.id: x for x in reviewed}
        for group in find_inconsistencies([x.annotated for x in reviewed], material.schema):
            yield _consistency_problem(annotator, group, seqs)


def _consistency_problem(annotator: str, group: InconsistencyGroup, reviewed: dict[str, ReviewedSentence]) -> Problem:
    counts = Counter(p.existing_label or "no label" for p in group.occurrences)
    label_counts = ", ".join(f"{label} ({n})" for label, n in sorted(counts.items(), key=lambda x: (-x[1], x[0])))
    what = f"{quote_text(group.words)} is {label_counts} in {annotator}’s work"
    if group.kind is Way.EDGES:
        what = f"{quote_text(group.words)} is marked with and without the words around the name"
    changes = group.changes
    return Problem(
        _PROBLEM_KINDS[group.kind],
        _occurrence_location(changes[0], reviewed),
        what,
        "decide each place (the worklist of inconsistencies in `annotator` has them all)",
        tuple(_occurrence_location(p, reviewed) for p in changes[1:]),
    )


def _occurrence_location(occurrence: WordOccurrence, reviewed: dict[str, ReviewedSentence]) -> Where:
    """Return a place of a group as a place of a problem; words without a label have a span without one."""
    span = occurrence.existing or Span(occurrence.start, occurrence.end, "-")
    return reviewed[occurrence.annotated.sentence.id].location_of(span)
