"""Where annotators disagree on one sentence: the spans, the kind of difference, and what most of them have.

A unit is a span, or all parts of a discontinuous one together. A disagreement is about annotators who cover the label
of a unit (``Annotation.covers``): what somebody has not looked for is nobody's negative.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import reduce
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import Annotation, Answer
from annotator.core.coverage import Coverage, is_covered, unite_coverage
from annotator.core.spans import Span

ConflictRule = Literal["skip", "prefer", "majority", "error"]
"""What becomes of sentences that annotators have left differently: ``annotator_conflicts.py`` has what each does."""


class DisagreementKind(StrEnum):
    """How annotations of one stretch of text differ."""

    ANSWER = "answer"
    """Different answers."""
    CUT = "cut"
    """Different sentences: joined or split."""
    BOUNDARY = "boundary"
    """The same label with other edges."""
    LABEL = "label"
    """The same edges with another label."""
    MISSING = "missing"
    """A span of one with nothing like it of another."""


class SpanUnit(Struct, frozen=True, order=True, gc=False):
    """A span, or all parts of a discontinuous one, in code points of the sentence; what two annotators can share."""

    ranges: tuple[tuple[int, int], ...]
    label: str

    def overlaps(self, other: SpanUnit) -> bool:
        """Whether the two share at least one code point."""
        return any(a < d and c < b for a, b in self.ranges for c, d in other.ranges)

    def shifted(self, by: int) -> SpanUnit:
        """Return the unit shifted by ``by`` code points."""
        return SpanUnit(tuple((a + by, b + by) for a, b in self.ranges), self.label)


def span_units(spans: Iterable[Span]) -> dict[SpanUnit, tuple[Span, ...]]:
    """Return the units of an annotation with the spans of each."""
    parts: dict[tuple[object, str], list[Span]] = {}
    for n, s in enumerate(spans):
        parts.setdefault((s.group or n, s.label), []).append(s)
    return {
        SpanUnit(tuple(sorted((s.start, s.end) for s in found)), label): tuple(found)
        for (_, label), found in parts.items()
    }


class DisputedUnit(Struct, frozen=True):
    """A unit that some of the annotations have, and others that cover its label have not, by their numbers."""

    unit: SpanUnit
    holders: frozenset[int]
    voters: frozenset[int]
    """All that cover the label."""

    @property
    def has_majority(self) -> bool:
        """Whether more than half of the voters have it."""
        return 2 * len(self.holders) > len(self.voters)

    def rivals(self, other: DisputedUnit) -> bool:
        """Whether two units are one difference: another's edges or label for the same thing."""
        if self.holders & other.holders:
            return False
        a, b = self.unit, other.unit
        return a.ranges == b.ranges or (a.label == b.label and a.overlaps(b))


class Ballot(Struct, frozen=True):
    """What an annotator has on a sentence who has joined or split the text differently, and was outvoted in that."""

    spans: tuple[Span, ...]
    """In code points of the sentence; those that run out of it are not there."""
    stretches: tuple[tuple[int, int, Coverage], ...]
    """Where the annotator has accepted the text, in code points of the sentence, and for which labels."""

    def is_about(self, unit: SpanUnit) -> bool:
        """Whether the annotator has read all of a unit for its label."""
        read: list[list[int]] = []
        for start, end, _ in (x for x in self.stretches if is_covered(unit.label, x[2])):
            if read and read[-1][1] == start:
                read[-1][1] = end
            else:
                read.append([start, end])
        return all(any(a <= start and end <= b for a, b in read) for start, end in unit.ranges)


class SpanDisagreement(Struct, frozen=True):
    """One difference: a unit that is missing somewhere, or units that stand for each other."""

    units: tuple[DisputedUnit, ...]

    @property
    def kind(self) -> DisagreementKind:
        """How the annotations differ."""
        if len(self.units) == 1:
            return DisagreementKind.MISSING
        same = len({x.unit.label for x in self.units}) == 1
        return DisagreementKind.BOUNDARY if same else DisagreementKind.LABEL

    @property
    def parties(self) -> frozenset[int]:
        """The annotations that it is between."""
        return frozenset().union(*(x.voters for x in self.units))

    def majority(self) -> frozenset[SpanUnit] | None:
        """Return the units that more than half have; None where it is undecided whether there is one.

        A unit without a majority is absent where a rival has one, or where more than half of its voters have neither
        it nor a rival: two who mark a name with different edges, against one who marks nothing, decide nothing.
        """
        chosen = [x for x in self.units if x.has_majority]
        for x in (x for x in self.units if not x.has_majority):
            rivals = [y for y in self.units if x.rivals(y)]
            marked = x.holders.union(*(y.holders for y in rivals))
            if not any(y.has_majority for y in rivals) and 2 * len(x.voters - marked) <= len(x.voters):
                return None
        return frozenset(x.unit for x in chosen)

    def preferred(self) -> frozenset[SpanUnit]:
        """Return the units of the first annotation, in the order given, that covers the label of each."""
        return frozenset(x.unit for x in self.units if min(x.voters) in x.holders)


def find_disagreements(annotations: Sequence[Annotation], ballots: Sequence[Ballot] = ()) -> list[SpanDisagreement]:
    """Return the differences between annotations of one sentence, in text order.

    Those with other sentences vote with ``ballots``, whose numbers follow those of the annotations.
    """
    units = [*(span_units(a.spans) for a in annotations), *(span_units(b.spans) for b in ballots)]
    first = len(annotations)
    every = sorted({u for each in units for u in each})
    disputed = []
    for unit in every:
        voters = {n for n, a in enumerate(annotations) if is_covered(unit.label, a.covers)}
        if voters:  # else it is about a label that none of the annotations covers
            voters |= {n for n, ballot in enumerate(ballots, first) if ballot.is_about(unit)}
        holders = frozenset(n for n in voters if unit in units[n])
        if holders and holders != voters:
            disputed.append(DisputedUnit(unit, holders, frozenset(voters)))
    return [SpanDisagreement(tuple(sorted(x, key=lambda d: d.unit))) for x in _rival_groups(disputed)]


def _rival_groups(disputed: Sequence[DisputedUnit]) -> list[list[DisputedUnit]]:
    """Return the units in groups that rivalry connects, each group at the place of its first unit."""
    groups: list[list[DisputedUnit]] = []
    for unit in disputed:
        joined = [g for g in groups if any(unit.rivals(x) for x in g)]
        groups = [g for g in groups if not any(g is j for j in joined)]
        groups.append([*(x for g in joined for x in g), unit])
    return sorted(groups, key=lambda g: min(x.unit for x in g))


def unite_annotations(
    annotations: Sequence[Annotation],
    labels: Sequence[str],
    dropped: Container[SpanUnit] = (),
    beside: Sequence[Annotation] = (),
) -> Annotation:
    """Return the accepted annotation that holds what several annotators of one sentence have, but for ``dropped``.

    A unit counts where its annotator covers its label, or nobody does. It covers what any of them covers. What one has
    rejected stays rejected unless another has it as a span; ``beside`` are unfinished annotations that count for that.
    ``labels`` are those of the schema.
    """
    each = [a.covers for a in annotations]
    held: dict[SpanUnit, tuple[Span, ...]] = {}
    for annotation in annotations:
        for unit, spans in span_units(annotation.spans).items():
            counts = is_covered(unit.label, annotation.covers) or not any(is_covered(unit.label, c) for c in each)
            if counts and unit not in dropped:
                held.setdefault(unit, spans)
    every = (*annotations, *beside)
    labelled = {s.key for a in every for s in a.spans}
    rejected = [s for a in every for s in a.rejected if s.key not in labelled]
    united = Annotation(
        answer=Answer.ACCEPT,
        note=" ".join(dict.fromkeys(a.note for a in annotations if a.note)),
        flagged=any(a.flagged for a in annotations),
        covers=reduce(lambda one, other: unite_coverage(one, other, labels), each),
    )
    return united.with_spans(list(_with_own_groups(held.values()))).with_rejected(rejected)


def _with_own_groups(units: Iterable[tuple[Span, ...]]) -> Iterator[Span]:
    """Yield the spans; two discontinuous ones that name their group alike get different names."""
    used: set[str] = set()
    for spans in units:
        name = group = spans[0].group
        n = 2
        while group and group in used:
            group, n = f"{name}.{n}", n + 1
        used.add(group)
        yield from spans if group == name else (replace(s, group=group) for s in spans)


class ConflictSide(Struct, frozen=True):
    """What one annotator has where there is a conflict."""

    annotator: str
    seq: int
    """The number of the journal record, of the first of several."""
    article: str
    sentences: tuple[tuple[int, int], ...]
    """Where the sentences start and end, in code points of the article."""
    answer: str
    spans: tuple[Span, ...] = ()
    """The spans that the others don't have, in code points of the sentence; none in a conflict of cuts or answers."""
    words: tuple[str, ...] = ()
    """The text of each span."""

    @property
    def sentence_ids(self) -> list[str]:
        """The ids of the sentences."""
        return [f"{self.article}:{start}-{end}" for start, end in self.sentences]

    def describe(self, kind: DisagreementKind) -> str:
        """Return in words what the annotator has."""
        if kind is DisagreementKind.ANSWER:
            return f"{self.annotator} {self.answer}"
        if kind is DisagreementKind.CUT:
            return f"{self.annotator} {' and '.join(f'{a}-{b}' for a, b in self.sentences)}"
        spans = [f"{s.label} [{s.start}-{s.end}] “{w}”" for s, w in zip(self.spans, self.words, strict=True)]
        return f"{self.annotator} {' and '.join(spans) or 'nothing there'}"


class AnnotatorConflict(Struct, frozen=True):
    """What annotators have left differently on one stretch of text, and what counts of it."""

    kind: DisagreementKind
    sides: tuple[ConflictSide, ...]
    """By annotator."""
    chosen: str = ""
    """What is exported: whose, or which spans; empty where the sentences are left out."""
    why: str = ""

    @property
    def sentence(self) -> str:
        """The id of the first sentence."""
        return self.sides[0].sentence_ids[0]

    @property
    def annotators(self) -> tuple[str, ...]:
        """Who they are, sorted."""
        return tuple(sorted({side.annotator for side in self.sides}))

    @property
    def description(self) -> str:
        """What each of them has, in words."""
        versions = len({side.article for side in self.sides}) > 1
        where = " in two versions of the article" if versions else ""
        return f"{self.kind}{where}: {', '.join(side.describe(self.kind) for side in self.sides)}"
