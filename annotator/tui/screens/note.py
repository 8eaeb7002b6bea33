"""Asks for a note on the sentence in hand."""

from __future__ import annotations

from annotator.core.edits import set_note
from annotator.session.session import Session
from annotator.tui.screens.ask import AskScreen

LONGEST = 500
"""A note is a line, no letter."""


class NoteScreen(AskScreen):
    """Writes the note, changes it, or takes it off when it is emptied."""

    SIGN = "note:"
    DOES = "keep it"

    def __init__(self, session: Session) -> None:
        """Begin with the note that the sentence has."""
        self._work = session.work
        super().__init__(self._work.annotation.note, LONGEST)
        self._session = session

    def take(self, text: str) -> None:
        """Write the note on the sentence; an edit with an undo. Raises RuleError to read only."""
        if " ".join(text.split()) != self._work.annotation.note:
            self._session.do(set_note(self._work, text))
