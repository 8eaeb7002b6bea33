"""Undo and redo without a limit: two stacks of edits, rebuilt from the journal at a start."""

from __future__ import annotations

from annotator.core.edits import Edit


class History:
    """The edits that can be undone, the last one on top, and those that can be done again."""

    def __init__(self) -> None:
        """Start with nothing done."""
        self.done: list[Edit] = []
        self.undone: list[Edit] = []

    def record_edit(self, edit: Edit) -> None:
        """Note a new edit; what was undone before it can't be done again any more."""
        self.done.append(edit)
        self.undone.clear()

    def undo(self) -> Edit | None:
        """Return the edit that takes the last one back, or None where there is none."""
        if not self.done:
            return None
        edit = self.done.pop()
        self.undone.append(edit)
        return edit.inverse()

    def redo(self) -> Edit | None:
        """Return the edit that was last taken back, or None where there is none."""
        if not self.undone:
            return None
        edit = self.undone.pop()
        self.done.append(edit)
        return edit
