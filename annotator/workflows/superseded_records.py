"""Which version of an article counts, sentence by sentence: the one rule for exports.

A finished sentence of an earlier version is *superseded*

- where the same annotator has finished the same words in a later version, with whatever answer; but where that was
  done before the sentence of the earlier version was annotated last, the earlier version's counts;
- where another annotator has finished the same words in a later version alike; where that differs there is a conflict,
  as it is between two who have finished one sentence;
- where somebody has finished what has become of the sentence in a later version: what it was carried over to, what
  has most of its words, what it was joined with, or a part of it.

The version in force is later than those that it has replaced, even where it is an old one that has come back; of two
that were replaced by one, the later is the one that was ingested later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import cache

from msgspec import Struct

from annotator.core.article import Sentence, earlier_versions
from annotator.core.sentence_successors import SentenceSuccessors
from annotator.storage.journal_index import JournalIndex

RecordNumber = tuple[int, int]
"""Which of the journals, and which of its records."""


class VersionLinks(Struct, frozen=True):
    """The ids of the versions before and after an article; empty for none."""

    replaces: str
    replaced_by: str


class SupersededRecord(Struct, frozen=True):
    """A finished record of one version of which there is another one that counts."""

    article: str
    record: RecordNumber
    others: tuple[RecordNumber, ...] = ()
    """What others have finished of the same words: it is superseded if one of these is alike; empty: in any case."""


def find_superseded(
    journals: Sequence[tuple[int, JournalIndex]],
    links: Mapping[str, VersionLinks],
    sentence_of: Callable[[str, RecordNumber], Sentence],
    stored: Callable[[str], Sequence[Sentence]],
) -> Iterator[SupersededRecord]:
    """Yield what may be superseded in numbered journals.

    ``links`` has all articles in the order of ingest, ``stored`` gives their sentences as they were cut, and
    ``sentence_of`` that of a record.

    What was finished in a line that is switched off now supersedes too: the user wants no version of it.
    """
    finished = cache(lambda a: [(by, n) for by, x in journals for n in x.current_records(a) if x.answers[n]])
    became = _Successors(journals, sentence_of, stored)
    indexes = dict(journals)
    for old, later in _later_versions(links).items():
        same: dict[int, list[tuple[str, RecordNumber]]] = defaultdict(list)
        for a in later:
            for by, n in finished(a):
                same[indexes[by].text_hashes[n]].append((a, (by, n)))
        for by, n in finished(old):
            x = indexes[by]
            there = same.get(x.text_hashes[n], [])
            mine = [(a, r) for a, r in there if r[0] == by]
            others = tuple(r for _, r in there if r[0] != by)
            is_last = all(x.seqs[n] > x.seqs[m] for _, (_, m) in mine)
            if mine and is_last:
                yield from (SupersededRecord(a, r) for a, r in mine)
            if others and is_last:
                yield SupersededRecord(old, (by, n), others)
            elif not is_last or (not mine and became.is_finished(old, (by, n), later)):
                yield SupersededRecord(old, (by, n))


def _later_versions(links: Mapping[str, VersionLinks]) -> dict[str, list[str]]:
    """Return, for each article that has them, the ids of the versions that count more than it."""
    known = [(a, b) for a, x in links.items() for b in (x.replaces, x.replaced_by) if b in links and b != a]
    linked: dict[str, set[str]] = defaultdict(set)
    for a, b in known:
        linked[a].add(b)
        linked[b].add(a)
    replacements = {a: len(earlier_versions(a, lambda a: links[a].replaced_by if a in links else "")) for a in linked}
    ingested = {a: n for n, a in enumerate(links) if a in linked}
    later: dict[str, list[str]] = {}
    for article in linked:
        if article not in later:
            family, found = {article}, [article]
            while found:
                new = linked[found.pop()] - family
                family |= new
                found += new
            ordered = sorted(family, key=lambda a: (-replacements[a], ingested[a]))
            later |= {a: ordered[n + 1 :] for n, a in enumerate(ordered)}
    return later


class _Successors:
    """What has become of sentences in later versions."""

    def __init__(
        self,
        journals: Sequence[tuple[int, JournalIndex]],
        sentence_of: Callable[[str, RecordNumber], Sentence],
        stored: Callable[[str], Sequence[Sentence]],
    ) -> None:
        self._journals = journals
        self._sentence_of = sentence_of
        self._stored = stored
        self._finished = cache(self._finished_sentences)
        self._changed = cache(self._changed_sentences)
        self._texts = cache(lambda a: frozenset(s.text for s in stored(a)))

    def is_finished(self, article: str, record: RecordNumber, later: Sequence[str]) -> bool:
        """Return True if somebody has finished what has become of a record's sentence in one of the later versions."""
        s = self._sentence_of(article, record)
        return self._is_carried_on(s.id, later) or any(self._is_finished_in(s, a) for a in later if self._finished(a))

    def _is_carried_on(self, sentence: str, later: Container[str]) -> bool:
        return any(
            x.answers[n]
            for _, x in self._journals
            for article, start, end in x.carried.get(sentence, ())
            if article in later
            for n in x.overlapping_records(article, start, end)
        )

    def _is_finished_in(self, s: Sentence, article: str) -> bool:
        finished = self._finished(article)
        if any(s.text in f.text or f.text in s.text for f in finished):  # joined, or apart
            return True
        if s.text in self._texts(article):  # it has not changed, and nobody has finished it there
            return False
        changed, successors = self._changed(s.article, article)
        found = successors.find(s)
        there = changed[found] if found is not None else None
        return there is not None and any(f.start < there.end and there.start < f.end for f in finished)

    def _finished_sentences(self, article: str) -> list[Sentence]:
        done = [(by, n) for by, x in self._journals for n in x.current_records(article) if x.answers[n]]
        return [self._sentence_of(article, record) for record in done]

    def _changed_sentences(self, old: str, new: str) -> tuple[list[Sentence], SentenceSuccessors]:
        """Return the sentences of a later version whose words an earlier one lacks."""
        changed = [s for s in self._stored(new) if s.text not in self._texts(old)]
        return changed, SentenceSuccessors(changed)
