"""What a split gives away, as values: ``leakage.py`` finds it, reports and pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

_TOLD = 12


@dataclass(frozen=True, slots=True)
class Leaks:
    """What stands in dev or test although train knows it."""

    articles: int
    """Articles of dev or test with sentences in train."""
    stories: int
    """Other articles of dev or test that are linked to one in train."""
    sentences: int
    """Sentences of dev or test that stand in train word for word."""
    alike: int | None = None
    """Near-duplicates among the others; None where they were not counted."""


@dataclass(frozen=True, slots=True)
class Forms:
    """The different words that one label marks in dev."""

    seen: int
    """Those that the same label marks in train too."""
    unseen: int


@dataclass(frozen=True, slots=True)
class Study:
    """What is known of a split."""

    sentences: Mapping[str, int]
    labels: Mapping[str, Mapping[str, int]]
    """Spans by label, by part."""
    forms: Mapping[str, Forms]
    """By label, in dev."""
    leaks: Leaks
    by_chance: Leaks
    quarantined: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By the title of the article that was left out, those that it would bridge, with their parts."""
    moved: Sequence[str] = ()
    """The titles of the articles that ``--rebalance`` has moved."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return the study for people."""
        out = [f"in dev, words that the label marks in train too: {_forms(self.forms)}"] if self.forms else []
        if len(self.sentences) > 1:
            out.append(f"leakage into dev and test: {_leaks(self.leaks)}")
            out.append(f"  by a random split of the same sentences: {_leaks(self.by_chance)}")
        out += [f"quarantined: “{t}” would bridge {' and '.join(b)}" for t, b in self.quarantined.items()]
        return out + [f"moved: “{title}”" for title in self.moved]


@dataclass(frozen=True, slots=True)
class Studied:
    """A study, and the files that show it, by name."""

    study: Study | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)


def listed(told: Sequence[str]) -> str:
    """Return what is told of each label in a line, of a dozen labels at the most."""
    more = len(told) - _TOLD
    return ", ".join(told) if more <= 0 else f"{', '.join(told[:_TOLD])} and {more} labels more"


def _forms(found: Mapping[str, Forms]) -> str:
    return listed([f"{label} {f.seen} of {f.seen + f.unseen}" for label, f in found.items()])


def _leaks(found: Leaks) -> str:
    told = [
        f"{found.articles} articles in two parts",
        f"{found.stories} with a copy or the same story in train",
        f"{found.sentences} sentences word for word",
    ]
    return ", ".join(told if found.alike is None else [*told, f"{found.alike} near-duplicate sentences"])
