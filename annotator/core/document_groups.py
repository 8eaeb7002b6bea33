"""Finds the field of the metadata with the document that the rows of a file belong to.

A field groups if several rows have the same value. One whose name means a document is taken wherever its values
are, and for a file of one document; of the others one whose values repeat in runs, as the sentences of a document
follow each other, and the one with the most groups of these. Categories, such as the publisher, come back later in a
file or hold most of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import Any

from msgspec import Struct

Fields = Mapping[str, Any]
"""The metadata of a row, nested as the file has them."""

_DOCUMENT_NAMES = (
    *("doc", "docid", "docname", "docno", "document", "documentid", "documentname", "article", "articleid"),
    *("url", "uri", "articleurl", "pageurl", "sourceurl", "story", "storyid", "sourceid", "fromdocument"),
    *("dok", "dokid", "dokument", "dokumentid", "artikel", "artikelid"),
)
"""Names that mean a document, without signs and capitals; the first one that groups is taken."""
_CATEGORY_NAMES = frozenset(
    (
        *("split", "part", "fold", "set", "subset", "partition", "lang", "language", "locale", "publisher"),
        *("genre", "domain", "section", "topic", "category", "class", "label", "type", "kind", "status", "state"),
        *("version", "date", "year", "month", "day", "time", "timestamp", "author", "annotator", "user"),
        *("username", "reviewer", "answer", "batch", "priority", "license", "licence", "sprache", "verlag"),
        *("datum", "autor", "kategorie", "ressort", "note", "comment", "description", "par", "paragraph"),
        *("paragraphid", "parid", "sent", "sentid", "sentence", "sentenceid", "chunk", "chunkid", "turn"),
        *("line", "lineno", "index", "row", "offset", "start", "end", "docstart", "origin", "from", "tokens"),
    )
)
"""Names that mean a category, or a part or place within a document."""
_CATEGORY_VALUES = frozenset(
    ("train", "training", "dev", "development", "devel", "val", "valid", "validation", "eval", "test", "testing")
)
_WRAPPER_NAMES = frozenset({"meta", "metadata", "data", "info", "origin"})
_MAX_DEPTH = 4
_MAX_VALUE_LENGTH = 1_000
"""Longer texts, in code points, are no names of documents."""
_MAX_MEAN_SIZE = 300
"""The most rows that a document has on the average, where only runs speak for one."""
_SMALL_GROUP = 100
"""So many rows of one value are no sign of a category, even if they are most of a file."""
_MAX_RETURNS = 0.05
"""The share of values that may come back after others, where values repeat in runs."""
_ENTRY_ID = re.compile(
    r"(?P<document>[0-9a-f]{12,64}):\d+-(?P<end>\d+)"  # a sentence's id of this program
    r"|(?P<prefix>.*[^\W_].*?)(?:[^\w\s]|_)+(?:s|sent|sentence|satz|line|row)?(?:[^\w\s]|_)*(?P<number>\d{1,9})",
    re.DOTALL,
)
_DATE = re.compile(r"\d{4}[-_./]\d{1,2}[-_./]\d{1,2}")


class GroupingField(Struct, frozen=True):
    """A field that groups rows, and why it does."""

    name: str
    """With dots between the names where it is nested."""
    why: str
    by_prefix: bool = False
    """Whether rows of one document share what precedes the number at the end of the value."""

    def value(self, fields: Fields) -> str:
        """Return the document of a row, empty for none."""
        text = plain_value(nested_value(fields, self.name))
        return id_prefix(text)[0] if self.by_prefix else text


def nested_value(fields: Fields, name: str) -> Any:
    """Return the value of a field, which dots in its name look for in nested ones; None where there is none."""
    if name in fields:
        return fields[name]
    first, _, rest = name.partition(".")
    inner = fields.get(first)
    return nested_value(inner, rest) if rest and isinstance(inner, Mapping) else None


def with_nested_value(fields: Fields, name: str, value: Any) -> dict[str, Any]:
    """Return metadata with another value of a field, which dots in its name look for in nested ones."""
    first, _, rest = name.partition(".")
    inner = fields.get(first)
    if name in fields or not (rest and isinstance(inner, Mapping)):
        return {**fields, name: value}
    return {**fields, first: with_nested_value(inner, rest, value)}


def plain_value(value: Any) -> str:
    """Return a text or whole number (1.0 is one) as a text; of a list of one its value; empty for all else."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if _is_whole_number(value):
        return str(int(value))
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= _MAX_VALUE_LENGTH else ""


def _is_whole_number(value: Any) -> bool:
    return (isinstance(value, float) and value.is_integer()) or (isinstance(value, int) and not isinstance(value, bool))


def id_prefix(text: str) -> tuple[str, int]:
    """Return the document in an id that ends in a number, and the number; an empty text for any other id."""
    found = None if _DATE.fullmatch(text) else _ENTRY_ID.fullmatch(text)
    if not found:
        return "", 0
    return found["document"] or found["prefix"], int(found["end"] or found["number"])


def names_of_fields(rows: Iterable[Fields]) -> list[str]:
    """Return the names of all fields of some rows, nested ones with dots, in the order of the file."""
    return list(dict.fromkeys(name for fields in rows for name, _ in _flat_fields(fields)))


def _flat_fields(fields: Fields, depth: int = _MAX_DEPTH) -> Iterator[tuple[str, Any]]:
    for key, value in fields.items():
        if isinstance(value, Mapping) and depth > 1:
            yield from ((f"{key}.{name}", inner) for name, inner in _flat_fields(value, depth - 1))
        else:
            yield key, value


class _Column(Struct, frozen=True, dict=True):
    """The values of one field in the rows that have one, in their order."""

    name: str
    values: tuple[str, ...]
    numbers: tuple[int, ...] = ()
    """The numbers at the end of ids, where the values are what precedes them."""
    all_whole_numbers: bool = False

    @cached_property
    def sizes(self) -> Counter[str]:
        """How many rows each value has."""
        return Counter(self.values)

    @property
    def groups(self) -> bool:
        """Whether there are several values, and one of them in several rows."""
        return 1 < len(self.sizes) < len(self.values)

    @property
    def is_one_document(self) -> bool:
        """Whether all rows have one value, and are no more than a document has."""
        return len(self.sizes) == 1 < len(self.values) <= _MAX_MEAN_SIZE

    @cached_property
    def plain_name(self) -> str:
        """The name without signs, capitals and what only wraps it."""
        *wrappers, last = self.name.split(".")
        own = [last] if all(w.lower() in _WRAPPER_NAMES for w in wrappers) else [*wrappers, last]
        return re.sub(r"[\W_]+", "", "".join(own)).lower()

    @property
    def document_rank(self) -> int:
        """The place of the name among those that mean a document; -1 for another name."""
        is_document = self.plain_name in _DOCUMENT_NAMES and not self.numbers
        return _DOCUMENT_NAMES.index(self.plain_name) if is_document else -1

    def repeats_in_runs(self) -> bool:
        """Return True if the rows of each value follow each other, as those of a document do."""
        runs = [value for value, _ in groupby(self.values)]
        repeated = sum(n for n in self.sizes.values() if n > 1)
        return self.groups and len(runs) <= len(self.sizes) * (1 + _MAX_RETURNS) and 2 * repeated >= len(self.values)

    def may_be_documents(self) -> bool:
        """Return True unless name, values or sizes are those of a category or of a place in a document."""
        if self.all_whole_numbers and not self.plain_name.endswith("id"):
            return False
        is_category = self.plain_name in _CATEGORY_NAMES and not self.numbers
        if is_category or any(value.lower() in _CATEGORY_VALUES for value in self.sizes):
            return False
        rows, largest = len(self.values), max(self.sizes.values())
        return rows <= _MAX_MEAN_SIZE * len(self.sizes) and largest <= max(_SMALL_GROUP, rows // 2)

    def counts_on(self) -> bool:
        """Return True unless the values are of ids, and the numbers in them do not rise within a document."""
        pairs = zip(self.values, self.values[1:], self.numbers, self.numbers[1:], strict=False)
        return all(a != b or m < n for a, b, m, n in pairs)


def choose_grouping_field(rows: Sequence[Fields], *, sentences: bool) -> GroupingField | None:
    """Return the field with the document of each row, None where no field has it.

    Fields that only runs of values speak for count where the rows are ``sentences``.
    """
    columns = list(_columns(rows))
    named = [c for c in columns if c.document_rank >= 0 and (c.groups or c.is_one_document)]
    if named:
        best = min(named, key=lambda c: (not c.groups, c.document_rank))
        where = "repeat in runs" if best.repeats_in_runs() or not best.groups else "repeat"
        return GroupingField(best.name, f"its name means a document, and values {where}")
    if not sentences:
        return None
    in_runs = [c for c in columns if 2 * len(c.values) >= len(rows) and c.may_be_documents()]
    in_runs = [c for c in in_runs if c.repeats_in_runs() and c.counts_on()]
    if not in_runs:
        return None
    best = max(in_runs, key=lambda c: (len(c.sizes), not c.numbers))
    why = "ids of one prefix follow each other" if best.numbers else "values repeat in runs"
    return GroupingField(best.name, why, bool(best.numbers))


def named_grouping_field(given: str, rows: Sequence[Fields]) -> GroupingField | None:
    """Return the field that a user names, ``meta.`` before it or not; None where no row has a value there."""
    for name in dict.fromkeys((given, given.removeprefix("meta."))):
        values = [text for fields in rows if (text := plain_value(nested_value(fields, name)))]
        if values:
            prefixes = {id_prefix(v)[0] for v in values}
            by_prefix = len(prefixes) < len(set(values)) == len(values) and "" not in prefixes
            return GroupingField(name, "as --group-by asks", by_prefix)
    return None


def _has_prefix(text: str) -> bool:
    return bool(id_prefix(text)[0])


def _columns(rows: Sequence[Fields]) -> Iterator[_Column]:
    """Yield the values of each field, and what precedes the numbers at their end where all end in one."""
    found: dict[str, list[Any]] = {}
    for fields in rows:
        for name, value in _flat_fields(fields):
            found.setdefault(name, []).append(value)
    for name, values in found.items():
        texts = tuple(text for value in values if (text := plain_value(value)))
        if not texts:
            continue
        yield _Column(name, texts, all_whole_numbers=all(map(_is_whole_number, values)))
        if len(set(texts)) == len(texts) > 1 and all(map(_has_prefix, texts)):
            prefixes = [id_prefix(text) for text in texts]
            yield _Column(name, tuple(p for p, _ in prefixes), tuple(n for _, n in prefixes))
