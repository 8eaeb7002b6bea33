"""Which items are exported: finished, by whom, and not in conflict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotator.core.annotation import Answer
from annotator.core.errors import AnnotatorError
from annotator.export.values import Item

_TOLD = 10
"""How many conflicts an error lists."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The accepted items, and what is known of all other sentences."""

    accepted: tuple[Item, ...]
    """By article (in the order in which the items came) and place, never two on one stretch."""
    agreed: Mapping[str, tuple[str, ...]]
    """By sentence id, all who left it as it is exported."""
    others: tuple[Item, ...]
    """Items whose sentences stand in the text but say nothing: rejected, ignored, unfinished, double."""
    counts: Mapping[str, int]
    """Sentences by answer, and ``double`` for those that another annotator left just so."""


def choose(items: Sequence[Item]) -> Choice:
    """Choose what is exported.

    Raises AnnotatorError where several annotators left different things on one stretch of text.
    """
    finished = [i for i in items if i.work.done]
    groups = list(_stretches(finished))
    _refuse_conflicts([g for g in groups if len(g) > 1 and _difference(g)])
    heads = [g[0] for g in groups]
    accepted = tuple(i for i in heads if i.work.annotation.answer is Answer.ACCEPT)
    kept = {id(i) for i in accepted}
    return Choice(
        accepted,
        {g[0].work.sentence.id: tuple(i.annotator for i in g) for g in groups},
        tuple(i for i in items if id(i) not in kept),
        _counts(heads, len(items) - len(finished), len(finished) - len(heads)),
    )


def _counts(heads: Iterable[Item], unfinished: int, double: int) -> dict[str, int]:
    answers = Counter(i.work.annotation.answer for i in heads)
    return {
        "accepted": answers[Answer.ACCEPT],
        "rejected": answers[Answer.REJECT],
        "ignored": answers[Answer.IGNORE],
        "unfinished": unfinished,
        "double": double,
    }


def _stretches(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Yield the items in groups that share text, ordered by article, place and name."""
    rank = {a: n for n, a in enumerate(dict.fromkeys(i.work.sentence.article for i in items))}
    group: list[Item] = []
    end = 0
    for item in sorted(items, key=lambda i: _order(i, rank)):
        s = item.work.sentence
        if group and (s.article != group[0].work.sentence.article or s.start >= end):
            yield group
            group, end = [], 0
        group.append(item)
        end = max(end, s.end)
    if group:
        yield group


def _order(item: Item, rank: Mapping[str, int]) -> tuple[int, int, int, str]:
    s = item.work.sentence
    return (rank[s.article], s.start, s.end, item.annotator)


def _difference(group: list[Item]) -> str:
    """Return in what the items of one stretch differ, or an empty text where they agree."""
    if any(
        a.work.sentence.end > b.work.sentence.start
        for a, b in pairwise(sorted(group, key=_place))
        if a.annotator == b.annotator
    ):
        return "annotated twice by one annotator"
    if len({i.work.sentence.id for i in group}) > 1:
        return "cut into different sentences"
    if len({i.work.annotation.answer for i in group}) > 1:
        return ", ".join(f"{i.annotator} {i.work.annotation.answer}" for i in group)
    if len({frozenset(s.key for s in i.work.annotation.spans) for i in group}) > 1:
        return "different spans"
    return ""


def _place(item: Item) -> tuple[str, int]:
    return (item.annotator, item.work.sentence.start)


def _refuse_conflicts(groups: list[list[Item]]) -> None:
    if not groups:
        return
    told = [f"{g[0].work.sentence.id} ({_who(g)}: {_difference(g)})" for g in groups[:_TOLD]]
    if len(groups) > _TOLD:
        told.append(f"and {len(groups) - _TOLD} more")
    names = sorted({i.annotator for g in groups for i in g})
    stretches = "1 stretch of text has" if len(groups) == 1 else f"{len(groups)} stretches of text have"
    raise AnnotatorError(
        f"{stretches} annotations in conflict: {', '.join(told)}",
        do=f"choose whose to export with --annotator NAME ({', '.join(names)})",
    )


def _who(group: list[Item]) -> str:
    return ", ".join(sorted({i.annotator for i in group}))
