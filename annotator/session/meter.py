"""What a session measures while one works: the keys of each deed, and whether it goes too fast to be read."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.core.annotation import Work
from annotator.core.edits import Op
from annotator.core.keys import KeyKind, Keys
from annotator.core.statistics.deeds import deed_of
from annotator.core.statistics.haste import Haste, HasteWatch


class Meter:
    """Counts the keys since the last deed and watches over the pace."""

    def __init__(self) -> None:
        """Start with nothing counted: a session that no screen drives has no keys."""
        self._keys: Keys | None = None
        self._watch = HasteWatch()
        self.haste: Haste | None = None
        """The hasty stretch that the last deed has ended, if it did."""

    def press(self, kind: KeyKind) -> None:
        """Count a key."""
        self._keys = (self._keys or Keys()).plus(kind)

    def keys(self) -> Keys | None:
        """Return the keys since the last deed and start anew; None where nobody counts."""
        counted = self._keys
        if counted is not None:
            self._keys = Keys()
        return counted

    def did(self, op: Op, before: Sequence[Work], after: Sequence[Work], time: float) -> None:
        """Look at the pace of a deed that was saved at ``time``, in seconds."""
        self.haste = self._watch.did(deed_of(op, before, after, time=time))
