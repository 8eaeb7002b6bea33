"""What an export writes: which records of the journals, into which parts, in which order.

The plan knows each accepted sentence by numbers, so that a million have room in memory; the
writer reads the records when their turn comes.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.article import AnnotatedLineIndex, Article, ArticleGroup, Sentence
from annotator.core.coverage import covered_labels
from annotator.core.documents import Documents, document_link, find_documents
from annotator.core.errors import CorpusError
from annotator.core.schema import Schema
from annotator.core.spans import overlap_finder
from annotator.export.coverage_classes import ClassView, CoverageClasses, class_views, coverage_classes
from annotator.export.doc_layout import DocUnit, ExportSentence, with_unreviewed
from annotator.export.docbin_packer import PackedArticle, pack_article_metadata
from annotator.export.export_ledger import ARTICLE_QUARANTINED, ARTICLE_WITHOUT_PART, raise_nothing_to_export
from annotator.export.options import SPLIT_PARTS, ExportItem, ExportOptions, MissingItems
from annotator.export.span_outcomes import class_outcomes, incorrect_spans, span_outcomes
from annotator.export.splits import DrawnGroups, SplitAssignment, assign_parts, shard_files, split_keys
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import SENTENCES_FILE
from annotator.storage.file_io import translate_os_errors
from annotator.storage.journal_index import ACCEPTED_NUMBER, ANSWER_BY_NUMBER, JournalIndex
from annotator.storage.sentences import SentenceRanges
from annotator.workflows.annotator_conflicts import raise_conflicts
from annotator.workflows.article_doubts import exported_doubt_warnings
from annotator.workflows.opening import damaged_sentences_warning
from annotator.workflows.predefined_split import PredefinedSplit, StatedPart, predefined_split
from annotator.workflows.record_selection import ANSWER_NAMES, RecordSelection, annotated_lines, open_selection
from annotator.workflows.selected_record import RecordNumber, SelectedRecord
from annotator.workflows.two_machines import two_machines_warnings


class _TouchedArticle(Struct):
    """An article that somebody has touched."""

    number: int
    id: str
    lines: AnnotatedLineIndex | None
    """Which of its lines are annotated; None where all are."""
    replaced: bool
    visible: tuple[int, int]
    """Where its text begins and ends without white space around it."""
    stated_part: object
    """What its metadata state of its part, where that counts; None for nothing."""


class ExportFile(Struct, frozen=True):
    """One file of an export of sentences."""

    name: str
    part: str
    numbers: array[int]
    """The sentences by their numbers in the whole export."""
    view: ClassView | None = None
    """Which class of sentences it is of."""

    @property
    def part_key(self) -> str:
        """What the report calls the part of the class."""
        return self.view.part_key(self.part) if self.view else self.part


class ExportPlan(Struct):
    """The accepted sentences of a corpus in the order of the export; arrays have a number for each."""

    selection: RecordSelection
    articles: list[PackedArticle]
    """Those that somebody has touched."""
    sentences: dict[str, int] = field(default_factory=dict)
    """Sentences by answer, as the ledger counts them."""
    key: str = ""
    """What identifies this corpus and these options, for ``--resume``."""
    families: list[str] = field(default_factory=list)
    """What each is drawn by: its story, or its document (`core/documents.py`)."""
    article_numbers: array[int] = field(default_factory=lambda: array("I"))
    """Which of the articles."""
    journal_numbers: array[int] = field(default_factory=lambda: array("H"))
    """Which of the journals."""
    records: array[int] = field(default_factory=lambda: array("I"))
    """Which of that journal's records."""
    missing: MissingItems = field(default_factory=MissingItems)
    """What was accepted and is left out whole."""
    split: SplitAssignment = field(default_factory=lambda: SplitAssignment((), {}))
    covers: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """By sentence the labels of the schema that it covers, of those that do not cover all."""
    classes: CoverageClasses = field(default_factory=CoverageClasses)
    views: tuple[ClassView | None, ...] = (None,)
    """What the files of each class take."""
    quarantined: frozenset[str] = frozenset()
    """The articles that are left out because they would bridge parts."""
    torn: bool = False
    """Whether there are too few stories to keep each in one part."""
    documents: Documents = field(default_factory=Documents)
    groups: list[ArticleGroup | None] = field(default_factory=list)
    """Of those that somebody has touched, in the same order."""
    drawn: DrawnGroups = field(default_factory=DrawnGroups)
    predefined: PredefinedSplit | None = None
    """The parts by the metadata, where these count."""
    lone_sentences: set[int] = field(default_factory=set)
    """By number, the articles whose whole text is one accepted sentence, of no group."""
    parts: tuple[str, ...] = ()
    """Those that are written, in their order."""

    @property
    def journals(self) -> Sequence[JournalIndex]:
        """The journals that the numbers point into."""
        return self.selection.journals

    @property
    def duplicate_count(self) -> int:
        """How many sentences of dev or test are in train too, word for word."""
        parts = self.split.parts
        columns = [x.text_hashes for x in self.journals]
        texts = [columns[by][n] for by, n in zip(self.journal_numbers, self.records, strict=True)]
        train = {text for text, part in zip(texts, parts, strict=True) if part == "train"}
        return sum(text in train for text, part in zip(texts, parts, strict=True) if part != "train")

    def document_name(self, number: int) -> str:
        """Return what a message calls the document of an article, given by its number."""
        group, article = self.groups[number], self.articles[number]
        return f"{group.field} {group.value}" if group else article.title or article.id

    def files(self, options: ExportOptions) -> Iterator[ExportFile]:
        """Yield the files of an export of sentences, by class and part; an empty part has an empty file."""
        for view in self.views:
            for part in self.parts:
                every = (n for n, p in enumerate(self.split.parts) if p == part)
                numbers = array("I", every if view is None else (n for n in every if view.takes(self.covers.get(n))))
                key = view.part_key(part) if view else part
                for name, first, end in shard_files(key, len(numbers), options.shard):
                    yield ExportFile(name, part, numbers[first:end], view)

    def by_article(self) -> Iterator[tuple[str, list[int]]]:
        """Yield each exported article's id with its sentences by number."""
        for article, numbers in groupby(range(len(self.records)), key=self.article_numbers.__getitem__):
            yield self.articles[article].id, list(numbers)


def plan_export(
    corpus: CorpusFolder,
    options: ExportOptions,
    drawn: DrawnGroups | None = None,
    replay: frozenset[str] = frozenset(),
    warn: Callable[[str], None] = lambda _: None,
) -> ExportPlan:
    """Return what is to be exported; the caller closes its ``selection``.

    ``drawn`` groups the articles that stay together; None where each document is drawn by itself. The journals of
    ``replay`` are replayed; ``warn`` receives the flaws of journals and missing articles. Raises AnnotatorError for a
    damaged article, for annotators in conflict, and where nothing is accepted or too little to split;
    UnreadableRecordError.
    """
    selection = open_selection(corpus, options.annotator, replay, options.on_conflict or "skip")
    try:
        return _ExportPlanner(corpus, selection, options, drawn or DrawnGroups()).build(warn)
    except BaseException:
        selection.close()
        raise


class _ExportPlanner:
    """Goes through the articles of a corpus once."""

    def __init__(
        self, corpus: CorpusFolder, selection: RecordSelection, options: ExportOptions, drawn: DrawnGroups
    ) -> None:
        self._keys, self._quarantined = drawn.keys, drawn.quarantined
        self._stand_ins: dict[str, str] = {}
        self._corpus, self._options, self._selection = corpus, options, selection
        self._plan = ExportPlan(selection, [], drawn=drawn)
        self._answers = dict.fromkeys(ANSWER_BY_NUMBER, 0)
        self._duplicates = self._unreviewed = 0
        self._touched: dict[str, _TouchedArticle] = {}
        self._fields: dict[str, None] = {}
        """The names of the metadata that an article has, where the split is one of their fields."""
        self._doubtful: dict[int, Article] = {}
        """The articles with an open doubt about their lines, by their number."""
        self._damaged: list[str] = []
        """The articles of which sentences.jsonl has another text."""
        self._digest = hashlib.sha256()
        self._labels = tuple(x.name for x in corpus.schema.labels)

    def build(self, warn: Callable[[str], None]) -> ExportPlan:
        """Return the plan; raises AnnotatorError, UnreadableRecordError."""
        made, selection = self._plan, self._selection
        with (
            translate_os_errors("read", self._corpus.path / SENTENCES_FILE, CorpusError),
            self._corpus.open_sentence_ranges() as ranges,
        ):
            self._read_articles(ranges)
            self._select_all(ranges)
        damaged = map(damaged_sentences_warning, self._damaged)
        machines = two_machines_warnings(self._corpus, self._options.annotator or self._corpus.annotators())
        exported = (self._doubtful[n] for n in {*made.article_numbers} & self._doubtful.keys())
        doubts = exported_doubt_warnings(self._corpus.path, exported)
        for warning in (*self._corpus.warnings, *damaged, *selection.warnings(), *machines, *doubts):
            warn(warning)
        if self._options.on_conflict == "error":
            raise_conflicts(selection.conflicts)
        titles = {article.id: article.title for article in made.articles}
        made.missing = MissingItems(tuple(selection.left_out(titles)), selection.unusable_lines)
        if not made.records:
            raise_nothing_to_export(made.missing)
        made.sentences = {
            **dict.fromkeys(ANSWER_NAMES.values(), 0),
            **{ANSWER_NAMES[ANSWER_BY_NUMBER[answer]]: n for answer, n in self._answers.items()},
            "double": self._duplicates,
            "unreviewed": self._unreviewed,
        }
        counts = Counter(map(made.covers.get, range(len(made.records))))
        made.classes = coverage_classes(counts, self._labels)
        made.views = class_views(made.classes, self._corpus.schema)
        made.split, made.parts = self._assign()
        made.key = self._resume_key()
        return made

    def _read_articles(self, ranges: SentenceRanges) -> None:
        """Go through the articles in the order of ingest, and keep what is needed of those touched."""
        touched = {a for x in self._selection.journals for a in x.articles}
        links = []
        for article in map(self._corpus.article, self._corpus.article_ids()):
            self._digest.update(f"{article.digest} {article.title}\n".encode())
            lines = None
            if article.id in touched:
                lines = self._note_article(article)
                if not ranges.have_text(article):
                    self._damaged.append(article.id)
            self._selection.add_article(article, lines)
            links.append(document_link(article))
        self._plan.documents = find_documents(links)
        self._stand_ins = self._recorded_stand_ins()
        self._selection.finish_articles(self._corpus.sentences)
        self._selection.leave_out_uncovered(self._labels)
        self._selection.settle_versions()

    def _note_article(self, article: Article) -> AnnotatedLineIndex | None:
        """Keep what the export writes of an article; return its lines where not all are annotated."""
        number = len(self._plan.articles)
        data = pack_article_metadata(article) if self._options.attrs == "own" else b""
        self._digest.update(data)
        self._plan.articles.append(PackedArticle(article.id, article.title, data))
        self._plan.groups.append(article.group)
        if article.doubt:
            self._doubtful[number] = article
        lines = annotated_lines(article)
        stated = None
        if self._options.split_from:
            stated = article.meta.get(self._options.split_from)
            self._fields |= dict.fromkeys(article.meta)
        visible = len(article.text) - len(article.text.lstrip()), len(article.text.rstrip())
        touched = _TouchedArticle(number, article.id, lines, bool(article.replaced_by), visible, stated)
        self._touched[article.id] = touched
        return lines

    def _recorded_stand_ins(self) -> dict[str, str]:
        """Return the parts that earlier exports have let documents fill, by what these are drawn by."""
        keys, recorded = self._plan.documents.keys, self._plan.drawn.stand_ins
        return {**recorded, **{keys.get(article, article): part for article, part in recorded.items()}}

    def _assign(self) -> tuple[SplitAssignment, tuple[str, ...]]:
        """Return the part of each sentence, and the parts that are written."""
        made, wanted = self._plan, self._options.parts_with_share
        if made.predefined:
            numbers = made.article_numbers
            parts = tuple(made.predefined.parts[made.articles[n].id] for n in numbers)
            return SplitAssignment(parts, {}), tuple(p for p in SPLIT_PARTS if p in parts)
        split = assign_parts(made.families, self._options.shares, self._stand_ins, self._options.split_rule.seed)
        return split, wanted[:1] if split.too_few else wanted

    def _read_predefined_split(self) -> None:
        """Take the parts from the metadata, and leave out the articles that are in none."""
        made = self._plan
        stated = [
            StatedPart(a, made.document_name(self._touched[a].number), self._touched[a].stated_part)
            for a in self._selection.export_order()
        ]
        name, otherwise = self._options.split_from or "", self._options.split_else
        made.predefined = predefined_split(stated, made.documents, name, otherwise, tuple(self._fields))
        for article in made.predefined.left_out:
            self._selection.leave_out(article, ARTICLE_WITHOUT_PART)

    def _select_all(self, ranges: SentenceRanges) -> None:
        """Take in what is exported, each sentence drawn by its story, and count all answers.

        Articles that would bridge parts are left out, unless there are too few stories for the parts, or
        no other articles. That is known once all others are selected.
        """
        made = self._plan
        if self._options.split_from:
            self._read_predefined_split()
        bridges = [x for x in self._touched.values() if x.id in self._quarantined]
        for article in self._touched.values():
            if article.id not in self._quarantined:
                self._count_answers(article, ranges)
        every = self._selection.export_order()
        self._select_articles(a for a in every if a not in self._quarantined)
        articles = [made.articles[n].id for n in made.article_numbers]
        rule = self._options.split_rule
        families, made.torn = split_keys(made.families, articles, rule.shares, self._keys, self._stand_ins, rule.seed)
        bridged = not made.torn and bool(made.records)
        for article in bridges:
            if bridged:
                self._selection.leave_out(article.id, ARTICLE_QUARANTINED)
                made.quarantined |= {article.id}
            self._count_answers(article, ranges)
        if bridged or not bridges:
            made.families = families
        else:
            self._select_articles(every)

    def _select_articles(self, articles: Iterable[str]) -> None:
        """Put the accepted sentences of articles into the plan, in text order, and nothing else."""
        made = self._plan
        made.families = []
        made.covers.clear()
        made.lone_sentences.clear()
        for numbers in (made.article_numbers, made.journal_numbers, made.records):
            del numbers[:]
        for article in articles:
            number, family = self._touched[article].number, made.documents.keys[article]
            visible = None if family in made.documents.grouped else self._touched[article].visible
            for e in self._selection.exported(article):
                if e.answer == ACCEPTED_NUMBER:
                    covers = self._selection.covers(e)
                    if covers is not None and (known := covered_labels(covers, self._labels)) != self._labels:
                        made.covers[len(made.records)] = known
                    made.article_numbers.append(number)
                    made.journal_numbers.append(e.journal_number)
                    made.records.append(e.number)
                    made.families.append(family)
                    if visible and e.start <= visible[0] and e.end >= visible[1]:
                        made.lone_sentences.add(number)

    def _count_answers(self, article: _TouchedArticle, ranges: SentenceRanges) -> None:
        """Count the answers in an article, and its sentences that nobody has begun."""
        self._duplicates += self._selection.settle_article(article.id)
        every = self._selection.selected(article.id)
        answers = [e.answer for e in self._selection.exported(article.id)]
        for answer in set(answers):
            self._answers[answer] += answers.count(answer)
        if ACCEPTED_NUMBER not in answers or article.replaced:
            return
        begun = list(dict.fromkeys([(e.start, e.end) for e in every]))
        if not ranges.match(article.id, begun):
            left = _unreviewed_ranges(ranges.ranges(article.id), begun, [(e.start, e.end) for e in every if e.answer])
            self._unreviewed += len(article.lines.annotated_ranges(left) if article.lines else left)

    def _resume_key(self) -> str:
        schema = [(x.name, x.target) for x in self._corpus.schema.labels]
        o = self._options
        self._digest.update(repr(sorted(self._keys.items())).encode())
        docs = (o.unit == "article", o.attrs, o.spans_key, o.lang, o.engine, o.shard, schema)
        chosen = (*docs, o.shares, o.split_from, o.ledger, o.annotator, o.on_conflict)
        journals = [(x.name, x.crc) for x in self._selection.journals]
        self._digest.update(self._plan.records.tobytes() + self._plan.journal_numbers.tobytes())
        self._digest.update(repr(sorted(self._selection.settled.united.items())).encode())
        self._digest.update(repr((chosen, journals, self._plan.split.parts)).encode())
        return self._digest.hexdigest()


def _unreviewed_ranges(
    base: Sequence[tuple[int, int]], begun: Sequence[tuple[int, int]], done: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the sentences that nobody has begun, nor finished a part of."""
    mine, overlaps_done = set(begun), overlap_finder(done)
    return [p for p in base if p not in mine and not overlaps_done(*p)]


# -- the sentences of a plan as values of core, and the Docs that they make together --------------


class PlannedArticle:
    """What an export takes of one article."""

    def __init__(self, corpus: CorpusFolder, plan: ExportPlan, article_id: str, numbers: Sequence[int]) -> None:
        """Read the article and its records; ``numbers`` are its sentences in the whole export."""
        self._corpus, self._plan, self.numbers = corpus, plan, numbers
        self._schema: Schema = corpus.schema
        self.article: Article = corpus.article(article_id)
        self._entries: list[SelectedRecord] = plan.selection.selected(article_id)
        self._items: dict[RecordNumber, ExportItem] = {
            e.record_number: plan.selection.item(self.article, e) for e in self._entries
        }
        self._exported = {self._record(n) for n in numbers}
        done = {self._items[record].annotated.sentence.id for record in self._exported}
        counting = [
            i for record, i in self._items.items() if record in self._exported or i.annotated.sentence.id not in done
        ]
        self._incorrect = incorrect_spans(counting, self._schema)

    def sentences(self, view: ClassView | None = None) -> list[ExportSentence]:
        """Return the accepted sentences, in text order; of a class those that it takes, with its labels."""
        return [self._sentence(n, view) for n in self._numbers_of(view)]

    def numbers_by_sentence(self, view: ClassView | None = None) -> dict[str, int]:
        """Return by its id the number in the whole export of each sentence that the ledger has from a class."""
        lists = [n for n in self._numbers_of(view) if view is None or view.lists(self._plan.covers.get(n))]
        return {self._items[self._record(n)].annotated.sentence.id: n for n in lists}

    def _numbers_of(self, view: ClassView | None) -> Sequence[int]:
        if view is None:
            return self.numbers
        return [n for n in self.numbers if view.takes(self._plan.covers.get(n))]

    def _record(self, number: int) -> RecordNumber:
        return self._plan.journal_numbers[number], self._plan.records[number]

    def _sentence(self, number: int, view: ClassView | None = None) -> ExportSentence:
        record = self._record(number)
        item = self._items[record]
        s, part, annotators = item.annotated.sentence, self._plan.split.parts[number], tuple(item.annotator.split(", "))
        outcomes, wrong = span_outcomes(item.annotated, self._schema), self._incorrect.get(s.id, ())
        if view:
            outcomes = class_outcomes(item.annotated, view, self._plan.covers.get(number))
            wrong = tuple(x for x in wrong if x[1] in view.labels)
        return ExportSentence(s, self.article, part, item, annotators, outcomes, wrong)

    def sentence_units(self, view: ClassView | None = None) -> list[DocUnit]:
        """Return a Doc for each sentence."""
        return [(sentence,) for sentence in self.sentences(view)]

    def pieces(self, part: str, view: ClassView | None) -> list[ExportSentence]:
        """Return the accepted sentences and the others between them; ``part`` is that of those before the first.

        Of a class, a sentence that does not cover its labels is as one that nobody has read.
        """

        def with_incorrect(piece: ExportSentence) -> ExportSentence:
            wrong = self._incorrect.get(piece.sentence.id, ())
            if view:
                wrong = tuple(x for x in wrong if x[1] in view.labels)
            return piece if piece.item or not wrong else replace(piece, incorrect_spans=wrong)

        filled = with_unreviewed(self.article, self.sentences(view), self._other_sentences(view), part)
        return list(map(with_incorrect, filled))

    def _other_sentences(self, view: ClassView | None) -> list[Sentence]:
        """Return the sentences that nobody has finished, then those finished but not exported here."""
        overlaps_done = overlap_finder(e.range for e in self._entries if e.answer)
        active = self._corpus.active_sentences(self.article)
        unreviewed = [s for s in active if not overlaps_done(s.start, s.end)]
        exported = {self._record(n) for n in self._numbers_of(view)}
        others = [e for e in self._entries if e.record_number not in exported]
        others.sort(key=lambda e: (e.journal_number, e.start))
        return [*unreviewed, *(self._items[e.record_number].annotated.sentence for e in others)]


def planned_articles(corpus: CorpusFolder, plan: ExportPlan) -> Iterator[PlannedArticle]:
    """Yield the articles of a plan, in the order of the export; raises UnreadableRecordError."""
    for article_id, numbers in plan.by_article():
        yield PlannedArticle(corpus, plan, article_id, numbers)
