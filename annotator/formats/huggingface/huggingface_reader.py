"""From the rows of Parquet or JSONL files to documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import orjson
from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.pluralize import pluralize
from annotator.core.tokens import Token
from annotator.formats import tag_schemes as schemes
from annotator.formats.document import ConversionLog, Document
from annotator.formats.huggingface import dataset_columns, dataset_tables
from annotator.formats.huggingface.dataset_tables import MAX_ROW_ITEMS, PARQUET_MAGIC, ParquetTable
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.offset_units import ALL_OFFSET_UNITS, OffsetUnit, refuse_requested_unit
from annotator.formats.span_alignment import find_words
from annotator.formats.span_fields import (
    NoteCounter,
    QuotedText,
    RawSpan,
    convert_spans,
    first_string,
    first_value,
    name_of,
    quoted_ranges,
    raw_span,
    storable_fields,
    unit_of_records,
    whole_number,
)
from annotator.formats.tag_schemes import NO_TAG_NAMES, TagNames

PADDED_TAGS = "tags that stand for nothing (-100, none, or no tag of the scheme), read as O: {n}"
TEXT_REBUILT = "texts that their tokens do not spell; the words were joined by blanks instead: {n}"
TOKENS_IGNORED = "texts whose tokens do not spell them, so that the tokens were not taken: {n}"
OPEN_ROWS = "texts that say nothing of spans, which the file leaves open: {n}"

_START_KEYS = ("start", "start_offset", "start_char", "begin")
_END_KEYS = ("end", "end_offset", "end_char", "stop")
_LABEL_KEYS = ("label", "type", "tag", "entity_group", "entity_type", "category", "class")
_QUOTE_KEYS = ("text", "quote", "word", "mention", "surface", "value")
_DOCUMENT_KEYS = frozenset({"id", "title", "annotator", "note", "meta"})
_SPLITS = ("train", "validation", "valid", "dev", "test")
_REPAIR_ROW = "repair the row, or export it again"


def detect(sample: FileSample) -> str:
    """Return why this looks like Parquet, or like rows of tokens with tags, empty if it does not."""
    if (sample.is_folder or sample.is_zip) and any(n.lower().endswith(".parquet") for n in sample.names):
        return "it holds a .parquet file"
    if sample.start.startswith(PARQUET_MAGIC):
        return "it begins as Parquet does"
    return dataset_tables.detect_json_rows(sample)


def read(source: ImportSource, log: ConversionLog, names: TagNames = NO_TAG_NAMES) -> Iterator[Document]:
    """Yield a document for each row of a file, or of the tables in a folder or zip.

    ``names`` are what the numbers of tags mean, where the file doesn't name them.
    Raises SourceError where the extra is not installed, a table has no texts with tags or spans, its
    tags are numbers without names, or a file is damaged.
    """
    files = source.files()
    taken = [f for f in files if detect(f.sample())] if len(files) > 1 else files
    if not taken:
        raise source.error("no file in it is Parquet", do="name a folder with .parquet files")
    for file in taken:
        is_json = file.sample().start.lstrip()[:1] in {b"{", b"["}
        table: dataset_columns.DatasetTable = (
            dataset_tables.JsonLinesTable(file, log) if is_json else ParquetTable(file)
        )
        features = dataset_columns.read_features(table.metadata, files)
        shape = dataset_columns.choose_columns(table, features, names)
        yield from _HuggingFaceReader(table, shape, log).documents()


class _HuggingFaceReader(Struct):
    table: dataset_columns.DatasetTable
    shape: dataset_columns.DatasetColumns
    log: ConversionLog
    tally: NoteCounter = field(default_factory=NoteCounter)
    scheme: schemes.SchemeEvidence = field(default_factory=schemes.SchemeEvidence)

    def documents(self) -> Iterator[Document]:
        """Yield the documents of a file, and note what was decided for it."""
        self._note(self.shape.notes)
        columns = self.table.names
        if self.shape.spans:
            unit = self._unit()
            for where, row in self.table.values(columns):
                yield self._document_of_spans(row, where, unit)
        else:
            refuse_requested_unit("tokens with tags", self.table.source.name)
            for number, (where, row) in enumerate(self.table.values(columns), 1):
                yield self._document_of_tags(row, where, number)
            self._note(tuple(schemes.scheme_notes(self.scheme, self.table.source.name)))
        self.tally.add_notes(self.log)

    def _note(self, notes: Sequence[str]) -> None:
        self.log.notes += [n for n in notes if n not in self.log.notes]

    def _document(self, row: Mapping[str, Any], where: str, text: str, **parts: Any) -> Document:
        """Return the document, with what every row may have."""
        more = row.get("meta")
        if isinstance(more, str):
            try:
                more = orjson.loads(more)
            except orjson.JSONDecodeError:
                more = {"meta": more} if more else {}
        own = storable_fields(more)
        known = self.shape.columns | _DOCUMENT_KEYS
        split = next((s for s in _SPLITS if self.table.source.base.startswith(s)), "")
        rest = storable_fields({k: v for k, v in row.items() if k not in known and v is not None})
        return Document(
            text,
            id=name_of(row.get("id")),
            title=first_string(dict(row), "title"),
            annotator=name_of(row.get("annotator")),
            note=first_string(dict(row), "note"),
            meta={**({"split": split} if split else {}), **rest, **own},
            where=where,
            **parts,
        )

    # -- tokens and tags -----------------------------------------------------------------------

    def _document_of_tags(self, row: Mapping[str, Any], where: str, number: int) -> Document:
        words = row.get(self.shape.words)
        if not isinstance(words, list) or not all(isinstance(x, str) for x in words):
            what = f"`{self.shape.words}` must be a list of texts"
            raise SourceError(what, where=where, do=_REPAIR_ROW)
        if len(words) > MAX_ROW_ITEMS:
            what = f"the row has {len(words):,} words, more than {MAX_ROW_ITEMS:,}"
            raise SourceError(what, where=where, do="split it into several rows")
        text, places = self._place_words(row, words)
        tokens = tuple(Token(text[s:e], s, e, text[e : e + 1] == " ") for s, e in places if s < e)
        raw_spans: list[RawSpan] = []
        for column in self.shape.tags:
            description = self._row_tags(row.get(column.column), column, len(words), where)
            self.scheme.add_sentence(description, [number] * len(description), bare=column.bare)
            for chunk in schemes.tag_chunks([schemes.parse_tag(t, bare=column.bare) for t in description]):
                inside = [p for p in places[chunk.first : chunk.last] if p[0] < p[1]]
                start, end = (inside[0][0], inside[-1][1]) if inside else (0, 0)
                raw_spans.append(RawSpan(start, end, chunk.label))
        spans = convert_spans(raw_spans, text, where, self.log)
        return self._document(row, where, text, spans=spans, tokens=tokens)

    def _row_tags(self, found: Any, column: dataset_columns.TagColumn, size: int, where: str) -> list[str]:
        """Return a row's tags as words; raises SourceError where they don't fit the words."""
        if not isinstance(found, list) or len(found) != size:
            many = pluralize(len(found), "tag") if isinstance(found, list) else "no tags"
            what = f"`{column.column}` has {many} for {size} words"
            raise SourceError(what, where=where, do=_REPAIR_ROW)
        return [self._tag(x, column, where) for x in found]

    def _tag(self, value: Any, column: dataset_columns.TagColumn, where: str) -> str:
        if value is None or value == -100 or (isinstance(value, str) and value.strip() in {"", "o"}):
            self.tally.add(PADDED_TAGS)
            return "O"
        if column.names:
            if type(value) is not int or value not in column.names:
                what = f"the tag {value} in `{column.column}` is none of its {len(column.names)} names"
                raise SourceError(what, where=where, do=_REPAIR_ROW)
            value = column.names[value] or "O"
        description = str(value)
        if not column.bare and not schemes.is_tag(description):
            self.tally.add(PADDED_TAGS)
            return "O"
        return description

    def _place_words(self, row: Mapping[str, Any], words: list[str]) -> tuple[str, list[tuple[int, int]]]:
        """Return the text, and the ranges of its words; without a text the words joined by blanks."""
        given = row.get(self.shape.text) if self.shape.text else None
        if isinstance(given, str):
            if (places := find_words(given, words)) is not None:
                return given, places
            self.tally.add(TEXT_REBUILT)
        places, at = [], 0
        for word in words:
            places.append((at, at + len(word)))
            at += len(word) + bool(word)
        return " ".join(w for w in words if w), places

    # -- text and spans ------------------------------------------------------------------------

    def _document_of_spans(self, row: Mapping[str, Any], where: str, unit: OffsetUnit) -> Document:
        text = row.get(self.shape.text)
        if not isinstance(text, str):
            raise SourceError(f"the row has no `{self.shape.text}`", where=where, do=_REPAIR_ROW)
        found = _span_objects(row.get(self.shape.spans))
        raw_spans = (_raw_span(x, self.shape.labels) for x in found or ())
        self.tally.add(OPEN_ROWS, found is None)
        return self._document(
            row,
            where,
            text,
            spans=convert_spans(raw_spans, text, where, self.log, unit),
            tokens=self._tokens(row, text),
            answer=Answer.ACCEPT if found is not None else None,
        )

    def _tokens(self, row: Mapping[str, Any], text: str) -> tuple[Token, ...]:
        words = row.get(self.shape.words) if self.shape.words else None
        if not isinstance(words, list) or not all(isinstance(x, str) for x in words) or not words:
            return ()
        places = find_words(text, words)
        self.tally.add(TOKENS_IGNORED, places is None)
        return tuple(Token(text[s:e], s, e, text[e : e + 1] == " ") for s, e in places or () if s < e)

    def _unit(self) -> OffsetUnit:
        rows = (row for _, row in self.table.values([self.shape.text, self.shape.spans]))
        return unit_of_records(rows, self._evidence, ALL_OFFSET_UNITS, self.table.source.name, self.log)

    def _evidence(self, row: Any) -> Iterator[QuotedText]:
        text, found = row.get(self.shape.text), _span_objects(row.get(self.shape.spans))
        if isinstance(text, str) and found:
            pairs = ((_raw_span(x, self.shape.labels), first_value(x, _QUOTE_KEYS)) for x in found)
            yield text, list(quoted_ranges(pairs))


def _span_objects(value: Any) -> list[dict[str, Any]] | None:
    """Return the spans of a row as objects: they may be one object of lists."""
    if isinstance(value, dict):
        lists = {k: v for k, v in value.items() if isinstance(v, list)}
        if not lists:
            return None
        return [dict(zip(lists, row, strict=True)) for row in zip_longest(*lists.values())]
    if not isinstance(value, list):
        return None
    return [x if isinstance(x, dict) else {} for x in value]


def _raw_span(item: dict[str, Any], names: Sequence[str]) -> RawSpan:
    raw = raw_span(item, _START_KEYS, _END_KEYS, _LABEL_KEYS)
    label, number = raw.label, whole_number(raw.label)
    if names and number is not None:
        label = names[number] if 0 <= number < len(names) else None
    return replace(raw, label=label, source=first_string(item, "source"))
