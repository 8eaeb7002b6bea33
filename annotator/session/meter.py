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
        self._keystrokes: Keys | None = None
        self._speed_monitor = HasteWatch()
        self.speed_warning: Haste | None = None
        """The hasty stretch that the last deed has ended, if it did."""

    def count_keystroke(self, kind: KeyKind) -> None:
        """Count a key."""
        self._keystrokes = (self._keystrokes or Keys()).plus(kind)

    def take_keystrokes(self) -> Keys | None:
        """Return the keys since the last deed and start anew; None where nobody counts."""
        counted = self._keystrokes
        if counted is not None:
            self._keystrokes = Keys()
        return counted

    def observe_edit(self, op: Op, before: Sequence[Work], after: Sequence[Work], time: float) -> None:
        """Look at the pace of a deed that was saved at ``time``, in seconds."""
        self.speed_warning = self._speed_monitor.observe(deed_of(op, before, after, time=time))
