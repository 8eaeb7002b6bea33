"""Gold annotations to measure suggestions against: a journal, a file of another tool, a part of a split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.digest import article_id_from_digest, text_digest
from annotator.core.errors import AnnotatorError, SourceError
from annotator.core.schema import Schema
from annotator.core.scoring import SpanOffsets
from annotator.core.spans import Span
from annotator.core.token_settings import DEFAULT_TOKENS, TokenSettings
from annotator.core.tokens import Token
from annotator.export.options import ExportOptions
from annotator.formats.document import ConversionLog, Document, is_loss
from annotator.formats.format_detection import matching_formats
from annotator.formats.import_source import ImportSource
from annotator.formats.prodigy import is_journal_line
from annotator.formats.registry import DEFAULT_FORMAT, FORMATS, load_format
from annotator.formats.span_alignment import align_spans
from annotator.ingest.tokenizer import Tokenizer
from annotator.storage.codec import NewerFormatError, RecordDecoder, RecordLineError
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.coverage_file import read_coverage_base
from annotator.storage.file_io import raw_lines, translate_os_errors
from annotator.suggest.evaluation import GoldSentence
from annotator.workflows.export_plan import planned_articles
from annotator.workflows.exporting import plan_for_reading
from annotator.workflows.opening import WarningCallback


class GoldSet(Struct, frozen=True):
    """The sentences of a gold file, those of one article together and in their order."""

    rows: tuple[GoldSentence, ...]
    is_of_corpus: bool = False
    """Whether it is an annotator's journal, or the sentences of a corpus."""

    def article(self, article: str) -> tuple[str, list[Sentence]]:
        """Return the text of an article as far as the file has it, and its sentences."""
        sentences = [g.sentence for g in self.rows if g.sentence.article == article]
        return "\n".join(s.text for s in sentences), sentences


def annotated_sentences_of(rows: tuple[GoldSentence, ...]) -> Iterator[AnnotatedSentence]:
    """Yield each gold row as an annotator would have left it."""
    for g in rows:
        spans = [Span(a, b, label) for label, places in g.spans.items() for a, b in places]
        yield AnnotatedSentence(g.sentence, Annotation(answer=Answer.ACCEPT).with_spans(spans))


def read_gold(path: Path, schema: Schema, lang: str, tokens: TokenSettings = DEFAULT_TOKENS) -> GoldSet:
    """Return what a journal holds as gold, or a file of sentences with spans, or of texts that have sentences.

    Such a file is Prodigy's, has ``{"text","spans","meta"}`` a line, or is a DocBin; ``meta.doc`` (or ``meta.article``)
    names the lines of one article, ``meta.annotates`` the annotated labels (all of the schema
    without it). Only accepted lines count, and of several for one stretch of an article the last. Raises
    AnnotatorError, with file and line, for what cannot be read, or where nothing is left.
    """
    with translate_os_errors("read", path, SourceError):
        source = ImportSource(path)
        head = source.sample().json_values(1)
        is_journal = bool(head) and is_journal_line(head[0])
        read = _read_journal_gold(path) if is_journal else _read_document_gold(source, schema)
        found = _last_accepted([d for d in read if d.text])
    if not found:
        raise AnnotatorError("there is no accepted sentence in it", where=str(path), do="name another file")
    tokenizer = Tokenizer(lang, tokens)
    ends: Counter[str] = Counter()
    rows = [_build_gold(d, schema, tokenizer, ends) for d in found]
    order = {a: n for n, a in enumerate(dict.fromkeys(g.sentence.article for g in rows))}
    return GoldSet(tuple(sorted(rows, key=lambda g: (order[g.sentence.article], g.sentence.start))), is_journal)


def gold_of_part(corpus: CorpusFolder, part: str, options: ExportOptions, warn: WarningCallback) -> GoldSet:
    """Return what an export of a corpus has in one part of its split.

    ``warn`` receives the flaws of the stored files. Raises AnnotatorError where that is nothing, or as an export does.
    """
    plan = plan_for_reading(corpus, options, warn)
    every = tuple(x.name for x in corpus.schema.labels)
    rows = []
    with closing(plan.selection):
        for article in planned_articles(corpus, plan):
            for piece in article.sentences():
                if piece.part == part and piece.item:
                    covers = piece.item.annotated.annotation.covers
                    rows.append(GoldSentence(piece.sentence, _by_label(piece.spans), frozenset(covers or every)))
    if not rows:
        do = "annotate more articles, or choose another part"
        raise AnnotatorError(f"there is no accepted sentence in the part {part}", where=str(corpus.path), do=do)
    return GoldSet(tuple(rows), is_of_corpus=True)


def _by_label(spans: Iterable[Span]) -> dict[str, list[SpanOffsets]]:
    found: dict[str, list[SpanOffsets]] = {}
    for span in spans:
        found.setdefault(span.label, []).append((span.start, span.end))
    return found


def _read_journal_gold(path: Path) -> Iterator[Document]:
    """Yield each record of a journal; raises SourceError for a line that is none."""
    decoder, coverage = RecordDecoder(), read_coverage_base(path.resolve().parent.parent)
    with path.open("rb") as file:
        for line in raw_lines(file, str(path)):
            try:
                annotated = coverage.read_record(decoder.decode(line.raw)).annotated
            except (RecordLineError, NewerFormatError) as error:
                where = f"{path}:{line.number}"
                raise SourceError(str(error), where=where, do="see what annotator check reports") from None
            s, annotation = annotated.sentence, annotated.annotation
            meta = {"article": s.article, "start": s.start, "end": s.end}
            yield Document(
                s.text, annotation.spans, s.tokens, answer=annotation.answer, covers=annotation.covers, meta=meta
            )


def _read_document_gold(source: ImportSource, schema: Schema) -> Iterator[Document]:
    """Yield the sentences of another tool's file; raises SourceError where one of its spans is lost."""
    name = next(iter(matching_formats(source.sample())), DEFAULT_FORMAT)
    if not FORMATS[name].is_gold:
        what = f"this is {FORMATS[name].description}, and gold is sentences with spans, or a journal"
        raise SourceError(what, where=source.name, do="import it, and name the journal that comes of it")
    account = ConversionLog()
    covers = _labels_in_name(source.name, schema)
    for document in load_format(name).read(source, account):
        first = account.aligned_entries
        aligned = align_spans(document, account)
        doubtful = [place for entry in account.entries[first:] for place in entry.doubtful]
        aligned = replace(aligned, open=(*aligned.open, *doubtful))
        yield from _sentences_of(replace(aligned, covers=covers) if covers else aligned)
        for entry in filter(is_loss, account.entries):
            raise SourceError(f"{entry.id}: {entry.why}", where=entry.where, do="repair or remove the line")


def _labels_in_name(name: str, schema: Schema) -> tuple[str, ...]:
    """Return the labels in the name of a DocBin of sentences that cover only some: ``test.PERSON-VENUE.spacy``."""
    parts = Path(name).name.split(".")
    labels = parts[-2].split("-") if len(parts) > 2 else []
    return tuple(labels) if labels and all(schema.label(x) for x in labels) else ()


def _sentences_of(document: Document) -> Iterator[Document]:
    """Yield the sentences of a text that somebody has reviewed; a span holds those that it crosses together."""
    if not document.sentences:
        if not document.open:
            yield document
        return
    ranges: list[tuple[int, int]] = []
    for start, end in document.sentences:
        if ranges and any(s.start < start < s.end for s in document.spans):
            ranges[-1] = (ranges[-1][0], end)
        else:
            ranges.append((start, end))
    article = str(document.meta.get("article") or document.meta.get("doc") or document.where)
    for start, end in ranges:
        if any(a < end and start < b for a, b in document.open):
            continue
        yield Document(
            document.text[start:end],
            tuple(
                replace(s, start=s.start - start, end=s.end - start) for s in document.spans if start <= s.start < end
            ),
            _shifted(document.tokens, start, end),
            answer=document.answer,
            covers=document.covers,
            meta={"article": article},
            where=document.where,
        )


def _shifted(tokens: Iterable[Token], start: int, end: int) -> tuple[Token, ...]:
    """Return the tokens of a range of a text as those of a text of its own."""
    inside = [replace(t, start=t.start - start, end=t.end - start) for t in tokens if start <= t.start < end]
    return (*inside[:-1], replace(inside[-1], ws=False)) if inside else ()


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
    annotated_labels = document.covers if document.covers is not None else meta.get("annotates")
    given = isinstance(annotated_labels, list | tuple)
    names = annotated_labels if given else [x.name for x in schema.labels]
    return GoldSentence(sentence, _by_label(document.spans), frozenset(map(str, names or ())))
