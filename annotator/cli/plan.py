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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annotator.cli.shard import Job
from annotator.cli.standing import Record, Standing
from annotator.core.annotation import Answer, Work
from annotator.core.article import LineMap
from annotator.export.choose import refuse
from annotator.export.shards import shards
from annotator.export.splits import Split, placed, split
from annotator.export.straight.sentences import About, packed_about
from annotator.export.values import ExportOptions, Missing
from annotator.storage.corpus import Corpus
from annotator.storage.fast_articles import FastArticle, read_articles
from annotator.storage.fast_index import ACCEPTED, ANSWERS, Index, OddError, read_index
from annotator.storage.fast_rows import check_old
from annotator.storage.folder import ARTICLES
from annotator.storage.journal import FOLDER
from annotator.storage.rescue import find_rescues
from annotator.storage.sentences import Places

if TYPE_CHECKING:  # a small export starts fast
    from annotator.export.stories import Stories

_NAMES = {Answer.ACCEPT: "accepted", Answer.REJECT: "rejected", Answer.IGNORE: "ignored", None: "unfinished"}


Read = tuple[FastArticle, LineMap | None]
"""An article, and which of its lines are annotated, where not all are."""
File = tuple[str, str, "array[int]"]
"""A file's name, its part, and its sentences by their numbers in the whole export."""


@dataclass(slots=True)
class Plan:
    """The accepted sentences of a plain corpus in the order of the export; arrays have a number for each."""

    indexes: list[Index]
    articles: list[About]
    sentences: dict[str, int]
    """Sentences by answer, as the ledger counts them."""
    key: str = ""
    """What tells this corpus and these options from others, for ``--resume``."""
    families: list[str] = field(default_factory=list)
    of: array[int] = field(default_factory=lambda: array("I"))
    """Which of the articles."""
    by: bytearray = field(default_factory=bytearray)
    """Which of the indexes."""
    records: array[int] = field(default_factory=lambda: array("I"))
    """Which of that index's records."""
    names: Mapping[Record, str] = field(default_factory=dict)
    """Of a sentence that several annotators left just so: who they are."""
    beside: Mapping[Record, tuple[Work, ...]] = field(default_factory=dict)
    """What others said of a sentence, where suggestions were turned down."""
    missing: Missing = field(default_factory=Missing)
    """What was accepted and is left out whole."""
    drawn: Split = field(default_factory=lambda: Split((), {}))
    torn: bool = False
    """Whether there are too few stories to keep each in one part."""

    @property
    def twins(self) -> int:
        """How many sentences of dev or test stand in train too, word for word."""
        parts = self.drawn.parts
        others = Counter(self._text(n) for n, part in enumerate(parts) if part != "train")
        both = {t for n, part in enumerate(parts) if part == "train" and (t := self._text(n)) in others}
        return sum(others[t] for t in both)

    def _text(self, number: int) -> int:
        return self.indexes[self.by[number]].texts[self.records[number]]

    def files(self, options: ExportOptions) -> Iterator[File]:
        """Yield the files of the export, part by part; a part without sentences has an empty file."""
        for part in options.wanted:
            numbers = array("I", (n for n, p in enumerate(self.drawn.parts) if p == part))
            for name, first, end in shards(part, len(numbers), options.shard):
                yield name, part, numbers[first:end]

    def job(self, file: File) -> Job:
        """Return what a file is written from."""
        name, part, numbers = file
        job = Job(name, part, [(str(x.path), x.name) for x in self.indexes], numbers=numbers)
        local: dict[int, int] = {}
        for n in numbers:
            index, record = self.indexes[self.by[n]], self.records[n]
            if self.of[n] not in local:
                local[self.of[n]] = len(job.articles)
                job.articles.append(self.articles[self.of[n]])
            job.of.append(local[self.of[n]])
            job.by.append(self.by[n])
            job.starts.append(index.starts[record])
            job.ends.append(index.ends[record])
            job.offsets.append(index.offsets[record])
            job.sizes.append(index.sizes[record])
            job.crcs.append(index.crcs[record])
            job.seqs.append(record + 1)
            if (one := (self.by[n], record)) in self.names:
                job.names[len(job.seqs) - 1] = self.names[one]
            if one in self.beside:
                job.beside[len(job.seqs) - 1] = self.beside[one]
        return job


def plan(
    corpus: Corpus, annotator: str | None, options: ExportOptions, stories: Stories | None = None
) -> Plan | None:
    """Return what is to be exported, or None for a corpus that is not plain.

    ``stories`` says which articles stay together; None where each is drawn by itself.

    Raises AnnotatorError where an article is damaged, or nothing can be split.
    """
    names = corpus.annotators()
    if options.unit != "sentence" or annotator not in {None, *names}:
        return None
    try:
        indexes = [_index(corpus, name) for name in names]
        return _Planner(corpus, indexes, annotator, options, stories).made()
    except OddError:
        return None


def _index(corpus: Corpus, name: str) -> Index:
    if len(corpus.annotators()) > 255 or find_rescues(f"{corpus.path.resolve().name}-{name}"):
        raise OddError("decisions that could not be saved wait to be brought back")
    index = read_index(corpus.path / FOLDER / f"{name}.jsonl", name)
    check_old(index)  # those in force are checked when they are exported
    return index


class _Planner:
    """Goes through the articles of a corpus once."""

    def __init__(
        self,
        corpus: Corpus,
        indexes: list[Index],
        annotator: str | None,
        options: ExportOptions,
        stories: Stories | None,
    ) -> None:
        self._keys = stories.keys if stories else {}
        self._quarantined = stories.out if stories else frozenset()
        self._corpus, self._options, self._indexes = corpus, options, indexes
        self._standing = Standing(indexes, annotator)
        self._asked = annotator or ""
        self._plan = Plan(indexes, [], {})
        self._answers = dict.fromkeys(ANSWERS, 0)
        self._double = self._unreviewed = 0
        self._own = options.attrs == "own"
        self._first: dict[str, str] = {}
        """By article, the one it replaces; empty for a first version."""
        self._numbers: dict[str, int] = {}
        """By article that somebody has touched, its place among those of the plan."""
        self._seen = hashlib.sha256()

    def made(self) -> Plan | None:
        """Return the plan; None where nothing is accepted. Raises AnnotatorError, OddError, OSError."""
        made, standing = self._plan, self._standing
        touched = {a for index in self._indexes for a in index.articles}
        try:
            with self._corpus.places() as places:
                self._articles(touched, places)
            refuse(standing.conflicts)
            if not made.records:
                return None
            titles = {a: made.articles[n] for a, n in self._numbers.items()}
            made.missing = Missing(tuple(standing.left_out(titles)))
        finally:
            standing.close()
        made.names, made.beside = standing.names, standing.beside
        counted = {_NAMES[ANSWERS[answer]]: n for answer, n in self._answers.items()}
        made.sentences = {
            **{name: counted[name] for name in _NAMES.values()},
            "double": self._double,
            "unreviewed": self._unreviewed,
        }
        made.drawn = split(made.families, self._options.split)
        made.key = self._key()
        return made

    def _articles(self, touched: set[str], places: Places) -> None:
        """Go through the articles in the order of ingest, and keep what is needed of those touched.

        Those that have other versions wait until all are known, and those that would bridge parts of the
        split until it is known whether it has these parts.
        """
        ids = self._corpus.article_ids()
        versions: dict[str, Read] = {}
        bridges: list[Read] = []
        for article in read_articles(self._corpus.path / ARTICLES, ids):
            self._first[article.id] = article.replaces
            self._seen.update(f"{article.digest} {article.title}\n".encode())
            if article.id not in touched:
                continue
            read = self._noted(article)
            if article.replaces or article.replaced_by:
                versions[article.id] = read
            if article.id in self._quarantined:
                bridges.append(read)
            elif article.id not in versions:
                self._count(read, places)
        if touched.difference(self._numbers):
            raise OddError("an article is not there")
        self._supersede(versions)
        for article_id, read in versions.items():
            if article_id not in self._quarantined:
                self._count(read, places)
        self._take_all(bridges, places)

    def _supersede(self, versions: Mapping[str, Read]) -> None:
        """Leave out what newer versions of articles repeat."""
        earlier = {article: self._versions(article)[1:] for article in versions}
        if any(old in self._numbers and old not in versions for every in earlier.values() for old in every):
            raise OddError("an old version is in use as well as the new one")
        self._standing.supersede(earlier)

    def _take_all(self, bridges: Sequence[Read], places: Places) -> None:
        """Take in what is exported, each sentence drawn by its story, and count the bridges.

        They are left out, unless there are too few stories for the parts, or no other articles.
        """
        made, every = self._plan, self._standing.ranked()
        out = {article.id for article, _ in bridges}
        self._take(a for a in every if a not in out)
        articles = [made.articles[n].id for n in made.of]
        told, made.torn = placed(made.families, articles, self._options.split, self._keys)
        bridged = not made.torn and bool(made.records)
        for article, lines in bridges:
            if bridged:
                self._standing.quarantine(article.id)
            self._count((article, lines), places)
        if bridged or not bridges:
            made.families = told
        else:
            self._take(every)

    def _take(self, articles: Iterable[str]) -> None:
        """Put the accepted sentences of articles into the plan, in text order, and nothing else."""
        made = self._plan
        made.of, made.by, made.records, made.families = array("I"), bytearray(), array("I"), []
        for article in articles:
            number, family = self._numbers[article], self._versions(article)[-1]
            for e in self._standing.heads(article):
                if e.answer == ACCEPTED:
                    made.of.append(number)
                    made.by.append(e.by)
                    made.records.append(e.number)
                    made.families.append(family)

    def _noted(self, article: FastArticle) -> Read:
        """Keep what the export tells of an article, and leave out what is switched off in it."""
        self._numbers[article.id] = len(self._plan.articles)
        data = packed_about(article) if self._own else b""
        self._seen.update(data)
        self._plan.articles.append(About(article.id, article.title, data))
        if article.whole:
            return article, None
        lines = LineMap(self._corpus.article(article.id))
        self._standing.switch_off(article.id, lines)
        return article, lines

    def _count(self, read: Read, places: Places) -> None:
        """Count the answers in an article, and its sentences that nobody has begun."""
        article, lines = read
        self._double += self._standing.settle(article.id)
        every = self._standing.heads(article.id)
        answers = [e.answer for e in every]
        for answer in set(answers):
            self._answers[answer] += answers.count(answer)
        if ACCEPTED not in answers or article.replaced_by:
            return
        taken = list(dict.fromkeys([e.place for e in every]))
        if not places.are(article.id, taken):
            left = _left(places.of(article.id), taken, [e.place for e in every if e.answer])
            self._unreviewed += sum(not lines or lines.annotates(*p) for p in left)

    def _versions(self, article: str) -> list[str]:
        """Return an article and its earlier versions, the first one last."""
        seen = [article]
        while (earlier := self._first.get(seen[-1], "")) and earlier not in seen:
            seen.append(earlier)
        return seen

    def _key(self) -> str:
        schema = [(x.name, x.target) for x in self._corpus.schema.labels]
        o = self._options
        self._seen.update(repr(sorted(self._keys.items())).encode())
        chosen = (o.spans_key, o.split, o.ledger, o.lang, o.attrs, o.shard, schema, self._asked)
        journals = [(x.name, x.crc) for x in self._indexes]
        self._seen.update(self._plan.records.tobytes() + self._plan.by)
        self._seen.update(repr((chosen, journals, self._plan.drawn.parts)).encode())
        return self._seen.hexdigest()


def _left(
    base: Sequence[tuple[int, int]], taken: Sequence[tuple[int, int]], done: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the sentences that nobody has begun, nor finished a part of."""
    mine = set(taken)
    return [p for p in base if p not in mine and not any(a < p[1] and p[0] < b for a, b in done)]
