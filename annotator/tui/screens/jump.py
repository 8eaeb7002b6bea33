"""Asks for a sentence by number and goes there."""

from __future__ import annotations

from annotator.session.pen import AnnotationController
from annotator.tui.screens.ask import AskScreen


class JumpScreen(AskScreen):
    """Goes to ``12`` in the article, or to ``3.12`` in another one."""

    QUESTION = "go to sentence, or article.sentence:"
    ENTER_ACTION = "go there"

    def __init__(self, controller: AnnotationController) -> None:
        """Ask with an empty line."""
        super().__init__(max_length=24)
        self._controller = controller

    def take(self, text: str) -> None:
        """Go there; raises RuleError where it is no place of this corpus."""
        self._controller.session.navigation.jump_to(text)
        self._controller.keeps_page = False
