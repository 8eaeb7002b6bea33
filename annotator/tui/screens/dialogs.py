"""Questions over a screen, a line to type in (a jump, a note), and the pages of the manual."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen

from annotator.manual import page_lines, read_manual_page
from annotator.session.action import Action, JumpTo, SetNote
from annotator.session.annotation_controller import AnnotationController
from annotator.session.screen_keys import QUESTIONS, textual_actions
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.status_rows import keys_row
from annotator.tui.layout.styled_text import CellStyle, Glyphs, StyledRow, StyledText
from annotator.tui.layout.text_cells import screen_text
from annotator.tui.screens.row_screen import LineInput, RowScreen, hidden_bindings


class AskScreen(ModalScreen[None], RowScreen):
    """Asks for one line and posts the action that it means; a rule that forbids it is shown."""

    AUTO_FOCUS = "#line"
    KEYS_TITLE = QUESTIONS
    BINDINGS: ClassVar[list[BindingType]] = hidden_bindings(textual_actions(QUESTIONS))
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
        self.part("sign").show_rows(((styled.key(f" {self.QUESTION} "),),))
        keys = keys_row([("Enter", self.ENTER_ACTION), ("F1", "keys")], ("Esc", "back"), width)
        warning = styled.fit_words((styled.warn(" ! " + screen_text(self._warning)),), width, glyphs.cut)
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


# -- the manual --------------------------------------------------------------------------------


def manual_rows(topic: str, width: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return the rows of a page, at most ``width`` cells wide."""
    drawn = str.maketrans({"─": glyphs.rule, "━": glyphs.rule, "│": glyphs.wall, "•": glyphs.dot})
    lines = (glyphs.words(x.translate(drawn)) for x in page_lines(read_manual_page(topic), width - 1))
    return tuple((StyledText(f" {screen_text(line)}", CellStyle("context")),) for line in lines)
