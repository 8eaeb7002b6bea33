"""Links the rows of imported files that are parts of one document: each stays an article, with a group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
)
from annotator.core.errors import UsageError
from annotator.core.pluralize import pluralize
from annotator.storage.import_transaction import ImportStaging

NO_GROUPS = "none"
"""What ``--group-by`` is called with to keep rows apart."""
_MAX_NAMED_FIELDS = 20


class _Row(Struct, frozen=True):
    """A document of a file that is an article, or a part of one, by itself."""

    order: int
    """Counts the documents of the import."""
    file: int
    article: str
    fields: Fields
    sentences: int


class GroupedRows(Struct, frozen=True):
    """What was grouped by one field."""

    field: str
    why: str
    rows: int
    """How many articles were linked."""
    documents: int
    in_several: int = 0
    """How many texts are in several documents, and linked to none."""
    without: int = 0
    """How many texts have no value in the field that names a document."""

    def __str__(self) -> str:
        parts = f"{pluralize(self.rows, 'row is a part', 'rows are parts')} of {pluralize(self.documents, 'document')}"
        return f"{parts} by {self.field} ({self.why}); no span runs over two rows; --group-by none keeps them apart"

    def exceptions(self) -> Iterator[str]:
        """Yield what was not linked and why."""
        if self.in_several:
            texts = pluralize(self.in_several, "text occurs", "texts occur")
            yield f"{texts} in several documents by {self.field}, and so in no group"
        if self.without:
            rows = pluralize(self.without, "row names", "rows name")
            yield f"{rows} no document in {self.field} (no value, a list or an object), and so in no group"


class ImportGroups:
    """Gathers the rows of an import, and links those of one document when all of them are known."""

    def __init__(self, staging: ImportStaging, group_by: str) -> None:
        """Begin; ``group_by`` is the user's field, ``none``, or empty for the rule."""
        self._staging, self._group_by = staging, group_by
        self._rows: list[_Row] = []
        self._carried: dict[str, list[str]] = {}
        """By field, the documents of the rows that an export has linked before."""
        self.made: list[GroupedRows] = []
        """What was grouped, a field each."""

    def add_row(self, order: int, file: int, article: Article, sentences: int) -> None:
        """Take in a document that was read: ``order`` counts them, ``file`` the files."""
        if article.group and not self._group_by:
            self._carried.setdefault(article.group.field, []).append(article.group.value)
        elif self._group_by != NO_GROUPS:
            fields = article.meta if not article.title else {"title": article.title, **article.meta}
            self._rows.append(_Row(order, file, article.id, fields, sentences))

    def finish(self) -> None:
        """Choose the fields and link the articles; raises UsageError for a field that no row has."""
        for name, values in self._carried.items():
            self.made.append(GroupedRows(name, "as the export has them", len(values), len(set(values))))
        self._rows.sort(key=lambda row: row.order)
        by_file: dict[int, list[_Row]] = {}
        for row in self._rows:
            by_file.setdefault(row.file, []).append(row)
        if self._group_by and self._rows:
            field = named_grouping_field(self._group_by, [row.fields for row in self._rows])
            if field is None:
                raise _unknown_field_error(self._group_by, self._rows)
            self._link(field, self._rows)
            return
        waiting = list(by_file.values())
        while waiting:
            rows = _first_rows(row for rows in waiting for row in rows)
            field = self._choose_field(rows)
            if field is None:
                return
            taken = [rows for rows in waiting if 2 * sum(bool(field.value(r.fields)) for r in rows) >= len(rows)]
            if not taken:
                return
            self._link(field, [row for rows in taken for row in rows])
            waiting = [rows for rows in waiting if rows not in taken]

    def _choose_field(self, rows: list[_Row]) -> GroupingField | None:
        single = sum(row.sentences == 1 for row in rows)
        return choose_grouping_field([row.fields for row in rows], sentences=2 * single > len(rows))

    def _link(self, field: GroupingField, rows: list[_Row]) -> None:
        """Link the articles of some rows, each in the place of its first row."""
        values: dict[str, dict[str, Any]] = {}
        for row in rows:
            of_article = values.setdefault(row.article, {})
            if value := field.value(row.fields):
                of_article.setdefault(value, nested_value(row.fields, field.name))
        sizes: dict[str, int] = {}
        in_several = without = 0
        for article, found in values.items():
            if len(found) == 1:
                (value,) = found
                position = sizes[value] = sizes.get(value, -1) + 1
                self._set_group(article, ArticleGroup(field.name, value, position))
            elif found:
                in_several += 1
                self._state_all_values(article, field.name, list(found.values()))
            else:
                without += 1
        linked = sum(sizes.values()) + len(sizes)
        self.made.append(GroupedRows(field.name, field.why, linked, len(sizes), in_several, without))

    def _set_group(self, article: str, group: ArticleGroup) -> None:
        if self._staging.has_article(article):
            self._staging.change_article(article, lambda x: replace(x, group=group))

    def _state_all_values(self, article: str, name: str, values: list[Any]) -> None:
        """Let the metadata of a text in several documents name all of them: a list links it to none from now on."""
        if self._staging.has_article(article):
            self._staging.change_article(article, lambda x: replace(x, meta=_with_field(x.meta, name, values)))


def _first_rows(rows: Iterable[_Row]) -> list[_Row]:
    """Return the first row of each article."""
    found: dict[str, _Row] = {}
    for row in rows:
        found.setdefault(row.article, row)
    return list(found.values())


def _with_field(fields: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """Return metadata with another value of a field, which may be nested."""
    first, _, rest = name.partition(".")
    if name in fields or not rest:
        return {**fields, name: value}
    return {**fields, first: _with_field(fields[first], rest, value)}


def _unknown_field_error(name: str, rows: list[_Row]) -> UsageError:
    names = names_of_fields(row.fields for row in rows)
    listed = ", ".join(names[:_MAX_NAMED_FIELDS]) + (" and more" if len(names) > _MAX_NAMED_FIELDS else "")
    has_none = any(nested_value(row.fields, name) is not None for row in rows)
    what = f"--group-by {name}: the rows have {'no text or number' if has_none else 'nothing'} in this field"
    do = f"name one of {listed}; or give none" if names else "leave it out: the rows have no metadata"
    return UsageError(what, do=do)
