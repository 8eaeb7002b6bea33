"""What a streamed export writes: which records of the journals, into which parts, in which order.

A million sentences have no room in memory as values of core. For a *plain* corpus it is enough to
know where each record lies: journals without a flaw, annotators who left the same where they share
text, articles that are all there. Every other corpus is gathered whole (``gather.py``), and so is one
exported ``--unit article``; what is written is the same, as tests hold.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.article import AnnotatedLineIndex
from annotator.export.conflict_resolution import raise_conflicts
from annotator.export.docbin_parts import shard_files
from annotator.export.options import ExportOptions, MissingItems
from annotator.export.sentence_packer import PackedArticle, pack_article_metadata
from annotator.export.splits import SplitAssignment, assign_parts, split_keys
from annotator.storage.articles import ARTICLES_FOLDER, FastArticle, read_fast_articles
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import ANNOTATIONS_FOLDER
from annotator.storage.journal_index import (
    ACCEPTED_NUMBER,
    ANSWER_BY_NUMBER,
    FastReadError,
    JournalIndex,
    check_superseded_records,
    read_journal_index,
)
from annotator.storage.rescue import find_rescue_files
from annotator.storage.sentences import SentenceRanges
from annotator.workflows.record_selection import RecordNumber, RecordSelection
from annotator.workflows.shard_writer import ShardJob

if TYPE_CHECKING:  # a small export starts fast
    from annotator.similarity.story_groups import StoryGroups

_ANSWER_NAMES = {
    Answer.ACCEPT: "accepted",
    Answer.REJECT: "rejected",
    Answer.IGNORE: "ignored",
    None: "unfinished",
}


ReadArticle = tuple[FastArticle, AnnotatedLineIndex | None]
"""An article, and which of its lines are annotated, where not all are."""
ShardFile = tuple[str, str, "array[int]"]
"""A file's name, its part, and its sentences by their numbers in the whole export."""


class ExportPlan(Struct):
    """The accepted sentences of a plain corpus in the order of the export; arrays have a number for each."""

    indexes: list[JournalIndex]
    articles: list[PackedArticle]
    sentences: dict[str, int]
    """Sentences by answer, as the ledger counts them."""
    key: str = ""
    """What tells this corpus and these options from others, for ``--resume``."""
    families: list[str] = field(default_factory=list)
    article_numbers: array[int] = field(default_factory=lambda: array("I"))
    """Which of the articles."""
    index_numbers: bytearray = field(default_factory=bytearray)
    """Which of the indexes."""
    records: array[int] = field(default_factory=lambda: array("I"))
    """Which of that index's records."""
    shared_annotators: Mapping[RecordNumber, str] = field(default_factory=dict)
    """Of a sentence that several annotators left just so: who they are."""
    other_annotations: Mapping[RecordNumber, tuple[AnnotatedSentence, ...]] = field(default_factory=dict)
    """What others said of a sentence, where suggestions were turned down."""
    missing: MissingItems = field(default_factory=MissingItems)
    """What was accepted and is left out whole."""
    split: SplitAssignment = field(default_factory=lambda: SplitAssignment((), {}))
    torn: bool = False
    """Whether there are too few stories to keep each in one part."""

    @property
    def duplicate_count(self) -> int:
        """How many sentences of dev or test stand in train too, word for word."""
        parts = self.split.parts
        others = Counter(self._text_hash(n) for n, part in enumerate(parts) if part != "train")
        both = {t for n, part in enumerate(parts) if part == "train" and (t := self._text_hash(n)) in others}
        return sum(others[t] for t in both)

    def _text_hash(self, number: int) -> int:
        return self.indexes[self.index_numbers[number]].text_hashes[self.records[number]]

    def files(self, options: ExportOptions) -> Iterator[ShardFile]:
        """Yield the files of the export, part by part; a part without sentences has an empty file."""
        for part in options.parts_with_share:
            numbers = array("I", (n for n, p in enumerate(self.split.parts) if p == part))
            for name, first, end in shard_files(part, len(numbers), options.shard):
                yield name, part, numbers[first:end]

    def shard_job(self, file: ShardFile) -> ShardJob:
        """Return what a file is written from."""
        name, part, numbers = file
        job = ShardJob(name, part, [(str(x.path), x.name) for x in self.indexes], numbers=numbers)
        local: dict[int, int] = {}
        for n in numbers:
            index, record = self.indexes[self.index_numbers[n]], self.records[n]
            if self.article_numbers[n] not in local:
                local[self.article_numbers[n]] = len(job.articles)
                job.articles.append(self.articles[self.article_numbers[n]])
            job.article_numbers.append(local[self.article_numbers[n]])
            job.journal_numbers.append(self.index_numbers[n])
            job.starts.append(index.starts[record])
            job.ends.append(index.ends[record])
            job.offsets.append(index.offsets[record])
            job.sizes.append(index.sizes[record])
            job.crcs.append(index.crcs[record])
            job.seqs.append(record + 1)
            if (one := (self.index_numbers[n], record)) in self.shared_annotators:
                job.shared_annotators[len(job.seqs) - 1] = self.shared_annotators[one]
            if one in self.other_annotations:
                job.other_annotations[len(job.seqs) - 1] = self.other_annotations[one]
        return job


def plan_export(
    corpus: CorpusFolder, annotator: str | None, options: ExportOptions, stories: StoryGroups | None = None
) -> ExportPlan | None:
    """Return what is to be exported, or None for a corpus that is not plain.

    ``stories`` says which articles stay together; None where each is drawn by itself.

    Raises AnnotatorError where an article is damaged, or nothing can be split.
    """
    names = corpus.annotators()
    if options.unit != "sentence" or annotator not in {None, *names}:
        return None
    try:
        indexes = [_load_index(corpus, name) for name in names]
        return _ExportPlanner(corpus, indexes, annotator, options, stories).build()
    except FastReadError:
        return None


def _load_index(corpus: CorpusFolder, name: str) -> JournalIndex:
    if len(corpus.annotators()) > 255 or find_rescue_files(f"{corpus.path.resolve().name}-{name}"):
        raise FastReadError("decisions that could not be saved wait to be brought back")
    index = read_journal_index(corpus.path / ANNOTATIONS_FOLDER / f"{name}.jsonl", name)
    check_superseded_records(index)  # those in force are checked when they are exported
    return index


class _ExportPlanner:
    """Goes through the articles of a corpus once."""

    def __init__(
        self,
        corpus: CorpusFolder,
        indexes: list[JournalIndex],
        annotator: str | None,
        options: ExportOptions,
        stories: StoryGroups | None,
    ) -> None:
        self._keys = stories.keys if stories else {}
        self._quarantined = stories.quarantined_ids if stories else frozenset()
        self._corpus, self._options, self._indexes = corpus, options, indexes
        self._selection = RecordSelection(indexes, annotator)
        self._annotator = annotator or ""
        self._plan = ExportPlan(indexes, [], {})
        self._answers = dict.fromkeys(ANSWER_BY_NUMBER, 0)
        self._duplicates = self._unreviewed = 0
        self._with_origin = options.attrs == "own"
        self._replaced_ids: dict[str, str] = {}
        """By article, the one it replaces; empty for a first version."""
        self._numbers: dict[str, int] = {}
        """By article that somebody has touched, its place among those of the plan."""
        self._digest = hashlib.sha256()

    def build(self) -> ExportPlan | None:
        """Return the plan; None where nothing is accepted. Raises AnnotatorError, OddError, OSError."""
        made, selection = self._plan, self._selection
        touched = {a for index in self._indexes for a in index.articles}
        try:
            with self._corpus.open_sentence_ranges() as places:
                self._read_articles(touched, places)
            raise_conflicts(selection.conflicts)
            if not made.records:
                return None
            titles = {a: made.articles[n] for a, n in self._numbers.items()}
            made.missing = MissingItems(tuple(selection.left_out(titles)))
        finally:
            selection.close()
        made.shared_annotators, made.other_annotations = (
            selection.shared_annotators,
            selection.other_annotations,
        )
        counted = {_ANSWER_NAMES[ANSWER_BY_NUMBER[answer]]: n for answer, n in self._answers.items()}
        made.sentences = {
            **{name: counted[name] for name in _ANSWER_NAMES.values()},
            "double": self._duplicates,
            "unreviewed": self._unreviewed,
        }
        made.split = assign_parts(made.families, self._options.split)
        made.key = self._resume_key()
        return made

    def _read_articles(self, touched: set[str], ranges: SentenceRanges) -> None:
        """Go through the articles in the order of ingest, and keep what is needed of those touched.

        Those that have other versions wait until all are known, and those that would bridge parts of the
        split until it is known whether it has these parts.
        """
        ids = self._corpus.article_ids()
        versions: dict[str, ReadArticle] = {}
        bridges: list[ReadArticle] = []
        for article in read_fast_articles(self._corpus.path / ARTICLES_FOLDER, ids):
            self._replaced_ids[article.id] = article.replaces
            self._digest.update(f"{article.digest} {article.title}\n".encode())
            if article.id not in touched:
                continue
            read = self._note_article(article)
            if article.replaces or article.replaced_by:
                versions[article.id] = read
            if article.id in self._quarantined:
                bridges.append(read)
            elif article.id not in versions:
                self._count_answers(read, ranges)
        if touched.difference(self._numbers):
            raise FastReadError("an article is not there")
        self._drop_superseded(versions)
        for article_id, read in versions.items():
            if article_id not in self._quarantined:
                self._count_answers(read, ranges)
        self._select_all(bridges, ranges)

    def _drop_superseded(self, versions: Mapping[str, ReadArticle]) -> None:
        """Leave out what newer versions of articles repeat."""
        earlier = {article: self._earlier_versions(article)[1:] for article in versions}
        if any(old in self._numbers and old not in versions for every in earlier.values() for old in every):
            raise FastReadError("an old version is in use as well as the new one")
        self._selection.supersede(earlier)

    def _select_all(self, bridges: Sequence[ReadArticle], ranges: SentenceRanges) -> None:
        """Take in what is exported, each sentence drawn by its story, and count the bridges.

        They are left out, unless there are too few stories for the parts, or no other articles.
        """
        made, every = self._plan, self._selection.export_order()
        out = {article.id for article, _ in bridges}
        self._select_articles(a for a in every if a not in out)
        articles = [made.articles[n].id for n in made.article_numbers]
        families, made.torn = split_keys(made.families, articles, self._options.split, self._keys)
        bridged = not made.torn and bool(made.records)
        for article, lines in bridges:
            if bridged:
                self._selection.quarantine(article.id)
            self._count_answers((article, lines), ranges)
        if bridged or not bridges:
            made.families = families
        else:
            self._select_articles(every)

    def _select_articles(self, articles: Iterable[str]) -> None:
        """Put the accepted sentences of articles into the plan, in text order, and nothing else."""
        made = self._plan
        made.article_numbers, made.index_numbers, made.records, made.families = (
            array("I"),
            bytearray(),
            array("I"),
            [],
        )
        for article in articles:
            number, family = self._numbers[article], self._earlier_versions(article)[-1]
            for e in self._selection.exported(article):
                if e.answer == ACCEPTED_NUMBER:
                    made.article_numbers.append(number)
                    made.index_numbers.append(e.journal_number)
                    made.records.append(e.number)
                    made.families.append(family)

    def _note_article(self, article: FastArticle) -> ReadArticle:
        """Keep what the export tells of an article, and leave out what is switched off in it."""
        self._numbers[article.id] = len(self._plan.articles)
        data = pack_article_metadata(article) if self._with_origin else b""
        self._digest.update(data)
        self._plan.articles.append(PackedArticle(article.id, article.title, data))
        if article.fully_annotated:
            return article, None
        lines = AnnotatedLineIndex(self._corpus.article(article.id))
        self._selection.switch_off(article.id, lines)
        return article, lines

    def _count_answers(self, read: ReadArticle, ranges: SentenceRanges) -> None:
        """Count the answers in an article, and its sentences that nobody has begun."""
        article, lines = read
        self._duplicates += self._selection.find_duplicates(article.id)
        every = self._selection.exported(article.id)
        answers = [e.answer for e in every]
        for answer in set(answers):
            self._answers[answer] += answers.count(answer)
        if ACCEPTED_NUMBER not in answers or article.replaced_by:
            return
        taken = list(dict.fromkeys([e.range for e in every]))
        if not ranges.match(article.id, taken):
            left = _unreviewed_ranges(ranges.ranges(article.id), taken, [e.range for e in every if e.answer])
            self._unreviewed += sum(not lines or lines.is_annotated(*p) for p in left)

    def _earlier_versions(self, article: str) -> list[str]:
        """Return an article and its earlier versions, the first one last."""
        seen = [article]
        while (earlier := self._replaced_ids.get(seen[-1], "")) and earlier not in seen:
            seen.append(earlier)
        return seen

    def _resume_key(self) -> str:
        schema = [(x.name, x.target) for x in self._corpus.schema.labels]
        o = self._options
        self._digest.update(repr(sorted(self._keys.items())).encode())
        chosen = (o.spans_key, o.split, o.ledger, o.lang, o.attrs, o.shard, schema, self._annotator)
        journals = [(x.name, x.crc) for x in self._indexes]
        self._digest.update(self._plan.records.tobytes() + self._plan.index_numbers)
        self._digest.update(repr((chosen, journals, self._plan.split.parts)).encode())
        return self._digest.hexdigest()


def _unreviewed_ranges(
    base: Sequence[tuple[int, int]], begun: Sequence[tuple[int, int]], done: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the sentences that nobody has begun, nor finished a part of."""
    mine = set(begun)
    return [p for p in base if p not in mine and not any(a < p[1] and p[0] < b for a, b in done)]
