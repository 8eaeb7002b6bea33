"""The worklist of inconsistencies: goes through what is not labelled alike, one key a decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from annotator.core.annotation import Work
from annotator.core.inconsistent import Place
from annotator.core.spans import Span
from annotator.session.alike import Alike
from annotator.session.finder import Touched
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.row import Row
from annotator.tui.layout.worklist import Line, WorkView, worklist_rows
from annotator.tui.screens.worklist import WorklistScreen

_LIKE_MOST = 50
"""So many places that need no change are listed with the others."""


class AlikeScreen(WorklistScreen[Alike]):
    """Shows a group of the same words and its places; each key settles one or all."""

    ABOUT = "the same words, not labelled alike"
    THING = "place"
    LOOKING = "looking for inconsistencies"
    KEYS = (
        ("list_yes", "do it here"),
        ("list_leave", "leave it"),
        ("list_all", "do all of these"),
        ("list_undo", "undo"),
    )
    MOVES = (("PgDn", "next words"),)

    def look(self, touched: Touched) -> Alike:
        """Return the list of what is not labelled alike; called from a thread."""
        return Alike(self._session, self._session.way.groups(touched))

    def empty(self, work: Alike) -> str:
        """Return what is said where all is alike."""
        del work
        return "the same words are labelled alike everywhere"

    def deeds(self, work: Alike) -> Mapping[str, Callable[[], str]]:
        """Return what each command does to the list and says of it."""
        return {"list_yes": work.yes, "list_all": work.all, "list_leave": work.leave}

    def chosen(self, work: Alike) -> tuple[Work, Span] | None:
        """Return the sentence of the place in hand, and its words."""
        if work.item is None:
            return None
        place = work.item.place
        return place.work, place.found or Span(place.start, place.end, "?")

    def action_group(self, by: int) -> None:
        """Go to the next or previous words."""
        if self._list:
            self._list.move_group(by)
        self._said()

    def list_rows(self, work: Alike, width: int, height: int, glyphs: Glyphs) -> tuple[Row, ...]:
        """Return the rows of the group in hand."""
        return worklist_rows(self._view(work), width, height, glyphs)

    def _view(self, work: Alike) -> WorkView:
        item = work.item
        assert item is not None
        mine = [(n, x) for n, x in enumerate(work.items) if x.group == item.group]
        lines = [self._line(x.place, work.settled.get(n)) for n, x in mine]
        alike = [p for p in work.groups[item.group].places if p.agrees][:_LIKE_MOST]
        lines += [self._line(p) for p in alike]
        waiting = Counter(x.group for n, x in enumerate(work.items) if n not in work.settled)
        later = sorted({x.group for x in work.items[work.at :]} - {item.group})
        return WorkView(
            work.groups[item.group],
            tuple(lines),
            next(i for i, (n, _) in enumerate(mine) if n == work.at),
            sorted({x.group for x in work.items}).index(item.group) + 1,
            [(work.groups[g].words, waiting[g]) for g in later],
        )

    def _line(self, place: Place, settled: bool | None = None) -> Line:
        return Line(place, self.numbered(place.work), settled)
