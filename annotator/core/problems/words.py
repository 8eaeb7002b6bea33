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
    for annotator, said in material.by_annotator().items():
        seqs = {x.work.sentence.id: x for x in said}
        for group in inconsistencies([x.work for x in said], material.schema):
            yield _problem(annotator, group, seqs)


def _problem(annotator: str, group: Group, said: dict[str, Said]) -> Problem:
    counts = Counter(p.what or "no label" for p in group.places)
    told = ", ".join(f"{label} ({n})" for label, n in sorted(counts.items(), key=lambda x: (-x[1], x[0])))
    what = f"{quoted(group.words)} is {told} in {annotator}’s work"
    if group.kind is Way.EDGES:
        what = f"{quoted(group.words)} is marked with and without the words around the name"
    changes = group.changes
    return Problem(
        _KINDS[group.kind],
        _where(changes[0], said),
        what,
        "decide each place (the worklist of inconsistencies in `annotator` has them all)",
        tuple(_where(p, said) for p in changes[1:]),
    )


def _where(place: Place, said: dict[str, Said]) -> Where:
    """Return a place of a group as a place of a problem; words without a label have a span without one."""
    span = place.found or Span(place.start, place.end, "-")
    return said[place.work.sentence.id].at(span)
