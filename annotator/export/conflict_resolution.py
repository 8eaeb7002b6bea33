"""Which items are exported: finished, by whom, and not in conflict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from annotator.core.annotation import Answer
from annotator.core.errors import AnnotatorError
from annotator.export.options import ExportItem

_LISTED_CONFLICTS = 10
"""How many conflicts an error lists."""
DIFFERENT_SENTENCES, DIFFERENT_SPANS = "cut into different sentences", "different spans"


class AnnotatorConflict(Struct, frozen=True):
    """A stretch of text of which annotators left different things."""

    sentence: str
    """The id of the first of the sentences."""
    annotators: tuple[str, ...]
    """Who they are, sorted."""
    difference: str


class ExportSelection(Struct, frozen=True):
    """The accepted items, and what is known of all other sentences."""

    accepted: tuple[ExportItem, ...]
    """By article (in the order in which the items came) and place, never two on one stretch."""
    agreeing_annotators: Mapping[str, tuple[str, ...]]
    """By sentence id, all who left it as it is exported."""
    others: tuple[ExportItem, ...]
    """Items whose sentences stand in the text but say nothing: rejected, ignored, unfinished, double."""
    counts: Mapping[str, int]
    """Sentences by answer, and ``double`` for those that another annotator left just so."""


def select_items(items: Sequence[ExportItem]) -> ExportSelection:
    """Choose what is exported.

    Raises AnnotatorError where several annotators left different things on one stretch of text.
    """
    finished = [i for i in items if i.annotated.done]
    groups = list(_overlapping_groups(finished))
    raise_conflicts([_conflict(g, how) for g in groups if len(g) > 1 and (how := _difference(g))])
    heads = [g[0] for g in groups]
    accepted = tuple(i for i in heads if i.annotated.annotation.answer is Answer.ACCEPT)
    kept = {id(i) for i in accepted}
    return ExportSelection(
        accepted,
        {g[0].annotated.sentence.id: tuple(i.annotator for i in g) for g in groups},
        tuple(i for i in items if id(i) not in kept),
        _answer_counts(heads, len(items) - len(finished), len(finished) - len(heads)),
    )


def _answer_counts(heads: Iterable[ExportItem], unfinished: int, double: int) -> dict[str, int]:
    answers = Counter(i.annotated.annotation.answer for i in heads)
    return {
        "accepted": answers[Answer.ACCEPT],
        "rejected": answers[Answer.REJECT],
        "ignored": answers[Answer.IGNORE],
        "unfinished": unfinished,
        "double": double,
    }


def _overlapping_groups(items: Sequence[ExportItem]) -> Iterator[list[ExportItem]]:
    """Yield the items in groups that share text, ordered by article, place and name."""
    rank = {a: n for n, a in enumerate(dict.fromkeys(i.annotated.sentence.article for i in items))}
    group: list[ExportItem] = []
    end = 0
    for item in sorted(items, key=lambda i: _text_order(i, rank)):
        s = item.annotated.sentence
        if group and (s.article != group[0].annotated.sentence.article or s.start >= end):
            yield group
            group, end = [], 0
        group.append(item)
        end = max(end, s.end)
    if group:
        yield group


def _text_order(item: ExportItem, article_ranks: Mapping[str, int]) -> tuple[int, int, int, str]:
    s = item.annotated.sentence
    return (article_ranks[s.article], s.start, s.end, item.annotator)


def _difference(items: list[ExportItem]) -> str:
    """Return in what the items of one stretch differ, or an empty text where they agree."""
    if any(
        a.annotated.sentence.end > b.annotated.sentence.start
        for a, b in pairwise(sorted(items, key=_annotator_order))
        if a.annotator == b.annotator
    ):
        return "annotated twice by one annotator"
    if len({i.annotated.sentence.id for i in items}) > 1:
        return DIFFERENT_SENTENCES
    if len({i.annotated.annotation.answer for i in items}) > 1:
        return describe_answers((i.annotator, i.annotated.annotation.answer) for i in items)
    if len({frozenset(s.key for s in i.annotated.annotation.spans) for i in items}) > 1:
        return DIFFERENT_SPANS
    return ""


def describe_answers(given: Iterable[tuple[str, Answer | None]]) -> str:
    """Return who gave which answer."""
    return ", ".join(f"{name} {answer}" for name, answer in given)


def _annotator_order(item: ExportItem) -> tuple[str, int]:
    return (item.annotator, item.annotated.sentence.start)


def _conflict(items: list[ExportItem], difference: str) -> AnnotatorConflict:
    return AnnotatorConflict(
        items[0].annotated.sentence.id, tuple(sorted({i.annotator for i in items})), difference
    )


def raise_conflicts(conflicts: Sequence[AnnotatorConflict]) -> None:
    """Raise AnnotatorError where there are any."""
    if not conflicts:
        return
    description = [
        f"{c.sentence} ({', '.join(c.annotators)}: {c.difference})" for c in conflicts[:_LISTED_CONFLICTS]
    ]
    if len(conflicts) > _LISTED_CONFLICTS:
        description.append(f"and {len(conflicts) - _LISTED_CONFLICTS} more")
    names = sorted({name for c in conflicts for name in c.annotators})
    units = "1 stretch of text has" if len(conflicts) == 1 else f"{len(conflicts)} stretches of text have"
    raise AnnotatorError(
        f"{units} annotations in conflict: {', '.join(description)}",
        do=f"choose whose to export with --annotator NAME ({', '.join(names)})",
    )
