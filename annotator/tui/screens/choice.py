"""Lists to choose from, filtered by what one types: the commands, the labels, the pages of the manual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen

from annotator.manual import manual_topics
from annotator.session.annotation_controller import AnnotationController
from annotator.session.commands import Command
from annotator.session.screen_keys import LISTS, textual_actions
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.choices import Choice, choice_rows, matching_choices
from annotator.tui.layout.status_rows import keys_row
from annotator.tui.layout.styled_text import Glyphs
from annotator.tui.screens.row_screen import LineInput, RowScreen, hidden_bindings


class ChoiceScreen(ModalScreen[str | None], RowScreen):
    """Lets one choose an entry and gives its id; the text above the list stays visible."""

    AUTO_FOCUS = "#line"
    KEYS_TITLE = LISTS
    BINDINGS: ClassVar[list[BindingType]] = hidden_bindings(textual_actions(LISTS))

    def __init__(self, question: str, choices: Sequence[Choice], instant: Sequence[str] = ()) -> None:
        """Offer these entries; a letter of ``instant`` that is typed first chooses the entry with that key at once."""
        super().__init__()
        self._question = question
        self._choices = tuple(choices)
        self._found = list(choices)
        self._instant = frozenset(instant)
        self._at = 0

    def compose(self) -> ComposeResult:
        """Put the line to type in above the list and the keys."""
        with Horizontal(id="ask"):
            yield self.rows("sign")
            yield LineInput(id="line", max_length=64)
        yield self.rows("choices")
        yield self.rows("keys")

    def on_mount(self) -> None:
        """Draw for the first time."""
        self.part("sign").styles.width = len(self._question) + 2
        self.draw()

    @property
    def _list_height(self) -> int:
        """How many rows the list has: all its entries, but at most half of the screen."""
        return max(1, min(len(self._choices), self.size.height // 2))

    def draw_rows(self, width: int, glyphs: Glyphs) -> None:
        """Draw the entries that match."""
        self.part("choices").styles.height = self._list_height
        self.part("sign").show_rows(((styled.key(f" {self._question} "),),))
        rows = choice_rows(self._found, self._choices, self._at, width, self._list_height, glyphs)
        self.part("choices").show_rows(rows)
        count = f"{len(self._found)} of {len(self._choices)}"
        keys = [
            ("Enter", "choose"),
            (glyphs.words("↑↓"), "move"),
            ("its key", "choose") if self._instant else ("type", "to filter"),
            (count, "listed"),
            ("F1", "keys"),
        ]
        self.part("keys").show_rows((keys_row(keys, ("Esc", "back"), width),))

    def on_input_changed(self, event: LineInput.Changed) -> None:
        """List what matches the typed text."""
        chosen = next((c for c in self._choices if event.value in self._instant and c.key == event.value), None)
        if chosen:
            self.dismiss(chosen.id)
            return
        self._found, self._at = matching_choices(self._choices, event.value), 0
        self.draw()

    def on_input_submitted(self) -> None:
        """Choose the active entry; stay where nothing matches."""
        if self._found:
            self.dismiss(self._found[self._at].id)

    def on_click(self, event: events.Click) -> None:
        """Choose the entry that is clicked."""
        if event.widget is not self.part("choices"):
            return
        shown = styled.visible_range(len(self._found), self._at, self._list_height)
        if event.y < len(shown):
            self.dismiss(self._found[shown[event.y]].id)

    def action_move(self, by: int) -> None:
        """Go some entries on."""
        self._at = max(0, min(self._at + by, len(self._found) - 1))
        self.draw()

    def action_close(self) -> None:
        """Go back without a choice."""
        self.dismiss(None)

    def on_line_input_left(self) -> None:
        """Go back to where one was."""
        self.action_close()


def command_list(commands: Sequence[Command]) -> ChoiceScreen:
    """Return the command palette: all commands by task."""
    listed = (c for c in commands if c.id != "palette")
    name = {c.id: c.id.replace("_", " ") for c in commands}
    choices = [Choice(c.id, c.description, c.main_key, c.group, others=name[c.id]) for c in listed]
    return ChoiceScreen("command:", choices)


def label_list(controller: AnnotationController) -> ChoiceScreen:
    """Return the list of the labels that are looked at; if each has a key, it chooses at once, else letters filter."""
    schema, includes = controller.keyboard.keys.schema, controller.session.label_pass.includes
    offered = [(n, x) for n, x in enumerate(schema.labels, 1) if includes(x.name)]
    choices = [
        Choice(x.name, x.name, x.key or str(n), more=x.description.split("\n")[0], label=x.name, others=str(n))
        for n, x in offered
    ]
    keys = [x.key for _, x in offered]
    return ChoiceScreen("label, by name or number:", choices, keys if all(keys) else ())


def leave_list(decisions: int) -> ChoiceScreen:
    """Return the question that leaving asks where decisions are in memory only; nothing is lost by a second Enter."""
    them = "it" if decisions == 1 else "them"
    text = "1 decision" if decisions == 1 else f"{decisions} decisions"
    choices = [
        Choice("stay", "stay"),
        Choice("save", f"try again to save {them}, and stay"),
        Choice("discard", f"discard {text} and leave"),
    ]
    return ChoiceScreen(f"discard {text}?", choices)


def manual_list() -> ChoiceScreen:
    """Return the list of the manual's pages; gives the topic."""
    return ChoiceScreen("page:", [Choice(topic, title, others=topic) for topic, title in manual_topics().items()])
