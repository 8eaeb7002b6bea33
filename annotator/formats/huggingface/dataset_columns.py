"""Which columns of a table hold the words, their tags, the text and the spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

import orjson
from msgspec import Struct

from annotator.core.errors import SourceError
from annotator.formats.import_source import ImportSource
from annotator.formats.tag_schemes import OUTSIDE_TAGS, TagNames, is_tag, unnamed_tags_message

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


class DatasetTable(Protocol):
    """A table of whatever kind."""

    source: ImportSource

    @property
    def metadata(self) -> bytes:
        """Its own description of its columns, as JSON; empty without one."""

    @property
    def names(self) -> Sequence[str]:
        """The columns, a name that comes twice twice."""

    def kind(self, name: str) -> str:
        """Return what a column's values are: text, words, numbers, spans, or nothing of these."""

    def values(self, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each row's place and the values of some columns."""


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
    tags, notes = _tag_columns(table, kinds, words, features, given)
    return DatasetColumns(text, words, tags=tags, notes=notes)


_LABEL_FEATURES = ("label", "type", "tag", "entity_group", "entity_type", "category", "class")


def _span_columns(
    kinds: Mapping[str, str], features: Mapping[str, Any], text: str, words: str, spans: str
) -> DatasetColumns:
    """Return the columns of a table with texts and spans; tags beside them are not read."""
    lists = [c for c, kind in kinds.items() if kind in {"words", "numbers"} and c != words]
    unread = tuple(c for c in lists if tag_column_rank(c) == 3)
    notes = tuple(f"the column {c} is not read: {spans} says what is marked" for c in unread)
    labels = next((n for k in _LABEL_FEATURES if (n := class_names(features.get(spans), k))), [])
    return DatasetColumns(text, words, spans, labels=tuple(labels), unread=unread, notes=notes)


def _no_columns_error(table: DatasetTable, kinds: Mapping[str, str]) -> SourceError:
    description = ", ".join(list(kinds)[:12]) or "none"
    what = f"the table has neither `tokens` with tags nor `text` with spans (its columns: {description})"
    return table.source.error(what, do="rename its columns so")


def _tag_columns(
    table: DatasetTable, kinds: Mapping[str, str], words: str, features: Mapping[str, Any], given: TagNames
) -> tuple[tuple[TagColumn, ...], tuple[str, ...]]:
    """Return the columns of tags that are read, the same labels in all of them, and notes on the others."""
    lists = [c for c, kind in kinds.items() if kind in {"words", "numbers"} and c != words]
    rows = [row for _, row in islice(table.values([words, *lists]), _TAG_SAMPLE_ROWS)]
    found: list[tuple[TagColumn, set[str]]] = []
    unnamed = ""
    for column in sorted(lists, key=lambda c: (-tag_column_rank(c), lists.index(c))):
        names = dict(enumerate(class_names(features.get(column)))) or (given if tag_column_rank(column) > 1 else {})
        names = names if kinds[column] == "numbers" else {}
        if kinds[column] == "numbers" and not names:
            unnamed = unnamed or (column if tag_column_rank(column) > 1 else "")
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
    if unnamed and (not found or tag_column_rank(unnamed) > tag_column_rank(found[0][0].column)):
        _check_tags_named(table, unnamed, given)
    if not found:
        raise _no_columns_error(table, kinds)
    return _chosen_tag_columns(found, rows)


def _check_tags_named(table: DatasetTable, column: str, given: TagNames) -> None:
    """Raise SourceError where a number in a column of tags has no name."""
    lists = (row.get(column) for _, row in table.values([column]))
    counts = Counter(x for found in lists if isinstance(found, list) for x in found if type(x) is int)
    if message := unnamed_tags_message(counts, given):
        raise table.source.error(f"the tags in `{column}` {message[0]}", do=f"{message[1]}, {_DATASET_INFO_HINT}")


def _chosen_tag_columns(
    found: list[tuple[TagColumn, set[str]]], rows: list[dict[str, Any]]
) -> tuple[tuple[TagColumn, ...], tuple[str, ...]]:
    (first, labels), rest = found[0], found[1:]
    taken, notes = [first], []
    for tags, values in rest:
        if not values & labels or tag_column_rank(tags.column) < tag_column_rank(first.column):
            notes.append(f"the column {tags.column} holds other tags: not read")
        elif all(_tags_as_words(r, tags) == _tags_as_words(r, first) for r in rows):
            notes.append(f"the column {tags.column} says the same as {first.column}: not read")
        else:
            taken.append(tags)
    if len(taken) > 1:
        description = ", ".join(t.column for t in taken)
        notes.append(f"columns {description} hold tags of the same labels: all are read")
    return tuple(taken), tuple(notes)


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
