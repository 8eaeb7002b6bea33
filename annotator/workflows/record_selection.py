"""Which records of plain journals count: what ``gather`` and ``choose`` decide, by number, not by value.

A sentence that several annotators left just so is exported once, as the first of them left it. Records in
lines that are switched off, and those that a newer version of the article supersedes, are left out. What
would have to be told of in more than one place raises OddError: then all is gathered whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import AnnotatedLineIndex, Article
from annotator.export.conflict_resolution import (
    DIFFERENT_SENTENCES,
    DIFFERENT_SPANS,
    AnnotatorConflict,
    describe_answers,
)
from annotator.export.export_ledger import (
    ARTICLE_QUARANTINED,
    ARTICLE_SUPERSEDED,
    LINE_SWITCHED_OFF,
    OTHER_ANNOTATOR,
)
from annotator.export.options import ExcludedItem, ExportItem
from annotator.export.sentence_packer import PackedArticle, annotated_sentence_of
from annotator.storage.codec import FastRecord, FastSpan
from annotator.storage.journal_index import (
    ACCEPTED_NUMBER,
    ANSWER_BY_NUMBER,
    FastReadError,
    FastRecordReader,
    JournalIndex,
)

RecordNumber = tuple[int, int]
"""Which of the indexes, and which of its records."""


class SelectedRecord(NamedTuple):
    """A record in force: its sentence's place in the article, whose it is, and the answer's number."""

    start: int
    end: int
    journal_number: int
    number: int
    answer: int

    @property
    def record_number(self) -> RecordNumber:
        """Which record it is."""
        return self.journal_number, self.number

    @property
    def range(self) -> tuple[int, int]:
        """Where the sentence stands, in code points of the article."""
        return self.start, self.end


class RecordSelection:
    """The records of the annotators asked for, article by article, and those of the others beside them."""

    def __init__(self, indexes: Sequence[JournalIndex], annotator: str | None = None) -> None:
        """Begin with all that are in force; ``asked`` is the one annotator who counts, None for all."""
        self._indexes = indexes
        self._selected_indexes = [(by, x) for by, x in enumerate(indexes) if annotator in {None, x.name}]
        self._reader = FastRecordReader()
        self._left_out_reasons: dict[RecordNumber, str] = {}
        """Records that don't count, and why."""
        self._duplicates: set[RecordNumber] = set()
        self.shared_annotators: dict[RecordNumber, str] = {}
        """Of a sentence that several left just so, by the record that is exported: who they are."""
        self.other_annotations: dict[RecordNumber, tuple[AnnotatedSentence, ...]] = {}
        """What others said of an accepted sentence, where somebody has turned a suggestion down."""
        self._conflicts: dict[str, list[tuple[int, AnnotatorConflict]]] = {}
        """By article, each with the place where it begins."""
        self._last_exported: tuple[str, dict[tuple[int, int], SelectedRecord]] = ("", {})
        """The article that was last asked for, with what is exported of it."""

    def close(self) -> None:
        """Let the journals go."""
        self._reader.close()

    def selected(self, article: str) -> list[SelectedRecord]:
        """Return what counts of an article, by place and annotator."""
        found = [
            SelectedRecord(x.starts[n], x.ends[n], by, n, x.answers[n])
            for by, x in self._selected_indexes
            for n in x.current_records(article)
        ]
        if len(self._selected_indexes) > 1:
            found.sort()
        return (
            [e for e in found if e.record_number not in self._left_out_reasons]
            if self._left_out_reasons
            else found
        )

    def exported(self, article: str) -> list[SelectedRecord]:
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

    def switch_off(self, article: str, lines: AnnotatedLineIndex) -> None:
        """Leave out what stands in lines that are not annotated."""
        for e in self.selected(article):
            if not lines.is_annotated(e.start, e.end):
                self._left_out_reasons[e.record_number] = LINE_SWITCHED_OFF

    def quarantine(self, article: str) -> None:
        """Leave out what was accepted in an article that would bridge parts of the split."""
        self._left_out_reasons.update(
            {
                e.record_number: ARTICLE_QUARANTINED
                for e in self.selected(article)
                if e.answer == ACCEPTED_NUMBER
            }
        )

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
            later = {
                (old, x.text_hashes[n]) for a, every in done.items() for old in versions[a] for n in every
            }
            for a, every in done.items():
                self._left_out_reasons.update(
                    {(by, n): ARTICLE_SUPERSEDED for n in every if (a, x.text_hashes[n]) in later}
                )

    def find_duplicates(self, article: str) -> int:
        """Find what several annotators left just so and return how many times; raises OddError, OSError."""
        every = self.selected(article) if len(self._selected_indexes) > 1 else []
        if len({e.journal_number for e in every}) < 2:
            return 0
        groups = _overlapping_groups([e for e in every if e.answer])
        apart = {e.range for group in groups if self._find_difference(article, group) for e in group}
        places = [list(group) for place, group in groupby(every, key=lambda e: e.range) if place not in apart]
        return sum(self._merge_equal(article, group) for group in places if len(group) > 1)

    def _merge_equal(self, article: str, group: Sequence[SelectedRecord]) -> int:
        """Compare what was left of one sentence; return how many have finished it besides the first."""
        done = [e for e in group if e.answer]
        if not done:
            return 0
        rows = {e.journal_number: self._read_record(e) for e in group}
        if len({_span_keys(rows[e.journal_number]) for e in done}) > 1:
            self._add_conflict(article, done, DIFFERENT_SPANS)
        first, *others = done
        if others:
            self.shared_annotators[first.record_number] = ", ".join(
                self._indexes[e.journal_number].name for e in done
            )
            self._duplicates.update(e.record_number for e in others)
        if first.answer == ACCEPTED_NUMBER and any(row.rejected for row in rows.values()):
            beside = [
                annotated_sentence_of(rows[e.journal_number], article, e.start, e.end)
                for e in group
                if e is not first
            ]
            self.other_annotations[first.record_number] = tuple(beside)
        return len(others)

    def _find_difference(self, article: str, group: Sequence[SelectedRecord]) -> bool:
        """Note whether finished sentences that share text are cut or answered differently."""
        if len({e.range for e in group}) > 1:
            self._add_conflict(article, group, DIFFERENT_SENTENCES)
            return True
        if len({self._indexes[e.journal_number].text_hashes[e.number] for e in group}) > 1:
            raise FastReadError("one place has two texts")
        if len({e.answer for e in group}) > 1:
            given = [(self._indexes[e.journal_number].name, ANSWER_BY_NUMBER[e.answer]) for e in group]
            self._add_conflict(article, group, describe_answers(given))
            return True
        return False

    def _add_conflict(self, article: str, group: Sequence[SelectedRecord], how: str) -> None:
        names = sorted({self._indexes[e.journal_number].name for e in group})
        start, end = group[0].range
        conflict = AnnotatorConflict(f"{article}:{start}-{end}", tuple(names), how)
        self._conflicts.setdefault(article, []).append((start, conflict))

    @property
    def conflicts(self) -> list[AnnotatorConflict]:
        """Where annotators left different things on one stretch of text, in the order of the export."""
        every = [
            sorted(self._conflicts[a], key=itemgetter(0)) for a in self.export_order() if a in self._conflicts
        ]
        return [conflict for article in every for _, conflict in article]

    def _read_record(self, entry: SelectedRecord) -> FastRecord:
        index, n = self._indexes[entry.journal_number], entry.number
        at = (index.offsets[n], index.sizes[n], index.crcs[n])
        return self._reader.read_records(str(index.path), [at], [entry.end - entry.start])[0]

    def left_out(self, articles: Mapping[str, PackedArticle]) -> list[ExcludedItem]:
        """Return what was accepted and does not count, in the ledger's order; raises OddError, OSError.

        What others accepted and the one asked for as well is not told of: it is exported.
        """
        every = self._accepted_left_out()
        reported = {
            (a, e.range) for why, a, e in every if why == OTHER_ANNOTATOR and self._unexported_spans(a, e)
        }
        return [
            self._build_left_out(articles[a], entry, why)
            for why, a, entry in every
            if why != OTHER_ANNOTATOR or (a, entry.range) in reported or not self._exported_twin(a, entry)
        ]

    def _accepted_left_out(self) -> list[tuple[str, str, SelectedRecord]]:
        """Return why, where and what was accepted and does not count, by annotator and reason."""
        mine = {by for by, _ in self._selected_indexes}
        found = [
            (why, a, SelectedRecord(x.starts[n], x.ends[n], by, n, x.answers[n]))
            for by, x in enumerate(self._indexes)
            if self._left_out_reasons or by not in mine
            for a in x.articles
            for n in x.current_records(a)
            if x.answers[n] == ACCEPTED_NUMBER
            and (why := self._left_out_reasons.get((by, n), "") if by in mine else OTHER_ANNOTATOR)
        ]
        return sorted(
            found, key=lambda f: (f[0] == ARTICLE_QUARANTINED, f[2].journal_number, f[0] != LINE_SWITCHED_OFF)
        )

    def _exported_twin(self, article: str, entry: SelectedRecord) -> SelectedRecord | None:
        """Return what is exported of the same sentence; to be asked for when all is settled."""
        if self._last_exported[0] != article:
            self._last_exported = (
                article,
                {e.range: e for e in self.exported(article) if e.answer == ACCEPTED_NUMBER},
            )
        return self._last_exported[1].get(entry.range)

    def _unexported_spans(self, article: str, entry: SelectedRecord) -> list[FastSpan]:
        """Return the spans of a record that are not exported."""
        head = self._exported_twin(article, entry)
        known = _span_keys(self._read_record(head)) if head else frozenset()
        return [s for s in self._read_record(entry).spans if (s.start, s.end, s.label) not in known]

    def _build_left_out(self, about: PackedArticle, entry: SelectedRecord, why: str) -> ExcludedItem:
        """Return one record; raises OddError where the sentence is exported as others left it."""
        if why != OTHER_ANNOTATOR and self._exported_twin(about.id, entry):
            raise FastReadError("a sentence is exported, and left out too")
        row = self._read_record(entry)
        row.spans = self._unexported_spans(about.id, entry)
        annotated = annotated_sentence_of(row, about.id, entry.start, entry.end)
        annotated = replace(
            annotated, sentence=replace(annotated.sentence, tokens=())
        )  # of no use here, and most of it
        article = Article(about.id, "", "", "", (), about.title)
        name = self._indexes[entry.journal_number].name
        return ExcludedItem(
            ExportItem(annotated, name, article, entry.number + 1), why, requested=why != ARTICLE_QUARANTINED
        )


def _overlapping_groups(done: Sequence[SelectedRecord]) -> list[list[SelectedRecord]]:
    """Return the entries, which are in order, in groups that share text."""
    groups: list[list[SelectedRecord]] = []
    end = 0
    for e in done:
        if not groups or e.start >= end:
            groups.append([])
            end = 0
        groups[-1].append(e)
        end = max(end, e.end)
    return groups


def _span_keys(row: FastRecord) -> frozenset[tuple[int, int, str]]:
    return frozenset((s.start, s.end, s.label) for s in row.spans)
