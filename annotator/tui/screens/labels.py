"""The label menu: every label of the schema, those without a key of their own too."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from annotator.core.schema import Label, Schema
from annotator.tui.layout.safe_text import screen_text


class LabelMenu(ModalScreen[Label | None]):
    """Lets one choose a label with the arrows, or with its first letter."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,semicolon,apostrophe", "dismiss", show=False)]

    def __init__(self, schema: Schema) -> None:
        """Offer the labels of this schema."""
        super().__init__()
        self._schema = schema

    def compose(self) -> ComposeResult:
        """List the labels."""
        options = [
            Option(Text(f" {x.key or ' '}  {screen_text(x.name)}"), id=str(n))
            for n, x in enumerate(self._schema.labels)
        ]
        yield OptionList(*options, id="labels")

    def on_key(self, event: object) -> None:
        """Choose by a label's key, or go to the next label that starts with the letter."""
        char = getattr(event, "character", None)
        if not char or not char.isalpha():
            return
        if label := self._schema.by_key(char):
            self.dismiss(label)
            return
        menu = self.query_one("#labels", OptionList)
        names = [x.name.lower() for x in self._schema.labels]
        order = [(menu.highlighted or 0) + 1 + i for i in range(len(names))]
        hit = next((i % len(names) for i in order if names[i % len(names)].startswith(char.lower())), None)
        if hit is not None:
            menu.highlighted = hit

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the label."""
        self.dismiss(self._schema.labels[int(event.option.id or 0)])
