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
    journal_number: int
    number: int
    answer: int

    @property
    def record_number(self) -> Record:
        """Which record it is."""
        return self.journal_number, self.number

    @property
    def range(self) -> tuple[int, int]:
        """Where the sentence stands, in code points of the article."""
        return self.start, self.end


class Standing:
    """The records of the annotators asked for, article by article, and those of the others beside them."""

    def __init__(self, indexes: Sequence[Index], annotator: str | None = None) -> None:
        """Begin with all that are in force; ``asked`` is the one annotator who counts, None for all."""
        self._indexes = indexes
        self._selected_indexes = [(by, x) for by, x in enumerate(indexes) if annotator in {None, x.name}]
        self._reader = Reader()
        self._left_out_reasons: dict[Record, str] = {}
        """Records that don't count, and why."""
        self._duplicates: set[Record] = set()
        self.shared_annotators: dict[Record, str] = {}
        """Of a sentence that several left just so, by the record that is exported: who they are."""
        self.other_annotations: dict[Record, tuple[Work, ...]] = {}
        """What others said of an accepted sentence, where somebody has turned a suggestion down."""
        self._conflicts: dict[str, list[tuple[int, Conflict]]] = {}
        """By article, each with the place where it begins."""
        self._last_exported: tuple[str, dict[tuple[int, int], Entry]] = ("", {})
        """The article that was last asked for, with what is exported of it."""

    def close(self) -> None:
        """Let the journals go."""
        self._reader.close()

    def selected(self, article: str) -> list[Entry]:
        """Return what counts of an article, by place and annotator."""
        found = [
            Entry(x.starts[n], x.ends[n], by, n, x.answers[n]) for by, x in self._selected_indexes for n in x.current_records(article)
        ]
        if len(self._selected_indexes) > 1:
            found.sort()
        return [e for e in found if e.record_number not in self._left_out_reasons] if self._left_out_reasons else found

    def exported(self, article: str) -> list[Entry]:
        """Return the same without what another annotator left just so."""
        found = self.selected(article)
        return [e for e in found if e.record_number not in self._duplicates] if self._duplicates else found

    def export_order(self) -> dict[str, None]:
        """Return the articles with a finished sentence in the order of the export."""
        out = self._left_out_reasons
        return {
            a: None
            for by, x in self._selected_indexes
            for a in x.articles
            if any(x.answers[n] and (by, n) not in out for n in x.current_records(a))
        }

    def switch_off(self, article: str, lines: LineMap) -> None:
        """Leave out what stands in lines that are not annotated."""
        for e in self.selected(article):
            if not lines.is_annotated(e.start, e.end):
                self._left_out_reasons[e.record_number] = SWITCHED_OFF

    def quarantine(self, article: str) -> None:
        """Leave out what was accepted in an article that would bridge parts of the split."""
        self._left_out_reasons.update({e.record_number: QUARANTINED for e in self.selected(article) if e.answer == ACCEPTED})

    def supersede(self, versions: Mapping[str, Sequence[str]]) -> None:
        """Leave out an annotator's finished sentences that are finished, word for word, in a newer version.

        ``versions`` has all articles that are versions of one another, each with the ones before it.
        """
        for by, x in self._selected_indexes:
            done = {
                a: [n for n in x.current_records(a) if x.answers[n] and (by, n) not in self._left_out_reasons]
                for a in x.articles
                if a in versions
            }
            later = {(old, x.text_hashes[n]) for a, every in done.items() for old in versions[a] for n in every}
            for a, every in done.items():
                self._left_out_reasons.update({(by, n): SUPERSEDED for n in every if (a, x.text_hashes[n]) in later})

    def find_duplicates(self, article: str) -> int:
        """Find what several annotators left just so and return how many times; raises OddError, OSError."""
        every = self.selected(article) if len(self._selected_indexes) > 1 else []
        if len({e.journal_number for e in every}) < 2:
            return 0
        groups = _stretches([e for e in every if e.answer])
        apart = {e.range for group in groups if self._find_difference(article, group) for e in group}
        places = [list(group) for place, group in groupby(every, key=lambda e: e.range) if place not in apart]
        return sum(self._merge_equal(article, group) for group in places if len(group) > 1)

    def _merge_equal(self, article: str, group: Sequence[Entry]) -> int:
        """Compare what was left of one sentence; return how many have finished it besides the first."""
        done = [e for e in group if e.answer]
        if not done:
            return 0
        rows = {e.journal_number: self._read_record(e) for e in group}
        if len({_keys(rows[e.journal_number]) for e in done}) > 1:
            self._add_conflict(article, done, SPANS)
        first, *others = done
        if others:
            self.shared_annotators[first.record_number] = ", ".join(self._indexes[e.journal_number].name for e in done)
            self._duplicates.update(e.record_number for e in others)
        if first.answer == ACCEPTED and any(row.rejected for row in rows.values()):
            beside = [work_of(rows[e.journal_number], article, e.start, e.end) for e in group if e is not first]
            self.other_annotations[first.record_number] = tuple(beside)
        return len(others)

    def _find_difference(self, article: str, group: Sequence[Entry]) -> bool:
        """Note whether finished sentences that share text are cut or answered differently."""
        if len({e.range for e in group}) > 1:
            self._add_conflict(article, group, CUT)
            return True
        if len({self._indexes[e.journal_number].text_hashes[e.number] for e in group}) > 1:
            raise OddError("one place has two texts")
        if len({e.answer for e in group}) > 1:
            given = [(self._indexes[e.journal_number].name, ANSWERS[e.answer]) for e in group]
            self._add_conflict(article, group, answers(given))
            return True
        return False

    def _add_conflict(self, article: str, group: Sequence[Entry], how: str) -> None:
        names = sorted({self._indexes[e.journal_number].name for e in group})
        start, end = group[0].range
        conflict = Conflict(f"{article}:{start}-{end}", tuple(names), how)
        self._conflicts.setdefault(article, []).append((start, conflict))

    @property
    def conflicts(self) -> list[Conflict]:
        """Where annotators left different things on one stretch of text, in the order of the export."""
        every = [sorted(self._conflicts[a], key=itemgetter(0)) for a in self.export_order() if a in self._conflicts]
        return [conflict for article in every for _, conflict in article]

    def _read_record(self, entry: Entry) -> Row:
        index, n = self._indexes[entry.journal_number], entry.number
        at = (index.offsets[n], index.sizes[n], index.crcs[n])
        return self._reader.read_records(str(index.path), [at], [entry.end - entry.start])[0]

    def left_out(self, articles: Mapping[str, About]) -> list[LeftOut]:
        """Return what was accepted and does not count, in the ledger's order; raises OddError, OSError.

        What others accepted and the one asked for as well is not told of: it is exported.
        """
        every = self._accepted_left_out()
        reported = {(a, e.range) for why, a, e in every if why == ANOTHER and self._unexported_spans(a, e)}
        return [
            self._build_left_out(articles[a], entry, why)
            for why, a, entry in every
            if why != ANOTHER or (a, entry.range) in reported or not self._exported_twin(a, entry)
        ]

    def _accepted_left_out(self) -> list[tuple[str, str, Entry]]:
        """Return why, where and what was accepted and does not count, by annotator and reason."""
        mine = {by for by, _ in self._selected_indexes}
        found = [
            (why, a, Entry(x.starts[n], x.ends[n], by, n, x.answers[n]))
            for by, x in enumerate(self._indexes)
            if self._left_out_reasons or by not in mine
            for a in x.articles
            for n in x.current_records(a)
            if x.answers[n] == ACCEPTED and (why := self._left_out_reasons.get((by, n), "") if by in mine else ANOTHER)
        ]
        return sorted(found, key=lambda f: (f[0] == QUARANTINED, f[2].journal_number, f[0] != SWITCHED_OFF))

    def _exported_twin(self, article: str, entry: Entry) -> Entry | None:
        """Return what is exported of the same sentence; to be asked for when all is settled."""
        if self._last_exported[0] != article:
            self._last_exported = (article, {e.range: e for e in self.exported(article) if e.answer == ACCEPTED})
        return self._last_exported[1].get(entry.range)

    def _unexported_spans(self, article: str, entry: Entry) -> list[Mark]:
        """Return the spans of a record that are not exported."""
        head = self._exported_twin(article, entry)
        known = _keys(self._read_record(head)) if head else frozenset()
        return [s for s in self._read_record(entry).spans if (s.start, s.end, s.label) not in known]

    def _build_left_out(self, about: About, entry: Entry, why: str) -> LeftOut:
        """Return one record; raises OddError where the sentence is exported as others left it."""
        if why != ANOTHER and self._exported_twin(about.id, entry):
            raise OddError("a sentence is exported, and left out too")
        row = self._read_record(entry)
        row.spans = self._unexported_spans(about.id, entry)
        annotated = work_of(row, about.id, entry.start, entry.end)
        annotated = replace(annotated, sentence=replace(annotated.sentence, tokens=()))  # of no use here, and most of it
        article = Article(about.id, "", "", "", (), about.title)
        name = self._indexes[entry.journal_number].name
        return LeftOut(Item(annotated, name, article, entry.number + 1), why, requested=why != QUARANTINED)


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
