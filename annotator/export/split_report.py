"""How much a split leaks, as values: ``split_audit.py`` counts it, reports and pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, to_builtins

from annotator.core.pluralize import MAX_LISTED, join_limited, pluralize


class LeakageCounts(Struct, frozen=True):
    """What dev or test have although train has it too."""

    articles: int
    """Articles of dev or test with sentences in train."""
    stories: int
    """Other articles of dev or test that are linked to one in train."""
    sentences: int
    """Sentences of dev or test that are in train word for word."""
    alike: int
    """Near-duplicates among the others."""


class SurfaceFormCounts(Struct, frozen=True):
    """The different words that one label marks in dev."""

    seen: int
    """Those that the same label marks in train too."""
    unseen: int


class QuarantineReport(Struct, frozen=True):
    """An article that was left out because it would bridge parts."""

    article: str
    title: str
    between: Sequence[str]
    """The articles that it would bridge, one of each part, by title and id."""

    @property
    def message(self) -> str:
        """Return what was left out, and why."""
        return f"{article_with_title(self.article, self.title)} would bridge {' and '.join(self.between)}"


class RegroupedArticles(Struct, frozen=True, kw_only=True):
    """The articles that a split by story has left out or moved."""

    quarantined: Sequence[QuarantineReport] = ()
    moved: Sequence[str] = ()
    """Those that ``--rebalance`` has moved, by title and id."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        return dict(to_builtins(self))

    def lines(self) -> list[str]:
        """Return them for people."""
        out = _shortened([f"quarantined: {bridge.message}" for bridge in self.quarantined])
        return out + _shortened([f"moved: {article}" for article in self.moved])


class SplitAudit(RegroupedArticles, frozen=True, kw_only=True):
    """What is known of a split."""

    sentences: Mapping[str, int]
    labels: Mapping[str, Mapping[str, int]]
    """Spans by label, by part."""
    forms: Mapping[str, SurfaceFormCounts]
    """By label, in dev."""
    leaks: LeakageCounts
    by_chance: LeakageCounts

    def lines(self) -> list[str]:
        """Return the study for people."""
        out = []
        if self.forms:
            forms = join_limited([f"{label} {f.seen} of {f.seen + f.unseen}" for label, f in self.forms.items()])
            out.append(f"in dev, words that the label marks in train too: {forms}")
        if len(self.sentences) > 1:
            out.append(f"leakage into dev and test: {_leakage_line(self.leaks)}")
            out.append(f"  by a random split of the same sentences: {_leakage_line(self.by_chance)}")
        return out + RegroupedArticles.lines(self)


def article_with_title(article: str, title: str) -> str:
    """Return title and id of an article: copies often have one title."""
    return f"“{title}” ({article})" if title != article else article


def _shortened(lines: list[str]) -> list[str]:
    """Return the first lines, and how many more there are."""
    more = len(lines) - MAX_LISTED
    return lines if more <= 0 else [*lines[:MAX_LISTED], f"  and {more} more; --json and --report have them all"]


def _leakage_line(found: LeakageCounts) -> str:
    return (
        f"{pluralize(found.articles, 'article')} in two parts, "
        f"{found.stories:,} with a copy or the same story in train, "
        f"{pluralize(found.sentences, 'sentence')} word for word, "
        f"{pluralize(found.alike, 'near-duplicate sentence')}"
    )
