"""What all worklists share on the screen: a thread that looks, the rows around the list, the keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from annotator.core.annotation import Work
from annotator.core.errors import AnnotatorError
from annotator.core.spans import Span
from annotator.session.finder import Touched
from annotator.session.opening import unbegun
from annotator.session.pen import Pen
from annotator.session.worklist import Worklist
from annotator.tui.commands import LIST_MOVES
from annotator.tui.layout.bars import keys_row, plain_rule
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.row import Ink, Piece, Row, cut, fit, width_of
from annotator.tui.layout.safe_text import screen_text
from annotator.tui.layout.worklist import worklist_head
from annotator.tui.screens.base import RowScreen
from annotator.tui.screens.ways import back_to_work

L = TypeVar("L", bound=Worklist[Any])
_UNDO = (("list_undo", "undo"),)


class WorklistScreen(RowScreen, Generic[L]):
    """Shows one worklist; each key settles an item, and undo takes it back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, action, show=False) for key, action in LIST_MOVES.items()
    ]
    ABOUT: ClassVar[str] = ""
    """What is listed, for the head row."""
    THING: ClassVar[str] = ""
    """What one of the items is."""
    LOOKING: ClassVar[str] = ""
    """What is said while they are looked for."""
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """The commands of the row of keys, each with a word or two."""
    MOVES: ClassVar[tuple[tuple[str, str], ...]] = ()
    """The keys of that row that only move."""

    class Looked(Message):
        """The looking thread has made the list; None where it could not."""

        def __init__(self, work: Worklist[Any] | None, error: str = "") -> None:
            """Carry it."""
            super().__init__()
            self.work = work
            self.error = error

    def __init__(self, pen: Pen) -> None:
        """Look through what this pen's annotator has done."""
        super().__init__()
        self._pen = pen
        self._session = pen.session
        self._list: L | None = None
        self._told = ""
        self._warning = ""
        self._names: dict[str, str] = {}
        self._unbegun = unbegun(pen.session.corpus, pen.session.annotator)
        self._here = pen.session.work.sentence.id if pen.session.here else ""

    # -- what each worklist says for itself --------------------------------------------------------

    def look(self, touched: Touched) -> L:
        """Return the list of what is found; called from a thread."""
        raise NotImplementedError

    def list_rows(self, work: L, width: int, height: int, glyphs: Glyphs) -> tuple[Row, ...]:
        """Return exactly ``height`` rows of the list with the item in hand."""
        raise NotImplementedError

    def empty(self, work: L) -> str:
        """Return what is said where no item is listed."""
        raise NotImplementedError

    def deeds(self, work: L) -> Mapping[str, Callable[[], str]]:
        """Return what each command does to the list and says of it."""
        raise NotImplementedError

    def chosen(self, work: L) -> tuple[Work, Span] | None:
        """Return the sentence in hand and what is selected in it to annotate; None without an item."""
        raise NotImplementedError

    # -- looking -----------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Draw, and look in a thread."""
        self.draw()
        self.run_worker(partial(self._look, self._session.way.touched()), thread=True, group="worklist")

    def _look(self, touched: Touched) -> None:
        try:
            self.post_message(self.Looked(self.look(touched)))
        except AnnotatorError as error:
            self.post_message(self.Looked(None, str(error)))

    def on_worklist_screen_looked(self, event: Looked) -> None:
        """List what was found."""
        self._list = cast("L | None", event.work)
        self._warning = event.error
        self.draw()

    # -- drawing -------------------------------------------------------------------------------

    def draw(self) -> None:
        """Draw the item in hand in its list."""
        width, height, glyphs = self.size.width, self.body_height, self.annotator.glyphs
        if not width:
            return
        work = self._list
        things = f"{work.open} {self.THING}{'' if work.open == 1 else 's'} open" if work else ""
        self.part("head").show_rows((worklist_head(self.ABOUT, things, width, glyphs),))
        if work and work.item:
            body = self.list_rows(work, width, height, glyphs)
        else:
            words = (self._unbegun or self.empty(work)) if work else "" if self._warning else self.LOOKING
            body = ((), (Piece(f"      {words}", Ink("text")),))
        self.part("body").show_rows(body)
        self.part("rule").show_rows((self._said_row(width, glyphs),))
        self.part("keys").show_rows((keys_row(self._keys(work, glyphs), ("Esc", "back"), width),))

    def _keys(self, work: L | None, glyphs: Glyphs) -> list[tuple[str, str]]:
        """Return the row of keys: those that make sense now and that the keymap has not taken away."""
        if not work or not work.items:
            return []
        keys = [(glyphs.key(name), does) for name, does in (self.KEYS if work.item else _UNDO)]
        more = [*self.MOVES, (glyphs.key("list_open"), "open")] if work.item else []
        return [(key, does) for key, does in [*keys, *more] if key]

    def _said_row(self, width: int, glyphs: Glyphs) -> Row:
        """Return what was done last, or why it can't be."""
        said = self._warning or self._told
        if not said:
            return plain_rule(width, glyphs)
        sign = Piece(" ! ", Ink("warn", bold=True)) if self._warning else Piece(" ")
        words = cut(screen_text(said), width - width_of((sign,)), glyphs.cut)
        return fit((sign, Piece(words, Ink("warn" if self._warning else "ok"))), width)

    def numbered(self, work: Work) -> str:
        """Return article and sentence by number, as the jump takes them."""
        s = work.sentence
        if s.id not in self._names:
            article = self._session.queue.index(s.article)
            works = self._session.way.finder.works(s.article, self._session.works.touched(s.article))
            index = next((i for i, w in enumerate(works) if w.sentence.start == s.start), 0)
            self._names[s.id] = f"{article + 1}.{index + 1}"
        return self._names[s.id]

    # -- keys ----------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Take a key as the command of the registry that it is in a worklist."""
        name = self.annotator.keyboard.list_command(event.key)
        if not name:
            return
        event.stop()
        event.prevent_default()
        work = self._list
        if work is None:
            return
        if name == "list_open":
            self._open(work)
        elif deed := {"list_undo": work.undo, **self.deeds(work)}.get(name):
            self._try(deed)

    def _try(self, deed: Callable[[], str]) -> None:
        """Do something with the list, say what was done or why it can't be, and draw."""
        try:
            self._said(deed())
        except AnnotatorError as error:
            self._said(warning=str(error))

    def _said(self, told: str = "", warning: str = "") -> None:
        self._told, self._warning = told, warning
        self.draw()

    def _open(self, work: L) -> None:
        """Go to the sentence in hand and annotate there, its words selected."""
        chosen = self.chosen(work)
        if chosen is None or not self._session.go_to(chosen[0].sentence.id):
            return
        self._pen.arrive()
        self._pen.select(chosen[1])
        self._session.message = None
        back_to_work(self.annotator)

    def action_move(self, by: int) -> None:
        """Go some items on."""
        if self._list:
            self._list.move(by)
        self._said()

    def action_group(self, by: int) -> None:
        """Go a page of items on."""
        self.action_move(by * max(1, self.body_height // 2))

    def action_close(self) -> None:
        """Go back to where one was."""
        if self._here:
            self._session.go_to(self._here)
        self._session.message = None
        self.dismiss()
