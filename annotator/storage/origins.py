"""Which article is the newest version of an origin, learnt from each article once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Origins:
    """The articles of each origin in the order of ingest, and those that another one replaces."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: set[str] = set()
        self._by_origin: dict[str, list[str]] = {}
        self._replaced: set[str] = set()

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._known

    def learn(self, data: Mapping[str, Any]) -> None:
        """Take in an article's JSON; again, when it was changed."""
        if data["id"] not in self._known:
            self._known.add(data["id"])
            self._by_origin.setdefault(str(data.get("origin", "")), []).append(data["id"])
        if data.get("replaced_by"):
            self._replaced.add(data["id"])
        # Said by the new version too: a crash can come between its commit and the mark on the old one.
        if data.get("replaces"):
            self._replaced.add(data["replaces"])

    def newest(self, origin: str) -> str | None:
        """Return the id of the last article of an origin that no other replaces, or None."""
        ids = self._by_origin.get(origin, [])
        return next((x for x in reversed(ids) if x not in self._replaced), None)
