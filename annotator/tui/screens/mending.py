"""The worklist of spans that begin or end inside a token: each repair is one key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from annotator.core.annotation import Work
from annotator.core.repairs import Cure
from annotator.core.spans import Span
from annotator.session.finder import Touched
from annotator.session.mending import Mending
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.mending import COMMAND, MendingView, mending_rows
from annotator.tui.layout.row import Row
from annotator.tui.screens.worklist import WorklistScreen


class MendingScreen(WorklistScreen[Mending]):
    """Shows the spans inside tokens, and for the one in hand what each repair would give."""

    ABOUT = "spans that begin or end inside a token"
    THING = "span"
    LOOKING = "looking for spans inside tokens"
    KEYS = (
        ("snap_out", "snap out"),
        ("snap_in", "snap in"),
        ("split_token", "split"),
        ("drop", "drop"),
        ("list_leave", "leave"),
        ("list_undo", "undo"),
    )

    def look(self, touched: Touched) -> Mending:
        """Return the list of the spans inside tokens; called from a thread."""
        return Mending(self._session, self._session.way.cases(touched), self._here)

    def empty(self, work: Mending) -> str:
        """Return what is said where nothing waits."""
        if work.left:
            told = (
                "1 span was left as it is" if work.left == 1 else f"{work.left} spans were left as they are"
            )
            return f"nothing waits; {told}"
        return "every span begins and ends on the edges of tokens"

    def deeds(self, work: Mending) -> Mapping[str, Callable[[], str]]:
        """Return what each command does to the list and says of it."""
        cures = {COMMAND[cure]: partial(work.repair, cure) for cure in Cure}
        return {**cures, "list_leave": work.leave}

    def chosen(self, work: Mending) -> tuple[Work, Span] | None:
        """Return the span in hand and its sentence."""
        return (work.item.work, work.item.span) if work.item else None

    def list_rows(self, work: Mending, width: int, height: int, glyphs: Glyphs) -> tuple[Row, ...]:
        """Return the rows of the list and of the span in hand."""
        numbers = work.waiting
        waiting = [work.items[n] for n in numbers]
        now, repairs = work.in_hand()
        view = MendingView(waiting, numbers.index(work.at), now, repairs, self.numbered)
        return mending_rows(view, width, height, glyphs)
