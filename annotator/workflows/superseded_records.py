"""Which version of an article counts, sentence by sentence: the one rule for exports.

A finished sentence of an earlier version is *superseded*

- where the same annotator has finished the same words in a later version, with whatever answer;
- where another annotator has finished the same words in a later version alike; where that differs there is a conflict,
  as it is between two who have finished one sentence;
- where somebody has finished the sentence with other words that it was carried over to.

The version in force is later than those that it has replaced, even where it is an old one that has come back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence

from msgspec import Struct

from annotator.core.article import earlier_versions
from annotator.storage.journal_index import JournalIndex

RecordNumber = tuple[int, int]
"""Which of the journals, and which of its records."""


class VersionLinks(Struct, frozen=True):
    """The ids of the versions before and after an article; empty for none."""

    replaces: str
    replaced_by: str


class SupersededRecord(Struct, frozen=True):
    """A finished record of an earlier version of which there is a later one."""

    article: str
    record: RecordNumber
    others: tuple[RecordNumber, ...] = ()
    """What others have finished of the same words: it is superseded if one of these is alike; empty: in any case."""


def earlier_by_article(links: Mapping[str, VersionLinks]) -> dict[str, list[str]]:
    """Return, for each article that has them, the ids of the versions that count less than it."""

    def follow(article: str, field: str) -> list[str]:
        return earlier_versions(article, lambda a: getattr(links[a], field) if a in links else "")[1:]

    linked = [a for a, x in links.items() if x.replaces or x.replaced_by]
    later = {a: follow(a, "replaced_by") for a in linked}
    before: dict[str, dict[str, None]] = {a: dict.fromkeys(follow(a, "replaces")) for a in linked}
    for a in linked:
        for newer in later[a]:
            before.setdefault(newer, {})[a] = None
    return {a: kept for a, olds in before.items() if (kept := [x for x in olds if x not in later.get(a, ())])}


def find_superseded(
    journals: Sequence[tuple[int, JournalIndex]], left_out: Container[RecordNumber], before: Mapping[str, Sequence[str]]
) -> Iterator[SupersededRecord]:
    """Yield what may be superseded in numbered journals; ``before`` has the earlier versions of articles, if any."""
    later_versions: dict[str, list[str]] = defaultdict(list)
    for article, olds in before.items():
        for old in olds:
            later_versions[old].append(article)
    finished = {a: list(_finished(journals, a, left_out)) for a in {*before, *later_versions}}
    is_carried_on = _carried_on(journals, left_out)
    hashes = {by: x.text_hashes for by, x in journals}
    indexes = dict(journals)
    for old, later in later_versions.items():
        same: dict[int, list[RecordNumber]] = defaultdict(list)
        for by, n in (r for a in later for r in finished[a]):
            same[hashes[by][n]].append((by, n))
        for by, n in finished[old]:
            others, x = same.get(hashes[by][n], []), indexes[by]
            if others and all(who != by for who, _ in others):
                yield SupersededRecord(old, (by, n), tuple(others))
            elif others or is_carried_on(f"{old}:{x.starts[n]}-{x.ends[n]}", later):
                yield SupersededRecord(old, (by, n))


def _finished(
    journals: Sequence[tuple[int, JournalIndex]], article: str, left_out: Container[RecordNumber]
) -> Iterator[RecordNumber]:
    for by, x in journals:
        yield from ((by, n) for n in x.current_records(article) if x.answers[n] and (by, n) not in left_out)


def _carried_on(
    journals: Sequence[tuple[int, JournalIndex]], left_out: Container[RecordNumber]
) -> Callable[[str, Sequence[str]], bool]:
    """Return whether the sentence that one was carried over to, in one of the later versions, is finished."""

    def is_carried_on(sentence: str, later: Sequence[str]) -> bool:
        return any(
            x.answers[n] and (by, n) not in left_out
            for by, x in journals
            for article, start, end in x.carried.get(sentence, ())
            if article in later
            for n in x.overlapping_records(article, start, end)
        )

    return is_carried_on
