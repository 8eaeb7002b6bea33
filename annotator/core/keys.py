"""How many keys a deed took, told apart by what they were for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from enum import StrEnum


class KeystrokeKind(StrEnum):
    """What a key that was pressed is for."""

    LABEL = "label"
    SELECT = "select"
    CORRECT = "correct"
    ENTER = "enter"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class KeystrokeCounts:
    """Counts of keys, one field for each ``KeyKind``."""

    label: int = 0
    select: int = 0
    correct: int = 0
    enter: int = 0
    other: int = 0

    def plus(self, kind: KeystrokeKind) -> KeystrokeCounts:
        """Return the counts with one key more."""
        return replace(self, **{kind.value: getattr(self, kind.value) + 1})

    def counts(self) -> dict[str, int]:
        """Return the counts by kind, in the order of the kinds."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @property
    def total(self) -> int:
        """All keys together."""
        return sum(self.counts().values())


def sum_keystrokes(many: Iterable[KeystrokeCounts]) -> KeystrokeCounts:
    """Return the counts of several deeds added up."""
    rows = [k.counts() for k in many]
    return KeystrokeCounts(**{kind.value: sum(r[kind.value] for r in rows) for kind in KeystrokeKind})
