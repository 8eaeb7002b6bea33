"""What the app offers to its screens, so that no screen needs to know the app."""

from __future__ import annotations

from typing import Protocol

from annotator.session.annotation_controller import AnnotationController
from annotator.session.state import TaskState
from annotator.tui.colours import Palette
from annotator.tui.layout.glyphs import Glyphs


class AppContext(Protocol):
    """The app, as its screens see it."""

    controller: AnnotationController
    glyphs: Glyphs
    palette: Palette
    message_seconds: float
    """After how many seconds a message fades; 0 for never."""

    def run_command(self, name: str) -> TaskState:
        """Carry out a command of the registry, open the screen that it names, and return the state."""

    def return_to_annotating(self) -> None:
        """Close all screens over the annotate screen."""
