"""What a session measures: the keys of each edit, and whether annotating is too fast for reading."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import Op
from annotator.core.journal_record import KeystrokeCounts, KeystrokeKind
from annotator.statistics.edit_events import event_from_edit
from annotator.statistics.speed_check import SpeedMonitor, SpeedWarning


class ActivityTracker:
    """Counts the keys since the last edit and watches the pace."""

    def __init__(self) -> None:
        """Start with nothing counted: a session that no screen drives has no keys."""
        self._keystrokes: KeystrokeCounts | None = None
        self._speed_monitor = SpeedMonitor()
        self.speed_warning: SpeedWarning | None = None
        """The hasty stretch that the last edit has ended, if it did."""

    def count_keystroke(self, kind: KeystrokeKind) -> None:
        """Count a key."""
        self._keystrokes = (self._keystrokes or KeystrokeCounts()).plus(kind)

    def take_keystrokes(self) -> KeystrokeCounts | None:
        """Return the keys since the last edit and start again; None where nobody counts."""
        counted = self._keystrokes
        if counted is not None:
            self._keystrokes = KeystrokeCounts()
        return counted

    def observe_edit(
        self, op: Op, before: Sequence[AnnotatedSentence], after: Sequence[AnnotatedSentence], time: float
    ) -> None:
        """Look at the pace of an edit that was saved at ``time``, in seconds."""
        self.speed_warning = self._speed_monitor.observe(event_from_edit(op, before, after, time=time))
