"""From the documents of a file to articles and journal records, each span accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.article import Article, Sentence
from annotator.core.pluralize import pluralize
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.formats.document import ConversionLog, Document, shortened_name
from annotator.formats.label_mapping import count_labels, labels_not_entities
from annotator.formats.span_alignment import align_spans
from annotator.ingest.clean.metadata import normalize_date
from annotator.ingest.infixes import TokenChoice
from annotator.ingest.tokenizer import Tokenizer
from annotator.language.language_guess import LanguageTally
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.import_transaction import ImportStaging
from annotator.workflows.article_metadata import (
    SENTENCES_FIELD,
    is_carried,
    restored_article,
    restored_metadata,
    shared_metadata,
)
from annotator.workflows.import_coverage import CoverageReader
from annotator.workflows.import_documents import (
    AlignedDocument,
    article_key,
    build_base_sentences,
    build_sentences,
    covers_whole_sentences,
    imported_article,
    move_sentence,
    named_article,
    rebuild_text,
    start_in_article,
    with_stated_sentences,
)
from annotator.workflows.import_doubts import doubts_of
from annotator.workflows.import_groups import ImportGroups
from annotator.workflows.import_options import ImportOptions
from annotator.workflows.import_predictions import PredictionImporter
from annotator.workflows.inside_tokens import InsideTokenSpans
from annotator.workflows.record_builder import RecordBuilder

REBUILT_NOTE = (
    "put together from sentences: the file does not have the text between these, so it is a blank or an empty line"
)
DIFFERING_NOTE = "metadata in which the sentences of one article differ was left out, for an article has one value"
_MAX_NAMED = 5
"""How many labels that are renamed are listed one by one."""
_MAX_LABEL_LENGTH = 80
"""How much of a label's name a note shows."""


class DocumentImporter:
    """Takes the documents of an import in, one after another, and prepares what is to be written."""

    def __init__(
        self, staging: ImportStaging, tokenizer: Tokenizer, log: ConversionLog, options: ImportOptions, schema: Schema
    ) -> None:
        """Begin; ``staging`` takes what is made, ``log`` each span that is not carried over."""
        self.record_builder = RecordBuilder(staging, log, options, schema)
        self.counts = self.record_builder.counts
        self.labels: dict[str, int] = {}
        """How many spans there are by label, after the label map."""
        self.non_entity_labels: set[str] = set()
        """The labels with spans that overlap others, or long ones: they are no entities."""
        self.seen_labels: set[str] = set()
        """The labels of the files, as they call them, where any are to be renamed."""
        self.languages = LanguageTally(tokenizer.lang)
        """In which languages the texts are."""
        self._renamed = self._rebuilt = 0
        self.staging, self.tokenizer = staging, tokenizer
        self.log, self._options, self._rename = log, options, options.label_rename(schema)
        self.inside = InsideTokenSpans(options.inside_tokens, schema, log, self._rename)
        self.coverage = CoverageReader(options, self._rename, schema)
        self.predictions = PredictionImporter(staging, log, options, self._rename)
        self._corpus: CorpusFolder | None = staging.corpus
        self._known_ids = set(self._corpus.article_ids()) if self._corpus else set[str]()
        self._groups: dict[str, list[AlignedDocument]] = {}
        self._rows: dict[str, list[tuple[int, int]]] = {}
        """By the article that is put together, where its documents came: their numbers, and the files'."""
        self._misplaced: set[str] = set()
        """The articles of which a document has no place, or one of another length, so that none is put together."""
        self.document_groups = ImportGroups(staging, options.group_by)
        self._file = 0

    def begin_file(self) -> None:
        """Count a file: rows of one file are grouped by the same field."""
        self._file += 1

    def add_document(self, document: Document, *, by_sentence: bool) -> None:
        """Take one document in; raises SourceError for a text that cannot be stored."""
        self.counts.documents += 1
        document = with_stated_sentences(with_answer(document, self._options.answer))
        document = self.coverage.with_coverage(document)
        self._note_renamed(document)
        piece = self._align_document(document, by_sentence=by_sentence)
        for label, n in count_labels(piece.document).items():
            self.labels[label] = self.labels.get(label, 0) + n
        self.non_entity_labels |= labels_not_entities(piece.document)
        if not piece.sentences:
            self.counts.empty += 1
        elif key := article_key(document):
            self._groups.setdefault(key, []).append(piece)
            self._rows.setdefault(key, []).append((self.counts.documents, self._file))
        else:
            self._misplaced.add(named_article(document))
            self._add_alone(piece, (self.counts.documents, self._file))

    def _note_renamed(self, document: Document) -> None:
        """Note the labels that are called otherwise from now on."""
        for label in count_labels(document):
            if label not in self.seen_labels:
                self.seen_labels.add(label)
                new = self._rename(label)
                if new != label:
                    self._renamed += 1
                    if self._renamed <= _MAX_NAMED:  # a file may have a label as long as a book
                        shown = label if len(label) <= _MAX_LABEL_LENGTH else f"{label[:_MAX_LABEL_LENGTH]}…"
                        self._add_note(f"the label {shown} is {f'called {new}' if new else 'left out'}")

    def finish(self) -> None:
        """Put together the articles whose sentences came as documents of their own, and add the notes on the rest."""
        if (more := self._renamed - _MAX_NAMED) > 0:
            counted_text = pluralize(more, "more label is", "more labels are")
            self._add_note(f"{counted_text} called otherwise or left out")
        for key, pieces in self._groups.items():
            self._add_group(key, pieces)
        self._groups.clear()
        self.document_groups.finish()
        if self._rebuilt:
            counted_text = pluralize(self._rebuilt, "article was", "articles were")
            self._add_note(f"{counted_text} {REBUILT_NOTE}")
        for note in (*self.coverage.notes(), *self.predictions.finish()):
            self._add_note(note)
        for label, n in self.predictions.labels.items():
            self.labels[label] = self.labels.get(label, 0) + n

    def choose_tokens(self) -> TokenChoice | None:
        """Return how a new corpus must be cut so that no span is inside a token; None where none is."""
        return self.inside.choose_tokens(self.tokenizer, may_be_characters=self._options.tokens is None)

    # -- one document --------------------------------------------------------------------------

    def _align_document(self, document: Document, *, by_sentence: bool) -> AlignedDocument:
        article = self._build_article(document)
        base = self._stored_sentences(article.id) if not document.tokens and not document.sentences else ()
        if base:
            sentences, from_file = base, frozenset(range(len(base)))
        else:
            whole = by_sentence and bool(article_key(document))
            made = build_sentences(document, article, self.tokenizer, by_sentence=by_sentence, whole=whole)
            sentences, from_file = made.sentences, made.from_file or frozenset(range(len(made.sentences)))
            self.counts.retold += made.retokenized
        sentences = self.inside.prepare(document, sentences)
        tokens = tuple(t.shifted(s.start) for s in sentences for t in s.tokens)
        kept: list[Span] = []
        first = self.log.aligned_entries
        settled = align_spans(replace(document, tokens=tokens), self.log, kept, self._rename)
        entries = range(first, len(self.log.entries))
        settled = replace(self.inside.move(settled, tokens, entries), tokens=())
        doubts = doubts_of(self.log.entries[first:], self._rename)
        return AlignedDocument(settled, sentences, from_file, frozenset(s.key for s in kept), entries, doubts)

    def _stored_sentences(self, article_id: str) -> tuple[Sentence, ...]:
        """Return the corpus's own sentences of an article that is in it."""
        return self._corpus.sentences(article_id) if self._corpus and article_id in self._known_ids else ()

    def _build_article(self, document: Document) -> Article:
        carried = is_carried(document.meta)
        meta, left = storable_metadata(restored_metadata(_without_own_id(document)) if carried else document.meta)
        if document.sentences and not carried and isinstance(meta.get(SENTENCES_FIELD), list):
            del meta[SENTENCES_FIELD]  # the corpus's own sentences replace them
        if left:
            self._add_note(f"metadata that JSON can't hold was left out: {', '.join(left)}")
        title = str(document.meta.get(self._options.title_from, "")) if self._options.title_from else ""
        if document.id and not carried:
            meta.setdefault("id", document.id)
        file, date = document.where.rpartition(":")[0] or document.where, document.meta.get("date")
        is_named = document.id and document.id not in file
        article = imported_article(
            document.text,
            document.where,
            f"{file}#{document.id}" if is_named else document.where,
            title=title or document.title,
            meta=meta,
            date=normalize_date(" ".join(date.split()) if isinstance(date, str) else ""),
        )
        return restored_article(article, document.meta)

    def _add_alone(self, piece: AlignedDocument, row: tuple[int, int]) -> None:
        article = self._build_article(piece.document)
        article = self.document_groups.add_row(*row, article, len(piece.sentences))
        self._add_article(article, piece.sentences)
        self._add_annotations(piece, article, 0)

    def _add_annotations(self, piece: AlignedDocument, article: Article, offset: int) -> None:
        """Prepare the records and the suggestions of a document whose text begins at ``offset`` of an article."""
        self.record_builder.add_document(piece, article, offset)
        if piece.document.predictions:
            moved = [move_sentence(s, article, offset) for s in piece.sentences]
            self.predictions.add(piece.document, article.text, offset, self._stored_sentences(article.id) or moved)

    def _add_article(self, article: Article, sentences: Sequence[Sentence]) -> None:
        """Prepare an article unless it is there."""
        if self.staging.has_article(article.id):
            return
        if article.id in self._known_ids:
            self.record_builder.set_base_sentences(article.id, self._stored_sentences(article.id))
            return
        self.staging.add_article(article, sentences)
        self.record_builder.set_base_sentences(article.id, sentences)
        self.counts.sentences += len(sentences)

    # -- articles that came in sentences -------------------------------------------------------

    def _add_group(self, key: str, pieces: list[AlignedDocument]) -> None:
        rows = self._rows[key]
        existing = self._existing_article(key, pieces)
        if existing is not None:
            stored = self._stored_sentences(existing.id)
            stated = restored_article(existing, pieces[0].document.meta)
            self.document_groups.add_row(*rows[0], stated, len(stored))
            self.record_builder.set_base_sentences(existing.id, stored)
            for piece in pieces:
                self._add_annotations(piece, existing, start_in_article(piece))
            return
        all_carried = all(is_carried(p.document.meta) for p in pieces)
        is_placed = key not in self._misplaced or all_carried
        rebuilt = rebuild_text(pieces) if is_placed else None
        if rebuilt is None:
            self._add_note(f"the sentences of {key!r} contradict each other in place; each is an article of its own")
            for piece, row in zip(pieces, rows, strict=True):
                self._add_alone(piece, row)
            return
        text, offsets = rebuilt
        self._rebuilt += len(set(offsets)) > 1
        first = pieces[0].document
        meta, differing = shared_metadata([_without_own_id(p.document) for p in pieces])
        if differing:
            self._add_note(f"{DIFFERING_NOTE}: {', '.join(map(shortened_name, differing))}")
        named = {"id": "", "meta": meta} if all_carried else {"id": key, "meta": {"from": key, **meta}}
        article = self._build_article(replace(first, text=text, **named))
        article = restored_article(article, first.meta)
        sentences = build_base_sentences(article, pieces, offsets)
        article = self.document_groups.add_row(*rows[0], article, len(sentences))
        self._add_article(article, sentences)
        for piece, offset in zip(pieces, offsets, strict=True):
            self._add_annotations(piece, article, offset)

    def _existing_article(self, key: str, pieces: Sequence[AlignedDocument]) -> Article | None:
        """Return the corpus's own article that the sentences are in, if it is there word for word."""
        if self._corpus is None or key not in self._known_ids:
            return None
        article = self._corpus.article(key)
        if any(not article.text.startswith(p.document.text, start_in_article(p)) for p in pieces):
            return None
        places = [(start_in_article(p) + s.start, start_in_article(p) + s.end) for p in pieces for s in p.sentences]
        return article if covers_whole_sentences(places, self._stored_sentences(key)) else None

    def _add_note(self, note: str) -> None:
        if note not in self.log.notes:
            self.log.notes.append(note)


def _without_own_id(document: Document) -> dict[str, Any]:
    """Return the metadata without the document's own id, which is that of a sentence or of an article elsewhere."""
    return {k: v for k, v in document.meta.items() if k != "id" or v != document.id}


def with_answer(document: Document, answer: str) -> Document:
    """Return the document with the answer that the user knows better: all it leaves open, or all of it."""
    if answer == Answer.ACCEPT:
        return replace(document, answer=document.answer or Answer.ACCEPT, open=())
    return replace(document, answer=None) if answer else document


def storable_metadata(meta: Any) -> tuple[dict[str, Any], list[str]]:
    """Return the metadata that JSON can hold, and the keys of the rest."""
    kept: dict[str, Any] = {}
    left: list[str] = []
    for key, value in dict(meta).items():
        try:
            kept[str(key)] = orjson.loads(orjson.dumps(value))
        except (TypeError, ValueError):
            left.append(str(key)[:40])
    return kept, left
