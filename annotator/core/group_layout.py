"""Lays the rows of a file on the rows that a document has already: by order and text, nothing twice.

A row with the same text is the same row and keeps its place. Between rows that match, one that is alike takes the
place of another as its next version, if no other there is alike; all else is a further row. Nothing is removed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

ALIKE = 0.6
"""The share of pairs of neighbouring characters that a sentence and its next version have in common."""
_MAX_COMPARED = 10_000
"""The most pairs of rows that are compared between two rows that match."""


class GroupRow(Struct, frozen=True):
    """A sentence of a document, in the corpus or in a file."""

    article: str
    text: str
    position: int | None = None
    """Its place in the document, where that is known."""
    row_id: str = ""
    """What the file calls it."""
    fixed: bool = False
    """Whether it can be no version of another: it is in the corpus already, or still in the file."""


class GroupLayout(Struct, frozen=True):
    """The rows of a document after an import."""

    positions: Mapping[str, int]
    """The place of each row by its article, in order; a version has the place of what it replaces."""
    versions: Mapping[str, str]
    """By the article of a row the one that it replaces."""
    unsure: tuple[str, ...]
    """New rows where the corpus has others that are not in the file: versions of these, or further rows."""
    absent: tuple[str, ...]
    """Rows of the corpus that are not in the file, and stay."""


def lay_rows(there: Sequence[GroupRow], new: Sequence[GroupRow], *, known_source: bool) -> GroupLayout:
    """Return the rows ``there`` with those of a file laid on them, both in their order.

    Versions are only found where a row of the document matches, or if the document is from a ``known_source``: most
    rows of the file are in the corpus.
    """
    known = {row.article: n for n, row in enumerate(there)}
    present = {row.article for row in new}
    there = [replace(row, fixed=row.fixed or row.article in present) for row in there]
    matches = not present.isdisjoint(known)
    order: list[GroupRow] = []
    versions: dict[str, str] = {}
    unsure: list[str] = []
    for old_rows, new_rows, anchor in _gaps(there, new, known):
        pairs = _version_pairs(old_rows, new_rows) if matches or known_source else {}
        order += _merged(old_rows, new_rows, pairs)
        versions |= {new_rows[n].article: old_rows[o].article for n, o in pairs.items()}
        stale = len(pairs) < sum(not row.fixed for row in old_rows)
        unsure += [row.article for n, row in enumerate(new_rows) if stale and n not in pairs and not row.fixed]
        order += [anchor] if anchor else []
    positions: dict[str, int] = {}
    at = -1
    for row in order:
        at = max(at + 1, at + 1 if row.position is None else row.position)
        positions[row.article] = at
        if row.article in versions:
            positions[versions[row.article]] = at
    replaced = set(versions.values())
    absent = tuple(a for a in known if a not in present and a not in replaced)
    return GroupLayout(positions, versions, tuple(unsure), absent)


def _gaps(
    there: Sequence[GroupRow], new: Sequence[GroupRow], known: Mapping[str, int]
) -> Iterator[tuple[Sequence[GroupRow], list[GroupRow], GroupRow | None]]:
    """Yield what is between two rows that match, there and in the file, and the row that follows.

    Rows that match in another order than there keep their place there.
    """
    anchors = _rising([(n, known[row.article]) for n, row in enumerate(new) if row.article in known])
    last_new = last_old = 0
    for at_new, at_old in [*anchors, (len(new), len(there))]:
        between = [row for row in new[last_new:at_new] if row.article not in known]
        yield there[last_old:at_old], between, there[at_old] if at_old < len(there) else None
        last_new, last_old = at_new + 1, at_old + 1


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the most pairs whose second numbers rise, the first ones rising already."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for n, (_, value) in enumerate(pairs):
        at = bisect_left(tails, value)
        tails[at : at + 1] = [value]
        ends[at : at + 1] = [n]
        before.append(ends[at - 1] if at else -1)
    found = []
    n = ends[-1] if ends else -1
    while n >= 0:
        found.append(pairs[n])
        n = before[n]
    return found[::-1]


def _version_pairs(old_rows: Sequence[GroupRow], new_rows: Sequence[GroupRow]) -> dict[int, int]:
    """Return which new row is the next version of which old one: alike, and neither of them is like another."""
    if len(old_rows) * len(new_rows) > _MAX_COMPARED:
        return {}
    old_pairs = {o: _character_pairs(row.text) for o, row in enumerate(old_rows) if not row.fixed}
    new_pairs = {n: _character_pairs(row.text) for n, row in enumerate(new_rows) if not row.fixed}
    alike = [(n, o) for n, a in new_pairs.items() for o, b in old_pairs.items() if _similarity(a, b) >= ALIKE]
    same_id = [(n, o) for n, o in alike if new_rows[n].row_id and new_rows[n].row_id == old_rows[o].row_id]
    by_id = {n for n, _ in same_id} | {~o for _, o in same_id}
    alike = [*same_id, *((n, o) for n, o in alike if n not in by_id and ~o not in by_id)]
    new_times, old_times = Counter(n for n, _ in alike), Counter(o for _, o in alike)
    single = [(n, o) for n, o in sorted(alike) if new_times[n] == old_times[o] == 1]
    return dict(single) if len(_rising(single)) == len(single) else {}


def _character_pairs(text: str) -> Counter[str]:
    plain = " ".join(text.lower().split())
    return Counter(map("".join, pairwise(plain)))


def _similarity(a: Counter[str], b: Counter[str]) -> float:
    """Return the Dice coefficient of two bags."""
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0


def _merged(old_rows: Sequence[GroupRow], new_rows: Sequence[GroupRow], pairs: Mapping[int, int]) -> Iterator[GroupRow]:
    """Yield old and new rows in one order: before a pair what precedes it, of the old ones first."""
    last_new = last_old = 0
    for n, o in [*pairs.items(), (len(new_rows), len(old_rows))]:
        yield from old_rows[last_old:o]
        yield from new_rows[last_new:n]
        if n < len(new_rows):
            position = old_rows[o].position
            yield GroupRow(new_rows[n].article, new_rows[n].text, position)
        last_new, last_old = n + 1, o + 1
