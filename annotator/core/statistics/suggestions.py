"""What became of the suggestions: kept as they were, changed, taken and removed again, turned down.

Told from the journal alone. What was shown and passed over nobody has recorded, so nothing is said
of it, and a taking that was undone never happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from annotator.core.statistics.deeds import EditEvent, ArticleSpan

ArticleSpanKey = tuple[str, int, int, str]


@dataclass(frozen=True, slots=True)
class SuggestionOutcome:
    """How often suggestions of one source and label ended in which way."""

    source: str
    label: str
    kept: int = 0
    changed: int = 0
    """Taken, and then an edge moved or the label changed."""
    removed: int = 0
    """Taken, and later removed."""
    rejected: int = 0
    """Turned down without taking them."""

    @property
    def judged(self) -> int:
        """All that somebody has decided about."""
        return self.kept + self.changed + self.removed + self.rejected

    @property
    def kept_share(self) -> float:
        """The share that was right as it was proposed."""
        return self.kept / self.judged if self.judged else 0.0


@dataclass(slots=True)
class _SuggestionTracker:
    """The suggestions that were taken so far, the spans that stand, and what was turned down."""

    accepted: dict[ArticleSpanKey, ArticleSpan] = field(default_factory=dict)
    current: dict[ArticleSpanKey, ArticleSpan] = field(default_factory=dict)
    undone: set[ArticleSpanKey] = field(default_factory=set)
    rejected: dict[ArticleSpanKey, ArticleSpan] = field(default_factory=dict)

    def record_event(self, event: EditEvent) -> None:
        """Take in one deed."""
        for m in event.removed:
            self.current.pop(m.key, None)
            (self.undone.add if event.is_undo_or_redo else self.undone.discard)(m.key)
        for m in event.added:
            self.current[m.key] = m
            self.undone.discard(m.key)
            if m.source and not event.is_undo_or_redo and not _is_moved_span(m, event.removed):
                self.accepted[m.key] = m
        for m in event.unrejected:
            self.rejected.pop(m.key, None)
        self.rejected.update((m.key, m) for m in event.rejected)

    def outcome_of(self, span: ArticleSpan) -> str:
        """Return the fate of a suggestion that was taken; empty where it is not one of its own."""
        if span.key in self.current:
            return "kept"
        if span.key in self.undone or span.key in self.rejected:
            return ""
        return "changed" if any(_is_successor(span, m) for m in self._overlapping(span)) else "removed"

    def _overlapping(self, span: ArticleSpan) -> Iterable[ArticleSpan]:
        return (m for m in self.current.values() if m.overlaps(span))


def suggestion_outcomes(events: Iterable[EditEvent]) -> tuple[SuggestionOutcome, ...]:
    """Return what became of the suggestions of each source and label, by source and label."""
    tracker = _SuggestionTracker()
    for event in events:
        tracker.record_event(event)
    ends = [(m.source, m.label, tracker.outcome_of(m)) for m in tracker.accepted.values()]
    ends += [(m.source, m.label, "rejected") for m in tracker.rejected.values()]
    return tuple(_count_outcomes(*key, ends) for key in sorted({(s, x) for s, x, outcome in ends if outcome}))


def sum_outcomes(many: Iterable[SuggestionOutcome]) -> tuple[SuggestionOutcome, ...]:
    """Return the outcomes of several annotators together, by source and label."""
    groups: dict[tuple[str, str], list[SuggestionOutcome]] = {}
    for o in many:
        groups.setdefault((o.source, o.label), []).append(o)
    return tuple(
        SuggestionOutcome(
            *key,
            sum(o.kept for o in group),
            sum(o.changed for o in group),
            sum(o.removed for o in group),
            sum(o.rejected for o in group),
        )
        for key, group in sorted(groups.items())
    )


def _count_outcomes(source: str, label: str, ends: Sequence[tuple[str, str, str]]) -> SuggestionOutcome:
    outcomes = [outcome for s, x, outcome in ends if (s, x) == (source, label)]
    return SuggestionOutcome(source, label, *(outcomes.count(outcome) for outcome in ("kept", "changed", "removed", "rejected")))


def _is_moved_span(span: ArticleSpan, removed: Iterable[ArticleSpan]) -> bool:
    """Whether a span that appears is one that was taken before, with an edge moved."""
    return any(m.source == span.source and m.label == span.label and m.overlaps(span) for m in removed)


def _is_successor(span: ArticleSpan, other: ArticleSpan) -> bool:
    """Whether a span that stands is what a suggestion was made into: moved, or of another label."""
    return span.label == other.label or (span.start, span.end) == (other.start, other.end)
