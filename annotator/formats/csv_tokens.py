"""A table of tokens with a header: a word a row, its sentence and its tags (``Sentence #,Word,POS,Tag``).

A sentence ends where its column has another value, or at a blank row where there is no such column; an empty cell
goes on with the sentence. Which columns hold tags is decided as in CoNLL files: each is a layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from annotator.core.errors import SourceError
from annotator.formats import csv_tables
from annotator.formats.conll import conll_columns
from annotator.formats.conll.conll_documents import read_documents
from annotator.formats.conll.conll_table import ConllRow, ConllSentence, RowShape
from annotator.formats.csv_headers import TokenTableColumns, token_columns
from annotator.formats.csv_tables import TableRow, TableShape
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.tag_schemes import NO_TAG_NAMES, TagNames


def detect(sample: FileSample) -> str:
    """Return why a file looks like a table of tokens, empty where it does not."""
    found = csv_tables.sampled_table(sample)
    columns = token_columns(found[0]) if found else None
    if found is None or columns is None:
        return ""
    shape, cells = found
    rows = [TableRow(n, tuple(c) if len(c) == len(shape.header) else ()) for n, c in enumerate(cells, shape.first_row)]
    if columns.sentence is None and all(row.cells for row in rows[:-1]):
        return ""  # nothing parts the sentences
    row_shape = _row_shape(shape, columns, NO_TAG_NAMES)
    try:
        table = conll_columns.survey_columns(_sentences(rows, columns, NO_TAG_NAMES), row_shape, sample.name, 0)
    except conll_columns.NumberedTagsError:
        return f"it has the columns {', '.join(row_shape.header)}, and numbered tags"
    except SourceError:
        is_table = columns.sentence is not None and columns.has_tag_name and not _holds_texts(rows, columns)
        return f"it has the columns {', '.join(row_shape.header)}" if is_table else ""
    if table.is_bare and not columns.has_tag_name:
        return ""
    return f"it has words in the column {shape.header[columns.word]}, and tags in {_layer_names(table)}"


def _holds_texts(rows: Iterable[TableRow], columns: TokenTableColumns) -> bool:
    """Return True if most cells in the column of sentences are whole texts, of which the word is a part."""
    pairs = [(row.cells[columns.word], row.cells[columns.sentence or 0]) for row in rows if row.cells]
    return 2 * sum(bool(word) and word in text and word != text for word, text in pairs) > len(pairs)


def _layer_names(table: conll_columns.ConllTable) -> str:
    return ", ".join(table.shape.header[layer.index] for layer in table.layers)


def _row_shape(shape: TableShape, columns: TokenTableColumns, names: TagNames) -> RowShape:
    header = tuple(shape.header[n] for n in (columns.word, *columns.others))
    return RowShape(tabs=False, columns=len(header), names=names, header=header)


def read(source: ImportSource, log: ConversionLog, names: TagNames = NO_TAG_NAMES) -> Iterator[Document]:
    """Yield the documents of a table, or of each in a folder or zip; ``names`` are what numbered tags mean.

    Without a column for documents each sentence is one. Raises SourceError, with file and line, for rows that
    differ in length and for tags that are none.
    """
    for file in csv_tables.table_files(source, detect, log):
        yield from _documents(file, log, names)


def _documents(source: ImportSource, log: ConversionLog, names: TagNames) -> Iterator[Document]:
    shape, _ = csv_tables.read_table(source)
    columns = token_columns(shape)
    if columns is None:
        what = f"there is no column of words among {', '.join(shape.header)[:200]}, or none beside it"
        raise source.error(what, 1, do="call the columns sentence, word and tag")

    def sentences() -> Iterator[ConllSentence]:
        return _sentences(csv_tables.read_table(source)[1], columns, names)

    yield from read_documents(sentences, _row_shape(shape, columns, names), source, log, word=0)


def _sentences(rows: Iterable[TableRow], columns: TokenTableColumns, names: TagNames) -> Iterator[ConllSentence]:
    """Yield the sentences; the first of a document has its name, without such a column every one its own."""
    now = ConllSentence()
    sentence = document = None
    for row in rows:
        if not row.cells:
            if now.rows and columns.sentence is None:
                yield now
                now = ConllSentence()
            continue
        there = row.cells[columns.sentence].strip() if columns.sentence is not None else ""
        of = row.cells[columns.document].strip() if columns.document is not None else ""
        if now.rows and ((there and there != sentence) or (of and of != document)):
            yield now
            now = ConllSentence()
        if not now.rows:
            starts = columns.document is None or (of and of != document)
            now.document_name = (of or there) if starts else None
        sentence, document = there or sentence, of or document
        now.rows.append(ConllRow(row.line, columns.fields(row.cells, names)))
    if now.rows:
        yield now
