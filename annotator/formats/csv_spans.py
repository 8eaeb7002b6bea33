"""A table of spans with a header: a span a row, with the text that it is in (``text,start,end,label``).

Rows of one text are one document; a text without a span is a row with an empty start. Columns may have other usual
names, and a quote may stand for the offsets. What is the same in all rows of a text is its metadata.

The table that is written begins with ``OWN_COLUMNS``; by these a reader knows that cells may have an apostrophe
before them, which keeps spreadsheets from taking them for formulas, and that metadata may be JSON.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.metadata_names import merge_metadata, user_metadata
from annotator.formats import csv_tables, csv_tokens, span_fields
from annotator.formats.csv_headers import OWN_COLUMNS, SpanTableColumns, is_own_table, span_columns
from annotator.formats.csv_tables import TableRow, unquoted_formula
from annotator.formats.document import ConversionLog, Document
from annotator.formats.format_writing import record_unsupported_fields, supported_spans, write_whole_file
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.offset_units import ALL_OFFSET_UNITS, OffsetUnit

# From documents to a table.


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write ``annotations.csv`` to the folder ``out``: a row for each span, one for a text without any."""
    rows = [row for n, document in enumerate(documents, 1) for row in _document_rows(document, n, log)]
    more = dict.fromkeys(name for row in rows for name in row if name not in OWN_COLUMNS)
    return [write_whole_file(out / "annotations.csv", csv_tables.encode_rows([*OWN_COLUMNS, *more], rows))]


def _document_rows(document: Document, number: int, log: ConversionLog) -> Iterator[dict[str, str | int]]:
    record_unsupported_fields(document, "csv", log, has_groups=True)
    own: dict[str, str | int] = {
        "text": document.text,
        "document": number,
        "id": document.id,
        "title": document.title,
        "annotator": document.annotator,
        "note": document.note,
    }
    meta = {name: _metadata_cell(value) for name, value in merge_metadata({}, document.meta, OWN_COLUMNS).items()}
    spans = supported_spans(document, document.spans, log)
    for s in spans:
        quote = document.text[s.start : s.end]
        place = {"start": s.start, "end": s.end}
        words = {"label": s.label, "quote": quote, "group": s.group, "source": s.source}
        yield {**own, **place, **words, **meta}
    if not spans:
        yield {**own, **meta}


def _metadata_cell(value: Any) -> str:
    """Return a value as a cell: a text as it is unless it could be read as something else, else JSON."""
    if isinstance(value, str) and value and _metadata_value(value) == value:
        return value
    return orjson.dumps(value).decode()


def _metadata_value(cell: str) -> Any:
    """Return the value of a cell that ``_metadata_cell`` has written."""
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError:
        return cell


# From a table to documents.


_WHOLE_NUMBER = re.compile(r"(-?[0-9]{1,12})(?:\.0+)?")
_NO_NUMBER = frozenset({"", "nan", "none", "null", "na", "n/a"})
VARYING_COLUMN = "its values differ between the rows of one text, and no span can hold them"
UNNAMED_COLUMNS = "columns without a name, which are not read: {n}"


def detect(sample: FileSample) -> str:
    """Return why a file looks like a table of spans, empty where it does not."""
    found = csv_tables.sampled_table(sample)
    if found and is_own_table(found[0]):
        return f"it is a table with the columns {', '.join(OWN_COLUMNS)}"
    columns = span_columns(found[0]) if found else None
    if found is None or columns is None or csv_tokens.detect(sample):
        return ""
    shape, rows = found
    rows = [cells for cells in rows if len(cells) == len(shape.header)]
    if 2 * sum(_may_be_span(cells, columns) for cells in rows) < len(rows):
        return ""
    quote = columns.quote
    if columns.start is None and not any(
        cells[quote or 0] and cells[quote or 0] in cells[columns.text] for cells in rows
    ):
        return ""
    used = (columns.text, columns.start, columns.end, columns.length, quote, columns.label)
    return f"it is a table with the columns {', '.join(shape.header[n] for n in used if n is not None)}"


def _may_be_span(cells: Sequence[str], columns: SpanTableColumns) -> bool:
    """Return True if the offsets of a row are whole numbers or missing, and its label is no JSON."""
    places = [_number(cells[n]) for n in (columns.start, columns.end, columns.length) if n is not None]
    return not cells[columns.label].startswith(("[", "{")) and all(isinstance(n, int | None) for n in places)


def _number(cell: str) -> int | str | None:
    """Return an offset as a number, None for none; any other text as it is."""
    fits = _WHOLE_NUMBER.fullmatch(cell.strip())
    if fits:
        return int(fits[1])
    return None if cell.strip().casefold() in _NO_NUMBER else cell


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of a table, or of each in a folder or zip, by their first rows.

    Raises SourceError, with file and line, for rows that cannot be cut or differ in length.
    """
    for file in csv_tables.table_files(source, detect, log):
        yield from _SpanTable.open(file, log).documents()
    log.add_counted_notes()


class _TableText(Struct):
    """A text of a table with the spans of its rows."""

    text: str
    line: int
    cells: tuple[str, ...]
    """The first row."""
    spans: list[span_fields.RawSpan] = field(default_factory=list)
    varying: set[int] = field(default_factory=set)
    """The columns in which a further row has another value."""


class _SpanTable(Struct):
    source: ImportSource
    log: ConversionLog
    header: tuple[str, ...]
    columns: SpanTableColumns
    is_own: bool
    """Whether this program has written it."""
    has_span_ids: bool = False
    """Whether the column of ids has those of spans, not of texts."""

    @classmethod
    def open(cls, source: ImportSource, log: ConversionLog) -> _SpanTable:
        shape, _ = csv_tables.read_table(source)
        if is_own_table(shape):
            return cls(source, log, tuple(map(unquoted_formula, shape.header)), _OWN_LAYOUT, is_own=True)
        columns = span_columns(shape)
        if columns is None:
            what = f"there are no columns of texts, places and labels among {', '.join(shape.header)[:200]}"
            raise source.error(what, 1, do="call the columns text, start, end and label")
        return cls(source, log, shape.header, columns, is_own=False)

    def documents(self) -> Iterator[Document]:
        """Yield the documents, whose offsets all count alike."""
        texts = self._texts()
        unit = span_fields.unit_of_records(texts, _quoted_texts, ALL_OFFSET_UNITS, self.source.name, self.log)
        ids = Counter(self._cell(text.cells, self.columns.document) for text in texts)
        groups = not self.is_own and max(ids.values(), default=0) > 1
        for text in texts:
            yield self._document(text, unit, groups=groups)
        self.log.count_note(UNNAMED_COLUMNS, sum(not name.strip() for name in self.header if not self.is_own))

    def _rows(self) -> Iterator[TableRow]:
        for row in csv_tables.read_table(self.source)[1]:
            if row.cells:
                yield replace(row, cells=tuple(map(unquoted_formula, row.cells))) if self.is_own else row

    def _cell(self, cells: Sequence[str], column: int | None) -> str:
        return "" if column is None else cells[column]

    def _texts(self) -> list[_TableText]:
        """Return the texts with their spans; a span without a text is in that of its document, or of the row above."""
        found: dict[tuple[str, ...], _TableText] = {}
        of_document: dict[str, str] = {}
        columns, above = self.columns, ""
        self.has_span_ids = not self.is_own and self._ids_differ()
        id_column = None if self.has_span_ids else columns.id
        for row in self._rows():
            text, document = row.cells[columns.text], self._cell(row.cells, columns.document)
            span = self._raw_span(row.cells, columns.id if self.has_span_ids else None)
            if not text and span and not self.is_own:
                text = of_document.get(document, above) if document else above
            key = (text, document, self._cell(row.cells, columns.annotator), self._cell(row.cells, id_column))
            there = found.setdefault(key, _TableText(text, row.line, row.cells))
            there.spans += [span] if span else []
            there.varying.update(n for n, cell in enumerate(row.cells) if cell != there.cells[n])
            above = of_document.setdefault(document, text) if document else text
        return list(found.values())

    def _ids_differ(self) -> bool:
        """Return True if rows of one text that follow each other mostly have ids of their own."""
        same = other = 0
        before: tuple[str, str] | None = None
        for row in self._rows() if self.columns.id is not None else ():
            now = (row.cells[self.columns.text], self._cell(row.cells, self.columns.id))
            if before and before[0] == now[0]:
                same, other = same + (before[1] == now[1]), other + (before[1] != now[1])
            before = now
        return other > same

    def _raw_span(self, cells: Sequence[str], id_column: int | None) -> span_fields.RawSpan | None:
        """Return the span of a row; None where it has none."""
        columns = self.columns
        start, end, length = (_number(self._cell(cells, n)) for n in (columns.start, columns.end, columns.length))
        quote, label = self._cell(cells, columns.quote), cells[columns.label]
        if start is None and end is None and not quote and not label.strip():
            return None
        if end is None and isinstance(start, int) and isinstance(length, int):
            end = start + length
        group, source = (cells[OWN_COLUMNS.index(name)] if self.is_own else "" for name in ("group", "source"))
        id_ = self._cell(cells, id_column)
        return span_fields.RawSpan(start, end, label, source, id_, quote=quote, group=group)

    def _document(self, text: _TableText, unit: OffsetUnit, *, groups: bool) -> Document:
        where, columns = self.source.where(text.line), self.columns
        given = {name: cell for name, cell in zip(self.header, text.cells, strict=True) if cell}
        document = self._cell(text.cells, columns.document)
        own_id = self._cell(text.cells, columns.id) if not self.has_span_ids else ""
        meta = self._metadata(text)
        if groups and document and columns.document is not None:  # an import links the texts by it
            meta[self.header[columns.document]] = document
        return Document(
            text.text,
            span_fields.convert_spans(text.spans, text.text, where, self.log, unit),
            annotator=self._cell(text.cells, columns.annotator),
            id=own_id or ("" if self.is_own else document),
            title=given.get("title", ""),
            note=given.get("note", "") if self.is_own else "",
            meta=meta,
            where=where,
        )

    def _metadata(self, text: _TableText) -> dict[str, Any]:
        """Return the other columns' values; those that differ between the rows of a text are counted as lost."""
        used = set(range(len(OWN_COLUMNS))) if self.is_own else self.columns.used
        meta: dict[str, Any] = {}
        for n, name in enumerate(self.header):
            if n in used or (not self.is_own and (not name.strip() or name == "title")):
                continue
            if n in text.varying:
                self.log.count_lost_field(name, VARYING_COLUMN)
            elif text.cells[n]:
                meta[name] = _metadata_value(text.cells[n]) if self.is_own else text.cells[n]
        return span_fields.storable_fields(user_metadata(meta, OWN_COLUMNS) if self.is_own else meta)


_OWN_LAYOUT = SpanTableColumns(text=0, start=1, end=2, label=3, quote=4, document=5, id=6, annotator=8, length=None)


def _quoted_texts(text: _TableText) -> Iterator[span_fields.QuotedText]:
    yield text.text, list(span_fields.quoted_ranges((raw, raw.quote) for raw in text.spans))
