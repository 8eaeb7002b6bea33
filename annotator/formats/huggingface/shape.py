"""Which columns of a table hold the words, their tags, the text and the spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from annotator.core.errors import SourceError
from annotator.formats.conll.tags import OUTSIDE, is_tag
from annotator.formats.huggingface.features import names_of
from annotator.formats.numbered import Names, lacking
from annotator.formats.source import Source

WORDS = ("tokens", "words", "token", "word", "sentence_tokens")
_TEXTS = ("text", "sentence", "content", "document", "body", "passage", "context")
SPANS = ("spans", "entities", "ents", "ner_spans", "ner", "labels", "annotations", "mentions")
_NOT_NER = ("pos", "chunk", "lemma", "dep", "head", "morph", "feats", "space", "ws", "mask", "ids")
_FEW = 1_000
"""How many rows tell what a column of tags holds."""
_BESIDE = "or put the data set's dataset_info.json beside it and name the folder"


class Columns(Protocol):
    """A table of whatever kind."""

    source: Source

    @property
    def metadata(self) -> bytes:
        """What it says of its columns itself, as JSON; empty where it says nothing."""

    @property
    def names(self) -> Sequence[str]:
        """The columns, a name that comes twice twice."""

    def kind(self, name: str) -> str:
        """Return what a column's values are: text, words, numbers, spans, or nothing of these."""

    def values(self, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each row's place and the values of some columns."""


@dataclass(frozen=True, slots=True)
class Tags:
    """A column of tags."""

    column: str
    names: Names
    """What its numbers stand for; none where it holds words."""
    bare: bool
    """Whether its tags are labels without prefix."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns that count."""

    text: str = ""
    words: str = ""
    spans: str = ""
    tags: tuple[Tags, ...] = ()
    labels: tuple[str, ...] = ()
    """What the numbers of the spans' labels stand for."""
    unread: tuple[str, ...] = ()
    """Columns of tags that say what the spans say."""
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """All columns that count."""
        return frozenset(
            {self.text, self.words, self.spans, *(t.column for t in self.tags), *self.unread} - {""}
        )


def shape_of(table: Columns, features: Mapping[str, Any], given: Names) -> Shape:
    """Return the columns that count; raises SourceError where the table has none, saying what it has.

    ``given`` names the numbers of tags that the features don't name.
    """
    kinds = {name: table.kind(name) for name in table.names}
    if len(kinds) < len(table.names):
        raise table.source.error("two columns have the same name", do="rename one of them")
    words = next((c for c in WORDS if kinds.get(c) == "words"), "")
    spans = next((c for c in SPANS if kinds.get(c) == "spans"), "")
    text = next((c for c in _TEXTS if kinds.get(c) == "text"), "") or _only_text(kinds, spans)
    if spans and text:
        return _by_spans(kinds, features, text, words, spans)
    if not words:
        raise _neither(table, kinds)
    tags, notes = _tags(table, kinds, words, features, given)
    return Shape(text, words, tags=tags, notes=notes)


_LABELS = ("label", "type", "tag", "entity_group", "entity_type", "category", "class")


def _by_spans(
    kinds: Mapping[str, str], features: Mapping[str, Any], text: str, words: str, spans: str
) -> Shape:
    """Return the columns of a table with texts and spans; tags beside them are not read."""
    lists = [c for c, kind in kinds.items() if kind in {"words", "numbers"} and c != words]
    unread = tuple(c for c in lists if rank(c) == 3)
    notes = tuple(f"the column {c} is not read: {spans} says what is marked" for c in unread)
    labels = next((n for k in _LABELS if (n := names_of(features.get(spans), k))), [])
    return Shape(text, words, spans, labels=tuple(labels), unread=unread, notes=notes)


def _only_text(kinds: Mapping[str, str], spans: str) -> str:
    """Return the one column of texts, if there is just one beside the id."""
    found = [c for c, kind in kinds.items() if kind == "text" and c.lower() not in {"id", "uid", "meta"}]
    return found[0] if spans and len(found) == 1 else ""


def _neither(table: Columns, kinds: Mapping[str, str]) -> SourceError:
    description = ", ".join(list(kinds)[:12]) or "none"
    what = f"the table has neither `tokens` with tags nor `text` with spans (its columns: {description})"
    return table.source.error(what, do="rename its columns so")


def _tags(
    table: Columns, kinds: Mapping[str, str], words: str, features: Mapping[str, Any], given: Names
) -> tuple[tuple[Tags, ...], tuple[str, ...]]:
    """Return the columns of tags that are read, the same labels in all of them, and what to say of others."""
    lists = [c for c, kind in kinds.items() if kind in {"words", "numbers"} and c != words]
    rows = [row for _, row in islice(table.values([words, *lists]), _FEW)]
    found: list[tuple[Tags, set[str]]] = []
    unnamed = ""
    for column in sorted(lists, key=lambda c: (-rank(c), lists.index(c))):
        names = dict(enumerate(names_of(features.get(column)))) or (given if rank(column) > 1 else {})
        names = names if kinds[column] == "numbers" else {}
        if kinds[column] == "numbers" and not names:
            unnamed = unnamed or (column if rank(column) > 1 else "")
            continue
        if names is given:
            _check_named(table, column, given)
        said = set(names.values()) - {""} or _said(row.get(column) for row in rows)
        prefixed = [is_tag(t) for t in said - OUTSIDE]
        bare = sum(prefixed) * 2 < len(prefixed)
        if rank(column) > 1 or (rank(column) and prefixed and not bare):
            found.append((Tags(column, names, bare), _plain(said)))
    if unnamed and (not found or rank(unnamed) > rank(found[0][0].column)):
        _check_named(table, unnamed, given)
    if not found:
        raise _neither(table, kinds)
    return _chosen(found, rows)


def _check_named(table: Columns, column: str, given: Names) -> None:
    """Raise SourceError where a number in a column of tags has no name."""
    lists = (row.get(column) for _, row in table.values([column]))
    counts = Counter(x for found in lists if isinstance(found, list) for x in found if type(x) is int)
    if description := lacking(counts, given):
        raise table.source.error(f"the tags in `{column}` {description[0]}", do=f"{description[1]}, {_BESIDE}")


def _chosen(
    found: list[tuple[Tags, set[str]]], rows: list[dict[str, Any]]
) -> tuple[tuple[Tags, ...], tuple[str, ...]]:
    (first, labels), rest = found[0], found[1:]
    taken, notes = [first], []
    for tags, said in rest:
        if not said & labels or rank(tags.column) < rank(first.column):
            notes.append(f"the column {tags.column} holds other tags: not read")
        elif all(_worded(r, tags) == _worded(r, first) for r in rows):
            notes.append(f"the column {tags.column} says the same as {first.column}: not read")
        else:
            taken.append(tags)
    if len(taken) > 1:
        description = ", ".join(t.column for t in taken)
        notes.append(f"columns {description} hold tags of the same labels: all are read")
    return tuple(taken), tuple(notes)


def rank(column: str) -> int:
    """Return how much a column's name says that it holds the tags of entities; 0 for other tags."""
    description = column.lower()
    if "ner" in description.replace("inner", "") or "entit" in description:
        return 3
    if any(x in description.split("_") or description.startswith(x) for x in _NOT_NER):
        return 0
    return 2 if any(x in description for x in ("tag", "label", "bio", "iob")) else 1


def _said(lists: Iterable[Any]) -> set[str]:
    found = Counter(x for row in lists if isinstance(row, list) for x in row if isinstance(x, str))
    return set(found)


def _plain(said: set[str]) -> set[str]:
    """Return the labels without prefixes."""
    return {t[2:] if is_tag(t) and t[1:2] == "-" else t for t in said - OUTSIDE}


def _worded(row: Mapping[str, Any], tags: Tags) -> Any:
    """Return a row's tags as words."""
    found = row.get(tags.column)
    if not tags.names or not isinstance(found, list):
        return found
    return [tags.names.get(x, x) if type(x) is int else x for x in found]
