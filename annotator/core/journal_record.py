"""The journal in memory: one record a line, with the keystrokes that each edit took."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import fields, replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import Op

IMPORT_SESSION = "import"
"""What imported records name as their session: no pace is worked out from them."""


class KeystrokeKind(StrEnum):
    """The purpose of a key press."""

    LABEL = "label"
    SELECT = "select"
    CORRECT = "correct"
    ENTER = "enter"
    OTHER = "other"


class KeystrokeCounts(Struct, frozen=True, gc=False):
    """Counts of keys, one field for each ``KeystrokeKind``."""

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
    """Return the sum of several counts."""
    rows = [k.counts() for k in many]
    return KeystrokeCounts(**{kind.value: sum(r[kind.value] for r in rows) for kind in KeystrokeKind})


class Assistance(Struct, frozen=True, gc=False):
    """Whether suggestions were shown at the decision, where that is drawn by lot, and of which sources."""

    shown: bool
    sources: tuple[tuple[str, str], ...] = ()
    """The names of the sources, sorted, each with its fingerprint."""


class JournalRecord(Struct, frozen=True, gc=False):
    """One line of a journal: the whole annotation of one sentence after one edit."""

    seq: int
    """Counts from 1 in each journal, without gaps."""
    op: Op
    annotated: AnnotatedSentence
    parent: int | None = None
    """The ``seq`` of the record that this one follows on the same sentence; None for a first."""
    batch: tuple[int, int] | None = None
    """First ``seq`` and size of the batch it belongs to; an incomplete batch is void."""
    annotator: str = ""
    session: str = ""
    time: float = 0.0
    """Seconds since 1970 (UTC)."""
    keystrokes: KeystrokeCounts | None = None
    """The keys that the edit took, in the first record of a batch; None where they were not counted."""
    assistance: Assistance | None = None
    """None where nothing was drawn by lot."""
    carried_from: str = ""
    """The sentence of an earlier version of the article that a carried annotation comes from, by id; several have
    blanks between them."""
    compared: tuple[tuple[str, int], ...] = ()
    """What an adjudication has compared: annotators, sorted, each with the ``seq`` of the record in force."""
