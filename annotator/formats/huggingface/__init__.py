"""Hugging Face Parquet: token classification (``tokens`` and tags), or ``text`` with ``spans``.

The names of numbered tags are in the Arrow schema's metadata under ``huggingface`` and nowhere
else in the file. Without them they are looked for in ``dataset_info.json`` beside it; tags that stay
without names are refused, unless the user gives some. pyarrow is an extra. JSONL of ``tokens`` and
tags, which never has their names, is read without it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import accumulate, pairwise, zip_longest
from pathlib import Path
from typing import Any

import orjson
from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.pluralize import pluralize
from annotator.core.spans import Span
from annotator.core.tokens import Token, is_aligned
from annotator.formats import argilla, format_writing, span_fields
from annotator.formats import tag_schemes as schemes
from annotator.formats.document import ConversionLog, Document
from annotator.formats.huggingface import dataset_tables
from annotator.formats.huggingface.dataset_tables import MAX_ROW_ITEMS, PARQUET_MAGIC, ParquetTable, import_arrow
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.offset_units import ALL_OFFSET_UNITS, OffsetUnit, refuse_requested_unit
from annotator.formats.span_alignment import find_words
from annotator.formats.tag_schemes import NO_TAG_NAMES, TagNames, iob2_tags
from annotator.formats.unread_files import note_unread_files

__all__ = ["detect", "read", "write", "write_parts"]


# From documents to one Parquet file that ``datasets`` loads with its names, and a data card beside it.
#
# Each row has both styles: ``text`` with ``spans``, which holds everything that is marked, and ``tokens``
# with ``ner_tags``, one flat row of IOB2 for programs that train on that. What tags cannot hold is listed
# in the notes and in the card; it is in ``spans``. The card is README.md, by whose head ``load_dataset`` finds the
# files: https://huggingface.co/docs/hub/datasets-manual-configuration


# The data card: what a data set holds, in the Markdown that the Hub shows.


_FIELD_DESCRIPTIONS = {
    "id": "the text's id in the corpus",
    "text": "the text",
    "tokens": "its words, cut as they were when it was annotated",
    "spans": "what is marked: `text[start:end]`, counted in code points; spans may overlap",
    "ner_tags": "an IOB2 tag for each word, of spans that don't overlap",
    "title": "the article's title",
    "annotator": "whose annotation it is; a text may occur once for each annotator",
    "note": "the annotator's note",
    "meta": "further fields, as JSON",
}


def dataset_card_lines(
    documents: Sequence[Document],
    kept: Sequence[Sequence[Span]],
    features: Mapping[str, Any],
    log: ConversionLog,
    files: Mapping[str, str],
) -> Iterator[str]:
    """Yield the lines of the card; it holds no clock and no path, so the same data give the same card.

    ``files`` has the name of each file by its split.
    """
    labels = Counter(s.label for spans in kept for s in spans)
    people = {d.annotator for d in documents if d.annotator}
    yield "---"
    yield "task_categories:\n- token-classification"
    yield "license: other"
    yield "configs:\n- config_name: default\n  data_files:"
    yield from (f"  - split: {split}\n    path: {file}" for split, file in files.items())
    yield "dataset_info:\n  features:"
    yield from (f"  {line}" for name, feature in features.items() for line in _yaml_feature(name, feature))
    yield "---\n"
    yield "# Annotated texts\n"
    yield "To publish it, describe the texts, and put who may use them for `license: other` above.\n"
    description = f", by {len(people):,} annotator{'s' * (len(people) != 1)}" if people else ""
    yield f"- rows: {len(documents):,}{description}"
    yield f"- spans: {sum(labels.values()):,}"
    yield "\n## Labels\n"
    yield "| label | spans |\n|---|---|"
    for label, n in sorted(labels.items(), key=lambda x: (-x[1], x[0])):
        cell = "".join(f"\\{c}" if c in "\\`*_{}[]<>()#+-.!|&" else c for c in " ".join(label.split()))
        yield f"| {cell} | {n:,} |"
    yield "\n## Fields\n"
    yield from (f"- `{name}`: {_FIELD_DESCRIPTIONS.get(name, 'as the corpus has it')}" for name in features)
    left = [f"spans left out: {n:,} ({why})" for (_, why), n in sorted(log.totals.items())]
    if left or log.notes:
        yield "\n## What is not in it\n"
        yield from (f"- {description}" for description in (*left, *log.notes))
    yield "\n## Loading\n"
    yield "```python\nfrom datasets import load_dataset\n"
    yield 'data = load_dataset(".")  # this folder\n```'


def _yaml_feature(name: str, feature: Any) -> Iterator[str]:
    """Yield the lines that name a feature in the head of a card, as ``Features._to_yaml_list`` writes them."""
    yield f"- name: {name}"
    if isinstance(feature, list):
        yield "  list:"
        yield from (f"  {line}" for key, value in feature[0].items() for line in _yaml_feature(key, value))
    elif "feature" not in feature:
        yield f"  dtype: {feature['dtype']}"
    elif "names" not in feature["feature"]:
        yield f"  sequence: {feature['feature']['dtype']}"
    else:
        yield "  sequence:\n      class_label:\n        names:"
        yield from (
            f"          '{n}': {orjson.dumps(tag).decode()}" for n, tag in enumerate(feature["feature"]["names"])
        )


PARQUET_FILE = "annotations.parquet"

SPANS_WITHOUT_TAGS = "spans that are in `spans` alone, not in `ner_tags`: {n} ({why})"
LONGER_SPAN_OVERLAPS = "a longer one overlaps them, and tags are flat"
ENDS_INSIDE_TOKEN = "they begin or end inside a token"
NO_TOKENS = "their text has no tokens"

_STRING_FEATURE = {"dtype": "string", "_type": "Value"}
_NUMBER_FEATURE = {"dtype": "int64", "_type": "Value"}
_OPTIONAL_SPAN_FIELDS = ("source", "group")
_OPTIONAL_COLUMNS = ("title", "annotator", "note", "meta")


_SPLIT_NAMES = {"train": "train", "dev": "validation", "test": "test"}
"""What ``datasets`` calls each part."""


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write ``annotations.parquet``, a document a row, and the data card to the folder ``out``.

    Of two spans that overlap the longer has tags (of equal ones the earlier, then the first label). A
    document without tokens has no tags.
    """
    return _write_tables({"train": list(documents)}, {"train": PARQUET_FILE}, out, log)


def write_parts(parts: Mapping[str, Sequence[Document]], out: Path, log: ConversionLog) -> list[Path]:
    """Write a file for each part, all with the same features, and the data card."""
    splits = {_SPLIT_NAMES[part]: documents for part, documents in parts.items()}
    return _write_tables(splits, {split: f"{split}.parquet" for split in splits}, out, log)


def _write_tables(
    splits: Mapping[str, Sequence[Document]], names_of_files: Mapping[str, str], out: Path, log: ConversionLog
) -> list[Path]:
    every = [d for documents in splits.values() for d in documents]
    kept = [format_writing.supported_spans(d, d.spans, log) for d in every]
    tagging = ConversionLog()
    flat = [_taggable_spans(d, spans, tagging) for d, spans in zip(every, kept, strict=True)]
    for d, spans in zip(every, kept, strict=True):
        restored = "accept" if spans or d.answer else None
        format_writing.record_unsupported_fields(d, "Hugging Face Parquet", log, restored, has_groups=True)
    log.notes += [SPANS_WITHOUT_TAGS.format(n=f"{n:,}", why=why) for (_, why), n in sorted(tagging.totals.items())]
    more = tuple(name for name in _OPTIONAL_SPAN_FIELDS if any(getattr(s, name) for spans in kept for s in spans))
    names = ["O", *(f"{b}-{x}" for x in sorted({s.label for f in flat for s in f}) for b in "BI")]
    rows = [_dataset_row(d, k, f, names, more) for d, k, f in zip(every, kept, flat, strict=True)]
    used = {name: _STRING_FEATURE for name in _OPTIONAL_COLUMNS if any(r[name] for r in rows)}
    features = {**_dataset_features(names, more), **used}
    ends = list(accumulate(map(len, splits.values()), initial=0))
    tables = [_parquet(rows[first:end], features) for first, end in pairwise(ends)]
    card = "\n".join(dataset_card_lines(every, kept, features, log, names_of_files)) + "\n"
    files = {**dict(zip(names_of_files.values(), tables, strict=True)), "README.md": card.encode()}
    return [format_writing.write_whole_file(out / name, data) for name, data in files.items()]


def _dataset_features(names: list[str], more: Sequence[str]) -> dict[str, Any]:
    """Return the features of the columns that every export has."""
    span = {"start": _NUMBER_FEATURE, "end": _NUMBER_FEATURE, "label": _STRING_FEATURE, "text": _STRING_FEATURE}
    return {
        "id": _STRING_FEATURE,
        "text": _STRING_FEATURE,
        "spans": [span | dict.fromkeys(more, _STRING_FEATURE)],
        "tokens": {"feature": _STRING_FEATURE, "_type": "Sequence"},
        "ner_tags": {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "Sequence"},
    }


def _parquet(rows: Sequence[Mapping[str, Any]], features: Mapping[str, Any]) -> bytes:
    """Return the rows as a Parquet file whose schema holds the features."""
    pa, parquet = import_arrow(PARQUET_FILE)
    info = {b"huggingface": orjson.dumps({"info": {"features": features}})}
    schema = pa.schema([(name, _arrow_type(pa, f)) for name, f in features.items()], metadata=info)
    columns = [pa.array([r[f.name] for r in rows], type=f.type) for f in schema]
    buffer = BytesIO()
    parquet.write_table(pa.Table.from_arrays(columns, schema=schema), buffer, row_group_size=1_000, compression="zstd")
    return buffer.getvalue()


def _arrow_type(pa: Any, feature: Any) -> Any:
    """Return the Arrow type of a feature."""
    if isinstance(feature, list):
        return pa.list_(_arrow_type(pa, feature[0]))
    kind = feature.get("_type")
    if kind == "Sequence":
        return pa.list_(_arrow_type(pa, feature["feature"]))
    if kind == "ClassLabel":
        return pa.int64()
    if kind == "Value":
        return getattr(pa, feature["dtype"])()
    return pa.struct([(name, _arrow_type(pa, f)) for name, f in feature.items()])


def _dataset_row(
    document: Document, spans: Sequence[Span], flat: Sequence[Span], names: Sequence[str], more: Sequence[str]
) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    for s in spans:  # each with its text: a quote leaves no doubt what offsets count
        own = {"start": s.start, "end": s.end, "label": s.label, "text": document.text[s.start : s.end]}
        found.append(own | {name: getattr(s, name) for name in more})
    words = format_writing.visible_words(document) if document.tokens else []
    return {
        "id": document.id,
        "text": document.text,
        "spans": found if spans or document.answer else None,
        "tokens": [t.text for t in words],
        "ner_tags": list(map(names.index, iob2_tags(words, flat))),
        "title": document.title,
        "annotator": document.annotator,
        "note": document.note,
        "meta": orjson.dumps(dict(document.meta)).decode() if document.meta else "",
    }


def _taggable_spans(document: Document, spans: Sequence[Span], log: ConversionLog) -> list[Span]:
    """Return the spans that one row of tags can hold, by place; list the others in ``log``."""
    words = format_writing.visible_words(document) if document.tokens else []

    def why_unsupported(span: Span) -> str:
        return "" if is_aligned(words, span.start, span.end) else ENDS_INSIDE_TOKEN if words else NO_TOKENS

    return sorted(format_writing.supported_spans(document, spans, log, why_unsupported, LONGER_SPAN_OVERLAPS))


# From the rows of Parquet or JSONL files to documents.


PADDED_TAGS = "tags without a meaning (-100, none, X), read as O: {n}"
NO_TAG = "it is no tag: neither O nor B-, I-, E-, S-, L- or U- and a label"
TEXT_REBUILT = "texts that their tokens do not spell; the words were joined by blanks instead: {n}"
TOKENS_IGNORED = "texts whose tokens do not spell them, so that the tokens were not taken: {n}"
OPEN_ROWS = "texts without information on spans, which the file leaves open: {n}"

TAGS_WITHOUT_SPANS = "tags of a row whose list of spans is empty; the spans are read, not the tags"
_NO_TAGS = (0, "O", "", None, -100)
_PADDING_NAMES = frozenset({"x", "pad", "cls", "sep", "none", "null", "-100"})
"""What trainers call tags of what is no word."""
_START_KEYS = ("start", "start_offset", "start_char", "begin")
_END_KEYS = ("end", "end_offset", "end_char", "stop")
_LABEL_KEYS = ("label", "type", "tag", "entity_group", "entity_type", "category", "class")
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
    note_unread_files(files, taken, log)
    for file in taken:
        is_json = file.sample().start.lstrip()[:1] in {b"{", b"["}
        table: dataset_tables.DatasetTable = dataset_tables.JsonLinesTable(file, log) if is_json else ParquetTable(file)
        if argilla.is_argilla_table(table.names):
            yield from argilla.read_rows(table.values(table.names), file, log)
            continue
        features = dataset_tables.read_features(table.metadata, files)
        shape = dataset_tables.choose_columns(table, features, names)
        yield from _HuggingFaceReader(table, shape, log).documents()


class _HuggingFaceReader(Struct):
    table: dataset_tables.DatasetTable
    shape: dataset_tables.DatasetColumns
    log: ConversionLog
    scheme: schemes.SchemeEvidence = field(default_factory=schemes.SchemeEvidence)

    def documents(self) -> Iterator[Document]:
        """Yield the documents of a file, and note what was decided for it."""
        self._note(self.shape.notes)
        for column, why in self.shape.lost:
            self.log.leave_out(self.table.source.name, column, why, kind="column")
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
        self.log.add_counted_notes()

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
        own = span_fields.storable_fields(more)
        known = self.shape.columns | _DOCUMENT_KEYS
        split = next((s for s in _SPLITS if self.table.source.base.startswith(s)), "")
        rest = span_fields.storable_fields({k: v for k, v in row.items() if k not in known and v is not None})
        return Document(
            text,
            id=span_fields.name_of(row.get("id")),
            title=span_fields.first_string(row, "title"),
            annotator=span_fields.name_of(row.get("annotator")),
            note=span_fields.first_string(row, "note"),
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
        raw_spans: list[span_fields.RawSpan] = []
        for column in self.shape.tags:
            description = self._row_tags(row.get(column.column), column, len(words), where)
            self.scheme.add_sentence(description, [number] * len(description), bare=column.bare)
            for chunk in schemes.labelled_chunks(description, bare=column.bare):
                inside = [p for p in places[chunk.first : chunk.last] if p[0] < p[1]]
                start, end = (inside[0][0], inside[-1][1]) if inside else (0, 0)
                raw_spans.append(span_fields.RawSpan(start, end, chunk.label))
        spans = span_fields.convert_spans(raw_spans, text, where, self.log)
        return self._document(row, where, text, spans=spans, tokens=tokens)

    def _row_tags(self, found: Any, column: dataset_tables.TagColumn, size: int, where: str) -> list[str]:
        """Return a row's tags as words; raises SourceError where they don't fit the words."""
        if not isinstance(found, list) or len(found) != size:
            many = pluralize(len(found), "tag") if isinstance(found, list) else "no tags"
            what = f"`{column.column}` has {many} for {size} words"
            raise SourceError(what, where=where, do=_REPAIR_ROW)
        return [self._tag(x, column, where) for x in found]

    def _tag(self, value: Any, column: dataset_tables.TagColumn, where: str) -> str:
        if value is None or value == -100 or (isinstance(value, str) and value.strip() in {"", "o"}):
            self.log.count_note(PADDED_TAGS)
            return "O"
        if column.names:
            if type(value) is not int or value not in column.names:
                what = f"the tag {value} in `{column.column}` is none of its {len(column.names)} names"
                raise SourceError(what, where=where, do=_REPAIR_ROW)
            value = column.names[value] or "O"
        description = str(value)
        if not column.bare and not schemes.is_tag(description):
            if description.strip("[]<>").casefold() in _PADDING_NAMES:
                self.log.count_note(PADDED_TAGS)
            else:
                self.log.leave_out(where, f"{column.column}:{description[:40]}", NO_TAG, description, "tag")
            return "O"
        return description

    def _place_words(self, row: Mapping[str, Any], words: list[str]) -> tuple[str, list[tuple[int, int]]]:
        """Return the text, and the ranges of its words; without a text the words joined by blanks."""
        given = row.get(self.shape.text) if self.shape.text else None
        if isinstance(given, str):
            if (places := find_words(given, words)) is not None:
                return given, places
            self.log.count_note(TEXT_REBUILT)
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
        self.log.count_note(OPEN_ROWS, found is None)
        for column in self.shape.unread if not found else ():
            tags = row.get(column)
            if any(tag not in _NO_TAGS for tag in (tags if isinstance(tags, list) else ())):
                self.log.leave_out(where, column, TAGS_WITHOUT_SPANS, kind="column")
        return self._document(
            row,
            where,
            text,
            spans=span_fields.convert_spans(raw_spans, text, where, self.log, unit),
            tokens=self._tokens(row, text),
            answer=Answer.ACCEPT if found is not None else None,
        )

    def _tokens(self, row: Mapping[str, Any], text: str) -> tuple[Token, ...]:
        words = row.get(self.shape.words) if self.shape.words else None
        if not isinstance(words, list) or not all(isinstance(x, str) for x in words) or not words:
            return ()
        places = find_words(text, words)
        self.log.count_note(TOKENS_IGNORED, places is None)
        return tuple(Token(text[s:e], s, e, text[e : e + 1] == " ") for s, e in places or () if s < e)

    def _unit(self) -> OffsetUnit:
        rows = (row for _, row in self.table.values([self.shape.text, self.shape.spans]))
        return span_fields.unit_of_records(rows, self._evidence, ALL_OFFSET_UNITS, self.table.source.name, self.log)

    def _evidence(self, row: Any) -> Iterator[span_fields.QuotedText]:
        text, found = row.get(self.shape.text), _span_objects(row.get(self.shape.spans))
        if isinstance(text, str) and found:
            pairs = ((_raw_span(x, self.shape.labels), x) for x in found)
            yield text, list(span_fields.quoted_ranges((raw, raw.quote or x.get("value")) for raw, x in pairs))


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


def _raw_span(item: dict[str, Any], names: Sequence[str]) -> span_fields.RawSpan:
    raw = span_fields.raw_span(item, _START_KEYS, _END_KEYS, _LABEL_KEYS)
    label, number = raw.label, span_fields.whole_number(raw.label)
    if names and number is not None:
        label = names[number] if 0 <= number < len(names) else None
    source, group = span_fields.first_string(item, "source"), span_fields.first_string(item, "group")
    return replace(raw, label=label, source=source, group=group)
