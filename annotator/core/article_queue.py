"""The articles to go through, in order: those of one group are shown as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotator.core.article import ArticleGroup


class ArticleQueue:
    """Articles by id, the members of a group together, in the order of their positions."""

    def __init__(self, articles: Sequence[str], groups: Mapping[str, ArticleGroup]) -> None:
        """Take the articles in the order of ingest, and the groups of those that have one, by id."""
        members: dict[str, list[str]] = {}
        for article in articles:
            members.setdefault(groups[article].key if article in groups else article, []).append(article)
        for several in members.values():
            if len(several) > 1:
                several.sort(key=lambda a: groups[a].position)
        self.members = tuple(tuple(several) for several in members.values())
        """The articles of each entry."""
        self.ids = tuple(several[0] for several in self.members)
        """The id of each entry: that of its first article."""
        self.articles = tuple(a for several in self.members for a in several)
        """All articles, in the order in which they are shown."""
        self._numbers = {a: number for number, several in enumerate(self.members) for a in several}

    def __contains__(self, article: str) -> bool:
        return article in self._numbers

    def number_of(self, article: str) -> int:
        """Return the number of the entry that an article is in, from 0; raises KeyError for none."""
        return self._numbers[article]

    def entry_of(self, article: str) -> str:
        """Return the id of the entry that an article is in."""
        return self.ids[self._numbers[article]]
