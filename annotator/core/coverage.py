"""Coverage: which labels a sentence was read for.

A coverage is a tuple of labels in the order of the schema, or None for all of the schema. What a reader has not
looked for is neither an example nor a counter-example of its label.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import Annotation, Answer
from annotator.core.journal_record import JournalRecord
from annotator.core.spans import Span

Coverage = tuple[str, ...] | None


def is_covered(label: str, covers: Coverage) -> bool:
    """Return True if a coverage has a label."""
    return covers is None or label in covers


def covered_labels(covers: Coverage, labels: Sequence[str]) -> tuple[str, ...]:
    """Return the labels of a schema that a coverage has, in the order of the schema."""
    return tuple(x for x in labels if is_covered(x, covers))


def coverage_of(found: Collection[str], labels: Sequence[str]) -> Coverage:
    """Return the coverage that has these labels: first those of the schema; None where it has all of the schema."""
    known = covered_labels(tuple(found), labels)
    return None if len(known) == len(labels) else (*known, *sorted(set(found).difference(known)))


def unite_coverage(one: Coverage, other: Coverage, labels: Sequence[str]) -> Coverage:
    """Return the labels that one of two coverages has, one by one even where they are all of the schema.

    An export writes them in the place of what the file of the first pass has stated.
    """
    if one is None or other is None:
        return None
    return (*covered_labels((*one, *other), labels), *sorted({*one, *other}.difference(labels)))


def shared_coverage(found: Iterable[Coverage]) -> Coverage:
    """Return the labels that all of several coverages have, in the order of the first that does not have all."""
    limited = [x for x in found if x is not None]
    return tuple(x for x in limited[0] if all(x in y for y in limited)) if limited else None


def unite_passes(before: Annotation, further: Annotation, labels: Sequence[str]) -> Annotation | None:
    """Return an accepted annotation with a further accepted pass over its sentence.

    The further pass gives the spans of the labels that only it covers. None where the two differ in a span of a
    label that the first one covers: then they contradict each other.
    """
    if {before.answer, further.answer} != {Answer.ACCEPT}:
        return None
    marked = []
    for there, new in ((before.spans, further.spans), (before.rejected, further.rejected)):
        if _keys(new, before.covers) - _keys(there, before.covers) or (
            {x for x in _keys(there, before.covers) if is_covered(x[2], further.covers)} - _keys(new, before.covers)
        ):
            return None
        kept = (x for x in there if is_covered(x.label, before.covers) or not is_covered(x.label, further.covers))
        marked.append([*kept, *(x for x in new if not is_covered(x.label, before.covers))])
    united = replace(before, covers=unite_coverage(before.covers, further.covers, labels)).with_remarks_of(further)
    return united.with_spans(marked[0]).with_rejected(marked[1])


def _keys(spans: Iterable[Span], covers: Coverage) -> set[tuple[int, int, str]]:
    """Return the keys of the spans whose labels are covered."""
    return {s.key for s in spans if is_covered(s.label, covers)}


class CoverageBase(Struct, frozen=True):
    """What an accepted record without ``_covers`` was read for: the one rule for reading and for writing it.

    "All of the schema" would change its meaning with the schema: what was accepted before a label came would become
    a counter-example of it.
    """

    labels: tuple[str, ...] = ()
    """The labels of the schema in force; none where they are not known."""
    base: tuple[str, ...] | None = None
    """The labels that such a record covers; None where the corpus does not say: all of the schema."""

    @property
    def covered(self) -> tuple[str, ...]:
        """The labels that such a record covers."""
        return self.labels if self.base is None else self.base

    @property
    def later(self) -> tuple[str, ...]:
        """The labels of the schema that such a record does not cover."""
        return () if self.base is None else tuple(x for x in self.labels if x not in self.base)

    @property
    def is_unknown(self) -> bool:
        """Whether the schema in force is not known, so that nothing covers all of it."""
        return self.base is not None and not self.labels

    def read(self, annotation: Annotation) -> Annotation:
        """Return a stored annotation with its coverage by the schema in force."""
        if not (self.later or self.is_unknown) or not _covers_all(annotation):
            return annotation
        return replace(annotation, covers=self.base)

    def read_record(self, record: JournalRecord) -> JournalRecord:
        """Return a stored record with its coverage by the schema in force."""
        return _with_annotation(record, self.read(record.annotated.annotation))

    def stated(self, annotation: Annotation) -> Annotation:
        """Return a new annotation as it is to be stored: it lists its labels where the base has others."""
        if self.base is None or not self.labels or set(self.base) == set(self.labels) or not _covers_all(annotation):
            return annotation
        return replace(annotation, covers=self.labels)

    def stated_record(self, record: JournalRecord) -> JournalRecord:
        """Return a new record as it is to be stored."""
        return _with_annotation(record, self.stated(record.annotated.annotation))


def _covers_all(annotation: Annotation) -> bool:
    return annotation.answer is Answer.ACCEPT and annotation.covers is None


def _with_annotation(record: JournalRecord, annotation: Annotation) -> JournalRecord:
    if annotation is record.annotated.annotation:
        return record
    return replace(record, annotated=replace(record.annotated, annotation=annotation))
