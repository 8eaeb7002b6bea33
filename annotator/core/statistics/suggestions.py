"""What became of the suggestions: kept as they were, changed, taken and removed again, turned down.

Told from the journal alone. What was shown and passed over nobody has recorded, so nothing is said
of it, and a taking that was undone never happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from annotator.core.statistics.deeds import Deed, Mark

Key = tuple[str, int, int, str]


@dataclass(frozen=True, slots=True)
class Outcome:
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
class _Track:
    """The suggestions that were taken so far, the spans that stand, and what was turned down."""

    taken: dict[Key, Mark] = field(default_factory=dict)
    standing: dict[Key, Mark] = field(default_factory=dict)
    undone: set[Key] = field(default_factory=set)
    rejected: dict[Key, Mark] = field(default_factory=dict)

    def did(self, deed: Deed) -> None:
        """Take in one deed."""
        for m in deed.removed:
            self.standing.pop(m.key, None)
            (self.undone.add if deed.travels else self.undone.discard)(m.key)
        for m in deed.added:
            self.standing[m.key] = m
            self.undone.discard(m.key)
            if m.source and not deed.travels and not _moved(m, deed.removed):
                self.taken[m.key] = m
        for m in deed.readmitted:
            self.rejected.pop(m.key, None)
        self.rejected.update((m.key, m) for m in deed.rejected)

    def fate(self, mark: Mark) -> str:
        """Return the fate of a suggestion that was taken; empty where it is not one of its own."""
        if mark.key in self.standing:
            return "kept"
        if mark.key in self.undone or mark.key in self.rejected:
            return ""
        return "changed" if any(_follows(mark, m) for m in self._near(mark)) else "removed"

    def _near(self, mark: Mark) -> Iterable[Mark]:
        return (m for m in self.standing.values() if m.touches(mark))


def outcomes(deeds: Iterable[Deed]) -> tuple[Outcome, ...]:
    """Return what became of the suggestions of each source and label, by source and label."""
    track = _Track()
    for deed in deeds:
        track.did(deed)
    ends = [(m.source, m.label, track.fate(m)) for m in track.taken.values()]
    ends += [(m.source, m.label, "rejected") for m in track.rejected.values()]
    return tuple(_outcome(*key, ends) for key in sorted({(s, x) for s, x, fate in ends if fate}))


def added_up(many: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Return the outcomes of several annotators together, by source and label."""
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for o in many:
        groups.setdefault((o.source, o.label), []).append(o)
    return tuple(
        Outcome(
            *key,
            sum(o.kept for o in group),
            sum(o.changed for o in group),
            sum(o.removed for o in group),
            sum(o.rejected for o in group),
        )
        for key, group in sorted(groups.items())
    )


def _outcome(source: str, label: str, ends: Sequence[tuple[str, str, str]]) -> Outcome:
    fates = [fate for s, x, fate in ends if (s, x) == (source, label)]
    return Outcome(source, label, *(fates.count(fate) for fate in ("kept", "changed", "removed", "rejected")))


def _moved(mark: Mark, removed: Iterable[Mark]) -> bool:
    """Whether a span that appears is one that was taken before, with an edge moved."""
    return any(m.source == mark.source and m.label == mark.label and m.touches(mark) for m in removed)


def _follows(mark: Mark, other: Mark) -> bool:
    """Whether a span that stands is what a suggestion was made into: moved, or of another label."""
    return mark.label == other.label or (mark.start, mark.end) == (other.start, other.end)
