"""A line to type in, whose text can be drawn safely whatever is pasted into it."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Input

from annotator.tui.layout.safe_text import screen_text


class LineInput(Input):
    """One row; what could command the terminal becomes visible characters as it comes in."""

    def __init__(self, value: str = "", *, id: str, max_length: int = 0) -> None:  # noqa: A002 - Textual's own name
        """Start with ``value``; ``most`` characters at the most, where it is not 0."""
        super().__init__(screen_text(value), id=id, max_length=max_length, compact=True)
        self.cursor_blink = False

    class Left(Message):
        """The line was left with ``;`` while nothing was typed, as every screen can be."""

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]  # Textual takes both kinds
        """Leave with ; as long as nothing is typed."""
        if event.character == ";" and not self.value:
            event.stop()
            event.prevent_default()
            self.post_message(self.Left())

    def replace(self, text: str, start: int, end: int) -> None:
        """Put ``text`` in place of a part; everything that is typed or pasted comes through here."""
        super().replace(screen_text(text), start, end)
