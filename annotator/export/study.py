"""What a split gives away, as values: ``leakage.py`` finds it, reports and pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from annotator.core.counting import MAX_LISTED, pluralize, join_limited


@dataclass(frozen=True, slots=True)
class LeakageCounts:
    """What stands in dev or test although train knows it."""

    articles: int
    """Articles of dev or test with sentences in train."""
    stories: int
    """Other articles of dev or test that are linked to one in train."""
    sentences: int
    """Sentences of dev or test that stand in train word for word."""
    alike: int
    """Near-duplicates among the others."""


@dataclass(frozen=True, slots=True)
class SurfaceFormCounts:
    """The different words that one label marks in dev."""

    seen: int
    """Those that the same label marks in train too."""
    unseen: int


@dataclass(frozen=True, slots=True)
class QuarantineReport:
    """An article that was left out because it would bridge parts."""

    article: str
    title: str
    between: Sequence[str]
    """The articles that it would bridge, one of each part, as they are told."""

    @property
    def message(self) -> str:
        """Return what was left out, and why."""
        return f"{article_with_title(self.article, self.title)} would bridge {' and '.join(self.between)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegroupedArticles:
    """The articles that a split by story has left out or moved."""

    quarantined: Sequence[QuarantineReport] = ()
    moved: Sequence[str] = ()
    """Those that ``--rebalance`` has moved, as they are told."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return them for people."""
        out = _shortened([f"quarantined: {bridge.message}" for bridge in self.quarantined])
        return out + _shortened([f"moved: {article}" for article in self.moved])


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitAudit(RegroupedArticles):
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
        out = [f"in dev, words that the label marks in train too: {_surface_form_line(self.forms)}"] if self.forms else []
        if len(self.sentences) > 1:
            out.append(f"leakage into dev and test: {_leakage_line(self.leaks)}")
            out.append(f"  by a random split of the same sentences: {_leakage_line(self.by_chance)}")
        return out + RegroupedArticles.lines(self)


@dataclass(frozen=True, slots=True)
class SplitAuditFiles:
    """What is told of a split, and the files that show it, by name."""

    audit: RegroupedArticles | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)


def article_with_title(article: str, title: str) -> str:
    """Return what an article is called by: copies often have one title, so its id is told as well."""
    return f"“{title}” ({article})" if title != article else article


def _shortened(lines: list[str]) -> list[str]:
    """Return the first lines, and how many more there are."""
    more = len(lines) - MAX_LISTED
    return lines if more <= 0 else [*lines[:MAX_LISTED], f"  and {more} more; --json and --report have them all"]


def _surface_form_line(found: Mapping[str, SurfaceFormCounts]) -> str:
    return join_limited([f"{label} {f.seen} of {f.seen + f.unseen}" for label, f in found.items()])


def _leakage_line(found: LeakageCounts) -> str:
    description = (
        f"{pluralize(found.articles, 'article')} in two parts",
        f"{found.stories:,} with a copy or the same story in train",
        f"{pluralize(found.sentences, 'sentence')} word for word",
        pluralize(found.alike, "near-duplicate sentence"),
    )
    return ", ".join(description)
