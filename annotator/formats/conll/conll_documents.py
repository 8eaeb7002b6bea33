"""Documents from sentences of rows with tags: their text, its tokens and its spans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath

from annotator.core.pluralize import pluralize
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.formats.conll import conll_columns, conll_table
from annotator.formats.conll.conll_columns import ConllTable
from annotator.formats.conll.conll_table import ConllSentence, RowShape
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.formats.span_alignment import find_words
from annotator.formats.tag_schemes import scheme_notes

_NO_SPACE_AFTER = frozenset({"SpaceAfter=No", "NoSpaceAfter"})


def read_documents(
    sentences: Callable[[], Iterable[ConllSentence]],
    shape: RowShape,
    source: ImportSource,
    log: ConversionLog,
    word: int | None = None,
) -> Iterator[Document]:
    """Yield the documents of a file, whose ``sentences`` are read several times.

    A document begins where its name does; in a file without names each sentence is one.
    """
    table = conll_columns.survey_columns(sentences(), shape, source.name, word)
    log.notes += _file_notes(sentences(), table, source)
    for column in table.unread:
        if column.why:
            name = shape.column_name(column.index)
            log.leave_out(source.where(column.line), name, column.why, column.example, "column")
    parts: list[ConllSentence] = []
    number = wordless = parted = 0
    for sentence in sentences():
        parted += sentence.words_with_parts
        wordless += _count_wordless(sentence, table, source)
        if parts and (sentence.document_name is not None or not table.has_document_starts):
            number += 1
            yield _document(parts, table, source, number, log)
            parts = []
        parts.append(sentence)
    if parts:
        yield _document(parts, table, source, number + 1, log)
    if parted:
        log.notes.append(f"{conll_table.PARTS_WITH_TAGS}: {parted:,}")
    if wordless:
        one, many = "row without a word and without a label is", "rows without a word and without a label are"
        log.notes.append(f"{pluralize(wordless, one, many)} passed over")


def _count_wordless(sentence: ConllSentence, table: ConllTable, source: ImportSource) -> int:
    """Return how many rows have no word; raises SourceError where one has a label all the same."""
    empty = [r for r in sentence.rows if not r.fields[table.word]]
    for row in empty:
        if any(not layer.is_outside(row.fields[layer.index]) for layer in table.layers):
            raise source.error("the row has no word", row.line, do="repair the row")
    return len(empty)


def _file_notes(sentences: Iterable[ConllSentence], table: ConllTable, source: ImportSource) -> Iterable[str]:
    """Yield the notes on what was decided for the file."""
    yield from scheme_notes(conll_columns.scheme_evidence(sentences, table), source.name)
    yield from conll_columns.column_notes(table)
    if not table.has_document_starts:
        yield f"no {conll_table.DOCSTART} parts the texts: each sentence is a document of its own"


def _document(
    parts: Sequence[ConllSentence], table: ConllTable, source: ImportSource, number: int, log: ConversionLog
) -> Document:
    """Return the document of some sentences, each on a line of its own, its spans counted."""
    texts, tokens, sentences, spans = list[str](), list[Token](), list[tuple[int, int]](), list[Span]()
    base = 0
    for sentence in parts:
        text, places = _rebuild_text(sentence, table)
        texts.append(text)
        sentences.append((base, base + len(text)))
        tokens += [Token(text[a:b], base + a, base + b, text[b : b + 1] == " ") for a, b in places if a < b]
        for layer in table.layers:
            for chunk in layer.chunks(sentence.rows, source.name):
                start, end = places[chunk.first][0], places[chunk.last - 1][1]
                spans.append(Span(base + start, base + end, chunk.label))
        base += len(text) + 1
    log.read += len(spans)
    id_, where = parts[0].document_name, source.where(parts[0].rows[0].line)
    id_ = id_ or f"{PurePath(source.base).stem}-{number}"
    return Document("\n".join(texts), tuple(spans), tuple(tokens), tuple(sentences), id=id_, where=where)


def _rebuild_text(sentence: ConllSentence, table: ConllTable) -> tuple[str, list[tuple[int, int]]]:
    """Return the sentence's text and the range of each of its words."""
    words = [r.fields[table.word] for r in sentence.rows]
    if sentence.text is not None and (found := find_words(sentence.text, words)):
        return sentence.text, found
    text = ""
    places: list[tuple[int, int]] = []
    for n, (word, row) in enumerate(zip(words, sentence.rows, strict=True)):
        places.append((len(text), len(text) + len(word)))
        columns = [c.split("|") for c in row.fields[table.word + 1 :] if len(c) > 9]
        glued = any(not _NO_SPACE_AFTER.isdisjoint(items) for items in columns)
        text += word + " " * (bool(word) and n + 1 < len(words) and not glued)
    return text, places
