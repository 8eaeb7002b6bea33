"""Links the rows of imported files that are parts of one document: each stays an article, with a group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.article import Article, ArticleGroup
from annotator.core.document_groups import (
    Fields,
    GroupingField,
    choose_grouping_field,
    named_grouping_field,
    names_of_fields,
    nested_value,
    with_nested_value,
)
from annotator.core.errors import UsageError
from annotator.core.group_layout import GroupLayout, GroupRow, lay_rows
from annotator.core.pluralize import pluralize
from annotator.storage.import_transaction import ImportStaging
from annotator.workflows.stored_groups import GroupKey, StoredGroups, group_key

NO_GROUPS = "none"
"""What ``--group-by`` is called with to keep rows apart."""
_STATED = "as the export has them"
"""Why rows are grouped that an export of this program has written with their group."""
_MAX_NAMED_FIELDS = 20

_APART = "ignore the old ones if they are new versions; if FIELD means other documents here, use --group-by none"

_EXCEPTIONS = {
    "linked": ("row that the corpus had was linked", "rows that the corpus had were linked"),
    "versions": (
        "row has changed: it takes the place of an earlier version in its document",
        "rows have changed: they take the places of earlier versions in their documents",
    ),
    "unsure": (
        f"row was added beside others of its document that the files lack: {_APART}",
        f"rows were added beside others of their documents that the files lack: {_APART}",
    ),
    "absent": (
        "row of these documents is in the corpus and not in the files, and stays",
        "rows of these documents are in the corpus and not in the files, and stay",
    ),
    "in_several": (
        "text occurs in several documents by FIELD, and so in no group",
        "texts occur in several documents by FIELD, and so in no group",
    ),
    "otherwise": (
        "row stays in its document of the corpus, whose rows FIELD groups otherwise",
        "rows stay in their documents of the corpus, whose rows FIELD groups otherwise",
    ),
    "without": (
        "row names no document in FIELD (no value, a list or an object), and so is in no group",
        "rows name no document in FIELD (no value, a list or an object), and so are in no group",
    ),
}
"""What a count means, for one and for several."""


class GroupedRows(Struct, frozen=True):
    """What was grouped by one field."""

    field: str
    why: str
    rows: int
    """How many articles of the import are in a group."""
    documents: int
    linked: int = 0
    """How many of them the corpus had, without a group."""
    versions: int = 0
    """How many take the place of an earlier version."""
    unsure: int = 0
    """How many were added where the corpus has other rows, of which they may be versions."""
    absent: int = 0
    """How many rows of these documents the corpus has and the import has not."""
    in_several: int = 0
    """How many texts are in several documents, and linked to none."""
    otherwise: int = 0
    """How many stay in a document of the corpus, although the field groups its rows otherwise."""
    without: int = 0
    """How many texts have no value in the field that names a document."""

    def __str__(self) -> str:
        parts = f"{pluralize(self.rows, 'row is a part', 'rows are parts')} of {pluralize(self.documents, 'document')}"
        return f"{parts} by {self.field} ({self.why}); no span runs over two rows; --group-by none keeps them apart"

    def exceptions(self) -> Iterator[str]:
        """Yield what was there before, and what was not linked and why."""
        for name, (one, several) in _EXCEPTIONS.items():
            if n := getattr(self, name):
                yield pluralize(n, one, several).replace("FIELD", self.field)


class _Row(Struct, frozen=True):
    """A document of a file that is an article, or a part of one, by itself."""

    order: int
    """Counts the documents of the import."""
    file: int
    article: str
    fields: Fields
    """The metadata, with the title."""
    stated: ArticleGroup | None
    sentences: int


class _Text(Struct):
    """An article of the import, or of a document that it has rows of, as it is to be."""

    text: str
    meta: dict[str, Any]
    group: ArticleGroup | None = None
    stored: bool = False
    """Whether the corpus has it."""


_ValuesByDocument = dict[GroupKey, Any]
"""The documents of an article, each with the value as the file has it."""


class ImportGroups:
    """Gathers the rows of an import, and links those of one document when all of them are known."""

    def __init__(self, staging: ImportStaging, group_by: str) -> None:
        """Begin; ``group_by`` is the user's field, ``none``, or empty for the rule."""
        self._staging, self._group_by = staging, group_by
        self._rows: list[_Row] = []
        self._texts: dict[str, _Text] = {}
        self._stored = StoredGroups(staging.corpus)
        self._changes: dict[str, dict[str, Any]] = {}
        """By article, the fields of its file that change."""
        self.made: list[GroupedRows] = []
        """What was grouped, a field each."""

    def add_row(self, order: int, file: int, article: Article, sentences: int) -> Article:
        """Take in a document that was read: ``order`` counts them, ``file`` the files; return it without a group.

        A group that it has is the one that its file states; it counts unless the user has named a field.
        """
        if self._group_by != NO_GROUPS:
            newest = self._stored.newest(article.id)
            one = newest.id if newest else article.id
            if one not in self._texts:
                group = newest.group if newest else None
                self._texts[one] = _Text(
                    (newest or article).text, (newest or article).meta, group, stored=newest is not None
                )
            fields = {"title": article.title, **article.meta} if article.title else article.meta
            self._rows.append(_Row(order, file, one, fields, article.group, sentences))
        return replace(article, group=None)

    def finish(self) -> None:
        """Choose the fields and link the articles; raises UsageError for a field that no row has."""
        self._rows.sort(key=lambda row: row.order)
        if self._group_by and self._rows:
            field = named_grouping_field(self._group_by, [row.fields for row in _first_rows(self._rows)])
            if field is None:
                raise _unknown_field_error(self._group_by, self._rows)
            self._link(field, self._rows)
        else:
            by_file: dict[int, list[_Row]] = {}
            by_stated_field: dict[str, list[tuple[int, _Row]]] = {}
            for row in self._rows:
                if row.stated:
                    by_stated_field.setdefault(row.stated.field, []).append((row.stated.position, row))
                else:
                    by_file.setdefault(row.file, []).append(row)
            for name, placed in by_stated_field.items():
                in_order = [row for _, row in sorted(placed, key=lambda pair: pair[0])]
                self._link(GroupingField(name, _STATED), in_order, stated=True)
            self._link_files(list(by_file.values()))
        for article, fields in self._changes.items():
            self._staging.change_article(article, fields)

    def _link_files(self, files: list[list[_Row]]) -> None:
        """Link the rows of files, those of all files together that have the same field."""
        while files:
            field = next((f for f in self._fields(files) if any(_has_values(f, rows) for rows in files)), None)
            if not field:
                return
            self._link(field, [row for rows in files if _has_values(field, rows) for row in rows])
            files = [rows for rows in files if not _has_values(field, rows)]

    def _fields(self, files: Sequence[Sequence[_Row]]) -> Iterator[GroupingField]:
        """Yield the fields that may group rows: by which the corpus has their documents, by rule, or has others."""
        rows = _first_rows(row for rows in files for row in rows)
        fields = [row.fields for row in rows]
        yield from self._stored.grouping_fields(fields)
        sentences = 2 * sum(row.sentences == 1 for row in rows) > len(rows)
        if found := choose_grouping_field(fields, sentences=sentences):
            yield found
        yield from self._stored.fields_of_new_documents(fields)

    def _link(self, field: GroupingField, rows: Sequence[_Row], *, stated: bool = False) -> None:
        """Link the articles of some rows, each in the place of its first row; or as their files have ``stated``."""
        if self._group_by and not stated:
            self._leave_earlier_groups(field, rows)
        values = self._values_by_document(field, rows, stated=stated)
        counts = dict.fromkeys(_EXCEPTIONS, 0)
        documents: dict[GroupKey, list[str]] = {}
        all_keys = self._documents_of_articles(values)
        regrouped = self._regrouped_documents(all_keys)
        for article, keys in all_keys.items():
            group = self._texts[article].group
            if len(keys) == 1:
                documents.setdefault(next(iter(keys)), []).append(article)
                counts["linked"] += self._texts[article].stored and group is None
            elif group and group_key(group) in regrouped:
                documents.setdefault(group_key(group), []).append(article)
                counts["otherwise"] += 1
            elif keys:
                counts["in_several"] += 1
                self._link_to_none(article, values[article])
            else:
                counts["without"] += 1
        places = {row.article: row.stated.position for row in rows if row.stated and stated}
        for layout in self._lay_documents(documents, places):
            counts["versions"] += len(layout.versions)
            counts["unsure"] += len(layout.unsure)
            counts["absent"] += len(layout.absent)
        linked = sum(map(len, documents.values()))
        self.made.append(GroupedRows(field.name, field.why, linked, len(documents), **counts))

    def _documents_of_articles(self, values: Mapping[str, _ValuesByDocument]) -> dict[str, set[GroupKey]]:
        """Return the documents that each article is in, as the corpus calls them, with the one it has there."""
        others = self._other_names(values)
        found = {article: {others.get(key, key) for key in keys} for article, keys in values.items()}
        for article, keys in found.items():
            if group := self._texts[article].group:
                keys.add(group_key(group))
        return found

    def _regrouped_documents(self, found: Mapping[str, set[GroupKey]]) -> set[GroupKey]:
        """Return the documents of the corpus of which half the rows are in others too: the file groups them otherwise.

        A few rows of a document that are in others are texts that occur in several.
        """
        grouped = ((self._texts[article].group, keys) for article, keys in found.items())
        elsewhere = Counter(group_key(group) for group, keys in grouped if group and len(keys) > 1)
        there = self._stored.documents
        return {key for key, n in elsewhere.items() if n > 1 and 2 * n >= len(there.get(key, ()))}

    def _leave_earlier_groups(self, field: GroupingField, rows: Iterable[_Row]) -> None:
        """Take texts out of groups by another field, if their metadata has the user's field as the row has it."""
        for row in rows:
            text = self._texts[row.article]
            own = field.value(text.meta)
            if text.group and text.group.field != field.name and own and own == field.value(row.fields):
                self._leave_group(row.article)

    def _leave_group(self, article: str) -> None:
        text = self._texts[article]
        if text.group:
            rows = self._stored.documents.get(group_key(text.group), [])
            rows[:] = [row for row in rows if row.article != article]
        text.group = None

    def _values_by_document(
        self, field: GroupingField, rows: Sequence[_Row], *, stated: bool
    ) -> dict[str, _ValuesByDocument]:
        """Return the documents that each article is in, by its rows and by what the corpus knows of it."""
        values: dict[str, _ValuesByDocument] = {}
        for row in rows:
            found = values.setdefault(row.article, {})
            if row.stated and stated:
                found.setdefault(group_key(row.stated), row.stated.value)
            elif value := field.value(row.fields):
                found.setdefault((field.name, value), nested_value(row.fields, field.name))
        for article, found in values.items():
            text = self._texts[article]
            before = nested_value(text.meta, field.name) if found and text.stored and not text.group else None
            for given in before if isinstance(before, list) else [before]:
                if value := field.value({field.name: given}):
                    found.setdefault((field.name, value), given)
        return values

    def _other_names(self, values: Mapping[str, _ValuesByDocument]) -> dict[GroupKey, GroupKey]:
        """Return the documents that the corpus has by another field: two of their rows, or half of them, show it."""
        sizes = Counter(key for found in values.values() for key in found)
        shared: dict[GroupKey, Counter[GroupKey]] = {}
        for article, found in values.items():
            group = self._texts[article].group
            for key in found if group else ():
                if group and group.field != key[0]:
                    shared.setdefault(key, Counter())[group_key(group)] += 1
        return {
            key: there.most_common(1)[0][0]
            for key, there in shared.items()
            if len(there) == 1 and (there.total() > 1 or 2 * there.total() >= sizes[key])
        }

    def _link_to_none(self, article: str, found: _ValuesByDocument) -> None:
        """Let an article be in no group, and its metadata name all of its documents, so that it stays so."""
        text = self._texts[article]
        for name in dict.fromkeys(name for name, _ in found):
            before = nested_value(text.meta, name)
            given = [*(before if isinstance(before, list) else [before]), *found.values()]
            plain = dict.fromkeys(v for v in given if isinstance(v, str | int | float))
            if len(plain) > 1:
                text.meta = with_nested_value(text.meta, name, list(plain))
        self._leave_group(article)
        self._changes.setdefault(article, {}).update(group=None, meta=text.meta)

    def _lay_documents(
        self, documents: Mapping[GroupKey, Sequence[str]], places: Mapping[str, int]
    ) -> Iterator[GroupLayout]:
        """Lay the rows of the import on those of the corpus, and yield what became of each document."""
        there = self._stored.documents
        met = [
            self._texts[a].group is not None for key, articles in documents.items() if key in there for a in articles
        ]
        for key, articles in documents.items():
            old = [replace(row, fixed=row.article in self._texts) for row in there.get(key, ())]
            new = [self._row(a, places.get(a), fixed=self._texts[a].stored) for a in articles]
            layout = lay_rows(old, new, known_source=2 * sum(met) >= len(met) > 0)
            self._take_layout(key, layout, {row.article: row for row in (*new, *old)})
            yield layout

    def _row(self, article: str, place: int | None, *, fixed: bool) -> GroupRow:
        text = self._texts[article]
        return GroupRow(article, text.text, place, str(text.meta.get("id") or ""), fixed)

    def _take_layout(self, key: GroupKey, layout: GroupLayout, rows: Mapping[str, GroupRow]) -> None:
        """Note what changes in the articles of a document."""
        replaced = set(layout.versions.values())
        before = {row.article: row.position for row in self._stored.documents.get(key, ())}
        for article, position in layout.positions.items():
            group = ArticleGroup(*key, position)
            if article in self._texts:
                self._texts[article].group = group
            if before.get(article) != position:
                self._changes.setdefault(article, {})["group"] = group
        for new, old in layout.versions.items():
            self._changes.setdefault(new, {})["replaces"] = old
            self._changes.setdefault(old, {})["replaced_by"] = new
        self._stored.documents[key] = [
            replace(rows[a], position=n) for a, n in layout.positions.items() if a not in replaced
        ]


def _has_values(field: GroupingField, rows: Sequence[_Row]) -> bool:
    """Return True if half of the rows or more name a document."""
    return 2 * sum(bool(field.value(row.fields)) for row in rows) >= len(rows)


def _first_rows(rows: Iterable[_Row]) -> list[_Row]:
    """Return the first row of each article."""
    found: dict[str, _Row] = {}
    for row in rows:
        found.setdefault(row.article, row)
    return list(found.values())


def _unknown_field_error(name: str, rows: Iterable[_Row]) -> UsageError:
    names = names_of_fields(row.fields for row in rows)
    listed = ", ".join(names[:_MAX_NAMED_FIELDS]) + (" and more" if len(names) > _MAX_NAMED_FIELDS else "")
    has_some = any(nested_value(row.fields, name) is not None for row in rows)
    what = f"--group-by {name}: the rows have {'no text or number' if has_some else 'nothing'} in this field"
    do = f"name one of {listed}, or give --group-by none" if names else "leave it out: the rows have no metadata"
    return UsageError(what, do=do)
