"""The documents that a corpus has before an import: its groups, with the rows in force in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property

from annotator.core.article import Article, ArticleGroup
from annotator.core.document_groups import Fields, GroupingField
from annotator.core.errors import DamagedArticleError
from annotator.core.group_layout import GroupRow
from annotator.storage.article_groups import read_article_groups
from annotator.storage.corpus_folder import CorpusFolder

GroupKey = tuple[str, str]
"""Field and value of a group."""
_KNOWN_FIELD = "the corpus has documents by it"


def group_key(group: ArticleGroup) -> GroupKey:
    """Return what is the same for all rows of a document."""
    return group.field, group.value


class StoredGroups:
    """What a corpus has of articles and their groups; damaged articles are in no group."""

    def __init__(self, corpus: CorpusFolder | None) -> None:
        """Point to the corpus, None for a new one; nothing is read yet."""
        self._corpus = corpus
        self._known = set(corpus.article_ids()) if corpus else set[str]()

    def newest(self, article_id: str) -> Article | None:
        """Return the version in force of an article, None where the corpus has none that can be read."""
        article: Article | None = None
        following, seen = article_id, set[str]()
        with suppress(DamagedArticleError):
            while self._corpus and following in self._known and following not in seen:
                seen.add(following)
                article = self._corpus.article(following)
                following = article.replaced_by
        return article

    @cached_property
    def documents(self) -> dict[GroupKey, list[GroupRow]]:
        """The rows in force of each document, in their order."""
        found: dict[GroupKey, list[GroupRow]] = {}
        for article in self._grouped_articles():
            if article.group and not article.replaced_by:
                row_id = str(article.meta.get("id") or "")
                row = GroupRow(article.id, article.text, article.group.position, row_id)
                found.setdefault(group_key(article.group), []).append(row)
        for rows in found.values():
            rows.sort(key=lambda row: row.position or 0)
        return found

    def _grouped_articles(self) -> Iterator[Article]:
        if not self._corpus:
            return
        for article_id in read_article_groups(self._corpus.path, self._corpus.article_ids()):
            with suppress(DamagedArticleError):
                yield self._corpus.article(article_id)

    def grouping_fields(self, rows: Sequence[Fields]) -> Iterator[GroupingField]:
        """Yield the fields by which the corpus has documents that some rows are of."""
        for name in self._field_names:
            for by_prefix in (False, True):
                field = GroupingField(name, _KNOWN_FIELD, by_prefix)
                if any((name, field.value(fields)) in self.documents for fields in rows):
                    yield field

    def fields_of_new_documents(self, rows: Sequence[Fields]) -> Iterator[GroupingField]:
        """Yield the fields by which the corpus has documents and some rows name others, as yet of one row each."""
        for name in self._field_names:
            field = GroupingField(name, _KNOWN_FIELD)
            if any(field.value(fields) for fields in rows):
                yield field

    @property
    def _field_names(self) -> list[str]:
        return list(dict.fromkeys(name for name, _ in self.documents))
