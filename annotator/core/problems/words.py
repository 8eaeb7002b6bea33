"""The same words labelled in different ways, within one annotator's work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from annotator.core.inconsistent import Group, Place, inconsistencies
from annotator.core.inconsistent import Kind as Way
from annotator.core.problems.material import Material, Said
from annotator.core.problems.problem import Kind, Problem, quoted
from annotator.core.problems.problem import Place as Where
from annotator.core.spans import Span

_KINDS = {Way.LABELS: Kind.TWO_LABELS, Way.EDGES: Kind.OTHER_EDGES, Way.MISSED: Kind.UNLABELLED}


def same_words(material: Material) -> Iterator[Problem]:
    """Yield the words that one annotator has labelled here and not there, or in two ways."""
    for annotator, reviewed in material.by_annotator().items():
        seqs = {x.annotated.sentence.id: x for x in reviewed}
        for group in inconsistencies([x.annotated for x in reviewed], material.schema):
            yield _problem(annotator, group, seqs)


def _problem(annotator: str, group: Group, reviewed: dict[str, Said]) -> Problem:
    counts = Counter(p.existing_label or "no label" for p in group.occurrences)
    label_counts = ", ".join(f"{label} ({n})" for label, n in sorted(counts.items(), key=lambda x: (-x[1], x[0])))
    what = f"{quoted(group.words)} is {label_counts} in {annotator}’s work"
    if group.kind is Way.EDGES:
        what = f"{quoted(group.words)} is marked with and without the words around the name"
    changes = group.changes
    return Problem(
        _KINDS[group.kind],
        _where(changes[0], reviewed),
        what,
        "decide each place (the worklist of inconsistencies in `annotator` has them all)",
        tuple(_where(p, reviewed) for p in changes[1:]),
    )


def _where(occurrence: Place, reviewed: dict[str, Said]) -> Where:
    """Return a place of a group as a place of a problem; words without a label have a span without one."""
    span = occurrence.existing or Span(occurrence.start, occurrence.end, "-")
    return reviewed[occurrence.annotated.sentence.id].location_of(span)
