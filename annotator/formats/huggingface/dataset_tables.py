"""The tables of a data set, and which of their columns hold the words, their tags, the text and the spans.

Parquet is read row by row, bounded in what it unpacks to; pyarrow is loaded here and nowhere else.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from itertools import islice
from typing import Any

import orjson
from msgspec import Struct

from annotator.core.errors import SourceError
from annotator.core.pluralize import pluralize
from annotator.formats.document import ConversionLog
from annotator.formats.import_source import MAX_UNPACKED_BYTES, MAX_ZIP_RATIO, FileSample, ImportSource
from annotator.formats.json_records import read_json_records, shortened_value
from annotator.formats.tag_schemes import CHUNK_TYPES, OUTSIDE_TAGS, TagNames, is_tag, unnamed_tags_message

# The features of a Hugging Face data set: which columns hold numbers of names.


_INFO_FILES = frozenset({"dataset_info.json", "dataset_infos.json"})
_LIST_TYPES = frozenset({"Sequence", "List", "LargeList", "FixedSizeList"})


def read_features(metadata: bytes, beside: Sequence[ImportSource] = ()) -> Mapping[str, Any]:
    """Return the features by column: of the file's own metadata, else of an info file beside it."""
    found = _find_features(_json_or_none(metadata))
    for file in (f for f in beside if not found and f.base in _INFO_FILES):
        try:
            found = _find_features(_json_or_none(file.read_bytes(10_000_000)))
        except SourceError:
            continue
    return found


def _json_or_none(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def _find_features(value: Any) -> Mapping[str, Any]:
    """Return the features in an ``{"info": {"features": …}}``, the info itself, or one by configuration."""
    if not isinstance(value, dict):
        return {}
    for found in (value, value.get("info"), *value.values()):
        if isinstance(found, dict) and isinstance(found.get("features"), dict):
            return dict(found["features"])
    return {}


def class_names(feature: Any, *path: str) -> list[str]:
    """Return the names of a feature's numbers, none where it has none; ``path`` leads inside."""
    inner = _unwrap_list(feature)
    for key in path:
        inner = _unwrap_list(inner.get(key)) if isinstance(inner, dict) else None
    names = inner.get("names") if isinstance(inner, dict) and inner.get("_type") == "ClassLabel" else None
    return names if isinstance(names, list) and all(isinstance(x, str) for x in names) else []


def _unwrap_list(feature: Any) -> Any:
    """Return what a list holds."""
    for _ in range(8):
        if isinstance(feature, list) and len(feature) == 1:
            feature = feature[0]
        elif isinstance(feature, dict) and feature.get("_type") in _LIST_TYPES and "feature" in feature:
            feature = feature["feature"]
    return feature


TOKEN_COLUMNS = ("tokens", "words", "token", "word", "sentence_tokens")
_TEXT_COLUMNS = ("text", "sentence", "content", "document", "body", "passage", "context")
SPAN_COLUMNS = ("spans", "entities", "ents", "ner_spans", "ner", "labels", "annotations", "mentions")
_OTHER_TAG_NAMES = ("pos", "chunk", "lemma", "dep", "head", "morph", "feats", "space", "ws", "mask", "ids")
_TAG_SAMPLE_ROWS = 1_000
"""How many rows are inspected to find what a column of tags holds."""
_DATASET_INFO_HINT = "or put the data set's dataset_info.json beside it and name the folder"


class TagColumn(Struct, frozen=True):
    """A column of tags."""

    column: str
    names: TagNames
    """The names of its numbers; none where it holds words."""
    bare: bool
    """Whether its tags are labels without prefix."""


class DatasetColumns(Struct, frozen=True):
    """The columns that count."""

    text: str = ""
    words: str = ""
    spans: str = ""
    tags: tuple[TagColumn, ...] = ()
    labels: tuple[str, ...] = ()
    """The names of the numbers of the spans' labels."""
    unread: tuple[str, ...] = ()
    """Columns of tags that repeat the spans."""
    notes: tuple[str, ...] = ()
    lost: tuple[tuple[str, str], ...] = ()
    """Columns of tags that are not read, each with the reason."""

    @property
    def columns(self) -> frozenset[str]:
        """All columns that count."""
        return frozenset({self.text, self.words, self.spans, *(t.column for t in self.tags), *self.unread} - {""})


def choose_columns(table: DatasetTable, features: Mapping[str, Any], given: TagNames) -> DatasetColumns:
    """Return the columns that count; raises SourceError, with the columns found, where there are none.

    ``given`` names the numbers of tags that the features don't name.
    """
    kinds = {name: table.kind(name) for name in table.names}
    if len(kinds) < len(table.names):
        raise table.source.error("two columns have the same name", do="rename one of them")
    words = next((c for c in TOKEN_COLUMNS if kinds.get(c) == "words"), "")
    spans = next((c for c in SPAN_COLUMNS if kinds.get(c) == "spans"), "")
    text = next((c for c in _TEXT_COLUMNS if kinds.get(c) == "text"), "")
    texts = [c for c, kind in kinds.items() if kind == "text" and c.lower() not in {"id", "uid", "meta"}]
    text = text or (texts[0] if spans and len(texts) == 1 else "")
    if spans and text:
        return _span_columns(kinds, features, text, words, spans)
    if not words:
        raise _no_columns_error(table, kinds)
    tags, notes, lost = _tag_columns(table, kinds, words, features, given)
    return DatasetColumns(text, words, tags=tags, notes=notes, lost=lost)


_LABEL_FEATURES = ("label", "type", "tag", "entity_group", "entity_type", "category", "class")


def _span_columns(
    kinds: Mapping[str, str], features: Mapping[str, Any], text: str, words: str, spans: str
) -> DatasetColumns:
    """Return the columns of a table with texts and spans; tags beside them are not read."""
    lists = [c for c, kind in kinds.items() if kind in {"words", "numbers"} and c != words]
    unread = tuple(c for c in lists if tag_column_rank(c) == 3)
    notes = tuple(f"the column {c} is not read: {spans} has the spans" for c in unread)
    labels = next((n for k in _LABEL_FEATURES if (n := class_names(features.get(spans), k))), [])
    return DatasetColumns(text, words, spans, labels=tuple(labels), unread=unread, notes=notes)


def _no_columns_error(table: DatasetTable, kinds: Mapping[str, str]) -> SourceError:
    description = ", ".join(list(kinds)[:12]) or "none"
    what = f"the table has neither `tokens` with tags nor `text` with spans (its columns: {description})"
    return table.source.error(what, do="rename its columns to these names")


def _tag_columns(
    table: DatasetTable, kinds: Mapping[str, str], words: str, features: Mapping[str, Any], given: TagNames
) -> ChosenTags:
    """Return the columns of tags that are read, and what is to be reported of the others."""
    lists = [c for c, kind in kinds.items() if kind in {"words", "numbers"} and c != words]
    rows = [row for _, row in islice(table.values([words, *lists]), _TAG_SAMPLE_ROWS)]
    found: list[tuple[TagColumn, set[str]]] = []
    unnamed: list[str] = []
    for column in sorted(lists, key=lambda c: (-tag_column_rank(c), lists.index(c))):
        names = dict(enumerate(class_names(features.get(column)))) or (given if tag_column_rank(column) > 1 else {})
        names = names if kinds[column] == "numbers" else {}
        if kinds[column] == "numbers" and not names:
            unnamed += [column] if tag_column_rank(column) > 1 else []
            continue
        if names is given:
            _check_tags_named(table, column, given)
        values = set(names.values()) - {""} or {
            tag for row in rows if isinstance(row.get(column), list) for tag in row[column] if isinstance(tag, str)
        }
        prefixed = [is_tag(t) for t in values - OUTSIDE_TAGS]
        bare = sum(prefixed) * 2 < len(prefixed)
        if tag_column_rank(column) > 1 or (tag_column_rank(column) and prefixed and not bare):
            labels = {t[2:] if is_tag(t) and t[1:2] == "-" else t for t in values - OUTSIDE_TAGS}
            found.append((TagColumn(column, names, bare), labels))
    if unnamed and (not found or tag_column_rank(unnamed[0]) > tag_column_rank(found[0][0].column)):
        _check_tags_named(table, unnamed[0], given)
    if not found:
        raise _no_columns_error(table, kinds)
    tags, notes, lost = _chosen_tag_columns(found, rows)
    return tags, notes, (*lost, *((column, NUMBERS_UNREAD) for column in unnamed))


def _check_tags_named(table: DatasetTable, column: str, given: TagNames) -> None:
    """Raise SourceError where a number in a column of tags has no name."""
    lists = (row.get(column) for _, row in table.values([column]))
    counts = Counter(x for found in lists if isinstance(found, list) for x in found if type(x) is int)
    if message := unnamed_tags_message(counts, given):
        raise table.source.error(f"the tags in `{column}` {message[0]}", do=f"{message[1]}, {_DATASET_INFO_HINT}")


ChosenTags = tuple[tuple[TagColumn, ...], tuple[str, ...], tuple[tuple[str, str], ...]]
"""The columns of tags that are read, notes, and the columns that are lost, each with the reason."""

LABELS_UNREAD = "a column of other labels without B- and I-, beside a column of tags"
NUMBERS_UNREAD = "a column of numbers that may be tags and have no names, beside a column of tags"


def _chosen_tag_columns(found: list[tuple[TagColumn, set[str]]], rows: list[dict[str, Any]]) -> ChosenTags:
    """Return what becomes of columns of tags: all with B- and I- are layers, but for chunks beside another one."""
    found = sorted(found, key=lambda pair: bool(pair[1]) and pair[1] <= CHUNK_TYPES)
    (first, labels), rest = found[0], found[1:]
    taken, notes, lost = [first], list[str](), list[tuple[str, str]]()
    for tags, values in rest:
        if all(_tags_as_words(r, tags) == _tags_as_words(r, first) for r in rows):
            notes.append(f"the column {tags.column} repeats {first.column}: not read")
        elif values and values <= CHUNK_TYPES:
            notes.append(f"the column {tags.column} holds chunks (NP, VP, …), which are not read")
        elif tags.bare and not (first.bare and values & labels):
            lost += [(tags.column, LABELS_UNREAD)] if values else []
        elif values:
            taken.append(tags)
    if len(taken) > 1:
        description = ", ".join(t.column for t in taken)
        notes.append(f"columns {description} hold tags: each is a layer, and all are read")
    return tuple(taken), tuple(notes), tuple(lost)


def tag_column_rank(column: str) -> int:
    """Return how likely a column holds the tags of entities, by its name; 0 for other tags."""
    description = column.lower()
    if "ner" in description.replace("inner", "") or "entit" in description:
        return 3
    if any(x in description.split("_") or description.startswith(x) for x in _OTHER_TAG_NAMES):
        return 0
    return 2 if any(x in description for x in ("tag", "label", "bio", "iob")) else 1


def _tags_as_words(row: Mapping[str, Any], tags: TagColumn) -> Any:
    """Return a row's tags as words."""
    found = row.get(tags.column)
    if not tags.names or not isinstance(found, list):
        return found
    return [tags.names.get(x, x) if type(x) is int else x for x in found]


# JSONL, or a JSON list, whose rows have the columns of a data set: ``tokens`` with tags.


_KIND_SAMPLE_ROWS = 1_000
"""How many rows are inspected to find what a column holds."""


def detect_json_rows(sample: FileSample) -> str:
    """Return which columns of a sample are words and their tags, empty where none are."""
    return next((why for row in sample.json_values() if isinstance(row, dict) and (why := _detect_row(row))), "")


def _detect_row(row: Mapping[str, Any]) -> str:
    if isinstance(row.get("text"), str) and any(isinstance(row.get(key), list) for key in SPAN_COLUMNS[:3]):
        return ""  # a text with spans holds more than its tags
    pairs = ((words, tags) for words, tags in _words_and_tags(row) if len(row[words]) == len(row[tags]))
    return next((f"its rows have `{words}` and `{tags}`" for words, tags in pairs), "")


def _words_and_tags(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the column of words with each column that may hold their tags."""
    if words := next((key for key in TOKEN_COLUMNS if value_kind(row.get(key)) == "words"), ""):
        lists = (k for k, x in row.items() if k != words and value_kind(x) in {"words", "numbers"})
        yield from ((words, column) for column in lists if tag_column_rank(column) > 1)


def describe_mismatched_row(row: Mapping[str, Any]) -> str:
    """Return what keeps a row from being words with their tags, where it has both; else an empty text."""
    words, column = next(_words_and_tags(row), ("", ""))
    if not words or len(row[column]) == len(row[words]):
        return ""
    tags = pluralize(len(row[column]), "tag")
    return f"`{column}` has {tags} for the {pluralize(len(row[words]), 'word')} of `{words}`"


def value_kind(value: Any) -> str:
    """Return what a value is: text, words, numbers, spans, or nothing of these."""
    if isinstance(value, str):
        return "text"
    if not isinstance(value, list) or not value:
        return ""
    for kind, type_ in (("words", str), ("numbers", int), ("spans", dict)):
        if all(isinstance(x, type_) and not isinstance(x, bool) for x in value):
            return kind
    return ""


class JsonLinesTable:
    """One file of such rows; it is read again for every pass."""

    metadata = b""

    def __init__(self, source: ImportSource, log: ConversionLog) -> None:
        """Look at the first rows; what JSON leaves open is noted in ``log``, once."""
        self.source = source
        self._log = log
        self._kinds: dict[str, str] = {}
        for _, row in islice(self._rows(), _KIND_SAMPLE_ROWS):
            for key, value in row.items():
                self._kinds[key] = self._kinds.get(key) or value_kind(value)

    @property
    def names(self) -> Sequence[str]:
        """The columns."""
        return list(self._kinds)

    def kind(self, name: str) -> str:
        """Return what a column holds: text, words, numbers, spans, or nothing of these."""
        return self._kinds[name]

    def values(self, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each row's place and the values of some columns; raises SourceError for what is no row."""
        for place, row in self._rows():
            yield place, {name: row.get(name) for name in columns}

    def _rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for place, row in read_json_records(self.source, self._log):
            if not isinstance(row, dict):
                raise SourceError("a row must be a JSON object", where=place, do="repair or remove it")
            yield place, row


HUGGINGFACE_EXTRA = "[huggingface]"
MAX_GROUP_VALUES = 100_000_000
"""The most values that a column may have in one row group."""
MAX_TEXT_CHARACTERS = 10_000_000
"""The most characters of one text."""
MAX_ROW_ITEMS = 500_000
"""The most words, tags or spans of one row, which is one sentence."""
BATCH_ROWS = 1_000
"""How many rows are taken at once."""
MAX_GROUP_BYTES = 2**31
"""The most bytes that a column may unpack to in one row group."""
SMALL_GROUP_BYTES = 2**26
"""What a column may unpack to however small the file is."""
PARQUET_MAGIC = b"PAR1"

_FOOTER_PROBE = """
import sys, pyarrow, pyarrow.parquet
found = pyarrow.parquet.read_metadata(pyarrow.BufferReader(sys.stdin.buffer.read()))
groups = [found.row_group(n) for n in range(found.num_row_groups)]
columns = [g.column(n) for g in groups for n in range(g.num_columns)]
print(max((c.num_values for c in columns), default=0))
print(max((c.total_uncompressed_size for c in columns), default=0))
"""


def import_arrow(where: str) -> tuple[Any, Any]:
    """Return pyarrow and its Parquet module; raises SourceError where the extra is not installed."""
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        extra = HUGGINGFACE_EXTRA
        do = f"run pip install 'article-annotator{extra}' (in a checkout: pip install '.{extra}')"
        raise SourceError("Parquet needs an extra that is not installed", where=where, do=do) from None


class ParquetTable:
    """One Parquet file. Strings stay coded until a row is asked for, so repeated ones take no room."""

    def __init__(self, source: ImportSource) -> None:
        """Open a file; raises SourceError where it is no Parquet or unpacks to too much."""
        self.source = source
        pa, parquet = import_arrow(source.name)
        data = source.read_bytes()
        self._check(data)
        with self._decoding():
            leaves = parquet.ParquetFile(pa.BufferReader(data)).schema
            coded = [x.path for x in leaves if x.physical_type == "BYTE_ARRAY"]
            self._file = parquet.ParquetFile(pa.BufferReader(data), read_dictionary=coded)
            self.schema = self._file.schema_arrow

    @property
    def metadata(self) -> bytes:
        """The ``huggingface`` entry of the schema's metadata, empty where there is none."""
        return bytes((self.schema.metadata or {}).get(b"huggingface", b""))

    @property
    def names(self) -> Sequence[str]:
        """The columns, a name that comes twice twice."""
        return list(self.schema.names)

    def kind(self, name: str) -> str:
        """Return what a column's values are: text, words, numbers, spans, or nothing of these."""
        return _arrow_kind(self.schema.field(name).type)

    def values(self, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each row's place and the values of some columns.

        Raises SourceError where the file is damaged, a text too long, or all of it too much.
        """
        number = size = 0
        with self._decoding():
            batches = iter(self._file.iter_batches(batch_size=BATCH_ROWS, columns=list(columns)))
        while True:
            with self._decoding():
                batch = next(batches, None)
            if batch is None:
                return
            for n in range(batch.num_rows):
                number += 1
                row = {name: self._value(batch, name, n, number) for name in columns}
                size += sum(len(x) for x in row.values() if isinstance(x, str))
                if size > MAX_UNPACKED_BYTES:
                    raise self.source.error("its texts unpack to more than 4 GiB", do="split the file")
                yield self._where(number), row

    def _where(self, row: int) -> str:
        """Return the place of a row for messages."""
        return f"{self.source.name}, row {row}"

    def _check(self, data: bytes) -> None:
        """Raise SourceError where the file unpacks to too much, or its footer is damaged.

        pyarrow 26 aborts the process on some damaged footers, when it is asked for a column's metadata
        ("terminate called … Definition level histogram size mismatch"). So a process of its own does
        that, and is given nothing but the footer.
        """
        size = int.from_bytes(data[-8:-4], "little")
        footer = data[-8 - size :] if 0 < size <= len(data) - 12 else b""
        command = [sys.executable, "-I", "-c", _FOOTER_PROBE]
        done = subprocess.run(command, input=PARQUET_MAGIC + footer, capture_output=True, check=False)  # noqa: S603  (our own)
        if done.returncode:
            raise self._broken(ValueError("its footer is damaged"))
        values, most = map(int, done.stdout.split())
        if values > MAX_GROUP_VALUES or most > MAX_GROUP_BYTES:
            limits = f"{MAX_GROUP_VALUES:,} values or {MAX_GROUP_BYTES // 2**30} GiB"
            what = f"a column has more than {limits} in one row group"
            raise self.source.error(what, do="write it with smaller row groups")
        if most > max(SMALL_GROUP_BYTES, MAX_ZIP_RATIO * len(data)):
            what = f"a column unpacks to {most:,} bytes, more than {MAX_ZIP_RATIO} times the file's size"
            raise self.source.error(what, do="write it again from where it comes")

    @contextmanager
    def _decoding(self, row: int = 0) -> Iterator[None]:
        """Turn whatever the library's decoders raise (bad UTF-8, dates out of range) into a SourceError."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  (the library raises whatever its decoders meet)
            raise self._broken(error, row) from None

    def _value(self, batch: Any, name: str, n: int, row: int) -> Any:
        with self._decoding(row):
            scalar = batch.column(name)[n]
            values = getattr(scalar, "values", None)  # of a struct it is a method
            items = len(values) if isinstance(values, Sized) else 0  # before any is unpacked
            value = scalar.as_py() if items <= MAX_ROW_ITEMS else None
        if items > MAX_ROW_ITEMS:
            what = f"`{name}` has {items:,} items, more than {MAX_ROW_ITEMS:,}"
            raise SourceError(what, where=self._where(row), do="split it into several rows")
        if isinstance(value, str) and len(value) > MAX_TEXT_CHARACTERS:
            what = f"the text has more than {MAX_TEXT_CHARACTERS:,} characters"
            raise SourceError(what, where=self._where(row), do="split the text")
        return value

    def _broken(self, error: Exception, row: int = 0) -> SourceError:
        description = shortened_value(f"{type(error).__name__}: {' '.join(str(error).split())}", 80).strip("'\"")
        where = self._where(row) if row else self.source.name
        return SourceError(f"this is no sound Parquet file ({description})", where=where, do="export it again")


def _arrow_kind(type_: Any) -> str:
    """Return what a column's values are: text, words, numbers, spans, or nothing of these."""
    description = str(type_)
    inner = getattr(type_, "value_type", None)
    if description.startswith("struct<"):
        every = [str(field.type) for field in type_]
        return "spans" if every and all("list<" in t for t in every) else ""
    if "list<" in description.split("<", 1)[0] + "<" and inner is not None:
        name = str(inner)
        kinds = {"spans": name.startswith("struct<"), "words": _is_string(name), "numbers": "int" in name[:4]}
        return next((kind for kind, is_kind in kinds.items() if is_kind), "")
    return "text" if _is_string(description) else ""


def _is_string(name: str) -> bool:
    return name in {"string", "large_string", "string_view"} or name.startswith("dictionary<values=string")


DatasetTable = ParquetTable | JsonLinesTable
"""A table of whatever kind."""
