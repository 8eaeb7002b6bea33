"""The base of all screens: widgets that draw rows, and screens of head, body, rule and keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, cast

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.geometry import Region, Size
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from annotator.core.article import Article
from annotator.core.schema import Schema
from annotator.session.action import Action, ShowMessage
from annotator.session.annotation_controller import AnnotationController
from annotator.session.screen_keys import TEXTS, textual_actions
from annotator.session.state import TaskState
from annotator.tui.colours import Palette, rich_style
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.article_body import BodyRow
from annotator.tui.layout.status_rows import banner_rows, empty_rule_row, keys_row
from annotator.tui.layout.styled_text import CellStyle, ClickAction, Glyphs, PressKey, StyledRow
from annotator.tui.layout.text_cells import screen_text

# -- widgets: they draw the rows that they get --------------------------------------------------


_STRIPS_A_ROW = 16
"""A widget keeps so many drawn rows for each row of its height; one with all labels takes 20 KB."""


class Rows(Widget):
    """Draws rows, redraws only those that have changed since, and reports clicks on what does something."""

    @dataclass
    class Pressed(Message):
        """A piece with an action was clicked."""

        action: ClickAction

    def __init__(self, *, id: str, schema: Schema, palette: Palette) -> None:  # noqa: A002 - Textual's own name
        """Start with nothing to draw."""
        super().__init__(id=id)
        self._schema = schema
        self._palette = palette
        self._rows: tuple[StyledRow, ...] = ()
        self._strips: dict[StyledRow, Strip] = {}
        self._pressed_action: ClickAction = ""

    def _action_at(self, event: events.MouseEvent) -> ClickAction:
        row = self._rows[event.y] if 0 <= event.y < len(self._rows) else ()
        return styled.action_at(row, event.x)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Remember what is under the mouse: pressing it may draw something else there."""
        self._pressed_action = self._action_at(event)

    def on_click(self, event: events.Click) -> None:
        """Report a click on what was there when the mouse went down and is there still.

        The second of a double click is none: what the first did may have put something else there.
        """
        if event.chain == 1 and self._pressed_action and self._pressed_action == self._action_at(event):
            event.stop()
            self.post_message(self.Pressed(self._pressed_action))

    def show_rows(self, rows: tuple[StyledRow, ...]) -> None:
        """Draw these rows from now on."""
        old, self._rows = self._rows, rows
        if len(old) != len(rows):
            self.refresh()
            return
        changed = [Region(0, y, self.size.width, 1) for y, row in enumerate(rows) if row != old[y]]
        if changed:
            self.refresh(*changed)

    def show_palette(self, palette: Palette) -> None:
        """Draw with another theme from now on."""
        self._palette = palette
        self._strips.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one row as the terminal will show it."""
        row = self._rows[y] if y < len(self._rows) else ()
        strip = self._strips.get(row)
        if strip is None or strip.cell_length != self.size.width:
            if len(self._strips) > _STRIPS_A_ROW * max(1, self.size.height):
                self._strips.clear()
            strip = self._strips[row] = self._strip(row)
        return strip

    def _strip(self, row: StyledRow) -> Strip:
        segments = [Segment(p.text, rich_style(p.style, self._palette, self._schema)) for p in row]
        ground = rich_style(CellStyle(), self._palette, self._schema)
        return Strip(segments).adjust_cell_length(self.size.width, ground)


class Body(Rows):
    """Draws the article with the active block and turns the mouse into messages."""

    @dataclass
    class Pointed(Message):
        """The mouse went down (``first``) or was dragged on over a place of a sentence's text."""

        sentence: int
        line: int
        column: int
        """The column on the screen, the edge of the body being 0."""
        first: bool
        alone: bool = False
        """Whether it was a double click."""

    class Released(Message):
        """The mouse went up."""

    def __init__(self, *, id: str, schema: Schema, palette: Palette) -> None:  # noqa: A002 - Textual's own name
        """Start empty."""
        super().__init__(id=id, schema=schema, palette=palette)
        self._body_rows: tuple[BodyRow, ...] = ()
        self._pressed = False

    def show_body(self, rows: tuple[BodyRow, ...]) -> None:
        """Draw these rows from now on."""
        self._body_rows = rows
        self.show_rows(tuple(r.row for r in rows))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a selection."""
        self._pressed = True
        self.capture_mouse()
        self._post_pointed(event, first=True)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Draw the selection on."""
        if self._pressed:
            self._post_pointed(event, first=False)

    def on_mouse_up(self) -> None:
        """End the selection."""
        self._pressed = False
        self.release_mouse()
        self.post_message(self.Released())

    def on_click(self, event: events.Click) -> None:
        """Select the word alone at a double click."""
        if event.chain == 2:
            self._post_pointed(event, first=True, alone=True)

    def _post_pointed(self, event: events.MouseEvent, *, first: bool, alone: bool = False) -> None:
        if 0 <= event.y < len(self._body_rows) and self._body_rows[event.y].sentence >= 0:
            place = self._body_rows[event.y]
            self.post_message(self.Pointed(place.sentence, place.line, event.x, first, alone))


class LineInput(Input):
    """One row; what could command the terminal becomes visible characters as it comes in."""

    def __init__(self, value: str = "", *, id: str, max_length: int = 0) -> None:  # noqa: A002 - Textual's own name
        """Start with ``value``; ``max_length`` characters at the most, where it is not 0."""
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


# -- screens ------------------------------------------------------------------------------------


class AppContext(Protocol):
    """The app, as its screens see it."""

    controller: AnnotationController
    glyphs: Glyphs
    palette: Palette
    message_seconds: float
    """After how many seconds a message fades; 0 for never."""

    def run_command(self, name: str) -> TaskState:
        """Carry out a command of the registry, open the screen that it names, and return the state."""

    def return_to_annotating(self) -> None:
        """Close all screens over the annotate screen."""

    def show_message(self, message: str, *, warning: bool = False) -> None:
        """Show a message on the prompt row, or over another screen."""

    def show_doubtful_lines(self, article: Article) -> None:
        """Open the lines of an article by themselves where they are doubtful, once for each annotator."""

    def press_waiting_keys(self) -> None:
        """Go on with the waiting keys: a screen takes keys now."""

    def remember_tour(self) -> None:
        """Remember at once that the tour was left."""


class RowScreen(Screen[None]):
    """A screen that is drawn from rows; ``draw`` is called when its size or its state changes."""

    AUTO_FOCUS = ""
    KEYS_TITLE: ClassVar[str] = ""
    """The section of the list of keys at which F1 begins on this screen."""
    _drawn_size = Size(0, 0)
    _was_suspended = False
    _banner_height = 0
    _drawn_banner = ""
    _is_composed = False

    @property
    def annotator(self) -> AppContext:
        """The app, as its screens see it."""
        return cast("AppContext", self.app)

    @property
    def takes_keys(self) -> bool:
        """Whether a key can act now; else it waits, and the screen calls ``press_waiting_keys`` later."""
        return not self.AUTO_FOCUS or self.focused is not None or not self.app.app_focus

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close this screen, and no other one where it is closed already."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def rows(self, name: str) -> Rows:
        """Return a new rows widget of this screen."""
        schema = self.annotator.controller.keyboard.keys.schema
        return Rows(id=name, schema=schema, palette=self.annotator.palette)

    def compose(self) -> ComposeResult:
        """Put head, body, rule and keys below each other."""
        yield self.rows("head")
        yield from self.compose_body()
        yield self.rows("banner")
        yield self.rows("rule")
        yield self.rows("keys")

    def compose_body(self) -> ComposeResult:
        """Put the body between head and rule."""
        yield self.rows("body")

    def part(self, name: str) -> Rows:
        """Return one of the screen's rows widgets."""
        return self.query_one(f"#{name}", Rows)

    def show_parts(self, head: StyledRow, body: tuple[StyledRow, ...], rule: StyledRow, keys: StyledRow) -> None:
        """Draw the four parts."""
        self.part("head").show_rows((head,))
        self.part("body").show_rows(body)
        self.part("rule").show_rows((rule,))
        self.part("keys").show_rows((keys,))

    @property
    def body_height(self) -> int:
        """How many rows the body has."""
        return max(1, self.size.height - 3 - self._banner_height)

    # Textual calls the handlers of all base classes too: a subclass that has one of its own does not draw there.

    def on_mount(self) -> None:
        """Draw for the first time."""
        self._is_composed = True
        self.on_resize()

    def on_resize(self) -> None:
        """Draw in the new size; Textual reports the size at the start several times."""
        if self._is_composed and self.size != self._drawn_size:
            self._drawn_size = self.size
            self.draw()

    def on_screen_suspend(self) -> None:
        """Note that another screen is shown."""
        self._was_suspended = True

    def on_screen_resume(self) -> None:
        """Draw what has changed behind another screen; the first resume comes with the mount."""
        if self._was_suspended:
            self._was_suspended = False
            self.draw()

    def on_paste(self) -> None:
        """Refuse a pasted text: its characters would act as keys."""
        self.annotator.show_message("a pasted text does nothing here: press the keys one by one", warning=True)

    def on_rows_pressed(self, message: Rows.Pressed) -> None:
        """Do what was clicked; a key that is written is pressed."""
        if isinstance(message.action, PressKey):
            self.app.simulate_key(message.action.name)
        else:
            self.perform(message.action)

    def perform(self, action: Action) -> None:
        """Carry out an action that was clicked; only the annotate screen shows any."""

    def on_mouse_scroll_up(self) -> None:
        """Go back by a row."""
        self.turn_wheel(-1)

    def on_mouse_scroll_down(self) -> None:
        """Go on by a row."""
        self.turn_wheel(1)

    def turn_wheel(self, by: int) -> None:
        """Go a row on (1) or back (-1), as the arrows do."""
        self.app.simulate_key("down" if by > 0 else "up")

    def draw(self) -> None:
        """Draw everything again, as soon as the size is known; unchanged rows cost nothing."""
        if self.size.width:
            self.draw_banner()
            self.draw_rows(self.size.width, self.annotator.glyphs)

    def draw_banner(self) -> None:
        """Draw what must stay on the screen, in rows of its own; a question over another screen has none."""
        for banner in self.query("#banner").results(Rows):
            self._drawn_banner = self.annotator.controller.session.banner
            rows = banner_rows(self._drawn_banner, *self.size, self.annotator.glyphs)
            self._banner_height = len(rows)
            banner.display = bool(rows)
            banner.styles.height = len(rows)
            banner.show_rows(rows)

    def draw_rows(self, width: int, glyphs: Glyphs) -> None:
        """Draw everything in this many cells a row."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Draw in the theme that the app has now."""
        for rows in self.query(Rows):
            rows.show_palette(self.annotator.palette)
        self.draw()

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """Give the line in which one types the focus, and the keys that were pressed before it was there."""
        super().set_focus(widget, scroll_visible, from_app_focus)
        if self.focused:
            self.annotator.press_waiting_keys()

    def action_close(self) -> None:
        """Go back, without a message."""
        self.annotator.controller.dispatch(ShowMessage())
        self.dismiss()


def hidden_bindings(actions: Mapping[str, str]) -> list[BindingType]:
    """Return bindings that no footer shows, from keys (Textual's names) and what they do."""
    return [Binding(keys, action, show=False) for keys, action in actions.items()]


class ScrollScreen(RowScreen):
    """A screen whose body is longer than the screen and scrolls."""

    def compose_body(self) -> ComposeResult:
        """Put the rows into a box that scrolls."""
        with VerticalScroll(id="scroll", can_focus=False):
            yield self.rows("body")

    def show_parts(self, head: StyledRow, body: tuple[StyledRow, ...], rule: StyledRow, keys: StyledRow) -> None:
        """Draw the four parts, the body in its whole height."""
        self.part("body").styles.height = len(body)
        super().show_parts(head, body, rule, keys)

    def action_scroll_by(self, by: int) -> None:
        """Scroll by some rows."""
        self.query_one("#scroll", VerticalScroll).scroll_relative(y=by, animate=False)


class TextScreen(ScrollScreen):
    """Shows a text; ``?`` goes on from the guideline to the keys."""

    KEYS_TITLE = TEXTS
    BINDINGS: ClassVar[list[BindingType]] = hidden_bindings(textual_actions(TEXTS))

    def __init__(
        self, title: str, make_rows: Callable[..., tuple[StyledRow, ...]], open_other: Callable[[], None] | None = None
    ) -> None:
        """Show the rows that ``make_rows`` returns for a ``width``; ``?`` calls ``open_other``."""
        super().__init__()
        self._title = title
        self._make_rows = make_rows
        self._open_other = open_other

    def draw_rows(self, width: int, glyphs: Glyphs) -> None:
        """Draw the text in the width of the screen."""
        more = [("?", "list of keys")] if self._open_other else []
        self.show_parts(
            styled.fit_row((styled.title(f" {self._title}"),), width),
            self._make_rows(width=max(20, min(100, width - 2))),
            empty_rule_row(width, glyphs),
            keys_row([("Up Down", "scroll"), *more, ("F1", "keys")], ("Esc", "back"), width),
        )

    def action_other(self) -> None:
        """Go on to the other text, or back where there is none."""
        self.dismiss()
        if self._open_other:
            self._open_other()
