"""The worklist of inconsistencies: goes through what is not labelled alike, one key a decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from annotator.core.annotation import AnnotatedSentence
from annotator.core.inconsistent import WordOccurrence
from annotator.core.spans import Span
from annotator.session.alike import ConsistencyQueue
from annotator.session.finder import TouchedSentences
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.row import StyledRow
from annotator.tui.layout.worklist import WorklistPlace, ConsistencyView, consistency_worklist_rows
from annotator.tui.screens.worklist import WorklistScreen

_MAX_CONSISTENT_PLACES = 50
"""So many places that need no change are listed with the others."""


class ConsistencyScreen(WorklistScreen[ConsistencyQueue]):
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

    def find_items(self, touched: TouchedSentences) -> ConsistencyQueue:
        """Return the list of what is not labelled alike; called from a thread."""
        return ConsistencyQueue(self._session, self._session.navigation.inconsistencies(touched))

    def empty_text(self, worklist: ConsistencyQueue) -> str:
        """Return what is said where all is alike."""
        del worklist
        return "the same words are labelled alike everywhere"

    def handlers(self, worklist: ConsistencyQueue) -> Mapping[str, Callable[[], str]]:
        """Return what each command does to the list and says of it."""
        return {"list_yes": worklist.accept, "list_all": worklist.accept_group, "list_leave": worklist.skip}

    def selected_span(self, worklist: ConsistencyQueue) -> tuple[AnnotatedSentence, Span] | None:
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

    def list_rows(self, worklist: ConsistencyQueue, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
        """Return the rows of the group in hand."""
        return consistency_worklist_rows(self._view(worklist), width, height, glyphs)

    def _view(self, worklist: ConsistencyQueue) -> ConsistencyView:
        item = worklist.current_item
        assert item is not None
        mine = [(n, x) for n, x in enumerate(worklist.items) if x.group == item.group]
        lines = [self._line(x.occurrence, worklist.settled.get(n)) for n, x in mine]
        alike = [p for p in worklist.groups[item.group].occurrences if p.is_consistent][:_MAX_CONSISTENT_PLACES]
        lines += [self._line(p) for p in alike]
        waiting = Counter(x.group for n, x in enumerate(worklist.items) if n not in worklist.settled)
        later = sorted({x.group for x in worklist.items[worklist.at :]} - {item.group})
        return ConsistencyView(
            worklist.groups[item.group],
            tuple(lines),
            next(i for i, (n, _) in enumerate(mine) if n == worklist.at),
            sorted({x.group for x in worklist.items}).index(item.group) + 1,
            [(worklist.groups[g].words, waiting[g]) for g in later],
        )

    def _line(self, place: WordOccurrence, settled: bool | None = None) -> WorklistPlace:
        return WorklistPlace(place, self.sentence_number(place.annotated), settled)
