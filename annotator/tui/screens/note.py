"""Asks for a note on the sentence in hand."""

from __future__ import annotations

from annotator.core.edits import set_note
from annotator.session.session import Session
from annotator.tui.screens.ask import AskScreen

LONGEST = 500
"""A note is a line, no letter."""


class NoteScreen(AskScreen):
    """Writes the note, changes it, or takes it off when it is emptied."""

    QUESTION = "note:"
    ENTER_ACTION = "keep it"

    def __init__(self, session: Session) -> None:
        """Begin with the note that the sentence has."""
        self._annotated = session.annotated
        super().__init__(self._annotated.annotation.note, LONGEST)
        self._session = session

    def take(self, text: str) -> None:
        """Write the note on the sentence; an edit with an undo. Raises RuleError to read only."""
        if " ".join(text.split()) != self._annotated.annotation.note:
            self._session.apply_edit(set_note(self._annotated, text))
