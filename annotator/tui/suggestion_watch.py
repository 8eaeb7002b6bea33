"""What goes on with suggestions while nobody presses a key: a long journal is learned, new files are loaded."""

from __future__ import annotations

from typing import Any

from textual.app import App

from annotator.session.annotation_controller import AnnotationController
from annotator.session.session import AnnotationSession
from annotator.tui.layout.text_cells import screen_text
from annotator.tui.screens.annotate import AnnotateScreen

LEARNING_BATCH_SIZE = 40
"""How many sentences of a journal are learned from in one go: about 6 ms."""


class SuggestionWatch:
    """Learns and loads for one app."""

    def __init__(self, app: App[Any], session: AnnotationSession, controller: AnnotationController) -> None:
        """Begin to learn what the session has not learned at its start, and to look for new files."""
        self._app, self._session, self._controller = app, session, controller
        self._timer = app.set_interval(0.1, self.learn_batch)
        session.on_news(self._load, self._show_news)

    def learn_batch(self) -> None:
        """Learn a little more from a long journal, so that no key waits for all of it.

        What is learned may rank the suggestions otherwise, which must not happen under the fingers: it waits
        for a sentence that nothing was done in yet, and that is drawn again.
        """
        if not self._controller.is_untouched:
            return
        if not self._session.suggestion_service.learn(LEARNING_BATCH_SIZE):
            self._timer.pause()
        elif isinstance(self._app.screen, AnnotateScreen):
            self._app.screen.draw()

    def _load(self) -> None:
        """Read what is new in a thread; the session takes it at the next sentence."""
        self._app.run_worker(self._session.suggestion_updates.load, thread=True, exclusive=True, group="suggestions")

    def _show_news(self, text: str) -> None:
        self._timer.resume()
        self._app.notify(screen_text(text), timeout=5, markup=False)
