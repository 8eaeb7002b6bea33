"""The smallest Textual program that paints a page of text and moves a word: the framework's own floor."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.text import Text
from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Static


class Page(Static):
    """Shows the first lines of a file, one word reversed."""

    at = 0

    def render(self) -> Text:
        """Return the text with the word in hand reversed."""
        text, n = Text(), 0
        for line in Path(sys.argv[1]).read_text(encoding="utf-8").split("\n")[:30]:
            for word in line.split():
                text.append(word, style="reverse" if n == self.at else "")
                text.append(" ")
                n += 1
            text.append("\n")
        return text


class Minimal(App[None]):
    """One page; any key moves the word on."""

    def compose(self) -> ComposeResult:
        """Put the page on the screen."""
        yield Page()

    def on_key(self, event: Key) -> None:
        """Move on, or leave with q."""
        if event.key == "q":
            self.exit()
            return
        page = self.query_one(Page)
        page.at += 1
        page.refresh()


if __name__ == "__main__":
    Minimal().run()
