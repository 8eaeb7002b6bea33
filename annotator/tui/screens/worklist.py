"""The worklist: goes through what is not labelled alike, one key a decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from annotator.core.errors import AnnotatorError
from annotator.core.inconsistent import Group, Place
from annotator.core.spans import Span
from annotator.session.finder import Touched
from annotator.session.pen import Pen
from annotator.session.worklist import Worklist
from annotator.tui.layout.bars import keys_row, plain_rule
from annotator.tui.layout.row import Ink, Piece, fit
from annotator.tui.layout.safe_text import screen_text
from annotator.tui.layout.worklist import Line, WorkView, worklist_head, worklist_rows
from annotator.tui.screens.base import RowScreen
from annotator.tui.screens.ways import back_to_work

_KEYS = [
    ("y", "do it here"),
    ("n", "leave it"),
    ("a", "do all of these"),
    ("u", "undo"),
    ("PgDn", "next words"),
    ("Enter", "open"),
]
_LIKE_MOST = 50
"""So many places that need no change are listed with the others."""


class WorklistScreen(RowScreen):
    """Shows a group of the same words and its places; each key settles one or all."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup,left_parenthesis,shift+tab", "group(-1)", show=False),
        Binding("pagedown,right_parenthesis,tab", "group(1)", show=False),
        Binding("y", "yes", show=False),
        Binding("n", "no", show=False),
        Binding("a", "all", show=False),
        Binding("u,ctrl+z", "undo", show=False),
        Binding("enter", "open", show=False),
        Binding("f1", "app.keys", show=False),
        Binding("semicolon,escape,q", "close", show=False),
    ]

    class Looked(Message):
        """The looking thread has found the groups."""

        def __init__(self, groups: tuple[Group, ...], error: str = "") -> None:
            """Carry them."""
            super().__init__()
            self.groups = groups
            self.error = error

    def __init__(self, pen: Pen) -> None:
        """Look through what this pen's annotator has done."""
        super().__init__()
        self._pen = pen
        self._session = pen.session
        self._list: Worklist | None = None
        self._told = ""
        self._warning = ""
        self._names: dict[str, str] = {}
        self._here = pen.session.work.sentence.id if pen.session.here else ""

    def on_mount(self) -> None:
        """Draw, and look for inconsistencies in a thread."""
        self.draw()
        self.run_worker(partial(self._look, self._session.way.touched()), thread=True, group="worklist")

    def _look(self, touched: Touched) -> None:
        try:
            self.post_message(self.Looked(self._session.way.groups(touched)))
        except AnnotatorError as error:
            self.post_message(self.Looked((), str(error)))

    def on_worklist_screen_looked(self, event: Looked) -> None:
        """List what was found."""
        self._list = Worklist(self._session, event.groups)
        self._warning = event.error
        self.draw()

    # -- drawing -------------------------------------------------------------------------------

    def draw(self) -> None:
        """Draw the group in hand."""
        width, height, glyphs = self.size.width, self.body_height, self.annotator.glyphs
        if not width:
            return
        work = self._list
        waiting = f"{work.open} {'place' if work.open == 1 else 'places'} open" if work else ""
        self.part("head").show_rows((worklist_head(waiting, width, glyphs),))
        view = self._view() if work and work.item else None
        if view:
            self.part("body").show_rows(worklist_rows(view, width, height, glyphs))
        else:
            words = "the same words are labelled alike everywhere" if work else "looking for inconsistencies"
            self.part("body").show_rows(((), (Piece(f"      {words}", Ink("text")),)))
        rule = plain_rule(width, glyphs)
        if said := self._warning or self._told:
            sign = Piece(" ! ", Ink("warn", bold=True)) if self._warning else Piece(" ")
            rule = fit((sign, Piece(screen_text(said), Ink("warn" if self._warning else "ok"))), width)
        self.part("rule").show_rows((rule,))
        self.part("keys").show_rows((keys_row(_KEYS if view else [], ("Esc", "back"), width),))

    def _view(self) -> WorkView:
        work = self._list
        assert work is not None
        item = work.item
        assert item is not None
        mine = [(n, x) for n, x in enumerate(work.items) if x.group == item.group]
        lines = [Line(x.place, self._numbered(x.place), work.settled.get(n)) for n, x in mine]
        alike = [p for p in work.groups[item.group].places if p.agrees][:_LIKE_MOST]
        lines += [Line(p, self._numbered(p)) for p in alike]
        waiting = Counter(x.group for n, x in enumerate(work.items) if n not in work.settled)
        later = sorted({x.group for x in work.items[work.at :]} - {item.group})
        return WorkView(
            work.groups[item.group],
            tuple(lines),
            next(i for i, (n, _) in enumerate(mine) if n == work.at),
            sorted({x.group for x in work.items}).index(item.group) + 1,
            [(work.groups[g].words, waiting[g]) for g in later],
        )

    def _numbered(self, place: Place) -> str:
        """Return article and sentence by number, as the jump takes them."""
        s = place.work.sentence
        if s.id not in self._names:
            article = self._session.queue.index(s.article)
            works = self._session.way.finder.works(s.article, self._session.works.touched(s.article))
            index = next((i for i, w in enumerate(works) if w.sentence.start == s.start), 0)
            self._names[s.id] = f"{article + 1}.{index + 1}"
        return self._names[s.id]

    # -- keys ----------------------------------------------------------------------------------

    def _try(self, deed: Callable[[Worklist], str]) -> None:
        """Do something with the list, say what was done or why it can't be, and draw."""
        try:
            self._said(deed(self._list) if self._list else "")
        except AnnotatorError as error:
            self._said(warning=str(error))

    def _said(self, told: str = "", warning: str = "") -> None:
        self._told, self._warning = told, warning
        self.draw()

    def action_yes(self) -> None:
        """Carry out what is proposed here."""
        self._try(Worklist.yes)

    def action_no(self) -> None:
        """Leave the place as it is."""
        self._try(Worklist.no)

    def action_all(self) -> None:
        """Carry out all that is proposed for these words."""
        self._try(Worklist.all)

    def action_undo(self) -> None:
        """Take the last deed back."""
        self._try(Worklist.undo)

    def action_move(self, by: int) -> None:
        """Go some proposals on."""
        if self._list:
            self._list.move(by)
        self._said()

    def action_group(self, by: int) -> None:
        """Go to the next or previous words."""
        if self._list:
            self._list.move_group(by)
        self._said()

    def action_open(self) -> None:
        """Go to the sentence in hand and annotate there, its words selected."""
        item = self._list.item if self._list else None
        if item is None or not self._session.go_to(item.place.work.sentence.id):
            return
        self._pen.arrive()
        self._pen.select(item.place.found or Span(item.place.start, item.place.end, "?"))
        self._session.message = None
        back_to_work(self.annotator)

    def action_close(self) -> None:
        """Go back to where one was."""
        if self._here:
            self._session.go_to(self._here)
        self._session.message = None
        self.dismiss()
