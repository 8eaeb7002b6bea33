"""Which records of plain journals count: what ``gather`` and ``choose`` decide, by number, not by value.

A sentence that several annotators left just so is exported once, as the first of them left it. Records in
lines that are switched off, and those that a newer version of the article supersedes, are left out. What
would have to be told of in more than one place raises OddError: then all is gathered whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from annotator.core.annotation import Work
from annotator.core.article import Article, LineMap
from annotator.export.absent import ANOTHER, QUARANTINED, SUPERSEDED, SWITCHED_OFF
from annotator.export.choose import CUT, SPANS, Conflict, answers
from annotator.export.straight.rows import work_of
from annotator.export.straight.sentences import About
from annotator.export.values import Item, LeftOut
from annotator.storage.fast_index import ACCEPTED, ANSWERS, Index, OddError
from annotator.storage.fast_rows import Mark, Reader, Row

Record = tuple[int, int]
"""Which of the indexes, and which of its records."""


class Entry(NamedTuple):
    """A record in force: its sentence's place in the article, whose it is, and the answer's number."""

    start: int
    end: int
    by: int
    number: int
    answer: int

    @property
    def record(self) -> Record:
        """Which record it is."""
        return self.by, self.number

    @property
    def place(self) -> tuple[int, int]:
        """Where the sentence stands, in code points of the article."""
        return self.start, self.end


class Standing:
    """The records of the annotators asked for, article by article, and those of the others beside them."""

    def __init__(self, indexes: Sequence[Index], asked: str | None = None) -> None:
        """Begin with all that are in force; ``asked`` is the one annotator who counts, None for all."""
        self._indexes = indexes
        self._mine = [(by, x) for by, x in enumerate(indexes) if asked in {None, x.name}]
        self._reader = Reader()
        self._out: dict[Record, str] = {}
        """Records that don't count, and why."""
        self._double: set[Record] = set()
        self.names: dict[Record, str] = {}
        """Of a sentence that several left just so, by the record that is exported: who they are."""
        self.beside: dict[Record, tuple[Work, ...]] = {}
        """What others said of an accepted sentence, where somebody has turned a suggestion down."""
        self._conflicts: dict[str, list[tuple[int, Conflict]]] = {}
        """By article, each with the place where it begins."""
        self._last: tuple[str, dict[tuple[int, int], Entry]] = ("", {})
        """The article that was last asked for, with what is exported of it."""

    def close(self) -> None:
        """Let the journals go."""
        self._reader.close()

    def of(self, article: str) -> list[Entry]:
        """Return what counts of an article, by place and annotator."""
        found = [
            Entry(x.starts[n], x.ends[n], by, n, x.answers[n]) for by, x in self._mine for n in x.of(article)
        ]
        if len(self._mine) > 1:
            found.sort()
        return [e for e in found if e.record not in self._out] if self._out else found

    def heads(self, article: str) -> list[Entry]:
        """Return the same without what another annotator left just so."""
        found = self.of(article)
        return [e for e in found if e.record not in self._double] if self._double else found

    def ranked(self) -> dict[str, None]:
        """Return the articles with a finished sentence in the order of the export."""
        out = self._out
        return {
            a: None
            for by, x in self._mine
            for a in x.articles
            if any(x.answers[n] and (by, n) not in out for n in x.of(a))
        }

    def switch_off(self, article: str, lines: LineMap) -> None:
        """Leave out what stands in lines that are not annotated."""
        for e in self.of(article):
            if not lines.annotates(e.start, e.end):
                self._out[e.record] = SWITCHED_OFF

    def quarantine(self, article: str) -> None:
        """Leave out what was accepted in an article that would bridge parts of the split."""
        self._out.update({e.record: QUARANTINED for e in self.of(article) if e.answer == ACCEPTED})

    def supersede(self, versions: Mapping[str, Sequence[str]]) -> None:
        """Leave out an annotator's finished sentences that are finished, word for word, in a newer version.

        ``versions`` has all articles that are versions of one another, each with the ones before it.
        """
        for by, x in self._mine:
            done = {
                a: [n for n in x.of(a) if x.answers[n] and (by, n) not in self._out]
                for a in x.articles
                if a in versions
            }
            later = {(old, x.texts[n]) for a, every in done.items() for old in versions[a] for n in every}
            for a, every in done.items():
                self._out.update({(by, n): SUPERSEDED for n in every if (a, x.texts[n]) in later})

    def settle(self, article: str) -> int:
        """Find what several annotators left just so and return how many times; raises OddError, OSError."""
        every = self.of(article) if len(self._mine) > 1 else []
        if len({e.by for e in every}) < 2:
            return 0
        groups = _stretches([e for e in every if e.answer])
        apart = {e.place for group in groups if self._differ(article, group) for e in group}
        places = [list(group) for place, group in groupby(every, key=lambda e: e.place) if place not in apart]
        return sum(self._agree(article, group) for group in places if len(group) > 1)

    def _agree(self, article: str, group: Sequence[Entry]) -> int:
        """Compare what was left of one sentence; return how many have finished it besides the first."""
        done = [e for e in group if e.answer]
        if not done:
            return 0
        rows = {e.by: self._row(e) for e in group}
        if len({_keys(rows[e.by]) for e in done}) > 1:
            self._note(article, done, SPANS)
        first, *others = done
        if others:
            self.names[first.record] = ", ".join(self._indexes[e.by].name for e in done)
            self._double.update(e.record for e in others)
        if first.answer == ACCEPTED and any(row.rejected for row in rows.values()):
            beside = [work_of(rows[e.by], article, e.start, e.end) for e in group if e is not first]
            self.beside[first.record] = tuple(beside)
        return len(others)

    def _differ(self, article: str, group: Sequence[Entry]) -> bool:
        """Note whether finished sentences that share text are cut or answered differently."""
        if len({e.place for e in group}) > 1:
            self._note(article, group, CUT)
            return True
        if len({self._indexes[e.by].texts[e.number] for e in group}) > 1:
            raise OddError("one place has two texts")
        if len({e.answer for e in group}) > 1:
            given = [(self._indexes[e.by].name, ANSWERS[e.answer]) for e in group]
            self._note(article, group, answers(given))
            return True
        return False

    def _note(self, article: str, group: Sequence[Entry], how: str) -> None:
        names = sorted({self._indexes[e.by].name for e in group})
        start, end = group[0].place
        conflict = Conflict(f"{article}:{start}-{end}", tuple(names), how)
        self._conflicts.setdefault(article, []).append((start, conflict))

    @property
    def conflicts(self) -> list[Conflict]:
        """Where annotators left different things on one stretch of text, in the order of the export."""
        every = [sorted(self._conflicts[a], key=itemgetter(0)) for a in self.ranked() if a in self._conflicts]
        return [conflict for article in every for _, conflict in article]

    def _row(self, entry: Entry) -> Row:
        index, n = self._indexes[entry.by], entry.number
        at = (index.offsets[n], index.sizes[n], index.crcs[n])
        return self._reader.rows(str(index.path), [at], [entry.end - entry.start])[0]

    def left_out(self, articles: Mapping[str, About]) -> list[LeftOut]:
        """Return what was accepted and does not count, in the ledger's order; raises OddError, OSError.

        What others accepted and the one asked for as well is not told of: it is exported.
        """
        every = self._accepted_out()
        told = {(a, e.place) for why, a, e in every if why == ANOTHER and self._unknown(a, e)}
        return [
            self._left_out(articles[a], entry, why)
            for why, a, entry in every
            if why != ANOTHER or (a, entry.place) in told or not self._exported(a, entry)
        ]

    def _accepted_out(self) -> list[tuple[str, str, Entry]]:
        """Return why, where and what was accepted and does not count, by annotator and reason."""
        mine = {by for by, _ in self._mine}
        found = [
            (why, a, Entry(x.starts[n], x.ends[n], by, n, x.answers[n]))
            for by, x in enumerate(self._indexes)
            if self._out or by not in mine
            for a in x.articles
            for n in x.of(a)
            if x.answers[n] == ACCEPTED and (why := self._out.get((by, n), "") if by in mine else ANOTHER)
        ]
        return sorted(found, key=lambda f: (f[0] == QUARANTINED, f[2].by, f[0] != SWITCHED_OFF))

    def _exported(self, article: str, entry: Entry) -> Entry | None:
        """Return what is exported of the same sentence; to be asked for when all is settled."""
        if self._last[0] != article:
            self._last = (article, {e.place: e for e in self.heads(article) if e.answer == ACCEPTED})
        return self._last[1].get(entry.place)

    def _unknown(self, article: str, entry: Entry) -> list[Mark]:
        """Return the spans of a record that are not exported."""
        head = self._exported(article, entry)
        known = _keys(self._row(head)) if head else frozenset()
        return [s for s in self._row(entry).spans if (s.start, s.end, s.label) not in known]

    def _left_out(self, about: About, entry: Entry, why: str) -> LeftOut:
        """Return one record; raises OddError where the sentence is exported as others left it."""
        if why != ANOTHER and self._exported(about.id, entry):
            raise OddError("a sentence is exported, and left out too")
        row = self._row(entry)
        row.spans = self._unknown(about.id, entry)
        work = work_of(row, about.id, entry.start, entry.end)
        work = replace(work, sentence=replace(work.sentence, tokens=()))  # of no use here, and most of it
        article = Article(about.id, "", "", "", (), about.title)
        name = self._indexes[entry.by].name
        return LeftOut(Item(work, name, article, entry.number + 1), why, asked=why != QUARANTINED)


def _stretches(done: Sequence[Entry]) -> list[list[Entry]]:
    """Return the entries, which are in order, in groups that share text."""
    groups: list[list[Entry]] = []
    end = 0
    for e in done:
        if not groups or e.start >= end:
            groups.append([])
            end = 0
        groups[-1].append(e)
        end = max(end, e.end)
    return groups


def _keys(row: Row) -> frozenset[tuple[int, int, str]]:
    return frozenset((s.start, s.end, s.label) for s in row.spans)
