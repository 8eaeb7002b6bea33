"""Which records count: the one place that decides what of the journals is exported.

The records are known by number. Of one annotator a record is left out, with a reason,

- where its article is not in ``articles/``, or damaged: a loss;
- where its line is switched off, as the user asked;
- where a newer version of the article has it finished (superseded_records.py has the rule);
- where its article would bridge parts of a split by story.

What several annotators have finished counts once; ``annotator_conflicts.py`` unites it and settles what is in conflict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import closing

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import AnnotatedLineIndex, Article, Sentence
from annotator.core.coverage import Coverage, covered_labels
from annotator.core.disagreement import AnnotatorConflict, ConflictRule
from annotator.core.spans import Span
from annotator.export.export_ledger import (
    ADJUDICATED,
    ADJUDICATION_REOPENED,
    ARTICLE_QUARANTINED,
    ARTICLE_SUPERSEDED,
    IN_CONFLICT,
    LINE_SWITCHED_OFF,
    NOT_PREFERRED,
    NOTHING_COVERED,
    OTHER_ANNOTATOR,
    OUTVOTED,
)
from annotator.export.options import ExcludedItem, ExportItem, MissingItems
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.coverage_file import read_coverage_base
from annotator.storage.journal_index import ACCEPTED_NUMBER, JournalIndex, RecordReader
from annotator.storage.record_rows import RecordRow
from annotator.workflows.absent_articles import ARTICLE_DAMAGED, ARTICLE_MISSING, absent_article_warnings
from annotator.workflows.adjudicated_records import (
    decided_by_adjudication,
    export_journals,
    is_adjudicated,
    reopened_adjudications,
    reopened_in_later_versions,
)
from annotator.workflows.annotator_conflicts import ConflictSettler, raise_conflicts, row_content, span_keys
from annotator.workflows.later_labels import later_label_warnings
from annotator.workflows.opening import chosen_annotators, with_replays
from annotator.workflows.selected_record import RecordNumber, SelectedRecord
from annotator.workflows.superseded_records import VersionConflict, VersionLinks, VersionRecords, settle_versions

ANSWER_NAMES = {Answer.ACCEPT: "accepted", Answer.REJECT: "rejected", Answer.IGNORE: "ignored", None: "unfinished"}
"""How every ledger names sentences by their answer."""
_REASON_ORDER = (
    ARTICLE_MISSING, ARTICLE_DAMAGED, LINE_SWITCHED_OFF, ARTICLE_SUPERSEDED, OTHER_ANNOTATOR,
    NOTHING_COVERED, IN_CONFLICT, NOT_PREFERRED, OUTVOTED, ADJUDICATED, ADJUDICATION_REOPENED,
)  # fmt: skip
_LOSSES = (ARTICLE_MISSING, ARTICLE_DAMAGED, ARTICLE_QUARANTINED, IN_CONFLICT)
"""The reasons that nobody has asked for."""


class RecordSelection:
    """The records of the selected annotators, article by article, and those of the others beside them."""

    def __init__(
        self,
        journals: Sequence[JournalIndex],
        labels: Sequence[str],
        annotators: Sequence[str] = (),
        damaged: Container[str] = (),
        rule: ConflictRule = "skip",
    ) -> None:
        """Begin with all that are in force; ``annotators`` are those who count, the preferred one first; none: all.

        ``labels`` are those of the schema, ``damaged`` the articles that are set apart; ``rule`` settles conflicts.
        """
        self.journals = journals
        self._damaged = damaged
        self._selected = [(by, x) for by, x in enumerate(journals) if not annotators or x.name in annotators]
        self._reader = RecordReader()
        self._versions: dict[str, VersionLinks] = {}
        """The articles that are there."""
        self._left_out: dict[RecordNumber, str] = {}
        """Records that don't count, and why."""
        names = [x.name for x in journals]
        self.settled = ConflictSettler(rule, names, annotators, labels, self.read, self._annotated, self._seq_of)
        self._adjudicators = frozenset(by for by, x in enumerate(journals) if is_adjudicated(x))
        self._version_conflicts: list[VersionConflict] = []
        self._moved: set[RecordNumber] = set()
        """Records that are settled in a later version."""
        self._settled: dict[str, int] = {}
        """What `settle_article` has returned for the articles with such records."""
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

    def leave_out_uncovered(self, labels: Sequence[str]) -> None:
        """Leave out the records that cover none of the labels of the schema."""
        for by, x in self._selected:
            nothing = ((by, n) for n, covers in x.covers.items() if not covered_labels(covers, labels))
            self._left_out = dict.fromkeys(nothing, NOTHING_COVERED) | self._left_out

    def finish_articles(self, stored: Callable[[str], Sequence[Sentence]]) -> None:
        """Leave out what has no article, and what other versions of an article supersede.

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
        superseded, self._version_conflicts = settle_versions(records, self._versions)
        self._left_out = dict.fromkeys(superseded, ARTICLE_SUPERSEDED) | self._left_out
        if self._adjudicators:
            self._left_out |= dict.fromkeys(reopened_adjudications(self.journals), ADJUDICATION_REOPENED)
            later = (r for c in self._version_conflicts for r in reopened_in_later_versions(c, records))
            self._left_out |= dict.fromkeys(later, ADJUDICATION_REOPENED)

    def _is_alike(self, one: RecordNumber, other: RecordNumber) -> bool:
        """Return True if two records of the same words have the same answer and spans."""
        (a, n), (b, m) = (one, other)
        x, y = self.journals[a], self.journals[b]
        if x.answers[n] != y.answers[m]:
            return False
        return row_content(self._reader.read(x, n)) == row_content(self._reader.read(y, m))

    def leave_out(self, article: str, why: str) -> None:
        """Leave out what was accepted in an article that is in no part of the split."""
        accepted = [e for e in self.selected(article) if e.answer == ACCEPTED_NUMBER]
        self._left_out.update((e.record_number, why) for e in accepted)

    def selected(self, article: str) -> list[SelectedRecord]:
        """Return what counts of an article, by place and annotator."""
        every = [
            SelectedRecord(x.starts[n], x.ends[n], by, n, x.answers[n], article)
            for by, x in self._selected
            for n in x.current_records(article)
        ]
        if len(self._selected) > 1:
            every.sort()
        return [e for e in every if e.record_number not in self._left_out] if self._left_out else every

    def _entry(self, article: str, record: RecordNumber) -> SelectedRecord:
        x, n = self.journals[record[0]], record[1]
        return SelectedRecord(x.starts[n], x.ends[n], *record, x.answers[n], article)

    def exported(self, article: str) -> list[SelectedRecord]:
        """Return the same without what is in conflict, or counts through the record of another annotator."""
        every, through = self.selected(article), self.settled
        if not (through.duplicates or through.left_out):
            return every
        gone = (through.duplicates, through.left_out)
        return [e for e in every if not any(e.record_number in x for x in gone)]

    def _all_articles(self) -> dict[str, None]:
        return {a: None for _, x in self._selected for a in x.articles if a in self._versions}

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

    def settle_versions(self) -> None:
        """Settle the articles that have words which somebody has finished otherwise in an earlier version.

        To be called once all articles are known, before `settle_article`. Raises UnreadableRecordError.
        """
        found: dict[str, list[SelectedRecord]] = {}
        for conflict in self._version_conflicts:
            group = [self._entry(a, r) for a, r in conflict if r not in self._left_out]
            last = group[-1].article if group else ""
            places = sorted({e.range for e in group if e.article == last})
            seen: Counter[int] = Counter()
            for e in (e for e in group if e.article != last):
                start, end = places[min(seen[e.journal_number], len(places) - 1)]
                seen[e.journal_number] += 1
                found.setdefault(last, []).append(e._replace(start=start, end=end))
        self._moved = {e.record_number for moved in found.values() for e in moved}
        self._settled = {article: self.settle_article(article, moved) for article, moved in found.items()}

    def settle_article(self, article: str, moved: Sequence[SelectedRecord] = ()) -> int:
        """Settle what several annotators have finished, and return how many sentences are there more than once.

        ``moved`` are records of earlier versions at the places of their words in this one. Raises
        UnreadableRecordError.
        """
        if article in self._settled:
            return self._settled[article]
        replayed = any(not isinstance(x.seqs, range) for _, x in self._selected)  # these may overlap
        every = self.selected(article) if replayed or len(self._selected) > 1 else []
        if self._moved:
            every = sorted([*(e for e in every if e.record_number not in self._moved), *moved])
        if not replayed and len({e.journal_number for e in every}) < 2:
            return 0
        if self._adjudicators:
            decided = {e.record_number for e in decided_by_adjudication(every, self._adjudicators)}
            self.settled.left_out |= dict.fromkeys(decided, ADJUDICATED)
            every = [e for e in every if e.record_number not in decided]
        return self.settled.settle_article(article, every)

    def settle_all(self) -> None:
        """Settle the articles of the corpus, those of several versions first; raises UnreadableRecordError."""
        self.settle_versions()
        for article in self._all_articles():
            self.settle_article(article)

    @property
    def conflicts(self) -> list[AnnotatorConflict]:
        """What annotators have left differently on one stretch of text, in the order of the export."""
        order = {a: n for n, a in enumerate(self._all_articles())}
        return sorted(self.settled.conflicts, key=lambda c: order[c.sides[0].article])  # stable

    # Records as values.

    def covers(self, entry: SelectedRecord) -> Coverage:
        """Return the labels that are covered by what is exported for a record."""
        united = self.settled.united.get(entry.record_number)
        return united.covers if united else self.journals[entry.journal_number].covers.get(entry.number)

    def annotated(self, article: str, entry: SelectedRecord) -> AnnotatedSentence:
        """Return what is exported for a record as a value of core; raises UnreadableRecordError."""
        annotated = self._reader.annotated(self.journals[entry.journal_number], article, entry.number)
        united = self.settled.united.get(entry.record_number)
        return AnnotatedSentence(annotated.sentence, united) if united else annotated

    def _annotated(self, entry: SelectedRecord) -> AnnotatedSentence:
        return self._reader.annotated(self.journals[entry.journal_number], entry.article, entry.number)

    def _seq_of(self, entry: SelectedRecord) -> int:
        return self.journals[entry.journal_number].seqs[entry.number]

    def read(self, entry: SelectedRecord) -> RecordRow:
        """Return a record as it is stored; raises UnreadableRecordError."""
        return self._reader.read(self.journals[entry.journal_number], entry.number)

    def item(self, article: Article, entry: SelectedRecord) -> ExportItem:
        """Return what is exported for a record, with its annotators and its article; raises UnreadableRecordError."""
        names = self.settled.shared_annotators.get(entry.record_number, self.journals[entry.journal_number].name)
        return ExportItem(self.annotated(article.id, entry), names, article, self._seq_of(entry))

    def items(self, article_of: Callable[[str], Article]) -> Iterator[ExportItem]:
        """Yield all that annotators have, by annotator; to be called before anything is settled.

        Raises UnreadableRecordError.
        """
        for by, x in self._selected:
            for a in x.articles if by not in self._adjudicators else ():
                records = [n for n in x.current_records(a) if (by, n) not in self._left_out]
                article = article_of(a) if records else None
                for n in records if article else ():
                    assert article
                    yield self.item(article, self._entry(a, (by, n)))

    def exported_items(self, article_of: Callable[[str], Article]) -> Iterator[ExportItem]:
        """Yield what counts once all is settled, each sentence once; raises UnreadableRecordError."""
        for a in self._all_articles():
            article = article_of(a)
            yield from (self.item(article, e) for e in self.exported(a))

    def warnings(self) -> Iterator[str]:
        """Yield the flaws of the journals and the sentences whose article is not in the corpus."""
        for _, x in self._selected:
            yield from journal_warnings(x, self._versions, self._damaged)
        yield from later_label_warnings(x for _, x in self._selected)

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
        dropped = self.settled.dropped_spans.items()
        return [
            self._excluded_item(_stub(a, titles.get(a, "")), entry, why, unexported)
            for why, a, entry, unexported in every
            if (why, a, entry.range) in listed or not self._exported_twin(a, entry)
        ] + [self._dropped_item(_stub(e.article, titles.get(e.article, "")), e, spans) for e, spans in dropped]

    def _excluded_item(
        self, article: Article, entry: SelectedRecord, why: str, unexported: frozenset[tuple[int, int, str]]
    ) -> ExcludedItem:
        spans = [s for s in self._annotated(entry).annotation.spans if s.key in unexported]
        return self._partial_item(article, entry, spans, why)

    def _dropped_item(self, article: Article, entry: SelectedRecord, spans: Sequence[Span]) -> ExcludedItem:
        return replace(self._partial_item(article, entry, spans, self.settled.reason), partial=True)

    def _partial_item(self, article: Article, entry: SelectedRecord, spans: Sequence[Span], why: str) -> ExcludedItem:
        """Return a record with these of its spans alone, as what is left out."""
        sentence = replace(self._annotated(entry).sentence, tokens=())  # of no use here, and most of it
        annotated = AnnotatedSentence(sentence, Annotation(answer=Answer.ACCEPT).with_spans(tuple(spans)))
        item = ExportItem(annotated, self.journals[entry.journal_number].name, article, self._seq_of(entry))
        return ExcludedItem(item, why, requested=why not in _LOSSES)

    def _accepted_left_out(self) -> list[tuple[str, str, SelectedRecord]]:
        """Return why, where and what was accepted and does not count, by annotator and reason."""
        mine = {by for by, _ in self._selected}
        left_out = self.settled.left_out | self._left_out
        every = [
            (why, a, self._entry(a, (by, n)))
            for by, x in enumerate(self.journals)
            if left_out or by not in mine
            for a in x.articles
            for n in x.current_records(a)
            if x.answers[n] == ACCEPTED_NUMBER and (why := left_out.get((by, n), "") if by in mine else OTHER_ANNOTATOR)
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
        united = self.settled.united.get(twin.record_number) if twin else None
        known = {s.key for s in united.spans} if united else span_keys(self.read(twin)) if twin else frozenset()
        return span_keys(self.read(entry)) - known


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


class SelectedItems(Struct, frozen=True):
    """What counts of the journals as values, and what is left out whole."""

    items: tuple[ExportItem, ...]
    missing: MissingItems
    warnings: tuple[str, ...]
    journals: tuple[JournalIndex, ...]
    """All of the corpus, with the flaws of each."""
    conflicts: tuple[AnnotatorConflict, ...] = ()


def open_selection(
    corpus: CorpusFolder,
    annotators: Sequence[str] = (),
    replay: frozenset[str] = frozenset(),
    rule: ConflictRule = "skip",
    *,
    needs_coverage: bool = True,
) -> RecordSelection:
    """Open the journals of a corpus; those of ``replay`` are replayed.

    ``annotators`` are those who count, the preferred one first; none: all. Raises AnnotatorError for one who has no
    journal, and where ``needs_coverage`` and nobody knows what the first sentences were read for.
    """
    if needs_coverage:
        read_coverage_base(corpus.path)
    for name in annotators:
        chosen_annotators(corpus, name)
    journals = export_journals(corpus, replay, adjudicated=not annotators)
    labels = [x.name for x in corpus.schema.labels]
    return RecordSelection(journals, labels, annotators, corpus.damaged_articles, rule)


def select_items(
    corpus: CorpusFolder,
    annotators: Sequence[str] = (),
    *,
    find_conflicts: bool = False,
    rule: ConflictRule | None = None,
    needs_coverage: bool = True,
) -> SelectedItems:
    """Return what the journals of a corpus hold now, of some annotators or of all.

    The items are what each annotator has; with a ``rule`` they are what counts, each sentence once. Raises
    AnnotatorError as ``open_selection`` does, and for conflicts where the rule is ``error``.
    """
    articles: dict[str, Article] = {}

    def select(replay: frozenset[str]) -> SelectedItems:
        with closing(
            open_selection(corpus, annotators, replay, rule or "skip", needs_coverage=needs_coverage)
        ) as selection:
            for article in map(corpus.article, corpus.article_ids()):
                articles[article.id] = article
                selection.add_article(article, annotated_lines(article))
            selection.finish_articles(corpus.sentences)
            if rule:
                selection.settle_all()
                items = tuple(selection.exported_items(articles.__getitem__))
                missing = MissingItems(tuple(selection.left_out({})), selection.unusable_lines)
            else:
                missing = MissingItems(tuple(selection.all_left_out()), selection.unusable_lines)
                items = tuple(selection.items(articles.__getitem__))
                if find_conflicts:
                    selection.settle_all()
            if rule == "error":
                raise_conflicts(selection.conflicts)
            warnings, conflicts = tuple(selection.warnings()), tuple(selection.conflicts)
            journals = tuple(x for x in selection.journals if rule or not is_adjudicated(x))
            return SelectedItems(items, missing, warnings, journals, conflicts)

    return with_replays(select)
