"""What is in a corpus: its articles with the verdicts of their lines, and the annotations in force."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import Annotation, Answer
from annotator.core.article import Article, ArticleGroup, LineVerdict, Sentence
from annotator.core.errors import CorpusError, DamagedArticleError, UsageError
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.storage.codec import RecordDecoder, RecordLineError
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal_index import (
    ACCEPTED_NUMBER,
    JournalIndex,
    RecordReader,
    UnreadableRecordError,
    load_journal_index,
)
from annotator.workflows.opening import WarningCallback, changed_record_error, with_damaged_apart, with_replays
from annotator.workflows.record_selection import journal_warnings


class ListedArticle(Struct, frozen=True):
    """An article in a list; the fields are those of ``articles --json``."""

    id: str
    title: str
    byline: str
    dateline: str
    date: str
    source: str
    origin: str
    lines: int
    body: int
    """How many of the lines are annotated."""
    sentences: int
    replaces: str
    replaced_by: str
    group: ArticleGroup | None
    """The document that it is a row of."""
    doubt: str
    """Why the choice of lines may be wrong; empty where there is no open doubt."""


def article_summaries(corpus: CorpusFolder) -> Iterator[ListedArticle]:
    """Yield the articles in the order of ingest."""
    for a in corpus.readable_articles():
        head = (a.id, a.title or a.origin, a.byline, a.dateline, a.date, a.source, a.origin)
        body, sentences = sum(line.verdict.annotated for line in a.lines), len(corpus.active_sentences(a))
        yield ListedArticle(*head, len(a.lines), body, sentences, a.replaces, a.replaced_by, a.group, a.doubt)


def find_article(corpus: CorpusFolder, start: str) -> Article:
    """Return the article whose id starts with ``start``; raises CorpusError for none or several."""
    matches = [a for a in corpus.article_ids() if a.startswith(start)]
    if len(matches) != 1:
        what = f"{f'{len(matches)} articles have' if matches else 'no article has'} an id that starts with {start!r}"
        raise CorpusError(what, where=str(corpus.path), do="`annotator articles` lists them")
    return corpus.article(matches[0])


def switch_article_line(corpus: CorpusFolder, article: Article, number: str, verdict: str, *, by: str) -> Article:
    """Give a line, numbered from 1, another verdict; raises UsageError for what is none."""
    lines, known = article.lines, [v.value for v in LineVerdict if v is not LineVerdict.BLANK]
    if not number.isdecimal() or len(number) > 9 or not 1 <= int(number) <= len(lines):
        do = f"lines go from 1 to {len(lines)}"
        raise UsageError(f"there is no line {number[:20]}", where=article.id, do=do)
    if verdict not in known:
        raise UsageError(f"there is no verdict {verdict!r}", do="use one of " + ", ".join(known))
    if lines[int(number) - 1].verdict is LineVerdict.BLANK:
        raise UsageError(f"line {number} is blank", where=article.id, do="there is nothing in it to annotate")
    return corpus.set_line_verdict(article.id, int(number) - 1, LineVerdict(verdict), by=by, time=time.time())


# -- annotations, one at a time, as they are when the iterator is made ----------------------------


class StoredAnnotation(Struct, frozen=True):
    """What one annotator has made of one sentence, as it is in the corpus."""

    sentence: Sentence
    article: Article
    annotator: str
    annotation: Annotation
    seq: int
    """The number of the journal's record that is in force."""
    time: float
    """When it was written, in seconds since 1970 (UTC)."""

    @property
    def text(self) -> str:
        """The text of the sentence."""
        return self.sentence.text

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The stored tokens; offsets are code points of ``text``."""
        return self.sentence.tokens

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans in reading order; offsets are code points of ``text``."""
        return self.annotation.spans

    @property
    def answer(self) -> Answer | None:
        """The answer; None for a sentence that is not finished."""
        return self.annotation.answer

    @property
    def meta(self) -> Mapping[str, object]:
        """The metadata that the article came with."""
        return self.article.meta


@with_damaged_apart
def iterate_annotations(
    corpus: CorpusFolder, names: Sequence[str], accepts: Sequence[bool], warn: WarningCallback
) -> Iterator[StoredAnnotation]:
    """Return an iterator over what these annotators left: by article, then annotator, in text order.

    ``accepts`` has for the number of each answer whether it is wanted; ``warn`` receives the flaws of the
    stored files. Every record is read at the call, and its journal stays open: a file that is replaced
    later is not looked at. Only the places of the records are kept in memory. The iterator raises
    JournalError where a record has changed since.
    """
    reader, ids = RecordReader(), corpus.article_ids()

    def index_all(replay: frozenset[str]) -> list[JournalIndex]:
        indexes = [
            load_journal_index(corpus.path, name, corpus.sentences_to_replay, replay=name in replay) for name in names
        ]
        for index in indexes:
            every = [n for article_id in ids for n in index.current_records(article_id)]
            unread = [n for n in every[1:] if index.answers[n] == ACCEPTED_NUMBER]
            for n in (*every[:1], *unread):  # the first opens the file; the others were read for the index
                reader.read(index, n)
        return indexes

    indexes = with_replays(index_all)
    articles = frozenset(ids)
    flaws = (w for index in indexes for w in journal_warnings(index, articles))
    for warning in dict.fromkeys((*corpus.warnings, *flaws)):  # what is of no journal comes from each
        warn(warning)
    return _read_annotations(corpus, indexes, accepts, reader, warn)


def _read_annotations(
    corpus: CorpusFolder,
    indexes: Sequence[JournalIndex],
    accepts: Sequence[bool],
    reader: RecordReader,
    warn: WarningCallback,
) -> Iterator[StoredAnnotation]:
    try:
        for article_id in corpus.article_ids():
            wanted = [(x, n) for x in indexes for n in x.current_records(article_id) if accepts[x.answers[n]]]
            try:
                article = corpus.article(article_id) if wanted else None
            except DamagedArticleError as error:
                corpus.set_article_apart(article_id, error)
                warn(corpus.warnings[-1])
                continue
            decoder = RecordDecoder()
            for index, n in wanted if article else ():
                assert article
                yield _stored_annotation(reader, decoder, index, n, article)
    finally:
        reader.close()


def _stored_annotation(
    reader: RecordReader, decoder: RecordDecoder, index: JournalIndex, number: int, article: Article
) -> StoredAnnotation:
    """Return one record as a value; raises JournalError where it is not as it was indexed."""
    try:
        record = decoder.decode(reader.read_raw(index, number))
    except (RecordLineError, UnreadableRecordError):
        raise changed_record_error(index.name) from None
    annotated = record.annotated
    annotation = replace(annotated.annotation, covers=index.covers.get(number, annotated.annotation.covers))
    return StoredAnnotation(annotated.sentence, article, index.name, annotation, record.seq, record.time)
