"""Questions over a screen: a line to type in (a jump, a note), the menus of labels and of the manual's pages."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from annotator.core.schema import Label, Schema
from annotator.manual import manual_topics, page_lines, read_manual_page
from annotator.session.action import Action, JumpTo, SetNote
from annotator.session.annotation_controller import AnnotationController
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.status_rows import keys_row
from annotator.tui.layout.styled_text import CellStyle, Glyphs, StyledRow, StyledText
from annotator.tui.layout.text_cells import screen_text
from annotator.tui.screens.row_screen import LineInput, RowScreen


class AskScreen(ModalScreen[None], RowScreen):
    """Asks for one line and posts the action that it means; a rule that forbids it is shown."""

    AUTO_FOCUS = "#line"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", show=False)]
    QUESTION = ""
    """The text before the line."""
    ENTER_ACTION = ""
    """What Enter does."""
    MAX_LENGTH = 24
    """The most characters that one can type."""

    def __init__(self, controller: AnnotationController) -> None:
        """Ask; what is typed becomes an action of this controller."""
        super().__init__()
        self._controller = controller
        self._warning = ""

    def initial_text(self) -> str:
        """Return what the line holds at first."""
        return ""

    def compose(self) -> ComposeResult:
        """Put the line to type in above the keys."""
        with Horizontal(id="ask"):
            yield self.rows("sign")
            yield LineInput(self.initial_text(), id="line", max_length=self.MAX_LENGTH)
        yield self.rows("keys")

    def on_mount(self) -> None:
        """Give the question its room."""
        self.part("sign").styles.width = len(self.QUESTION) + 2

    def draw_rows(self, width: int, glyphs: Glyphs) -> None:
        """Draw the question, and the keys or what is wrong."""
        del glyphs
        self.part("sign").show_rows(((styled.key(f" {self.QUESTION} "),),))
        keys = keys_row([("Enter", self.ENTER_ACTION)], ("Esc", "back"), width)
        warning = styled.fit_row((styled.warn(" ! " + screen_text(self._warning)),), width)
        self.part("keys").show_rows((warning if self._warning else keys,))

    def on_input_changed(self) -> None:
        """Forget the warning: something else is typed."""
        self._warning = ""
        self.draw()

    def on_input_submitted(self, event: LineInput.Submitted) -> None:
        """Do it and close; stay where it can't be done, and show why."""
        message = self._controller.dispatch(self.action(event.value)).message
        if message and message.warning:
            self._warning = message.text
            self.draw()
        else:
            self.dismiss()

    def action(self, text: str) -> Action:
        """Return the action for what was typed."""
        raise NotImplementedError

    def on_line_input_left(self) -> None:
        """Go back to where one was."""
        self.action_close()


class JumpScreen(AskScreen):
    """Goes to ``12`` in the article, or to ``3.12`` in another one."""

    QUESTION = "go to sentence, or article.sentence:"
    ENTER_ACTION = "go there"

    def action(self, text: str) -> Action:
        """Return the jump."""
        return JumpTo(text)


class NoteScreen(AskScreen):
    """Writes the note, changes it, or takes it off when it is emptied."""

    QUESTION = "note:"
    ENTER_ACTION = "keep it"
    MAX_LENGTH = 500  # a note is a line, no letter

    def initial_text(self) -> str:
        """Return the note that the sentence has."""
        return self._controller.session.annotated.annotation.note

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


# -- the manual --------------------------------------------------------------------------------


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
