"""How far two annotators agree: F1 of their spans by label, over the sentences that both accepted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from annotator.core.annotation import Answer, Work
from annotator.core.spans import Span
from annotator.export.values import Item


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two annotators on one label; exact is the same range, relaxed is a shared token or more."""

    pair: tuple[str, str]
    label: str
    sentences: int
    spans: tuple[int, int]
    exact: float
    relaxed: float


def agreement(items: Iterable[Item], labels: Sequence[str]) -> list[Agreement]:
    """Return each pair of annotators on each label that one of them used in common sentences."""
    works: dict[str, dict[str, Work]] = {}
    for i in items:
        if i.annotated.annotation.answer is Answer.ACCEPT:
            works.setdefault(i.annotator, {})[i.annotated.sentence.id] = i.annotated
    return [
        found
        for a, b in combinations(sorted(works), 2)
        for label in labels
        if (found := _pair((a, b), works[a], works[b], label))
    ]


def _pair(
    pair: tuple[str, str], one: dict[str, Work], other: dict[str, Work], label: str
) -> Agreement | None:
    common = sorted(one.keys() & other.keys())
    both = [(_of(one[s], label), _of(other[s], label)) for s in common]
    sizes = sum(len(a) for a, _ in both), sum(len(b) for _, b in both)
    if not sum(sizes):
        return None
    same = sum(len({s.key for s in a} & {s.key for s in b}) for a, b in both)
    met = sum(
        sum(any(s.overlaps(o) for o in b) for s in a) + sum(any(s.overlaps(o) for o in a) for s in b)
        for a, b in both
    )
    return Agreement(pair, label, len(common), sizes, 2 * same / sum(sizes), met / sum(sizes))


def _of(annotated: Work, label: str) -> list[Span]:
    return [s for s in annotated.annotation.spans if s.label == label]
