"""Asks for a sentence by number and goes there."""

from __future__ import annotations

from annotator.session.pen import Pen
from annotator.tui.screens.ask import AskScreen


class JumpScreen(AskScreen):
    """Goes to ``12`` in the article, or to ``3.12`` in another one."""

    SIGN = "go to sentence, or article.sentence:"
    DOES = "go there"

    def __init__(self, pen: Pen) -> None:
        """Ask with an empty line."""
        super().__init__(most=24)
        self._pen = pen

    def take(self, text: str) -> None:
        """Go there; raises RuleError where it is no place of this corpus."""
        self._pen.session.way.jump(text)
        self._pen.strolling = False
