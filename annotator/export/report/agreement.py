"""How far two annotators agree: F1 of their spans by label, over the sentences that both accepted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from annotator.core.annotation import Answer, AnnotatedSentence
from annotator.core.spans import Span
from annotator.export.values import ExportItem


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two annotators on one label; exact is the same range, relaxed is a shared token or more."""

    pair: tuple[str, str]
    label: str
    sentences: int
    spans: tuple[int, int]
    exact: float
    relaxed: float


def pairwise_agreement(items: Iterable[ExportItem], labels: Sequence[str]) -> list[PairAgreement]:
    """Return each pair of annotators on each label that one of them used in common sentences."""
    works: dict[str, dict[str, AnnotatedSentence]] = {}
    for i in items:
        if i.annotated.annotation.answer is Answer.ACCEPT:
            works.setdefault(i.annotator, {})[i.annotated.sentence.id] = i.annotated
    return [
        found
        for a, b in combinations(sorted(works), 2)
        for label in labels
        if (found := _agreement_of_pair((a, b), works[a], works[b], label))
    ]


def _agreement_of_pair(
    pair: tuple[str, str], one: dict[str, AnnotatedSentence], other: dict[str, AnnotatedSentence], label: str
) -> PairAgreement | None:
    common = sorted(one.keys() & other.keys())
    both = [(_spans_with_label(one[s], label), _spans_with_label(other[s], label)) for s in common]
    sizes = sum(len(a) for a, _ in both), sum(len(b) for _, b in both)
    if not sum(sizes):
        return None
    same = sum(len({s.key for s in a} & {s.key for s in b}) for a, b in both)
    met = sum(
        sum(any(s.overlaps(o) for o in b) for s in a) + sum(any(s.overlaps(o) for o in a) for s in b)
        for a, b in both
    )
    return PairAgreement(pair, label, len(common), sizes, 2 * same / sum(sizes), met / sum(sizes))


def _spans_with_label(annotated: AnnotatedSentence, label: str) -> list[Span]:
    return [s for s in annotated.annotation.spans if s.label == label]
