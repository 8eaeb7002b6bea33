"""Which records count: the one place that decides what of the journals is exported.

The records are known by number. Of one annotator a record is left out, with a reason,

- where its article is not in ``articles/``, or damaged: a loss;
- where its line is switched off, as the user asked;
- where a newer version of the article has it finished (superseded_records.py has the rule);
- where its article would bridge parts of a split by story.

A sentence that several annotators left alike counts once, as the first of them left it. Where they
left different things on one stretch of text there is a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.article import AnnotatedLineIndex, Article, Sentence
from annotator.core.errors import AnnotatorError
from annotator.export.export_ledger import ARTICLE_QUARANTINED, ARTICLE_SUPERSEDED, LINE_SWITCHED_OFF, OTHER_ANNOTATOR
from annotator.export.options import ExcludedItem, ExportItem, MissingItems
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal_index import (
    ACCEPTED_NUMBER,
    ANSWER_BY_NUMBER,
    JournalIndex,
    RecordReader,
    load_journal_index,
)
from annotator.storage.record_rows import RecordRow
from annotator.workflows.absent_articles import ARTICLE_DAMAGED, ARTICLE_MISSING, absent_article_warnings
from annotator.workflows.opening import chosen_annotators, with_replays
from annotator.workflows.superseded_records import RecordNumber, VersionLinks, VersionRecords, settle_versions

ANSWER_NAMES = {Answer.ACCEPT: "accepted", Answer.REJECT: "rejected", Answer.IGNORE: "ignored", None: "unfinished"}
"""How every ledger names sentences by their answer."""
_REASON_ORDER = (ARTICLE_MISSING, ARTICLE_DAMAGED, LINE_SWITCHED_OFF, ARTICLE_SUPERSEDED, OTHER_ANNOTATOR)
_LOSSES = (ARTICLE_MISSING, ARTICLE_DAMAGED, ARTICLE_QUARANTINED)
"""The reasons that nobody has asked for."""
_LISTED_CONFLICTS = 10
"""How many conflicts an error lists."""


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
        """Where the sentence is, in code points of the article."""
        return self.start, self.end


class AnnotatorConflict(Struct, frozen=True):
    """A stretch of text of which annotators left different things."""

    sentence: str
    """The id of the first of the sentences."""
    annotators: tuple[str, ...]
    """Who they are, sorted."""
    difference: str


def raise_conflicts(conflicts: Sequence[AnnotatorConflict]) -> None:
    """Raise AnnotatorError where there are any."""
    if not conflicts:
        return
    listed = [f"{c.sentence} ({', '.join(c.annotators)}: {c.difference})" for c in conflicts]
    if len(conflicts) > _LISTED_CONFLICTS:
        listed[_LISTED_CONFLICTS:] = [f"and {len(conflicts) - _LISTED_CONFLICTS} more"]
    names = sorted({name for c in conflicts for name in c.annotators})
    units = "1 stretch of text has" if len(conflicts) == 1 else f"{len(conflicts)} stretches of text have"
    what = f"{units} annotations in conflict: {', '.join(listed)}"
    raise AnnotatorError(what, do=f"choose whose to export with --annotator NAME ({', '.join(names)})")


class RecordSelection:
    """The records of the selected annotators, article by article, and those of the others beside them."""

    def __init__(
        self, journals: Sequence[JournalIndex], annotator: str | None = None, damaged: Container[str] = ()
    ) -> None:
        """Begin with all that are in force; ``annotator`` is the one who counts, None for all.

        ``damaged`` are the articles that are set apart.
        """
        self.journals = journals
        self._damaged = damaged
        self._selected = [(by, x) for by, x in enumerate(journals) if annotator in {None, x.name}]
        self._reader = RecordReader()
        self._versions: dict[str, VersionLinks] = {}
        """The articles that are there."""
        self._left_out: dict[RecordNumber, str] = {}
        """Records that don't count, and why."""
        self._duplicates: set[RecordNumber] = set()
        self.shared_annotators: dict[RecordNumber, str] = {}
        """Of a sentence that several left alike, by the record that is exported: who they are."""
        self.other_annotations: dict[RecordNumber, tuple[AnnotatedSentence, ...]] = {}
        """What others left of an accepted sentence, where somebody has turned a suggestion down."""
        self._conflicts: dict[str, list[tuple[int, AnnotatorConflict]]] = {}
        """By article, each with the place where it begins."""
        self._last_exported: tuple[str, dict[tuple[int, int], SelectedRecord]] = ("", {})
        """The article that was last asked for, with what is exported of it."""

    def close(self) -> None:
        """Close the journals."""
        self._reader.close()

    @property
    def unusable_lines(self) -> dict[str, int]:
        """The lines that do not count, by annotator, of those who have any."""
        return {x.name: x.unusable_lines for _, x in self._selected if x.unusable_lines}

    # Which records count.

    def add_article(self, article: Article, lines: AnnotatedLineIndex | None) -> None:
        """Note the version of an article, and leave out what is in lines that are not annotated.

        ``lines`` is None where all are annotated.
        """
        self._versions[article.id] = VersionLinks(article.replaces, article.replaced_by)
        if lines:
            selected = self.selected(article.id)
            on = set(lines.annotated_ranges([(e.start, e.end) for e in selected]))
            off = [e.record_number for e in selected if (e.start, e.end) not in on]
            self._left_out.update(dict.fromkeys(off, LINE_SWITCHED_OFF))

    def finish_articles(self, stored: Callable[[str], Sequence[Sentence]]) -> None:
        """Leave out what has no article, and what other versions of an article supersede; notes conflicts.

        ``stored`` gives the sentences of an article as they were cut. Raises UnreadableRecordError.
        """
        for by, x in self._selected:
            gone = [a for a in x.articles if a not in self._versions]
            for a in gone:
                why = ARTICLE_DAMAGED if a in self._damaged else ARTICLE_MISSING
                self._left_out.update({(by, n): why for n in x.current_records(a)})

        def sentence_of(article: str, record: RecordNumber) -> Sentence:
            return self._reader.annotated(self.journals[record[0]], article, record[1]).sentence

        records = VersionRecords(dict(self._selected), sentence_of, self._is_alike, stored)
        superseded, conflicts = settle_versions(records, self._versions)
        self._left_out = dict.fromkeys(superseded, ARTICLE_SUPERSEDED) | self._left_out
        for conflict in conflicts:
            if self._left_out.keys().isdisjoint(conflict.records):
                by, n = conflict.records[0]
                x = self.journals[by]
                old = SelectedRecord(x.starts[n], x.ends[n], by, n, x.answers[n])
                every = [old._replace(journal_number=who, number=m) for who, m in conflict.records]
                self._add_conflict(conflict.article, every, "different in a new version of the article")

    def _is_alike(self, one: RecordNumber, other: RecordNumber) -> bool:
        """Return True if two records of the same words have the same answer and spans."""
        (a, n), (b, m) = (one, other)
        x, y = self.journals[a], self.journals[b]
        if x.answers[n] != y.answers[m]:
            return False
        return _span_keys(self._reader.read(x, n)) == _span_keys(self._reader.read(y, m))

    def quarantine(self, article: str) -> None:
        """Leave out what was accepted in an article that would bridge parts of the split."""
        accepted = [e for e in self.selected(article) if e.answer == ACCEPTED_NUMBER]
        self._left_out.update((e.record_number, ARTICLE_QUARANTINED) for e in accepted)

    def selected(self, article: str) -> list[SelectedRecord]:
        """Return what counts of an article, by place and annotator."""
        every = [
            SelectedRecord(x.starts[n], x.ends[n], by, n, x.answers[n])
            for by, x in self._selected
            for n in x.current_records(article)
        ]
        if len(self._selected) > 1:
            every.sort()
        return [e for e in every if e.record_number not in self._left_out] if self._left_out else every

    def exported(self, article: str) -> list[SelectedRecord]:
        """Return the same without what another annotator left alike."""
        every = self.selected(article)
        return [e for e in every if e.record_number not in self._duplicates] if self._duplicates else every

    def export_order(self) -> dict[str, None]:
        """Return the articles with a finished sentence in the order of the export."""
        out = self._left_out
        return {
            a: None
            for by, x in self._selected
            for a in x.articles
            if any(x.answers[n] and (by, n) not in out for n in x.current_records(a))
        }

    # Where annotators meet.

    def find_duplicates(self, article: str) -> int:
        """Find what several annotators left alike and return how many times; notes conflicts.

        Raises UnreadableRecordError.
        """
        replayed = any(not isinstance(x.seqs, range) for _, x in self._selected)  # these may overlap
        every = self.selected(article) if replayed or len(self._selected) > 1 else []
        if not replayed and len({e.journal_number for e in every}) < 2:
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
        stored = {e.journal_number: self.read(e) for e in group}
        if len({_span_keys(stored[e.journal_number]) for e in done}) > 1:
            self._add_conflict(article, done, "different spans")
        first, *others = done
        if others:
            self.shared_annotators[first.record_number] = ", ".join(self.name_of(e) for e in done)
            self._duplicates.update(e.record_number for e in others)
        if first.answer == ACCEPTED_NUMBER and any(x.rejected for x in stored.values()):
            beside = tuple(self.annotated(article, e) for e in group if e is not first)
            self.other_annotations[first.record_number] = beside
        return len(others)

    def _find_difference(self, article: str, group: Sequence[SelectedRecord]) -> bool:
        """Note whether finished sentences that share text are cut or answered differently."""
        by_annotator = sorted(group, key=lambda e: (e.journal_number, e.start))
        if any(a.journal_number == b.journal_number and a.end > b.start for a, b in pairwise(by_annotator)):
            difference = "annotated twice by one annotator"
        elif len({e.range for e in group}) > 1:
            difference = "cut into different sentences"
        elif len({e.answer for e in group}) > 1:
            difference = ", ".join(f"{self.name_of(e)} {ANSWER_BY_NUMBER[e.answer]}" for e in group)
        else:
            return False
        self._add_conflict(article, group, difference)
        return True

    def _add_conflict(self, article: str, group: Sequence[SelectedRecord], difference: str) -> None:
        names = sorted({self.name_of(e) for e in group})
        start, end = group[0].range
        conflict = AnnotatorConflict(f"{article}:{start}-{end}", tuple(names), difference)
        self._conflicts.setdefault(article, []).append((start, conflict))

    @property
    def conflicts(self) -> list[AnnotatorConflict]:
        """Where annotators left different things on one stretch of text, in the order of the export."""
        every = [sorted(self._conflicts[a], key=itemgetter(0)) for a in self.export_order() if a in self._conflicts]
        return [conflict for article in every for _, conflict in article]

    # Records as values.

    def name_of(self, entry: SelectedRecord) -> str:
        """Return whose record it is."""
        return self.journals[entry.journal_number].name

    def annotated(self, article: str, entry: SelectedRecord) -> AnnotatedSentence:
        """Return a record as a value of core; raises UnreadableRecordError."""
        return self._reader.annotated(self.journals[entry.journal_number], article, entry.number)

    def read(self, entry: SelectedRecord) -> RecordRow:
        """Return a record as it is stored; raises UnreadableRecordError."""
        return self._reader.read(self.journals[entry.journal_number], entry.number)

    def item(self, article: Article, entry: SelectedRecord) -> ExportItem:
        """Return a record with its annotator and its article; raises UnreadableRecordError."""
        x = self.journals[entry.journal_number]
        return ExportItem(self.annotated(article.id, entry), x.name, article, x.seqs[entry.number])

    def items(self, article_of: Callable[[str], Article]) -> Iterator[ExportItem]:
        """Yield all that counts, by annotator; raises UnreadableRecordError."""
        for by, x in self._selected:
            for a in x.articles:
                records = [n for n in x.current_records(a) if (by, n) not in self._left_out]
                article = article_of(a) if records else None
                for n in records if article else ():
                    assert article
                    yield self.item(article, SelectedRecord(x.starts[n], x.ends[n], by, n, x.answers[n]))

    def warnings(self) -> Iterator[str]:
        """Yield the flaws of the journals and the sentences whose article is not in the corpus."""
        for _, x in self._selected:
            yield from journal_warnings(x, self._versions, self._damaged)

    # What was accepted and does not count.

    def all_left_out(self) -> list[ExcludedItem]:
        """Return all that was accepted and does not count; raises UnreadableRecordError."""
        return [
            ExcludedItem(self.item(_stub(a, ""), entry), why, why not in _LOSSES)
            for why, a, entry in self._accepted_left_out()
        ]

    def left_out(self, titles: Mapping[str, str]) -> list[ExcludedItem]:
        """Return the same in the ledger's order, without what another record brings to the export.

        Raises UnreadableRecordError.
        """
        every = [(why, a, e, self._unexported_spans(a, e)) for why, a, e in self._accepted_left_out()]
        listed = {(why, a, e.range) for why, a, e, unexported in every if unexported}
        return [
            self._excluded_item(_stub(a, titles.get(a, "")), entry, why, unexported)
            for why, a, entry, unexported in every
            if (why, a, entry.range) in listed or not self._exported_twin(a, entry)
        ]

    def _excluded_item(
        self, article: Article, entry: SelectedRecord, why: str, unexported: frozenset[tuple[int, int, str]]
    ) -> ExcludedItem:
        item = self.item(article, entry)
        spans = [s for s in item.annotated.annotation.spans if s.key in unexported]
        sentence = replace(item.annotated.sentence, tokens=())  # of no use here, and most of it
        annotated = AnnotatedSentence(sentence, item.annotated.annotation.with_spans(spans))
        requested = why not in _LOSSES
        return ExcludedItem(replace(item, annotated=annotated), why, requested=requested)

    def _accepted_left_out(self) -> list[tuple[str, str, SelectedRecord]]:
        """Return why, where and what was accepted and does not count, by annotator and reason."""
        mine = {by for by, _ in self._selected}
        every = [
            (why, a, SelectedRecord(x.starts[n], x.ends[n], by, n, x.answers[n]))
            for by, x in enumerate(self.journals)
            if self._left_out or by not in mine
            for a in x.articles
            for n in x.current_records(a)
            if x.answers[n] == ACCEPTED_NUMBER
            and (why := self._left_out.get((by, n), "") if by in mine else OTHER_ANNOTATOR)
        ]
        ranks = {why: n for n, why in enumerate(_REASON_ORDER)}
        return sorted(every, key=lambda f: (f[0] == ARTICLE_QUARANTINED, f[2].journal_number, ranks.get(f[0], 0)))

    def _exported_twin(self, article: str, entry: SelectedRecord) -> SelectedRecord | None:
        """Return what is exported of the same sentence; to be called when all is settled."""
        if self._last_exported[0] != article:
            accepted = {e.range: e for e in self.exported(article) if e.answer == ACCEPTED_NUMBER}
            self._last_exported = (article, accepted)
        return self._last_exported[1].get(entry.range)

    def _unexported_spans(self, article: str, entry: SelectedRecord) -> frozenset[tuple[int, int, str]]:
        """Return the keys of the spans of a record that are not exported."""
        twin = self._exported_twin(article, entry)
        known: frozenset[tuple[int, int, str]] = _span_keys(self.read(twin)) if twin else frozenset()
        return _span_keys(self.read(entry)) - known


def journal_warnings(journal: JournalIndex, articles: Container[str], damaged: Container[str] = ()) -> Iterator[str]:
    """Yield the flaws of a journal, and how many of its sentences are of none of the articles, or of damaged ones."""
    yield from journal.warnings
    gone = {a: len(journal.current_records(a)) for a in journal.articles if a not in articles}
    yield from absent_article_warnings(journal.name, gone, damaged)


def annotated_lines(article: Article) -> AnnotatedLineIndex | None:
    """Return which lines of an article are annotated; None where all are."""
    return None if article.fully_annotated else AnnotatedLineIndex(article)


def _stub(article: str, title: str) -> Article:
    return Article(article, "", "", "", (), title)


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


def _span_keys(stored: RecordRow) -> frozenset[tuple[int, int, str]]:
    return frozenset((s.start, s.end, s.label) for s in stored.spans)


class SelectedItems(Struct, frozen=True):
    """What counts of the journals as values, and what is left out whole."""

    items: tuple[ExportItem, ...]
    missing: MissingItems
    warnings: tuple[str, ...]
    journals: tuple[JournalIndex, ...]
    """All of the corpus, with the flaws of each."""


def open_selection(
    corpus: CorpusFolder, annotator: str | None = None, replay: frozenset[str] = frozenset()
) -> RecordSelection:
    """Open the journals of a corpus; those of ``replay`` are replayed.

    Raises AnnotatorError for an annotator who has no journal.
    """
    chosen_annotators(corpus, annotator)
    names = corpus.annotators()
    journals = [load_journal_index(corpus.path, x, corpus.sentences_to_replay, replay=x in replay) for x in names]
    return RecordSelection(journals, annotator, corpus.damaged_articles)


def select_items(corpus: CorpusFolder, annotator: str | None = None) -> SelectedItems:
    """Return what the journals of a corpus hold now, of one annotator or of all.

    Raises AnnotatorError for an annotator who has no journal.
    """
    articles: dict[str, Article] = {}

    def select(replay: frozenset[str]) -> SelectedItems:
        with closing(open_selection(corpus, annotator, replay)) as selection:
            for article in map(corpus.article, corpus.article_ids()):
                articles[article.id] = article
                selection.add_article(article, annotated_lines(article))
            selection.finish_articles(corpus.sentences)
            missing = MissingItems(tuple(selection.all_left_out()), selection.unusable_lines)
            items, warnings = tuple(selection.items(articles.__getitem__)), tuple(selection.warnings())
            return SelectedItems(items, missing, warnings, tuple(selection.journals))

    return with_replays(select)
