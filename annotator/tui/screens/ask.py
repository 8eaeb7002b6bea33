"""A question in the two last rows: a line to type in, what is under it stays in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen

from annotator.core.errors import AnnotatorError
from annotator.tui.layout.bars import keys_row
from annotator.tui.layout.row import CellStyle, StyledText, fit_row
from annotator.tui.layout.safe_text import screen_text
from annotator.tui.widgets.line_input import LineInput
from annotator.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from annotator.tui.app import AnnotatorApp


class AskScreen(ModalScreen[None]):
    """Asks for one line; ``take`` does something with it or raises what is then shown."""

    AUTO_FOCUS = "#line"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", show=False)]
    QUESTION = ""
    """What stands before the line."""
    ENTER_ACTION = ""
    """What Enter does."""

    def __init__(self, value: str = "", max_length: int = 0) -> None:
        """Ask with ``value`` to begin with; ``max_length`` characters at the most, where it is not 0."""
        super().__init__()
        self._value = value
        self._max_length = max_length
        self._warning = ""

    @property
    def annotator(self) -> AnnotatorApp:
        """The app, as what it is."""
        return cast("AnnotatorApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the line to type in above the keys."""
        schema, palette = self.annotator.session.schema, self.annotator.palette
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
        self.query_one("#sign", Rows).show_rows(((StyledText(f" {self.QUESTION} ", CellStyle("key", bold=True)),),))
        keys = keys_row([("Enter", self.ENTER_ACTION)], ("Esc", "back"), width)
        warning = fit_row((StyledText(" ! " + screen_text(self._warning), CellStyle("warn")),), width)
        self.query_one("#keys", Rows).show_rows((warning if self._warning else keys,))

    def on_input_changed(self) -> None:
        """Forget the warning: something else is typed."""
        self._warning = ""
        self._draw()

    def on_input_submitted(self, event: LineInput.Submitted) -> None:
        """Do it and close; stay where it can't be done, and say why."""
        try:
            self.take(event.value)
        except AnnotatorError as error:
            self._warning = str(error)
            self._draw()
            return
        self.dismiss()

    def take(self, text: str) -> None:
        """Do something with what was typed; raises AnnotatorError."""
        raise NotImplementedError

    def on_line_input_left(self) -> None:
        """Go back to where one was."""
        self.action_close()

    def action_close(self) -> None:
        """Go back to where one was."""
        self.dismiss()
