"""Which version of an article counts, sentence by sentence: the one rule for exports.

The versions of an article are in order: the one in force is the last, even where it is an old one that has come back;
of two that were replaced by one, the later is the one that was ingested later. A finished sentence is *superseded*

1. where somebody has finished what has become of it in a version later than all that have its words: the sentence that
   has most of them, or one that was joined with it, or one of those that it was split into
   (`core.sentence_successors`);
2. where the same annotator has decided later on the same words in another version. What was carried over is as old
   as the sentence that it comes from, and counts instead of that as long as both are alike;
3. where another annotator's record of the same words that counts is in a later version, and is alike. Where somebody's
   is not, there is a conflict of all who have finished these words.

So each step leaves of the same words at least one record, and of words that are gone one in a later version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache

from msgspec import Struct

from annotator.core.article import Sentence, earlier_versions
from annotator.core.digest import text_digest
from annotator.core.sentence_successors import sentence_parts, sentence_successors
from annotator.storage.journal_index import JournalIndex
from annotator.workflows.selected_record import RecordNumber


class VersionLinks(Struct, frozen=True):
    """The ids of the versions before and after an article; empty for none."""

    replaces: str
    replaced_by: str


class VersionRecords(Struct, frozen=True):
    """The records of the annotators that count, and how to read them."""

    journals: Mapping[int, JournalIndex]
    """By number."""
    sentence_of: Callable[[str, RecordNumber], Sentence]
    is_alike: Callable[[RecordNumber, RecordNumber], bool]
    """Whether two records of the same words have the same answer and spans, and cover the same labels."""
    stored: Callable[[str], Sequence[Sentence]]
    """The sentences of an article as they were cut."""

    def finished(self, article: str) -> Iterator[RecordNumber]:
        """Yield the finished records in force, also those in lines that are switched off: nobody wants a version."""
        for by, x in self.journals.items():
            yield from ((by, n) for n in x.current_records(article) if x.answers[n])

    def origin_of(self, record: RecordNumber) -> RecordNumber | None:
        """Return the record in force of the sentence that a record has carried over, if that is an older one."""
        by, x = record[0], self.journals[record[0]]
        for origin in x.origins.get(record[1], "").split():
            article, _, place = origin.rpartition(":")
            start, _, end = place.partition("-")
            for m in x.overlapping_records(article, int(start), int(end)) if end.isdecimal() else ():
                if m < record[1]:
                    return by, m
        return None

    def unchanged_seqs(self, record: RecordNumber) -> list[int]:
        """Return the number in the journal of a record, and of those that it has carried over unchanged."""
        origin = self.origin_of(record)
        earlier = self.unchanged_seqs(origin) if origin and self.is_alike(record, origin) else []
        return [self.journals[record[0]].seqs[record[1]], *earlier]


VersionConflict = tuple[tuple[str, RecordNumber], ...]
"""Records of the same words in several versions, with the article of each, the latest version last."""


def settle_versions(
    records: VersionRecords, links: Mapping[str, VersionLinks]
) -> tuple[set[RecordNumber], list[VersionConflict]]:
    """Return the records that are superseded, and the conflicts; ``links`` has all articles in the order of ingest."""
    superseded: set[RecordNumber] = set()
    conflicts: list[VersionConflict] = []
    for family in _families(links):
        settled = _Family(records, family)
        for texts in settled.by_words.values():
            if settled.has_become_finished(texts):
                superseded.update(r for _, r in texts)
                continue
            counting = [r for by in sorted({r[0] for _, r in texts}) for r in settled.last_decisions(by, texts)]
            superseded.update({r for _, r in texts}.difference(r for _, r in counting))
            last = max(rank for rank, _ in counting)
            there = tuple(r for rank, r in counting if rank == last)
            before = [(rank, r) for rank, r in counting if rank < last]
            alike = {r for _, r in before if any(records.is_alike(r, other) for other in there)}
            if len(alike) == len(before):
                superseded |= alike
            else:  # all of them count in the conflict, those too who have what the latest version has
                conflicts.append(tuple((family[rank], r) for rank, r in (*before, *((last, r) for r in there))))
    return superseded, conflicts


RankedRecord = tuple[int, RecordNumber]
"""The place of a version in the order of versions, from 0, and a record there."""


class _Family:
    """The versions of one article, with the finished records that have the same words."""

    def __init__(self, records: VersionRecords, versions: Sequence[str]) -> None:
        self._records = records
        self._versions = versions
        self._finished = [list(records.finished(a)) for a in versions]
        self.by_words: dict[int, list[RankedRecord]] = defaultdict(list)
        for rank, found in enumerate(self._finished):
            for by, n in found:
                self.by_words[records.journals[by].text_hashes[n]].append((rank, (by, n)))
        self._stored = cache(lambda rank: records.stored(versions[rank]))
        self._texts = cache(lambda rank: frozenset(s.text for s in self._stored(rank)))
        self._successors = cache(lambda a, b: sentence_successors(self._stored(a), self._stored(b)))
        self._parts = cache(lambda a, b: sentence_parts(self._stored(a), self._stored(b)))
        self._done = cache(self._finished_sentences)

    def has_become_finished(self, texts: Sequence[RankedRecord]) -> bool:
        """Return True if what has become of some words is finished in a version later than all that have them."""
        rank, record = texts[-1]
        if rank == len(self._versions) - 1:
            return False
        s = self._records.sentence_of(self._versions[rank], record)
        last = max([rank, *(r for r in range(rank + 1, len(self._versions)) if s.text in self._texts(r))])
        mine = {i for i, x in enumerate(self._stored(rank)) if x.start < s.end and s.start < x.end}
        places = {rank: mine}
        divided: set[int] = set()
        for r in range(rank + 1, len(self._versions)):
            direct = self._successors_of(mine, rank, r)
            places[r] = direct | self._successors_of(places[r - 1], r - 1, r)
            if not places[r]:  # no sentence has most of its words, but several may have parts of them
                before = {r - 1: places[r - 1], rank: mine}
                places[r] = {j for b, found in before.items() for i in found for j in self._parts(b, r).get(i, ())}
                divided.add(r)
            elif not direct and r - 1 in divided:
                divided.add(r)
        return any(
            any(self._is_finished(r, {i}) for i in places[r]) if r in divided else self._is_finished(r, places[r])
            for r in places
            if r > last
        )

    def _successors_of(self, places: Iterable[int], before: int, after: int) -> set[int]:
        """Return what some sentences of one version have become in a later one."""
        found = self._successors(before, after)
        return {found[i] for i in places if i in found}

    def _is_finished(self, rank: int, places: Iterable[int]) -> bool:
        """Return True if at least half of these sentences, in characters, are finished, in this version or another."""
        sentences = [self._stored(rank)[i] for i in places]
        done = [
            s
            for s in sentences
            if any(f.start < s.end and s.start < f.end for f in self._done(rank)) or _words_number(s) in self.by_words
        ]
        return bool(done) and 2 * sum(len(s.text) for s in done) >= sum(len(s.text) for s in sentences)

    def _finished_sentences(self, rank: int) -> list[Sentence]:
        return [self._records.sentence_of(self._versions[rank], record) for record in self._finished[rank]]

    def last_decisions(self, by: int, texts: Sequence[RankedRecord]) -> list[RankedRecord]:
        """Return an annotator's records of some words in the version where the last decision on them is."""
        mine = [(rank, r) for rank, r in texts if r[0] == by]
        last, _ = max(mine, key=lambda x: (*self._decided(x[1]), x[0]))
        return [(rank, r) for rank, r in mine if rank == last]

    def _decided(self, record: RecordNumber) -> tuple[int, int]:
        """Return what orders the decisions of an annotator: a number, and whether it was carried over unchanged."""
        origin = self._records.origin_of(record)
        if origin is None:
            return self._records.journals[record[0]].seqs[record[1]], 0
        return self._decided(origin)[0], 1 if self._records.is_alike(record, origin) else -1


def _words_number(sentence: Sentence) -> int:
    """Return what `JournalIndex.text_hashes` has for the words of a sentence."""
    return int(text_digest(sentence.text)[:16], 16)


def _families(links: Mapping[str, VersionLinks]) -> Iterator[list[str]]:
    """Yield the versions of each article that has several, in order."""
    known = [(a, b) for a, x in links.items() for b in (x.replaces, x.replaced_by) if b in links and b != a]
    linked: dict[str, set[str]] = defaultdict(set)
    for a, b in known:
        linked[a].add(b)
        linked[b].add(a)
    replacements = {a: len(earlier_versions(a, lambda a: links[a].replaced_by if a in links else "")) for a in linked}
    ingested = {a: n for n, a in enumerate(links) if a in linked}
    seen: set[str] = set()
    for article in linked:
        if article not in seen:
            family, found = {article}, [article]
            while found:
                new = linked[found.pop()] - family
                family |= new
                found += new
            seen |= family
            yield sorted(family, key=lambda a: (-replacements[a], ingested[a]))
