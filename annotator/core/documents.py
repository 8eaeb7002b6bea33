"""Which articles are one document: the versions of one article, and all articles of one group.

A document is what a split never cuts while there are enough of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct, field

from annotator.core.article import Article, earlier_versions


class DocumentLink(NamedTuple):
    """What makes an article a part of a document."""

    article: str
    replaces: str
    group: str
    """The key of its group; empty where it has none."""


def document_link(article: Article) -> DocumentLink:
    """Return what makes an article a part of a document."""
    return DocumentLink(article.id, article.replaces, article.group.key if article.group else "")


class Documents(Struct, frozen=True):
    """The documents of a corpus; each is known by the first version of its earliest article.

    So articles that come later rename no document, unless they link two of them.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    """By article id, in the order of ingest, what its document is known by."""
    grouped: frozenset[str] = frozenset()
    """The documents of which an article has a group."""

    def members(self) -> dict[str, list[str]]:
        """Return the articles of each document, by its key, both in the order of ingest."""
        found: dict[str, list[str]] = {}
        for article, key in self.keys.items():
            found.setdefault(key, []).append(article)
        return found


def find_documents(links: Iterable[DocumentLink]) -> Documents:
    """Return the documents of all articles of a corpus, which come in the order of ingest."""
    every = {link.article: link for link in links}
    replaces = {link.article: link.replaces for link in every.values() if link.replaces}
    families = {a: earlier_versions(a, lambda x: replaces.get(x, ""))[-1] if a in replaces else a for a in every}
    ranks = {family: n for n, family in enumerate(dict.fromkeys(families.values()))}
    joined: dict[str, str] = {}  # by the first version of an article, that of an earlier one of the same document

    def root(family: str) -> str:
        while family in joined:
            family = joined[family]
        return family

    first_of_group: dict[str, str] = {}
    for article, link in every.items():
        if link.group:
            ends = {root(families[article]), root(first_of_group.setdefault(link.group, families[article]))}
            first, *later = sorted(ends, key=ranks.__getitem__)
            joined.update(dict.fromkeys(later, first))
    keys = {article: root(family) for article, family in families.items()}
    return Documents(keys, frozenset(keys[a] for a, link in every.items() if link.group))
