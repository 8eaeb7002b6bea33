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
    ITEM_NAME = "place"
    SEARCHING_TEXT = "looking for inconsistencies"
    KEYS = (
        ("list_yes", "do it here"),
        ("list_leave", "leave it"),
        ("list_all", "do all of these"),
        ("list_undo", "undo"),
    )
    MOVES = (("PgDn", "next words"),)

    def find_items(self, touched: Touched) -> Alike:
        """Return the list of what is not labelled alike; called from a thread."""
        return Alike(self._session, self._session.navigation.inconsistencies(touched))

    def empty_text(self, worklist: Alike) -> str:
        """Return what is said where all is alike."""
        del worklist
        return "the same words are labelled alike everywhere"

    def handlers(self, worklist: Alike) -> Mapping[str, Callable[[], str]]:
        """Return what each command does to the list and says of it."""
        return {"list_yes": worklist.accept, "list_all": worklist.accept_group, "list_leave": worklist.skip}

    def selected_span(self, worklist: Alike) -> tuple[Work, Span] | None:
        """Return the sentence of the place in hand, and its words."""
        if worklist.current_item is None:
            return None
        place = worklist.current_item.occurrence
        return place.annotated, place.existing or Span(place.start, place.end, "?")

    def action_group(self, by: int) -> None:
        """Go to the next or previous words."""
        if self._list:
            self._list.move_group(by)
        self._show_result()

    def list_rows(self, worklist: Alike, width: int, height: int, glyphs: Glyphs) -> tuple[Row, ...]:
        """Return the rows of the group in hand."""
        return worklist_rows(self._view(worklist), width, height, glyphs)

    def _view(self, worklist: Alike) -> WorkView:
        item = worklist.current_item
        assert item is not None
        mine = [(n, x) for n, x in enumerate(worklist.items) if x.group == item.group]
        lines = [self._line(x.occurrence, worklist.settled.get(n)) for n, x in mine]
        alike = [p for p in worklist.groups[item.group].occurrences if p.is_consistent][:_LIKE_MOST]
        lines += [self._line(p) for p in alike]
        waiting = Counter(x.group for n, x in enumerate(worklist.items) if n not in worklist.settled)
        later = sorted({x.group for x in worklist.items[worklist.at :]} - {item.group})
        return WorkView(
            worklist.groups[item.group],
            tuple(lines),
            next(i for i, (n, _) in enumerate(mine) if n == worklist.at),
            sorted({x.group for x in worklist.items}).index(item.group) + 1,
            [(worklist.groups[g].words, waiting[g]) for g in later],
        )

    def _line(self, place: Place, settled: bool | None = None) -> Line:
        return Line(place, self.sentence_number(place.annotated), settled)
