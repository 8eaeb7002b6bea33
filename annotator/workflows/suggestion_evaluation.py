"""How well sources of suggestions match gold annotations, label by label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.digest import article_id_from_digest, text_digest
from annotator.core.errors import AnnotatorError, SourceError, UsageError
from annotator.core.schema import Schema
from annotator.core.scoring import SpanOffsets, SpanScores
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.formats.document import ConversionLog, Document, is_loss
from annotator.formats.format_detection import matching_formats
from annotator.formats.import_source import ImportSource
from annotator.formats.prodigy import is_journal_line
from annotator.formats.registry import DEFAULT_FORMAT, FORMATS, load_format
from annotator.formats.span_alignment import align_spans
from annotator.ingest.tokenizer import Tokenizer
from annotator.language import ArticleContext, build_context
from annotator.plugin_loader import plugin_names
from annotator.storage.codec import NewerFormatError, RecordDecoder, RecordLineError
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.file_io import raw_lines, translate_os_errors
from annotator.storage.suggestions import SuggestionFile, source_names, suggestion_path
from annotator.suggest.mention_history import HISTORY_SOURCE, MentionHistory
from annotator.suggest.ranking import SuggestionRanker
from annotator.suggest.registry import ContextFunction, SuggestionSource, open_source
from annotator.suggest.source_accuracy import SCORE_THRESHOLD, GoldSentence, evaluate_suggestions
from annotator.workflows.opening import ProgressCallback, WarningCallback, ignore_progress, ignore_warning
from annotator.workflows.suggesting import SourceChoice

# Gold annotations to measure suggestions against: a journal, or JSONL with text and spans.


class GoldSet(Struct, frozen=True):
    """The sentences of a gold file, those of one article together and in their order."""

    rows: tuple[GoldSentence, ...]

    def article(self, article: str) -> tuple[str, list[Sentence]]:
        """Return the text of an article as far as the file has it, and its sentences."""
        sentences = [g.sentence for g in self.rows if g.sentence.article == article]
        return "\n".join(s.text for s in sentences), sentences


def annotated_sentences_of(rows: tuple[GoldSentence, ...]) -> Iterator[AnnotatedSentence]:
    """Yield each gold row as an annotator would have left it."""
    for g in rows:
        spans = [Span(a, b, label) for label, places in g.spans.items() for a, b in places]
        yield AnnotatedSentence(g.sentence, Annotation(answer=Answer.ACCEPT).with_spans(spans))


def read_gold(path: Path, schema: Schema, lang: str) -> GoldSet:
    """Return what a journal holds as gold, or a file of sentences with spans.

    Such a file is Prodigy's, or has ``{"text","spans","meta"}`` a line; ``meta.doc`` (or ``meta.article``)
    names the lines of one article, ``meta.annotates`` the annotated labels (all of the schema
    without it). Only accepted lines count, and of several for one stretch of an article the last. Raises
    AnnotatorError, with file and line, for what cannot be read, or where nothing is left.
    """
    with translate_os_errors("read", path, SourceError):
        source = ImportSource(path)
        head = source.sample().json_values(1)
        read = _read_journal_gold(path) if head and is_journal_line(head[0]) else _read_document_gold(source)
        found = _last_accepted([d for d in read if d.text])
    if not found:
        raise AnnotatorError("there is no accepted sentence in it", where=str(path), do="name another file")
    tokenizer = Tokenizer(lang)
    ends: Counter[str] = Counter()
    rows = [_build_gold(d, schema, tokenizer, ends) for d in found]
    order = {a: n for n, a in enumerate(dict.fromkeys(g.sentence.article for g in rows))}
    return GoldSet(tuple(sorted(rows, key=lambda g: (order[g.sentence.article], g.sentence.start))))


def _read_journal_gold(path: Path) -> Iterator[Document]:
    """Yield each record of a journal; raises SourceError for a line that is none."""
    decoder = RecordDecoder()
    with path.open("rb") as file:
        for line in raw_lines(file, str(path)):
            try:
                annotated = decoder.decode(line.raw).annotated
            except (RecordLineError, NewerFormatError) as error:
                where = f"{path}:{line.number}"
                raise SourceError(str(error), where=where, do="see what annotator check reports") from None
            s, annotation = annotated.sentence, annotated.annotation
            meta = {"article": s.article, "start": s.start, "end": s.end}
            yield Document(s.text, annotation.spans, s.tokens, answer=annotation.answer, meta=meta)


def _read_document_gold(source: ImportSource) -> Iterator[Document]:
    """Yield the documents of another tool's file; raises SourceError where one of its spans is lost."""
    name = next(iter(matching_formats(source.sample())), DEFAULT_FORMAT)
    if not FORMATS[name].is_gold:
        what = f"this is {FORMATS[name].description}, and gold is sentences with spans, or a journal"
        raise SourceError(what, where=source.name, do="import it, and name the journal that comes of it")
    account = ConversionLog()
    for document in load_format(name).read(source, account):
        yield align_spans(document, account)
        for entry in filter(is_loss, account.entries):
            raise SourceError(f"{entry.id}: {entry.why}", where=entry.where, do="repair or remove the line")


def _last_accepted(found: Iterable[Document]) -> list[Document]:
    """Return the documents that count: the last one of each stretch, where it was accepted."""
    kept: dict[str, dict[tuple[int, int], Document]] = {}
    loose: list[Document] = []
    for document in found:
        place = _range_in_article(document)
        if place is None:
            loose.append(document)
            continue
        article = kept.setdefault(str(document.meta["article"]), {})
        for old in [p for p in article if p[0] < place[1] and place[0] < p[1]]:
            del article[old]
        article[place] = document
    every = [*loose, *(d for places in kept.values() for d in places.values())]
    return [d for d in every if d.answer is Answer.ACCEPT]


def _range_in_article(document: Document) -> tuple[int, int] | None:
    """Return the range of a document in its article, if its metadata has one."""
    start, end = document.meta.get("start"), document.meta.get("end")
    if "article" in document.meta and isinstance(start, int) and isinstance(end, int):
        return (start, end) if end - start == len(document.text) else None
    return None


def _build_gold(document: Document, schema: Schema, tokenizer: Tokenizer, ends: Counter[str]) -> GoldSentence:
    place, meta, text = _range_in_article(document), document.meta, document.text
    name = str(meta.get("article", meta.get("doc", "")))
    article = name if place else article_id_from_digest(text_digest(name))
    start = place[0] if place else ends[article]
    ends[article] = start + len(text) + 1
    tokens = document.tokens or tokenizer.tokens(text)
    sentence = Sentence(article, 0, start, start + len(text), text, tokens)
    spans: dict[str, list[SpanOffsets]] = {}
    for span in document.spans:
        spans.setdefault(span.label, []).append((span.start, span.end))
    annotated_labels = meta.get("annotates")
    names = annotated_labels if isinstance(annotated_labels, list) else [x.name for x in schema.labels]
    return GoldSentence(sentence, spans, frozenset(map(str, names)))


COMBINED_SOURCES = "together"
"""The name of all sources as the screen ranks them."""


class SuggestionEvaluation(Struct, frozen=True):
    """How well sources match a gold set."""

    sentences: int
    threshold: float
    scores: Mapping[str, Mapping[str, SpanScores]]
    """By source and label; with several sources also of all together, as the screen ranks them."""


def evaluate_sources(
    gold: Path,
    schema: Schema,
    choice: SourceChoice,
    *,
    corpus: CorpusFolder | None = None,
    threshold: float = SCORE_THRESHOLD,
    progress: ProgressCallback = ignore_progress,
    warn: WarningCallback = ignore_warning,
) -> SuggestionEvaluation:
    """Score sources against the gold annotations of a file.

    ``choice.source`` is ``history``, a suggestion file of ``corpus``, or a plug-in. A suggestion counts from a score
    of ``threshold`` on. ``progress`` counts the sentences of all sources. Raises AnnotatorError.
    """
    rows = read_gold(gold, schema, corpus.lang if corpus else "en")
    named = partial(_named_source, gold=rows, schema=schema, corpus=corpus, warn=warn)
    sources = list(choice.open(schema, _gold_contexts(rows), named))
    found: dict[str, list[Sequence[Suggestion]]] = {}
    for each in sources:
        found[each.name] = suggestions = []
        done = len(rows.rows) * (len(found) - 1)
        for s in each.suggestions([g.sentence for g in rows.rows], schema):
            suggestions.append(s)
            progress(done + len(suggestions), len(rows.rows) * len(sources))
    if len(found) > 1:
        found[COMBINED_SOURCES] = list(_combined_suggestions(rows, schema, found))
    labels = [x.name for x in schema.labels]
    scores = {
        name: evaluate_suggestions(zip(rows.rows, each, strict=True), labels, threshold) for name, each in found.items()
    }
    return SuggestionEvaluation(len(rows.rows), threshold, scores)


def _gold_contexts(gold: GoldSet) -> ContextFunction:
    """Return the function that gives the context of each article of a gold set."""

    @cache
    def context(article: str) -> ArticleContext:
        text, sentences = gold.article(article)
        return build_context(text, [s.tokens for s in sentences])

    return context


def _named_source(
    name: str, gold: GoldSet, schema: Schema, corpus: CorpusFolder | None, warn: WarningCallback
) -> SuggestionSource:
    """Return the history, a suggestion file of the corpus, or else the plug-in of that name."""
    if name == HISTORY_SOURCE:
        return _history_source(gold, schema)
    names = source_names(corpus.path) if corpus else ()
    if corpus and name in names:
        file = SuggestionFile(suggestion_path(corpus.path, name), warn)
        return SuggestionSource(name, "", lambda each: map(file, each))
    if name in plugin_names("suggesters"):
        return open_source(name, schema, _gold_contexts(gold))
    if corpus is None:
        raise UsageError("--source needs a corpus", do="name its folder before --evaluate")
    do = f"use one of: {', '.join(names)}" if names else "make some with --rules or --model"
    raise UsageError(f"there are no suggestions by {name!r}", where=str(corpus.path), do=do)


def _history_source(gold: GoldSet, schema: Schema) -> SuggestionSource:
    """Return the annotator's history as it was at each sentence: it knows all sentences before it."""
    history = MentionHistory(schema)

    def suggest_all(sentences: Iterable[Sentence]) -> Iterator[Sequence[Suggestion]]:
        for sentence, annotated in zip(sentences, annotated_sentences_of(gold.rows), strict=True):
            yield history.suggest(sentence)
            history.add(annotated)

    return SuggestionSource(HISTORY_SOURCE, "", suggest_all)


def _combined_suggestions(
    gold: GoldSet, schema: Schema, found: Mapping[str, Sequence[Sequence[Suggestion]]]
) -> Iterator[Sequence[Suggestion]]:
    """Yield what the screen would show; the history, where it is a source, reweighs the others."""
    history = MentionHistory(schema)
    ranker = SuggestionRanker(schema, reweigh=history.reweigh)
    rows = zip(gold.rows, annotated_sentences_of(gold.rows), *found.values(), strict=True)
    for row, annotated, *each in rows:
        yield ranker.rank_open(AnnotatedSentence(row.sentence), [s for part in each for s in part])
        if HISTORY_SOURCE in found:
            history.add(annotated)
