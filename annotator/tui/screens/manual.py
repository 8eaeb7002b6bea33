"""The manual: a list of its pages, and the rows of the page that is chosen."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from annotator.manual import manual_topics, page_lines, read_manual_page
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.styled_text import CellStyle, StyledRow, StyledText
from annotator.tui.layout.text_cells import screen_text


class ManualMenu(ModalScreen[str | None]):
    """Lets one choose a page by its title; gives the topic."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,semicolon", "dismiss", show=False)]

    def compose(self) -> ComposeResult:
        """List the pages."""
        pages = (Option(Text(f" {title}"), id=topic) for topic, title in manual_topics().items())
        yield OptionList(*pages, id="labels")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the page."""
        self.dismiss(event.option.id)


def manual_rows(topic: str, width: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return the rows of a page, at most ``width`` cells wide."""
    drawn = str.maketrans({"─": glyphs.rule, "━": glyphs.rule, "│": glyphs.wall, "•": glyphs.dot})
    lines = (glyphs.words(x.translate(drawn)) for x in page_lines(read_manual_page(topic), width - 1))
    return tuple((StyledText(f" {screen_text(line)}", CellStyle("context")),) for line in lines)
