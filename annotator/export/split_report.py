"""How much a split leaks, as values: ``split_audit.py`` counts it, reports and pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, to_builtins

from annotator.core.pluralize import MAX_LISTED, join_limited, pluralize

SMALL_EVALUATION = 30
"""From this many documents on an interval over documents is worth something; with few clusters it is too narrow.

Where few ends is between 20 and 50: A. C. Cameron, D. L. Miller, A Practitioner's Guide to Cluster-Robust Inference,
Journal of Human Resources 50(2), 2015, section VI.
"""
_WIDE_MARGIN = 5.0
"""Points of a score to either side that are too many to compare two models."""


class PartSize(Struct, frozen=True):
    """What a part holds of a corpus; a document is an article with its versions, or all articles of a group."""

    documents: int | None
    """None where most are texts of one sentence of which the document is not known."""
    sentences: int
    spans: int

    @property
    def margin(self) -> float:
        """Return the half width, in points, of a 95 % interval of a score of 80 %, if each span were a draw by itself.

        Spans of one document are alike, so the true one is wider.
        """
        return 196 * (0.8 * 0.2 / self.spans) ** 0.5 if self.spans else 100.0

    @property
    def is_small(self) -> bool:
        """Whether a score on it means little."""
        few = self.documents is not None and self.documents < SMALL_EVALUATION
        return few or self.margin > _WIDE_MARGIN

    def __str__(self) -> str:
        counts = (self.documents, "document"), (self.sentences, "sentence"), (self.spans, "span")
        unknown = ["documents not known"] if self.documents is None else []
        return ", ".join([*unknown, *(pluralize(n, what) for n, what in counts if n is not None)])


def small_evaluation_warning(sizes: Mapping[str, PartSize]) -> str:
    """Return the warning for parts that are too small to measure by; empty where none is."""
    small = [
        f"{part} {size} (80 % is ±{size.margin:.0f} points at best)" for part, size in sizes.items() if size.is_small
    ]
    limits = f"fewer than {SMALL_EVALUATION} documents, or a 95 % interval of more than ±{_WIDE_MARGIN:.0f} points"
    return f"too small to measure by ({limits}): {'; '.join(small)}" if small else ""


LONE_SENTENCES_SHARE = 0.05
"""The share of sentences without a document from which on there is a warning."""


def lone_sentences_note(count: int) -> str:
    """Return that some texts of one sentence have no document."""
    texts = "1 one-sentence text has" if count == 1 else f"{count:,} one-sentence texts have"
    why = "leakage between documents cannot be checked"
    return f"{texts} no document: {why}; import with --group-by FIELD"


class LeakageCounts(Struct, frozen=True):
    """What dev or test have although train has it too."""

    articles: int | None
    """Documents of dev or test with sentences in train; None where most sentences have no document."""
    stories: int
    """Other documents of dev or test that are linked to one in train."""
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
    lone_sentences: int = 0
    """Texts of one sentence that have no document."""

    def lines(self) -> list[str]:
        """Return the study for people."""
        out = []
        if self.forms:
            forms = join_limited([f"{label} {f.seen} of {f.seen + f.unseen}" for label, f in self.forms.items()])
            out.append(f"in dev, words that the label marks in train too: {forms}")
        if len(self.sentences) > 1:
            out.append(f"leakage into dev and test: {_leakage_line(self.leaks)}")
            out.append(f"  by a random split of the same sentences: {_leakage_line(self.by_chance)}")
            if self.lone_sentences:
                out.append(f"  {lone_sentences_note(self.lone_sentences)}")
        return out + RegroupedArticles.lines(self)


def article_with_title(article: str, title: str) -> str:
    """Return title and id of an article: copies often have one title."""
    return f"“{title}” ({article})" if title != article else article


def _shortened(lines: list[str]) -> list[str]:
    """Return the first lines, and how many more there are."""
    more = len(lines) - MAX_LISTED
    return lines if more <= 0 else [*lines[:MAX_LISTED], f"  and {more} more; --json and --report have them all"]


def _leakage_line(found: LeakageCounts) -> str:
    documents = "documents in two parts not known"
    if found.articles is not None:
        documents = f"{pluralize(found.articles, 'document')} in two parts"
    return (
        f"{documents}, {found.stories:,} with a copy or the same story in train, "
        f"{pluralize(found.sentences, 'sentence')} word for word, "
        f"{pluralize(found.alike, 'near-duplicate sentence')}"
    )
