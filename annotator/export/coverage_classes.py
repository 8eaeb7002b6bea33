"""Which sentences teach which labels: a component of a pipeline sees only Docs that cover all its labels.

Where all sentences cover the same labels there is one class, with the plain names. Else the plain names hold
the sentences that cover all labels, and each group of labels that the same sentences cover has files of its own
(``train.CLAIM.spacy``, ``config.CLAIM.cfg``) with all the sentences that cover it and its labels alone. Missing
tags would not do: a token of spaCy has one tag, so with one label known and the others not no negatives are left.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.coverage import Coverage, covered_labels, is_covered
from annotator.core.schema import Schema
from annotator.export.options import SPLIT_PARTS

_MAX_NAME = 60
"""How long the labels in a file's name may be together."""


class LabelGroup(Struct, frozen=True):
    """Labels that the same sentences cover."""

    name: str
    """What its files have in their names."""
    labels: tuple[str, ...]
    """In the order of the schema."""

    def part_key(self, part: str) -> str:
        """Return what its share of a part is called: ``train.CLAIM``."""
        return f"{part}.{self.name}"


class CoverageClasses(Struct, frozen=True):
    """How the sentences of an export are shared out."""

    labels: tuple[str, ...] = ()
    """The labels that some sentence covers: what the plain names teach."""
    groups: tuple[LabelGroup, ...] = ()
    """Those with files of their own; none where each sentence covers all of ``labels``."""
    sentences: Mapping[tuple[str, ...], int] = {}
    """How many sentences cover which labels."""
    uncovered: tuple[str, ...] = ()
    """The labels of the schema that no sentence covers."""

    def is_full(self, covers: tuple[str, ...] | None) -> bool:
        """Return True if a coverage has all that the plain names teach; None is all of the schema."""
        return covers is None or len(covers) == len(self.labels)

    def groups_of(self, covers: tuple[str, ...] | None) -> list[LabelGroup]:
        """Return the groups that a coverage has, in their order."""
        return [g for g in self.groups if covers is None or g.labels[0] in covers]

    def totals(self, docs: Mapping[str, int]) -> dict[str, Any]:
        """Return what the ledger has of it, with the Docs by part; empty where each sentence covers all."""
        if not (self.groups or self.uncovered):
            return {}

        def parts_of(group: LabelGroup) -> list[str]:
            return [p for p in SPLIT_PARTS if group.part_key(p) in docs]

        return {
            "sentences": [{"labels": list(labels), "count": n} for labels, n in self.sentences.items()],
            "classes": {
                g.name: {"labels": list(g.labels), "docs": {p: docs[g.part_key(p)] for p in parts_of(g)}}
                for g in self.groups
            },
            "labels that no sentence covers": list(self.uncovered),
        }


def coverage_classes(counts: Mapping[Coverage, int], schema_labels: Sequence[str]) -> CoverageClasses:
    """Return the classes of sentences, given how many have each coverage."""
    sentences: Counter[tuple[str, ...]] = Counter()
    for covers, n in counts.items():
        sentences[covered_labels(covers, schema_labels)] += n
    ranks = {x: n for n, x in enumerate(schema_labels)}
    distinct = sorted(sentences, key=lambda x: (-len(x), [ranks[y] for y in x]))
    labels = tuple(x for x in schema_labels if any(x in found for found in distinct))
    by_sentences: dict[tuple[bool, ...], list[str]] = {}
    for label in labels:
        by_sentences.setdefault(tuple(label in found for found in distinct), []).append(label)
    groups = _named_groups(by_sentences.values()) if len(by_sentences) > 1 else ()
    uncovered = tuple(x for x in schema_labels if x not in labels) if labels else ()
    return CoverageClasses(labels, groups, {x: sentences[x] for x in distinct}, uncovered)


def _named_groups(groups: Iterable[Sequence[str]]) -> tuple[LabelGroup, ...]:
    """Return the groups under names that differ on any file system and are no paths."""
    taken: set[str] = set()
    found = []
    for labels in groups:
        joined = "-".join(labels)
        name = re.sub(r"[^A-Za-z0-9_-]+", "_", joined)[:_MAX_NAME]
        if name != joined or name.casefold() in taken:
            name = f"{name}-{hashlib.sha256(joined.encode()).hexdigest()[:8]}"
        taken.add(name.casefold())
        found.append(LabelGroup(name, tuple(labels)))
    return tuple(found)


class ClassView(Struct, frozen=True):
    """What the files of one class take of the sentences of an export."""

    schema: Schema
    """With the labels of the class alone."""
    known: frozenset[str]
    """All labels of the corpus's schema."""
    classes: CoverageClasses
    group: LabelGroup | None = None
    """None for the plain names."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the class."""
        return self.group.labels if self.group else self.classes.labels

    @property
    def doc_covers(self) -> tuple[str, ...] | None:
        """What a Doc of the class covers; None where that is all of the schema."""
        return None if len(self.labels) == len(self.known) else self.labels

    def part_key(self, part: str) -> str:
        """Return what the share of a part is called."""
        return self.group.part_key(part) if self.group else part

    def takes(self, covers: Coverage) -> bool:
        """Return True if the files of the class have a sentence of this coverage."""
        return is_covered(self.group.labels[0], covers) if self.group else self.classes.is_full(covers)

    def lists(self, covers: Coverage) -> bool:
        """Return True if the ledger has the spans of such a sentence from this class: from the plain names first."""
        return not (self.group and self.classes.is_full(covers))

    def is_first(self, covers: Coverage) -> bool:
        """Return True if this is the first class that has such a sentence."""
        return self.group in (self.classes.groups_of(covers)[:1] if not self.classes.is_full(covers) else [None])

    def left_out_labels(self, labels: Iterable[str], covers: Coverage) -> set[str]:
        """Return those of some spans' labels that no class has of such a sentence, for the first class to list."""
        if not self.is_first(covers):
            return set()
        found = set(self.labels) if covers is None or not self.group else set(covers)
        return {x for x in labels if x in self.known and x not in found}

    def keeps(self, label: str, covers: Coverage) -> bool:
        """Return True if the class takes the spans of a label; what the schema lacks is listed by the first class."""
        return label in self.labels or (label not in self.known and self.is_first(covers))


def class_views(classes: CoverageClasses, schema: Schema) -> tuple[ClassView | None, ...]:
    """Return the views of all classes, the plain names first; one None where there is nothing to tell apart."""
    if not (classes.groups or classes.uncovered):
        return (None,)
    known = frozenset(x.name for x in schema.labels)

    def view(group: LabelGroup | None) -> ClassView:
        labels = group.labels if group else classes.labels
        own = replace(schema, labels=tuple(x for x in schema.labels if x.name in labels))
        return ClassView(own, known, classes, group)

    return (view(None), *map(view, classes.groups))


def coverage_warnings(classes: CoverageClasses, docs: Mapping[str, int]) -> Iterator[str]:
    """Yield what the classes of an export mean for a model that is trained on it."""
    if classes.uncovered:
        yield f"no sentence was read for {', '.join(classes.uncovered)}: nothing teaches it"
    if not classes.groups:
        return
    if all(labels != classes.labels for labels in classes.sentences):
        yield "no sentence was read for all labels, so the files with plain names are empty"
    empty = [key for g in classes.groups for key in map(g.part_key, SPLIT_PARTS) if docs.get(key) == 0]
    if empty:
        yield f"no sentence falls into {', '.join(empty)}: where dev is empty, the config evaluates on train"
