"""Asks for a note on the sentence in hand."""

from __future__ import annotations

from annotator.core.edits import set_note
from annotator.session.session import AnnotationSession
from annotator.tui.screens.ask import AskScreen

MAX_NOTE_LENGTH = 500
"""A note is a line, no letter."""


class NoteScreen(AskScreen):
    """Writes the note, changes it, or takes it off when it is emptied."""

    QUESTION = "note:"
    ENTER_ACTION = "keep it"

    def __init__(self, session: AnnotationSession) -> None:
        """Begin with the note that the sentence has."""
        self._annotated = session.annotated
        super().__init__(self._annotated.annotation.note, MAX_NOTE_LENGTH)
        self._session = session

    def take(self, text: str) -> None:
        """Write the note on the sentence; an edit with an undo. Raises RuleError to read only."""
        if " ".join(text.split()) != self._annotated.annotation.note:
            self._session.apply_edit(set_note(self._annotated, text))
