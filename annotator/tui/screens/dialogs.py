"""Questions over a screen: a line to type in (a jump, a note), and the label menu."""

from __future__ import annotations

from typing import ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from annotator.core.schema import Label, Schema
from annotator.session.action import Action, JumpTo, SetNote, ShowMessage
from annotator.tui.context import AppContext
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.status_rows import keys_row
from annotator.tui.layout.text_cells import screen_text
from annotator.tui.widgets import LineInput, Rows


class AskScreen(ModalScreen[None]):
    """Asks for one line and posts the action that it means; a rule that forbids it is shown."""

    AUTO_FOCUS = "#line"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", show=False)]
    QUESTION = ""
    """The text before the line."""
    ENTER_ACTION = ""
    """What Enter does."""

    def __init__(self, value: str = "", max_length: int = 0) -> None:
        """Ask with ``value`` to begin with; ``max_length`` characters at the most, where it is not 0."""
        super().__init__()
        self._value = value
        self._max_length = max_length
        self._warning = ""

    @property
    def annotator(self) -> AppContext:
        """The app, as what it is."""
        return cast("AppContext", self.app)

    def compose(self) -> ComposeResult:
        """Put the line to type in above the keys."""
        schema, palette = self.annotator.controller.keyboard.keys.schema, self.annotator.palette
        with Horizontal(id="ask"):
            yield Rows(id="sign", schema=schema, palette=palette)
            yield LineInput(self._value, id="line", max_length=self._max_length)
        yield Rows(id="keys", schema=schema, palette=palette)

    def on_mount(self) -> None:
        """Draw for the first time."""
        self.query_one("#sign", Rows).styles.width = len(self.QUESTION) + 2
        self._draw()

    def on_resize(self) -> None:
        """Draw in the new size."""
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        if not width:
            return
        self.query_one("#sign", Rows).show_rows(((styled.key(f" {self.QUESTION} "),),))
        keys = keys_row([("Enter", self.ENTER_ACTION)], ("Esc", "back"), width)
        warning = styled.fit_row((styled.warn(" ! " + screen_text(self._warning)),), width)
        self.query_one("#keys", Rows).show_rows((warning if self._warning else keys,))

    def on_input_changed(self) -> None:
        """Forget the warning: something else is typed."""
        self._warning = ""
        self._draw()

    def on_input_submitted(self, event: LineInput.Submitted) -> None:
        """Do it and close; stay where it can't be done, and show why."""
        message = self.annotator.controller.dispatch(self.action(event.value)).message
        if message and message.warning:
            self._warning = message.text
            self._draw()
        else:
            self.dismiss()

    def action(self, text: str) -> Action:
        """Return the action for what was typed."""
        raise NotImplementedError

    def on_line_input_left(self) -> None:
        """Go back to where one was."""
        self.action_close()

    def action_close(self) -> None:
        """Go back to where one was."""
        self.annotator.controller.dispatch(ShowMessage())
        self.dismiss()


class JumpScreen(AskScreen):
    """Goes to ``12`` in the article, or to ``3.12`` in another one."""

    QUESTION = "go to sentence, or article.sentence:"
    ENTER_ACTION = "go there"

    def __init__(self) -> None:
        """Ask with an empty line."""
        super().__init__(max_length=24)

    def action(self, text: str) -> Action:
        """Return the jump."""
        return JumpTo(text)


MAX_NOTE_LENGTH = 500
"""A note is a line, no letter."""


class NoteScreen(AskScreen):
    """Writes the note, changes it, or takes it off when it is emptied."""

    QUESTION = "note:"
    ENTER_ACTION = "keep it"

    def __init__(self, note: str) -> None:
        """Begin with the note that the sentence has."""
        super().__init__(note, MAX_NOTE_LENGTH)

    def action(self, text: str) -> Action:
        """Return the edit of the note."""
        return SetNote(text)


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
