"""Which articles of a source are in the queue, learnt from each article once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class SourceIndex:
    """The articles that came from each source, in the order of ingest, and which of them are replaced."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known_ids: set[str] = set()
        self._by_source: dict[str, list[str]] = {}
        self._replaced_ids: set[str] = set()

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._known_ids

    def add(self, data: Mapping[str, Any]) -> None:
        """Take in an article's JSON; again, when it was changed."""
        article_id = data["id"]
        if article_id not in self._known_ids:
            self._known_ids.add(article_id)
            self._by_source.setdefault(str(data.get("came_from", "")), []).append(article_id)
        (self._replaced_ids.add if data.get("replaced_by") else self._replaced_ids.discard)(article_id)

    def article_ids(self, source: str) -> tuple[str, ...]:
        """Return the articles of a source that no other replaces; none where the source is empty."""
        ids = self._by_source.get(source, []) if source else []
        return tuple(x for x in ids if x not in self._replaced_ids)
